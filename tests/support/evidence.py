"""Adds files of evidence in tests: their contents are plain words, which nobody looks into."""

import hashlib

from sqlalchemy.orm import Session

from dnk_tool.domain.evidence import FileKind, Target
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.contents import keep
from dnk_tool.services.evidence.files import About, Added
from dnk_tool.services.uploads.inspection import Inspected
from dnk_tool.store.evidence.blob_store import Blobs
from dnk_tool.store.tables.declarations import Declaration
from tests.support.review_scenario import NOW

ANSWER, FIGURE = Target(ref="13.1"), Target(datapoint="energy.electricity.consumption")
QUOTA = 500_000_000
NOTHING_SAID = About()


def file(content: bytes = b"a bill", name: str = "Rechnung.pdf") -> Inspected:
    return Inspected(name, FileKind.PDF, content, hashlib.sha256(content).hexdigest())


def add(
    session: Session,
    blobs: Blobs,
    declaration: Declaration,
    actor: Actor,
    *files: Inspected,
    target: Target = ANSWER,
    about: About = NOTHING_SAID,
    quota: int = QUOTA,
) -> Added:
    files = files or (file(),)
    keep(blobs, declaration.organisation_id, files)
    return evidence_files.add(
        session, blobs, declaration, target, files, about, quota=quota, actor=actor, now=NOW
    )
