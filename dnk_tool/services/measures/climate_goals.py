"""Saves and removes a company's climate goal, takes its base year anew, and computes its path."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError, conflict, is_change
from dnk_tool.domain.measures.climate_goal import (
    LARGEST_BASE,
    BaseOrigin,
    ClimateGoal,
    Scope2Method,
    YearEmissions,
    to_kilogram,
    year_emissions,
)
from dnk_tool.domain.measures.path import ClimatePath, climate_path
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.measures import climate_goals, path_figures
from dnk_tool.store.measures.measures import of_company
from dnk_tool.store.tables.climate_goals import ClimateGoalRow

GRID_CARRIERS = frozenset({"electricity"})

FiguresByYear = Mapping[int, Mapping[str, Figure]]


@dataclass(frozen=True, slots=True)
class CompanyPath:
    """A company's goal with its path, and what the goal counts of each year. `version` is the goal's."""

    goal: ClimateGoal
    path: ClimatePath
    emissions: Mapping[int, YearEmissions]
    version: int

    @property
    def base_today(self) -> Decimal | None:
        """What the figures give today for the base year, if that is known and not the goal's base value."""
        known = self.emissions.get(self.goal.base_year)
        if known is None or known.total is None:
            return None
        today = to_kilogram(known.total)
        return None if today == self.goal.base else today


def datapoints() -> Mapping[str, Datapoint]:
    """The datapoints with their units, which are the same in all editions."""
    return load_catalogue(editions()[0]).datapoints


def emissions_by_year(
    figures: FiguresByYear, scope2: Scope2Method, scope3: frozenset[str]
) -> dict[int, YearEmissions]:
    """What a goal of these scopes counts of each year with figures, in t CO2e."""
    points = datapoints()
    return {
        year: year_emissions(of_year, points, scope2, scope3) for year, of_year in sorted(figures.items())
    }


def path_of_company(
    session: Session, organisation_id: int, *, until: int | None = None
) -> CompanyPath | None:
    """The company's goal and path, in three statements; None without a goal.

    `until`: the latest year whose figures are looked at; by default all are.
    """
    stored = climate_goals.stored_goal(climate_goals.goal_row(session, organisation_id))
    goal = stored.content
    if goal is None:
        return None
    figures = path_figures.figures_by_year(session, organisation_id)
    figures = {year: figures[year] for year in figures if until is None or year <= until}
    emissions = emissions_by_year(figures, goal.scope2, goal.scope3)
    path = climate_path(
        goal,
        emissions,
        of_company(session, organisation_id),
        grid_carriers=GRID_CARRIERS,
        uncounted_kinds=uncounted_kinds(),
    )
    return CompanyPath(goal, path, emissions, stored.version)


def uncounted_kinds() -> frozenset[str]:
    """The kinds of measures that enter no path, such as bought green power."""
    return frozenset(key for key, kind in load_measure_kinds().kinds.items() if not kind.counts)


def save_goal(work: Work, organisation_id: int, goal: ClimateGoal, *, seen: int) -> None:
    """Save the goal. `seen`: the version that the sender knew, 0 for none.

    Raises NotPermitted, and ConflictError without writing anything if the goal was changed meanwhile.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_EDIT, work.actor)
    row = climate_goals.goal_row(work.session, organisation_id)
    stored = climate_goals.stored_goal(row)
    if not is_change(stored, seen, goal):
        return
    row = row or ClimateGoalRow(organisation_id=organisation_id, version=0)
    climate_goals.write_goal(work.session, row, goal, by=work.actor.user_id, now=work.now)
    _record(work, organisation_id, stored.content, goal)


def take_base_year(work: Work, organisation_id: int, reason: str, *, seen: int) -> bool:
    """Take what the figures give today as the base year's value, with the reason.

    Returns False where there is nothing to take. Raises NotPermitted, and ConflictError if the goal was
    changed meanwhile.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_EDIT, work.actor)
    known = path_of_company(work.session, organisation_id)
    if known is None or (base := known.base_today) is None or not is_possible_base(known.goal, base):
        return False
    goal = replace(known.goal, base=base, base_origin=BaseOrigin.FIGURES, base_reason=reason)
    save_goal(work, organisation_id, goal, seen=seen)
    return True


def is_possible_base(goal: ClimateGoal, base: Decimal) -> bool:
    """Whether the goal still means a reduction with this value of the base year."""
    return 0 < base <= LARGEST_BASE and (goal.amount is None or goal.amount < base)


def remove_goal(work: Work, organisation_id: int, *, seen: int) -> None:
    """Remove the goal; figures and measures stay. Does nothing without one.

    Raises NotPermitted, and ConflictError if the goal was changed meanwhile.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_EDIT, work.actor)
    row = climate_goals.goal_row(work.session, organisation_id)
    if row is None:
        return
    stored = climate_goals.stored_goal(row)
    if seen != stored.version:
        raise ConflictError(conflict(stored, None))
    work.session.delete(row)
    _record(work, organisation_id, stored.content, None)


def _record(work: Work, organisation_id: int, before: ClimateGoal | None, after: ClimateGoal | None) -> None:
    old, new = _as_texts(before), _as_texts(after)
    changed = {name: [old.get(name, ""), new.get(name, "")] for name in {**old, **new}}
    history.record_event(
        work.session,
        EventKind.CLIMATE_GOAL_SAVED,
        organisation_id=organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        fields={name: both for name, both in changed.items() if both[0] != both[1]},
    )


def _as_texts(goal: ClimateGoal | None) -> dict[str, str]:
    """The fields of the goal as an entry of the activity log keeps them; keys and numbers, no words."""
    if goal is None:
        return {}
    aim = f"{numbers.plain(goal.amount)} t" if goal.amount is not None else _percent(goal.percent)
    grid = goal.grid
    return {
        "climate_base": f"{goal.base_year}: {numbers.plain(goal.base)} t",
        "climate_base_reason": goal.base_reason,
        "climate_target": f"{goal.target_year}: {aim}",
        "climate_scope2": goal.scope2.value,
        "climate_scope3": " ".join(sorted(goal.scope3)),
        "climate_neutral_year": str(goal.neutral_year or ""),
        "climate_neutrality": goal.neutrality.value if goal.neutrality else "",
        "climate_grid": (
            f"{numbers.plain(grid.start)} → {numbers.plain(grid.end)} kg/kWh ({grid.year})" if grid else ""
        ),
        "climate_in_declaration": "1" if goal.is_in_declaration else "",
    }


def _percent(percent: Decimal | None) -> str:
    return f"−{numbers.plain(percent or Decimal(0))} %"
