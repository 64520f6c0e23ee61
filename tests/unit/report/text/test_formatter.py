"""The company's words as paragraphs and lists, and values as the language writes them."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.prose import Block, BlockKind


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
