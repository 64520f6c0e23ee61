"""The order in which a review is read: as declared, or with noteworthy sections first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.review import ODD_REASONS, Noteworthy
from dnk_tool.services.review.noteworthy import (
    EarlierVersion,
    earlier_version,
    noteworthy_sections,
    sections_by_note,
)
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import is_noted_first
from dnk_tool.web.text.labels import label_of


@dataclass(frozen=True, slots=True)
class OrderLink:
    """One order of the sections: its name, its address, and whether it is the one of this page."""

    label: str
    href: str
    is_current: bool


def order_links(address: Callable[[bool], str]) -> tuple[OrderLink, ...]:
    """Both orders. `address`: the page's with noteworthy sections first, or as declared."""
    labels = (_("Wie in der Erklärung"), False), (_("Auffälliges zuerst"), True)
    return tuple(OrderLink(text, address(first), first == is_noted_first()) for text, first in labels)


def version_of_last_year() -> EarlierVersion | None:
    """What the reviewers may read of the year before; asked for once in a request."""
    if "version_of_last_year" not in g:
        g.version_of_last_year = earlier_version(db(), current_declaration())
    known: EarlierVersion | None = g.version_of_last_year
    return known


def section_order(review_round: ReviewRound, first: bool) -> tuple[Section, ...]:
    """The sections as they are read, noteworthy ones `first` or as declared."""
    return sections_by_note(review_round, _noted(review_round)) if first else review_round.sections


def section_notes(review_round: ReviewRound) -> Mapping[str, tuple[str, ...]]:
    """Why sections are noteworthy, in words by ref; others are left out."""
    return {ref: tuple(map(label_of, reasons)) for ref, reasons in _noted(review_round).items()}


def odd_sections(review_round: ReviewRound) -> frozenset[str]:
    """The refs of the sections with odd figures or answers that changed."""
    return frozenset(
        ref for ref, reasons in _noted(review_round).items() if ODD_REASONS.intersection(reasons)
    )


def neighbours(sections: tuple[Section, ...], section: Section) -> tuple[Section | None, Section | None]:
    """The sections before and after this one in the order; None at either end."""
    at = sections.index(section)
    return sections[at - 1] if at else None, sections[at + 1] if at + 1 < len(sections) else None


def _noted(review_round: ReviewRound) -> Mapping[str, tuple[Noteworthy, ...]]:
    return noteworthy_sections(review_round, version_of_last_year())
