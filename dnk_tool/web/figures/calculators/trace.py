"""How a figure came about: each line's quantity times factor, with the factor's source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.evidence import Evidence, EvidenceTarget
from dnk_tool.domain.figures.calculators import (
    CalculationResult,
    CalculationStep,
    FactorSnapshot,
    FormulaPart,
)
from dnk_tool.domain.figures.calculators.activity_quantity import is_measured
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import Language
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.web.evidence.rows import evidence_url
from dnk_tool.web.figures.calculators.bill_period import line_period_text
from dnk_tool.web.figures.calculators.notes import note_text
from dnk_tool.web.figures.calculators.page import entered_text, gases_label
from dnk_tool.web.figures.calculators.routes import blueprint
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.quantities import QuantityFormatter

EvidenceByTarget = Mapping[EvidenceTarget, Sequence[Evidence]]


@dataclass(frozen=True)
class CalculationStepRow:
    """One line's contribution to a figure; `files`: title and address of its evidence.

    `entered`: the numbers on the bill if the quantity is derived from them, such as cubic metres of gas.
    """

    line: int
    calculator: str
    title: str
    quantity: str
    entered: str
    factor: str
    result: str
    used: FactorSnapshot | None
    gases: str
    boundary: str
    category: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormulaPartRow:
    """A value that goes into a formula."""

    label: str
    value: str


@blueprint.get("/spur/<datapoint>")
@permit(Permission.DECLARATION_VIEW)
def trace(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    catalogue = declarations.selection_of(declaration).catalogue
    if datapoint not in catalogue.datapoints:
        abort(404)
    lines = calculator_lines.lines_of(db(), declaration)
    rows = declarations.figure_rows(db(), declaration.organisation_id, declaration.reporting_year)
    figures = {key: declarations.figure_of(row) for key, row in rows.items()}
    calculation = calculator_lines.calculation_of(declaration, lines, figures)
    result = calculation.results.get(datapoint)
    shown = QuantityFormatter(catalogue, current_language())
    files = evidence.by_target(db(), declaration) if result else {}
    return render_template(
        "figures/calculators/trace.html",
        declaration=declaration,
        point=catalogue.datapoints[datapoint],
        result=result,
        value=shown.quantity(result.value) if result else "",
        steps=_steps(result, lines, files, shown, declaration.reporting_year) if result else (),
        files=_file_links(files, EvidenceTarget(datapoint=datapoint)),
        parts=_parts(result, shown) if result else (),
        notes=[note_text(note) for note in result.notes] if result else [],
        figure=shown.figure(figures[datapoint]) if datapoint in figures else "",
        calculators=[
            calculator for calculator in load_calculators().values() if datapoint in calculator.results
        ],
    )


def _steps(
    result: CalculationResult,
    lines: tuple[StoredLine, ...],
    files: EvidenceByTarget,
    shown: QuantityFormatter,
    year: int,
) -> tuple[CalculationStepRow, ...]:
    by_id = {stored.line.id: stored for stored in lines}
    rows = []
    for step in result.steps:
        stored = by_id[step.line]
        line = stored.line
        activity = load_calculators()[line.calculator].activity(line.activity)
        title = activity.label.to(shown.language) if activity else line.activity
        rows.append(
            CalculationStepRow(
                line=line.id,
                calculator=line.calculator,
                title=": ".join(text for text in (title, line.label) if text),
                quantity=shown.entered_quantity(step.in_factor_unit),
                entered=_entered(stored, activity, step, shown, year),
                factor=shown.factor(step.factor) if step.factor else "",
                result=shown.quantity(step.result),
                used=step.factor,
                gases=gases_label(step.factor.gases) if step.factor else "",
                boundary=label_of(step.factor.boundary) if step.factor and step.factor.gases else "",
                category=step.category,
                files=_file_links(files, EvidenceTarget(line=line.id)),
            )
        )
    return tuple(rows)


def _entered(
    stored: StoredLine, activity: Activity | None, step: CalculationStep, shown: QuantityFormatter, year: int
) -> str:
    """The quantities as entered if several of them make up what counts, else ""."""
    slot = activity.slot(step.slot) if activity else None
    if activity is None or slot is None:
        return ""
    follows = slot.share_field or is_measured(activity, stored.line.quantities) or stored.line.period
    texts = (entered_text(stored, activity, shown), line_period_text(stored.line, year))
    return ", ".join(text for text in texts if text) if follows else ""


def _file_links(files: EvidenceByTarget, target: EvidenceTarget) -> tuple[tuple[str, str], ...]:
    """Title and address of the target's files."""
    return tuple((file.label, evidence_url("evidence.open_file", file)) for file in files.get(target, ()))


def _parts(result: CalculationResult, shown: QuantityFormatter) -> tuple[FormulaPartRow, ...]:
    return tuple(
        FormulaPartRow(formula_part_label(part, shown, shown.language), shown.entered_quantity(part.quantity))
        for part in result.parts
    )


def formula_part_label(part: FormulaPart, shown: QuantityFormatter, language: Language) -> str:
    """The label of a formula's part: a figure, or a field of a calculator."""
    point: Datapoint | None = shown.catalogue.datapoints.get(part.key)
    if point:
        return point.label.to(language)
    path, _dot, field_key = part.key.rpartition(".")
    calculator_key, _slash, activity_key = path.partition("/")
    calculator = load_calculators().get(calculator_key)
    activity = calculator.activity(activity_key) if calculator else None
    field = activity.field(field_key) if activity else None
    return f"{activity.label.to(language)}: {field.label.to(language)}" if activity and field else part.key
