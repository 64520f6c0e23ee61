"""Finds the value that a declaration states for a figure and year, or why there is none."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.declarations.annex import FurtherFigure
from dnk_tool.domain.declarations.scope3_parts import reckoned_categories
from dnk_tool.domain.figures.one_unit import YearValue, comparable_values, figure_in_unit
from dnk_tool.domain.figures.states import does_not_apply, is_not_applicable
from dnk_tool.domain.quantities import Quantity, from_base, in_base
from dnk_tool.labels import NOT_APPLICABLE, QUALITY
from dnk_tool.report.text.typography import with_no_break_spaces
from dnk_tool.report.view.context import RenderContext

ALL_SCOPES = "ghg.total"


class FigureAvailability(Enum):
    """Whether a value is printed, and if not, why."""

    GIVEN = "given"
    EXPLAINED = "explained"
    NOT_APPLICABLE = "not-applicable"
    NOT_AVAILABLE = "not-available"
    OPEN = "open"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A figure of one year as chapters and annex print it."""

    figure: Figure
    availability: FigureAvailability

    @property
    def quantity(self) -> Quantity | None:
        """The value rounded for reading, with its unit; None unless it is printed."""
        return self.figure.readable if self.availability is FigureAvailability.GIVEN else None


def reported_figure(key: str, source: RenderContext, year: int | None = None) -> ReportedFigure:
    """The figure of a datapoint, by default of the reporting year.

    Figures that the company explains instead of reporting have no value here, even if one was entered before.
    Figures that the standard does not ask for come from the annex, for the reporting year only.
    """
    document = source.document
    wanted = document.reporting_year if year is None else year
    point = document.selection.catalogue.datapoints.get(key)
    asked_by = document.selection.asked_by.get(key, ())
    if point is None or not asked_by:
        further = _annex_figure(key, source) if wanted == document.reporting_year else NO_FIGURE
        return ReportedFigure(
            further, FigureAvailability.GIVEN if further.is_stated else FigureAvailability.NOT_ASKED
        )
    if all(source.sheet.is_explained(requirement) for requirement in asked_by):
        is_moot = does_not_apply(source.sheet, point)
        return ReportedFigure(
            NO_FIGURE, FigureAvailability.NOT_APPLICABLE if is_moot else FigureAvailability.EXPLAINED
        )
    sheet = source.sheets.get(wanted)
    figure = sheet.figure(point) if sheet else NO_FIGURE
    if figure.value is None or figure.unit not in point.family.units:
        return ReportedFigure(NO_FIGURE, _missing_availability(figure))
    return ReportedFigure(figure, FigureAvailability.GIVEN)


def _missing_availability(figure: Figure) -> FigureAvailability:
    if is_not_applicable(figure):
        return FigureAvailability.NOT_APPLICABLE
    is_said = figure.quality is Quality.NOT_AVAILABLE
    return FigureAvailability.NOT_AVAILABLE if is_said else FigureAvailability.OPEN


def values_by_year(key: str, source: RenderContext) -> dict[int, YearValue]:
    """The values of all years shown, the reporting year first, in its unit; none that is not reported."""
    figures = {year: reported_figure(key, source, year).figure for year in source.sheets}
    point = source.document.selection.catalogue.datapoints[key]
    return dict(zip(figures, comparable_values([*figures.values()], point.family), strict=True))


def _annex_figure(key: str, source: RenderContext) -> Figure:
    """A further figure of the annex; NO_FIGURE if there is none."""
    for further in source.document.annex.figures:
        if further.datapoint == key:
            return in_common_unit(stated_figure(further), key, source)
    return NO_FIGURE


def stated_figure(further: FurtherFigure) -> Figure:
    """A further figure of the annex as a figure; a calculated or estimated one follows from lines."""
    is_result = further.quality in (Quality.CALCULATED, Quality.ESTIMATED)
    return Figure(
        further.quantity.value,
        further.quantity.unit,
        Quality.CALCULATED if further.quality == Quality.CALCULATED else None,
        origin=Origin.LINES if is_result else Origin.ENTERED,
    )


def in_common_unit(figure: Figure, key: str, source: RenderContext) -> Figure:
    """The figure of a datapoint in the unit of the document for it; as it is if there is none."""
    point = source.document.selection.catalogue.datapoints.get(key)
    unit = source.units.get(point.family.key) if point else None
    return figure_in_unit(figure, unit, point.family) if point and unit else figure


def availability_label(standing: FigureAvailability, source: RenderContext) -> str:
    """The reason why there is no value; empty if there is one or it was not asked for."""
    _ = source.words.gettext
    labels = {
        FigureAvailability.EXPLAINED: _("begründet statt berichtet"),
        FigureAvailability.NOT_APPLICABLE: _(NOT_APPLICABLE),
        FigureAvailability.NOT_AVAILABLE: _(QUALITY[Quality.NOT_AVAILABLE]),
        FigureAvailability.OPEN: _("noch offen"),
    }
    return labels.get(standing, "")


def figure_label(key: str, source: RenderContext) -> str:
    """The catalogue's label of a figure."""
    return with_no_break_spaces(
        source.words.catalogue_text(source.document.selection.catalogue.datapoints[key].printed)
    )


def scope3_note(key: str, source: RenderContext) -> str:
    """What is in Scope 3 of a figure that adds up all three scopes; empty for another figure."""
    if key != ALL_SCOPES and not key.startswith(f"{ALL_SCOPES}-"):
        return ""
    _ = source.words.gettext
    names = [source.words.bound_text(name) for name in reckoned_categories(source.document)]
    if not names:
        return _("Welche Teile von Scope 3 darin sind, ist nicht angegeben.")
    return _("Aus Scope 3 sind darin: %(categories)s.") % {"categories": "; ".join(names)}


def value_with_unit(quantity: Quantity, point: Datapoint, source: RenderContext) -> str:
    """The exact value with its unit as the language writes it."""
    return source.words.quantity(quantity, point.family.units.get(quantity.unit))


def sum_quantities(quantities: list[Quantity], point: Datapoint) -> tuple[Fraction, Quantity]:
    """The exact sum in the base unit, and the sum for reading in the common or else the default unit."""
    total = sum((in_base(quantity, point.family.units) for quantity in quantities), Fraction(0))
    units = {quantity.unit for quantity in quantities}
    unit = units.pop() if len(units) == 1 else point.default_unit
    value = from_base(total, unit, point.family)
    return total, Quantity(numbers.short(value) if len(quantities) > 1 else value, unit)
