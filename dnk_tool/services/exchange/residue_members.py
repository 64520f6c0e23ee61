"""Lets a member act on residues: locked, permitted, and while its company allows them to be shown."""

from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor, Deleted, Permission
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import neighbours, residues
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.exchange.residues import ResidueNoticeRow


class ResidueGone(Deleted):
    """The notice, or the inquiry about it, is gone or not shown any more; nothing was written."""


class ResiduesNotAllowed(Exception):
    """The company does not allow its cluster to show residues, so that it can neither show nor ask."""


class NeighboursNotAllowed(Exception):
    """The company keeps its residues from neighbouring clusters, so that it cannot ask there."""


def lock_member(session: Session, organisation_id: int, cluster_id: int, *, actor: Actor) -> Consent:
    """Lock the company as somebody who may write for it, and return its standing membership.

    Raises NotPermitted, Archived for a cluster that rests, ResidueGone without a membership, and
    ResiduesNotAllowed.
    """
    lock_company(session, organisation_id, Permission.ORGANISATION_EDIT, actor)
    clusters.lock(session, cluster_id)
    found = residues.find_member(session, organisation_id, cluster_id)
    if found is None:
        raise ResidueGone(cluster_id)
    if not found.allows_residues:
        raise ResiduesNotAllowed(cluster_id)
    return found.consent


def lock_visible(session: Session, consent: Consent, notice_id: int) -> tuple[ResidueNoticeRow, Consent]:
    """Lock another member's notice, also of a neighbouring cluster, with its membership.

    `consent`: the reading member's, locked. Raises ResidueGone and NeighboursNotAllowed.
    """
    [found] = lock_on_board(session, consent.cluster_id, notice_id)
    if found is None or found[1].organisation_id == consent.organisation_id:
        raise ResidueGone(notice_id)
    member = residues.find_member(session, consent.organisation_id, consent.cluster_id)
    if found[1].cluster_id != consent.cluster_id and not (member and member.crosses):
        raise NeighboursNotAllowed(notice_id)
    return found


def lock_on_board(
    session: Session, cluster_id: int, *notice_ids: int
) -> list[tuple[ResidueNoticeRow, Consent] | None]:
    """Lock notices on the board of a cluster, which is locked by now; None for one that is not there.

    Company, cluster, pair of clusters, notice by id, inquiry: everybody locks in this order, and no cluster
    but the own, so that two who ask each other at once do not wait for each other.
    """
    others = {residues.cluster_of_notice(session, each) for each in notice_ids} - {None, cluster_id}
    for other in sorted(filter(None, others)):
        neighbours.find_pair(session, cluster_id, other)
    for each in sorted(notice_ids):
        residues.lock_notice(session, each)
    return [residues.find_posted(session, cluster_id, each, with_neighbours=True) for each in notice_ids]


def record(
    work: Work,
    kind: EventKind,
    title: str,
    *,
    organisation_id: int | None = None,
    cluster_id: int | None = None,
    **detail: Any,
) -> None:
    """Note in one log, of a company or of a cluster, what happened to a residue; never with both."""
    history.record_event(
        work.session,
        kind,
        organisation_id=organisation_id,
        cluster_id=cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        residue=title,
        **detail,
    )
