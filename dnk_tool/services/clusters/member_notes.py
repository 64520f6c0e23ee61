"""Writes, changes and deletes the notes of a cluster's team about a member that allows them."""

from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, Subject, can, require
from dnk_tool.domain.text import normalised
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import choices
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.consents import MemberNote

MAX_NOTE_LENGTH = 2_000


class NotesNotAllowed(Exception):
    """The member does not allow notes, or not any more."""


class NoText(ValueError):
    """The note is empty or longer than MAX_NOTE_LENGTH characters."""


def write_note(work: Work, consent: Consent, text: str) -> MemberNote:
    """Add a note about a member, as somebody of the team.

    Raises NotPermitted, NotesNotAllowed and NoText.
    """
    _require_notes(work.session, consent, work.actor)
    note = MemberNote(
        consent_id=consent.id, text=_checked(text), written_at=work.now, author_id=work.actor.user_id
    )
    work.session.add(note)
    work.session.flush()
    return note


def change_note(work: Work, consent: Consent, note: MemberNote, text: str) -> None:
    """Change an own note. Raises NotPermitted, also for another's note, NotesNotAllowed and NoText."""
    _require_notes(work.session, consent, work.actor)
    if note.author_id != work.actor.user_id:
        raise NotPermitted(Permission.CLUSTER_VIEW)
    text = _checked(text)
    if text != note.text:
        note.text, note.changed_at = text, work.now


def delete_note(session: Session, consent: Consent, note: MemberNote, *, actor: Actor) -> None:
    """Delete a note, as its author or as a manager. Raises NotPermitted and NotesNotAllowed."""
    _require_notes(session, consent, actor)
    if not may_delete(note, consent, actor):
        raise NotPermitted(Permission.CLUSTER_LEAD)
    session.delete(note)


def allows_notes(session: Session, consent: Consent) -> bool:
    """Whether the member allows notes and attendance now."""
    return ConsentChoice.SUPPORT in choices.choices_of(session, consent.id)


def may_delete(note: MemberNote, consent: Consent, actor: Actor) -> bool:
    """Whether the person wrote the note or manages the cluster."""
    is_lead = can(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=consent.cluster_id))
    return is_lead or (note.author_id is not None and note.author_id == actor.user_id)


def _require_notes(session: Session, consent: Consent, actor: Actor) -> None:
    require(Permission.CLUSTER_VIEW, actor, Subject(cluster_id=consent.cluster_id))
    clusters.lock(session, consent.cluster_id)
    if not allows_notes(session, consent):
        raise NotesNotAllowed(consent.id)


def _checked(text: str) -> str:
    text = normalised(text).strip()
    if not text or len(text) > MAX_NOTE_LENGTH:
        raise NoText(text)
    return text
