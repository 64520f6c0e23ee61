"""The company's words as paragraphs and lists, values as the language writes them and one hears them."""

import time
from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Block, BlockKind
from dnk_tool.report.text.spoken import abbreviated, sentences, spoken
from dnk_tool.report.text.typography import (
    with_bound_last_word,
    with_no_break_spaces,
    with_unbroken_quantities,
)


def test_an_empty_line_parts_paragraphs_and_a_line_end_stays() -> None:
    blocks = TextFormatter("de").prose("Erste Zeile\nzweite Zeile\n\nNeuer Absatz")
    assert blocks == (
        Block(BlockKind.PARAGRAPH, ("Erste Zeile\nzweite Zeile",)),
        Block(BlockKind.PARAGRAPH, ("Neuer Absatz",)),
    )


def test_lines_with_a_sign_become_a_list() -> None:
    blocks = TextFormatter("de").prose("Wir haben:\n- Strom\n  aus Wind\n• Gas\nDanach Text.")
    assert blocks == (
        Block(BlockKind.PARAGRAPH, ("Wir haben:",)),
        Block(BlockKind.LIST, ("Strom aus Wind", "Gas")),
        Block(BlockKind.PARAGRAPH, ("Danach Text.",)),
    )


@pytest.mark.parametrize("text", ["", " \n\n \n"])
def test_nothing_said_is_nothing_printed(text: str) -> None:
    assert TextFormatter("de").prose(text) == ()


def test_numbers_are_exact_and_follow_the_language() -> None:
    assert TextFormatter("de").number(Decimal("-1234.50")) == "−1.234,50"
    assert TextFormatter("en").number(Decimal("1234.5"), signed=True) == "+1,234.5"


def test_a_quantity_keeps_its_unit_and_a_count_stands_alone() -> None:
    families = load_catalogue("dnk-2017").families
    volume = families["volume"].units["m3"]
    assert TextFormatter("de").quantity(Quantity(Decimal(1240), "m3"), volume) == "1.240\u00a0m³"
    assert TextFormatter("de").quantity(Quantity(Decimal(3), "1"), families["count"].units["1"]) == "3"
    assert TextFormatter("de").quantity(Quantity(Decimal(3), "Fass"), None) == "3\u00a0Fass"


def test_a_word_that_no_line_can_hold_may_be_broken() -> None:
    words = TextFormatter("de")
    assert words.printable_text("x" * 60) == "x" * 60
    assert words.printable_text("x" * 90).replace("\u200b", "") == "x" * 90
    assert max(map(len, words.printable_text("x" * 50_000).split("\u200b"))) == 20


def test_what_could_not_be_printed_is_counted() -> None:
    words = TextFormatter("de")
    words.printable_text("😀 한")
    words.prose("日本")
    assert words.replaced == 3


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Erdgas: 3.929\N{NO-BREAK SPACE}kWh", "Erdgas: 3.929 Kilowattstunden"),
        ("Treibhausgase in t\N{NO-BREAK SPACE}CO₂e", "Treibhausgase in Tonnen CO₂-Äquivalente"),
        ("Heizung (kWh)", "Heizung (Kilowattstunden)"),
        ("5\N{NO-BREAK SPACE}kWh/m²", "5 Kilowattstunden je Quadratmeter"),
        ("<\N{NO-BREAK SPACE}0,01\N{NO-BREAK SPACE}t", "weniger als 0,01 Tonnen"),
        ("Rate in the kWh", "Rate in the kWh"),
    ],
)
def test_units_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "de") == said


def test_parts_become_sentences() -> None:
    assert (
        sentences(["Energie 2025", "davon Strom: 7 Prozent.", ""]) == "Energie 2025. Davon Strom: 7 Prozent."
    )


@pytest.mark.parametrize(
    ("cell", "markup"),
    [
        ("–", '<abbr title="keine Angabe">–</abbr>'),
        ("kWh", '<abbr title="Kilowattstunden">kWh</abbr>'),
        (
            "1,5\N{NO-BREAK SPACE}t\N{NO-BREAK SPACE}CO₂e",
            '1,5\N{NO-BREAK SPACE}<abbr title="Tonnen CO₂-Äquivalente">t\N{NO-BREAK SPACE}CO₂e</abbr>',
        ),
        (
            "+2\N{NO-BREAK SPACE}PP",
            '+2\N{NO-BREAK SPACE}<abbr title="Prozentpunkte">PP</abbr>',
        ),
        ("<b>Diesel</b>", "&lt;b&gt;Diesel&lt;/b&gt;"),
    ],
)
def test_cells_say_what_abbreviations_stand_for(cell: str, markup: str) -> None:
    assert abbreviated(cell, "de") == markup


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
