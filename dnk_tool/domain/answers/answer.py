"""The content of a declaration: answers to aspects and items, and figures of a year."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain import precision
from dnk_tool.domain.answers.draft import Draft
from dnk_tool.domain.answers.values import Value
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.quantities import Quantity, converted, from_base, in_base


class Disclosure(StrEnum):
    """Comply or explain: both are full answers."""

    COMPLY = "comply"
    EXPLAIN = "explain"


class Quality(StrEnum):
    """How a figure came about, or that there is none."""

    MEASURED = "measured"
    CALCULATED = "calculated"
    ESTIMATED = "estimated"
    NOT_AVAILABLE = "not-available"


class Origin(StrEnum):
    """Where a figure's value comes from: somebody's hand, the lines of calculators, or the sites' figures."""

    ENTERED = ""
    LINES = "lines"
    SITES = "sites"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer under one ref. The text for each choice of disclosure is kept when the choice changes.

    `is_marked_up`: its texts have marks for lists and emphasis instead of being plain.
    """

    disclosure: Disclosure | None = None
    text: str = ""
    explanation: str = ""
    reason: str = ""
    value: Value | None = None
    is_marked_up: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the answer has no content; "we report" alone is none."""
        untouched = self.disclosure in (None, Disclosure.COMPLY)
        return untouched and not (self.text or self.explanation or self.reason or self.value)


def is_same_answer(answer: Answer, other: Answer) -> bool:
    """Whether two answers are the same; "we report" equals no choice, because a form sends it by default."""
    if answer.is_empty and other.is_empty:
        return True
    comply = Disclosure.COMPLY
    return replace(answer, disclosure=answer.disclosure or comply) == replace(
        other, disclosure=other.disclosure or comply
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a datapoint in one year, in the unit as entered. No value is not zero.

    `note` is the reason or remark that the reader sees, `source` where the value was read, such as a bill;
    `responsible` is who takes care of it and never leaves the company. `shown`: the value for readers of a
    sum whose parts stand beside it, or of a value in another unit than somebody typed; then `entered` is what
    was typed. Nothing stores these two.
    """

    value: Decimal | None = None
    unit: str = ""
    quality: Quality | None = None
    note: str = ""
    source: str = ""
    responsible: str = ""
    origin: Origin = Origin.ENTERED
    shown: Decimal | None = field(default=None, compare=False)
    entered: Quantity | None = field(default=None, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it has no value, quality, note, source and responsible person."""
        says_something = self.note or self.source or self.responsible
        return self.value is None and self.quality is None and not says_something

    @property
    def is_contradictory(self) -> bool:
        """Whether it has a value and is called not available."""
        return self.value is not None and self.quality is Quality.NOT_AVAILABLE

    @property
    def quantity(self) -> Quantity | None:
        """The value with its unit as entered; None without a value."""
        return None if self.value is None else Quantity(self.value, self.unit)

    @property
    def readable(self) -> Quantity | None:
        """The quantity for readers: a computed one with the decimals of its unit, a typed one as typed."""
        if self.quantity is None:
            return None
        if self.shown is not None:
            return Quantity(self.shown, self.unit)
        return precision.as_typed(self.quantity) if self.is_typed else precision.shown(self.quantity)

    @property
    def recorded(self) -> Quantity | None:
        """The quantity for who looks at what was saved: a typed one with every digit of it."""
        return self.quantity if self.is_typed else self.readable

    @property
    def is_typed(self) -> bool:
        """Whether somebody typed the value, or it is the sum of typed values."""
        return self.origin is not Origin.LINES and (self.shown is None or self.entered is not None)

    @property
    def is_stated(self) -> bool:
        """Whether it has a value or is called not available, so that a reader learns something."""
        return self.value is not None or self.quality is Quality.NOT_AVAILABLE


NO_ANSWER = Answer()
NO_FIGURE = Figure()


@dataclass(frozen=True)
class Sheet:
    """The content of a declaration as plain values, beside the requirements that it must answer.

    `taken`: the refs of answers that were taken over from an earlier year and are not confirmed yet, with
    that year. `drafts`: what the program proposed for an answer, by ref; the answer is in `taken` as long as
    somebody has to check one of them. `units`: the unit, by the key of a family, in which sums that follow
    from other figures are said; others are in the datapoint's own.
    """

    selection: Selection
    answers: Mapping[str, Answer] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    profile: Profile | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    drafts: Mapping[str, tuple[Draft, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def answer(self, ref: str) -> Answer:
        """The answer under the ref; an empty one if there is none."""
        return self.answers.get(ref, NO_ANSWER)

    def figure(self, datapoint: Datapoint) -> Figure:
        """The figure as entered, else as computed from others; an empty one if there is neither."""
        entered = self.figures.get(datapoint.key, NO_FIGURE)
        unit = self.units.get(datapoint.family.key, "")
        return entered if entered.is_stated else computed_figure(datapoint, self.figures, unit) or entered

    def is_explained(self, requirement: Requirement) -> bool:
        """Whether the company explains why it does not report the requirement."""
        return self.answer(requirement.ref).disclosure is Disclosure.EXPLAIN


def computed_figure(datapoint: Datapoint, figures: Mapping[str, Figure], unit: str = "") -> Figure | None:
    """The figure that follows from others by the datapoint's rule, or None while one of them is missing.

    It is in the unit, else in that of the datapoint.
    """
    rule, unit = datapoint.computed, unit or datapoint.default_unit
    if rule is None:
        return None
    total, parts = Fraction(0), []
    for sign, keys in ((1, rule.plus), (-1, rule.minus)):
        for key in keys:
            figure = figures.get(key, NO_FIGURE)
            quantity, readable = figure.quantity, figure.readable
            if quantity is None or readable is None or quantity.unit not in datapoint.family.units:
                return None
            total += sign * in_base(quantity, datapoint.family.units)
            parts.append(sign * converted(readable, unit, datapoint.family))
    value, shown = from_base(total, unit, datapoint.family), precision.sum_of_shown(parts, unit)
    return Figure(value, unit, Quality.CALCULATED, shown=shown)
