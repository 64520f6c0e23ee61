"""Saves what became of last year's goals, and gives it as plain values for the declaration's annex."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.goals import NO_GOAL_REVIEW, Goal, GoalReview, earlier_section_goals, goal_text
from dnk_tool.domain.declarations.annex import ReviewedGoal
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.optimistic_locking import Conflict, Seen, Stored, VersionedEdit, Write, decide
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.editing.locks import open_section
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.store.answers import earlier_year, history
from dnk_tool.store.answers import goals as stored_goals
from dnk_tool.store.answers.goals import StoredGoalReview
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class GoalReviewSaveOutcome:
    """The versions that stand now, by ref, of what was written or stored already; and what conflicts."""

    versions: Mapping[str, int] = field(default_factory=dict)
    conflicts: tuple[Conflict[GoalReview], ...] = ()


def save_goal_reviews(
    session: Session,
    declaration: Declaration,
    section: Section,
    given: Mapping[str, VersionedEdit[GoalReview]],
    *,
    actor: Actor,
    now: datetime,
) -> GoalReviewSaveOutcome:
    """Write what is said of the section's goals of the year before, each as one event.

    A goal that the declaration before does not name is passed over. Raises NotPermitted and Locked.
    """
    open_section(session, declaration, section, actor)
    selection = declarations.selection_of(declaration)
    earlier = earlier_year.earlier_answers(session, declaration, selection)
    asked = {one.aspect.ref: one for one in earlier_section_goals(section, earlier)} if earlier else {}
    stored = stored_goals.goal_reviews(session, declaration.id, list(asked))
    versions: dict[str, int] = {}
    conflicts: list[Conflict[GoalReview]] = []
    for ref, year in ((ref, goal.year) for ref, goal in asked.items() if ref in given):
        mine = given[ref].value
        current = stored.get(ref, StoredGoalReview(NO_GOAL_REVIEW, year, 0)).for_year(year)
        decision = decide(Stored(current.review, current.version, ref=ref), Seen(given[ref].seen), mine)
        if isinstance(decision, Conflict):
            conflicts.append(decision)
            continue
        versions[ref] = current.version
        if isinstance(decision, Write):
            versions[ref] = stored_goals.save(
                session, declaration.id, ref, mine, year=year, by=actor.user_id, now=now
            )
            _record(session, declaration, section, ref, current.review, mine, actor=actor, now=now)
    return GoalReviewSaveOutcome(versions, tuple(conflicts))


def goals_of(session: Session, declaration: Declaration) -> list[tuple[Section, Goal, StoredGoalReview]]:
    """Every goal that the declaration before named, with its section and what is said of it now."""
    selection = declarations.selection_of(declaration)
    earlier = earlier_year.earlier_answers(session, declaration, selection)
    if earlier is None:
        return []
    stored = stored_goals.goal_reviews(session, declaration.id)
    return [
        (
            section,
            goal,
            stored.get(goal.aspect.ref, StoredGoalReview(NO_GOAL_REVIEW, goal.year, 0)).for_year(goal.year),
        )
        for section in selection.sections
        for goal in earlier_section_goals(section, earlier)
    ]


def reviewed_goals(session: Session, declaration: Declaration) -> tuple[ReviewedGoal, ...]:
    """What became of the goals of the declaration before, as the annex prints it: those with an outcome.

    The goal's text is that of then, its table row by row, in the declaration's language. Only a goal that
    was missed needs a reason: one that was written before somebody thought otherwise is left out.
    """
    language = settings_of(declaration).language
    return tuple(
        ReviewedGoal(
            ref=goal.aspect.ref,
            year=goal.year,
            goal=goal_text(goal, language),
            outcome=one.review.outcome.value,
            reason=one.review.reason if one.review.outcome.is_missed else "",
            outlook=one.review.outlook,
        )
        for _section, goal, one in goals_of(session, declaration)
        if one.review.outcome
    )


def _record(
    session: Session,
    declaration: Declaration,
    section: Section,
    ref: str,
    before: GoalReview,
    after: GoalReview,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    history.record_declaration_event(
        session,
        declaration,
        EventKind.GOAL_REVIEWED,
        actor_id=actor.user_id,
        now=now,
        section=section.ref,
        ref=ref,
        fields=changed_fields(before, after),
    )


def changed_fields(before: GoalReview, after: GoalReview) -> dict[str, list[Any]]:
    """What of the review differs, old and new by field."""
    found = {
        "goal_outcome": [one.outcome.value if one.outcome else "" for one in (before, after)],
        "goal_reason": [before.reason, after.reason],
        "goal_outlook": [before.outlook, after.outlook],
    }
    return {name: both for name, both in found.items() if both[0] != both[1]}
