"""Builds what is not committed: compiled translations, stylesheets, criteria and hyphenation as JSON.

Hatchling runs it as a build hook. For a checkout that is installed in place, run it by hand:
`python -m dnk_tool.build_hook`.
"""

import hashlib
import importlib.util
import json
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# What begins a line of a hyphenation dictionary that is no pattern, as Pyphen has it.
_NO_PATTERN = (
    *("%", "#", "LEFTHYPHENMIN", "RIGHTHYPHENMIN"),
    *("COMPOUNDLEFTHYPHENMIN", "COMPOUNDRIGHTHYPHENMIN"),
)


class CustomBuildHook(BuildHookInterface[Any]):
    """The build hook that hatchling runs before it packs a wheel, an sdist or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build every generated file of the project that is out of date."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Build every generated file below `root` that is out of date."""
    compile_translations(root / "dnk_tool" / "locale")
    compile_criteria(root / "criteria", root / "dnk_tool" / "catalogue" / "parsed.json")
    report_assets = root / "dnk_tool" / "report" / "assets"
    compile_hyphenation(report_assets / "hyph_de.dic", report_assets / "hyph_de.json")
    _load_asset_builder(root).build(root)


def compile_translations(folder: Path) -> None:
    """Compile every .po file to the .mo file beside it, which is replaced in one step."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        # Babel writes the time of the build where the source has none: two builds would differ.
        catalogue.creation_date = catalogue.revision_date = SOME_DAY
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
            write_mo(fresh, catalogue)
        _replace_file(fresh.name, target)


def compile_criteria(folder: Path, target: Path) -> None:
    """Write the content of every YAML file to `target`, as {SHA-256 of the file: JSON as text}.

    Reading the YAML files would delay each start by two seconds. The hash makes sure that no entry is ever
    out of date.
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
    """The content as JSON text; empty if it is faulty or JSON would change it, so that the YAML is read."""
    try:
        value = YAML(typ="safe", pure=True).load(content.decode("utf-8"))
        text = json.dumps(value, ensure_ascii=False)
    except (UnicodeDecodeError, YAMLError, TypeError):
        return ""
    return text if json.loads(text) == value else ""


def compile_hyphenation(source: Path, target: Path) -> None:
    """Write the patterns of a dictionary as Pyphen holds them, with the SHA-256 of the file they are from.

    Pyphen takes 0.13 s to read them, twenty times as long as reading this. Patterns with the same numbers
    stand together: where the numbers begin, the numbers, and the letters of each pattern.
    """
    content = source.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if target.exists() and json.loads(target.read_bytes())["source"] == digest:
        return
    letters_by_numbers: dict[tuple[int, tuple[int, ...]], list[str]] = {}
    for pattern in content.decode("utf-8").split("\n")[1:]:
        if not pattern or pattern.startswith(_NO_PATTERN):
            continue
        numbers = [int(digit or "0") for digit, _letter in re.findall(r"(\d?)(\D?)", pattern)]
        places = [place for place, number in enumerate(numbers) if number]
        if places:
            key = places[0], tuple(numbers[places[0] : places[-1] + 1])
            letters_by_numbers.setdefault(key, []).append(re.sub(r"\d", "", pattern))
    groups = [[start, numbers, " ".join(letters)] for (start, numbers), letters in letters_by_numbers.items()]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, delete=False) as fresh:
        json.dump({"source": digest, "groups": groups}, fresh, ensure_ascii=False, separators=(",", ":"))
    _replace_file(fresh.name, target)


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
