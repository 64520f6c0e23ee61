"""A cluster's joint goal, and what may be said of its members' measures against it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from dnk_tool.domain.aggregates.model import Group, Rule
from dnk_tool.domain.measures.model import EffectBasis, MeasureState

FIRST_GOAL_YEAR, LAST_GOAL_YEAR = 2000, 2100
LONGEST_PERIOD = 30  # years
OTHER_KINDS = ""  # the key of the row that holds the kinds which have none of their own


class Saving(StrEnum):
    """What is added up over members: kWh, t CO2e and EUR in a full year; of the investment, EUR once."""

    ENERGY = "energy"
    GHG = "ghg"
    COST = "cost"
    INVESTMENT = "investment"


# What the goal is about; a row or a state that may not show both is shown for neither.
GOAL_SAVINGS = (Saving.ENERGY, Saving.GHG)


@dataclass(frozen=True, slots=True)
class JointGoal:
    """What the members of a cluster want to save together, in each full year from `until_year` on.

    `kwh` in kWh, `t_co2e` in tonnes, `cost_eur` in EUR, each a year; None where no goal is set.
    """

    from_year: int
    until_year: int
    kwh: Decimal | None
    t_co2e: Decimal | None
    cost_eur: Decimal | None = None

    def amount(self, saving: Saving) -> Decimal | None:
        """The goal for this saving; None where none is set."""
        amounts = {Saving.ENERGY: self.kwh, Saving.GHG: self.t_co2e, Saving.COST: self.cost_eur}
        return amounts.get(saving)


@dataclass(frozen=True, slots=True)
class SavingSum:
    """A sum over so many `companies`; `value` is rounded, None where `rule` withholds it."""

    companies: int
    value: Decimal | None
    rule: Rule


@dataclass(frozen=True, slots=True)
class SavingPart:
    """The sums over some measures: of how many companies, how many measures."""

    companies: int
    measures: int
    sums: Mapping[Saving, SavingSum]

    def value(self, saving: Saving) -> Decimal | None:
        """The sum, if it may be shown."""
        found = self.sums.get(saving)
        return found.value if found else None


@dataclass(frozen=True, slots=True)
class StatePart:
    """The measures in one of these states; several, where one of them alone may not be shown."""

    states: frozenset[MeasureState]
    part: SavingPart


@dataclass(frozen=True, slots=True)
class KindPart:
    """The measures of a kind, by its key; of `OTHER_KINDS` it holds `kinds` kinds."""

    kind: str
    part: SavingPart
    kinds: int = 1


@dataclass(frozen=True, slots=True)
class JointProgress:
    """What the measures of a cluster's members save together, without a value of any company.

    `rules`: the edition of the rules it follows. `members`: how many the cluster had, `companies`: how many
    of them count. `states` and `kinds` each hold all measures once, or are empty; then `states_rule` and
    `kinds_rule` say why. `bases`: how many measures' effects were found in which way. `similar`: the kinds
    that several companies of a section, or a size in it, have; None where a sum was made without groups.
    """

    from_year: int
    until_year: int
    rules: str
    members: int
    total: SavingPart
    states: tuple[StatePart, ...] = ()
    states_rule: Rule = Rule.PASSED
    kinds: tuple[KindPart, ...] = ()
    kinds_rule: Rule = Rule.PASSED
    bases: Mapping[EffectBasis, int] = field(default_factory=dict)
    similar: Mapping[Group, tuple[str, ...]] | None = None

    @property
    def companies(self) -> int:
        """How many companies' measures count."""
        return self.total.companies

    @property
    def measures(self) -> int:
        """How many measures count."""
        return self.total.measures

    @property
    def is_shown(self) -> bool:
        """Whether any number may be shown."""
        return any(each.value is not None for each in self.total.sums.values())

    def is_of(self, goal: JointGoal) -> bool:
        """Whether it counts the measures of the goal's years; a goal can be changed after a sum was made."""
        return (self.from_year, self.until_year) == (goal.from_year, goal.until_year)

    def in_state(self, saving: Saving, state: MeasureState) -> Decimal | None:
        """The sum of the measures in this state; None unless it may be shown alone."""
        found = next((each for each in self.states if each.states == {state}), None)
        return found.part.value(saving) if found else None


@dataclass(frozen=True, slots=True)
class JointSum:
    """The sum as it was made on one day; `number` counts those of a cluster from 1.

    `left`: how many of its companies have taken back their permission since; then it is not shown any more.
    """

    id: int
    cluster_id: int
    number: int
    made_at: datetime
    progress: JointProgress
    left: int = 0

    @property
    def is_shown(self) -> bool:
        """Whether all of its companies still let their measures count."""
        return not self.left


@dataclass(frozen=True, slots=True)
class MissingCompanies:
    """Which members do not count, as far as consents and the sum that is shown say it.

    Never what the registers of today hold: with one company that joins, such a count would tell about it.
    `without_permission`: ids of those that do not let their measures count, which the cluster sees anyway.
    `unconfirmed`: ids of those that do, and that nobody has confirmed as real firms; they count only where
    the manager can read what they save. `not_in_sum`: how many that do are not in the sum; None where none is
    shown.
    """

    members: int
    without_permission: tuple[int, ...]
    not_in_sum: int | None
    unconfirmed: tuple[int, ...] = ()

    @property
    def is_nobody(self) -> bool:
        """Whether every member counts."""
        return not (self.without_permission or self.unconfirmed) and self.not_in_sum == 0


def missing_companies(
    allowing: Mapping[int, bool], shown: JointSum | None, unconfirmed: Collection[int] = ()
) -> MissingCompanies:
    """Compare the members, and whether each lets its measures count, with the sum that is shown."""
    refusing = tuple(company for company, allows in allowing.items() if not allows)
    permitted = len(allowing) - len(refusing)
    return MissingCompanies(
        len(allowing),
        refusing,
        max(0, permitted - shown.progress.companies) if shown else None,
        tuple(company for company, allows in allowing.items() if allows and company in unconfirmed),
    )
