"""Content of a figure's page: value, reading, origin, earlier years, and who asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask import abort
from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Sheet, computed_figure
from dnk_tool.domain.figures.material_flow import FLOW_FIGURES
from dnk_tool.domain.figures.site_scope import SiteScope, is_summable
from dnk_tool.domain.figures.states import FigureState, figure_state, lacks_reason
from dnk_tool.domain.figures.updates import is_same_amount
from dnk_tool.language import Language
from dnk_tool.services.editing.editable_content import editable_content
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.calculator_hints import LinesResult, results_of_lines
from dnk_tool.web.figures.figure_list import EARLIER_YEARS, percent_change_text
from dnk_tool.web.figures.warnings import WarningView, warning_views, warnings_by_compared_figure
from dnk_tool.web.text.amounts import (
    amount_text,
    comparable_amounts,
    figure_amount_text,
    other_unit_texts,
    reading_text,
)
from dnk_tool.web.text.labels import quality_of


@dataclass(frozen=True, slots=True)
class EarlierFigureRow:
    """The figure of an earlier year in this year's unit, as `entered` in another, and the change since."""

    year: int
    amount: str
    entered: str
    quality: str
    note: str
    change: str


@dataclass(frozen=True, slots=True)
class FigurePage:
    """One figure of a declaration with all that its page shows. `sheet`: the declaration's answers."""

    sheet: Sheet
    point: Datapoint
    figure: Figure
    version: int
    state: FigureState
    amount: str
    reading: str
    others: tuple[str, ...]
    follows: str
    earlier: tuple[EarlierFigureRow, ...]
    asked_by: tuple[tuple[Requirement, Section], ...]
    scope: SiteScope
    sites: tuple[tuple[str, str], ...]
    lines: LinesResult | None
    lines_amount: str
    is_open: bool
    odd: Sequence[WarningView] = ()

    @property
    def is_result(self) -> bool:
        """Whether the value was calculated rather than entered."""
        return self.figure.value is not None and self.figure.origin is not Origin.ENTERED

    @property
    def lacks_reason(self) -> bool:
        """Whether the figure is not available and no reason is given."""
        return lacks_reason(self.figure)

    @property
    def is_in_flow(self) -> bool:
        """Whether the flow of material is worked out from the figure."""
        return self.point.key in FLOW_FIGURES.values()

    @property
    def adds_up(self) -> bool:
        """Whether the figure can be the sum of the sites' figures."""
        return is_summable(self.point)

    @property
    def missing_sites(self) -> tuple[str, ...]:
        """Sites that the year's figures include and that have no value here."""
        known = {site for site, _amount in self.sites}
        return tuple(site for site in self.scope.included if site not in known)

    @property
    def lines_differ(self) -> bool:
        """Whether the lines give another value, which can be taken over."""
        if self.lines is None or self.figure.origin is Origin.LINES:
            return False
        return not is_same_amount(self.lines.figure, self.figure, self.point.family)


def datapoint_or_404(declaration: Declaration, key: str) -> Datapoint:
    """The datapoint; aborts with 404 if the catalogue does not have it."""
    point = declarations.selection_of(declaration).catalogue.datapoints.get(key)
    if point is None:
        abort(404)
    return point


def figure_page(
    session: Session, declaration: Declaration, point: Datapoint, language: Language
) -> FigurePage:
    """Read and word all that the page shows."""
    content, year = declarations.read_content(session, declaration), declaration.reporting_year
    sheet = replace(content.sheet, figures=content.of_year(year))
    all_lines = lines_of(session, declaration)
    results = results_of_lines(declaration, sheet.figures, all_lines)
    lines = results.get(point.key)
    figure = sheet.figures.get(point.key, NO_FIGURE)
    quantity = figure.quantity
    of_sites = sites.rows_of_figure(session, declaration.organisation_id, year, point.key)
    return FigurePage(
        sheet=content.sheet,
        point=point,
        figure=figure,
        version=content.figure_version(point.key),
        state=figure_state(sheet, point),
        amount=figure_amount_text(point, figure, language),
        reading=reading_text(point, quantity, language),
        others=tuple(other_unit_texts(point, quantity, language)) if quantity else (),
        follows=_computed_amount(sheet, point, language),
        earlier=tuple(_earlier_rows(content, point, figure, year, language)),
        asked_by=tuple(
            (requirement, sheet.selection.section_of[requirement.ref])
            for requirement in sheet.selection.asked_by.get(point.key, ())
        ),
        scope=sites.read_scope(session, declaration.organisation, year),
        sites=tuple(
            (site, amount_text(point, sites.site_quantity(row), language)) for site, row in of_sites.items()
        ),
        lines=lines,
        lines_amount=figure_amount_text(point, lines.figure, language) if lines else "",
        is_open=editable_content(session, declaration).is_open(point.key),
        odd=warnings_by_compared_figure(
            warning_views(session, declaration, content, language, lines=all_lines)
        ).get(point.key, ()),
    )


def _computed_amount(sheet: Sheet, point: Datapoint, language: Language) -> str:
    """The amount by the datapoint's own rule, such as a sum of other figures; "" without one."""
    figure = computed_figure(point, sheet.figures)
    return figure_amount_text(point, figure, language) if figure else ""


def _earlier_rows(
    content: DeclarationContent, point: Datapoint, now: Figure, year: int, language: Language
) -> Iterator[EarlierFigureRow]:
    years = range(year - 1, year - 1 - EARLIER_YEARS, -1)
    figures = [content.of_year(of).get(point.key, NO_FIGURE) for of in years]
    _this_year, *amounts = comparable_amounts(point, [now, *figures], language)
    for of, figure, (amount, entered) in zip(years, figures, amounts, strict=True):
        yield EarlierFigureRow(
            of,
            amount,
            entered,
            quality_of(figure),
            figure.note,
            percent_change_text(point, now, figure, language),
        )
