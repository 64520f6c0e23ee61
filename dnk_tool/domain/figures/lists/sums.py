"""The sums of a list of any kind."""

from collections.abc import Callable, Mapping

from dnk_tool.domain.figures.lists.fuel import sum_fuel
from dnk_tool.domain.figures.lists.model import REQUIRED, ListColumn, ListKind, ListSettings, ListSums
from dnk_tool.domain.figures.lists.payroll import sum_payroll
from dnk_tool.domain.figures.lists.waste import sum_waste
from dnk_tool.domain.uploads import ListTable

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
