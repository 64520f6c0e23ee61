"""Reads the figures that the path to a climate goal needs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.measures.climate_goal import (
    ELECTRICITY,
    SCOPE1,
    SCOPE3_CATEGORIES,
    SCOPE3_WHOLE,
    Scope2Method,
)
from dnk_tool.store.declarations.queries import figure_of
from dnk_tool.store.tables.figures import FigureRow

# Every figure that some goal may need.
FIGURES = (
    SCOPE1,
    *(method.datapoint for method in Scope2Method),
    SCOPE3_WHOLE,
    *SCOPE3_CATEGORIES,
    ELECTRICITY,
)


def figures_by_year(session: Session, organisation_id: int) -> dict[int, dict[str, Figure]]:
    """The company's figures that a goal may need, by year and datapoint, in one statement."""
    wanted = FigureRow.organisation_id == organisation_id, FigureRow.datapoint.in_(FIGURES)
    found: dict[int, dict[str, Figure]] = {}
    for row in session.scalars(select(FigureRow).where(*wanted)):
        found.setdefault(row.year, {})[row.datapoint] = figure_of(row)
    return found
