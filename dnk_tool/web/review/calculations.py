"""How the figures of a submitted version were calculated, from the version's annex."""

from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.catalogue.factors.model import Boundary
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.declarations.annex import AnnexStep, UsedFactor
from dnk_tool.domain.declarations.document import Document
from dnk_tool.labels import stored_label
from dnk_tool.language import Language
from dnk_tool.web.factors import GASES
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.quantities import QuantityFormatter

NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class CalculationRow:
    """One line's contribution to a figure: title, formula and the factor's source."""

    title: str
    text: str
    source: str


@dataclass(frozen=True)
class FigureCalculation:
    """All lines of a datapoint; `is_used`: the figure is their result, not entered by hand."""

    lines: tuple[CalculationRow, ...]
    is_used: bool


def calculations_by_datapoint(document: Document, language: Language) -> dict[str, FigureCalculation]:
    """The calculations by datapoint, their lines in the order of the annex."""
    figures = document.sheet().figures
    return {
        key: FigureCalculation(tuple(lines), key in figures and figures[key].origin is Origin.LINES)
        for key, lines in _rows_by_datapoint(
            document, QuantityFormatter(document.selection.catalogue, language)
        ).items()
    }


def _rows_by_datapoint(document: Document, shown: QuantityFormatter) -> dict[str, list[CalculationRow]]:
    rows: dict[str, list[CalculationRow]] = {}
    for line in document.annex.calculations:
        title = ": ".join(text for text in (line.title, line.label) if text)
        for step in line.steps:
            row = CalculationRow(title, _formula_text(step, shown), _factor_source(step.factor))
            rows.setdefault(step.datapoint, []).append(row)
    return rows


def _formula_text(step: AnnexStep, shown: QuantityFormatter) -> str:
    times = f" × {shown.factor(step.factor)}" if step.factor else ""
    # Keeps a unit such as "t CO₂e" on one line.
    result = shown.quantity(step.result).replace(" ", NO_BREAK)
    return f"{shown.entered_quantity(step.quantity)}{times} ={NO_BREAK}{result}"


def _factor_source(factor: UsedFactor | None) -> str:
    if factor is None:
        return ""
    if not factor.edition:
        return str(_("Eigener Faktor: %(reason)s", reason=factor.reason))
    year = str(factor.data_year) if factor.data_year else ""
    boundary = stored_label(Boundary, factor.boundary, current_language()) if factor.gases else ""
    parts = (factor.name, str(GASES.get(factor.gases, factor.gases)), boundary, year, factor.source)
    return ", ".join(part for part in parts if part)
