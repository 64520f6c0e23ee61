"""Finds the published versions that may be shown to other companies as examples, nearest company first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, false, func, select
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


def quotable_versions(
    session: Session, reader: QuotationReader, ref: str, *, limit: int
) -> Sequence[QuotableVersion]:
    """The latest version of each other company that has a text for the aspect `ref` and lets it be read.

    Same sector and size come first, then the same sector, then the rest; within each of the three the latest
    year, then what was published last.
    """
    nearest = _nearest(reader, ref, limit)
    rows = session.execute(
        select(nearest.c.company, nearest.c.reporting_year, nearest.c.slug, Snapshot.content)
        .join(
            Snapshot,
            and_(Snapshot.declaration_id == nearest.c.declaration_id, Snapshot.version == nearest.c.version),
        )
        .order_by(*_order(nearest))
    )
    return [QuotableVersion(*row) for row in rows]


def _nearest(reader: QuotationReader, ref: str, limit: int) -> Subquery:
    """The first of what may be quoted, without the contents: sorting all of them would take long."""
    standing = _standing(reader, ref)
    same_sector = standing.c.sector.in_(reader.sectors)
    same_size = standing.c.size == reader.size if reader.size else false()
    nearness = case((and_(same_sector, same_size), 0), (same_sector, 1), else_=2).label("nearness")
    return (
        select(standing, nearness)
        .where(standing.c.place == 1)
        .order_by(nearness, *_order(standing))
        .limit(limit)
        .subquery()
    )


def _order(found: Subquery) -> tuple[ColumnElement[Any], ...]:
    """Nearness, if it is known, then the latest year, then what was published last."""
    nearness = (found.c.nearness,) if "nearness" in found.c else ()
    return (*nearness, found.c.reporting_year.desc(), found.c.published_at.desc(), found.c.id.desc())


def _standing(reader: QuotationReader, ref: str) -> Subquery:
    """What may be quoted for `ref` now, numbered for each company from its latest year.

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
            Publication.quotable_refs.contains(f" {ref} ", autoescape=True),
            Publication.revoked_at.is_(None),
            Declaration.deleted_at.is_(None),
            Declaration.edition == reader.edition,
            Declaration.organisation_id != reader.organisation_id,
            Organisation.archived_at.is_(None),
        )
        .subquery()
    )


def forbid_quotations_of_company(session: Session, organisation_id: int) -> bool:
    """Take back for every publication of the company that others may quote it; False if none was allowed."""
    own = select(Declaration.id).where(Declaration.organisation_id == organisation_id)
    allowed = session.scalars(
        select(Publication).where(
            Publication.declaration_id.in_(own), Publication.quotable_refs.is_not(None)
        ),
        execution_options={"populate_existing": True},
    ).all()
    for publication in allowed:
        publication.quotable_refs = None
    return bool(allowed)
