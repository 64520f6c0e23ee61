"""Tells anybody where a version comes from: published facts, and whether a file's data are unchanged.

Of what is not published nobody learns more here than whether a file that they have themselves is the same.
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

from dnk_tool.domain.declarations.document import canonical, fingerprint
from dnk_tool.domain.declarations.version_code import code_of, prefix_of
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports import rendering
from dnk_tool.services.publication import seals
from dnk_tool.services.publication.seal_keys import UnreadableKey, public_keys
from dnk_tool.services.publication.seals import NotASeal, Seal, Verdict
from dnk_tool.services.review.round import document_of as document_of_version
from dnk_tool.services.uploads.declarations import FileFault, UnreadableDeclaration, document_of
from dnk_tool.store.declarations import versions
from dnk_tool.store.publication import proofs
from dnk_tool.store.publication.proofs import OncePublished

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 5.0
# The reader of files has places for two: visitors leave one to those who work here.
_one_visitor = threading.BoundedSemaphore(1)


class Standing(StrEnum):
    """How a version stands that everybody could read once."""

    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What is to be said of the data of a file."""

    PUBLISHED = "published"
    FROZEN = "frozen"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Facts:
    """What is public of a version. `slug` is where the declaration can be read, in its version `newest`."""

    company: str
    year: int
    issue: Issue
    published_at: datetime
    slug: str
    newest: int
    seal: Seal | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Found:
    """A version that was published here; of one that was withdrawn nothing is told but that."""

    standing: Standing
    facts: Facts | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Lookup:
    """What a code or fingerprint leads to. `is_ambiguous`: only the whole fingerprint would tell."""

    found: tuple[Found, ...] = ()
    is_ambiguous: bool = False

    @property
    def is_published(self) -> bool:
        """Whether everybody can read the declaration, in this version or a newer one."""
        return any(one.facts for one in self.found)


def address(public_url: str, sha256: str) -> str:
    """Where anybody can check a version; empty where nobody knows under which address we are reached."""
    return f"{public_url.rstrip('/')}/p/{code_of(sha256)}" if public_url else ""


def addressed(issue: Issue, public_url: str) -> Issue:
    """The issue with its check page, if it is a version that may be passed on."""
    return replace(issue, check_at=address(public_url, issue.fingerprint)) if issue.is_final else issue


def look_up(session: Session, name: str, instance: Path) -> Lookup:
    """What is public of the version with this code or fingerprint."""
    prefix = prefix_of(name)
    found = proofs.once_published(session, prefix) if prefix else []
    if len({one.snapshot.sha256 for one in found}) > 1:
        return Lookup(is_ambiguous=True)
    told = [_told(session, one, instance) for one in found]
    # Of the same data in several versions, those that can be read say all.
    return Lookup(tuple([one for one in told if one.facts] or told[:1]))


def fingerprint_of(content: bytes) -> str:
    """The fingerprint of the data in a file that a visitor brings; nothing is kept.

    Raises UnreadableDeclaration. Slow, and needs no database.
    """
    with _visit():
        return fingerprint(canonical(document_of(content)))


def answer(session: Session, sha256: str, instance: Path) -> tuple[Answer, Lookup]:
    """Whether data with this fingerprint were frozen here, and what is public of that version."""
    lookup = look_up(session, sha256, instance)
    if lookup.found:
        return Answer.PUBLISHED, lookup
    return (Answer.FROZEN if proofs.is_frozen(session, sha256) else Answer.UNKNOWN), lookup


def public_seal(session: Session, name: str) -> str:
    """The seal of a version that everybody can read or could before a newer one came; empty for none."""
    prefix = prefix_of(name)
    found = proofs.once_published(session, prefix) if prefix else []
    if len({one.snapshot.sha256 for one in found}) > 1:
        return ""
    return next((one.proof.seal for one in found if one.proof.seal and _standing(one) in _READABLE), "")


_READABLE = (Standing.PUBLISHED, Standing.REPLACED)


def _standing(one: OncePublished) -> Standing:
    if one.publication.revoked_at is not None:
        return Standing.WITHDRAWN
    is_this = one.publication.version == one.snapshot.version
    return Standing.PUBLISHED if is_this else Standing.REPLACED


def _told(session: Session, one: OncePublished, instance: Path) -> Found:
    standing = _standing(one)
    version = versions.version(session, one.snapshot.declaration_id, one.snapshot.version)
    if standing is Standing.WITHDRAWN or version is None:
        return Found(Standing.WITHDRAWN, withdrawn_at=one.publication.revoked_at)
    document = document_of_version(one.snapshot)
    seal, verdict = _seal(one, instance)
    facts = Facts(
        company=document.organisation.name,
        year=document.reporting_year,
        issue=_without_persons(rendering.issue_of_frozen(version)),
        published_at=one.proof.published_at or one.publication.published_at,
        slug=one.publication.slug,
        newest=one.publication.version,
        seal=seal,
        verdict=verdict,
    )
    return Found(standing, facts)


def _without_persons(issue: Issue) -> Issue:
    """Who confirmed and reviewed stands in the declaration itself; here it is enough that somebody did."""
    review, confirmation = issue.review, issue.confirmation
    return replace(
        issue,
        review=review and replace(review, by=""),
        confirmation=confirmation and replace(confirmation, by=""),
    )


def _seal(one: OncePublished, instance: Path) -> tuple[Seal | None, Verdict | None]:
    if not one.proof.seal:
        return None, None
    try:
        seal = seals.read(one.proof.seal)
        return seal, seals.judge(seal, one.snapshot.sha256, public_keys(instance))
    except (NotASeal, UnreadableKey, OSError) as error:
        log.error("the seal of version %s cannot be verified: %r", one.snapshot.id, error)
        return None, None


@contextmanager
def _visit() -> Iterator[None]:
    if not _one_visitor.acquire(timeout=PATIENCE_SECONDS):
        raise UnreadableDeclaration(FileFault.BUSY)
    try:
        yield
    finally:
        _one_visitor.release()
