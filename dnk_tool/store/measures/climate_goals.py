"""Reads and writes a company's climate goal."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Stored
from dnk_tool.domain.measures.climate_goal import ClimateGoal, GridAssumption
from dnk_tool.store.tables.climate_goals import ClimateGoalRow

# What a row holds as the goal says it.
FIELDS = (
    *("base_year", "base", "base_origin", "base_reason", "target_year", "percent", "amount"),
    *("scope2", "neutral_year", "neutrality", "is_in_declaration"),
)


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
    said = {name: getattr(row, name) for name in FIELDS}
    return ClimateGoal(scope3=frozenset(row.scope3), grid=grid, **said)


def write_goal(
    session: Session, row: ClimateGoalRow, goal: ClimateGoal, *, by: int | None, now: datetime
) -> None:
    """Store the goal as the row's next version."""
    for name in FIELDS:
        setattr(row, name, getattr(goal, name))
    row.scope3 = sorted(goal.scope3)
    row.grid_start = goal.grid.start if goal.grid else None
    row.grid_end = goal.grid.end if goal.grid else None
    row.grid_year = goal.grid.year if goal.grid else None
    row.version = (row.version or 0) + 1
    row.changed_at, row.changed_by = now, by
    session.add(row)
