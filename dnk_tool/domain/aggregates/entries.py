"""What a release keeps of a company, without a value: in which numbers it entered, and its own quarters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dnk_tool.domain.aggregates.model import (
    CompanyFigures,
    PerUnit,
    ReleaseContent,
    ReleasedNumber,
    Statistic,
)


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A company in a release, with the version that entered.

    `numbers`: the group of each number that it entered, by `number_key` or `matched_key`; `quarters`: which
    quarter, 1 to 4, its own value is in, by `quarter_key`.
    """

    company: int
    version: int
    numbers: Mapping[str, str] = field(default_factory=dict)
    quarters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """A release that was made before, withdrawn or not, with the companies that have not taken back consent.

    `companies` are the figures of the versions that the entries name.
    """

    content: ReleaseContent
    entries: Sequence[ReleaseEntry]
    companies: Sequence[CompanyFigures]

    def entered(self, key: str, group: str | None = None) -> Sequence[CompanyFigures]:
        """Those that entered the number, in this group or in any."""
        known = {
            (entry.company, entry.version)
            for entry in self.entries
            if key in entry.numbers and group in (None, entry.numbers[key])
        }
        return [each for each in self.companies if (each.company, each.version) in known]


@dataclass(frozen=True, slots=True)
class BuiltRelease:
    """A release as it is published, and what is kept of each company beside it."""

    content: ReleaseContent
    entries: tuple[ReleaseEntry, ...]


def number_key(figure: str, statistic: Statistic, per: PerUnit = PerUnit.COMPANY) -> str:
    """The key of a number in all its groups, such as `energy.total/sum/company`."""
    return f"{figure}/{statistic}/{per}"


def key_of(number: ReleasedNumber) -> str:
    """The key of the number in all its groups."""
    return number_key(number.figure, number.statistic, number.per)


def matched_key(figure: str) -> str:
    """The key of the sum over companies that were in the release of the year before, too."""
    return f"{figure}/matched"


def quarter_key(figure: str, per: PerUnit) -> str:
    """The key of a company's own quarter, such as `energy.total/employee`."""
    return f"{figure}/{per}"
