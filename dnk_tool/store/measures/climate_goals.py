"""Reads and writes a company's climate goal."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.editing.versions import Stored
from dnk_tool.domain.measures.climate_goal import ClimateGoal, GridAssumption
from dnk_tool.store.tables.climate_goals import ClimateGoalRow


def goal_row(session: Session, organisation_id: int) -> ClimateGoalRow | None:
    """The goal of the company as a row to change, reread; None without one."""
    return session.scalar(
        select(ClimateGoalRow).where(ClimateGoalRow.organisation_id == organisation_id),
        execution_options={"populate_existing": True},
    )


def stored_goal(row: ClimateGoalRow | None) -> Stored[ClimateGoal | None]:
    """The goal with its version and last change; without a row, None that was never stored."""
    if row is None:
        return Stored(None)
    return Stored(_goal_of(row), row.version, row.changed_at, row.changed_by)


def _goal_of(row: ClimateGoalRow) -> ClimateGoal:
    grid = None
    if row.grid_start is not None and row.grid_end is not None and row.grid_year is not None:
        grid = GridAssumption(row.grid_start, row.grid_end, row.grid_year)
    return ClimateGoal(
        base_year=row.base_year,
        base=row.base,
        target_year=row.target_year,
        percent=row.percent,
        amount=row.amount,
        scope2=row.scope2,
        scope3=frozenset(row.scope3),
        base_origin=row.base_origin,
        base_reason=row.base_reason,
        neutral_year=row.neutral_year,
        neutrality=row.neutrality,
        grid=grid,
        is_in_declaration=row.is_in_declaration,
    )


def write_goal(
    session: Session, row: ClimateGoalRow, goal: ClimateGoal, *, by: int | None, now: datetime
) -> None:
    """Store the goal as the row's next version."""
    row.base_year, row.base = goal.base_year, goal.base
    row.base_origin, row.base_reason = goal.base_origin, goal.base_reason
    row.target_year, row.percent, row.amount = goal.target_year, goal.percent, goal.amount
    row.scope2, row.scope3 = goal.scope2, sorted(goal.scope3)
    row.neutral_year, row.neutrality = goal.neutral_year, goal.neutrality
    row.grid_start = goal.grid.start if goal.grid else None
    row.grid_end = goal.grid.end if goal.grid else None
    row.grid_year = goal.grid.year if goal.grid else None
    row.is_in_declaration = goal.is_in_declaration
    row.version = (row.version or 0) + 1
    row.changed_at, row.changed_by = now, by
    session.add(row)
