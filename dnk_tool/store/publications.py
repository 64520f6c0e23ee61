"""Lists what everybody can read on this installation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from dnk_tool.store.models import Declaration, Organisation
from dnk_tool.store.reviews import Approval
from dnk_tool.store.sign_offs import Publication


@dataclass(frozen=True)
class Entry:
    """A published declaration. `cluster` is who reviewed it; empty: nobody did."""

    slug: str
    company: str
    year: int
    published_at: datetime
    cluster: str


def published(session: Session, *, offset: int, limit: int) -> Sequence[Entry]:
    """What is published, by company and year, latest year first."""
    approved = and_(
        Approval.declaration_id == Publication.declaration_id, Approval.version == Publication.version
    )
    rows = session.execute(
        select(
            Publication.slug,
            Organisation.name,
            Declaration.reporting_year,
            Publication.published_at,
            func.coalesce(Approval.cluster_name, ""),
        )
        .join(Declaration, Declaration.id == Publication.declaration_id)
        .join(Organisation, Organisation.id == Declaration.organisation_id)
        .outerjoin(Approval, approved)
        .where(Publication.revoked_at.is_(None))
        .order_by(func.lower(Organisation.name), Declaration.reporting_year.desc(), Publication.id)
        .offset(offset)
        .limit(limit)
    )
    return [Entry(*row) for row in rows]


def count(session: Session) -> int:
    """How many are published."""
    return session.scalar(select(func.count()).where(Publication.revoked_at.is_(None))) or 0


def any_published(session: Session) -> bool:
    """Whether there is anything to read."""
    return bool(session.scalar(select(exists().where(Publication.revoked_at.is_(None)))))


def public_among(session: Session, declaration_ids: Collection[int]) -> frozenset[int]:
    """Which of these declarations everybody can read now."""
    standing = Publication.declaration_id.in_(declaration_ids), Publication.revoked_at.is_(None)
    return frozenset(session.scalars(select(Publication.declaration_id).where(*standing)))


def of_declaration(session: Session, declaration_id: int) -> Publication | None:
    """The declaration's publication, standing or taken back; its address stays for good."""
    return session.scalar(select(Publication).where(Publication.declaration_id == declaration_id))
