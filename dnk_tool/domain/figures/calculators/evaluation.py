"""Evaluates all lines of a year by datapoint: sums first, then the values that formulas derive from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.calculators.model import SCOPE_3_CATEGORIES, Activity, Calculator
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.figures.calculators import derive_energy, derive_people, derive_resources
from dnk_tool.domain.figures.calculators.derivation import Derivation, DerivedValue
from dnk_tool.domain.figures.calculators.line_checks import line_faults
from dnk_tool.domain.figures.calculators.line_steps import slot_steps
from dnk_tool.domain.figures.calculators.lines import Basis, CalculatorLine
from dnk_tool.domain.figures.calculators.passed_on import deducted_means, origin_notes, overdrawn
from dnk_tool.domain.figures.calculators.result_notes import factor_notes, upstream_notes
from dnk_tool.domain.figures.calculators.results import (
    Calculation,
    CalculationNote,
    CalculationResult,
    CalculationStep,
    NoteCode,
)
from dnk_tool.domain.figures.calculators.sums import YearSums
from dnk_tool.domain.figures.calculators.units import in_default_unit, rounded_for_figure
from dnk_tool.domain.quantities import Quantity

_NO_QUANTITY = Quantity(Decimal(0), "")

# In this order: shares and intensities use totals that were found before.
DERIVATIONS: tuple[Derivation, ...] = (
    derive_energy.energy,
    derive_energy.shares,
    derive_resources.water,
    derive_resources.waste,
    derive_resources.materials,
    derive_people.accidents,
    derive_people.staff,
    derive_people.training,
    derive_people.diversity,
    derive_resources.economy,
    derive_resources.intensities,
)


def evaluate_lines(
    lines: Iterable[CalculatorLine],
    calculators: Mapping[str, Calculator],
    *,
    datapoints: Mapping[str, Datapoint],
    figures: Mapping[str, Figure] | None = None,
    reporting_year: int | None = None,
) -> Calculation:
    """The results of a year, independent of the order of its lines; a datapoint without lines has none.

    `figures` are those of the same year: in totals, shares and intensities, a value entered by hand takes
    precedence over one from lines, as in the printed declaration. A line with faults does not count, and a
    note says so at each datapoint that it would have led to. With a `reporting_year`, notes name the lines
    whose factor is from a later year.
    """
    year = _YearEvaluation(datapoints, figures or {}, reporting_year)
    year.read(sorted(lines, key=lambda line: (line.id, line.label)), calculators)
    year.add_up()
    for derivation in DERIVATIONS:
        for derived_value in list(derivation(year.sums)):
            year.add_derived(derived_value)
    return Calculation(dict(year.sums.results), tuple(sorted(year.notes, key=_note_order)))


def _note_order(note: CalculationNote) -> tuple[str, str, tuple[int, ...]]:
    return note.datapoint, note.code, note.lines


class _YearEvaluation:
    """Collects usable lines, sums, results and notes."""

    def __init__(
        self, datapoints: Mapping[str, Datapoint], figures: Mapping[str, Figure], reporting_year: int | None
    ) -> None:
        self.datapoints, self.figures = datapoints, figures
        self.reporting_year = reporting_year
        self.notes: list[CalculationNote] = []
        self.usable: list[tuple[CalculatorLine, Activity]] = []
        self.sums = YearSums(self.usable, datapoints, figures, reporting_year)

    def read(self, lines: Iterable[CalculatorLine], calculators: Mapping[str, Calculator]) -> None:
        """Keep the lines without faults, and note the others."""
        for line in lines:
            calculator = calculators.get(line.calculator)
            activity = calculator.activity(line.activity) if calculator else None
            if activity is None:
                self.notes.append(CalculationNote(NoteCode.UNKNOWN_LINE, "", (line.id,)))
            elif line_faults(line, activity):
                self.notes += [
                    CalculationNote(NoteCode.FAULTY_LINE, key, (line.id,))
                    for key in activity.datapoints or ("",)
                ]
            else:
                self.usable.append((line, activity))

    def add_up(self) -> None:
        """Add up the steps of all lines by datapoint, and note lines that should count but cannot."""
        steps: dict[str, list[CalculationStep]] = defaultdict(list)
        missed: dict[str, set[int]] = defaultdict(set)
        for line, activity in self.usable:
            for slot_step in slot_steps(line, activity, self.reporting_year):
                for key in _datapoint_keys(slot_step.slot.datapoint.key, slot_step.slot.category):
                    if slot_step.step:
                        steps[key].append(slot_step.step)
                if slot_step.step is None and slot_step.slot.is_noted:
                    missed[slot_step.slot.datapoint.key].add(line.id)
        for slot, step in list(deducted_means(self.usable, steps, self.reporting_year)):
            for key in _datapoint_keys(slot.datapoint.key, slot.category):
                steps[key].append(step)
        noted = [
            CalculationNote(NoteCode.NOT_COUNTED, key, tuple(sorted(ids))) for key, ids in missed.items()
        ]
        self.notes += noted
        self.notes += origin_notes(self.usable)
        self.notes += upstream_notes(self.usable, steps)
        estimates = {line.id for line, _ in self.usable if line.basis is Basis.ESTIMATE}
        passed_on, credited = overdrawn(self.usable, steps), _credits_above_bills(self.usable, steps)
        for key in sorted(steps):
            if key in credited:
                self.notes.append(CalculationNote(NoteCode.CREDIT_ABOVE, key, credited[key]))
            elif key in passed_on:
                self.notes.append(CalculationNote(NoteCode.BELOW_ZERO, key, passed_on[key]))
            else:
                self._add_sum(key, tuple(steps[key]), estimates)

    def _add_sum(self, key: str, steps: tuple[CalculationStep, ...], estimates: set[int]) -> None:
        exact = sum((step.exact for step in steps), Fraction(0))
        self.notes += factor_notes(key, steps, self.reporting_year)
        cut = {line.id for line, _ in self.usable if line.share_of_year(self.reporting_year) != 1}
        if partly := tuple(sorted(cut & {step.line for step in steps})):
            self.notes.append(CalculationNote(NoteCode.PRO_RATA, key, partly))
        is_estimate = any(step.line in estimates for step in steps)
        self._store_result(CalculationResult(key, _NO_QUANTITY, exact, steps, _quality(is_estimate)))

    def add_derived(self, derived_value: DerivedValue) -> None:
        """Store the value of a formula, or the note why there is none.

        A value that follows only from figures entered by hand is not stored.
        """
        self.notes += [
            CalculationNote(code, derived_value.datapoint, lines) for code, lines in derived_value.notes
        ]
        if derived_value.exact is None or not derived_value.lines:
            return
        by_hand = [term.part.key for term in derived_value.terms if not term.part.lines]
        if by_hand:
            groups = tuple((key, ()) for key in sorted(set(by_hand)))
            self.notes.append(CalculationNote(NoteCode.ENTERED_PART, derived_value.datapoint, (), groups))
        parts = tuple(term.part for term in derived_value.terms)
        quality = _quality(any(term.is_estimate for term in derived_value.terms))
        self._store_result(
            CalculationResult(
                derived_value.datapoint,
                _NO_QUANTITY,
                derived_value.exact,
                (),
                quality,
                (),
                derived_value.formula,
                parts,
            )
        )

    def _store_result(self, result: CalculationResult) -> None:
        """Store the value, rounded in the datapoint's default unit; note one that is too long."""
        point = self.datapoints[result.datapoint]
        exact = in_default_unit(result.exact, point)
        value = rounded_for_figure(exact)
        if value is None:
            self.notes.append(CalculationNote(NoteCode.TOO_LONG, result.datapoint, result.lines))
            return
        notes = tuple(
            sorted((note for note in self.notes if note.datapoint == result.datapoint), key=_note_order)
        )
        quantity = Quantity(value, point.default_unit)
        self.sums.results[result.datapoint] = replace(result, value=quantity, exact=exact, notes=notes)


def _datapoint_keys(datapoint: str, category: str) -> Iterator[str]:
    """The datapoint itself, and that of its category of Scope 3."""
    yield datapoint
    if category in SCOPE_3_CATEGORIES:
        yield SCOPE_3_CATEGORIES[category]


def _quality(is_estimate: bool) -> Quality:
    return Quality.ESTIMATED if is_estimate else Quality.CALCULATED


def _credits_above_bills(
    lines: Sequence[tuple[CalculatorLine, Activity]], steps: Mapping[str, Sequence[CalculationStep]]
) -> Mapping[str, tuple[int, ...]]:
    """The datapoints for which credit notes of a kind are more than its bills, with the lines of the kind."""
    kinds = {line.id: (line.calculator, line.activity) for line, _activity in lines}
    credited = {kinds[line.id] for line, _activity in lines if line.is_credit}
    found: dict[str, tuple[int, ...]] = {}
    for key, of_datapoint in steps.items() if credited else ():
        sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for step in of_datapoint:
            sums[kinds[step.line]] += step.exact
        below = {kind for kind, total in sums.items() if kind in credited and total < 0}
        if below:
            found[key] = tuple(sorted({step.line for step in of_datapoint if kinds[step.line] in below}))
    return found
