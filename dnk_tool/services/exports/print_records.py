"""Records each PDF of a frozen version when it is made, so that its pages can be told from others later.

Drafts and prints for inside are no versions and are not recorded.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.report.view.model import Issue
from dnk_tool.services.uploads.pages.model import METHOD, ODD_PAGE, PageDigests
from dnk_tool.store.database import write_session
from dnk_tool.store.publication import print_records
from dnk_tool.store.publication.print_records import RecordedPrint

log = logging.getLogger(__name__)

Recorder = Callable[[Issue, bytes], None]


def recorder(factory: sessionmaker[Session]) -> Recorder:
    """What `rendering.render_cached` calls with each PDF that it has made, before anybody gets it."""

    def record(issue: Issue, content: bytes) -> None:
        record_print(factory, issue, content, now=datetime.now(UTC))

    return record


def record_print(factory: sessionmaker[Session], issue: Issue, content: bytes, *, now: datetime) -> None:
    """Record the PDF's file and pages, if it is one of a frozen version. Slow; holds no lock meanwhile.

    Where the pages cannot be read, the file itself is recorded, and the version's pages count as not known.
    """
    if issue.version is None:
        return
    digests = _own_digests(content)
    if ODD_PAGE in digests.pages or not digests.pages:
        log.error("the pages of a PDF of version %s could not be recorded", issue.version)
        digests = PageDigests((), "")
    made = RecordedPrint(hashlib.sha256(content).hexdigest(), digests.pages, digests.document, METHOD)
    with write_session(factory) as session:
        print_records.record(session, issue.fingerprint, issue.version, made, now=now)
        session.commit()


def _own_digests(content: bytes) -> PageDigests:
    # Opened in this process: the file was made a moment ago and holds nothing that anybody else packed.
    from dnk_tool.services.uploads.pages.digests import page_digests  # noqa: PLC0415 - a faster start
    from dnk_tool.services.uploads.pages.file_checks import OddFile  # noqa: PLC0415 - a faster start

    try:
        return page_digests(content, is_own=True)
    except OddFile:
        return PageDigests((), "")
