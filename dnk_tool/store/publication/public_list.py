"""Lists and counts published declarations by search and filter: of all companies, or of a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.consent_editions import EDITIONS_WITH_PUBLIC_LIST
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.name_sorting import folded_text
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import Approval


class PublicationSortOrder(StrEnum):
    """The order of a list; YEAR and NEWEST begin with the latest."""

    COMPANY = "company"
    YEAR = "year"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """Which published declarations to list; a field that is None or empty does not filter.

    `sectors`: as they are stored, of either classification. `cluster_id`: members that its public list may
    name.
    """

    text: str = ""
    year: int | None = None
    sectors: tuple[str, ...] = ()
    size: CompanySize | None = None
    indicator_set: str = ""
    cluster_id: int | None = None


EVERYTHING = PublicationFilter()


@dataclass(frozen=True, slots=True)
class PublicationSummary:
    """A published declaration by the data of its version. `cluster`: name of the reviewing one, or empty."""

    slug: str
    company: str
    year: int
    sector: str
    size: CompanySize | None
    indicator_set: str
    published_at: datetime
    cluster: str


def list_published(
    session: Session,
    wanted: PublicationFilter,
    order: PublicationSortOrder = PublicationSortOrder.COMPANY,
    *,
    offset: int = 0,
    limit: int,
) -> Sequence[PublicationSummary]:
    """The published declarations that match the filter, in this order."""
    approved = and_(
        Approval.declaration_id == Publication.declaration_id,
        Approval.version == Publication.version,
        Approval.withdrawn_at.is_(None),
    )
    name, year = Publication.search_name, Publication.reporting_year.desc()
    orders = {
        PublicationSortOrder.COMPANY: (name, year, Publication.id),
        PublicationSortOrder.YEAR: (year, name, Publication.id),
        PublicationSortOrder.NEWEST: (Publication.published_at.desc(), Publication.id.desc()),
    }
    asked = select(
        Publication.slug,
        Publication.company,
        Publication.reporting_year,
        Publication.sector,
        Publication.size,
        Publication.indicator_set,
        Publication.published_at,
        func.coalesce(Approval.cluster_name, ""),
    ).outerjoin(Approval, approved)
    rows = session.execute(_filtered(asked, wanted).order_by(*orders[order]).offset(offset).limit(limit))
    return [PublicationSummary(*row) for row in rows]


def count_published(session: Session, wanted: PublicationFilter = EVERYTHING) -> int:
    """The number of published declarations that match the filter."""
    return session.scalar(_filtered(select(func.count()).select_from(Publication), wanted)) or 0


def published_years_and_sectors(session: Session, cluster_id: int | None = None) -> Sequence[tuple[int, str]]:
    """The distinct (year, sector) of published declarations, for the choices of the filter."""
    asked = select(Publication.reporting_year, Publication.sector).distinct()
    rows = session.execute(_filtered(asked, PublicationFilter(cluster_id=cluster_id)))
    return [(year, sector) for year, sector in rows]


def last_changed_at(session: Session, cluster_id: int | None = None) -> datetime | None:
    """When something was last published or withdrawn, or lost its approval; None if nothing ever was."""
    approval_lost = select(Approval.withdrawn_at).where(
        Approval.declaration_id == Publication.declaration_id, Approval.version == Publication.version
    )
    asked: Select[*tuple[Any, ...]] = select(
        func.max(Publication.published_at),
        func.max(Publication.revoked_at),
        func.max(approval_lost.order_by(Approval.id.desc()).limit(1).scalar_subquery()),
    )
    if cluster_id is not None:
        asked = _of_cluster_members(asked, cluster_id)
    moments = [moment for moment in session.execute(asked).one() if moment is not None]
    return max(moments, default=None)


def clusters_with_public_list(session: Session) -> Sequence[Cluster]:
    """The clusters that have a public list, by name."""
    return session.scalars(select(Cluster).where(Cluster.has_public_list).order_by(Cluster.name)).all()


def _filtered(asked: Select[*tuple[Any, ...]], wanted: PublicationFilter) -> Select[*tuple[Any, ...]]:
    """Restrict to what is published today and matches the filter."""
    asked = asked.where(Publication.revoked_at.is_(None))
    if wanted.cluster_id is not None:
        asked = _of_cluster_members(asked, wanted.cluster_id)
    if text := " ".join(folded_text(wanted.text).split()):
        asked = asked.where(Publication.search_name.contains(text, autoescape=True))
    if wanted.year is not None:
        asked = asked.where(Publication.reporting_year == wanted.year)
    if wanted.sectors:
        asked = asked.where(Publication.sector.in_(wanted.sectors))
    if wanted.size is not None:
        asked = asked.where(Publication.size == wanted.size)
    if wanted.indicator_set:
        asked = asked.where(Publication.indicator_set == wanted.indicator_set)
    return asked


def _of_cluster_members(asked: Select[*tuple[Any, ...]], cluster_id: int) -> Select[*tuple[Any, ...]]:
    """Restrict to present members whose consent's edition mentions the cluster's public list."""
    theirs = and_(
        Consent.organisation_id == Declaration.organisation_id,
        Consent.cluster_id == cluster_id,
        Consent.withdrawn_at.is_(None),
        Consent.edition.in_(EDITIONS_WITH_PUBLIC_LIST),
    )
    return asked.join(Declaration, Declaration.id == Publication.declaration_id).join(Consent, theirs)
