"""The sums of a list of any kind, of fuel cards by fuel."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.lists.cells import UnreadableCell
from dnk_tool.domain.figures.lists.model import (
    REQUIRED,
    ListColumn,
    ListCount,
    ListKind,
    ListRowFault,
    ListSettings,
    ListSums,
)
from dnk_tool.domain.figures.lists.payroll import sum_payroll
from dnk_tool.domain.figures.lists.rows import ListRow, read_rows, sum_quantity
from dnk_tool.domain.figures.lists.waste import sum_waste
from dnk_tool.domain.uploads import ListTable

CALCULATOR = "energy"
# In this order: "Super E10" is E10, and "Diesel HVO100" is HVO.
_PRODUCTS = (
    ("adblue", r"ad ?blue|harnstoff|\bdef\b"),
    ("hvo", r"\bhvo"),
    ("lpg", r"\blpg|autogas|flüssiggas|liquefied petroleum"),
    ("cng", r"\bcng|erdgas|natural gas"),
    ("diesel-b7", r"diesel|\bb7\b|\bgas ?oil"),
    ("petrol-e10", r"\be ?10\b"),
    ("petrol-e5", r"super|benzin|petrol|unleaded|gasoline|bleifrei|\be ?5\b|\broz ?9[58]"),
)
_NO_FUEL = re.compile(
    r"wäsche|wasch|wash|maut|toll|vignette|gebühr|\bfee|shop|\böl\b|motoröl|engine oil|scheiben"
    r"|parken|parking|zubehör|rabatt|discount|bonus|zins|porto|service|reifen"
)
_UNITS = {"cng": "kg"}


@dataclass(frozen=True, slots=True)
class _Fuelling:
    """One row: its fuel with litres or kilograms; "" for what is no fuel."""

    is_of_year: bool
    fuel: str = ""
    quantity: Decimal = Decimal(0)
    amount: Decimal | None = None


def sum_fuel(table: ListTable, mapped: Mapping[int, ListColumn], settings: ListSettings) -> ListSums:
    """A line for each fuel of the year. What is no fuel, and what is of other years, is counted only."""
    rows, rejected = read_rows(table.rows, mapped, settings, _read)
    own = [row for row in rows if row.is_of_year]
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in own:
        if row.fuel:
            sums[row.fuel] += row.quantity
    counts = {
        ListCount.COUNTED: Decimal(sum(bool(row.fuel) for row in own)),
        ListCount.NO_FUEL: Decimal(sum(not row.fuel for row in own)),
        ListCount.OTHER_YEAR: Decimal(len(rows) - len(own)),
    }
    amounts = [row.amount for row in own if row.fuel and row.amount is not None]
    if amounts:
        counts[ListCount.AMOUNT] = sum(amounts, Decimal(0))
    return ListSums(tuple(_lines(sums, settings.label)), counts, rejected)


def _lines(sums: Mapping[str, Decimal], label: str) -> Iterator[CalculatorLine]:
    for fuel, _words in _PRODUCTS:
        if sums.get(fuel, 0) > 0:
            quantity = sum_quantity(sums[fuel], _UNITS.get(fuel, "l"))
            yield CalculatorLine(0, CALCULATOR, fuel, label, quantities={"quantity": quantity})


def _read(row: ListRow) -> _Fuelling:
    if not row.is_of_year():
        return _Fuelling(is_of_year=False)
    product = row.text(ListColumn.PRODUCT).casefold()
    if not product:
        raise UnreadableCell(ListRowFault.EMPTY, ListColumn.PRODUCT)
    fuel = next((fuel for fuel, words in _PRODUCTS if re.search(words, product)), None)
    if _NO_FUEL.search(product):
        return _Fuelling(is_of_year=True)
    if fuel is None:
        raise UnreadableCell(ListRowFault.UNKNOWN_PRODUCT, ListColumn.PRODUCT)
    has_amount = row.text(ListColumn.AMOUNT)
    amount = row.decimal(ListColumn.AMOUNT) if has_amount else None
    return _Fuelling(True, fuel, row.decimal(ListColumn.QUANTITY), amount)


Summing = Callable[[ListTable, Mapping[int, ListColumn], ListSettings], ListSums]

_BY_KIND: Mapping[ListKind, Summing] = {
    ListKind.PAYROLL: sum_payroll,
    ListKind.FUEL: sum_fuel,
    ListKind.WASTE: sum_waste,
}


def sum_list(
    kind: ListKind, table: ListTable, mapped: Mapping[int, ListColumn], settings: ListSettings
) -> ListSums:
    """What the list comes to with these columns; nothing as long as a needed one is missing."""
    if not mapped or missing_columns(kind, mapped):
        return ListSums()
    return _BY_KIND[kind](table, mapped, settings)


def missing_columns(kind: ListKind, mapped: Mapping[int, ListColumn]) -> frozenset[ListColumn]:
    """The columns without which this kind of list says nothing."""
    return REQUIRED[kind] - frozenset(mapped.values())
