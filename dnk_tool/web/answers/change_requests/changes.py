"""What the company has changed since the version that the reviewers read."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.declarations.comparison import abridged, changed_sections
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.section_diff import RequirementDiff, section_diffs

PROFILE = "organisation"  # the anchor under which changes of the company's profile stand


@dataclass(frozen=True)
class SectionChanges:
    """A section with what has changed in it."""

    section: Section
    diffs: tuple[RequirementDiff, ...]


def live_version(submitted: Document, sheet: Sheet) -> Document:
    """The submitted version with the present answers, as its readers would see them."""
    year = submitted.reporting_year
    return redact_document(
        replace(
            submitted,
            answers=sheet.answers,
            figures={(year, key): figure for key, figure in sheet.figures.items()},
            organisation=sheet.profile or submitted.organisation,
        )
    )


def changes_of(
    submitted: Document | None, sheet: Sheet, section: Section, refs: Collection[str]
) -> tuple[RequirementDiff, ...]:
    """What has changed in these requirements of the section; nothing without a submitted version."""
    if submitted is None:
        return ()
    live = live_version(submitted, sheet)
    diffs = section_diffs(submitted, live, section.restricted_to(refs), current_language())
    return tuple(diff for diff in diffs if diff.anchor != PROFILE)


def has_changed_text(submitted: Document, sheet: Sheet, section: Section) -> bool:
    """Whether a text or an explanation of the section reads differently."""
    before, after = submitted.sheet(), live_version(submitted, sheet).sheet()
    refs = section.refs | {item.ref for one in section.all_requirements for item in one.items}
    told = [(before.answer(ref), after.answer(ref)) for ref in refs]
    return any((old.text, old.explanation) != (new.text, new.explanation) for old, new in told)


def all_changes(submitted: Document | None, sheet: Sheet) -> tuple[SectionChanges, ...]:
    """All that has changed, by section, also where nobody asked for it; of long texts what is beside it."""
    if submitted is None:
        return ()
    live = live_version(submitted, sheet)
    changed = changed_sections(submitted, live)
    return tuple(
        SectionChanges(section, tuple(map(_abridged, diffs)))
        for section in sheet.selection.sections
        if section.ref in changed and (diffs := section_diffs(submitted, live, section, current_language()))
    )


def _abridged(diff: RequirementDiff) -> RequirementDiff:
    return replace(diff, changes=tuple(replace(row, runs=abridged(row.runs)) for row in diff.changes))
