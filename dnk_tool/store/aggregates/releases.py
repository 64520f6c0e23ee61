"""Reads the releases of a cluster as domain values.

Reads the releases that a company may see: those of its clusters for years whose figures it allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.aggregates.comparison import CompanyRelease
from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.json_format import release_from_json
from dnk_tool.domain.aggregates.model import Release
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES
from dnk_tool.store.tables.aggregates import ReleaseCompany, ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Consent


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A row of a release with how many of its companies have left it since."""

    row: ReleaseRow
    left: int

    @property
    def is_shown(self) -> bool:
        """Whether it is made and not withdrawn; an earlier one of its year may have been corrected by it."""
        return self.row.state is ReleaseState.MADE and self.row.withdrawn_at is None

    @property
    def release(self) -> Release:
        """The release as a domain value. Raises ValueError before it is made."""
        row = self.row
        if row.made_at is None or row.content is None:
            raise ValueError(row.id)
        return Release(
            id=row.id,
            cluster_id=row.cluster_id,
            number=row.number,
            released_at=row.made_at,
            content=release_from_json(row.content),
            left=self.left,
            withdrawn_at=row.withdrawn_at,
        )


def of_year(session: Session, cluster_id: int, reporting_year: int) -> list[StoredRelease]:
    """All releases of the year, also open and withdrawn ones, the last first. One statement."""
    of_cluster = ReleaseRow.cluster_id == cluster_id, ReleaseRow.reporting_year == reporting_year
    asked = select(ReleaseRow, left_companies()).where(*of_cluster).order_by(ReleaseRow.number.desc())
    return [StoredRelease(row, left) for row, left in session.execute(asked)]


def shown_release(session: Session, cluster_id: int, reporting_year: int) -> Release | None:
    """The release of the year that stands: the last one made. None if there is none or it was withdrawn."""
    made = [it for it in of_year(session, cluster_id, reporting_year) if it.row.made_at is not None]
    return made[0].release if made and made[0].is_shown else None


def years(session: Session, cluster_id: int) -> Sequence[int]:
    """The years for which the cluster has a release, also an open or withdrawn one, the last first."""
    asked = select(ReleaseRow.reporting_year).where(ReleaseRow.cluster_id == cluster_id).distinct()
    return session.scalars(asked.order_by(ReleaseRow.reporting_year.desc())).all()


def ordered(session: Session) -> Sequence[int]:
    """The ids of the releases of all clusters that wait to be prepared, in the order of their orders."""
    asked = select(ReleaseRow.id).where(ReleaseRow.state == ReleaseState.ORDERED)
    return session.scalars(asked.order_by(ReleaseRow.ordered_at, ReleaseRow.id)).all()


def locked(session: Session, release_id: int) -> ReleaseRow | None:
    """The row, reread and locked until the transaction ends; None if it was discarded."""
    asked = select(ReleaseRow).where(ReleaseRow.id == release_id).with_for_update()
    return session.scalars(asked, execution_options={"populate_existing": True}).one_or_none()


def companies(session: Session, release_ids: Sequence[int]) -> Mapping[int, list[ReleaseCompany]]:
    """The companies that are still in each of these releases, in one statement."""
    asked = select(ReleaseCompany).where(ReleaseCompany.release_id.in_(release_ids))
    found: dict[int, list[ReleaseCompany]] = {key: [] for key in release_ids}
    for row in session.scalars(asked.order_by(ReleaseCompany.release_id, ReleaseCompany.organisation_id)):
        found[row.release_id].append(row)
    return found


def company_ids(session: Session, release_id: int) -> Sequence[int]:
    """The ids of the companies that are still in a release, in their order."""
    asked = select(ReleaseCompany.organisation_id).where(ReleaseCompany.release_id == release_id)
    return session.scalars(asked.order_by(ReleaseCompany.organisation_id)).all()


def left_companies() -> ColumnElement[int]:
    """How many companies have left the release of a query."""
    staying = select(func.count()).where(ReleaseCompany.release_id == ReleaseRow.id)
    return ReleaseRow.companies - staying.correlate(ReleaseRow).scalar_subquery()


def shown_to_company(session: Session, organisation_id: int) -> list[CompanyRelease]:
    """The standing release of each year and cluster whose consent allows the year's figures, oldest first.

    One statement.
    """
    later, own = aliased(ReleaseRow), aliased(ReleaseCompany)
    last_made = (
        select(func.max(later.number))
        .where(
            later.cluster_id == ReleaseRow.cluster_id,
            later.reporting_year == ReleaseRow.reporting_year,
            later.state == ReleaseState.MADE,
        )
        .correlate(ReleaseRow)
        .scalar_subquery()
    )
    is_own = and_(own.release_id == ReleaseRow.id, own.organisation_id == organisation_id)
    rows = session.execute(
        select(ReleaseRow, Cluster.name, left_companies(), own.entry)
        .join(Cluster, Cluster.id == ReleaseRow.cluster_id)
        .join(Consent, Consent.cluster_id == ReleaseRow.cluster_id)
        .outerjoin(own, is_own)
        .where(
            Consent.organisation_id == organisation_id,
            Consent.withdrawn_at.is_(None),
            Consent.edition.in_(EDITIONS_WITH_CHOICES),
            Consent.aggregates_from <= ReleaseRow.reporting_year,
            ReleaseRow.number == last_made,
            ReleaseRow.withdrawn_at.is_(None),
        )
        .order_by(ReleaseRow.reporting_year, Cluster.name, ReleaseRow.id)
    )
    return [
        CompanyRelease(StoredRelease(row, left).release, name, entry.get("quarters", {}) if entry else {})
        for row, name, left, entry in rows
    ]
