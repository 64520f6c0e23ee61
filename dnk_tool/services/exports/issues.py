"""The issue of a document that is printed without a database."""

from datetime import datetime

from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.language import local_day
from dnk_tool.report.view.model import Issue


def issue_of(document: Document, *, now: datetime, is_draft: bool) -> Issue:
    """The issue of a document that is no frozen version of this installation: without version number."""
    return Issue(
        version=None,
        issued_on=local_day(now),
        is_draft=is_draft,
        fingerprint=fingerprint(canonical_json(redact_document(document))),
    )
