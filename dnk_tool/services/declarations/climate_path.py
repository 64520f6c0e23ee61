"""Gives a declaration the path to the company's climate goal, if the company takes it in."""

from decimal import Decimal

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.climate_path import DeclaredPath, DeclaredYear
from dnk_tool.domain.measures.climate_goal import to_kilogram
from dnk_tool.services.measures.climate_goals import CompanyPath, path_of_company
from dnk_tool.store.measures import climate_goals
from dnk_tool.store.tables.declarations import Declaration

LARGEST_AMOUNT = Decimal(10**15)  # in t CO2e


def declared_path(session: Session, declaration: Declaration) -> DeclaredPath | None:
    """The path by the figures up to the reporting year; None unless the company takes it in.

    A goal whose base year comes after the reporting year says nothing about it.
    """
    organisation_id, year = declaration.organisation_id, declaration.reporting_year
    goal = climate_goals.stored_goal(climate_goals.goal_row(session, organisation_id)).content
    if goal is None or not goal.is_in_declaration or goal.base_year > year:
        return None
    known = path_of_company(session, organisation_id, until=year)
    return _declared(known) if known is not None and _fits_format(known) else None


def _fits_format(known: CompanyPath) -> bool:
    """Whether a file can hold every amount; what is larger is a slip of the keyboard."""
    amounts = (*known.path.actual, *known.path.with_measures)
    return all(abs(amount) <= LARGEST_AMOUNT for amount in amounts if amount is not None)


def _declared(known: CompanyPath) -> DeclaredPath:
    goal, path = known.goal, known.path
    values = zip(path.years, path.path, path.actual, path.with_measures, strict=True)
    return DeclaredPath(
        base_year=goal.base_year,
        base=goal.base,
        target_year=goal.target_year,
        target=goal.target,
        scope2=goal.scope2.value,
        years=tuple(
            DeclaredYear(year, to_kilogram(line), _rounded(actual), _rounded(expected))
            for year, line, actual, expected in values
        ),
        percent=goal.percent,
        scope3=tuple(sorted(goal.scope3)),
        base_reason=goal.base_reason,
        neutral_year=goal.neutral_year,
        neutrality=goal.neutrality.value if goal.neutrality else "",
        grid=(goal.grid.start, goal.grid.end) if goal.grid else None,
        grid_year=goal.grid.year if goal.grid else None,
        measures=tuple(wedge.text for wedge in path.wedges if wedge.measure is not None),
    )


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else to_kilogram(value)
