"""Adds files of evidence in tests: their contents are plain words, which nobody looks into."""

import hashlib

from sqlalchemy.orm import Session

from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.contents import store_contents
from dnk_tool.services.evidence.files import AddedEvidence, EvidenceDetails
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.services.work import Work
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.tables.declarations import Declaration
from tests.support.review_scenario import NOW

ANSWER, FIGURE = EvidenceTarget(ref="13.1"), EvidenceTarget(datapoint="energy.electricity.consumption")
QUOTA = 500_000_000
NO_DETAILS = EvidenceDetails()


def make_file(content: bytes = b"a bill", name: str = "Rechnung.pdf") -> InspectedFile:
    return InspectedFile(name, EvidenceFileType.PDF, content, hashlib.sha256(content).hexdigest())


def add_evidence(
    session: Session,
    blobs: BlobStore,
    declaration: Declaration,
    actor: Actor,
    *files: InspectedFile,
    target: EvidenceTarget = ANSWER,
    about: EvidenceDetails = NO_DETAILS,
    quota: int = QUOTA,
) -> AddedEvidence:
    files = files or (make_file(),)
    store_contents(blobs, declaration.organisation_id, files)
    return evidence_files.add_evidence(
        Work(session, actor, NOW), blobs, declaration, target, files, about, quota=quota
    )
