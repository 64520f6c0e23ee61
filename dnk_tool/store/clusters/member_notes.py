"""Reads and removes the notes of cluster teams about their members."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import MemberNote


def notes_of(session: Session, consent_id: int) -> Sequence[MemberNote]:
    """The notes about a member, latest first."""
    rows = select(MemberNote).where(MemberNote.consent_id == consent_id)
    return session.scalars(rows.order_by(MemberNote.written_at.desc(), MemberNote.id.desc())).all()


def notes_by_consent(session: Session, organisation_id: int) -> Mapping[int, list[MemberNote]]:
    """All notes about a company by consent, latest first, in one statement."""
    rows = select(MemberNote).join(Consent, Consent.id == MemberNote.consent_id)
    rows = rows.where(Consent.organisation_id == organisation_id)
    found: dict[int, list[MemberNote]] = {}
    for note in session.scalars(rows.order_by(MemberNote.written_at.desc(), MemberNote.id.desc())):
        found.setdefault(note.consent_id, []).append(note)
    return found


def delete_notes(session: Session, consent_id: int) -> None:
    """Delete all notes about a member."""
    session.execute(delete(MemberNote).where(MemberNote.consent_id == consent_id))
