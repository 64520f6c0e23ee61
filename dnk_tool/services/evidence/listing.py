"""Lists the evidence that a declaration's document names, and the files that its reviewers may open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.annex import ListedEvidence
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.evidence import Evidence
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.tables.declarations import Declaration


def listed_evidence(
    session: Session, declaration: Declaration, *, of_lines: Mapping[int, Sequence[str]] | None = None
) -> tuple[ListedEvidence, ...]:
    """The evidence that the declaration's document names: files that are listed or for the reviewers.

    `of_lines`: datapoints that follow from each line, by line id. All other files stay private, also those
    that belong only to removed lines.
    """
    reported = [
        file
        for file in evidence.of_declaration(session, declaration)
        if (file.is_listed or file.is_for_review) and _is_reported(file, of_lines or {})
    ]
    return tuple(
        ListedEvidence(
            title=file.title,
            name=file.name,
            sha256=file.sha256,
            belongs_to=tuple(sorted(_belongs_to(file, of_lines or {}))),
            is_listed=file.is_listed,
            is_for_review=file.is_for_review,
        )
        for file in sorted(reported, key=lambda file: (file.label.casefold(), file.id))
    )


def _is_reported(file: Evidence, of_lines: Mapping[int, Sequence[str]]) -> bool:
    return any(not target.line or target.line in of_lines for target in file.targets)


def _belongs_to(file: Evidence, of_lines: Mapping[int, Sequence[str]]) -> set[str]:
    named = {target.ref or target.datapoint for target in file.targets} - {""}
    return named | {key for target in file.targets for key in of_lines.get(target.line, ())}


def latest_version_listing(session: Session, declaration: Declaration, sha256: str) -> int:
    """Number of the newest frozen version whose public list of evidence names the file; 0 if none does."""
    for snapshot in declarations.snapshots(session, declaration.id):
        evidence_then = read_document(snapshot.content).annex.evidence
        if any(listed.is_listed and listed.sha256 == sha256 for listed in evidence_then):
            return snapshot.version
    return 0


@dataclass(frozen=True, slots=True)
class ReviewableEvidence:
    """A file that reviewers may open: as the submitted version names it, and as it is stored today."""

    listed: ListedEvidence
    file: Evidence


def evidence_for_review(
    session: Session, declaration: Declaration, document: Document
) -> tuple[ReviewableEvidence, ...]:
    """The files that the reviewers of a submitted version may open today.

    A file must have been for the reviewers when the version was submitted, belong to something that this
    version contains, and still be for the reviewers now: the company can close it at any time.
    """
    marked = [file for file in document.annex.evidence if file.is_for_review]
    if not marked:
        return ()
    today = evidence.reviewable_by_hash(session, declaration)
    selection = document.selection
    said = {
        *selection.section_of,
        *selection.datapoints,
        *(figure.datapoint for figure in document.annex.figures),
    }
    return tuple(
        ReviewableEvidence(file, today[file.sha256])
        for file in marked
        if file.sha256 in today and (not file.belongs_to or said & set(file.belongs_to))
    )
