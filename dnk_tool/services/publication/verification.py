"""Verifies the origin of a version for anybody: published facts, and whether a file's data are unchanged.

About an unpublished version it tells only whether the data of a file that the visitor has are the same.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.domain.declarations.version_code import fingerprint_end, fingerprint_prefix, version_code
from dnk_tool.report.view.model import Issue
from dnk_tool.services.accounts.first_start import is_demo
from dnk_tool.services.exports import rendering
from dnk_tool.services.publication import seals
from dnk_tool.services.publication.seal_keys import UnreadableKey, public_keys
from dnk_tool.services.publication.seals import NotASeal, Seal, SealVerdict
from dnk_tool.services.review.round import snapshot_document as document_of_version
from dnk_tool.services.uploads.declarations import (
    DeclarationFileFault,
    UnreadableDeclaration,
    canonical_declaration,
)
from dnk_tool.services.uploads.pages.client import digests_of
from dnk_tool.services.uploads.pages.model import PageDigests
from dnk_tool.store.declarations import versions
from dnk_tool.store.publication import proofs
from dnk_tool.store.publication.proofs import PublishedVersion
from dnk_tool.store.tables.review import Approval

log = logging.getLogger(__name__)

SLOT_TIMEOUT_SECONDS = 5.0
# Files are read by two workers at a time; visitors use one of them, so that members are not held up.
_visitor_slots = threading.BoundedSemaphore(1)


class PublicationStatus(StrEnum):
    """What became of a version that was published."""

    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class VerificationResult(StrEnum):
    """Whether data with a fingerprint are known here. FROZEN: from a version that was never published."""

    PUBLISHED = "published"
    FROZEN = "frozen"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ApprovalWithdrawal:
    """When an approval was given and when it was withdrawn. Why is not public."""

    approved_at: datetime
    withdrawn_at: datetime


@dataclass(frozen=True)
class PublicFacts:
    """What is public about a version. The declaration can be read under `slug`, in version `newest`.

    `withdrawal`: of its last approval, unless one stands.
    """

    company: str
    year: int
    issue: Issue
    published_at: datetime
    slug: str
    newest: int
    seal: Seal | None
    verdict: SealVerdict | None
    withdrawal: ApprovalWithdrawal | None = None


@dataclass(frozen=True)
class VerifiedVersion:
    """A version that was published here. A withdrawn one has no facts, only the time of the withdrawal."""

    standing: PublicationStatus
    facts: PublicFacts | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class VerificationLookup:
    """The versions with a code or fingerprint. `is_ambiguous`: data of several begin so; none is named."""

    verified_versions: tuple[VerifiedVersion, ...] = ()
    is_ambiguous: bool = False

    @property
    def is_published(self) -> bool:
        """Whether everybody can read the declaration, in this version or a newer one."""
        return any(verified_version.facts for verified_version in self.verified_versions)


def check_page_origin(settings: Settings) -> str:
    """Where check pages can be reached, to be printed; empty if nobody was told an address.

    A demo names the address of this machine, because its documents are read where it runs.
    """
    return settings.public_url or (settings.address if is_demo(settings.instance) else "")


def verification_url(public_url: str, sha256: str) -> str:
    """Address of the page that verifies the version; empty if the installation has no `public_url`."""
    return f"{public_url.rstrip('/')}/p/{version_code(sha256)}" if public_url else ""


def with_verification_url(issue: Issue, public_url: str) -> Issue:
    """The issue with the address of its check page; unchanged unless it is a final version."""
    return (
        replace(issue, check_at=verification_url(public_url, issue.fingerprint)) if issue.is_final else issue
    )


def look_up_version(session: Session, name: str, instance: Path) -> VerificationLookup:
    """What is public about the versions with this code or fingerprint (`name`)."""
    prefix, end = fingerprint_prefix(name), fingerprint_end(name)
    published_versions = proofs.find_published_versions(session, prefix) if prefix else []
    published_versions = [version for version in published_versions if version.snapshot.sha256.endswith(end)]
    if len({version.snapshot.sha256 for version in published_versions}) > 1:
        return VerificationLookup(is_ambiguous=True)
    told = [_verified_version(session, version, instance) for version in published_versions]
    # If several versions have the same data, those that can be read are enough.
    return VerificationLookup(
        tuple([verified_version for verified_version in told if verified_version.facts] or told[:1])
    )


def data_of(content: bytes) -> bytes:
    """The canonical data in a visitor's file, which is not stored. Slow; needs no database.

    Raises UnreadableDeclaration, with fault BUSY after SLOT_TIMEOUT_SECONDS behind another visitor's file.
    """
    with _visitor_slot():
        return canonical_declaration(content)


def page_digests_of(content: bytes) -> PageDigests | None:
    """The digests of the pages in a visitor's PDF; None if they cannot be compared. As `data_of`."""
    with _visitor_slot():
        return digests_of(content)


def verify_fingerprint(
    session: Session, sha256: str, instance: Path
) -> tuple[VerificationResult, VerificationLookup]:
    """Whether data with this fingerprint were frozen here, and what is public about that version."""
    lookup = look_up_version(session, sha256, instance)
    if lookup.verified_versions:
        return VerificationResult.PUBLISHED, lookup
    return (
        VerificationResult.FROZEN if proofs.has_version(session, sha256) else VerificationResult.UNKNOWN
    ), lookup


def public_seal(session: Session, name: str) -> str:
    """The seal, as JSON, of a version that is published or was replaced by a newer one; empty for none."""
    prefix = fingerprint_prefix(name)
    published_versions = proofs.find_published_versions(session, prefix) if prefix else []
    if len({version.snapshot.sha256 for version in published_versions}) > 1:
        return ""
    return next(
        (
            version.proof.seal
            for version in published_versions
            if version.proof.seal and _publication_status(version) in _READABLE
        ),
        "",
    )


_READABLE = (PublicationStatus.PUBLISHED, PublicationStatus.REPLACED)


def _publication_status(published_version: PublishedVersion) -> PublicationStatus:
    if published_version.publication.revoked_at is not None:
        return PublicationStatus.WITHDRAWN
    is_this = published_version.publication.version == published_version.snapshot.version
    return PublicationStatus.PUBLISHED if is_this else PublicationStatus.REPLACED


def _verified_version(
    session: Session, published_version: PublishedVersion, instance: Path
) -> VerifiedVersion:
    standing = _publication_status(published_version)
    version = versions.version(
        session, published_version.snapshot.declaration_id, published_version.snapshot.version
    )
    if standing is PublicationStatus.WITHDRAWN or version is None:
        return VerifiedVersion(
            PublicationStatus.WITHDRAWN, withdrawn_at=published_version.publication.revoked_at
        )
    document = document_of_version(published_version.snapshot)
    seal, verdict = _seal(published_version, instance)
    facts = PublicFacts(
        company=document.organisation.name,
        year=document.reporting_year,
        issue=_without_persons(rendering.issue_of_frozen(version)),
        published_at=published_version.proof.published_at or published_version.publication.published_at,
        slug=published_version.publication.slug,
        newest=published_version.publication.version,
        seal=seal,
        verdict=verdict,
        withdrawal=_withdrawal(version.withdrawal),
    )
    return VerifiedVersion(standing, facts)


def _withdrawal(approval: Approval | None) -> ApprovalWithdrawal | None:
    if approval is None or approval.withdrawn_at is None:
        return None
    return ApprovalWithdrawal(approval.approved_at, approval.withdrawn_at)


def _without_persons(issue: Issue) -> Issue:
    """The issue without the names of signatory and reviewer: the declaration itself has them."""
    review, confirmation = issue.review, issue.confirmation
    return replace(
        issue,
        review=review and replace(review, by=""),
        confirmation=confirmation and replace(confirmation, by=""),
    )


def _seal(published_version: PublishedVersion, instance: Path) -> tuple[Seal | None, SealVerdict | None]:
    if not published_version.proof.seal:
        return None, None
    try:
        seal = seals.parse_seal(published_version.proof.seal)
        return seal, seals.verify_seal(seal, published_version.snapshot.sha256, public_keys(instance))
    except (NotASeal, UnreadableKey, OSError) as error:
        log.error(
            "the seal of version %s cannot be verified: %s",
            published_version.snapshot.id,
            type(error).__name__,
        )
        return None, None


@contextmanager
def _visitor_slot() -> Iterator[None]:
    if not _visitor_slots.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise UnreadableDeclaration(DeclarationFileFault.BUSY)
    try:
        yield
    finally:
        _visitor_slots.release()
