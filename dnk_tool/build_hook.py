"""Builds what is never committed: English words, styles, criteria as JSON. For hatchling, or by hand.

Run by hand (`python -m dnk_tool.build_hook`) for a checkout that is installed in place.
"""

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling calls before it packs a wheel, an sdist or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root))


def build(root: Path) -> None:
    """Build everything that has changed."""
    compile_translations(root / "dnk_tool" / "locale")
    compile_criteria(root / "criteria", root / "dnk_tool" / "catalogue" / "parsed.json")
    _load_asset_builder(root).build(root)


def compile_translations(folder: Path) -> None:
    """Compile every .po file to the .mo file beside it, whole or not at all."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
            write_mo(fresh, catalogue)
        _replace_file(fresh.name, target)


def compile_criteria(folder: Path, target: Path) -> None:
    """Keep what every YAML file says as JSON, found by the SHA-256 of the file: nothing is ever out of date.

    A start of the program would otherwise read YAML for two seconds. Writes {SHA-256: JSON as text}.
    """
    files = {hashlib.sha256(content).hexdigest(): content for content in _yaml_contents(folder)}
    known = json.loads(target.read_bytes()) if target.exists() else {}
    if known.keys() == files.keys():
        return
    parsed = {name: known.get(name) or _as_json(content) for name, content in files.items()}
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as fresh:
        json.dump(parsed, fresh, ensure_ascii=False)
    _replace_file(fresh.name, target)


def _yaml_contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*.yaml"))]


def _as_json(content: bytes) -> str:
    """Empty for what cannot be read or kept as it is: the program reads the file itself and says why."""
    try:
        value = YAML(typ="safe", pure=True).load(content.decode("utf-8"))
        text = json.dumps(value, ensure_ascii=False)
    except (UnicodeDecodeError, YAMLError, TypeError):
        return ""
    return text if json.loads(text) == value else ""


def _replace_file(fresh: str, target: Path) -> None:
    os.chmod(fresh, 0o644)
    os.replace(fresh, target)


def _load_asset_builder(root: Path) -> Any:
    """The script that compiles the styles; hatchling runs this hook before the package can be imported."""
    spec = importlib.util.spec_from_file_location("dnk_assets", root / "dnk_tool/web/assets/build.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("dnk_tool/web/assets/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parents[1])
    except RuntimeError as error:
        sys.exit(str(error))
