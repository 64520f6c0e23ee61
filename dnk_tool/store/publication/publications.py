"""Finds publications by address, company and declaration, and lists those for search engines."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.declarations import WITH_DELETED, Declaration, Snapshot
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import GonePage, Publication


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """A publication, withdrawn or not, with its company and whether search engines may show it."""

    publication: Publication
    organisation_id: int
    is_findable: bool


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """A published version of a company: its address and its canonical document."""

    slug: str
    year: int
    content: bytes


@dataclass(frozen=True, slots=True)
class PublishedContent:
    """A version that everybody can read, and its address."""

    snapshot: Snapshot
    slug: str


def search_engine_slugs(session: Session, *, limit: int) -> Sequence[tuple[str, datetime]]:
    """The addresses that search engines may show, with the time of publication, newest first."""
    rows = session.execute(
        select(Publication.slug, Publication.published_at)
        .join(Declaration, Declaration.id == Publication.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .where(Publication.revoked_at.is_(None), Organisation.is_findable)
        .order_by(Publication.published_at.desc(), Publication.id.desc())
        .limit(limit)
    )
    return [(slug, at) for slug, at in rows]


def by_slug(session: Session, slug: str) -> PublicationRecord | None:
    """The publication with this address, also a withdrawn one; None if there is none.

    That of a deleted declaration is withdrawn: its address goes on saying that the page is gone.
    """
    row = session.execute(
        select(Publication, Organisation.id, Organisation.is_findable)
        .join(Declaration, Declaration.id == Publication.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .where(Publication.slug == slug),
        execution_options=WITH_DELETED,
    ).one_or_none()
    return PublicationRecord(*row) if row else None


def slug_digest(slug: str) -> str:
    """What is kept of the address of a deleted page: it names the company."""
    return hashlib.sha256(slug.encode()).hexdigest()


def is_gone(session: Session, slug: str) -> bool:
    """Whether a declaration with this address was published, and deleted since."""
    return session.get(GonePage, slug_digest(slug)) is not None


def published_years_of(session: Session, organisation_id: int, *, limit: int) -> Sequence[PublishedYear]:
    """The present publications of a company, latest year first."""
    rows = session.execute(
        select(Publication.slug, Publication.reporting_year, Snapshot.content)
        .join(Declaration, Declaration.id == Publication.declaration_id)
        .join(
            Snapshot,
            and_(
                Snapshot.declaration_id == Publication.declaration_id, Snapshot.version == Publication.version
            ),
        )
        .where(Declaration.organisation_id == organisation_id, Publication.revoked_at.is_(None))
        .order_by(Publication.reporting_year.desc(), Publication.id.desc())
        .limit(limit)
    )
    return [PublishedYear(*row) for row in rows]


def published_with_fingerprint(session: Session, prefix: str) -> list[PublishedContent]:
    """The versions published now whose fingerprint starts with `prefix`."""
    # Compared as a range, which uses the index: no hexadecimal digit comes after f.
    return _published_content(session, Snapshot.sha256 >= prefix, Snapshot.sha256 < f"{prefix}g")


def published_of_company(session: Session, search_name: str, year: int) -> list[PublishedContent]:
    """The versions published now for the year by companies of this name, as it is searched."""
    return _published_content(
        session, Publication.search_name == search_name, Publication.reporting_year == year
    )


def _published_content(session: Session, *conditions: ColumnElement[bool]) -> list[PublishedContent]:
    """At most two publications, enough to tell whether there is exactly one."""
    rows = session.execute(
        select(Snapshot, Publication.slug)
        .join(
            Publication,
            and_(
                Publication.declaration_id == Snapshot.declaration_id, Publication.version == Snapshot.version
            ),
        )
        .where(Publication.revoked_at.is_(None), *conditions)
        .limit(2)
    )
    return [PublishedContent(*row) for row in rows]


def any_published(session: Session) -> bool:
    """Whether any declaration is published now."""
    return bool(session.scalar(select(exists().where(Publication.revoked_at.is_(None)))))


def published_among(session: Session, declaration_ids: Collection[int]) -> frozenset[int]:
    """Those of the declarations that are published now."""
    standing = Publication.declaration_id.in_(declaration_ids), Publication.revoked_at.is_(None)
    return frozenset(session.scalars(select(Publication.declaration_id).where(*standing)))


def of_declaration(session: Session, declaration_id: int) -> Publication | None:
    """The declaration's publication, withdrawn or not; its address never changes.

    Read anew, for steps under the company's lock: somebody else may have withdrawn it while they waited.
    """
    return session.scalar(
        select(Publication).where(Publication.declaration_id == declaration_id),
        execution_options={"populate_existing": True},
    )
