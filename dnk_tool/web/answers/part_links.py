"""Links between the pages of a section, with how far each is, and which of them comes next."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import GapKind, section_completeness
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.section_parts import PartKind, SectionPart, section_parts

TOPIC_LENGTH = 24  # so that five pages of figures stand in a line beside the map


@dataclass(frozen=True, slots=True)
class PartLink:
    """A page of a section. `answered` of `asked` points; 0 of 0 where nothing is asked.

    `topic`: what a label of codes is about, in a word or two.
    """

    label: str
    href: str
    current: bool
    answered: int = 0
    asked: int = 0
    topic: str = ""


@dataclass(frozen=True, slots=True)
class PartLinks:
    """The pages of a section, and those of its figures if they are more than one and shown now."""

    kinds: tuple[PartLink, ...]
    figures: tuple[PartLink, ...] = ()


def part_links(
    declaration: Declaration, section: Section, sheet: Sheet, current: SectionPart | None
) -> PartLinks:
    """The links for a page of a section; `current`: the page shown, None for the preview."""
    parts = section_parts(section)
    kinds = []
    for kind, label in ((PartKind.WORDS, _words_label(section)), (PartKind.FIGURES, _("Kennzahlen"))):
        own = [part for part in parts if part.kind is kind]
        if own:
            is_current = current is not None and current.kind is kind
            kinds.append(_link(declaration, sheet, own, label, is_current=is_current))
    preview = url_for("criterion.preview", declaration_id=declaration.id, section_ref=section.ref)
    kinds.append(PartLink(_("Vorschau"), preview, current is None))
    if current is None or current.kind is PartKind.WORDS:
        return PartLinks(tuple(kinds))
    own = [part for part in parts if part.kind is PartKind.FIGURES]
    figures = [
        replace(
            _link(declaration, sheet, [part], codes(part), is_current=part.first == current.first),
            topic=_topic(part),
        )
        for part in own
    ]
    return PartLinks(tuple(kinds), tuple(figures) if len(figures) > 1 else ())


def _words_label(section: Section) -> str:
    return str(_("Angaben") if section.details else _("Texte"))


def _link(
    declaration: Declaration, sheet: Sheet, parts: Sequence[SectionPart], label: str, *, is_current: bool
) -> PartLink:
    told = [section_completeness(sheet, part.section) for part in parts]
    answered, asked = sum(one.answered for one in told), sum(one.asked for one in told)
    return PartLink(label, parts[0].url(declaration.id), is_current, answered, asked)


def codes(part: SectionPart) -> str:
    """The codes of the indicators on a page, without the name of their set."""
    short = [indicator.code.rpartition(" ")[2].removeprefix("SRS-") for indicator in part.indicators]
    return ", ".join(short)


def _topic(part: SectionPart) -> str:
    """What the only indicator of a page is about: its scope, or the first words of its title."""
    if len(part.indicators) != 1:
        return ""
    title = part.indicators[0].title.to(current_language())
    scope = re.search(r"\((Scope \d)\)", title)
    if scope:
        return scope[1]
    return textwrap.shorten(title, TOPIC_LENGTH, placeholder=" …", break_on_hyphens=False)


def has_gaps(sheet: Sheet, part: SectionPart) -> bool:
    """Whether anything on the page is missing or waits for a confirmation."""
    told = section_completeness(sheet, part.section)
    return bool(told.unconfirmed) or any(gap.kind is not GapKind.NOT_CONFIRMED for gap in told.gaps)


def next_open_part(section: Section, sheet: Sheet, current: SectionPart) -> SectionPart | None:
    """The next of the section's pages on which something is missing; None if none follows."""
    parts = section_parts(section)
    place = next((n for n, part in enumerate(parts) if part.refs & current.refs), len(parts))
    return next((part for part in parts[place + 1 :] if has_gaps(sheet, part)), None)
