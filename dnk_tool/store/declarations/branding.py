"""Reads and writes the branding (accent and pictures) of a company and of its finished versions."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from dnk_tool.store.tables.declarations import LogoRow, LookRow, VersionLook


@dataclass(frozen=True, slots=True)
class StoredBranding:
    """A stored accent, logo (PNG) and portrait (JPEG), each empty for none, and the choice of questions.

    `version` 0: never changed.
    """

    accent: str = ""
    logo: bytes = b""
    has_questions: bool = False
    portrait: bytes = b""
    version: int = 0


NO_BRANDING = StoredBranding()


def of_company(session: Session, organisation_id: int) -> StoredBranding:
    """The present branding of a company."""
    row = session.execute(_of_company(), {"company": organisation_id}).one_or_none()
    if row is None:
        return NO_BRANDING
    return StoredBranding(row.accent, row.content or b"", row.has_questions, row.portrait or b"", row.version)


@cache
def _of_company() -> Select[*tuple[Any, ...]]:
    """Select the branding of a company; built once, as building takes long."""
    logo, portrait = aliased(LogoRow), aliased(LogoRow)
    return (
        select(
            LookRow.accent,
            logo.content,
            LookRow.has_questions,
            portrait.content.label("portrait"),
            LookRow.version,
        )
        .outerjoin(logo, logo.id == LookRow.logo_id)
        .outerjoin(portrait, portrait.id == LookRow.portrait_id)
        .where(LookRow.organisation_id == bindparam("company"))
    )


def of_version(session: Session, snapshot_id: int) -> StoredBranding:
    """The branding that a version was finished with."""
    logo, portrait = aliased(LogoRow), aliased(LogoRow)
    row = session.execute(
        select(
            VersionLook.accent, logo.content, VersionLook.has_questions, portrait.content.label("portrait")
        )
        .outerjoin(logo, logo.id == VersionLook.logo_id)
        .outerjoin(portrait, portrait.id == VersionLook.portrait_id)
        .where(VersionLook.snapshot_id == snapshot_id)
    ).one_or_none()
    if row is None:
        return NO_BRANDING
    return StoredBranding(row.accent, row.content or b"", row.has_questions, row.portrait or b"")


def save(
    session: Session,
    organisation_id: int,
    *,
    accent: str,
    logo: bytes,
    has_questions: bool = False,
    portrait: bytes = b"",
) -> None:
    """Store the company's branding and delete pictures that neither it nor a finished version uses.

    The caller must hold the company's lock.
    """
    logo_id = _find_or_add_picture(session, organisation_id, logo)
    portrait_id = _find_or_add_picture(session, organisation_id, portrait)
    row = session.get(LookRow, organisation_id)
    if row is None:
        row = LookRow(organisation_id=organisation_id, version=0)
        session.add(row)
    row.accent, row.logo_id, row.portrait_id, row.version = accent, logo_id, portrait_id, row.version + 1
    row.has_questions = has_questions
    session.flush()
    _delete_unused_pictures(session, organisation_id)


def freeze_for_version(session: Session, organisation_id: int, snapshot_id: int) -> None:
    """Store the company's present branding with a version, which keeps it for good."""
    now = session.get(LookRow, organisation_id)
    if now is not None and (now.accent or now.logo_id or now.has_questions or now.portrait_id):
        session.add(
            VersionLook(
                snapshot_id=snapshot_id,
                accent=now.accent,
                logo_id=now.logo_id,
                has_questions=now.has_questions,
                portrait_id=now.portrait_id,
            )
        )


def _find_or_add_picture(session: Session, organisation_id: int, content: bytes) -> int | None:
    if not content:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    picture_id = session.scalar(
        select(LogoRow.id).where(LogoRow.organisation_id == organisation_id, LogoRow.sha256 == sha256)
    )
    if picture_id is None:
        row = LogoRow(organisation_id=organisation_id, sha256=sha256, content=content)
        session.add(row)
        session.flush()
        picture_id = row.id
    return picture_id


def _delete_unused_pictures(session: Session, organisation_id: int) -> None:
    users = (LookRow.logo_id, LookRow.portrait_id, VersionLook.logo_id, VersionLook.portrait_id)
    is_shown = or_(*(exists().where(user == LogoRow.id) for user in users))
    unused = select(LogoRow).where(LogoRow.organisation_id == organisation_id, ~is_shown)
    for row in session.scalars(unused).all():
        session.delete(row)
