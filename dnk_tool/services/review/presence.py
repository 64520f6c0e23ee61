"""Notes who of a team has opened which part of a declaration, for ten minutes."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.domain.review import READING_TIME
from dnk_tool.store.review import team
from dnk_tool.store.tables.review_team import ReviewOpening

NOTE_EVERY = timedelta(minutes=1)


def note_opening(session: Session, subject: Subject, section: str, *, actor: Actor, now: datetime) -> None:
    """Note that the person opened a part of the submitted version; forget what is older than ten minutes.

    Raises NotPermitted.
    """
    require(Permission.REVIEW, actor, subject)
    team.remove_openings(session, before=now - READING_TIME, account_id=actor.user_id)
    session.add(
        ReviewOpening(
            account_id=actor.user_id,
            cluster_id=subject.cluster_id,
            declaration_id=subject.declaration_id,
            section=section,
            opened_at=now,
        )
    )
    session.flush()
