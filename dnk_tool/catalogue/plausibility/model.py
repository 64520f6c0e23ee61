"""The types of the plausibility rules: what is compared, the limits, and their source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from dnk_tool.catalogue.laws import Law
from dnk_tool.catalogue.standard.item_model import Datapoint, UnitFamily
from dnk_tool.catalogue.values import NO_TEXT, Text

# What a rule may compare besides figures, with its unit family. Each is the year's own figure where there is
# one, else what the company's profile says; `company.staff` are full-time equivalents, else people.
COMPANY_VALUE_FAMILIES: Mapping[str, str] = {
    "company.employees": "persons",
    "company.fte": "fte",
    "company.staff": "fte",
    "company.turnover": "money",
    "company.sites": "count",
    "profile.employees": "persons",
    "profile.turnover": "money",
}

# The names of sums over tables and lines: "item/column", and "lines.calculator/activity.field".
LINE_SUM_PREFIX = "lines."


class RuleKind(StrEnum):
    """The kinds of comparison."""

    RANGE = "range"
    SUM = "sum"
    RATE = "rate"
    SLIP = "slip"
    JUMP = "jump"
    LINE = "line"


# What the message of each kind may mention.
MESSAGE_PLACEHOLDERS: Mapping[RuleKind, frozenset[str]] = {
    RuleKind.RANGE: frozenset({"figure", "entered", "value", "low", "high"}),
    RuleKind.SUM: frozenset({"figure", "sum", "total", "difference", "percent"}),
    RuleKind.RATE: frozenset({"figure", "entered", "expected"}),
    RuleKind.SLIP: frozenset({"figure", "entered", "before", "year", "year_before", "times"}),
    RuleKind.JUMP: frozenset({"figure", "entered", "before", "year", "year_before", "percent"}),
    RuleKind.LINE: frozenset({"line", "value", "low", "high"}),
}


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where the reference value was published; without a title it is our own heuristic."""

    title: Text = NO_TEXT
    address: str = ""
    as_of: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the reference value is our own heuristic."""
        return not self.title.de


@dataclass(frozen=True, slots=True)
class RuleAmount:
    """The sum of figures, company values, table columns or fields of lines, measured in one unit.

    With `is_partial` an unknown value counts as none once another is known. `less` is taken off where it is
    known, such as what a company generates itself.
    """

    keys: tuple[str, ...]
    unit: str
    is_partial: bool = False
    less: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlausibilityLimits:
    """A plausible range, for some sectors and sizes; a limit that is None is open.

    `divisions` are sectors of two digits, `groups` the beginnings of those of four; without any it is for
    all. `reference` is the value that is usual there.
    """

    low: Decimal | None
    high: Decimal | None
    divisions: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    employees_from: int = 0
    employees_to: int | None = None
    reference: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """An amount that lies within limits, both included."""

    amount: RuleAmount
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class ChoiceCondition:
    """An item in which a certain choice is made."""

    item: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibilityRule:
    """The parts of every rule: key, message (`odd`), what to check, reference value and source."""

    key: str
    kind: RuleKind
    odd: Text
    check: Text
    reference: Text = NO_TEXT
    source: RuleSource = field(default_factory=RuleSource)

    @property
    def is_arithmetic(self) -> bool:
        """Whether the rule needs no source, because it follows from the figures themselves."""
        return self.source.is_own and self.kind in (RuleKind.SUM, RuleKind.RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRule(PlausibilityRule):
    """Each amount, or its ratio to `per`, lies within limits. The first limits that fit the company count.

    Applies only if every condition of `when` is known to hold, every choice of `when_chosen` is made, none of
    `unless` holds, and not all values of `unless_given` are known; one that `is_by_hand`, only if not all of
    its figures follow from lines. With `is_zero_fine` zero is plausible whatever the lower limit, because it
    means that there is none.
    """

    amounts: tuple[RuleAmount, ...]
    per: RuleAmount | None
    limits: tuple[PlausibilityLimits, ...]
    when: tuple[RuleCondition, ...] = ()
    when_chosen: tuple[ChoiceCondition, ...] = ()
    unless: tuple[RuleCondition, ...] = ()
    unless_given: tuple[str, ...] = ()
    is_by_hand: bool = False
    is_zero_fine: bool = False

    @property
    def is_arithmetic(self) -> bool:
        """Whether an own limit of a single figure is the extreme it can reach, such as 100 per cent."""
        return self.source.is_own and self.per is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRule(PlausibilityRule):
    """Parts, less those of `minus`, add up to a total, or do not exceed it (`is_at_most`).

    The total is a figure or a fixed value in `unit`. The parts may exceed it by the sum of `deductible`, such
    as energy sold. While a part is unknown, only parts that exceed the total are odd. `relative` is the
    tolerance as a share of the total, `absolute` in `unit`.
    """

    parts: tuple[str, ...]
    minus: tuple[str, ...]
    deductible: tuple[str, ...]
    total: str
    total_value: Decimal | None
    unit: str
    is_at_most: bool
    relative: Decimal
    absolute: Decimal

    @property
    def figure(self) -> str:
        """Where the warning is shown: at the total, or at the part that exceeds it; a table is no figure."""
        part = self.parts[0]
        return self.total if self.total and (not self.is_at_most or "/" in part) else part


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule(PlausibilityRule):
    """A stated rate equals the one that follows: dividend / divisor * times, in the rate's unit."""

    rate: RuleAmount
    dividend: RuleAmount
    divisor: RuleAmount
    times: Decimal
    relative: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRule(PlausibilityRule):
    """Compares each figure with last year's.

    A slip: about `times` as much or as little, within a factor of `within`. A jump: changed by more than the
    share `half`, unless it is a slip; figures in per cent by more than `points` percentage points.
    """

    figures: tuple[str, ...]
    times: Decimal = Decimal(1000)
    within: Decimal = Decimal(2)
    half: Decimal = Decimal("0.5")
    points: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule(PlausibilityRule):
    """A field of a single line, or its ratio to `per`, lies within limits.

    `per` is another field, or a value of the company. The fields of `plus` are added where the line has them.
    The lines are those of some activities ("calculator/activity"), or the rows of a `table` whose column
    `naming` contains one of the `names`. The units are tried in order: the first of the family in which the
    line's quantity is measured counts. `figure` is the datapoint to which the line contributes. From the
    first amount of `lowest` on, which a law sets, the amount of the year takes the place of `low`.
    """

    activities: tuple[str, ...]
    table: str
    naming: str
    names: tuple[str, ...]
    field: str
    units: tuple[str, ...]
    per: str
    per_units: tuple[str, ...]
    low: Decimal | None
    high: Decimal | None
    figure: str
    plus: tuple[str, ...] = ()
    is_zero_fine: bool = False
    lowest: Law | None = None

    def low_in(self, year: int) -> Decimal | None:
        """The lower limit of a year."""
        amount = self.lowest.amount_in(year) if self.lowest else None
        return amount.value if amount else self.low


@dataclass(frozen=True, slots=True)
class SlipMessages:
    """Questions about a value a thousand times off: about its unit, a comma before three digits, or the
    number.

    `rare` are units that are never suggested.
    """

    unit: Text = NO_TEXT
    comma: Text = NO_TEXT
    number: Text = NO_TEXT
    rare: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PlausibilityRules:
    """All rules, with what is needed to measure and to name what they compare."""

    rules: tuple[PlausibilityRule, ...]
    datapoints: Mapping[str, Datapoint]
    families: Mapping[str, UnitFamily]
    words: Mapping[str, Text]
    activities: Mapping[str, Text] = field(default_factory=dict)
    slip: SlipMessages = field(default_factory=SlipMessages)

    @cached_property
    def by_key(self) -> Mapping[str, PlausibilityRule]:
        """The rules by key."""
        return {rule.key: rule for rule in self.rules}

    @cached_property
    def family_by_unit(self) -> Mapping[str, UnitFamily]:
        """The family of each unit by the unit's symbol."""
        return {symbol: family for family in self.families.values() for symbol in family.units}

    def label(self, key: str) -> Text:
        """The name of a figure, a value of the company, a sum or a kind of line; empty if it is unknown."""
        point = self.datapoints.get(key)
        return point.label if point else self.words.get(key, self.activities.get(key, NO_TEXT))
