"""What a cluster's report is made of: counts, released numbers, joint goal, rules and sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.aggregates.joint_goal import JointGoal, JointSum
from dnk_tool.domain.aggregates.model import Release
from dnk_tool.domain.aggregates.participation import Participation
from dnk_tool.domain.exchange.awards import DecidedAward
from dnk_tool.domain.exchange.examples import PublicExample
from dnk_tool.domain.exchange.polls import ReportedPoll


@dataclass(frozen=True, slots=True)
class ClusterReportContent:
    """All that a report says of a year. Without a release that stands (`release` None) it is a draft.

    `sections` names sections of sectors by their letter, `kinds` kinds of measures by their key. `factors`:
    the editions of emission factors that can be chosen, as pairs of source and edition. `saved`: what the
    measures save together, as it was added up on a day; None as long as nobody has. `earlier`: the release
    of the year before, which may hold other companies. `examples`: those that everybody may
    read. `polls`: those that the manager wants in it. `awards`: rounds with prizes
    of which everybody may read.
    """

    cluster: str
    reporting_year: int
    made_on: date
    participation: Participation
    release: Release | None
    rules: AggregationRules
    sections: Mapping[str, Text]
    kinds: Mapping[str, Text] = field(default_factory=dict)
    factors: tuple[tuple[str, str], ...] = ()
    goal: JointGoal | None = None
    saved: JointSum | None = None
    earlier: Release | None = None
    examples: tuple[PublicExample, ...] = ()
    polls: tuple[ReportedPoll, ...] = ()
    awards: tuple[DecidedAward, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether no release stands for the year."""
        return self.release is None
