"""Reads and writes which clusters are neighbours, whose members may see each other's residues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.name_sorting import folded, folded_text
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.residues import (
    NeighbourPair,
    ResidueInquiryRow,
    ResidueNoticeRow,
    ResidueReport,
)


@dataclass(frozen=True)
class Neighbour:
    """A pair as one of its clusters reads it. `is_proposing`: whether the reading cluster began."""

    cluster: Cluster
    is_proposing: bool
    accepted_at: datetime | None


def are_neighbours(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two clusters agreed to be neighbours and neither rests. `one`, `other`: columns of ids."""
    return exists().where(
        or_(
            and_(NeighbourPair.first_id == one, NeighbourPair.second_id == other),
            and_(NeighbourPair.first_id == other, NeighbourPair.second_id == one),
        ),
        NeighbourPair.accepted_at.is_not(None),
        ~_one_rests(),
    )


def lets_neighbours(consent: type[Consent] = Consent) -> ColumnElement[bool]:
    """Whether the member of a query over consents lets neighbouring clusters see its residues."""
    return allows(ConsentChoice.RESIDUES, consent) & allows(ConsentChoice.RESIDUE_NEIGHBOURS, consent)


def of_cluster(session: Session, cluster_id: int) -> list[Neighbour]:
    """The neighbours of a cluster and the proposals to and from others, by name, without those that rest."""
    pair = or_(
        and_(NeighbourPair.first_id == cluster_id, NeighbourPair.second_id == Cluster.id),
        and_(NeighbourPair.second_id == cluster_id, NeighbourPair.first_id == Cluster.id),
    )
    rows = session.execute(
        select(Cluster, NeighbourPair)
        .join(NeighbourPair, pair)
        .where(Cluster.archived_at.is_(None))
        .order_by(Cluster.name, Cluster.id)
    )
    return [Neighbour(cluster, found.proposed_by == cluster_id, found.accepted_at) for cluster, found in rows]


def find_pair(session: Session, one: int, other: int) -> NeighbourPair | None:
    """The pair of two clusters, proposed or accepted, locked until the transaction ends; None without one.

    Whoever asks across two clusters locks it, too, so that nothing is asked while one of them ends it.
    """
    query = select(NeighbourPair).where(
        NeighbourPair.first_id == min(one, other), NeighbourPair.second_id == max(one, other)
    )
    return session.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def count(session: Session, cluster_id: int) -> int:
    """How many neighbours a cluster has, with proposals, without those that rest: `of_cluster` lists them."""
    either = (NeighbourPair.first_id == cluster_id) | (NeighbourPair.second_id == cluster_id)
    return session.scalar(select(func.count()).select_from(NeighbourPair).where(either, ~_one_rests())) or 0


def propose(session: Session, cluster_id: int, other_id: int, *, now: datetime) -> None:
    """Note that a cluster wants another one as its neighbour."""
    session.add(
        NeighbourPair(
            first_id=min(cluster_id, other_id),
            second_id=max(cluster_id, other_id),
            proposed_by=cluster_id,
            proposed_at=now,
        )
    )
    session.flush()


def clusters_named(session: Session, name: str) -> Sequence[Cluster]:
    """The clusters of that name, in any case and with ä or ae, that do not rest."""
    is_meant = or_(Cluster.name == name, folded(Cluster.name) == folded_text(name))
    query = select(Cluster).where(is_meant, Cluster.archived_at.is_(None))
    return session.scalars(query.order_by(Cluster.id)).all()


def end(session: Session, pair: NeighbourPair) -> None:
    """Delete a pair with everything that members of one asked or reported about notices of the other."""
    notice_of, other = aliased(Consent), aliased(Consent)
    both = (pair.first_id, pair.second_id)
    _delete_across(session, notice_of, other, notice_of.cluster_id.in_(both) & other.cluster_id.in_(both))
    session.delete(pair)
    session.flush()


def delete_across(session: Session, consent_id: int) -> None:
    """Delete what was asked and reported between a member and those of other clusters.

    Locks its notices first: whoever asks about one at this moment is through, or finds it gone.
    """
    held = select(ResidueNoticeRow.id).where(ResidueNoticeRow.consent_id == consent_id)
    session.execute(held.order_by(ResidueNoticeRow.id).with_for_update())
    notice_of, other = aliased(Consent), aliased(Consent)
    _delete_across(session, notice_of, other, (notice_of.id == consent_id) | (other.id == consent_id))


def _one_rests() -> ColumnElement[bool]:
    """Whether one of the two clusters of a query over pairs rests."""
    cluster = aliased(Cluster)
    either = cluster.id.in_((NeighbourPair.first_id, NeighbourPair.second_id))
    return exists().where(either, cluster.archived_at.is_not(None)).correlate(NeighbourPair)


def _delete_across(
    session: Session, notice_of: type[Consent], other: type[Consent], wanted: ColumnElement[bool]
) -> None:
    across = wanted & (notice_of.cluster_id != other.cluster_id)
    asked = (
        select(ResidueInquiryRow.id)
        .join(ResidueNoticeRow, ResidueNoticeRow.id == ResidueInquiryRow.notice_id)
        .join(notice_of, notice_of.id == ResidueNoticeRow.consent_id)
        .join(other, other.id == ResidueInquiryRow.consent_id)
        .where(across)
    )
    session.execute(delete(ResidueInquiryRow).where(ResidueInquiryRow.id.in_(asked)))
    reported = (
        select(ResidueNoticeRow.id)
        .join(notice_of, notice_of.id == ResidueNoticeRow.consent_id)
        .join(other, other.id == ResidueReport.consent_id)
        .where(ResidueNoticeRow.id == ResidueReport.notice_id, across)
        .correlate(ResidueReport)
    )
    session.execute(delete(ResidueReport).where(reported.exists()))
