"""Decides how far a figure is, for the list of figures and its filters.

Tells a figure that does not apply from one that is missing, by what the company says about it.

The format has no state of its own for it: the chosen reason of an explanation says so, or the first words of
the reason why a figure is not available.
"""

import re
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality, Sheet, computed_figure

NOT_APPLICABLE_REASON = "not-applicable"  # the key of the reason in catalogue.yaml
_SAID = re.compile(
    r"\s*(?:(?:das|dies|diese \w+|die \w+) )?"
    r"(?:entfällt|entfallen|trifft (?:\w+ ){0,3}nicht zu|nicht anwendbar"
    r"|(?:this )?does not apply|not applicable)"
    r"(?!\w)",
    re.IGNORECASE,
)


def is_not_applicable(figure: Figure) -> bool:
    """Whether the reason for a missing value begins with "entfällt", "trifft nicht zu" or the like."""
    is_missing = figure.value is None and figure.quality is Quality.NOT_AVAILABLE
    return is_missing and _SAID.match(figure.note) is not None


def is_explained_as_not_applicable(sheet: Sheet, requirement: Requirement) -> bool:
    """Whether the company explains the requirement with the reason that it does not apply."""
    return sheet.is_explained(requirement) and sheet.answer(requirement.ref).reason == NOT_APPLICABLE_REASON


def does_not_apply(sheet: Sheet, datapoint: Datapoint) -> bool:
    """Whether no requirement that asks for the figure applies to the company."""
    asked_by = sheet.selection.asked_by.get(datapoint.key, ())
    return bool(asked_by) and all(is_explained_as_not_applicable(sheet, each) for each in asked_by)


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
        if lacks_reason(figure):
            return FigureState.BEGUN
        return FigureState.NOT_APPLICABLE if is_not_applicable(figure) else FigureState.NOT_AVAILABLE
    if computed_figure(datapoint, sheet.figures):
        return FigureState.FOLLOWS
    return FigureState.OPEN if figure.is_empty else FigureState.BEGUN
