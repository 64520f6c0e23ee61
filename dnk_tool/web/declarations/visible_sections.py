"""The sections of a declaration that a person may see: all, or a contributor's own."""

from dataclasses import replace

from flask import g

from dnk_tool.catalogue import Section, Selection
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.web.http.access import current_actor, current_subject


def can_view_all_sections() -> bool:
    """Whether the person may see the whole declaration."""
    return can(Permission.DECLARATION_VIEW, current_actor(), current_subject())


def visible_sections(selection: Selection) -> tuple[Section, ...]:
    """The sections that the person may see, in their usual order; decided once for each request."""
    known: dict[int, tuple[Selection, tuple[Section, ...]]] = g.setdefault("visible_sections", {})
    if id(selection) not in known:
        actor, subject = current_actor(), current_subject()
        visible = (
            section
            for section in selection.sections
            if can(Permission.SECTION_VIEW, actor, replace(subject, section=section.ref))
        )
        known[id(selection)] = selection, tuple(visible)
    return known[id(selection)][1]


def next_visible_section(selection: Selection, section: Section) -> Section | None:
    """The next section that the person may see; None at the end."""
    sections = visible_sections(selection)
    following = sections[sections.index(section) + 1 :]
    return following[0] if following else None
