"""Only characters with a glyph reach the page, and nobody loses one without being told."""

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.report.text.glyphs import covered_code_points, printable

NEEDED = (
    "CO₂ N₂O − ≤ ≥ € → ‑ ² ³ · „“ ‚‘ “” ‘’ – — … × ° ½ µ Ω ß ẞ äöüÄÖÜ éèçñšžłőřå § % ‰ \u00a0\u00ad\u200b"
)


def test_the_fonts_cover_what_declarations_need() -> None:
    assert printable(NEEDED) == (NEEDED, 0)


def test_the_fonts_cover_every_text_of_the_catalogue() -> None:
    texts = repr(load_catalogue("dnk-2017"))
    assert {char for char in texts if ord(char) not in covered_code_points()} == set()


@pytest.mark.parametrize(
    ("text", "printed", "replaced"),
    [
        ("Danke 😀!", "Danke �!", 1),
        ("Familie 👨\u200d👩\u200d👧", "Familie ���", 3),
        ("Daumen 👍🏽", "Daumen �", 1),
        ("日本", "��", 2),
        ("שלום", "����", 4),
        ("\ue000", "�", 1),
    ],
)
def test_a_character_without_glyph_becomes_a_visible_mark(text: str, printed: str, replaced: int) -> None:
    assert printable(text) == (printed, replaced)


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\u200f", "\ufeff", "\u2060", "\ud800"]
)
def test_what_cannot_be_seen_is_dropped(hidden: str) -> None:
    assert printable(f"Ge{hidden}halt") == ("Gehalt", 0)


def test_separators_become_line_ends_and_letters_are_composed() -> None:
    assert printable("a\u2028b\tc\r\nd") == ("a\nb c\nd", 0)
    assert printable("Mu\u0308ll") == ("Müll", 0)
