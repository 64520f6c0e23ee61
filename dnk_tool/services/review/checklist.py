"""Saves the checklist of a version under review."""

from collections.abc import Collection

from dnk_tool.domain.review import ChecklistPoint
from dnk_tool.services.review.verdicts import lock_for_review
from dnk_tool.services.work import Work
from dnk_tool.store.review import checklist
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import ChecklistTick


def save_checklist(
    work: Work,
    declaration: Declaration,
    ticked: Collection[ChecklistPoint],
    *,
    seen: Collection[ChecklistPoint],
    version: int | None = None,
) -> list[ChecklistPoint]:
    """Tick the points, and take the ticks of the others away; returns the points that are open.

    `seen`: the points that the sender had seen ticked. A point that they did not change stays as somebody
    else left it meanwhile. Raises NotPermitted, NotInReview and VersionSuperseded, each before anything is
    written.
    """
    lock_for_review(work.session, declaration, version, work.actor)
    known = checklist.ticks(work.session, declaration.id, declaration.version)
    done = (set(known) | set(ticked) - set(seen)) - (set(seen) - set(ticked))
    for point in done - set(known):
        work.session.add(
            ChecklistTick(
                declaration_id=declaration.id,
                version=declaration.version,
                point=point,
                checked_at=work.now,
                checked_by=work.actor.user_id,
            )
        )
    for point in set(known) - done:
        work.session.delete(work.session.get_one(ChecklistTick, (declaration.id, declaration.version, point)))
    work.session.flush()
    return [point for point in ChecklistPoint if point not in done]
