"""Identifies the program that makes the pages, so that a changed program never uses cached PDFs."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dnk_tool import __version__
from dnk_tool.paths import PACKAGE, criteria_folder, templates_folder
from dnk_tool.report.engine import Engine
from dnk_tool.report.process.engine_choice import chosen_engine

# The files of the package that determine a printed page: a change in any gives another id.
ROOMS = (
    "paths.py",
    "language.py",
    "labels.py",
    "isolation.py",
    "catalogue/**/*.py",
    "domain/**/*.py",
    "report/*.py",
    "report/assets/**/*",
    "report/engine/**/*",
    "report/files/**/*",
    "report/process/**/*",
    "report/text/**/*",
    "report/view/**/*",
    "locale/**/*.mo",
)
TEMPLATES = ("report/**/*",)
CRITERIA = ("**/*",)
LIBRARIES = (
    "weasyprint",
    "pydyf",
    "tinycss2",
    "cssselect2",
    "pyphen",
    "fonttools",
    "pillow",
    "babel",
    "jinja2",
)


def build_id() -> str:
    """Twelve hexadecimal digits for the program's version, texts, templates, libraries and PDF engine.

    The version number alone is not enough: pages change between two releases, too.
    """
    return _build_id(chosen_engine())


@cache
def _build_id(engine: Engine) -> str:
    digest = hashlib.sha256(f"{__version__}\nengine {engine}".encode())
    for library in LIBRARIES:
        digest.update(f"\n{library} {version(library)}".encode())
    for root, file in _sources():
        digest.update(f"\n{file.relative_to(root)} ".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[tuple[Path, Path]]:
    """The files that determine the pages, each with the folder that its name is relative to, sorted."""
    roots = ((PACKAGE, ROOMS), (templates_folder(), TEMPLATES), (criteria_folder(), CRITERIA))
    for root, pattern in ((root, pattern) for root, patterns in roots for pattern in patterns):
        for file in sorted(root.glob(pattern)):
            if file.is_file() and "__pycache__" not in file.parts:
                yield root, file
