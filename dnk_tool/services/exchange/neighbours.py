"""Proposes, accepts and ends that two clusters are neighbours, which may see each other's residues."""

from datetime import timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.exchange.residues import MAX_NEIGHBOURS, MAX_PROPOSALS_A_DAY
from dnk_tool.domain.permissions import Actor, Deleted, Permission, Subject, require
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import neighbours
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.residues import NeighbourPair


class NeighbourGone(Deleted):
    """The two clusters are no neighbours, and nothing waits for an answer; nothing was written."""


class NoSuchCluster(Exception):
    """No other cluster that works has this name, or several have it."""


class NeighbourBefore(Exception):
    """The two clusters are neighbours, or one of them proposed it."""


class TooManyNeighbours(Exception):
    """The cluster has MAX_NEIGHBOURS, or proposed MAX_PROPOSALS_A_DAY times within a day."""


class NeighbourIsFull(Exception):
    """The other cluster has MAX_NEIGHBOURS."""


def propose_neighbour(work: Work, cluster: Cluster, name: str) -> Cluster:
    """Propose to a cluster, by its whole name, to become neighbours; returns it, for the mail.

    Raises NotPermitted, Archived, NoSuchCluster, NeighbourBefore, TooManyNeighbours and NeighbourIsFull.
    """
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    named = neighbours.clusters_named(work.session, " ".join(name.split()))
    if len(named) != 1 or named[0].id == cluster.id:
        raise NoSuchCluster(name)
    other = named[0]
    _lock_both(work.session, cluster.id, other.id)
    if neighbours.find_pair(work.session, cluster.id, other.id) is not None:
        raise NeighbourBefore(other.id)
    since = work.now - timedelta(days=1)
    today = history.count_cluster_events_since(work.session, EventKind.NEIGHBOUR_PROPOSED, cluster.id, since)
    if neighbours.count(work.session, cluster.id) >= MAX_NEIGHBOURS or today >= MAX_PROPOSALS_A_DAY:
        raise TooManyNeighbours
    if neighbours.count(work.session, other.id) >= MAX_NEIGHBOURS:
        raise NeighbourIsFull(other.id)
    neighbours.propose(work.session, cluster.id, other.id, now=work.now)
    _record(work, EventKind.NEIGHBOUR_PROPOSED, cluster, other)
    return other


def accept_neighbour(work: Work, cluster: Cluster, other_id: int) -> tuple[Cluster, bool]:
    """Accept what another cluster proposed; returns it, and whether that is new.

    Raises NotPermitted, Archived and NeighbourGone.
    """
    pair, other = _lock_pair(work.session, cluster, other_id, work.actor)
    if pair.accepted_at is not None:
        return other, False
    if pair.proposed_by == cluster.id:
        raise NeighbourGone(other_id)
    pair.accepted_at = work.now
    _record(work, EventKind.NEIGHBOUR_ACCEPTED, cluster, other)
    return other, True


def end_neighbour(work: Work, cluster: Cluster, other_id: int) -> tuple[Cluster, bool]:
    """End it, decline it or take the proposal back: nobody sees the other's residues at the next request.

    Deletes what members of both asked each other. Returns the other cluster, and whether the two were
    neighbours. Raises NotPermitted, Archived and NeighbourGone.
    """
    pair, other = _lock_pair(work.session, cluster, other_id, work.actor)
    was_accepted = pair.accepted_at is not None
    neighbours.end(work.session, pair)
    _record(work, EventKind.NEIGHBOUR_ENDED, cluster, other)
    return other, was_accepted


def _lock_pair(
    session: Session, cluster: Cluster, other_id: int, actor: Actor
) -> tuple[NeighbourPair, Cluster]:
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    other = clusters.by_id(session, other_id)
    if other is None:
        raise NeighbourGone(other_id)
    _lock_both(session, cluster.id, other_id)
    pair = neighbours.find_pair(session, cluster.id, other_id)
    if pair is None:
        raise NeighbourGone(other_id)
    return pair, other


def _lock_both(session: Session, cluster_id: int, other_id: int) -> None:
    """Lock both clusters, since both logs are written; by id, so that two who act at once take turns."""
    for key in sorted((cluster_id, other_id)):
        clusters.lock(session, key, even_archived=key == other_id)


def _record(work: Work, kind: EventKind, cluster: Cluster, other: Cluster) -> None:
    """Note in the log of each what happened, with the name of the other; the other one's names no person."""
    work.session.flush()
    for reading, named, account in ((cluster, other, work.actor.user_id), (other, cluster, None)):
        history.record_event(
            work.session, kind, cluster_id=reading.id, actor_id=account, now=work.now, neighbour=named.name
        )
