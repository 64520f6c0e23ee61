"""The pages of a section, texts and figures, and the address of each point on the page that holds it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import url_for

from dnk_tool.catalogue import Indicator, Requirement, Section
from dnk_tool.web.text.form_fields import field_name

MOST_FIELDS = 10  # of the indicators on a page, unless a single one has more


class PartKind(StrEnum):
    """Whether a page asks for words or for figures."""

    WORDS = "words"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One page of a section. `first`: the indicator that its address names; "" on the first page of a kind.

    `section` holds only the requirements of the page.
    """

    section: Section
    kind: PartKind
    first: str = ""

    @property
    def refs(self) -> frozenset[str]:
        """The refs of its requirements."""
        return frozenset(requirement.ref for requirement in self.section.all_requirements)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return self.section.block.indicators if self.section.block else ()

    def url(self, declaration_id: int, **values: Any) -> str:
        """The address of the page."""
        values |= {"declaration_id": declaration_id, "section_ref": self.section.ref}
        if self.kind is PartKind.WORDS:
            return url_for("criterion.show", **values)
        return url_for("criterion.figures", indicator_ref=self.first or None, **values)


def section_parts(section: Section) -> tuple[SectionPart, ...]:
    """The pages of a section in order: its texts, if it asks for any, then its figures."""
    words = [requirement.ref for requirement in section.requirements]
    parts = [SectionPart(section.restricted_to(words), PartKind.WORDS)] if words else []
    for number, group in enumerate(_groups(section.block.indicators if section.block else ())):
        first = group[0].ref if number else ""
        refs = {indicator.ref for indicator in group}
        parts.append(SectionPart(section.restricted_to(refs), PartKind.FIGURES, first))
    return tuple(parts)


def _groups(indicators: Collection[Indicator]) -> Iterator[list[Indicator]]:
    """Yield the indicators of each page: neighbours, as long as their fields are not too many."""
    group: list[Indicator] = []
    for indicator in indicators:
        fields = sum(len(one.items) for one in (*group, indicator))
        if group and fields > MOST_FIELDS:
            yield group
            group = []
        group.append(indicator)
    if group:
        yield group


def part_of(section: Section, ref: str) -> SectionPart:
    """The page that holds the requirement or item of this ref; the first page for any other ref."""
    parts = section_parts(section)
    return next(
        (part for part in parts if any(_holds(r, ref) for r in part.section.all_requirements)), parts[0]
    )


def _holds(requirement: Requirement, ref: str) -> bool:
    return ref == requirement.ref or any(item.ref == ref for item in requirement.items)


def point_url(declaration_id: int, section: Section, ref: str = "", *, anchor: str = "") -> str:
    """The address of a point: the page that holds it, and the place there. Without `ref` the first page."""
    anchor = anchor or (field_name(ref) if ref else "")
    return part_of(section, ref).url(declaration_id, _anchor=anchor or None)
