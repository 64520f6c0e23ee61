"""Keeps what reviewers write to a company as drafts of their team until a round ends."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.declarations.states import DONE_STATES
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.domain.review import READABLE_AUDIENCES, Audience, ReviewSide
from dnk_tool.domain.text import normalised
from dnk_tool.services.review import remark_rows
from dnk_tool.services.review.errors import DraftAnswered, DraftPublished, ReviewClosed
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.remarks import RemarkThread
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow


@dataclass(frozen=True, slots=True)
class SeenDraft:
    """The draft that a page shows: id of its remark, and the number that it had; 0: none."""

    id: int = 0
    number: int = 0


NO_DRAFT = SeenDraft()


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """What a draft is about: a section, or one of its requirements (`ref`), or the thread that it answers."""

    section: str
    ref: str = ""
    audience: Audience = Audience.SHARED
    thread_id: int | None = None

    @classmethod
    def in_section(
        cls, section: Section, ref: str = "", audience: Audience = Audience.SHARED
    ) -> "DraftPlace":
        """The place of a new thread. Raises ValueError for a `ref` of another section."""
        if ref and ref not in section.refs:
            raise ValueError(ref)
        return cls(section.ref, ref, audience)

    @classmethod
    def in_thread(cls, thread: RemarkThread, draft_id: int = 0) -> "DraftPlace":
        """The place of an answer, or of the draft that begins the thread if that is `draft_id`."""
        answered = None if thread.id == draft_id else thread.id
        return cls(thread.section, thread.ref, thread.audience, answered)


def save_draft(
    work: Work,
    declaration: Declaration,
    place: DraftPlace,
    text: str,
    seen: SeenDraft = NO_DRAFT,
    *,
    version: int,
) -> RemarkRow | None:
    """Keep what a reviewer is typing, as often as a page sends it; publishes nothing, whatever the state.

    A page sends `seen`: id and number of the draft in its field, both 0 at first, and takes over those of
    the row returned. Each reviewer has at most one autosaved draft for a place; a page shows it in its field
    again (`Remark.is_autosaved`, `by`, `ref`). Sent without an id, a text that continues it takes its place,
    such as after a lost response. An empty text deletes an autosaved draft and returns None. A draft that a
    colleague discarded meanwhile is begun again.

    Raises ConflictError (`conflict`: text, number, time and author of what is stored, by a colleague or in
    another window), DraftPublished, ReviewClosed, InvalidRemarkText and NotPermitted; nothing is changed.
    """
    row = _find(work.session, declaration, place, text, seen, actor=work.actor)
    if not normalised(text):
        if row is None or not row.is_autosaved:
            return row
        _require_seen(row, seen, "")
        work.session.delete(row)
        return None
    if row is None:
        row = RemarkRow(
            section=place.section,
            ref=place.ref,
            audience=place.audience,
            thread_id=place.thread_id,
            cluster_id=declaration.cluster_id,
            side=ReviewSide.REVIEWERS,
            version=version,
            is_autosaved=True,
        )
        return remark_rows.insert(work, declaration, row, text)
    _change(row, place, text, seen, version=version, actor=work.actor, now=work.now)
    return row


def finish_draft(
    work: Work, declaration: Declaration, place: DraftPlace, text: str, seen: SeenDraft, *, version: int
) -> RemarkRow | None:
    """Save a draft by a button, changed or not; returns None if there is none, and a new remark is needed.

    It stays a draft while a version is submitted, and is published otherwise. Any reviewer of the cluster may
    change it, and becomes its author. Raises what `save_draft` raises.
    """
    row = _find(work.session, declaration, place, text, seen, actor=work.actor)
    if row is None or not (seen.id or normalised(text).startswith(row.text)):
        return None
    if row.published_at is None:
        _change(row, place, text, seen, version=version, actor=work.actor, now=work.now)
        row.is_autosaved = False
        remark_rows.publish_unless_draft(work.session, declaration, row, now=work.now)
    return row


def discard_draft(session: Session, declaration: Declaration, seen: SeenDraft, *, actor: Actor) -> None:
    """Delete a draft of the team for good; does nothing if it is gone already.

    Raises ConflictError if somebody changed it meanwhile, DraftPublished, NotPermitted, and DraftAnswered if
    a colleague's draft answers it.
    """
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    row = remarks.remark_row(session, declaration.id, declaration.cluster_id, seen.id)
    remark_rows.require_permission(
        session, declaration, row.section if row else "", ReviewSide.REVIEWERS, actor
    )
    if row is None:
        return
    if row.published_at is not None:
        raise DraftPublished(row.thread_id or row.id)
    _require_seen(row, seen, "")
    if remarks.has_answers(session, row.id):
        raise DraftAnswered(row.id)
    session.delete(row)


def publish_drafts(session: Session, declaration: Declaration, *, now: datetime) -> list[RemarkRow]:
    """Publish all drafts to the company that its present cluster has; the caller has locked and permitted."""
    rows = list(remarks.drafts(session, declaration.id, declaration.cluster_id))
    for row in rows:
        remark_rows.publish(session, declaration, row, now=now)
    return rows


def _find(
    session: Session, declaration: Declaration, place: DraftPlace, text: str, seen: SeenDraft, *, actor: Actor
) -> RemarkRow | None:
    """The draft with the seen id, else the one that the actor is typing there, reread after the lock."""
    remark_rows.require_permission(session, declaration, place.section, ReviewSide.REVIEWERS, actor)
    if place.audience not in READABLE_AUDIENCES[ReviewSide.REVIEWERS]:
        raise NotPermitted(place.audience)
    declarations.lock_organisation(session, declaration.organisation_id, declaration)
    if declaration.state in DONE_STATES and place.audience is Audience.SHARED:
        raise ReviewClosed(declaration.state)
    if seen.id:
        row = remarks.remark_row(session, declaration.id, declaration.cluster_id, seen.id)
        if row and row.published_at is not None and row.text != normalised(text):
            raise DraftPublished(row.thread_id or row.id)
        if row:
            return row
    return remarks.autosaved_draft(
        session,
        declaration.id,
        declaration.cluster_id,
        place.section,
        ref=place.ref,
        thread_id=place.thread_id,
        author_id=actor.user_id,
    )


def _change(
    row: RemarkRow,
    place: DraftPlace,
    text: str,
    seen: SeenDraft,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    wanted = normalised(text)
    # A text that continues the stored one loses nothing of it.
    if not wanted.startswith(row.text):
        _require_seen(row, seen, wanted)
    if (wanted, place.ref, place.audience) == (row.text, row.ref, row.audience) or row.published_at:
        return
    remark_rows.set_text(row, text)
    row.number += 1
    row.written_at, row.author_id, row.version = now, actor.user_id, version
    if row.thread_id is None:
        row.ref, row.audience = place.ref, place.audience


def _require_seen(row: RemarkRow, seen: SeenDraft, wanted: str) -> None:
    stored = Stored(row.text, row.number, row.written_at, row.author_id)
    is_change(stored, seen.number if seen.id == row.id else NO_DRAFT.number, wanted)
