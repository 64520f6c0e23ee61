"""The map of a declaration: every criterion with its state, and the points of the open one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from flask import get_template_attribute, render_template, request, url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Aspect, Criterion, Indicator, Requirement, Section, Selection
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import (
    Completeness,
    CompletionStatus,
    requirement_status,
    section_completeness,
)
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.task_list import TAG_KINDS
from dnk_tool.web.declarations.visible_sections import can_view_all_sections, visible_sections
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.company_side.review_state import CompanyReviewState
from dnk_tool.web.text.form_fields import field_name
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.text.section_parts import point_url


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One line of the map. `kind` draws its sign, `status` says it; "" for pages without a state.

    `anchor`: the id of a point that stands on another page of its section, for links of before; else "".
    """

    title: str
    href: str
    status: str = ""
    kind: str = ""
    is_current: bool = False
    points: tuple["MapEntry", ...] = ()
    anchor: str = ""

    @property
    def live(self) -> str:
        """Name under which an autosave renews the line: those of the page shown; "" for others."""
        point = self.href.partition("#")[2]
        return f"map-{point or 'page'}" if point or (self.kind and self.is_current) else ""


@dataclass(frozen=True, slots=True)
class MapChapter:
    """One of the four areas with its criteria. `is_open`: whether the page shown belongs to it."""

    key: str
    title: str
    entries: tuple[MapEntry, ...]
    done: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class CriteriaMap:
    """The map beside a page. `position`, `ref`: title and ref of the section shown, "" on other pages."""

    chapters: tuple[MapChapter, ...]
    before: tuple[MapEntry, ...]
    after: tuple[MapEntry, ...]
    position: str
    area: str = ""
    ref: str = ""

    @property
    def stripes(self) -> tuple[tuple[str, str], ...]:
        """Area and kind of state of each criterion, as the twenty stripes show them."""
        return tuple((chapter.key, entry.kind) for chapter in self.chapters for entry in chapter.entries)

    @property
    def done(self) -> int:
        """How many of the criteria in the map are finished."""
        return sum(chapter.done for chapter in self.chapters)


@dataclass(frozen=True, slots=True)
class MapState:
    """The state of a section in the map: how far it is, and what a review says instead."""

    status: CompletionStatus
    badge: str = ""
    badge_kind: str = ""

    @property
    def text(self) -> str:
        """The state in words."""
        return self.badge or label_of(self.status)

    @property
    def kind(self) -> str:
        """The kind of its sign."""
        return self.badge_kind or TAG_KINDS[self.status]


def section_states(
    situation: CompanyReviewState, selection: Selection, parts: Mapping[str, Completeness]
) -> dict[str, MapState]:
    """The states of the sections that the person may see, by ref. `parts`: how complete each is, by ref."""
    states = {}
    for section in visible_sections(selection):
        badge = situation.badge(section.ref)
        status = situation.adjusted_completeness(parts[section.ref]).status
        states[section.ref] = MapState(status, badge.text, badge.kind)
    return states


def criteria_map(
    situation: CompanyReviewState,
    sheet: Sheet,
    states: Mapping[str, MapState] | None = None,
    *,
    current: Section | None = None,
    shown: Collection[str] = (),
) -> CriteriaMap:
    """Build the map as the person may see it: a contributor's holds only their own criteria.

    `states`: those of the sections, if they are known. `current`: the section shown, whose points are
    listed; `shown`: the refs of those on the page itself.
    """
    declaration, selection = situation.declaration, sheet.selection
    if states is None:
        parts = {one.ref: section_completeness(sheet, one) for one in visible_sections(selection)}
        states = section_states(situation, selection, parts)
    entries = {
        ref: _section_entry(declaration, sheet, selection.section_by_ref[ref], state, current, shown)
        for ref, state in states.items()
    }
    chapters = []
    for area in selection.catalogue.areas:
        own = tuple(entries.pop(str(number)) for number in area.criteria if str(number) in entries)
        if own:
            done = sum(entry.kind in ("done", "approved") for entry in own)
            is_open = any(entry.is_current for entry in own)
            chapters.append(MapChapter(area.key, area.title.to(current_language()), own, done, is_open))
    return CriteriaMap(
        tuple(chapters),
        tuple(entries.values()),
        tuple(_pages(declaration)),
        _title(current) if current else "",
        next((chapter.key for chapter in chapters if chapter.is_open), ""),
        current.ref if current else "",
    )


def map_fields(criteria: CriteriaMap) -> dict[str, str]:
    """What an autosave changes in the map, as HTML: the page's own lines, its chapter and the stripes."""
    line = get_template_attribute("declarations/map/parts.html", "line")
    count = get_template_attribute("declarations/map/parts.html", "count")
    chapters = [chapter.entries for chapter in criteria.chapters]
    shown = [entry for entry in chain(criteria.before, *chapters) if entry.is_current]
    lines = chain(shown, *(entry.points for entry in shown))
    fields = {entry.live: str(line(entry)) for entry in lines if entry.live}
    for chapter in criteria.chapters:
        if chapter.is_open:
            fields["map-done"] = str(count(chapter))
    fields["map-stripes"] = render_template("declarations/map/stripes.html", map=criteria)
    return fields


def _section_entry(
    declaration: Declaration,
    sheet: Sheet,
    section: Section,
    state: MapState,
    current: Section | None,
    shown: Collection[str],
) -> MapEntry:
    is_current = current is not None and section.ref == current.ref
    return MapEntry(
        _title(section),
        point_url(declaration.id, section),
        state.text,
        state.kind,
        is_current,
        tuple(_points(declaration.id, sheet, section, shown)) if is_current else (),
    )


def _points(
    declaration_id: int, sheet: Sheet, section: Section, shown: Collection[str]
) -> Iterable[MapEntry]:
    for requirement in section.all_requirements:
        if requirement.is_explainable:
            status = requirement_status(sheet, section, requirement)
            anchor, is_here = field_name(requirement.ref), requirement.ref in shown
            yield MapEntry(
                point_title(requirement),
                f"#{anchor}" if is_here else point_url(declaration_id, section, requirement.ref),
                label_of(status),
                TAG_KINDS[status],
                anchor="" if is_here else anchor,
            )


def point_title(requirement: Requirement) -> str:
    """The title of a point with its number or the code of its indicator."""
    title = requirement.title.to(current_language())
    if isinstance(requirement, Indicator):
        return f"{requirement.code} {title}"
    return f"{requirement.ref} {title}" if isinstance(requirement, Aspect) else title


def _title(section: Section) -> str:
    title = section.title.to(current_language())
    return f"{section.number} {title}" if isinstance(section, Criterion) else title


def _pages(declaration: Declaration) -> Iterable[MapEntry]:
    """The pages about the whole declaration, as far as the person may see them."""
    pages: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        (_("Was fehlt noch?"), "missing.show", ("missing",)),
        (_("Zahlen aus Rechnungen"), "bills.show", ("bills", "calculators")),
        (_("Alle Kennzahlen"), "figures.index", ("figures",)),
        (_("Belege"), "evidence.index", ("evidence",)),
        (_("Angaben prüfen"), "finish.check", ("finish",)),
    )
    for title, endpoint, blueprints in pages if can_view_all_sections() else pages[:1]:
        href = url_for(endpoint, declaration_id=declaration.id)
        is_current = request.blueprint in blueprints
        yield MapEntry(title, href, is_current=is_current)
