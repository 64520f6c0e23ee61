"""Notes who of a team has opened which part of a declaration, for ten minutes."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.store.review import openings

NOTE_EVERY = timedelta(minutes=1)


def note_opening(session: Session, subject: Subject, section: str, *, actor: Actor, now: datetime) -> None:
    """Note that the person opened a part of the submitted version. Raises NotPermitted."""
    require(Permission.REVIEW, actor, subject)
    if actor.user_id and subject.cluster_id and subject.declaration_id:
        openings.write_opening(
            session, actor.user_id, subject.cluster_id, subject.declaration_id, section, at=now
        )
