"""Prints declarations: a draft of what is said now, or a finished version, which is rendered only once."""

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool import __version__
from dnk_tool.domain.document import Document, canonical, fingerprint
from dnk_tool.domain.document_reader import read_document
from dnk_tool.language import LOCAL_TIME
from dnk_tool.report import Issue, render_pdf
from dnk_tool.services.documents import live_document
from dnk_tool.store.models import Declaration, Snapshot


def draft(session: Session, declaration: Declaration, *, now: datetime) -> tuple[Document, Issue]:
    """What the declaration says now, to be printed with a mark on each page."""
    document = live_document(session, declaration)
    return document, issue_of(document, now=now, is_draft=True)


def issue_of(document: Document, *, now: datetime, is_draft: bool) -> Issue:
    """An issue without a version number, of a document that is no finished version of this installation."""
    return Issue(
        version=None,
        issued_on=now.astimezone(LOCAL_TIME).date(),
        is_draft=is_draft,
        fingerprint=fingerprint(canonical(document)),
    )


def finished_pdf(snapshot: Snapshot, folder: Path) -> bytes:
    """The PDF of a finished version, kept in `folder` by content, version and program version.

    Raises RenderFailed.
    """
    kept = folder / f"{snapshot.sha256}-v{snapshot.version}-{__version__}.pdf"
    if kept.is_file():
        return kept.read_bytes()
    issue = Issue(
        version=snapshot.version,
        issued_on=snapshot.finished_at.astimezone(LOCAL_TIME).date(),
        is_draft=False,
        fingerprint=snapshot.sha256,
    )
    content = render_pdf(read_document(snapshot.content), issue)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = kept.with_suffix(f".{secrets.token_hex(4)}.part")
    fresh.write_bytes(content)
    fresh.replace(kept)
    return content
