"""Chooses one unit for each kind of quantity in a document, and says figures and rows of tables in it.

Tiles, tables, charts, lists and sums can then be compared at sight. Data and files for machines keep what was
entered; where a person entered a figure in another unit, a note says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import Column, Table, UnitFamily
from dnk_tool.domain.answers.answer import Answer, Sheet
from dnk_tool.domain.answers.values import Cell, Rows
from dnk_tool.domain.declarations.annex import FurtherFigure
from dnk_tool.domain.figures.one_unit import MOST_DECIMALS, figure_in_unit, in_unit
from dnk_tool.domain.numbers import decimals, to_decimals
from dnk_tool.domain.quantities import Quantity, in_base

# Of families whose quantities are said in one unit, the unit of large and that of small amounts; the large
# one counts from one of it on, or as said.
UNITS: Mapping[str, tuple[str, str]] = {
    "co2e": ("t-co2e", "kg-co2e"),
    "energy": ("MWh", "kWh"),
    "mass": ("t", "kg"),
    "volume": ("m3", "m3"),
    "money": ("EUR", "EUR"),
}
LEAST_OF_LARGE = {"energy": 1_000}
EMISSIONS = "co2e"


def document_units(sheets: Sequence[Sheet], further: Iterable[FurtherFigure]) -> dict[str, str]:
    """The unit by the family's key: the one that all values have, else the usual one for the largest.

    `sheets`: the reporting year first; its values decide, those of earlier years where it has none. Emissions
    are always said in t or, if there is less than one, in kg.
    """
    now, *earlier = sheets
    points = now.selection.catalogue.datapoints
    asked = [(points[each.datapoint].family, each.quantity) for each in further if each.datapoint in points]
    found: dict[str, list[tuple[UnitFamily, Quantity]]] = {}
    for values in (
        [*_figures(now), *_cells(now), *asked],
        [each for one in earlier for each in _figures(one)],
    ):
        known = frozenset(found)
        for family, quantity in values:
            is_common = family.key in UNITS and quantity.unit in family.units
            if is_common and quantity.value and family.key not in known:
                found.setdefault(family.key, []).append((family, quantity))
    return {key: _unit(each[0][0], [quantity for _family, quantity in each]) for key, each in found.items()}


def _figures(sheet: Sheet) -> Iterator[tuple[UnitFamily, Quantity]]:
    """The figures that the declaration asks for and does not explain instead."""
    for key, asking in sheet.selection.asked_by.items():
        figure = sheet.figures.get(key)
        if figure and figure.quantity and not all(map(sheet.is_explained, asking)):
            yield sheet.selection.catalogue.datapoints[key].family, figure.quantity


def _cells(sheet: Sheet) -> Iterator[tuple[UnitFamily, Quantity]]:
    """The quantities in tables, of columns that are said in a common unit."""
    for item in sheet.selection.items.values():
        rows = sheet.answer(item.ref).value
        if item.table and isinstance(rows, Rows):
            for column, family in _common_columns(item.table):
                cells = (row.get(column.key) for row in rows.rows)
                yield from ((family, cell) for cell in cells if isinstance(cell, Quantity))


def _common_columns(table: Table) -> Iterator[tuple[Column, UnitFamily]]:
    """The columns with the family in which they are said; litres of a fuel are bought, not drawn as water."""
    for column in table.columns:
        for family in column.families if not column.shared_unit else ():
            if column.default_unit in UNITS.get(family.key, ()):
                yield column, family


def _unit(family: UnitFamily, quantities: Sequence[Quantity]) -> str:
    units = {quantity.unit for quantity in quantities}
    large, small = UNITS[family.key]
    if len(units) == 1 and family.key != EMISSIONS:
        return units.pop()
    least = Fraction(family.units[large].factor) * LEAST_OF_LARGE.get(family.key, 1)
    largest = max(abs(in_base(quantity, family.units)) for quantity in quantities)
    return large if largest >= least else small


def sheet_in_units(sheet: Sheet, units: Mapping[str, str]) -> Sheet:
    """The sheet with figures, sums and rows of tables in these units, by the key of a family."""
    points = sheet.selection.catalogue.datapoints
    figures = {
        key: figure_in_unit(figure, units[family.key], family)
        if key in points and (family := points[key].family).key in units
        else figure
        for key, figure in sheet.figures.items()
    }
    answers = {**sheet.answers, **dict(_changed_answers(sheet, units))}
    return replace(sheet, figures=figures, answers=answers, units=units)


def _changed_answers(sheet: Sheet, units: Mapping[str, str]) -> Iterator[tuple[str, Answer]]:
    for item in sheet.selection.items.values():
        answer = sheet.answer(item.ref)
        if item.table and isinstance(answer.value, Rows):
            said = answer.value
            for column, family in _common_columns(item.table):
                said = _column_in_unit(said, column, units.get(family.key), family)
            if said is not answer.value:
                yield item.ref, replace(answer, value=said)


def _column_in_unit(rows: Rows, column: Column, unit: str | None, family: UnitFamily) -> Rows:
    """The rows with the column in the unit, and as many decimals in all of them, two at most."""
    given = [row.get(column.key) for row in rows.rows]
    cells = {at: cell for at, cell in enumerate(given) if isinstance(cell, Quantity)}
    if unit is None or all(cell.unit == unit for cell in cells.values()):
        return rows
    shown: dict[int, Cell] = {}
    said = {at: in_unit(cell, unit, family) for at, cell in cells.items()}
    places = min(max(decimals(cell.value) for cell in said.values()), MOST_DECIMALS)
    for at, cell in said.items():
        is_short = cell.unit == unit and bool(cell.value) and decimals(cell.value) < places
        shown[at] = Quantity(to_decimals(cell.value, places), unit) if is_short else cell
    changed = ({**row, column.key: shown[at]} if at in shown else row for at, row in enumerate(rows.rows))
    return replace(rows, rows=tuple(changed))
