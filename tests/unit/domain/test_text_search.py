"""Words as people type them are found in texts, whole or as parts, and marked where they stand."""

import pytest

from dnk_tool.domain.text_search import MAX_WORDS, Excerpt, like_pattern, text_query


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("müll", "Der Muell ist weg."),
        ("MUELL", "Sondermüll"),
        ("strasse", "Hauptstraße 5"),
        ("Straße", "Hauptstrasse 5"),
        ("erklärung", "Nachhaltigkeits\u00aderk\u00adlärung"),
        ("steuer", "Kfz-Steuern"),
        ("ern", "Mauern"),
        ("co2", "nur CO₂"),
        ("CO₂", "CO2 aus Holz"),
        ("cafe", "Im Café"),
        ("13.1", "13.1 Emissionsquellen"),
        ("strom heizung", "Heizung und Ökostrom"),
        ("diesel,", "Diesel"),
    ],
)
def test_a_word_is_found(typed: str, text: str) -> None:
    assert text_query(typed).fits(text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [("diesel heizung", "Diesel allein"), ("13.1", "1301 Teile"), ("a+b.*", "aabb"), ("mull", "Halle")],
)
def test_no_word_is_found_that_is_not_there(typed: str, text: str) -> None:
    assert not text_query(typed).fits(text)


def test_words_may_stand_in_several_texts() -> None:
    assert text_query("klima diesel").fits("Klimarelevante Emissionen", "Wir fahren Diesel.")


def test_words_of_one_letter_and_too_many_are_left_out() -> None:
    assert text_query(" a  . %").words == ()
    assert text_query("Strom x Strom").words == ("strom",)
    assert len(text_query("aa bb cc dd ee ff gg hh").words) == MAX_WORDS


def test_the_sentence_with_most_words_is_shown_with_marks() -> None:
    text = "Wir sparen Strom. Die Heizung braucht keinen Strom. Ende."
    assert text_query("strom heiz").excerpt([text]) == (
        Excerpt("Die ", False),
        Excerpt("Heiz", True),
        Excerpt("ung braucht keinen ", False),
        Excerpt("Strom", True),
        Excerpt(".", False),
    )


def test_a_long_sentence_is_shortened_around_the_word() -> None:
    pieces = text_query("diesel").excerpt(["Wort " * 100 + "Diesel " + "Ende " * 100])
    text = "".join(piece.text for piece in pieces)
    assert Excerpt("Diesel", True) in pieces
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < 180


def test_without_a_hit_the_text_begins_at_its_beginning() -> None:
    assert text_query("diesel").excerpt(["Erster Satz. Zweiter."]) == (Excerpt("Erster Satz.", False),)
    assert text_query("diesel").excerpt([""]) == ()


@pytest.mark.parametrize(
    ("word", "pattern"), [("müller", "%m%ll%r%"), ("straße", "%str%"), ("co2", "%"), ("50%_x", "%50%x%")]
)
def test_the_pattern_for_the_database_has_only_letters_and_digits(word: str, pattern: str) -> None:
    assert like_pattern(word) == pattern
