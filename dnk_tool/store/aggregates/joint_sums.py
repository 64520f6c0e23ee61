"""Reads and writes the sums of measures that a cluster made for its joint goal."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.aggregates.comparability import group_of
from dnk_tool.domain.aggregates.counted_savings import CountedSaving
from dnk_tool.domain.aggregates.joint_goal import JointProgress, JointSum
from dnk_tool.domain.aggregates.joint_progress_json import (
    progress_from_json,
    progress_to_json,
    savings_from_json,
    savings_to_json,
)
from dnk_tool.domain.aggregates.joint_sum_changes import EarlierSum
from dnk_tool.domain.aggregates.model import Group
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.store.aggregates.entering_members import is_member_of
from dnk_tool.store.clusters.choices import allows
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.joint_goals import JointSumCompany, JointSumRow
from dnk_tool.store.tables.organisations import Organisation


def latest_sum(session: Session, cluster_id: int) -> JointSum | None:
    """The sum made last, with how many companies have taken back their permission since; None without one."""
    left = select(func.count()).where(JointSumCompany.joint_sum_id == JointSumRow.id).scalar_subquery()
    newest = select(JointSumRow, left).where(JointSumRow.cluster_id == cluster_id)
    found = session.execute(newest.order_by(JointSumRow.number.desc()).limit(1)).one_or_none()
    if found is None:
        return None
    row, companies = found
    progress = progress_from_json(row.content)
    return JointSum(row.id, cluster_id, row.number, row.made_at, progress, progress.companies - companies)


def shown_joint_sum(session: Session, cluster_id: int) -> JointSum | None:
    """The sum that may be shown: the latest, as long as every company in it lets its measures count."""
    latest = latest_sum(session, cluster_id)
    return latest if latest and latest.is_shown else None


def earlier_sums(session: Session, cluster_id: int) -> list[EarlierSum]:
    """All sums of the cluster with what each company gave to them, in two statements."""
    rows = session.scalars(
        select(JointSumRow).where(JointSumRow.cluster_id == cluster_id).order_by(JointSumRow.number)
    ).all()
    given = session.scalars(
        select(JointSumCompany)
        .join(JointSumRow, JointSumRow.id == JointSumCompany.joint_sum_id)
        .where(JointSumRow.cluster_id == cluster_id)
    )
    savings: dict[int, list[CountedSaving]] = {row.id: [] for row in rows}
    for one in given:
        savings[one.joint_sum_id] += savings_from_json(one.organisation_id, one.savings)
    return [EarlierSum(progress_from_json(row.content), savings[row.id]) for row in rows]


def add_sum(
    session: Session,
    cluster_id: int,
    progress: JointProgress,
    savings: Iterable[CountedSaving],
    *,
    by: int | None,
    now: datetime,
) -> JointSum:
    """Keep a sum with what each company gave to it. The caller holds the cluster's lock."""
    latest = session.scalar(select(func.max(JointSumRow.number)).where(JointSumRow.cluster_id == cluster_id))
    row = JointSumRow(
        cluster_id=cluster_id,
        number=(latest or 0) + 1,
        content=progress_to_json(progress),
        made_at=now,
        made_by=by,
    )
    session.add(row)
    session.flush()
    by_company: dict[int, list[CountedSaving]] = {}
    for each in savings:
        by_company.setdefault(each.company, []).append(each)
    session.add_all(
        JointSumCompany(joint_sum_id=row.id, organisation_id=company, savings=savings_to_json(of_company))
        for company, of_company in by_company.items()
    )
    session.flush()
    return JointSum(row.id, cluster_id, row.number, now, progress)


def forget_company(session: Session, organisation_id: int, cluster_id: int) -> None:
    """Delete what the cluster's sums keep of a company, which takes back its permission."""
    of_cluster = select(JointSumRow.id).where(JointSumRow.cluster_id == cluster_id)
    session.execute(
        delete(JointSumCompany).where(
            JointSumCompany.organisation_id == organisation_id, JointSumCompany.joint_sum_id.in_(of_cluster)
        )
    )


def groups_allowed(session: Session, cluster_id: int) -> Mapping[int, Group]:
    """Section and size of the members that let their cluster use them, by company."""
    rows = session.execute(
        select(Organisation.id, Organisation.sector, Organisation.employees)
        .join(Consent, Consent.organisation_id == Organisation.id)
        .where(is_member_of(cluster_id), allows(ConsentChoice.PROFILE))
    )
    return {company: group_of(sector, employees) for company, sector, employees in rows}


def members_allowing(session: Session, cluster_id: int) -> Mapping[int, bool]:
    """The members that are neither archived nor practice firms: whether they let their measures count."""
    rows = session.execute(
        select(Consent.organisation_id, allows(ConsentChoice.MEASURES))
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(is_member_of(cluster_id), Organisation.archived_at.is_(None))
        .order_by(Consent.organisation_id)
    )
    return {company: bool(is_allowed) for company, is_allowed in rows}
