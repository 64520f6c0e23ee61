"""What the numbers of a release share while it is built: companies, rules, what is published so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.domain.aggregates.company_values import Datapoints, figure_values
from dnk_tool.domain.aggregates.entries import EarlierRelease, ReleaseEntry, key_of
from dnk_tool.domain.aggregates.model import CompanyFigures, Group, ReleasedNumber
from dnk_tool.domain.aggregates.release_numbers.cells import PublishedCells
from dnk_tool.domain.aggregates.release_numbers.groups import (
    Parts,
    group_key,
    smallest_groups,
)
from dnk_tool.domain.aggregates.rules import CompanyValue, CompanyValues


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
