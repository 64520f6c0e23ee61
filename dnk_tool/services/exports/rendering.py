"""Renders declarations as PDF, as a draft or as a frozen version, and caches the results."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EDITABLE_STATES, Decision
from dnk_tool.language import Language, local_day
from dnk_tool.report.build_id import build_id
from dnk_tool.report.renderer import render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Confirmation, Issue, Review
from dnk_tool.services.answers.self_assessment import assessments_of
from dnk_tool.services.declarations import branding
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.issues import issue_of
from dnk_tool.services.exports.print_records import Recorder
from dnk_tool.services.uploads.pages.model import METHOD
from dnk_tool.store.declarations import versions
from dnk_tool.store.declarations.versions import FINAL, Version
from dnk_tool.store.privacy.erasure_log import erasure_log_size
from dnk_tool.store.tables.declarations import Declaration, Snapshot

log = logging.getLogger(__name__)


def draft_document(session: Session, declaration: Declaration, *, now: datetime) -> tuple[Document, Issue]:
    """The live document, and an issue that marks each page as a draft."""
    document = live_document(session, declaration)
    return document, issue_of(document, now=now, is_draft=True)


def internal_document(session: Session, declaration: Declaration, *, now: datetime) -> tuple[Document, Issue]:
    """The live document with the company's internal self-assessment, which no version freezes."""
    document = replace(
        live_document(session, declaration), internal_assessments=assessments_of(session, declaration)
    )
    return document, issue_of(document, now=now, is_draft=declaration.state in EDITABLE_STATES)


def issue_of_version(session: Session, snapshot: Snapshot) -> Issue:
    """The issue of a frozen version, with its sign-off and review, read from the database.

    Raises LookupError for a snapshot that is not stored.
    """
    session.flush()
    version = versions.version(session, snapshot.declaration_id, snapshot.version)
    if version is None:
        raise LookupError(snapshot.version)
    return issue_of_frozen(version)


def issue_of_frozen(version: Version) -> Issue:
    """The issue of a frozen version whose sign-off and review have been read already."""
    approval, sign_off = version.approval, version.sign_off
    is_confirmed = sign_off is not None and sign_off.decision is Decision.CONFIRMED
    decided = sign_off.decided_at if sign_off and is_confirmed else None
    return Issue(
        version=version.number,
        issued_on=local_day(version.snapshot.finished_at),
        is_draft=False,
        fingerprint=version.snapshot.sha256,
        # What was published before its approval was withdrawn stays published, without a review.
        is_pending=version.outcome not in FINAL and version.publication is None,
        review=Review(version.cluster, local_day(approval.approved_at), version.reviewer)
        if approval
        else None,
        confirmation=Confirmation(local_day(decided), version.signatory) if decided else None,
    )


class QueuedPdf(Protocol):
    """A PDF that the queue makes: its name in the cache, what it is a copy of, and how it is made."""

    @property
    def name(self) -> str:
        """The name in the cache: equal for two requests if and only if they give the same PDF."""
        ...

    @property
    def issue(self) -> Issue:
        """The copy that is printed."""
        ...

    def render(self, on_progress: Callable[[int, int], None] | None = None) -> bytes:
        """The PDF. Raises RenderFailed."""
        ...


@dataclass(frozen=True, slots=True)
class PdfRequest:
    """All that determines a PDF. `content`: the SHA-256 of everything in the document.

    `document` is called only if the PDF is not cached.
    """

    document: Callable[[], Document]
    content: str
    issue: Issue
    edition: ExportOptions = FULL_EXPORT
    look: Branding = DEFAULT_BRANDING

    @property
    def name(self) -> str:
        """The name in the cache: equal for two requests if and only if they give the same PDF.

        The method of digests is part of it, so that the pages of each cached PDF were recorded by this one.
        """
        issue, edition, look = self.issue, self.edition, self.look
        copy = pdf_cache.DRAFT if issue.version is None else f"v{issue.version}"
        mark = _digest(issue.is_pending, issue.review, issue.confirmation, issue.check_at)[:12]
        drawn = look.accent, _sha256(look.logo), look.has_questions, _sha256(look.portrait)
        rest = _digest(self.content, issue, edition, *drawn, build_id(), METHOD)[:20]
        return f"{issue.fingerprint}-{copy}-{edition.variant}-{mark}-{rest}.pdf"

    def render(self, on_progress: Callable[[int, int], None] | None = None) -> bytes:
        """The PDF. Raises RenderFailed."""
        return render_pdf(
            self.document(), self.issue, edition=self.edition, look=self.look, on_progress=on_progress
        )


def draft_pdf_request(
    session: Session, declaration: Declaration, *, now: datetime, edition: ExportOptions = FULL_EXPORT
) -> PdfRequest:
    """The request for a PDF of the live document, as a draft."""
    document, issue = draft_document(session, declaration, now=now)
    look, _version = branding.company_branding(session, declaration.organisation_id)
    return PdfRequest(lambda: document, fingerprint(canonical_json(document)), issue, edition, look)


def internal_pdf_request(
    session: Session, declaration: Declaration, *, now: datetime, language: Language | None = None
) -> PdfRequest:
    """The request for the company's internal PDF of the live document, in `language` or the declaration's."""
    document, issue = internal_document(session, declaration, now=now)
    noted = _digest(
        document.internal_assessments, *(figure.responsible for figure in document.figures.values())
    )
    content = _digest(fingerprint(canonical_json(document)), noted)
    look, _version = branding.company_branding(session, declaration.organisation_id)
    return PdfRequest(
        lambda: document, content, issue, ExportOptions(Variant.INTERNAL, language=language), look
    )


def current_pdf_request(
    session: Session, declaration: Declaration, edition: ExportOptions, *, now: datetime
) -> PdfRequest:
    """The request for a PDF of the live document in any edition, the internal one too."""
    if edition.variant is Variant.INTERNAL:
        return internal_pdf_request(session, declaration, now=now, language=edition.language)
    return draft_pdf_request(session, declaration, now=now, edition=edition)


def version_pdf_request(
    session: Session, snapshot: Snapshot, issue: Issue, edition: ExportOptions = FULL_EXPORT
) -> PdfRequest:
    """The request for a PDF of a frozen version, with the branding that it was frozen with."""
    content, look = snapshot.content, branding.version_branding(session, snapshot)
    return PdfRequest(lambda: read_document(content), snapshot.sha256, issue, edition, look)


def render_cached(
    it: QueuedPdf, folder: Path, on_progress: Callable[[int, int], None] | None = None, *, record: Recorder
) -> bytes:
    """The PDF from the cache in `folder`, or rendered, recorded and stored there.

    `on_progress` is called with the steps done and the steps in all. If the PDF cannot be written to disk, it
    is held in memory for a while, so that it can still be downloaded. Raises RenderFailed.
    """
    kept = pdf_cache.read(folder, it.name)
    if kept is not None:
        return kept
    content = it.render(on_progress)
    record(it.issue, content)
    try:
        pdf_cache.store(folder, it.name, content)
    except OSError as error:
        log.error(
            "a PDF cannot be kept in %s and is held in memory for ten minutes: %s", folder, error.strerror
        )
        pdf_cache.store_in_memory(folder, it.name, content)
    return content


def render_to_cache(
    it: QueuedPdf,
    instance: Path,
    on_progress: Callable[[int, int], None],
    *,
    erasures_before: int,
    record: Recorder,
    is_wanted: Callable[[], bool] = lambda: True,
) -> None:
    """Render the PDF into the cache of the instance; delete it if an account was erased meanwhile.

    `erasures_before`: `erasure_log_size` when the PDF was requested; it may name a person erased since.
    `is_wanted`: asked at the end; the PDF is deleted if it is not. Raises RenderFailed.
    """
    folder = instance / pdf_cache.FOLDER
    render_cached(it, folder, on_progress, record=record)
    if erasure_log_size(instance) != erasures_before or not is_wanted():
        pdf_cache.delete(folder, it.name)


def _digest(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
