"""A list of measures: its columns are guessed, words of both languages understood, faults named by column."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.measures.measure_list import (
    CheckedMeasure,
    MeasureColumn,
    MeasureRowFault,
    check_measures,
    find_measure_table,
    guess_measure_columns,
)
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.domain.uploads import SpreadsheetRow
from tests.support.tables import numbered_rows

C = MeasureColumn
HEADS = (
    "Nr.",
    "Maßnahme",
    "Art der Maßnahme",
    "Stand",
    "Energieträger",
    "MWh im Jahr",
    "t CO₂e im Jahr",
    "€ im Jahr",
    "€ Investition",
    "Wirkt ab",
    "Lebensdauer (Jahre)",
    "Herkunft der Zahl",
    "Verantwortlich",
)
GOOD = (
    "1",
    "LED",
    "Beleuchtung",
    "umgesetzt",
    "Strom",
    "1,5",
    "",
    "300",
    "2.000",
    "2025",
    "15",
    "gemessen",
    "Ute",
)


def checked_measures(
    *rows: tuple[str, ...], known: tuple[str, ...] = (), heads: tuple[str, ...] = HEADS
) -> list[CheckedMeasure]:
    table = find_measure_table(numbered_rows((heads, *rows)))
    columns = guess_measure_columns(table)
    return check_measures(table.rows, columns, {}, known=known, kinds=load_measure_kinds(), language="de")


def with_cell(column: str, text: str) -> tuple[str, ...]:
    return tuple(text if head == column else cell for head, cell in zip(HEADS, GOOD, strict=True))


def test_the_list_that_is_handed_out_is_read_again() -> None:
    (row,) = checked_measures(GOOD)
    assert row.read is not None
    measure = row.read.measure
    assert (row.read.carrier, row.read.kwh) == ("electricity", Decimal(1_500))
    assert (measure.text, measure.kind, measure.state) == ("LED", "lighting", MeasureState.DONE)
    assert (measure.effect.cost_eur, measure.investment_eur) == (Decimal(300), Decimal(2_000))
    assert (measure.from_year, measure.lifetime, measure.effect.basis) == (2025, 15, EffectBasis.MEASURED)
    assert (measure.effect.t_co2e, measure.effect.is_t_co2e_typed) == (None, False)


def test_headings_of_other_lists_in_both_languages() -> None:
    heads = ("Measure", "Kind", "Status", "Carrier", "kWh a year", "GHG savings (t)", "Year", "Owner")
    columns = guess_measure_columns(find_measure_table([SpreadsheetRow(1, heads), SpreadsheetRow(2, GOOD)]))
    assert columns == {
        C.TEXT: 0, C.KIND: 1, C.STATE: 2, C.CARRIER: 3, C.KWH: 4, C.T_CO2E: 5, C.YEAR: 6, C.OWNER: 7
    }  # fmt: skip
    german = ("Bezeichnung", "Energieeinsparung [MWh/a]", "CO2-Einsparung [t/a]", "Umsetzungsjahr")
    assert set(guess_measure_columns(find_measure_table([SpreadsheetRow(1, german)]))) == {
        C.TEXT, C.MWH, C.T_CO2E, C.YEAR
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text", "fault", "named"),
    [
        ("Maßnahme", "", MeasureRowFault.NO_TEXT, C.TEXT),
        ("Maßnahme", "x" * 2_001, MeasureRowFault.LONG_TEXT, C.TEXT),
        ("Art der Maßnahme", "Zauberei", MeasureRowFault.UNKNOWN_WORD, C.KIND),
        ("Stand", "vielleicht", MeasureRowFault.UNKNOWN_WORD, C.STATE),
        ("Energieträger", "", MeasureRowFault.NO_CARRIER, C.CARRIER),
        ("MWh im Jahr", "viel", MeasureRowFault.NOT_A_NUMBER, C.MWH),
        ("Wirkt ab", "bald", MeasureRowFault.NOT_A_YEAR, C.YEAR),
        ("Lebensdauer (Jahre)", "61", MeasureRowFault.NOT_A_LIFETIME, C.LIFETIME),
        ("Herkunft der Zahl", "Bauchgefühl", MeasureRowFault.UNKNOWN_WORD, C.BASIS),
    ],
)
def test_a_fault_names_its_column(column: str, text: str, fault: MeasureRowFault, named: C) -> None:
    (row,) = checked_measures(with_cell(column, text))
    assert (row.fault, row.column, row.read) == (fault, named, None)


def test_what_is_there_already_needs_nothing() -> None:
    rows = checked_measures(GOOD, GOOD, with_cell("Maßnahme", "PV"), known=("pv",))
    assert [row.fault for row in rows] == [None, MeasureRowFault.TWICE, MeasureRowFault.KNOWN]


def test_typed_greenhouse_gases_stay_and_a_word_may_be_short() -> None:
    cells = with_cell("t CO₂e im Jahr", "0,6")
    (row,) = checked_measures(tuple("fernw" if cell == "Strom" else cell for cell in cells))
    assert row.read is not None
    assert (row.read.carrier, row.read.measure.effect.t_co2e) == ("district-heat", Decimal("0.6"))
    assert row.read.measure.effect.is_t_co2e_typed
