"""The annex of a submitted version: reviewed goals, sites, further figures."""

from dataclasses import dataclass

from flask_babel import gettext as _

from dnk_tool.domain import precision
from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.declarations.annex import FurtherFigure, ReviewedGoal
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.web.review.evidence import FileLink, FileLinks
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.quantities import QuantityFormatter

RESULT_QUALITIES = (Quality.CALCULATED, Quality.ESTIMATED)


@dataclass(frozen=True)
class FurtherFigureRow:
    """A figure for which the standard does not ask. `files`: its evidence."""

    label: str
    value: str
    remark: str
    files: tuple[FileLink, ...] = ()


def earlier_goals_by_aspect(document: Document) -> dict[str, list[tuple[str, ReviewedGoal]]]:
    """Reviewed goals of an earlier year, each with its outcome as a label, by aspect."""
    goals: dict[str, list[tuple[str, ReviewedGoal]]] = {}
    known = {outcome.value: label_of(outcome) for outcome in GoalOutcome}
    for goal in document.annex.goals:
        goals.setdefault(goal.ref, []).append((known.get(goal.outcome, goal.outcome), goal))
    return goals


def scope_rows(document: Document) -> list[tuple[str, str]]:
    """Label and text about the included sites; empty if the annex says nothing about them."""
    scope = document.annex.scope
    said = (
        (_("Standorte in den Zahlen"), ", ".join(scope.sites)),
        (_("Nicht in den Zahlen"), ", ".join(scope.left_out)),
        (_("Neu gegenüber dem Vorjahr"), ", ".join(scope.added)),
        (_("Nicht mehr dabei"), ", ".join(scope.dropped)),
        (_("Änderung gegenüber dem Vorjahr"), scope.note),
    )
    return [(str(label), text) for label, text in said if text]


def further_figure_rows(document: Document, files: FileLinks, language: Language) -> list[FurtherFigureRow]:
    """Rows of the further figures, in the order of the annex."""
    points = document.selection.catalogue.datapoints
    shown = QuantityFormatter(document.selection.catalogue, language)
    return [
        FurtherFigureRow(
            label=points[figure.datapoint].label.to(language)
            if figure.datapoint in points
            else figure.datapoint,
            value=shown.quantity(_readable_quantity(figure), is_exact=True),
            remark="; ".join(part for part in (_quality(figure), figure.note) if part),
            files=tuple(files.get(figure.datapoint, ())),
        )
        for figure in document.annex.figures
    ]


def _readable_quantity(further_figure: FurtherFigure) -> Quantity:
    is_result = further_figure.quality in RESULT_QUALITIES
    return (precision.shown if is_result else precision.as_typed)(further_figure.quantity)


def _quality(further_figure: FurtherFigure) -> str:
    return (
        label_of(Quality(further_figure.quality))
        if further_figure.quality in {quality.value for quality in Quality}
        else ""
    )
