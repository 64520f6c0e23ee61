"""Rows of a task list: progress of each section, what is missing, and where to continue."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.answers.completeness import Completeness, CompletionStatus, GapKind
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.company_side.review_state import SectionBadge
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.section_parts import point_url


def missing_count(part: Completeness) -> int:
    """Number of gaps, not counting that the section is not marked as done."""
    return sum(gap.kind is not GapKind.NOT_CONFIRMED for gap in part.gaps)


def next_section(sections: tuple[Section, ...], parts: Mapping[str, Completeness]) -> Section | None:
    """The section to continue with: the first with a query, else in progress, else open."""
    for wanted in (CompletionStatus.QUERIED, CompletionStatus.IN_PROGRESS, CompletionStatus.OPEN):
        for section in sections:
            if parts[section.ref].status is wanted:
                return section
    return None


TAG_KINDS = {
    CompletionStatus.OPEN: "open",
    CompletionStatus.IN_PROGRESS: "progress",
    CompletionStatus.QUERIED: "attention",
    CompletionStatus.DONE: "done",
}


def section_task_row(
    declaration_id: int, section: Section, part: Completeness, mark: SectionBadge | None = None
) -> dict[str, str]:
    """Task-list row of a section: title, hints, and status.

    `mark`: what a review says of the section.
    """
    mark = mark or SectionBadge()
    title = section.title.to(current_language())
    return {
        "id": f"section-{section.ref}",
        "title": f"{section.number}. {title}" if isinstance(section, Criterion) else title,
        "href": point_url(declaration_id, section),
        "hint": " · ".join((*_hints(part), *mark.hints)),
        "status": mark.text or label_of(part.status),
        "kind": mark.kind or TAG_KINDS[part.status],
    }


def _hints(part: Completeness) -> list[str]:
    bits = []
    if part.status is CompletionStatus.IN_PROGRESS:
        bits.append(
            _("%(answered)s von %(asked)s Punkten beantwortet", answered=part.answered, asked=part.asked)
        )
        if part.gaps and not missing_count(part) and not part.unconfirmed:
            bits.append(_("noch zu bestätigen"))
    if part.unconfirmed:
        bits.append(
            ngettext(
                "%(num)d übernommene Angabe noch zu prüfen",
                "%(num)d übernommene Angaben noch zu prüfen",
                len(part.unconfirmed),
            )
        )
    if part.explained:
        bits.append(
            ngettext(
                "%(num)d Punkt erklärt statt berichtet",
                "%(num)d Punkte erklärt statt berichtet",
                part.explained,
            )
        )
    return bits
