"""Builds what is never committed: the English words and the interface's styles. For hatchling, or by hand.

Run by hand (`python -m dnk_tool.build_hook`) for a checkout that is installed in place.
"""

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling calls before it packs a wheel, an sdist or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root))


def build(root: Path) -> None:
    """Build everything that has changed."""
    compile_catalogues(root / "dnk_tool" / "locale")
    _assets(root).build(root)


def compile_catalogues(folder: Path) -> None:
    """Compile every .po file to the .mo file beside it, whole or not at all."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as fresh:
            write_mo(fresh, catalogue)
        os.chmod(fresh.name, 0o644)
        os.replace(fresh.name, target)


def _assets(root: Path) -> Any:
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
