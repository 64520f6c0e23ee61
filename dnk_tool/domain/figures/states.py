"""Decides how far a figure is, for the list of figures and its filters."""

from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality, Sheet, computed_figure
from dnk_tool.domain.figures.applicability import does_not_apply, is_not_applicable


class FigureState(StrEnum):
    """The state of a figure. All but OPEN and BEGUN are full answers."""

    OPEN = "open"
    BEGUN = "begun"
    ENTERED = "entered"
    FROM_LINES = "from-lines"
    FROM_SITES = "from-sites"
    FOLLOWS = "follows"
    NOT_AVAILABLE = "not-available"
    NOT_APPLICABLE = "not-applicable"
    EXPLAINED = "explained"


UNFINISHED_STATES = frozenset({FigureState.OPEN, FigureState.BEGUN})

_BY_ORIGIN = {
    Origin.ENTERED: FigureState.ENTERED,
    Origin.LINES: FigureState.FROM_LINES,
    Origin.SITES: FigureState.FROM_SITES,
}


def lacks_reason(figure: Figure) -> bool:
    """Whether the figure is called not available without a reason."""
    return figure.quality is Quality.NOT_AVAILABLE and figure.value is None and not figure.note


def figure_state(sheet: Sheet, datapoint: Datapoint) -> FigureState:
    """The state of the figure in its declaration.

    It is explained if it has no value and every requirement that asks for it is explained; it does not apply
    if the reason says so.
    """
    figure = sheet.figures.get(datapoint.key, NO_FIGURE)
    if figure.value is not None:
        return _BY_ORIGIN[figure.origin]
    asked_by = sheet.selection.asked_by.get(datapoint.key, ())
    if asked_by and all(sheet.is_explained(requirement) for requirement in asked_by):
        return FigureState.NOT_APPLICABLE if does_not_apply(sheet, datapoint) else FigureState.EXPLAINED
    if figure.quality is Quality.NOT_AVAILABLE:
        return _missing_state(figure)
    if computed_figure(datapoint, sheet.figures):
        return FigureState.FOLLOWS
    return FigureState.OPEN if figure.is_empty else FigureState.BEGUN


def _missing_state(figure: Figure) -> FigureState:
    if lacks_reason(figure):
        return FigureState.BEGUN
    return FigureState.NOT_APPLICABLE if is_not_applicable(figure) else FigureState.NOT_AVAILABLE
