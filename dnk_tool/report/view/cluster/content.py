"""What a cluster's report is made of: counts, released numbers, joint goal, rules and sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dnk_tool.catalogue.values import Text
from dnk_tool.domain.aggregates.model import Release, Rule
from dnk_tool.domain.aggregates.participation import Participation
from dnk_tool.domain.measures.model import MeasureState


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is printed: a few words, and a sentence with its numbers."""

    title: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class JointSaving:
    """What measures save together in a full year, over so many companies; None where nothing may be shown.

    `name` is that of a kind of measure; empty for all other kinds.
    """

    companies: int
    measures: int
    kwh: Decimal | None = None
    t_co2e: Decimal | None = None
    cost_eur: Decimal | None = None
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class JointGoalReport:
    """A cluster's goal and its members' measures on a day. `withheld`: the rule that hides the savings.

    The goals are yearly savings in kWh and tonnes CO2e, None where none is set. `is_complete` is False where
    a state is left out, because it would give a company away.
    """

    from_year: int
    until_year: int
    goal_kwh: Decimal | None
    goal_t_co2e: Decimal | None
    as_of: date | None = None
    total: JointSaving | None = None
    states: Mapping[MeasureState, JointSaving] | None = None
    kinds: tuple[JointSaving, ...] = ()
    withheld: Rule | None = None


@dataclass(frozen=True, slots=True)
class ClusterReportContent:
    """All that a report says of a year. Without a release that stands (`release` None) it is a draft.

    `sections` names sections of sectors by their letter, `factors` the editions of emission factors that can
    be chosen, as pairs of title and edition.
    """

    cluster: str
    reporting_year: int
    made_on: date
    participation: Participation
    release: Release | None
    rules: Mapping[Rule, RuleText]
    sections: Mapping[str, Text]
    factors: tuple[tuple[str, str], ...] = ()
    goal: JointGoalReport | None = None

    @property
    def is_draft(self) -> bool:
        """Whether no release stands for the year."""
        return self.release is None
