"""The sections of a declaration that a person may see: all, or a contributor's own."""

from dataclasses import replace

from flask import render_template

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.answers import completeness
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.figures.calculator_lines import lines_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.task_list import next_section, section_task_row
from dnk_tool.web.figures.recalculated import undecided_count
from dnk_tool.web.http.access import current_actor, current_subject
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state


def can_view_all_sections() -> bool:
    """Whether the person may see the whole declaration."""
    return can(Permission.DECLARATION_VIEW, current_actor(), current_subject())


def visible_sections(selection: Selection) -> tuple[Section, ...]:
    """The sections that the person may see, in their usual order."""
    return tuple(
        section
        for section in selection.sections
        if can(Permission.SECTION_VIEW, current_actor(), replace(current_subject(), section=section.ref))
    )


def next_visible_section(selection: Selection, section: Section) -> Section | None:
    """The next section that the person may see; None at the end."""
    sections = visible_sections(selection)
    following = sections[sections.index(section) + 1 :]
    return following[0] if following else None


def render_contributor_overview(declaration: Declaration) -> str:
    """Render the overview of a contributor, with only their own sections."""
    content = declarations.read_content(db(), declaration)
    sections = visible_sections(content.sheet.selection)
    situation = company_review_state(declaration, sections={section.ref for section in sections})
    parts = {
        section.ref: situation.adjusted_completeness(
            completeness.section_completeness(content.sheet, section)
        )
        for section in sections
    }
    return render_template(
        "declarations/overview_contributor.html",
        declaration=declaration,
        selection=content.sheet.selection,
        situation=situation,
        tasks=[
            section_task_row(declaration.id, section, parts[section.ref], situation.badge(section.ref))
            for section in sections
        ],
        next_section=next_section(sections, parts),
        undecided=undecided_count(declaration, content, lines_of(db(), declaration)),
        is_editable=any(situation.is_open(section.ref) for section in sections),
    )
