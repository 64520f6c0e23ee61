"""What a page says of its section's progress: tabs, dock, the list above it and the map.

An autosave renews all of it, but only where the states behind it differ from those that the page shows. The
page says which these are, so that nothing has to be kept, and what others changed meanwhile counts as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from flask import render_template, request

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Completeness, requirement_status
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.answers.part_links import PartLinks, part_links, part_progress
from dnk_tool.web.declarations.criteria_map import (
    CriteriaMap,
    MapState,
    criteria_map,
    map_fields,
    section_states,
)
from dnk_tool.web.declarations.gaps import GapLine, may_see_profile, own_gap_lines
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.review.company_side.review_state import CompanyReviewState
from dnk_tool.web.text.section_parts import SectionPart, section_parts

SHOWN_STATES = "shown-states"  # the field with the digest of the states that the page shows


@dataclass(frozen=True)
class LiveProgress:
    """The progress as one page of a section shows it. `parts`: how complete each section is, by ref."""

    situation: CompanyReviewState
    part: SectionPart
    sheet: Sheet
    parts: Mapping[str, Completeness]

    @property
    def declaration(self) -> Declaration:
        return self.situation.declaration

    @property
    def section(self) -> Section:
        """The whole section of the page."""
        return self.sheet.selection.section_by_ref[self.part.section.ref]

    @property
    def completeness(self) -> Completeness:
        """How complete the whole section is."""
        return self.parts[self.section.ref]

    @cached_property
    def digest(self) -> str:
        """A digest of all states from which the HTML follows, taken before any of it is made."""
        told, section = self.completeness, self.section
        states = (
            current_language(),
            self.part.address,
            may_see_profile(),
            self.states,
            (told.status, told.answered, told.asked, told.gaps, len(told.unconfirmed)),
            [requirement_status(self.sheet, section, one) for one in section.all_requirements],
            [part_progress(self.sheet, part) for part in section_parts(section)],
        )
        return blake2b(repr(states).encode(), digest_size=8).hexdigest()

    @cached_property
    def states(self) -> dict[str, MapState]:
        """The states of the sections in the map, by ref."""
        return section_states(self.situation, self.sheet.selection, self.parts)

    @cached_property
    def gaps(self) -> tuple[GapLine, ...]:
        """The lines of what is missing."""
        here = self.part.url(self.declaration.id)
        return own_gap_lines(self.completeness, self.declaration, self.sheet, here=here)

    @cached_property
    def links(self) -> PartLinks:
        """The tabs."""
        return part_links(self.declaration, self.section, self.sheet, self.part)

    def map(self, shown: Collection[str]) -> CriteriaMap:
        """The map with the points of the section. `shown`: the refs of those on the page itself."""
        return criteria_map(self.situation, self.sheet, self.states, current=self.section, shown=shown)

    def fields(self) -> dict[str, str]:
        """What the page that sent the request does not show yet, as HTML by the place there."""
        if request.form.get(SHOWN_STATES) == self.digest:
            return {}
        return map_fields(self.map(self.part.refs)) | {
            name: render_template(
                f"answers/criterion/{name}.html",
                live=self,
                links=self.links,
                is_refused=False,
            ).strip()
            for name in ("progress", "missing", "links")
        }
