"""Answers to a quick check: counts them without a score, and sorts the open points."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.self_checks import Question, SelfCheck
from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.editing import (
    NEVER_STORED,
    Conflict,
    Decision,
    Seen,
    Stored,
    Unchanged,
    Unknown,
    conflict,
    decide,
)


class SelfCheckAnswer(StrEnum):
    """The answer to one question of a quick check; an open question has none."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


SelfCheckAnswers = Mapping[str, SelfCheckAnswer]


@dataclass(frozen=True, slots=True)
class SelfCheckCount:
    """The number of questions with each answer, and of those without one; there is no score."""

    yes: int
    partly: int
    no: int
    unanswered: int


def count_answers(check: SelfCheck, replies: SelfCheckAnswers) -> SelfCheckCount:
    """The count of the answers to the questions that the check has today."""
    answers = [replies.get(question.key) for question in check.questions]
    return SelfCheckCount(
        answers.count(SelfCheckAnswer.YES),
        answers.count(SelfCheckAnswer.PARTLY),
        answers.count(SelfCheckAnswer.NO),
        answers.count(None),
    )


def open_points(check: SelfCheck, replies: SelfCheckAnswers) -> tuple[Question, ...]:
    """The questions answered with no, then those answered with partly, each sorted by priority."""
    order = {SelfCheckAnswer.NO: 0, SelfCheckAnswer.PARTLY: 1}
    questions = [question for question in check.questions if replies.get(question.key) in order]
    return tuple(sorted(questions, key=lambda question: (order[replies[question.key]], question.priority)))


def is_planned(question: Question, assessment: Assessment) -> bool:
    """Whether the question's measure is among the company's own, in either language."""
    own = {_comparable_text(text) for text in (question.measure.de, question.measure.en)}
    return any(_comparable_text(measure.text) in own for measure in assessment.measures)


def decide_answers(
    current: Stored[SelfCheckAnswers], seen: Seen[SelfCheckAnswers], given: SelfCheckAnswers
) -> Decision[SelfCheckAnswers]:
    """Decide about the answers to a check question by question: only the same question can conflict."""
    if current.version in (NEVER_STORED, seen.version) or isinstance(seen.content, Unknown):
        return decide(current, seen, given)
    merged, clashes = merge_answers(given, seen.content, current.content)
    if clashes:
        return conflict(current, merged, parts=clashes)
    return decide(current, Seen(current.version), merged)


def merge_answers(
    mine: SelfCheckAnswers, seen: SelfCheckAnswers, theirs: SelfCheckAnswers
) -> tuple[dict[str, SelfCheckAnswer], frozenset[str]]:
    """The merged answers of two people who started from the same ones, and the keys of questions in conflict.

    A change by only one of them counts; where both changed a question differently, the answer in `mine`
    counts.
    """
    result: dict[str, SelfCheckAnswer] = {}
    clashes = set()
    for key in {*mine, *seen, *theirs}:
        own, before, other = mine.get(key), seen.get(key), theirs.get(key)
        decision = decide(Stored(other, other), Seen(before, before), own)
        chosen = other if isinstance(decision, Unchanged) else own
        if chosen is not None:
            result[key] = chosen
        if isinstance(decision, Conflict):
            clashes.add(key)
    return result, frozenset(clashes)


def _comparable_text(text: str) -> str:
    return " ".join(text.split()).casefold()
