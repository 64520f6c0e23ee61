"""Content of the calculators' pages: lines, results and notes, and figures that differ from results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, Calculator
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Section
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.calculators import (
    Calculation,
    CalculationNote,
    CalculationResult,
    CalculatorLine,
)
from dnk_tool.domain.figures.updates import is_same_amount
from dnk_tool.labels import CREDIT_NOTE
from dnk_tool.language import translations
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.web.factors import GASES
from dnk_tool.web.figures.calculators.bill_period import line_period_text
from dnk_tool.web.figures.calculators.notes import ALERT_CODES, note_text
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.quantities import QuantityFormatter

# A note names at most so many lines.
MAX_NAMED_LINES = 3


@dataclass(frozen=True)
class LineListRow:
    """A line in a list: activity, quantities, results, and whether a measure can begin with it."""

    stored: StoredLine
    activity: Activity
    title: str
    quantity: str
    results: tuple[tuple[str, str], ...]
    period: str = ""
    can_be_measure: bool = False


@dataclass(frozen=True)
class ResultRow:
    """A result beside its figure. `entered`: a different value that was entered by hand.

    Without a `value` the lines give no result yet, and the `notes` say why.
    """

    datapoint: Datapoint
    value: str
    lines: int
    notes: tuple[str, ...]
    entered: str = ""
    version: int = 0
    is_asked: bool = True


def line_rows(
    calculator: Calculator,
    lines: Sequence[StoredLine],
    calculation: Calculation,
    shown: QuantityFormatter,
    year: int,
) -> tuple[LineListRow, ...]:
    """The lines of one calculator, in the order in which they were created."""
    return tuple(
        LineListRow(
            line,
            activity,
            activity.label.to(shown.language),
            entered_text(line, activity, shown),
            tuple(_results_of(line, activity, calculation, shown)),
            line_period_text(line.line, year),
            load_measure_kinds().has_activity(line.line.activity),
        )
        for line in lines
        if line.line.calculator == calculator.key and (activity := calculator.activity(line.line.activity))
    )


def entered_text(stored: StoredLine, activity: Activity, shown: QuantityFormatter) -> str:
    """The quantities of a line: the main one plain, the others with their label."""
    return quantities_text(stored.line, activity, shown)


def quantities_text(line: CalculatorLine, activity: Activity, shown: QuantityFormatter) -> str:
    """The quantities of a line that may not be stored yet, as `entered_text`."""
    texts = []
    for field in activity.fields:
        quantity = line.quantities.get(field.key)
        if quantity is not None:
            text = shown.field_value(quantity)
            is_plain = field.key == QUANTITY_FIELD and field is activity.fields[0]
            texts.append(text if is_plain else f"{field.label.to(shown.language)}: {text}")
    said = ", ".join(texts)
    return f"{translations(shown.language).gettext(CREDIT_NOTE)}: {said}" if line.is_credit else said


def _results_of(
    stored: StoredLine, activity: Activity, calculation: Calculation, shown: QuantityFormatter
) -> Iterator[tuple[str, str]]:
    """Yield slot and result of each contribution of a line, without repetitions."""
    told = set()
    for _key, step in calculation.steps_of(stored.line.id):
        slot = activity.slot(step.slot)
        if slot and (slot.key, step.result) not in told:
            told.add((slot.key, step.result))
            yield slot.label.to(shown.language), shown.quantity(step.result)


def result_rows(
    calculator: Calculator,
    calculation: Calculation,
    figures: Mapping[str, Figure],
    versions: Mapping[str, int],
    asked: frozenset[str],
    names: Mapping[int, str],
    shown: QuantityFormatter,
) -> tuple[ResultRow, ...]:
    """The calculator's results, those first that the declaration asks for, else in catalogue order."""
    rows = [
        _result_row(
            calculation.results[key], figures.get(key, NO_FIGURE), versions.get(key, 0), asked, names, shown
        )
        for key in calculator.results
        if key in calculation.results
    ]
    rows += [
        ResultRow(shown.catalogue.datapoints[key], "", 0, notes, is_asked=key in asked)
        for key in calculator.results
        if key not in calculation.results and (notes := _alerts(calculation.notes, key, names))
    ]
    order = {key: place for place, key in enumerate(shown.catalogue.datapoints)}
    return tuple(sorted(rows, key=lambda row: (not row.is_asked, order[row.datapoint.key])))


def asking_sections(calculator: Calculator, selection: Selection) -> tuple[tuple[Section, str], ...]:
    """The sections that ask for the calculator's results, each with the first point that does."""
    asking = {r.ref for key in calculator.results for r in selection.asked_by.get(key, ())}
    firsts = {
        section.ref: next((r.ref for r in section.all_requirements if r.ref in asking), "")
        for section in selection.sections
    }
    return tuple((section, firsts[section.ref]) for section in selection.sections if firsts[section.ref])


def result_notes(
    calculator: Calculator, calculation: Calculation, shown: QuantityFormatter
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Notes that inform about the results, each once, with the labels of its figures."""
    about: dict[str, list[str]] = {}
    for key in calculator.results:
        result = calculation.results.get(key)
        for note in result.notes if result else ():
            if note.code not in ALERT_CODES:
                label = shown.catalogue.datapoints[key].label.to(shown.language)
                about.setdefault(note_text(note), []).append(label)
    return tuple((text, tuple(labels)) for text, labels in about.items() if text)


def line_names(lines: Sequence[StoredLine], shown: QuantityFormatter) -> Mapping[int, str]:
    """Activity and label of each line, by id."""
    names = {}
    for line in (stored.line for stored in lines):
        calculator = load_calculators().get(line.calculator)
        activity = calculator.activity(line.activity) if calculator else None
        kind = activity.label.to(shown.language) if activity else line.activity
        names[line.id] = ": ".join(text for text in (kind, line.label) if text)
    return names


def _alerts(notes: Sequence[CalculationNote], datapoint: str, names: Mapping[int, str]) -> tuple[str, ...]:
    """Notes about a datapoint that ask for a check, each with the first lines concerned."""
    texts = []
    for note in notes:
        if note.datapoint == datapoint and note.code in ALERT_CODES:
            about = [names[line] for line in note.lines if line in names]
            more = ["…"] if len(about) > MAX_NAMED_LINES else []
            listed = f" ({'; '.join(about[:MAX_NAMED_LINES] + more)})" if about else ""
            texts.append(note_text(note) + listed)
    return tuple(texts)


def _result_row(
    result: CalculationResult,
    figure: Figure,
    version: int,
    asked: frozenset[str],
    names: Mapping[int, str],
    shown: QuantityFormatter,
) -> ResultRow:
    datapoint = shown.catalogue.datapoints[result.datapoint]
    is_other = (
        figure.is_stated
        and figure.origin is not Origin.LINES
        and not is_same_amount(figure, result.figure, datapoint.family)
    )
    entered = (shown.figure(figure) or label_of(Quality.NOT_AVAILABLE)) if is_other else ""
    return ResultRow(
        datapoint=datapoint,
        value=shown.quantity(result.value),
        lines=len(result.lines),
        notes=_alerts(result.notes, datapoint.key, names),
        entered=entered,
        version=version,
        is_asked=datapoint.key in asked,
    )


def gases_label(gases: str) -> str:
    """The gases that a factor counts, worded as on the page of factors."""
    return str(GASES.get(gases, gases))
