"""Reads and writes the branding (accent and logo) of a company and of its finished versions."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from dnk_tool.store.tables.declarations import LogoRow, LookRow, VersionLook


@dataclass(frozen=True, slots=True)
class StoredBranding:
    """A stored accent and logo (PNG), each empty for none, and the choice to print the questions.

    `version` 0: never changed.
    """

    accent: str = ""
    logo: bytes = b""
    has_questions: bool = False
    version: int = 0


NO_BRANDING = StoredBranding()


def of_company(session: Session, organisation_id: int) -> StoredBranding:
    """The present branding of a company."""
    row = session.execute(
        select(LookRow.accent, LogoRow.content, LookRow.has_questions, LookRow.version)
        .outerjoin(LogoRow, LogoRow.id == LookRow.logo_id)
        .where(LookRow.organisation_id == organisation_id)
    ).one_or_none()
    if row is None:
        return NO_BRANDING
    return StoredBranding(row.accent, row.content or b"", row.has_questions, row.version)


def of_version(session: Session, snapshot_id: int) -> StoredBranding:
    """The branding that a version was finished with."""
    row = session.execute(
        select(VersionLook.accent, LogoRow.content, VersionLook.has_questions)
        .outerjoin(LogoRow, LogoRow.id == VersionLook.logo_id)
        .where(VersionLook.snapshot_id == snapshot_id)
    ).one_or_none()
    return StoredBranding(row.accent, row.content or b"", row.has_questions) if row else NO_BRANDING


def save(
    session: Session, organisation_id: int, *, accent: str, logo: bytes, has_questions: bool = False
) -> None:
    """Store the company's branding and delete logos that neither it nor a finished version uses.

    The caller must hold the company's lock.
    """
    logo_id = _find_or_add_logo(session, organisation_id, logo)
    row = session.get(LookRow, organisation_id)
    if row is None:
        row = LookRow(organisation_id=organisation_id, accent=accent, logo_id=logo_id, version=1)
        session.add(row)
    else:
        row.accent, row.logo_id, row.version = accent, logo_id, row.version + 1
    row.has_questions = has_questions
    session.flush()
    _delete_unused_logos(session, organisation_id)


def freeze_for_version(session: Session, organisation_id: int, snapshot_id: int) -> None:
    """Store the company's present branding with a version, which keeps it for good."""
    now = session.get(LookRow, organisation_id)
    if now is not None and (now.accent or now.logo_id or now.has_questions):
        session.add(
            VersionLook(
                snapshot_id=snapshot_id,
                accent=now.accent,
                logo_id=now.logo_id,
                has_questions=now.has_questions,
            )
        )


def _find_or_add_logo(session: Session, organisation_id: int, content: bytes) -> int | None:
    if not content:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    logo_id = session.scalar(
        select(LogoRow.id).where(LogoRow.organisation_id == organisation_id, LogoRow.sha256 == sha256)
    )
    if logo_id is None:
        row = LogoRow(organisation_id=organisation_id, sha256=sha256, content=content)
        session.add(row)
        session.flush()
        logo_id = row.id
    return logo_id


def _delete_unused_logos(session: Session, organisation_id: int) -> None:
    is_shown = or_(
        exists().where(LookRow.logo_id == LogoRow.id), exists().where(VersionLook.logo_id == LogoRow.id)
    )
    unused = select(LogoRow).where(LogoRow.organisation_id == organisation_id, ~is_shown)
    for row in session.scalars(unused).all():
        session.delete(row)
