"""Prints declarations: a draft of what is said now, or a frozen version, which is rendered only once."""

import hashlib
import secrets
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool import __version__
from dnk_tool.domain.document import Document, canonical, fingerprint
from dnk_tool.domain.document_reader import read_document
from dnk_tool.domain.said import only_said
from dnk_tool.language import LOCAL_TIME
from dnk_tool.report import Confirmation, Issue, Review, render_pdf
from dnk_tool.services.documents import live_document
from dnk_tool.store import versions
from dnk_tool.store.models import Declaration, Snapshot
from dnk_tool.store.sign_offs import Decision
from dnk_tool.store.versions import FINAL, Version


def draft(session: Session, declaration: Declaration, *, now: datetime) -> tuple[Document, Issue]:
    """What the declaration says now, to be printed with a mark on each page."""
    document = live_document(session, declaration)
    return document, issue_of(document, now=now, is_draft=True)


def issue_of(document: Document, *, now: datetime, is_draft: bool) -> Issue:
    """An issue without a version number, of a document that is no frozen version of this installation."""
    return Issue(
        version=None,
        issued_on=_day(now),
        is_draft=is_draft,
        fingerprint=fingerprint(canonical(only_said(document))),
    )


def issue_of_version(session: Session, snapshot: Snapshot) -> Issue:
    """The issue of a frozen version, with what came after the freezing: sign-off and review.

    Raises LookupError for a snapshot that is not stored.
    """
    session.flush()
    found = versions.version(session, snapshot.declaration_id, snapshot.version)
    if found is None:
        raise LookupError(snapshot.version)
    return issue_of_frozen(found)


def issue_of_frozen(version: Version) -> Issue:
    """The issue of a frozen version of which is known what became of it."""
    approval, sign_off = version.approval, version.sign_off
    is_confirmed = sign_off is not None and sign_off.decision is Decision.CONFIRMED
    decided = sign_off.decided_at if sign_off and is_confirmed else None
    return Issue(
        version=version.number,
        issued_on=_day(version.snapshot.finished_at),
        is_draft=False,
        fingerprint=version.snapshot.sha256,
        is_pending=version.outcome not in FINAL,
        review=Review(version.cluster, _day(approval.approved_at), version.reviewer) if approval else None,
        confirmation=Confirmation(_day(decided), version.signatory) if decided else None,
    )


def finished_pdf(snapshot: Snapshot, issue: Issue, folder: Path) -> bytes:
    """The PDF of a frozen version, kept in `folder` by all that it says and by program version.

    Raises RenderFailed.
    """
    stem = f"{issue.fingerprint}-v{issue.version}-"
    kept = folder / f"{stem}{_mark(issue)}-{__version__}.pdf"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    printed = render_pdf(read_document(snapshot.content), issue)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = kept.with_suffix(f".{secrets.token_hex(4)}.part")
    fresh.write_bytes(printed)
    fresh.replace(kept)
    for older in folder.glob(f"{stem}*.pdf"):
        # It may name somebody whose name is not to be kept any longer.
        if older != kept:
            older.unlink(missing_ok=True)
    return printed


def _mark(issue: Issue) -> str:
    """Tells issues apart that differ in what came after the freezing."""
    said = repr((issue.is_pending, issue.review, issue.confirmation))
    if issue.check_at:  # files without an address keep the name that they always had
        said += repr(issue.check_at)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _day(moment: datetime) -> date:
    return moment.astimezone(LOCAL_TIME).date()
