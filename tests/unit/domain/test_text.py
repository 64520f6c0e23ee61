"""Texts from outside in one form."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.text import first_words, normalised

quick = settings(max_examples=120, deadline=None, database=None)

anything = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    alphabet="a \t\r\n\x00\x0b\x85\u00a0\u2028\u0301\ud83d\ude00e", max_size=30
)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("u\u0308ber", "über"),
        ("  Anfang und Ende \n\n", "Anfang und Ende"),
        ("Zeile  \nEnde", "Zeile\nEnde"),
        ("- Punkt\n  - Unterpunkt", "- Punkt\n  - Unterpunkt"),
        ("a\n\n\nb", "a\n\n\nb"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("halbes \ud83d Emoji", "halbes  Emoji"),
        ("🌲 „für's Leben“ – 70\u00a0%", "🌲 „für's Leben“ – 70\u00a0%"),
        ("9,96 kWh/m², CO₂, ½ Maß", "9,96 kWh/m², CO₂, ½ Maß"),
        (" \x00\n", ""),
    ],
)
def test_keeps_what_was_meant(given_: str, kept: str) -> None:
    assert normalised(given_) == kept


@quick
@given(text=anything)
def test_twice_is_the_same_as_once(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once


@quick
@given(text=anything)
def test_one_line_is_read_as_among_several(text: str) -> None:
    assert normalised(text) == normalised(f"\n{text}")


@quick
@given(text=anything)
def test_leaves_no_control_characters_and_no_space_at_the_edges(text: str) -> None:
    clean = normalised(text)
    assert not {c for c in clean if unicodedata.category(c) in ("Cc", "Cs")} - {"\n", "\t"}
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == clean.strip()
    assert all(line == line.rstrip() for line in clean.split("\n"))
    clean.encode("utf-8")


@quick
@given(text=anything, longest=st.integers(3, 40))
def test_first_words_fit_on_a_line_and_begin_the_text(text: str, longest: int) -> None:
    line = " ".join(text.split())
    words = first_words(text, longest)
    assert len(words) <= longest
    assert words == line or line.startswith(words.removesuffix(" …"))
    assert words == line or len(line) > longest


def test_first_words_end_with_a_whole_word() -> None:
    assert first_words("Bitte nennen Sie das Jahr.", 16) == "Bitte nennen …"
    assert first_words("Donaudampfschiff", 9) == "Donauda …"
