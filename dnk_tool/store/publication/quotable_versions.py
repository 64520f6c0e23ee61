"""Finds the published versions that may be shown to other companies as examples, nearest company first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, and_, case, false, func, select, update
from sqlalchemy.orm import Session

from dnk_tool.domain.organisation import CompanySize
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication


@dataclass(frozen=True, slots=True)
class QuotableVersion:
    """A published version that others may quote: company, year, address, canonical document."""

    company: str
    year: int
    slug: str
    content: bytes


@dataclass(frozen=True, slots=True)
class QuotationReader:
    """The company that reads: what it writes by, and `sectors` and size that are like its own.

    `sectors`: as they are stored, of either classification; empty if its sector is unknown.
    """

    organisation_id: int
    edition: str
    sectors: Collection[str]
    size: CompanySize | None


def quotable_versions(session: Session, reader: QuotationReader, *, limit: int) -> Sequence[QuotableVersion]:
    """The latest quotable version of each other company: same sector and size, same sector, the rest.

    Within each of the three the latest year comes first, then what was published last.
    """
    standing = _standing(reader)
    same_sector = standing.c.sector.in_(reader.sectors)
    same_size = standing.c.size == reader.size if reader.size else false()
    nearness = case((and_(same_sector, same_size), 0), (same_sector, 1), else_=2)
    frozen = and_(
        Snapshot.declaration_id == standing.c.declaration_id, Snapshot.version == standing.c.version
    )
    rows = session.execute(
        select(standing.c.company, standing.c.reporting_year, standing.c.slug, Snapshot.content)
        .join(Snapshot, frozen)
        .where(standing.c.place == 1)
        .order_by(
            nearness, standing.c.reporting_year.desc(), standing.c.published_at.desc(), standing.c.id.desc()
        )
        .limit(limit)
    )
    return [QuotableVersion(*row) for row in rows]


def _standing(reader: QuotationReader) -> Subquery:
    """What may be quoted now, numbered for each company from its latest year.

    Left out: what is withdrawn or deleted, and companies that are archived, as nobody there could object.
    """
    place = func.row_number().over(
        partition_by=Declaration.organisation_id,
        order_by=(Publication.reporting_year.desc(), Publication.published_at.desc(), Publication.id.desc()),
    )
    return (
        select(
            Publication.id,
            Publication.declaration_id,
            Publication.version,
            Publication.company,
            Publication.reporting_year,
            Publication.slug,
            Publication.sector,
            Publication.size,
            Publication.published_at,
            place.label("place"),
        )
        .join(Declaration, Declaration.id == Publication.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .where(
            Publication.is_quotable,
            Publication.revoked_at.is_(None),
            Declaration.deleted_at.is_(None),
            Declaration.edition == reader.edition,
            Declaration.organisation_id != reader.organisation_id,
            Organisation.archived_at.is_(None),
        )
        .subquery()
    )


def forbid_quotations_of_company(session: Session, organisation_id: int) -> None:
    """Take back for every publication of the company that others may quote it."""
    own = select(Declaration.id).where(Declaration.organisation_id == organisation_id)
    session.execute(
        update(Publication)
        .where(Publication.declaration_id.in_(own), Publication.is_quotable)
        .values(is_quotable=False)
    )
