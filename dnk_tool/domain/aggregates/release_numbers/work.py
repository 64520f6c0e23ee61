"""What the numbers of a release share while it is built: companies, rules, what is published so far.

What published sums differ by: companies that stand in the same ones, which must pass the rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.company_values import Datapoints, figure_values
from dnk_tool.domain.aggregates.entries import EarlierRelease, ReleaseEntry, key_of
from dnk_tool.domain.aggregates.model import CompanyFigures, Group, ReleasedNumber
from dnk_tool.domain.aggregates.release_numbers.groups import Parts, group_key, smallest_groups
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


@dataclass
class ReleaseWork:
    """A release while it is built. Each company is in it once.

    `cells`: what the sums published so far divide the companies into; `sums`: who entered a summed figure;
    `matched`: its sums over companies that were in the release of the year before.
    """

    companies: Sequence[CompanyFigures]
    datapoints: Datapoints
    rules: AggregationRules
    earlier: Sequence[EarlierRelease]
    year_before: EarlierRelease | None = None
    cells: PublishedCells = field(init=False)
    sums: dict[str, Mapping[int, CompanyValue]] = field(default_factory=dict)
    matched: dict[str, tuple[ReleasedNumber, ReleasedNumber]] = field(default_factory=dict)
    _numbers: dict[int, dict[str, str]] = field(default_factory=dict)
    _quarters: dict[int, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = PublishedCells(self.rules)

    def given(self, keys: Sequence[str]) -> CompanyValues:
        """What companies give to the sum of these datapoints."""
        return figure_values(self.companies, keys, self.datapoints)

    def note_entries(self, key: str, parts: Parts) -> None:
        """Keep for each company in which group it entered the number."""
        for group, part in parts.items():
            for each in part:
                self._numbers.setdefault(each.company, {})[key] = group_key(group)

    def note_quarter(self, company: int, key: str, quarter: int) -> None:
        """Keep in which quarter the company's own value is."""
        self._quarters.setdefault(company, {})[key] = quarter

    def entries(self) -> tuple[ReleaseEntry, ...]:
        """What is kept of each company."""
        return tuple(
            ReleaseEntry(
                each.company,
                each.version,
                self._numbers.get(each.company, {}),
                self._quarters.get(each.company, {}),
            )
            for each in self.companies
        )


def shown_groups(release: EarlierRelease, key: str) -> tuple[Group, ...]:
    """The smallest groups for which a release shows the number; none if it withholds it."""
    numbers = (each for each in release.content.numbers if key_of(each) == key and each.is_shown)
    return smallest_groups(each.group for each in numbers)
