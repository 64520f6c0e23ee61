"""Notes who of a team has opened which part of a declaration, for ten minutes."""

from datetime import timedelta

from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.services.work import Work
from dnk_tool.store.review import openings

NOTE_EVERY = timedelta(minutes=1)


def note_opening(work: Work, subject: Subject, section: str) -> None:
    """Note that the person opened a part of the submitted version. Raises NotPermitted."""
    require(Permission.REVIEW, work.actor, subject)
    if work.actor.user_id and subject.cluster_id and subject.declaration_id:
        openings.write_opening(
            work.session, work.actor.user_id, subject.cluster_id, subject.declaration_id, section, at=work.now
        )
