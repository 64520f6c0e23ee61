"""Reads which energy a company uses, to find examples that may fit it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.figures import LineRow


def used_activities(session: Session, organisation_id: int, *, since: int) -> frozenset[str]:
    """The activities of the company's lines of calculators since a year, in one statement."""
    activity = LineRow.content["activity"].as_string()
    wanted = LineRow.organisation_id == organisation_id, LineRow.year >= since, LineRow.removed_at.is_(None)
    found = session.scalars(select(activity).where(*wanted).distinct())
    return frozenset(name for name in found if name)
