"""The results of lines: a value for each datapoint, with the steps and parts that lead to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.figures.calculators.lines import FactorSnapshot
from dnk_tool.domain.quantities import Quantity


@dataclass(frozen=True, slots=True)
class CalculationStep:
    """One step, quantity × factor = result, in one line and for one datapoint.

    `quantity` is as entered, `in_factor_unit` the same in the unit of the factor; without a factor the
    quantity itself counts. `result` is in the datapoint's default unit, to 28 digits; `exact` is the whole
    value in the base unit of the datapoint's family.
    """

    line: int
    slot: str
    category: str
    quantity: Quantity
    in_factor_unit: Quantity
    factor: FactorSnapshot | None
    result: Quantity
    exact: Fraction


@dataclass(frozen=True, slots=True)
class FormulaPart:
    """A value that enters a formula: the sum of a field over lines, or another datapoint.

    `key` is a datapoint, or "activity.field"; `lines` are empty if the value was entered by hand.
    """

    key: str
    quantity: Quantity
    lines: tuple[int, ...] = ()


class NoteCode(StrEnum):
    """The kinds of note; the interface has a sentence for each."""

    MIXED_BOUNDARY = "mixed-boundary"
    WITH_UPSTREAM = "with-upstream"
    MIXED_GASES = "mixed-gases"
    CO2_ONLY = "co2-only"
    MIXED_GWP_SETS = "mixed-gwp-sets"
    UPSTREAM_MISSING = "upstream-missing"
    LATER_FACTOR = "later-factor"
    OWN_FACTOR = "own-factor"
    UNVERIFIED_FACTOR = "unverified-factor"
    UNSETTLED_FACTOR = "unsettled-factor"
    GRID_AVERAGE = "grid-average"
    NON_CO2_EFFECTS = "non-co2-effects"
    BELOW_ZERO = "below-zero"
    ENTERED_PART = "entered-part"
    FAULTY_LINE = "faulty-line"
    UNKNOWN_LINE = "unknown-line"
    NOT_COUNTED = "not-counted"
    OWN_FUELS = "own-fuels"
    RECYCLED_SHARE_MISSING = "recycled-share-missing"
    SEVERAL_LINES = "several-lines"
    GROUP_MISSING = "group-missing"
    OTHER_HEADCOUNT = "other-headcount"
    IMPOSSIBLE_SHARE = "impossible-share"
    NO_DENOMINATOR = "no-denominator"
    TOO_LONG = "too-long"
    PRO_RATA = "pro-rata"
    SALE_ORIGIN = "sale-origin"
    HEAT_ORIGIN = "heat-origin"
    PART_UNSAID = "part-unsaid"
    CREDIT_ABOVE = "credit-above"


@dataclass(frozen=True, slots=True)
class CalculationNote:
    """A note for the reader of a datapoint; `groups` tells lines apart, such as by boundary."""

    code: NoteCode
    datapoint: str
    lines: tuple[int, ...] = ()
    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CalculationResult:
    """The value of a datapoint as it follows from all lines of a year.

    `value` is rounded as a figure stores it, in the datapoint's default unit; `exact` is the unrounded value
    in that same unit. A sum has `steps`; what follows by a formula has its name and `parts`.
    """

    datapoint: str
    value: Quantity
    exact: Fraction
    steps: tuple[CalculationStep, ...] = ()
    quality: Quality = Quality.CALCULATED
    notes: tuple[CalculationNote, ...] = ()
    formula: str = ""
    parts: tuple[FormulaPart, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """The ids of all lines that the value follows from, each once, in order."""
        of_parts = (line for part in self.parts for line in part.lines)
        return tuple(sorted({*(step.line for step in self.steps), *of_parts}))

    @property
    def figure(self) -> Figure:
        """The value as a figure with the origin LINES."""
        return Figure(self.value.value, self.value.unit, self.quality, origin=Origin.LINES)


@dataclass(frozen=True)
class Calculation:
    """All results of a year by datapoint. `notes` also concern datapoints that have no result."""

    results: Mapping[str, CalculationResult] = field(default_factory=dict)
    notes: tuple[CalculationNote, ...] = ()

    def steps_of(self, line: int) -> tuple[tuple[str, CalculationStep], ...]:
        """The steps of one line, each with its datapoint; the sums of a Scope 3 category are left out."""
        return tuple(
            (key, step)
            for key, result in self.results.items()
            for step in result.steps
            if step.line == line and not (step.category and key != "ghg.scope3.gross")
        )

    def results_of_line(self, line: int) -> tuple[CalculationResult, ...]:
        """The results to which one line contributes."""
        return tuple(result for result in self.results.values() if line in result.lines)
