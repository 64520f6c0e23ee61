"""The pages of a section: texts, figures and their method; and the address of each point on its page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flask import request, url_for

from dnk_tool.catalogue import Aspect, Indicator, Item, Requirement, Section
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.web.text.form_fields import field_name

MOST_ROWS = 24  # of a page with figures, unless a single indicator or the texts alone have more
ROWS_OF_TABLE = 4  # as high as so many fields
ROWS_OF_ASPECT = 3  # its question, what belongs there, and the height of its text
_FIRST_FIELDS = {ItemKind.TEXT: "text", ItemKind.TABLE: "rows"}
_MOST_URLS = 8192  # as many as 50 declarations that are worked on
_MOST_KEPT = 1000  # sections; those of all indicator sets are some hundred


class PartKind(StrEnum):
    """Whether a page asks for words, for figures or for the method behind these."""

    WORDS = "words"
    FIGURES = "figures"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One page of a section. `first`: the indicator that its address names; "" on the first page of a kind.

    A page that goes on with an indicator has the ref of its first item there instead. `section` holds only
    the requirements and items of the page; a page of words may end with a few figures.
    """

    section: Section
    kind: PartKind
    first: str = ""

    @property
    def refs(self) -> frozenset[str]:
        """The refs of the requirements that are answered there; with the method of figures, none."""
        if self.kind is PartKind.METHOD:
            return frozenset()
        return frozenset(requirement.ref for requirement in self.section.all_requirements)

    @property
    def address(self) -> tuple[PartKind, str]:
        """What tells it from the other pages of its section."""
        return self.kind, self.first

    @property
    def is_continued(self) -> bool:
        """Whether it goes on with the indicator of the page before."""
        return any(item.ref == self.first for item in self.items)

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for requirement in self.section.all_requirements for item in requirement.items)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.section.block.indicators if self.section.block else ()

    def url(self, declaration_id: int, **values: Any) -> str:
        """The address of the page."""
        values |= {"declaration_id": declaration_id, "section_ref": self.section.ref}
        if self.kind is PartKind.WORDS:
            return _known_url(request.script_root, "criterion.show", **values)
        if self.kind is PartKind.METHOD:
            return _known_url(request.script_root, "criterion.method", **values)
        return _known_url(
            request.script_root, "criterion.figures", indicator_ref=self.first or None, **values
        )


@lru_cache(maxsize=_MOST_URLS)
def _known_url(_root: str, endpoint: str, **values: Any) -> str:
    """`url_for`, kept as a page asks for up to 144. `_root`: all of a request that an address depends on."""
    return url_for(endpoint, **values)


# By the id of a section, which no other gets while it is kept: comparing takes as long as parting, and a page
# asks for the same ones some thirty times.
_kept: dict[int, tuple[Section, tuple[SectionPart, ...]]] = {}


def section_parts(section: Section) -> tuple[SectionPart, ...]:
    """The pages of a section in order: its texts, if it asks for any, its figures, and their method."""
    known = _kept.get(id(section))
    if known is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        known = _kept[id(section)] = section, _all_parts(section)
    return known[1]


def _all_parts(section: Section) -> tuple[SectionPart, ...]:
    words = [requirement.ref for requirement in section.requirements]
    figures, method = _parted(section)
    if words and not method.block and rows_of(section.all_requirements) <= MOST_ROWS:
        return (SectionPart(section, PartKind.WORDS),)
    parts = [SectionPart(section.restricted_to(words), PartKind.WORDS)] if words else []
    for number, group in enumerate(_groups(figures.block.indicators if figures.block else ())):
        own = figures.restricted_to({indicator.ref for indicator in group})
        own = own.with_items({item.ref for indicator in group for item in indicator.items})
        parts.append(SectionPart(own, PartKind.FIGURES, _start(group[0], figures) if number else ""))
    if method.block:
        parts.append(SectionPart(method, PartKind.METHOD))
    return tuple(parts)


def _parted(section: Section) -> tuple[Section, Section]:
    """The section with all but the method behind its figures, and the indicators with nothing else."""
    items = [(one.ref, item) for one in section.all_requirements for item in one.items]
    method = section.restricted_to({ref for ref, item in items if item.method})
    return (
        section.with_items({item.ref for _ref, item in items if not item.method}),
        method.with_items({item.ref for _ref, item in items if item.method}),
    )


def _groups(indicators: Collection[Indicator]) -> Iterator[list[Indicator]]:
    """Yield the indicators of each page: neighbours, until a field starts a page or they are too many."""
    group: list[Indicator] = []
    for piece in (piece for indicator in indicators for piece in _pieces(indicator)):
        starts_page = any(item.starts_page for item in piece.items[:1])
        if group and (starts_page or rows_of((*group, piece)) > MOST_ROWS):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _pieces(indicator: Indicator) -> Iterator[Indicator]:
    """Yield the indicator with the items of each of its pages."""
    starts = [number for number, item in enumerate(indicator.items) if number and item.starts_page]
    for first, last in pairwise((0, *starts, len(indicator.items))):
        yield replace(indicator, items=indicator.items[first:last])


def _start(piece: Indicator, figures: Section) -> str:
    """The ref with which the indicator begins or goes on: its own, or that of the item it goes on with."""
    begins = any(one.items[:1] == piece.items[:1] for one in figures.all_requirements)
    return piece.ref if begins else piece.items[0].ref


def rows_of(requirements: Collection[Requirement]) -> int:
    """How high requirements are, in fields: each has a head, a table takes several."""
    heads = sum(ROWS_OF_ASPECT if isinstance(one, Aspect) else 1 for one in requirements)
    items = [item for requirement in requirements for item in requirement.items]
    return heads + sum(ROWS_OF_TABLE if item.table else 1 for item in items)


def part_of(section: Section, ref: str) -> SectionPart:
    """The page that holds the requirement or item of this ref; the first page for any other ref."""
    parts = section_parts(section)
    if not ref or len(parts) == 1:
        return parts[0]
    return next(
        (part for part in parts if any(_holds(r, ref) for r in part.section.all_requirements)), parts[0]
    )


def _holds(requirement: Requirement, ref: str) -> bool:
    return ref == requirement.ref or any(item.ref == ref for item in requirement.items)


def point_url(declaration_id: int, section: Section, ref: str = "", *, anchor: str = "") -> str:
    """The address of a point or item: its page, and the place there. Without `ref` the first page."""
    part = part_of(section, ref)
    anchor = anchor or (_place_on(part, ref) if ref else "")
    return part.url(declaration_id, _anchor=anchor or None)


def first_field(item: Item) -> str:
    """The name of an item's first field, which is its id, too."""
    return f"{field_name(item.ref)}-{_FIRST_FIELDS.get(item.kind, 'value')}"


def _place_on(part: SectionPart, ref: str) -> str:
    """The id of a point or item on its page; with the method of figures, of its row."""
    is_point = any(requirement.ref == ref for requirement in part.section.all_requirements)
    item = next((item for item in part.items if item.ref == ref), None)
    if item is None or is_point or part.kind is PartKind.METHOD:
        return field_name(ref)
    return first_field(item)
