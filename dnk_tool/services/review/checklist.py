"""Saves the checklist of a version under review."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.services.review.verdicts import lock_for_review
from dnk_tool.store.review import checklist
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import ChecklistTick


def save_checklist(
    session: Session,
    declaration: Declaration,
    ticked: Collection[ChecklistPoint],
    *,
    seen: Collection[ChecklistPoint],
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> list[ChecklistPoint]:
    """Tick the points, and take the ticks of the others away; returns the points that are open.

    `seen`: the points that the sender had seen ticked. A point that they did not change stays as somebody
    else left it meanwhile. Raises NotPermitted, NotInReview and VersionSuperseded, each before anything is
    written.
    """
    lock_for_review(session, declaration, version, actor)
    known = checklist.ticks(session, declaration.id, declaration.version)
    done = (set(known) | set(ticked) - set(seen)) - (set(seen) - set(ticked))
    for point in done - set(known):
        session.add(
            ChecklistTick(
                declaration_id=declaration.id,
                version=declaration.version,
                point=point,
                checked_at=now,
                checked_by=actor.user_id,
            )
        )
    for point in set(known) - done:
        session.delete(session.get_one(ChecklistTick, (declaration.id, declaration.version, point)))
    session.flush()
    return [point for point in ChecklistPoint if point not in done]
