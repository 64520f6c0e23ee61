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
    found = [
        one
        for one in evidence.of_declaration(session, declaration)
        if (one.is_listed or one.is_for_review) and _is_reported(one, of_lines or {})
    ]
    return tuple(
        ListedEvidence(
            title=one.title,
            name=one.name,
            sha256=one.sha256,
            belongs_to=tuple(sorted(_belongs_to(one, of_lines or {}))),
            is_listed=one.is_listed,
            is_for_review=one.is_for_review,
        )
        for one in sorted(found, key=lambda one: (one.label.casefold(), one.id))
    )


def _is_reported(one: Evidence, of_lines: Mapping[int, Sequence[str]]) -> bool:
    return any(not target.line or target.line in of_lines for target in one.targets)


def _belongs_to(one: Evidence, of_lines: Mapping[int, Sequence[str]]) -> set[str]:
    named = {target.ref or target.datapoint for target in one.targets} - {""}
    return named | {key for target in one.targets for key in of_lines.get(target.line, ())}


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
    marked = [one for one in document.annex.evidence if one.is_for_review]
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
        ReviewableEvidence(one, today[one.sha256])
        for one in marked
        if one.sha256 in today and (not one.belongs_to or said & set(one.belongs_to))
    )
