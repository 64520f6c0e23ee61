"""Decides how a company's declarations look: its accent and its logo, as finished versions keep them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.report.view.branding import Look
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import branding
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Organisation, Snapshot

LARGEST_LOGO = 5_000_000  # bytes of the file that is sent; what is kept has at most 200 kB


class LookChanged(Exception):
    """Somebody else changed the look meanwhile."""


def of_company(session: Session, organisation_id: int) -> tuple[Look, int]:
    """How drafts look now, and the version of that."""
    found = branding.of_company(session, organisation_id)
    return Look(found.accent, found.logo), found.version


def of_version(session: Session, snapshot: Snapshot) -> Look:
    """How a frozen version looks for ever."""
    found = branding.of_version(session, snapshot.id)
    return Look(found.accent, found.logo)


def change(
    session: Session, organisation: Organisation, look: Look, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Let drafts look so from now on. `seen` is the version that the sender had before them.

    Raises NotPermitted, and LookChanged without writing anything.
    """
    require(Permission.ORGANISATION_EDIT, actor, Subject(organisation.id))
    declarations.lock(session, organisation.id)
    before, version = of_company(session, organisation.id)
    if look == before:
        return
    if version != seen:
        raise LookChanged
    branding.put(session, organisation.id, accent=look.accent, logo=look.logo)
    history.note(
        session,
        EventKind.PROFILE_CHANGED,
        organisation_id=organisation.id,
        actor_id=actor.user_id,
        now=now,
        fields=_differences(before, look),
    )


def _differences(before: Look, after: Look) -> dict[str, list[Any]]:
    """What changed: the accent with both values, of the logo only that it did."""
    found: dict[str, list[Any]] = {}
    if before.accent != after.accent:
        found["accent"] = [before.accent, after.accent]
    if before.logo != after.logo:
        found["logo"] = []
    return found
