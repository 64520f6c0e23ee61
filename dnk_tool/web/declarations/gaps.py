"""Gaps for the final check, each with a link to its field, in as few lines as possible."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Criterion, Indicator, Requirement, Section
from dnk_tool.catalogue.standard.item_model import Item
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import (
    Completeness,
    CompletionStatus,
    Gap,
    GapKind,
    requirement_status,
)
from dnk_tool.domain.answers.take_over import narrative_refs
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.section_parts import point_url


@dataclass(frozen=True)
class CheckLine:
    """One thing to look at before finishing: label, what is wrong, and the address of its field."""

    label: str
    text: str
    href: str


@dataclass(frozen=True)
class GapLine(CheckLine):
    """One gap. `is_begun`: something is said there."""

    gap: Gap
    is_begun: bool = True

    @property
    def is_elsewhere(self) -> bool:
        """Whether the field stands on another page than the lines of `own_gap_lines`."""
        return self.href.startswith("/")


def gap_lines(part: Completeness, declaration: Declaration, sheet: Sheet) -> Iterator[GapLine]:
    """Yield a section's gaps; a requirement that nobody has begun is one line, not one for each field."""
    section = sheet.selection.section_by_ref[part.section]
    told: set[str] = set()
    for gap in part.gaps:
        requirement = sheet.selection.requirements.get(gap.requirement)
        if (
            requirement is None
            or requirement_status(sheet, section, requirement) is not CompletionStatus.OPEN
        ):
            yield _gap_line(gap, declaration, sheet)
        elif requirement.ref not in told:
            told.add(requirement.ref)
            where = section_url(declaration, section, requirement.ref)
            text = _("noch nicht bearbeitet")
            yield GapLine(requirement_title(requirement), text, where, gap, is_begun=False)


def missing_lines(part: Completeness, declaration: Declaration, sheet: Sheet) -> Iterator[GapLine]:
    """The lines of a section's gaps, not counting that it is not marked as done."""
    gaps = tuple(gap for gap in part.gaps if gap.kind is not GapKind.NOT_CONFIRMED)
    return gap_lines(replace(part, gaps=gaps), declaration, sheet)


def own_gap_lines(
    part: Completeness, declaration: Declaration, sheet: Sheet, *, here: str
) -> tuple[GapLine, ...]:
    """A section's gaps for one of its pages, and nothing about the mark that its button sets.

    `here`: the address of the page, within which links are short. A gap in the profile has no address for
    those who may not see the profile.
    """
    section_start = point_url(declaration.id, sheet.selection.section_by_ref[part.section])
    sees_profile = may_see_profile()
    lines = []
    for line in missing_lines(part, declaration, sheet):
        is_here = line.href.startswith(f"{here}#")
        is_shown = sees_profile or line.href.startswith(section_start)
        href = line.href if is_shown else ""
        lines.append(replace(line, href=href.removeprefix(here) if is_here else href))
    return tuple(lines)


def may_see_profile() -> bool:
    """Whether the person may see the company's profile, so that a gap there has an address."""
    return can(Permission.ORGANISATION_VIEW, current_actor(), current_subject())


def unconfirmed_lines(
    parts: Iterable[Completeness], declaration: Declaration, sheet: Sheet
) -> Iterator[CheckLine]:
    """Yield one line for each section with unconfirmed answers, ready-made or from an earlier year.

    It links to the first such answer.
    """
    for part in parts:
        if not part.unconfirmed:
            continue
        section = sheet.selection.section_by_ref[part.section]
        first = next(
            ref
            for requirement in section.all_requirements
            for ref in narrative_refs(requirement)
            if ref in part.unconfirmed
        )
        year = max(sheet.taken[ref] for ref in part.unconfirmed)
        text = (
            ngettext("%(num)d Vorschlag", "%(num)d Vorschläge", len(part.unconfirmed))
            if year == declaration.reporting_year
            else ngettext(
                "%(num)d Angabe, aus %(year)s übernommen",
                "%(num)d Angaben, aus %(year)s übernommen",
                len(part.unconfirmed),
                year=year,
            )
        )
        label = f"{_number(section)}{section.title.to(current_language())}"
        yield CheckLine(label, text, section_url(declaration, section, first))


def outdated_lines(
    declaration: Declaration, sheet: Sheet, told: Mapping[str, Sequence[str]]
) -> Iterator[CheckLine]:
    """Yield one line for each aspect whose text names figures as they were before. `told`: in words."""
    for ref, texts in told.items():
        requirement, section = sheet.selection.requirements[ref], sheet.selection.section_of[ref]
        title = f"{ref} {requirement_title(requirement)}"
        yield CheckLine(title, " ".join(texts), section_url(declaration, section, ref))


def _number(section: Section) -> str:
    return f"{section.number}. " if isinstance(section, Criterion) else ""


def _gap_line(gap: Gap, declaration: Declaration, sheet: Sheet) -> GapLine:
    selection = sheet.selection
    if gap.kind is GapKind.NO_PROFILE:
        field = gap.item.removeprefix("organisation.").replace("-", "_")
        href = url_for("profile.edit", organisation_id=declaration.organisation_id, _anchor=field)
        label = dict(selection.catalogue.derived)[gap.item].to(current_language())
        return GapLine(label, label_of(gap.kind), href, gap, is_begun=False)
    section = selection.section_by_ref[gap.section]
    if gap.kind is GapKind.NOT_CONFIRMED:
        href = section_url(declaration, section, "", anchor="done")
        return GapLine(label_of(gap.kind), "", href, gap)
    label = _label(selection.requirements.get(gap.requirement), selection.items.get(gap.item))
    where = f" ({_('Zeile %(number)s', number=gap.row)})" if gap.row else ""
    href = section_url(declaration, section, gap.item or gap.requirement)
    return GapLine(label, label_of(gap.kind) + where, href, gap)


def section_url(declaration: Declaration, section: Section, ref: str, *, anchor: str = "") -> str:
    """The address of a field on its section's page."""
    return point_url(declaration.id, section, ref, anchor=anchor)


def _label(requirement: Requirement | None, item: Item | None) -> str:
    if isinstance(requirement, Indicator) and item:
        return f"{requirement.code}: {item.label.to(current_language())}"
    return requirement_title(requirement) if requirement else ""


def requirement_title(requirement: Requirement) -> str:
    """The title of a requirement, behind the code of an indicator."""
    title = requirement.title.to(current_language())
    return f"{requirement.code}: {title}" if isinstance(requirement, Indicator) else title
