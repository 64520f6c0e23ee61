"""Reads and writes notices of residues; what a page of others gets has no name."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import Stored
from dnk_tool.domain.exchange.residues import PostedNotice, ResidueNotice
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.exchange.neighbours import are_neighbours, lets_neighbours
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.residues import (
    ResidueInquiryRow,
    ResidueNoticeRow,
    ResiduePicture,
    ResidueReport,
)
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True)
class ResidueMember:
    """A company's standing membership in a cluster, and whether its residues may be shown there.

    `crosses`: whether those of neighbouring clusters may see them, too.
    """

    consent: Consent
    allows_residues: bool
    crosses: bool


def find_member(session: Session, organisation_id: int, cluster_id: int) -> ResidueMember | None:
    """The membership of a company in a cluster, reread; None if it does not stand."""
    row = session.execute(
        select(Consent, allows(ConsentChoice.RESIDUES), lets_neighbours()).where(
            Consent.organisation_id == organisation_id,
            Consent.cluster_id == cluster_id,
            Consent.withdrawn_at.is_(None),
        )
    ).one_or_none()
    return ResidueMember(*row) if row else None


def is_posted() -> ColumnElement[bool]:
    """Whether members may see the notice of a query that joins its consent.

    Of an archived company none stands there: nobody in it could answer or take it back.
    """
    rests = exists().where(Organisation.id == Consent.organisation_id, Organisation.archived_at.is_not(None))
    return (
        ResidueNoticeRow.shown_at.is_not(None)
        & ResidueNoticeRow.taken_down_at.is_(None)
        & ResidueNoticeRow.passed_on_year.is_(None)
        & Consent.withdrawn_at.is_(None)
        & allows(ConsentChoice.RESIDUES)
        & ~rests.correlate(Consent)
    )


def posted_notices(session: Session, cluster_id: int, *, with_neighbours: bool = False) -> list[PostedNotice]:
    """What the members of a cluster show at this moment, latest first.

    `with_neighbours`: also what those of neighbouring clusters let them see.
    """
    query = (
        select(
            ResidueNoticeRow,
            Consent.organisation_id,
            ResiduePicture.sha256,
            Consent.cluster_id,
            Cluster.name,
            lets_neighbours(),
        )
        .join(Consent, Consent.id == ResidueNoticeRow.consent_id)
        .join(Cluster, Cluster.id == Consent.cluster_id)
        .outerjoin(ResiduePicture, ResiduePicture.notice_id == ResidueNoticeRow.id)
        .where(is_posted(), _stands_in(cluster_id, with_neighbours))
    )
    return [
        PostedNotice(
            id=row.id,
            organisation_id=organisation_id,
            notice=notice_of(row),
            picture=picture or "",
            neighbour=name if of_cluster != cluster_id else "",
            crosses=crosses,
        )
        for row, organisation_id, picture, of_cluster, name, crosses in session.execute(
            query.order_by(ResidueNoticeRow.id.desc())
        )
    ]


def find_posted(
    session: Session, cluster_id: int, notice_id: int, *, with_neighbours: bool = False
) -> tuple[ResidueNoticeRow, Consent] | None:
    """A notice that the members of a cluster see now, with its membership; None if there is none.

    `with_neighbours`: also one of a neighbouring cluster.
    """
    query = (
        select(ResidueNoticeRow, Consent)
        .join(Consent, Consent.id == ResidueNoticeRow.consent_id)
        .where(ResidueNoticeRow.id == notice_id, is_posted(), _stands_in(cluster_id, with_neighbours))
    )
    row = session.execute(query, execution_options={"populate_existing": True}).one_or_none()
    return (row[0], row[1]) if row else None


def lock_notice(session: Session, notice_id: int) -> None:
    """Lock a notice until the transaction ends, so that nobody takes it back meanwhile.

    Whether it is shown is read after that: what was taken back a moment before must not be asked about.
    """
    session.execute(
        select(ResidueNoticeRow.id).where(ResidueNoticeRow.id == notice_id).with_for_update()
    ).one_or_none()


def cluster_of_notice(session: Session, notice_id: int) -> int | None:
    """The id of the cluster in which a notice stands, shown or not; None if there is none."""
    query: Select[Any] = select(Consent.cluster_id).join(
        ResidueNoticeRow, ResidueNoticeRow.consent_id == Consent.id
    )
    found: int | None = session.scalar(query.where(ResidueNoticeRow.id == notice_id))
    return found


def _stands_in(cluster_id: int, with_neighbours: bool) -> ColumnElement[bool]:
    """Whether a notice of a query that joins its consent stands on a cluster's board."""
    is_own = Consent.cluster_id == cluster_id
    if not with_neighbours:
        return is_own
    return or_(is_own, are_neighbours(Consent.cluster_id, cluster_id) & lets_neighbours())


def picture_of(session: Session, notice_id: int) -> bytes:
    """The photo of a notice as JPEG; empty without one. Whether the reader may see it is not asked here."""
    return session.scalar(select(ResiduePicture.content).where(ResiduePicture.notice_id == notice_id)) or b""


def pictured(session: Session, notice_ids: Collection[int]) -> frozenset[int]:
    """Which of these notices have a photo."""
    query = select(ResiduePicture.notice_id).where(ResiduePicture.notice_id.in_(notice_ids))
    return frozenset(session.scalars(query))


def replace_picture(session: Session, notice_id: int, content: bytes) -> None:
    """Store this photo in place of the one there is; none for empty bytes."""
    session.execute(delete(ResiduePicture).where(ResiduePicture.notice_id == notice_id))
    if content:
        digest = hashlib.sha256(content).hexdigest()
        session.add(ResiduePicture(notice_id=notice_id, sha256=digest, content=content))
    session.flush()


def own_rows(session: Session, consent_id: int) -> Sequence[ResidueNoticeRow]:
    """All notices of a member, also those that nobody else sees, latest first."""
    wanted = select(ResidueNoticeRow).where(ResidueNoticeRow.consent_id == consent_id)
    return session.scalars(wanted.order_by(ResidueNoticeRow.id.desc())).all()


def find_own(
    session: Session, organisation_id: int, notice_id: int, *, locked: bool = False
) -> ResidueNoticeRow | None:
    """A notice of a company that is still a member, reread; None if there is none."""
    query = (
        select(ResidueNoticeRow)
        .join(Consent, Consent.id == ResidueNoticeRow.consent_id)
        .where(
            ResidueNoticeRow.id == notice_id,
            Consent.organisation_id == organisation_id,
            Consent.withdrawn_at.is_(None),
        )
    )
    if locked:
        query = query.with_for_update(of=ResidueNoticeRow)
    return session.scalar(query, execution_options={"populate_existing": True})


def count_own(session: Session, consent_id: int) -> int:
    """How many notices a member has."""
    query = select(func.count()).select_from(ResidueNoticeRow)
    return session.scalar(query.where(ResidueNoticeRow.consent_id == consent_id)) or 0


def notice_of(row: ResidueNoticeRow) -> ResidueNotice:
    """What a notice says."""
    return ResidueNotice(
        kind=row.kind,
        title=row.title,
        codes=tuple(row.codes),
        tonnes=row.tonnes,
        form=row.form,
        available_from=row.available_from,
        areas=tuple(row.areas),
        sentence=row.sentence,
        picture_alt=row.picture_alt,
    )


def stored_notice(row: ResidueNoticeRow) -> Stored[ResidueNotice]:
    """What a notice says, with its version."""
    return Stored(notice_of(row), row.version, row.changed_at, row.changed_by, str(row.id))


def write(
    session: Session, row: ResidueNoticeRow, notice: ResidueNotice, *, by: int | None, now: datetime
) -> None:
    """Write what a notice says, as its next version, and flush: a new one gets its id."""
    row.kind, row.title, row.codes, row.tonnes = notice.kind, notice.title, [*notice.codes], notice.tonnes
    row.form, row.available_from = notice.form, notice.available_from
    row.areas, row.sentence, row.picture_alt = [*notice.areas], notice.sentence, notice.picture_alt
    row.version, row.changed_at, row.changed_by = (row.version or 0) + 1, now, by
    session.add(row)
    session.flush()


def hide_notices(session: Session, consent_id: int) -> None:
    """Show none of a member's notices any more, and delete what was asked about them or by it."""
    session.execute(
        update(ResidueNoticeRow).where(ResidueNoticeRow.consent_id == consent_id).values(shown_at=None)
    )
    _delete_contacts(session, consent_id)


def delete_notices(session: Session, consent_id: int) -> None:
    """Delete everything about residues of a member that leaves."""
    session.execute(delete(ResidueNoticeRow).where(ResidueNoticeRow.consent_id == consent_id))
    _delete_contacts(session, consent_id)


def add_report(session: Session, notice_id: int, consent_id: int, reason: str, *, now: datetime) -> bool:
    """Note a member's report of a notice; False if it reported it before."""
    if session.get(ResidueReport, (notice_id, consent_id)):
        return False
    session.add(ResidueReport(notice_id=notice_id, consent_id=consent_id, reason=reason, reported_at=now))
    session.flush()
    return True


def count_reports(session: Session, consent_id: int) -> int:
    """How many reports of a member wait for a manager."""
    query = select(func.count()).select_from(ResidueReport)
    return session.scalar(query.where(ResidueReport.consent_id == consent_id)) or 0


def reports_by_notice(session: Session, notice_ids: Collection[int]) -> Mapping[int, list[str]]:
    """The reasons of reports of these notices, by notice, without who reported."""
    rows = session.execute(
        select(ResidueReport.notice_id, ResidueReport.reason)
        .where(ResidueReport.notice_id.in_(notice_ids))
        .order_by(ResidueReport.reported_at)
    )
    found: dict[int, list[str]] = {}
    for notice_id, reason in rows:
        found.setdefault(notice_id, []).append(reason)
    return found


def delete_reports(session: Session, notice_id: int) -> None:
    """Forget what was reported about a notice."""
    session.execute(delete(ResidueReport).where(ResidueReport.notice_id == notice_id))


def _delete_contacts(session: Session, consent_id: int) -> None:
    notices = select(ResidueNoticeRow.id).where(ResidueNoticeRow.consent_id == consent_id)
    session.execute(
        delete(ResidueInquiryRow).where(
            (ResidueInquiryRow.consent_id == consent_id) | ResidueInquiryRow.notice_id.in_(notices)
        )
    )
    session.execute(delete(ResidueReport).where(ResidueReport.consent_id == consent_id))
