"""Counts the answers to a poll, and says which of it may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dnk_tool.domain.exchange.polls import LEAST_ANSWERS, SCALE, PollAnswer, PollKind, PollQuestion

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
