"""The files of the instance folder that belong in a backup, and putting them back."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from dnk_tool.paths import replace_private_file
from dnk_tool.store.backup.archive import is_instance_file
from dnk_tool.store.privacy.erasure_log import ERASURE_LOG

DEMO_MARK = "demo"
SINGLE_FILES = ("config.toml", ERASURE_LOG, DEMO_MARK)
FOLDERS = ("factors", "pages", "seal")
SETTINGS_FILE, ENVIRONMENT_FILE = "config.toml", "environment.toml"
KEY_FILE, SEAL_KEY = "secret-key", "seal/private.pem"
# Where an installation keeps its data: a restored copy must never work on the original's.
_PLACES = ("database_url", "evidence_", "backup_folder")


def collect(instance: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path, relative to the instance folder, and content of each file that a backup holds."""
    for name in SINGLE_FILES:
        if (file := instance / name).is_file():
            yield name, file.read_bytes()
    for folder in FOLDERS:
        for file in sorted((instance / folder).rglob("*")):
            path = file.relative_to(instance).as_posix()
            if file.is_file() and is_instance_file(path):
                yield path, file.read_bytes()


def settings_of_environment(environment: Mapping[str, str]) -> str:
    """The settings that came from the environment, in the form of `config.toml`; "" without any."""
    lines = [
        f"{name.removeprefix('DNK_').lower()} = {_toml_value(value)}"
        for name, value in sorted(environment.items())
        if name.startswith("DNK_") and name != "DNK_INSTANCE"
    ]
    return "\n".join([*lines, ""]) if lines else ""


def names_other_places(settings_file: bytes, present: Mapping[str, object]) -> bool:
    """Whether a `config.toml` names another place for data than the present settings do."""
    try:
        given = tomllib.loads(settings_file.decode())
    except ValueError:
        return True
    return any(
        str(value) != str(present.get(name) or "")
        for name, value in given.items()
        if name.startswith(_PLACES)
    )


def put_back(instance: Path, path: str, content: bytes) -> None:
    """Write a file into the instance folder, private from its first byte, in place of an earlier one.

    Raises ValueError for a path that no backup holds.
    """
    if not is_instance_file(path):
        raise ValueError(path)
    replace_private_file(instance / path, content)


def keep_replaced(instance: Path, fresh: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Copy each file that would get another content into the new private folder. Returns the copies.

    The folder is made if there is anything to copy; no backup holds it.
    """
    kept = []
    for path, content in fresh.items():
        present = instance / path
        if present.is_file() and (former := present.read_bytes()) != content:
            folder.mkdir(exist_ok=True, mode=0o700)
            kept.append(folder / path)
            replace_private_file(kept[-1], former)
    return tuple(kept)


def _toml_value(value: str) -> str:
    try:
        read = json.loads(value)
    except ValueError:
        read = value
    return json.dumps(read if isinstance(read, list) else value)
