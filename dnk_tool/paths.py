"""Locates the program's data, beside the package or inside a wheel, and creates the instance folder."""

import os
from functools import cache
from pathlib import Path

DATABASE_FILE = "dnk.sqlite3"
PACKAGE = Path(__file__).resolve().parent
# Declarations of invented companies, for the demo and the sample of the start page.
SAMPLES = PACKAGE / "cli" / "demo" / "data"


@cache
def _data_folder(name: str) -> Path:
    for candidate in (PACKAGE.parent / name, PACKAGE / "data" / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"dnk-tool is not installed completely: its folder '{name}' is missing")


def criteria_folder() -> Path:
    """The folder of the standards' editions, datapoints and units. Raises FileNotFoundError if missing."""
    return _data_folder("criteria")


def templates_folder() -> Path:
    """The Jinja templates of pages, mails and printed declarations. Raises FileNotFoundError if missing."""
    return _data_folder("templates")


def sync_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_instance(folder: Path) -> None:
    """Create the instance folder, accessible to the server's user alone.

    A checkout contains the folder with a README, readable for everybody on the machine; its permissions are
    narrowed while it holds neither a key nor a database. Later they are left to the operator.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_fresh = not any((folder / name).exists() for name in ("secret-key", DATABASE_FILE))
    if is_fresh and (folder / "README.md").exists():
        folder.chmod(0o700)


def write_private_file(path: Path, text: str) -> None:
    """Write a new file that only the server's user can read. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def replace_private_file(path: Path, content: bytes) -> None:
    """Write the file beside its place, private from its first byte, and move it there, safe from a power cut.

    Readers see the old content or the new one. Raises OSError; then the old one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_to_disk(path.parent)
