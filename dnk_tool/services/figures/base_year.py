"""Recalculates the emissions of the base year by another set of global warming potentials, on request."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.model import Factors
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.calculators import evaluate_lines, line_from_json, with_gwp_set
from dnk_tool.domain.figures.updates import is_same_amount
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.save import FigureSaveOutcome
from dnk_tool.services.work import Work
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.tables.declarations import Declaration

BASE_YEAR_REF, BASE_YEAR_FIGURE = "GRI-SRS-305-1.d", "ghg.scope1.base-year"
_EMISSIONS = "ghg.scope1.gross"


@dataclass(frozen=True)
class BaseYearUpdate:
    """The emissions of the base year as this declaration states them, and by the set of this year.

    `version` is that of the stated figure.
    """

    year: int
    before: Figure
    after: Figure
    version: int


def base_year_update(
    session: Session, declaration: Declaration, content: DeclarationContent, factors: Factors, gwp_set: str
) -> BaseYearUpdate | None:
    """What the lines of the base year give with this set.

    None without a base year, if its emissions were not calculated from lines with potentials, or if they are
    stated so already.
    """
    year = content.sheet.answer(BASE_YEAR_REF).value
    if not gwp_set or not isinstance(year, int) or year >= declaration.reporting_year:
        return None
    if content.of_year(year).get(_EMISSIONS, NO_FIGURE).origin is not Origin.LINES:
        return None
    rows = calculator_lines.rows_of_year(session, declaration.organisation_id, year)
    lines = [line_from_json(row.content, id=row.id) for row in rows]
    if not any(factor and factor.stated_gwp_set for line in lines for factor in line.factors.values()):
        return None
    points = content.sheet.selection.catalogue.datapoints
    calculation = evaluate_lines(
        [with_gwp_set(line, factors, gwp_set) for line in lines],
        load_calculators(),
        datapoints=points,
        reporting_year=year,
    )
    result = calculation.results.get(_EMISSIONS)
    before = content.of_year(declaration.reporting_year).get(BASE_YEAR_FIGURE, NO_FIGURE)
    if result is None or is_same_amount(result.figure, before, points[BASE_YEAR_FIGURE].family):
        return None
    after = replace(before, value=result.value.value, unit=result.value.unit, quality=Quality.CALCULATED)
    return BaseYearUpdate(year, before, after, content.figure_version(BASE_YEAR_FIGURE))


def take_base_year(
    work: Work, declaration: Declaration, update: BaseYearUpdate, *, seen: int
) -> FigureSaveOutcome:
    """Write the recalculated emissions. Raises NotPermitted and Locked."""
    return figure_save.save_figure(work, declaration, BASE_YEAR_FIGURE, update.after, seen=seen)
