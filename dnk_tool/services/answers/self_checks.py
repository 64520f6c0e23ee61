"""Saves a company's answers to a quick check, and adds the measures of its open points."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from dnk_tool.catalogue.self_checks import Question, SelfCheck
from dnk_tool.domain.answers.self_assessment import MAX_MEASURES, Measure
from dnk_tool.domain.answers.self_check import (
    SelfCheckAnswer,
    SelfCheckAnswers,
    decide_answers,
    is_planned,
    open_points,
)
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Seen, Stored, Write, without_conflict
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import known_language
from dnk_tool.services.answers.self_assessment import assessment_of, assessments_of, save_assessment
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.measures.criterion_measures import add_kinds
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history, self_checks
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True, slots=True)
class AddedMeasures:
    """What became of the measures of the chosen questions.

    `planned_before`: the self-assessment had the measure already. `full`: the criterion has MAX_MEASURES.
    """

    added: tuple[Question, ...]
    planned_before: tuple[Question, ...] = ()
    full: tuple[Question, ...] = ()


def save_self_check_answers(
    work: Work,
    declaration: Declaration,
    check: SelfCheck,
    replies: SelfCheckAnswers,
    *,
    seen: Seen[SelfCheckAnswers],
) -> None:
    """Write the answers to one check for the declaration's year, also beside a frozen declaration.

    Answers that only somebody else changed meanwhile stay. Raises NotPermitted, and ConflictError without
    writing anything: its `mine` merges both sides, with the sender's answer to the questions in `parts`.
    """
    lock_company(work.session, declaration.organisation_id, Permission.DECLARATION_EDIT, work.actor)
    place = declaration.organisation_id, declaration.reporting_year
    current = _current(work.session, declaration, check)
    version = self_checks.version_of(work.session, *place, check.key)
    decision = without_conflict(decide_answers(Stored(current, version), seen, replies))
    if not isinstance(decision, Write):
        return
    self_checks.save(work.session, *place, check.key, decision.content, by=work.actor.user_id, now=work.now)
    history.record_declaration_event(
        work.session,
        declaration,
        EventKind.SELF_CHECK_SAVED,
        actor_id=work.actor.user_id,
        now=work.now,
        self_check=check.key,
        replies=_changed(current, decision.content),
    )


def add_measures(
    work: Work, declaration: Declaration, check: SelfCheck, keys: Collection[str]
) -> AddedMeasures:
    """Add the measures of the chosen open points to the self-assessment, each to its criterion, none twice.

    `keys` names the questions; those that are not open are skipped. The measures are worded in the
    declaration's language. Raises NotPermitted.
    """
    lock_company(work.session, declaration.organisation_id, Permission.DECLARATION_EDIT, work.actor)
    chosen = [
        point for point in open_points(check, _current(work.session, declaration, check)) if point.key in keys
    ]
    current = assessments_of(work.session, declaration)
    fresh, before, full = defaultdict[int, list[Question]](list), list[Question](), list[Question]()
    for question in chosen:
        assessment = current.get(question.criterion)
        has = len(assessment.measures) if assessment else 0
        if assessment and is_planned(question, assessment):
            before.append(question)
        elif has + len(fresh[question.criterion]) >= MAX_MEASURES:
            full.append(question)
        else:
            fresh[question.criterion].append(question)
    for number, questions in fresh.items():
        if questions:
            _add(work, declaration, number, questions)
    added = tuple(question for question in chosen if question in fresh[question.criterion])
    return AddedMeasures(added, tuple(before), tuple(full))


def _add(work: Work, declaration: Declaration, number: int, questions: list[Question]) -> None:
    """Add measures to one criterion. Reads its version under the lock, so the save cannot conflict."""
    current = assessment_of(work.session, declaration, number)
    language = known_language(declaration.language)
    more = tuple(Measure(question.measure.to(language)) for question in questions)
    save_assessment(
        work,
        declaration,
        number,
        replace(current.stored.content, measures=(*current.stored.content.measures, *more)),
        seen=current.stored.version,
        ids=current.ids,
    )
    kinds = {question.measure.to(language): question.measure_kind for question in questions}
    add_kinds(work.session, declaration.organisation_id, number, kinds)


def _current(session: Session, declaration: Declaration, check: SelfCheck) -> SelfCheckAnswers:
    year = declaration.reporting_year
    replies = self_checks.replies(session, declaration.organisation_id, [year])
    return replies.get((year, check.key), {})


def _changed(before: SelfCheckAnswers, after: SelfCheckAnswers) -> dict[str, list[str]]:
    """Old and new answer of each question whose answer changed; empty for no answer."""

    def said(reply: SelfCheckAnswer | None) -> str:
        """Returns the answer as the event stores it; an empty text for none."""
        return reply.value if reply else ""

    keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
    return {key: [said(before.get(key)), said(after.get(key))] for key in keys}
