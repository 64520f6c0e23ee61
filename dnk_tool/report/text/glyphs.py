"""Replaces characters that the embedded fonts lack: PDF/UA forbids characters without a glyph."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

from dnk_tool.language import Language, translations
from dnk_tool.report.assets import FALLBACK_FACES, fonts

# Modifiers of emojis: without meaning where each emoji is a picture of its own.
_COMPANIONS = frozenset((*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0100, 0xE01F0), 0x20E3))
# Points of vowels in Hebrew and Arabic, which readers do without; a PDF cannot say which letter has which.
VOWEL_POINTS = frozenset(
    code
    for code in (
        *range(0x591, 0x5C8),
        *range(0x610, 0x61B),
        *range(0x64B, 0x660),
        0x670,
        *range(0x6D6, 0x6EE),
    )
    if unicodedata.category(chr(code)) == "Mn"
)
_DROPPED = _COMPANIONS | VOWEL_POINTS
_BREAKS = dict.fromkeys(map(ord, "\v\f\x85\u2028\u2029"), "\n") | {ord("\t"): " ", ord("\r"): None}
_KEPT_FORMATS = "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}"

# Signs with a near relative among the printed ones. Those from U+F000 on are the bullets and ticks that Word
# takes from its own fonts.
_RELATIVES = {
    **dict(zip("⇒⟹⟶⇨⇐⟸⟵⇔⟺⟷", "→→→→←←←↔↔↔", strict=True)),
    **{"‣": "•", "⁃": "–", "―": "—", "⁄": "/", "∕": "/", "ʼ": "’", "ˮ": "”"},
    **{"\uf0b7": "•", "\uf0a7": "▪", "\uf06e": "■", "\uf06f": "□", "\uf0a8": "□", "\uf076": "❖"},
    **{"\uf0d8": "➢", "\uf0e0": "→", "\uf0e8": "➔", "\uf0fc": "✓", "\uf0fb": "✗", "\uf0fe": "☑"},
    **{chr(0x1F1E6 + place): chr(ord("A") + place) for place in range(26)},  # two of them are a flag
}


@dataclass(frozen=True, slots=True)
class _Printed:
    """What is printed for a character; `is_named`: nothing like it can be, so its name stands in brackets."""

    text: str
    is_faithful: bool = True
    is_named: bool = False


@lru_cache(maxsize=1)
def base_code_points() -> frozenset[int]:
    """The code points that each of the four faces of every declaration has a glyph for."""
    return frozenset(set.intersection(*map(_characters, fonts())))


@cache
def _fallback_code_points() -> Mapping[int, str]:
    """The name of the further face that has a glyph, by code point; read only for a text that needs one."""
    return {code: name for name, path in FALLBACK_FACES.items() for code in _characters(path)}


def covered_code_points() -> frozenset[int]:
    """The code points that can be printed: those of the four faces and of all further ones."""
    return base_code_points() | _fallback_code_points().keys()


def _characters(font: Path) -> set[int]:
    with TTFont(font, lazy=True) as face:
        return set(face.getBestCmap())


def fallback_face(char: str) -> str:
    """The name of the further face that prints the character; empty for one of the four faces, or none."""
    code = ord(char)
    return "" if code in base_code_points() else _fallback_code_points().get(code, "")


def fallback_faces(text: str) -> tuple[str, ...]:
    """The names of the further faces that the text needs, in the order in which they are loaded."""
    if text.isascii():
        return ()
    needed = {fallback_face(char) for char in set(text) if not _is_layout(char)}
    return tuple(name for name in FALLBACK_FACES if name in needed)


def printable(text: str, language: Language = "de") -> tuple[str, int]:
    """The printable text (NFC), and how many of its characters are not in it.

    A character without a glyph becomes a relative of its own; if it has none, its name in brackets. Control
    characters, overrides of the writing direction and other invisible characters are dropped and not counted.
    """
    composed = _composed(text)
    if composed.isascii() and composed.isprintable():
        return composed, 0
    # Each different character once: a long text has few of them.
    printed = {char: _printed(char) for char in set(composed)}
    lost = sum(composed.count(char) for char, instead in printed.items() if not instead.is_faithful)
    if named := [char for char, instead in printed.items() if instead.is_named]:
        runs = re.compile(f"[{''.join(map(re.escape, named))}]+")
        composed = runs.sub(lambda run: "".join(_bracketed(run[0], language)), composed)
    changed = {
        ord(char): each.text for char, each in printed.items() if each.text != char and not each.is_named
    }
    return composed.translate(changed) if changed else composed, lost


def unprinted_signs(text: str, language: Language = "de") -> list[tuple[str, str]]:
    """Each different character that is not printed as it is or nearly so, with what stands in its place."""
    composed = _composed(text)
    if composed.isascii():
        return []
    signs = [char for char in dict.fromkeys(composed) if not _printed(char).is_faithful]
    return [(sign, printable(sign, language)[0]) for sign in signs]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(_BREAKS))


def _bracketed(run: str, language: Language) -> Iterator[str]:
    """The names of signs that follow one another; a word in a script of its own has one name."""
    for name, _signs in groupby(run, lambda char: _name(char, language)):
        yield f"[{name}]"


@lru_cache(maxsize=4096)
def _printed(char: str) -> _Printed:
    if _is_layout(char):
        return _Printed(char)
    if _is_dropped(char):
        return _Printed("")
    if ord(char) in base_code_points():
        return _Printed(char)
    if relative := _RELATIVES.get(char):
        return _Printed(relative)
    if ord(char) in _fallback_code_points():
        return _Printed(char)
    # Such as "㎡": "m²"; a letter with a rare accent: the letter.
    kind, _space, parts = unicodedata.decomposition(char).rpartition("> ")
    pieces = [chr(int(code, 16)) for code in parts.split()]
    if not kind:
        pieces = pieces[:1]
    instead = [_printed(piece) for piece in pieces]
    if instead and not any(each.is_named for each in instead):
        is_faithful = bool(kind) and all(each.is_faithful for each in instead)
        return _Printed("".join(each.text for each in instead), is_faithful)
    if unicodedata.name(char, "").startswith("COMBINING "):
        return _Printed("", is_faithful=False)
    return _Printed(char, is_faithful=False, is_named=True)


def _is_layout(char: str) -> bool:
    return char == "\n" or char in _KEPT_FORMATS


def _is_dropped(char: str) -> bool:
    return ord(char) in _DROPPED or unicodedata.category(char) in ("Cc", "Cf", "Cs")


def _name(char: str, language: Language) -> str:
    """What a sign is called: its script in our words, or its name in Unicode, which is English."""
    name = unicodedata.name(char, "")
    if not name:
        return f"U+{ord(char):04X}"
    script = name.split()[0]
    if unicodedata.category(char)[0] not in "LM":
        return name.lower()
    return _scripts(language).get(script) or translations(language).gettext("Schrift: %(name)s") % {
        "name": script.capitalize()
    }


@cache
def _scripts(language: Language) -> Mapping[str, str]:
    _ = translations(language).gettext
    return {
        "CJK": _("chinesische Schrift"),
        "HIRAGANA": _("japanische Schrift"),
        "KATAKANA": _("japanische Schrift"),
        "HANGUL": _("koreanische Schrift"),
        "THAI": _("thailändische Schrift"),
        "DEVANAGARI": _("indische Schrift"),
        "GEORGIAN": _("georgische Schrift"),
        "ARMENIAN": _("armenische Schrift"),
    }
