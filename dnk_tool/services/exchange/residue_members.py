"""Lets a member act on residues: locked, permitted, and while its company allows them to be shown."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Deleted, Permission, Subject, require
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import residues
from dnk_tool.store.tables.clusters import Consent


class ResidueGone(Deleted):
    """The notice, or the inquiry about it, is gone or not shown any more; nothing was written."""


class ResiduesNotAllowed(Exception):
    """The company does not allow its cluster to show residues, so that it can neither show nor ask."""


def lock_member(session: Session, organisation_id: int, cluster_id: int, *, actor: Actor) -> Consent:
    """Lock the company as somebody who may write for it, and return its standing membership.

    Raises NotPermitted, Archived for a cluster that rests, ResidueGone without a membership, and
    ResiduesNotAllowed.
    """
    require(Permission.ORGANISATION_EDIT, actor, Subject(organisation_id))
    declarations.lock_organisation(session, organisation_id)
    clusters.lock(session, cluster_id)
    found = residues.find_member(session, organisation_id, cluster_id)
    if found is None:
        raise ResidueGone(cluster_id)
    if not found.allows_residues:
        raise ResiduesNotAllowed(cluster_id)
    return found.consent


def record(
    session: Session,
    kind: EventKind,
    title: str,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int | None = None,
    cluster_id: int | None = None,
    **detail: Any,
) -> None:
    """Note in one log, of a company or of a cluster, what happened to a residue; never with both."""
    history.record_event(
        session,
        kind,
        organisation_id=organisation_id,
        cluster_id=cluster_id,
        actor_id=actor.user_id,
        now=now,
        residue=title,
        **detail,
    )
