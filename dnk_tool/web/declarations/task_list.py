"""The rows of a task list: how far each section is, what is missing there, and where to go on."""

from collections.abc import Mapping

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.answers.completeness import Completeness, GapKind, Status
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.company_side.review_state import Mark
from dnk_tool.web.text.labels import word


def missing_count(part: Completeness) -> int:
    """How many things are missing, not counting the editor's own word that the section is done."""
    return sum(gap.kind is not GapKind.NOT_CONFIRMED for gap in part.gaps)


def next_section(sections: tuple[Section, ...], parts: Mapping[str, Completeness]) -> Section | None:
    """Where to go on: what is in work first, then what is open, in the order of the wizard."""
    for wanted in (Status.QUERIED, Status.IN_PROGRESS, Status.OPEN):
        for section in sections:
            if parts[section.ref].status is wanted:
                return section
    return None


TAG_KINDS = {
    Status.OPEN: "open",
    Status.IN_PROGRESS: "progress",
    Status.QUERIED: "attention",
    Status.DONE: "done",
}


def task(
    declaration_id: int, section: Section, part: Completeness, mark: Mark | None = None
) -> dict[str, str]:
    """A row of the task list: the section, how far it is, and one short word for it.

    `mark` is what a review says of the section.
    """
    mark = mark or Mark()
    title = section.title.to(current_language())
    return {
        "title": f"{section.number}. {title}" if isinstance(section, Criterion) else title,
        "href": url_for("criterion.show", declaration_id=declaration_id, section_ref=section.ref),
        "hint": " · ".join((*_hints(part), *mark.hints)),
        "status": mark.text or word(part.status),
        "kind": mark.kind or TAG_KINDS[part.status],
    }


def _hints(part: Completeness) -> list[str]:
    bits = []
    if part.status is Status.IN_PROGRESS:
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
