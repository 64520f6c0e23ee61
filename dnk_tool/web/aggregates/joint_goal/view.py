"""What the pages of a joint goal show, for the cluster and for its members."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.domain.aggregates.joint_goal import JointGoal, JointProgress, JointSum
from dnk_tool.domain.aggregates.small_counts import FEW, shown_parts
from dnk_tool.domain.measures.model import EffectBasis
from dnk_tool.language import format_long_date, local_day
from dnk_tool.services.aggregates.joint_goals import GoalPicture
from dnk_tool.web.aggregates.joint_goal import numbers
from dnk_tool.web.aggregates.joint_goal.numbers import KindRow, SavingCard
from dnk_tool.web.aggregates.releases.words import count_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of


@dataclass(frozen=True)
class GoalView:
    """The goal, the sum that may be shown, and both in words.

    `left`: how many companies have left the sum, which is not shown then; `has_other_years`: the sum was made
    for other years than those of the goal; `possible_from`: the day of the next sum, "" for today.
    """

    goal: JointGoal | None
    shown: JointSum | None
    left: int
    day: str
    possible_from: str
    cards: tuple[SavingCard, ...] = ()
    investment: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[KindRow, ...] = ()
    total: KindRow | None = None
    why_no_kinds: str = ""
    why_no_states: str = ""
    bases: str = ""

    @property
    def progress(self) -> JointProgress | None:
        """The numbers that may be shown."""
        return self.shown.progress if self.shown else None

    @property
    def least_changed(self) -> int:
        """How many companies must have changed before a next sum can be made, those that left included."""
        return load_aggregation_rules().correction_companies

    @property
    def has_other_years(self) -> bool:
        """Whether the sum counts the measures of other years than the goal names now."""
        return bool(self.goal and self.progress and not self.progress.is_of(self.goal))


def goal_view(picture: GoalPicture) -> GoalView:
    """The picture in words."""
    latest, shown = picture.latest, picture.shown
    frame = GoalView(
        picture.goal,
        shown,
        left=latest.left if latest else 0,
        day=_day(latest.made_at) if latest else "",
        possible_from=_day(picture.possible_from) if picture.possible_from else "",
    )
    return _filled(frame, shown.progress) if shown else frame


def rule_sentences() -> list[str]:
    """The rules of a sum, one sentence each."""
    explained = load_aggregation_rules().explanations
    return [
        explained[key].text.to(current_language())
        for key in ("too-few", "largest", "second-largest", "passed")
    ]


def _filled(frame: GoalView, progress: JointProgress) -> GoalView:
    goal = frame.goal if frame.goal and progress.is_of(frame.goal) else None
    return GoalView(
        frame.goal,
        frame.shown,
        frame.left,
        frame.day,
        frame.possible_from,
        cards=tuple(numbers.saving_cards(goal, progress)),
        investment=numbers.investment_sentence(progress),
        columns=tuple(str(numbers.UNITS[saving]) for saving in numbers.kind_columns(progress)),
        rows=tuple(numbers.kind_rows(progress)),
        total=numbers.total_row(progress),
        why_no_kinds="" if progress.kinds else numbers.rule_text(progress.kinds_rule),
        why_no_states="" if progress.states else numbers.rule_text(progress.states_rule),
        bases=_bases(progress),
    )


def _bases(progress: JointProgress) -> str:
    """How many measures' effects were found in which way; not of how few."""
    counts = [progress.bases.get(basis, 0) for basis in EffectBasis]
    parts = dict(zip(EffectBasis, shown_parts(counts, load_aggregation_rules().sum_companies), strict=True))
    found = [f"{count_text(each)} {label_of(basis)}" for basis, each in parts.items() if each.count]
    if not found:
        return ""
    if len(found) < len(parts):
        found.append(_("sonst je %(few)s", few=count_text(FEW)))
    return str(_("Herkunft der Wirkung: %(counts)s.", counts=", ".join(found)))


def _day(moment: datetime) -> str:
    return format_long_date(local_day(moment), current_language())
