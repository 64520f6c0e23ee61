"""Cells of lists as people and programs write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.figures.lists import cells
from dnk_tool.domain.figures.lists.cells import UnreadableCell
from dnk_tool.domain.figures.lists.model import ListColumn, ListRowFault

ENTRY = ListColumn.ENTRY


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-09",
        "2025-03-09 00:00:00",
        "09.03.2025",
        "9.3.25",
        "9. 3. 2025",
        "9/3/2025",
        "20250309",
        "45725",
    ],
)
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert cells.read_day(text, ENTRY, 2025) == date(2025, 3, 9)


def test_days_that_are_short_or_numbers_of_a_spreadsheet() -> None:
    assert cells.read_day("45725.5", ENTRY, 2025, is_numeric=True) == date(2025, 3, 9)
    assert cells.read_day("1.3.85", ENTRY, 2025) == date(1985, 3, 1)
    assert cells.read_day("1.3.26", ENTRY, 2025) == date(2026, 3, 1)
    assert cells.read_day("03.2025", ENTRY, 2025) == date(2025, 3, 1)
    assert cells.read_day("3/29/2025", ENTRY, 2025) == date(2025, 3, 29)


@pytest.mark.parametrize(("text", "age"), [("1980", 45), ("45", 45), ("31.12.80", 45), ("29221", 45)])
def test_an_age_follows_from_a_year_or_a_day(text: str, age: int) -> None:
    assert cells.read_age(text, 2025) == age


@pytest.mark.parametrize("text", ["2030", "1870", "3", "200"])
def test_an_age_that_nobody_has_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCell) as error:
        cells.read_age(text, 2025)
    assert error.value.fault is ListRowFault.OUT_OF_RANGE


def test_sexes() -> None:
    said = {
        "W": "women",
        "weiblich": "women",
        "Frau": "women",
        "m": "men",
        "Herr": "men",
        "divers": "diverse",
    }
    assert {text: cells.read_sex(text) for text in said} == said


def test_shares_and_hours() -> None:
    shares = ("0,5", "50", "50 %", "1", "100", "0.5")
    assert [cells.read_share(text, "de") for text in shares] == [
        Decimal(text) for text in ("0.5", "0.5", "0.5", "1", "1", "0.5")
    ]
    assert cells.read_hours("38:30", ListColumn.WEEKLY_HOURS, "de") == Decimal("38.5")
    assert cells.read_decimal("1.234,5 Liter", ListColumn.QUANTITY, "de") == Decimal("1234.5")
    assert cells.read_decimal("1,234.50 €", ListColumn.AMOUNT, "en") == Decimal("1234.50")
    with pytest.raises(UnreadableCell):
        cells.read_decimal("1000000000000", ListColumn.QUANTITY, "de")


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("Abteilungsleiterin", True),
        ("ja", True),
        ("Geschäftsführung", True),
        ("Head of Sales", True),
        ("Gruppenführer", True),
        ("Leiterin Buchführung", True),
        ("Leitungsfunktion", True),
        ("Team Leader", True),
        ("Monteur", False),
        ("Maschinenführer", False),
        ("Buchführung", False),
        ("Rohrleitungsbauer", False),
        ("Assistenz der Geschäftsführung", False),
        ("Chefsekretärin", False),
        ("Mitarbeit ohne Führung", False),
        ("", False),
        ("keine Führung", False),
        ("nein", False),
    ],
)
def test_leaders(text: str, *, leads: bool) -> None:
    assert cells.is_leader(text) is leads


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("ja", True),
        ("befristet", True),
        ("31.12.2026", True),
        ("fixed-term", True),
        ("", False),
        ("unbefristet", False),
        ("nicht befristet", False),
        ("nein", False),
        ("-", False),
    ],
)
def test_fixed_terms(text: str, *, ends: bool) -> None:
    assert cells.is_temporary(text, 2025) is ends


@given(st.text(max_size=40), st.booleans())
def test_any_cell_is_read_or_refused_with_a_reason(text: str, is_numeric: bool) -> None:
    for read in (
        lambda: cells.read_decimal(text, ENTRY, "de", is_numeric=is_numeric),
        lambda: cells.read_hours(text, ENTRY, "en", is_numeric=is_numeric),
        lambda: cells.read_day(text, ENTRY, 2025, is_numeric=is_numeric),
        lambda: cells.read_age(text, 2025, is_numeric=is_numeric),
        lambda: cells.read_share(text, "de", is_numeric=is_numeric),
        lambda: cells.read_sex(text),
        lambda: cells.is_temporary(text, 2025, is_numeric=is_numeric),
    ):
        try:
            read()
        except UnreadableCell as error:
            assert error.fault in ListRowFault  # noqa: PT017 -- what is refused has a reason
    cells.is_leader(text)
