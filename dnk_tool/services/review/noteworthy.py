"""Finds what reviewers should read first in a frozen version: odd figures, big changes, explained, short.

Reads the version of the year before beside a declaration under review.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Requirement, Section
from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.answers.guide_length import guide_length
from dnk_tool.domain.declarations.comparison import sense_change
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.plausibility import plausibility_warnings, warning_text
from dnk_tool.domain.review import Noteworthy
from dnk_tool.report.text.marked_text import without_signs
from dnk_tool.services.figures.plausibility import PROFILE_FIGURES, facts_of_document, printed_datapoint
from dnk_tool.services.review.round import ReviewRound, SnapshotKey, snapshot_document
from dnk_tool.store.clusters import earlier_versions
from dnk_tool.store.tables.declarations import Declaration

# A text is very short with less than this part of the shortest length that is advised.
VERY_SHORT = 2
# Where warnings about the company's profile stand: they belong to no requirement.
PROFILE = "organisation"


@dataclass(frozen=True)
class EarlierVersion:
    """A frozen version of the year before, with its document."""

    key: SnapshotKey
    document: Document

    @property
    def year(self) -> int:
        """Its reporting year."""
        return self.document.reporting_year


def earlier_version(session: Session, declaration: Declaration) -> EarlierVersion | None:
    """The version of the year before that the reviewers of the declaration may read; None without any.

    Nothing else decides this: pages get last year's text only from here. It is asked for on each request, so
    that a choice that the company takes back ends at once.
    """
    snapshot = earlier_versions.readable_earlier_snapshot(session, declaration)
    if snapshot is None:
        return None
    return EarlierVersion(SnapshotKey(snapshot.sha256, snapshot.content), snapshot_document(snapshot))


@dataclass(frozen=True, slots=True)
class ReportedWarning:
    """A warning about figures in the language of the version, with the company's printed sentence, if any."""

    datapoint: str
    odd: str
    sentence: str = ""


def warnings_by_place(review_round: ReviewRound) -> Mapping[str, tuple[ReportedWarning, ...]]:
    """The warnings about the version under review, by the ref of the requirement that they stand at.

    Those about the company's profile stand under PROFILE. Computed from the version alone, in the words that
    the company was shown; a printed sentence stays even if the rules of today warn no more.
    """
    return _warnings_by_place(_key(review_round))


def noteworthy_sections(
    review_round: ReviewRound, earlier: EarlierVersion | None
) -> Mapping[str, tuple[Noteworthy, ...]]:
    """The reasons to read a section first, by its ref, the strongest first; sections without are left out."""
    return _noteworthy_sections(_key(review_round), earlier.key if earlier else None)


def sections_by_note(
    review_round: ReviewRound, noted: Mapping[str, tuple[Noteworthy, ...]]
) -> tuple[Section, ...]:
    """All sections: those of the strongest reason first, else in the order of the declaration."""
    reasons = list(Noteworthy)

    def rank(section: Section) -> int:
        return reasons.index(noted[section.ref][0]) if section.ref in noted else len(reasons)

    return tuple(sorted(review_round.sections, key=rank))


def _key(review_round: ReviewRound) -> SnapshotKey:
    return SnapshotKey(review_round.snapshot.sha256, review_round.snapshot.content)


@lru_cache(maxsize=64)
def _warnings_by_place(frozen: SnapshotKey) -> Mapping[str, tuple[ReportedWarning, ...]]:
    document = snapshot_document(frozen)
    placed: dict[str, list[ReportedWarning]] = {}
    for warning in _reported_warnings(document):
        if place := _place(document, warning.datapoint):
            placed.setdefault(place, []).append(warning)
    return {place: tuple(warnings) for place, warnings in placed.items()}


def _reported_warnings(document: Document) -> Iterator[ReportedWarning]:
    rules = load_plausibility()
    sentences = {(said.datapoint, said.question): said.sentence for said in document.annex.explanations}
    for warning in plausibility_warnings(rules, facts_of_document(document)):
        datapoint, odd = printed_datapoint(warning), warning_text(rules, warning, document.language).odd
        yield ReportedWarning(datapoint, odd, sentences.pop((datapoint, odd), ""))
    for (datapoint, odd), sentence in sentences.items():
        yield ReportedWarning(datapoint, odd, sentence)


def _place(document: Document, datapoint: str) -> str:
    """The requirement that reports the figure, else one that asks for it, else the profile; else ""."""
    selection, sheet = document.selection, document.sheet()
    table = datapoint.partition("/")[0]
    asking = selection.asked_by.get(datapoint) or tuple(
        requirement
        for requirement in selection.requirements.values()
        if any(item.ref == table for item in requirement.items)
    )
    elsewhere = PROFILE if datapoint in PROFILE_FIGURES else ""
    return next((r.ref for r in sorted(asking, key=sheet.is_explained)), elsewhere)


@lru_cache(maxsize=64)
def _noteworthy_sections(
    frozen: SnapshotKey, earlier: SnapshotKey | None
) -> Mapping[str, tuple[Noteworthy, ...]]:
    document = snapshot_document(frozen)
    before = snapshot_document(earlier) if earlier else None
    placed = _warnings_by_place(frozen)
    noted = {
        section.ref: tuple(_reasons(document, before, section, placed))
        for section in document.selection.sections
    }
    return {ref: reasons for ref, reasons in noted.items() if reasons}


def _reasons(
    document: Document,
    before: Document | None,
    section: Section,
    placed: Mapping[str, tuple[ReportedWarning, ...]],
) -> Iterator[Noteworthy]:
    sheet, requirements = document.sheet(), section.all_requirements
    is_general = section.ref == document.selection.catalogue.general.ref
    if any(requirement.ref in placed for requirement in requirements) or (is_general and PROFILE in placed):
        yield Noteworthy.WARNING
    if before and any(_is_big_change(before, document, requirement) for requirement in requirements):
        yield Noteworthy.BIG_CHANGE
    if any(requirement.is_explainable and sheet.is_explained(requirement) for requirement in requirements):
        yield Noteworthy.EXPLAINED
    guide = guide_length(section, document.selection.catalogue.guide_length)
    lengths = [
        len(without_signs(sheet.answer(aspect.ref)).text)
        for aspect in section.aspects
        if not sheet.is_explained(aspect)
    ]
    if guide and any(0 < length < guide[0] / VERY_SHORT for length in lengths):
        yield Noteworthy.SHORT


def _is_big_change(before: Document, after: Document, requirement: Requirement) -> bool:
    return sense_change(before.sheet(), after.sheet(), requirement, after.reporting_year) is not None
