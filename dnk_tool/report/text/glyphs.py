"""Replaces characters that the embedded fonts lack: PDF/UA forbids characters without a glyph."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from dnk_tool.report.assets import fonts

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Modifiers of emojis: without meaning once the emoji itself is replaced.
_COMPANIONS = frozenset((*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0100, 0xE01F0)))
_BREAKS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n") | {ord("\t"): " ", ord("\r"): None}
_KEPT_FORMATS = "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}"


@lru_cache(maxsize=1)
def covered_code_points() -> frozenset[int]:
    """The code points that every embedded face has a glyph for."""
    return frozenset(set.intersection(*map(_characters, fonts())))


def _characters(font: Path) -> set[int]:
    with TTFont(font, lazy=True) as face:
        return set(face.getBestCmap())


def printable(text: str) -> tuple[str, int]:
    """The printable text (NFC), and how many characters had to be replaced.

    A character without a glyph becomes U+FFFD. Control characters, overrides of the writing direction and
    other invisible characters are dropped and not counted.
    """
    composed = unicodedata.normalize("NFC", text.translate(_BREAKS))
    if composed.isascii() and composed.isprintable():
        return composed, 0
    # Each different character once: a long text has few of them.
    others = {ord(char): instead for char in set(composed) if (instead := _printed_character(char)) != char}
    replaced = sum(composed.count(chr(code)) for code, instead in others.items() if instead)
    return composed.translate(others) if others else composed, replaced


def _printed_character(char: str) -> str:
    if _is_dropped(char):
        return ""
    return char if char == "\n" or ord(char) in covered_code_points() else REPLACEMENT


def _is_dropped(char: str) -> bool:
    if char == "\n" or char in _KEPT_FORMATS:
        return False
    return ord(char) in _COMPANIONS or unicodedata.category(char) in ("Cc", "Cf", "Cs")
