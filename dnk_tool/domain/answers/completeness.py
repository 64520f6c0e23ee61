"""Decides what is missing in a declaration, for overview, page, final check and report alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dnk_tool.catalogue.standard.item_model import Item, ItemKind, Table
from dnk_tool.catalogue.standard.model import Criterion, Requirement, Section
from dnk_tool.domain.answers.answer import Disclosure, Sheet
from dnk_tool.domain.answers.take_over import narrative_refs, unconfirmed_refs
from dnk_tool.domain.answers.values import Rows


class GapKind(StrEnum):
    """What exactly is missing."""

    NO_TEXT = "no-text"
    NO_EXPLANATION = "no-explanation"
    NO_VALUE = "no-value"
    INCOMPLETE_ROW = "incomplete-row"
    NO_PROFILE = "no-profile"
    UNCHECKED_DRAFT = "unchecked-draft"
    NOT_CONFIRMED = "not-confirmed"


class CompletionStatus(StrEnum):
    """The status of a section.

    `QUERIED` comes from the review alone: reviewers ask for a change, or a remark waits for an answer
    (`web/review/company_side/review_state`). This module never returns it.
    """

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    QUERIED = "queried"
    DONE = "done"


class SectionProgress(StrEnum):
    """The status of a section, for readers who see no answers."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    ANSWERED = "answered"
    EXPLAINED = "explained"


FINISHED_PROGRESS = frozenset({SectionProgress.ANSWERED, SectionProgress.EXPLAINED})


@dataclass(frozen=True, slots=True)
class Gap:
    """One missing thing, with the place where it is asked. `row` counts from 1 and is 0 outside of tables."""

    section: str
    requirement: str
    item: str
    kind: GapKind
    row: int = 0


@dataclass(frozen=True, slots=True)
class Completeness:
    """The status of a section: requirements reported, explained and asked in all, and what is missing.

    `characters` is the length of the texts to be printed. `unconfirmed`: answers taken over from an earlier
    year that nobody has confirmed. They are no gaps and do not prevent finishing, but the section is not
    done. A draft that nobody has checked is a gap.
    """

    section: str
    status: CompletionStatus
    reported: int
    explained: int
    asked: int
    gaps: tuple[Gap, ...]
    characters: int
    unconfirmed: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        """The number of requirements that are reported or explained."""
        return self.reported + self.explained


def declaration_completeness(sheet: Sheet) -> tuple[Completeness, ...]:
    """The completeness of every section, in the order of the wizard."""
    return tuple(section_completeness(sheet, section) for section in sheet.selection.sections)


def section_completeness(sheet: Sheet, section: Section) -> Completeness:
    """The completeness of one section of the sheet's selection.

    A section is done when its editor says so and nothing is missing; an explanation counts as an answer
    (comply or explain, for every aspect and every indicator).
    """
    requirements = section.all_requirements
    missing = {r.ref: tuple(_requirement_gaps(sheet, section, r)) for r in requirements}
    answered = [r for r in requirements if not missing[r.ref]]
    explained = sum(sheet.is_explained(r) for r in answered)
    gaps = (*_profile_gaps(sheet, section), *(gap for r in requirements for gap in missing[r.ref]))
    is_done = section.ref in sheet.done
    if not gaps and not is_done:
        gaps = (Gap(section.ref, "", "", GapKind.NOT_CONFIRMED),)
    taken = tuple(ref for ref in unconfirmed_refs(sheet, section) if ref not in sheet.drafts)
    return Completeness(
        section=section.ref,
        status=_section_status(sheet, section, is_open=bool(gaps or taken), is_done=is_done),
        reported=len(answered) - explained,
        explained=explained,
        asked=len(requirements),
        gaps=gaps,
        characters=sum(_printed_length(sheet, r) for r in section.requirements),
        unconfirmed=taken,
    )


def progress_by_section(sheet: Sheet) -> dict[str, SectionProgress]:
    """The progress of each section; one that is done and reports nothing counts as explained."""
    return {part.section: section_progress(part) for part in declaration_completeness(sheet)}


def section_progress(part: Completeness) -> SectionProgress:
    """The progress of the section with this completeness."""
    if part.status is CompletionStatus.DONE:
        return SectionProgress.ANSWERED if part.reported else SectionProgress.EXPLAINED
    return SectionProgress.OPEN if part.status is CompletionStatus.OPEN else SectionProgress.IN_PROGRESS


def declaration_gaps(sheet: Sheet) -> tuple[Gap, ...]:
    """Every gap that prevents the declaration from being finished."""
    return tuple(gap for part in declaration_completeness(sheet) for gap in part.gaps)


def criteria_done(sheet: Sheet, parts: Sequence[Completeness] = ()) -> int:
    """The number of criteria that are done, without general information and supplements.

    `parts`: the completeness of every section, if it is known already.
    """
    criteria = {section.ref for section in sheet.selection.sections if isinstance(section, Criterion)}
    return sum(
        part.status is CompletionStatus.DONE and part.section in criteria
        for part in parts or declaration_completeness(sheet)
    )


def _profile_gaps(sheet: Sheet, section: Section) -> Iterator[Gap]:
    """The fields of the company's profile that the general information needs and that are empty."""
    if section.ref == sheet.selection.catalogue.general.ref and sheet.profile is not None:
        for name in sheet.profile.missing:
            yield Gap(section.ref, "", f"organisation.{name.replace('_', '-')}", GapKind.NO_PROFILE)


def _section_status(sheet: Sheet, section: Section, *, is_open: bool, is_done: bool) -> CompletionStatus:
    if not is_open:
        return CompletionStatus.DONE
    touched = is_done or any(_is_touched(sheet, r) for r in section.all_requirements)
    return CompletionStatus.IN_PROGRESS if touched else CompletionStatus.OPEN


def _is_touched(sheet: Sheet, requirement: Requirement) -> bool:
    if not sheet.answer(requirement.ref).is_empty:
        return True
    return any(
        not sheet.figure(item.datapoint).is_empty if item.datapoint else not sheet.answer(item.ref).is_empty
        for item in requirement.items
    )


def _requirement_gaps(sheet: Sheet, section: Section, requirement: Requirement) -> Iterator[Gap]:
    answer = sheet.answer(requirement.ref)
    if requirement.is_explainable and answer.disclosure is Disclosure.EXPLAIN:
        if not answer.explanation:
            yield Gap(section.ref, requirement.ref, requirement.ref, GapKind.NO_EXPLANATION)
        return
    for ref in narrative_refs(requirement) if sheet.drafts else ():
        if ref in sheet.taken and ref in sheet.drafts:
            yield Gap(section.ref, requirement.ref, ref, GapKind.UNCHECKED_DRAFT)
    for item in requirement.items:
        for kind, row in _item_gaps(sheet, item):
            yield Gap(section.ref, requirement.ref, item.ref, kind, row)
    is_free = not any(item.required for item in requirement.items)
    if is_free and requirement.is_explainable and not any(_is_answered(sheet, i) for i in requirement.items):
        takes_text = any(item.kind is ItemKind.TEXT for item in requirement.items)
        kind = GapKind.NO_TEXT if takes_text else GapKind.NO_VALUE
        yield Gap(section.ref, requirement.ref, requirement.ref, kind)


def _is_answered(sheet: Sheet, item: Item) -> bool:
    """Whether the item is answered; of several optional items, one must be."""
    if item.datapoint:
        return sheet.figure(item.datapoint).is_stated
    answer = sheet.answer(item.ref)
    return bool(answer.text if item.kind is ItemKind.TEXT else answer.value)


def _item_gaps(sheet: Sheet, item: Item) -> Iterator[tuple[GapKind, int]]:
    if item.required and not _is_answered(sheet, item):
        yield (GapKind.NO_TEXT if item.kind is ItemKind.TEXT else GapKind.NO_VALUE), 0
    elif item.table and isinstance(value := sheet.answer(item.ref).value, Rows):
        yield from _row_gaps(item.table, value)


def _row_gaps(table: Table, value: Rows) -> Iterator[tuple[GapKind, int]]:
    needed = {column.key for column in table.columns if column.required}
    for number, row in enumerate(value.rows, start=1):
        if needed - row.keys():
            yield GapKind.INCOMPLETE_ROW, number


def _printed_length(sheet: Sheet, requirement: Requirement) -> int:
    answer = sheet.answer(requirement.ref)
    return len(answer.explanation if sheet.is_explained(requirement) else answer.text)


def requirement_status(sheet: Sheet, section: Section, requirement: Requirement) -> CompletionStatus:
    """The status of one aspect, indicator or detail: open, in progress, or done (reported or explained)."""
    waiting = unconfirmed_refs(sheet, section)
    is_unconfirmed = not set(waiting).isdisjoint(narrative_refs(requirement))
    if not any(_requirement_gaps(sheet, section, requirement)) and not is_unconfirmed:
        return CompletionStatus.DONE
    return CompletionStatus.IN_PROGRESS if _is_touched(sheet, requirement) else CompletionStatus.OPEN
