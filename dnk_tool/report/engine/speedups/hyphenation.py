"""The German patterns as the build read them, in place of 37,000 lines that Pyphen reads anew."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dnk_tool.report.assets import HYPHENATION, READ_HYPHENATION
from dnk_tool.report.engine.patches import Patch

Patterns = dict[str, tuple[int, tuple[int, ...]]]


def _quick_init(read: Callable[[Any, Path], None]) -> Callable[[Any, Path], None]:
    """Reads any other dictionary, and ours where the build read another one or none, as Pyphen does."""

    def __init__(self: Any, path: Path) -> None:  # noqa: N807 - stands in its place
        patterns = built_patterns() if path == HYPHENATION else None
        if patterns is None:
            read(self, path)
            return
        self.patterns, self.cache = patterns, {}
        self.maxlen = max(map(len, patterns))

    return __init__


def built_patterns() -> Patterns | None:
    """The patterns of our dictionary; None if the build has not read this very file."""
    try:
        built = json.loads(READ_HYPHENATION.read_bytes())
    except OSError:
        return None
    if built["source"] != hashlib.sha256(HYPHENATION.read_bytes()).hexdigest():
        return None
    patterns: Patterns = {}
    for start, numbers, letters in built["groups"]:
        patterns |= dict.fromkeys(letters.split(" "), (start, tuple(numbers)))
    return patterns


HYPHENATION_PATTERNS = (
    Patch(
        "pyphen:HyphDict.__init__",
        "e2c135ec1f34974bf8f5146c902749fdac9d9f161ca59d54e74584b38f628e82",
        _quick_init,
        relies_on=("pyphen:HyphDict.positions",),
    ),
)
