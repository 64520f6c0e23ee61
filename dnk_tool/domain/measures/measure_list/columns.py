"""Guesses which columns of a table hold what of a measure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from dnk_tool.domain.uploads import ListTable, SpreadsheetRow, find_table, guess_by_headings


class MeasureColumn(StrEnum):
    """What a column of a list of measures can hold; energy in one of two units."""

    TEXT = "text"
    KIND = "kind"
    STATE = "state"
    CARRIER = "carrier"
    KWH = "kwh"
    MWH = "mwh"
    T_CO2E = "t-co2e"
    COST = "cost"
    INVESTMENT = "investment"
    YEAR = "year"
    LIFETIME = "lifetime"
    BASIS = "basis"
    OWNER = "owner"


# In this order: a heading such as "Energieeinsparung MWh" must not be taken for a measure's name.
_HEADINGS: Mapping[MeasureColumn, str] = {
    MeasureColumn.MWH: r"mwh",
    MeasureColumn.KWH: r"kwh|energie(einsparung|ersparnis)|energysav",
    MeasureColumn.T_CO2E: r"^t?co(e|ä|a|$|red|sav|min)|thg|ghg|treibhausgas|greenhouse|emission",
    MeasureColumn.INVESTMENT: r"^(investition|investment|invest|capex)",
    MeasureColumn.COST: r"kosten(einsparung|ersparnis)|(euro|eur)(im|pro|je)?jahr|costsaving|^ersparnis"
    r"|^(imjahr|ayear)$",
    MeasureColumn.CARRIER: r"energietr|carrier|fuel",
    MeasureColumn.YEAR: r"^(wirk(t|sam)ab|abjahr|jahr|umsetzungsjahr|year|fromyear|effectivefrom|baujahr)",
    MeasureColumn.LIFETIME: r"lebensdauer|nutzungsdauer|lifetime",
    MeasureColumn.BASIS: r"herkunft|grundlage|ermittlung|nachweis|basis|howfound",
    MeasureColumn.OWNER: r"verantwort|zust(ä|ae)ndig|owner|responsible",
    MeasureColumn.STATE: r"^(stand|status|state|umsetzungsstand|umsetzung)$",
    MeasureColumn.KIND: r"^(art|kind|kategorie|category|typ|type|bereich)$"
    r"|^(ma(ß|ss)nahmenart|artderma(ß|ss)nahme|kindofmeasure)$",
    MeasureColumn.TEXT: r"ma(ß|ss)nahme|measure|bezeichnung|titel|title|beschreibung|^name$",
}


def find_measure_table(rows: Sequence[SpreadsheetRow]) -> ListTable:
    """The headings of a list of measures and its rows, without empty ones and titles."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    return find_table(filled, lambda cells: len(_by_headings(cells)), fewest=1, otherwise=None)


def guess_measure_columns(table: ListTable) -> dict[MeasureColumn, int]:
    """The place of each column that its heading tells."""
    return {column: place for place, column in _by_headings(table.heads).items()}


def _by_headings(heads: Sequence[str]) -> dict[int, MeasureColumn]:
    return guess_by_headings(heads, _HEADINGS, {})
