"""How much of a published answer another company is shown."""

import pytest

from dnk_tool.domain.answers.quotation import MOST_CHARACTERS, excerpt

SENTENCE = "Wir messen den Verbrauch in jeder Halle und prüfen ihn im Quartal. "


def test_a_short_text_is_shown_as_it_is() -> None:
    text = "Erster Absatz.\n\n" + "x" * (MOST_CHARACTERS - 16)
    assert len(text) == MOST_CHARACTERS
    assert excerpt(text) == text


def test_a_long_text_ends_with_a_sentence() -> None:
    shown = excerpt(SENTENCE * 20)
    assert shown == (SENTENCE * 8).strip() + " …"
    assert len(shown) <= MOST_CHARACTERS


def test_a_text_whose_only_sentence_ends_early_ends_with_a_word() -> None:
    shown = excerpt("Ja. " + "Wort " * 200)
    assert shown.endswith("Wort …")
    assert MOST_CHARACTERS - 6 <= len(shown) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "text", ["x" * 2000, "x " * 2000, "x\n" * 2000, "Nr. " * 1000, "1.000 " * 500, ". " * 900, " x" * 700]
)
def test_no_text_is_longer_than_the_limit_nor_loses_a_letter_of_its_beginning(text: str) -> None:
    shown = excerpt(text)
    assert len(shown) <= MOST_CHARACTERS
    assert shown.endswith(" …")
    assert text.startswith(shown.removesuffix(" …"))


@pytest.mark.parametrize(
    "beginning",
    [
        "Wir prüfen das, z. B. mit ",
        "Wir beginnen am 12. Mai mit ",
        "Drei Dinge:\n1. Strom\n2. Wärme ",
    ],
)
def test_a_short_form_a_day_or_a_list_s_number_ends_no_sentence(beginning: str) -> None:
    shown = excerpt(beginning + "und noch mehr " * 3, len(beginning) + 1)
    assert shown == f"{beginning.rstrip()} …"


def test_a_year_may_end_a_sentence() -> None:
    assert excerpt("Das gilt bei uns seit 2024. Und mehr " * 2, 34) == "Das gilt bei uns seit 2024. …"


def test_a_sign_in_a_number_is_no_end_of_a_sentence() -> None:
    text = "Wir sparen 1.000 Liter und " + "noch mehr " * 3
    assert excerpt(text, 20) == "Wir sparen 1.000 …"
