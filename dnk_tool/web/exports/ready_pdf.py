"""The PDF of a frozen version, as far as it is made already."""

import hashlib
from dataclasses import dataclass

from dnk_tool.services.exports import pdf_cache, rendering
from dnk_tool.store.declarations.versions import Version
from dnk_tool.store.publication import print_records
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.exports.responses import pdf_of_frozen_version, warm_version
from dnk_tool.web.http.transactions import db


@dataclass(frozen=True, slots=True)
class ReadyPdf:
    """A PDF that can be fetched at once. `pages` is 0 where they were not recorded."""

    pages: int
    kilobytes: int


def ready_pdf(version: Version) -> ReadyPdf | None:
    """Size and pages of the version's PDF; None if it is not made yet: then it is begun in the background."""
    wanted = pdf_of_frozen_version(version.snapshot, rendering.issue_of_frozen(version))
    content = pdf_cache.read(pending_pdfs.pdf_cache_folder(), wanted.name)
    if content is None:
        warm_version(version)
        return None
    digest = hashlib.sha256(content).hexdigest()
    recorded = print_records.of_fingerprint(db(), version.snapshot.sha256)
    pages = next((len(made.pages) for made in recorded if made.file_sha256 == digest), 0)
    return ReadyPdf(pages, max(1, round(len(content) / 1000)))
