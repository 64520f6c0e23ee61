"""What published sums differ by: companies that stand in the same ones, which must pass the rules."""

from collections.abc import Iterable

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.rules import CompanyValue, CompanyValues, is_hidden_from_readers

Cell = frozenset[int]


class PublishedCells:
    """For each kind of value, the parts into which the published sums divide the companies.

    A reader can set off sums against each other, but never below a part: as long as each part is hidden from
    readers by itself, so is each company.
    """

    def __init__(self, rules: AggregationRules) -> None:
        self._rules = rules
        self._cells: dict[str, list[Cell]] = {}
        self._values: dict[str, dict[int, CompanyValue]] = {}

    def allow(self, kind: str, parts: Iterable[CompanyValues]) -> bool:
        """Whether sums of these parts may be published beside those before; nothing is noted."""
        values = dict(self._values.get(kind, {}))
        cells = list(self._cells.get(kind, ()))
        for part in parts:
            values |= {each.company: each for each in part}
            cells = _refined(cells, frozenset(each.company for each in part))
        return all(
            is_hidden_from_readers([values[company] for company in cell], self._rules) for cell in cells
        )

    def add(self, kind: str, parts: Iterable[CompanyValues]) -> None:
        """Note that sums of these parts are published."""
        for part in parts:
            self._values.setdefault(kind, {}).update({each.company: each for each in part})
            self._cells[kind] = _refined(self._cells.get(kind, []), frozenset(each.company for each in part))


def _refined(cells: list[Cell], companies: Cell) -> list[Cell]:
    """The cells, divided by whether a company is among these; those in none yet are a cell of their own."""
    inside = [cell & companies for cell in cells]
    outside = [cell - companies for cell in cells]
    new = companies.difference(*cells)
    return [cell for cell in (*inside, *outside, new) if cell]
