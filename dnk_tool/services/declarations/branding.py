"""Reads and saves a company's branding (accent and pictures), and reads that of frozen versions."""

from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Stored, is_change
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import branding
from dnk_tool.store.declarations.branding import StoredBranding
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.organisations import Organisation


def company_branding(session: Session, organisation_id: int) -> tuple[Branding, int]:
    """The branding of drafts, and its version for optimistic locking."""
    stored_branding = branding.of_company(session, organisation_id)
    return _branding_of(stored_branding), stored_branding.version


def version_branding(session: Session, snapshot: Snapshot) -> Branding:
    """The branding that the version was frozen with; it never changes."""
    stored_branding = branding.of_version(session, snapshot.id)
    return _branding_of(stored_branding)


def change_branding(work: Work, organisation: Organisation, look: Branding, *, seen: int) -> None:
    """Save the branding of drafts; frozen versions keep theirs.

    `seen`: the version that the sender had seen. Raises NotPermitted, and ConflictError before anything is
    written.
    """
    lock_company(work.session, organisation.id, Permission.ORGANISATION_EDIT, work.actor)
    before, version = company_branding(work.session, organisation.id)
    if not is_change(Stored(before, version), seen, look):
        return
    branding.save(
        work.session,
        organisation.id,
        accent=look.accent,
        logo=look.logo,
        has_questions=look.has_questions,
        portrait=look.portrait,
    )
    history.record_event(
        work.session,
        EventKind.PROFILE_CHANGED,
        organisation_id=organisation.id,
        actor_id=work.actor.user_id,
        now=work.now,
        fields=_differences(before, look),
    )


def _branding_of(stored: StoredBranding) -> Branding:
    return Branding(stored.accent, stored.logo, stored.has_questions, stored.portrait)


def _differences(before: Branding, after: Branding) -> dict[str, list[Any]]:
    """The changed fields: accent and questions with old and new value, pictures without values."""
    fields: dict[str, list[Any]] = {}
    if before.accent != after.accent:
        fields["accent"] = [before.accent, after.accent]
    if before.logo != after.logo:
        fields["logo"] = []
    if before.portrait != after.portrait:
        fields["portrait"] = []
    if before.has_questions != after.has_questions:
        fields["has_questions"] = [before.has_questions, after.has_questions]
    return fields
