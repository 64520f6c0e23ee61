"""What a company answers to a quick check: counted, never rated, and what stays open put in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.self_checks import Question, SelfCheck
from dnk_tool.domain.answers.self_assessment import Assessment
from dnk_tool.domain.editing.conflicts import conflict, decide
from dnk_tool.domain.editing.outcomes import Conflict, Decision, Unchanged
from dnk_tool.domain.editing.versions import NEVER_STORED, Seen, Stored, Unknown


class SelfCheckAnswer(StrEnum):
    """The answer to one question of a quick check; none is an answer that is still open."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


SelfCheckAnswers = Mapping[str, SelfCheckAnswer]


@dataclass(frozen=True, slots=True)
class SelfCheckCount:
    """How many questions have each answer, and how many have none. Nothing is made of it: no score."""

    yes: int
    partly: int
    no: int
    unanswered: int


def count_answers(check: SelfCheck, replies: SelfCheckAnswers) -> SelfCheckCount:
    """How often each answer was given to the questions that the check has today."""
    found = [replies.get(one.key) for one in check.questions]
    return SelfCheckCount(
        found.count(SelfCheckAnswer.YES),
        found.count(SelfCheckAnswer.PARTLY),
        found.count(SelfCheckAnswer.NO),
        found.count(None),
    )


def open_points(check: SelfCheck, replies: SelfCheckAnswers) -> tuple[Question, ...]:
    """What was answered with no, then what with partly, each by the priority of the data."""
    order = {SelfCheckAnswer.NO: 0, SelfCheckAnswer.PARTLY: 1}
    found = [one for one in check.questions if replies.get(one.key) in order]
    return tuple(sorted(found, key=lambda one: (order[replies[one.key]], one.priority)))


def is_planned(question: Question, assessment: Assessment) -> bool:
    """Whether the measure of the question stands among the company's own, in either language."""
    own = {_comparable_text(text) for text in (question.measure.de, question.measure.en)}
    return any(_comparable_text(one.text) in own for one in assessment.measures)


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
    """What two people chose who began with the same answers, and the questions on which they disagree.

    Where only one of them changed something, that holds; where they disagree, mine stands.
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
