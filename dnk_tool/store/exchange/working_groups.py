"""Reads and writes working groups and which members take part."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from dnk_tool.domain.editing import Stored
from dnk_tool.domain.exchange.working_groups import GroupDate, GroupLink, WorkingGroupContent
from dnk_tool.store.database import Values, read_values
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.exchange.working_groups import WorkingGroupMember, WorkingGroupRow
from dnk_tool.store.tables.organisations import Organisation

# Run at each page of a criterion, so built once.
_GROUPS, _CONSENTS = WorkingGroupRow.__table__, Consent.__table__
_OF_COMPANY = (
    select(_GROUPS)
    .join(_CONSENTS, _CONSENTS.c.cluster_id == _GROUPS.c.cluster_id)
    .where(_CONSENTS.c.organisation_id == bindparam("company"), _CONSENTS.c.withdrawn_at.is_(None))
    .order_by(_GROUPS.c.name, _GROUPS.c.id)
)


def content_of(row: WorkingGroupRow | Values) -> WorkingGroupContent:
    """What the group says of itself, as a domain value."""
    return WorkingGroupContent(
        row.name,
        row.purpose,
        tuple(GroupDate(date.fromisoformat(day), time, place) for day, time, place in row.dates),
        tuple(GroupLink(label, address) for label, address in row.links),
        tuple(row.criteria),
    )


def stored_group(row: WorkingGroupRow) -> Stored[WorkingGroupContent]:
    """The content with its version."""
    return Stored(content_of(row), row.version)


def of_clusters(session: Session, cluster_ids: Sequence[int]) -> Sequence[WorkingGroupRow]:
    """The groups of these clusters, by name."""
    rows = select(WorkingGroupRow).where(WorkingGroupRow.cluster_id.in_(cluster_ids))
    return session.scalars(rows.order_by(WorkingGroupRow.name, WorkingGroupRow.id)).all()


def of_company(session: Session, organisation_id: int) -> Sequence[Values]:
    """The groups of the clusters that a company belongs to today, by name, in one statement."""
    return read_values(session, _OF_COMPANY, {"company": organisation_id})


def find_group(session: Session, cluster_id: int, group_id: int) -> WorkingGroupRow | None:
    """The group, reread; None if the cluster has none with this id."""
    row = session.get(WorkingGroupRow, group_id, populate_existing=True)
    return row if row is not None and row.cluster_id == cluster_id else None


def cluster_of(session: Session, group_id: int) -> int | None:
    """The id of the cluster whose group it is; None if it is gone."""
    return session.scalar(select(WorkingGroupRow.cluster_id).where(WorkingGroupRow.id == group_id))


def lock_group(session: Session, group_id: int) -> WorkingGroupRow | None:
    """The group, reread; nobody else changes it until the transaction ends. None if it is gone."""
    held = select(WorkingGroupRow).where(WorkingGroupRow.id == group_id).with_for_update()
    return session.scalars(held, execution_options={"populate_existing": True}).one_or_none()


def add_group(
    session: Session, cluster_id: int, content: WorkingGroupContent, *, now: datetime
) -> WorkingGroupRow:
    """Keep a new group."""
    row = WorkingGroupRow(cluster_id=cluster_id, created_at=now)
    write_content(row, content)
    session.add(row)
    session.flush()
    return row


def write_content(row: WorkingGroupRow, content: WorkingGroupContent) -> None:
    """Put the content into the row."""
    row.name, row.purpose, row.criteria = content.name, content.purpose, list(content.criteria)
    row.dates = [[one.day.isoformat(), one.time, one.place] for one in content.dates]
    row.links = [[link.label, link.address] for link in content.links]


def members_of(session: Session, group_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Consent and name of the members of each group, by name; who left the cluster is none any more."""
    found: dict[int, list[tuple[int, str]]] = {key: [] for key in group_ids}
    rows = session.execute(
        select(WorkingGroupMember.group_id, Consent.id, Organisation.name)
        .join(Consent, Consent.id == WorkingGroupMember.consent_id)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(WorkingGroupMember.group_id.in_(group_ids), Consent.withdrawn_at.is_(None))
        .order_by(Organisation.name, Consent.id)
    )
    for group_id, consent_id, name in rows:
        found[group_id].append((consent_id, name))
    return found


def add_member(session: Session, group_id: int, consent_id: int, *, now: datetime) -> None:
    """Let a member take part; nothing happens if it does already."""
    if session.get(WorkingGroupMember, (group_id, consent_id)) is None:
        session.add(WorkingGroupMember(group_id=group_id, consent_id=consent_id, joined_at=now))


def remove_member(session: Session, group_id: int, consent_id: int) -> bool:
    """Let a member take part no longer; returns whether it did."""
    row = session.get(WorkingGroupMember, (group_id, consent_id))
    if row is not None:
        session.delete(row)
        session.flush()
    return row is not None


def remove_of_consent(session: Session, consent_id: int) -> None:
    """Let a member whose consent ends take part nowhere any more."""
    session.execute(delete(WorkingGroupMember).where(WorkingGroupMember.consent_id == consent_id))
