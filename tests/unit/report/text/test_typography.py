"""A line never ends between a number and its unit."""

import time

import pytest

from dnk_tool.report.text.typography import (
    with_bound_last_word,
    with_no_break_spaces,
    with_unbroken_quantities,
)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("130.200 kWh Strom", "130.200~kWh Strom"),
        ("2,4 Mio. EUR Umsatz", "2,4~Mio.~EUR Umsatz"),
        ("60 Prozent und 5 % mehr", "60~Prozent und 5~% mehr"),
        ("im Umkreis von 150 km.", "im Umkreis von 150~km."),
        ("nach § 5 und Scope 1", "nach §~5 und Scope~1"),
        ("z. B. Holz, d. h. Späne", "z.~B. Holz, d.~h. Späne"),
        ("Ab 2025 haben wir 3 Transporter", "Ab 2025 haben wir 3 Transporter"),
        ("minus 18,2 t CO₂e", "minus 18,2~t~CO₂e"),
        ("am 31. Dezember 2025", "am 31.~Dezember 2025"),
        ("z.B. bleibt", "z.B. bleibt"),
        ("nach 45 Minuten, 3 Tagen, 2 Wochen, 6 Monaten", "nach 45~Minuten, 3~Tagen, 2~Wochen, 6~Monaten"),
        ("in 10 Jahren um 5 Prozentpunkte", "in 10~Jahren um 5~Prozentpunkte"),
        ("auf 12 Seiten, siehe Seite 7 und Kriterium 12", "auf 12~Seiten, siehe Seite~7 und Kriterium~12"),
        ("see criteria 12 and criterion 6", "see criteria~12 and criterion~6"),
        ("Frau Sommer und Herr Hölscher", "Frau~Sommer und Herr~Hölscher"),
        ("3 Jahreszeiten, eine Frau am Tor", "3 Jahreszeiten, eine Frau am Tor"),
    ],
)
def test_quantities_and_short_words_hold_together(said: str, printed: str) -> None:
    assert with_no_break_spaces(said) == printed.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("Wir sind zehn.", "Wir sind~zehn."),
        ("Wir gehen mit Bedacht", "Wir gehen mit Bedacht"),
        ("See criterion~6.", "See criterion~6."),
        ("Zeile\nEnde", "Zeile\nEnde"),
        ("Ende", "Ende"),
        ("", ""),
    ],
)
def test_a_short_last_word_is_bound_to_the_one_before(said: str, printed: str) -> None:
    assert with_bound_last_word(said.replace("~", "\u00a0")) == printed.replace("~", "\u00a0")


def test_a_quantity_with_a_stroke_is_wrapped_and_the_rest_escaped() -> None:
    assert with_unbroken_quantities("<b> 146\u00a0h/Person & mehr") == (
        '&lt;b&gt; <span class="kept">146\u00a0h/Person</span> &amp; mehr'
    )


@pytest.mark.parametrize("endless", ["1" * 50_000, "1," * 25_000, "x/" * 25_000, "1\u00a0" * 25_000])
def test_endless_words_take_no_time(endless: str) -> None:
    start = time.process_time()
    assert with_no_break_spaces(endless).replace("\u00a0", " ") == endless.replace("\u00a0", " ")
    with_unbroken_quantities(endless)
    assert time.process_time() - start < 2
