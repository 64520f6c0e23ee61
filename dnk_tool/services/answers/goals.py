"""Saves the reviews of an earlier year's goals, and lists those with an outcome for the annex."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.goals import NO_GOAL_REVIEW, Goal, GoalReview, earlier_section_goals, goal_text
from dnk_tool.domain.declarations.annex import ReviewedGoal
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Conflict, Seen, Stored, VersionedEdit, Write, decide
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.editing.locks import open_section
from dnk_tool.services.editing.settings import settings_of
from dnk_tool.services.work import Work
from dnk_tool.store.answers import earlier_year, history
from dnk_tool.store.answers import goals as stored_goals
from dnk_tool.store.answers.goals import StoredGoalReview
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class GoalReviewSaveOutcome:
    """What a save did with the reviews of goals.

    `versions`: current version, by ref, of each review that was written or already stored. `conflicts`:
    reviews that somebody else changed meanwhile; these were not written.
    """

    versions: Mapping[str, int] = field(default_factory=dict)
    conflicts: tuple[Conflict[GoalReview], ...] = ()


def save_goal_reviews(
    work: Work, declaration: Declaration, section: Section, given: Mapping[str, VersionedEdit[GoalReview]]
) -> GoalReviewSaveOutcome:
    """Write the reviews of the earlier goals of a section, and record each as one event.

    Skips refs under which the previous declaration names no goal. Raises NotPermitted and Locked.
    """
    open_section(work.session, declaration, section, work.actor)
    selection = declarations.selection_of(declaration)
    earlier = earlier_year.earlier_answers(work.session, declaration, selection)
    asked = (
        {
            earlier_section_goal.aspect.ref: earlier_section_goal
            for earlier_section_goal in earlier_section_goals(section, earlier)
        }
        if earlier
        else {}
    )
    stored = stored_goals.goal_reviews(work.session, declaration.id, list(asked))
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
                work.session, declaration.id, ref, mine, year=year, by=work.actor.user_id, now=work.now
            )
            _record(work, declaration, section, ref, current.review, mine)
    return GoalReviewSaveOutcome(versions, tuple(conflicts))


def goals_of(session: Session, declaration: Declaration) -> list[tuple[Section, Goal, StoredGoalReview]]:
    """The goals that the previous declaration names, each with its section and its current review.

    A goal without a review gets NO_GOAL_REVIEW at version 0.
    """
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
    """The reviewed goals of the previous declaration, as the annex prints them. Only those with an outcome.

    The goal's text is the earlier declaration's, its table row by row, in this declaration's language.
    The reason is left out unless the goal was missed: a reason may remain from before the outcome changed.
    """
    language = settings_of(declaration).language
    return tuple(
        ReviewedGoal(
            ref=goal.aspect.ref,
            year=goal.year,
            goal=goal_text(replace(goal, text=without_signs(goal.text)), language),
            outcome=stored_review.review.outcome.value,
            reason=stored_review.review.reason if stored_review.review.outcome.is_missed else "",
            outlook=stored_review.review.outlook,
        )
        for _section, goal, stored_review in goals_of(session, declaration)
        if stored_review.review.outcome
    )


def _record(
    work: Work, declaration: Declaration, section: Section, ref: str, before: GoalReview, after: GoalReview
) -> None:
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.GOAL_REVIEWED,
        actor_id=work.actor.user_id,
        now=work.now,
        section=section.ref,
        ref=ref,
        fields=changed_fields(before, after),
    )


def changed_fields(before: GoalReview, after: GoalReview) -> dict[str, list[Any]]:
    """The fields of a review that differ, each with its old and new value, as the event stores them."""
    fields = {
        "goal_outcome": [review.outcome.value if review.outcome else "" for review in (before, after)],
        "goal_reason": [before.reason, after.reason],
        "goal_outlook": [before.outlook, after.outlook],
    }
    return {name: both for name, both in fields.items() if both[0] != both[1]}
