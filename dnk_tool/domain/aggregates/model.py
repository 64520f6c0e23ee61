"""A release: what a cluster says of its members' figures of a year, with counts and the rule of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.quantities import Quantity


class Statistic(StrEnum):
    """How the figures of several companies become one number."""

    SUM = "sum"
    MIDDLE = "middle"
    RATE = "rate"  # a sum divided by a sum, over the companies that gave every part


class PerUnit(StrEnum):
    """What a middle value is stated for: a whole company, each employee, each million euros of turnover."""

    COMPANY = "company"
    EMPLOYEE = "employee"
    TURNOVER = "turnover"


class Rule(StrEnum):
    """The rule by which a number is shown, or withheld."""

    PASSED = "passed"
    TOO_FEW = "too-few"  # fewer companies than a sum or a middle value needs
    LARGEST = "largest"  # one company makes up more than its share
    SECOND_LARGEST = "second-largest"  # the second largest could work out the largest
    ZERO = "zero"  # it would say of each company that it reports zero
    NEGATIVE = "negative"  # with a negative value the rules protect nobody
    REST = "rest"  # what a group leaves of all would give a company away
    READABLE = "readable"  # what some readers know already leaves too few for them
    UNCONFIRMED = "unconfirmed"  # companies that nobody outside the cluster has confirmed do not count
    CORRECTION = "correction"  # the difference to an earlier release would give a company away


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A fixed part of the members: all, a section of sectors, or a size class in it.

    `is_rest`: the others of all, or of the section, which stand in no group of their own.
    """

    section: str = ""
    size: CompanySize | None = None
    is_rest: bool = False


ALL_MEMBERS = Group()


class Difference(StrEnum):
    """Why a company's figure is not compared with others."""

    BOUNDARY = "boundary"
    GASES = "gases"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """The figures of a year that a member allows to be used, from its latest finished version.

    `company` is its id, `version` that of the frozen version. `figures` by datapoint key, `explained`: keys
    that it explains instead. `section` and `size` are empty where the member does not show its profile.
    `is_published`: everybody can read the version; `is_submitted`: the cluster's reviewers can;
    `was_published` and `was_submitted`: they could read any version of the declaration at any time.
    `is_confirmed`: the operator says that it is a real firm. `not_comparable`: the reasons by datapoint key.
    `employees` and `turnover`: those of the profile, for middle values where no figure says them.
    """

    company: int
    version: int
    figures: Mapping[str, Figure]
    explained: frozenset[str] = frozenset()
    section: str = ""
    size: CompanySize | None = None
    is_published: bool = False
    is_submitted: bool = True
    was_published: bool = False
    was_submitted: bool = False
    is_confirmed: bool = False
    not_comparable: Mapping[str, frozenset[Difference]] = field(default_factory=dict)
    employees: int | None = None
    turnover: Quantity | None = None

    @property
    def counts(self) -> bool:
        """Whether a release may speak of it: as it is a real firm, or the manager can read it anyway."""
        return self.is_confirmed or self.is_submitted or self.is_published


@dataclass(frozen=True, slots=True)
class ReleasedNumber:
    """One number of a release, over so many `companies`; `value` is rounded, None where `rule` withholds it.

    `figure` is the key of a datapoint or of a figure that the rules compose, `unit` a symbol of its family
    (for a rate, the rate's). `left_out`: how many report it but are left out, so that nobody learns theirs.
    `unread`: how many of the companies the manager cannot read, for whoever corrects the release.
    """

    figure: str
    statistic: Statistic
    group: Group
    companies: int
    value: Decimal | None
    unit: str
    rule: Rule
    per: PerUnit = PerUnit.COMPANY
    left_out: int = 0
    unread: int = 0

    @property
    def is_shown(self) -> bool:
        """Whether the number may be shown."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class FigureCoverage:
    """How many members report a figure or explain it, how many can be compared, and why the others cannot."""

    figure: str
    members: int
    reported: int
    explained: int
    comparable: int
    differences: Mapping[Difference, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many members neither report nor explain the figure."""
        return self.members - self.reported - self.explained


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """What a release says, without a value of any company. `rules`: the edition of the rules it follows.

    `members`: with how many finished versions. `matched`: sums over the companies that were in the release of
    the year before, too, for both years, by datapoint key: (number of the year before, number of this year).
    `unconfirmed`: how many versions do not count, as nobody has confirmed the company; `is_confirmed`: all
    that count were confirmed, which older releases do not say.
    """

    reporting_year: int
    rules: str
    members: int
    numbers: tuple[ReleasedNumber, ...]
    coverage: tuple[FigureCoverage, ...]
    matched: Mapping[str, tuple[ReleasedNumber, ReleasedNumber]] = field(default_factory=dict)
    unconfirmed: int = 0
    is_confirmed: bool = False

    def number(
        self, figure: str, statistic: Statistic, group: Group = ALL_MEMBERS, per: PerUnit = PerUnit.COMPANY
    ) -> ReleasedNumber | None:
        """The number with this key; None where the release has none."""
        for each in self.numbers:
            if (each.figure, each.statistic, each.group, each.per) == (figure, statistic, group, per):
                return each
        return None

    def coverage_of(self, figure: str) -> FigureCoverage | None:
        """How many report the figure; None where the release does not speak of it."""
        return next((each for each in self.coverage if each.figure == figure), None)

    def is_reported(self, figure: str) -> bool:
        """Whether any member reports the figure; what nobody reports is no number that a rule withholds."""
        numbers = [each for each in self.numbers if each.figure == figure]
        if any(each.rule is Rule.UNCONFIRMED for each in numbers):
            return True
        known = self.coverage_of(figure)
        if known is not None:
            return known.reported > 0
        return any(each.companies + each.left_out > 0 for each in numbers)


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it was made: the first of its cluster and year, or a corrected one with a higher `number`.

    `left`: how many companies have taken back their consent since; `withdrawn_at`: it is not shown any more.
    """

    id: int
    cluster_id: int
    number: int
    released_at: datetime
    content: ReleaseContent
    left: int = 0
    withdrawn_at: datetime | None = None
