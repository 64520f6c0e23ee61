"""A poll of a cluster: its question, who answers it, and which answers it takes.

An anonymous answer is counted and not kept. One that can be changed must be found again, so it has a name.
Counts the answers to a poll, and says which of it may be shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
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


TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class PollBar:
    """A choice and how many chose it. `width`: thousandths of the longest bar."""

    label: str
    count: int
    width: int
    is_longest: bool


@dataclass(frozen=True, slots=True)
class PairedBar:
    """A choice before and after a meeting: per cent of the answers, and thousandths of the longest bar."""

    label: str
    before: int
    after: int
    before_width: int
    after_width: int


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll says: how many answered and, of five or more, what. `texts`: those that were released.

    `mean` is the middle of a scale to one decimal place; None for other kinds.
    """

    answers: int
    bars: tuple[PollBar, ...] = ()
    texts: tuple[str, ...] = ()
    mean: Decimal | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there are enough answers to show more than their number."""
        return self.answers >= LEAST_ANSWERS


@dataclass(frozen=True, slots=True)
class ReportedPoll:
    """A poll of the cluster's report. `first`: the result before the meeting, where both are shown."""

    question: PollQuestion
    result: PollResult
    opened_on: date
    first: PollResult | None = None


def add_answer(counts: Sequence[int], answer: PollAnswer) -> list[int]:
    """The counts with one more at each place that the answer chose."""
    return [count + (place in answer.chosen) for place, count in enumerate(counts)]


def no_answers(question: PollQuestion) -> list[int]:
    """Zero for each choice."""
    return [0] * question.places


def count_answers(question: PollQuestion, answers: Iterable[PollAnswer]) -> list[int]:
    """How often each choice was made."""
    counts = no_answers(question)
    for answer in answers:
        counts = add_answer(counts, answer)
    return counts


def poll_result(
    question: PollQuestion, counts: Sequence[int], answers: int, texts: Sequence[str] = ()
) -> PollResult:
    """What may be shown; of fewer than five answers nothing but how many they are."""
    if answers < LEAST_ANSWERS:
        return PollResult(answers)
    largest = max(counts, default=0)
    bars = tuple(
        PollBar(label, count, 1000 * count // largest if largest else 0, count == largest > 0)
        for label, count in zip(choice_labels(question), counts, strict=True)
    )
    mean = _mean(counts) if question.kind is PollKind.SCALE else None
    return PollResult(answers, bars, tuple(texts), mean)


def paired_bars(before: PollResult, after: PollResult) -> tuple[PairedBar, ...]:
    """The shares of two results with the same choices, side by side on one scale; both are shown."""
    largest = max((_share(bar, each) for each in (before, after) for bar in each.bars), default=Decimal(0))
    return tuple(
        PairedBar(
            first.label,
            _percent(_share(first, before)),
            _percent(_share(second, after)),
            _thousandths(_share(first, before), largest),
            _thousandths(_share(second, after), largest),
        )
        for first, second in zip(before.bars, after.bars, strict=True)
    )


def _share(bar: PollBar, result: PollResult) -> Decimal:
    return Decimal(bar.count) / result.answers


def _percent(share: Decimal) -> int:
    return int((100 * share).quantize(Decimal(1), ROUND_HALF_UP))


def _thousandths(share: Decimal, largest: Decimal) -> int:
    return int(1000 * share / largest) if largest else 0


def choice_labels(question: PollQuestion) -> tuple[str, ...]:
    """What stands at each choice; at the ends of a scale also what they mean."""
    if question.kind is not PollKind.SCALE:
        return question.options
    low, high = question.options
    ends = {SCALE[0]: f"{SCALE[0]} · {low}", SCALE[-1]: f"{SCALE[-1]} · {high}"}
    return tuple(ends.get(step, str(step)) for step in SCALE)


def _mean(counts: Sequence[int]) -> Decimal | None:
    answers = sum(counts)
    if not answers:
        return None
    total = sum(step * count for step, count in zip(SCALE, counts, strict=True))
    return (Decimal(total) / answers).quantize(TENTH, ROUND_HALF_UP)
