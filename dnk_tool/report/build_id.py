"""Which program makes the pages: two that differ in anything that makes them never share a file."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from dnk_tool import __version__
from dnk_tool.paths import PACKAGE, criteria_folder, templates_folder

# What makes a printed page, room by room: whatever differs here makes another program.
ROOMS = (
    "paths.py",
    "language.py",
    "labels.py",
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
LIBRARIES = ("weasyprint", "pydyf", "tinycss2", "pyphen", "fonttools", "pillow", "babel", "jinja2")


@cache
def build_id() -> str:
    """Twelve letters for this version of the program, its texts, templates and libraries; worked out once.

    The number of the version alone would not do: between two releases the pages change, too.
    """
    digest = hashlib.sha256(__version__.encode())
    for library in LIBRARIES:
        digest.update(f"\n{library} {version(library)}".encode())
    for root, file in _sources():
        digest.update(f"\n{file.relative_to(root)} ".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[tuple[Path, Path]]:
    """What the pages are made of, each with the folder that its name is relative to, in order."""
    roots = ((PACKAGE, ROOMS), (templates_folder(), TEMPLATES), (criteria_folder(), CRITERIA))
    for root, pattern in ((root, pattern) for root, patterns in roots for pattern in patterns):
        for file in sorted(root.glob(pattern)):
            if file.is_file() and "__pycache__" not in file.parts:
                yield root, file
