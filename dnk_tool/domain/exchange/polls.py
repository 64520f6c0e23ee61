"""A poll of a cluster: its question, who answers it, and which answers it takes.

An anonymous answer is counted and not kept. One that can be changed must be found again, so it has a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_OPTIONS, LEAST_OPTIONS = 8, 2
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_TEXT = 200, 80, 300
SCALE = range(1, 6)
LEAST_ANSWERS = 5  # of fewer, only their number is shown


class PollKind(StrEnum):
    """What a poll asks for."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    TEXT = "text"


class PollState(StrEnum):
    """How far a poll is. A closed one can be opened again."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Attribution(StrEnum):
    """Whose an answer is: a device's, of which nothing is kept, or that of a member, with its name."""

    ANONYMOUS = "anonymous"
    NAMED = "named"


class PollProblem(StrEnum):
    """Why a question cannot be asked, or an answer not be taken."""

    NO_QUESTION = "no-question"
    TOO_FEW_OPTIONS = "too-few-options"
    TOO_MANY_OPTIONS = "too-many-options"
    OPTION_TOO_LONG = "option-too-long"
    OPTION_TWICE = "option-twice"
    NO_SCALE_ENDS = "no-scale-ends"
    NOTHING_CHOSEN = "nothing-chosen"
    NOT_AN_OPTION = "not-an-option"
    NO_TEXT = "no-text"
    TEXT_TOO_LONG = "text-too-long"


class PollRefused(Exception):
    """A question or an answer that does not fit; `problem` says why."""

    def __init__(self, problem: PollProblem) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class PollQuestion:
    """What a poll asks. `options`: what can be chosen; of a scale, what 1 and 5 mean; of a text, none.

    `section`: the ref of the criterion that it is about, "" for none.
    """

    text: str
    kind: PollKind
    options: tuple[str, ...] = ()
    attribution: Attribution = Attribution.ANONYMOUS
    section: str = ""

    @property
    def places(self) -> int:
        """How many choices there are: those options that can be chosen, or the steps of the scale."""
        if self.kind is PollKind.SCALE:
            return len(SCALE)
        return 0 if self.kind is PollKind.TEXT else len(self.options)


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """An answer: the places of what was chosen, counted from 0, in ascending order; or a text."""

    chosen: tuple[int, ...] = ()
    text: str = ""


def check_question(question: PollQuestion) -> PollQuestion:
    """The question without options that its kind has not. Raises PollRefused."""
    if not question.text:
        raise PollRefused(PollProblem.NO_QUESTION)
    if question.kind is PollKind.TEXT:
        return PollQuestion(question.text, question.kind, (), question.attribution, question.section)
    _check_options(question)
    return question


def _check_options(question: PollQuestion) -> None:
    options = question.options
    if question.kind is PollKind.SCALE and (len(options) != 2 or not all(options)):
        raise PollRefused(PollProblem.NO_SCALE_ENDS)
    if len(options) < LEAST_OPTIONS:
        raise PollRefused(PollProblem.TOO_FEW_OPTIONS)
    if len(options) > MOST_OPTIONS:
        raise PollRefused(PollProblem.TOO_MANY_OPTIONS)
    if any(len(option) > LONGEST_OPTION for option in options):
        raise PollRefused(PollProblem.OPTION_TOO_LONG)
    if len({option.casefold() for option in options}) < len(options):
        raise PollRefused(PollProblem.OPTION_TWICE)


def check_answer(question: PollQuestion, chosen: Sequence[int], text: str) -> PollAnswer:
    """The answer, each choice once. Raises PollRefused."""
    if question.kind is PollKind.TEXT:
        return PollAnswer(text=_checked_text(text))
    places = tuple(sorted(set(chosen)))
    if not places:
        raise PollRefused(PollProblem.NOTHING_CHOSEN)
    if not set(places) <= set(range(question.places)):
        raise PollRefused(PollProblem.NOT_AN_OPTION)
    if question.kind is not PollKind.MULTIPLE and len(places) > 1:
        raise PollRefused(PollProblem.NOT_AN_OPTION)
    return PollAnswer(places)


def _checked_text(text: str) -> str:
    if not text:
        raise PollRefused(PollProblem.NO_TEXT)
    if len(text) > LONGEST_TEXT:
        raise PollRefused(PollProblem.TEXT_TOO_LONG)
    return text
