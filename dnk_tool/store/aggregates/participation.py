"""Reads who takes part in a cluster in a year, without a name and without an answer."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.comparability import section_of
from dnk_tool.domain.aggregates.participation import TakingPart
from dnk_tool.domain.clusters.cockpit import DELIVERED_STATES, member_stage
from dnk_tool.domain.organisation import company_size
from dnk_tool.store.clusters import cockpit_sql, selection_sql
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.tables.declarations import Declaration


def members_taking_part(session: Session, view: ClusterYear) -> Sequence[TakingPart]:
    """Each member that takes part in the year, in one statement, with sector and size if shown."""
    sector, employees, _indicator_set = selection_sql.profile_columns(view)
    rows = session.execute(
        cockpit_sql.select_members(
            view,
            Declaration.state,
            cockpit_sql.is_published().label("is_published"),
            cockpit_sql.is_submitted_here(view).label("is_here"),
            Declaration.progress,
            sector,
            employees,
        ).where(cockpit_sql.takes_part())
    )
    sections: dict[str, str] = {"": ""}
    return [
        TakingPart(
            stage=member_stage(state, is_published=is_published),
            is_submitted=is_here and state in DELIVERED_STATES,
            section=sections.setdefault(its_sector, section_of(its_sector)),
            size=company_size(its_employees),
            progress=progress or {},
        )
        for state, is_published, is_here, progress, its_sector, its_employees in rows
    ]
