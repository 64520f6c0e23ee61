"""Queries of sign-offs and of the standing publication of a declaration."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.declarations import SignOff
from dnk_tool.store.tables.publication import Publication


def sign_off(session: Session, declaration_id: int, version: int) -> SignOff | None:
    """The sign-off that was asked for one version; None if none was."""
    return session.scalar(
        select(SignOff).where(SignOff.declaration_id == declaration_id, SignOff.version == version)
    )


def sign_offs(session: Session, declaration_id: int) -> Sequence[SignOff]:
    """All sign-offs of a declaration, latest first."""
    return session.scalars(
        select(SignOff).where(SignOff.declaration_id == declaration_id).order_by(SignOff.version.desc())
    ).all()


def publication(session: Session, declaration_id: int) -> Publication | None:
    """The declaration's publication; None if it has none or it was withdrawn."""
    return session.scalar(
        select(Publication).where(
            Publication.declaration_id == declaration_id, Publication.revoked_at.is_(None)
        )
    )
