"""Only characters with a glyph reach the page, and nobody loses one without being told."""

import pytest
from fontTools.ttLib import TTFont

from dnk_tool.catalogue import load_catalogue
from dnk_tool.report.assets import FALLBACK_FACES, fonts
from dnk_tool.report.files.html import direction
from dnk_tool.report.text.glyphs import (
    base_code_points,
    covered_code_points,
    fallback_faces,
    printable,
    unprinted_signs,
)

NEEDED = (
    "CO₂ N₂O − ≤ ≥ € → ‑ ² ³ · „“ ‚‘ “” ‘’ – — … × ° ½ µ Ω ß ẞ äöüÄÖÜ éèçñšžłőřå § % ‰ \u00a0\u00ad\u200b"
)


def test_the_fonts_cover_what_declarations_need() -> None:
    assert printable(NEEDED) == (NEEDED, 0)


def test_the_fonts_cover_every_text_of_the_catalogue() -> None:
    texts = repr(load_catalogue("dnk-2017"))
    assert {char for char in texts if ord(char) not in base_code_points()} == set()


@pytest.mark.parametrize(
    ("text", "printed", "faces"),
    [
        ("Danke 😀! 👍🏽 👨\u200d👩", "Danke 😀! 👍 👨👩", ("Emoji",)),
        ("✔ ✘ ■ ● ► ▪ ➔ ① ★", "✔ ✘ ■ ● ► ▪ ➔ ① ★", ("Symbols",)),
        ("\uf0b7 Punkt \uf0fc", "• Punkt ✓", ()),
        ("שָׁלוֹם", "שלום", ("Hebrew",)),
        ("السلام ✔", "السلام ✔", ("Arabic", "Symbols")),
        ("25 ℃, 12 ㎡, Na⁺ ⇒ ＡＢ 🇩🇪 1️⃣", "25 °C, 12 m², Na+ → AB DE 1", ()),
    ],
)
def test_a_sign_that_plex_lacks_is_drawn_with_another_face_or_as_a_relative(
    text: str, printed: str, faces: tuple[str, ...]
) -> None:
    assert printable(text) == (printed, 0)
    assert fallback_faces(printed) == faces
    assert unprinted_signs(text) == []


@pytest.mark.parametrize(
    ("text", "printed", "replaced"),
    [
        ("日本 ok", "[chinesische Schrift] ok", 2),
        ("한국어日本", "[koreanische Schrift][chinesische Schrift]", 5),
        ("🃁", "[playing card ace of diamonds]", 1),
        ("\ue000", "[U+E000]", 1),
    ],
)
def test_what_no_face_has_is_named_in_brackets(text: str, printed: str, replaced: int) -> None:
    assert printable(text) == (printed, replaced)
    assert len(unprinted_signs(text)) == replaced


def test_the_names_are_said_in_the_language_of_the_print() -> None:
    assert printable("日本", "en")[0] == "[Chinese script]"
    assert unprinted_signs("a日b\u0329", "en") == [("日", "[Chinese script]"), ("\u0329", "")]


def test_no_sign_is_in_two_faces_and_a_line_keeps_its_height() -> None:
    shares, seen = set(), set(base_code_points())
    for path in (fonts()[0], *FALLBACK_FACES.values()):
        with TTFont(path) as face:
            unit = face["head"].unitsPerEm
            shares.add((round(face["hhea"].ascent / unit, 2), round(face["hhea"].descent / unit, 2)))
            if path in FALLBACK_FACES.values():
                own = face.getBestCmap().keys() - {0x20, 0xA0}
                assert not own & seen, path
                seen |= own
    assert len(shares) == 1
    assert seen == covered_code_points()


def test_a_text_is_read_in_the_direction_of_its_first_letter() -> None:
    assert direction("12 שלום (DNK)") == direction("السلام") == ' dir="rtl"'
    assert direction("DNK שלום") == direction("12 Äpfel") == direction("") == ""


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\u200f", "\ufeff", "\u2060", "\ud800", "\ufe0f"]
)
def test_what_cannot_be_seen_is_dropped(hidden: str) -> None:
    assert printable(f"Ge{hidden}halt") == ("Gehalt", 0)


def test_separators_become_line_ends_and_letters_are_composed() -> None:
    assert printable("a\u2028b\tc\r\nd") == ("a\nb c\nd", 0)
    assert printable("Mu\u0308ll") == ("Müll", 0)
