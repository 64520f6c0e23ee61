"""Reads the releases that a company may see: those of its clusters for years whose figures it allows."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.domain.aggregates.comparison import CompanyRelease
from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_CHOICES
from dnk_tool.store.aggregates.releases import StoredRelease, left_companies
from dnk_tool.store.tables.aggregates import ReleaseCompany, ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Consent


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
        CompanyRelease(
            StoredRelease(row, left).release,
            name,
            entry.get("quarters", {}) if entry else {},
        )
        for row, name, left, entry in rows
    ]
