"""Links between the pages of a section, with how far each is, and which of them comes next."""

import re
import textwrap
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Indicator, Item, Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import GapKind, section_completeness
from dnk_tool.domain.answers.take_over import is_touched
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
    is_words = current is not None and current.kind is PartKind.WORDS
    kinds = []
    for kind, label in ((PartKind.WORDS, _words_label(section)), (PartKind.FIGURES, _("Kennzahlen"))):
        own = [part for part in parts if part.kind is kind]
        if own:
            counts = [
                part_progress(sheet, part) for part in own
            ]  # each page's own, so that tab and pages agree
            is_current = current is not None and is_words is (kind is PartKind.WORDS)
            answered, asked = (sum(count) for count in zip(*counts, strict=True))
            kinds.append(PartLink(label, own[0].url(declaration.id), is_current, answered, asked))
    preview = url_for("criterion.preview", declaration_id=declaration.id, section_ref=section.ref)
    kinds.append(PartLink(_("Vorschau"), preview, current is None))
    if current is None or is_words:
        return PartLinks(tuple(kinds))
    figures = [
        PartLink(
            _("Rechenweg") if part.kind is PartKind.METHOD else codes(part),
            part.url(declaration.id),
            part.address == current.address,
            *part_progress(sheet, part),
            topic=_topic(part) if part.kind is PartKind.FIGURES else "",
        )
        for part in parts
        if part.kind is not PartKind.WORDS
    ]
    return PartLinks(tuple(kinds), tuple(figures) if len(figures) > 1 else ())


def _words_label(section: Section) -> str:
    if section_parts(section)[0].indicators:
        return str(_("Texte und Kennzahlen"))
    return str(_("Angaben") if section.details else _("Texte"))


def part_progress(sheet: Sheet, part: SectionPart) -> tuple[int, int]:
    """How many points of the page are answered, and how many there are; of the method, its topics."""
    if part.kind is not PartKind.METHOD:
        told = section_completeness(sheet, part.section)
        return told.answered, told.asked
    begun = method_items(sheet, part.section)
    gaps = {gap.item for gap in section_completeness(sheet, part.section).gaps}
    asked = {item.method for item in begun}
    return len(asked - {item.method for item in begun if item.ref in gaps}), len(asked)


def method_items(sheet: Sheet, section: Section) -> tuple[Item, ...]:
    """What is asked of the method behind figures: once something of their indicator is answered."""
    return tuple(
        item
        for requirement in section.all_requirements
        if is_touched(sheet, sheet.selection.requirements[requirement.ref])
        and not sheet.is_explained(requirement)
        for item in requirement.items
        if item.method
    )


def codes(part: SectionPart) -> str:
    """The codes of the indicators on a page, and whether it goes on with the one of the page before."""
    said = [short_code(indicator) for indicator in part.indicators]
    if part.is_continued:
        said[0] = _("%(code)s (Fortsetzung)", code=said[0])
    return ", ".join(said)


def short_code(indicator: Indicator) -> str:
    """The code of an indicator without the name of its set."""
    return indicator.code.rpartition(" ")[2].removeprefix("SRS-")


def _topic(part: SectionPart) -> str:
    """What the only indicator of a page is about, in its first words."""
    if len(part.indicators) != 1 or part.is_continued:
        return ""
    return textwrap.shorten(first_topic(part), TOPIC_LENGTH, placeholder=" …", break_on_hyphens=False)


def first_topic(part: SectionPart) -> str:
    """What a page of figures begins with: a scope, or the title of its first indicator."""
    title = part.indicators[0].title.to(current_language())
    scope = re.search(r"\((Scope \d)\)", title)
    topic = scope[1] if scope else title
    return _("%(code)s (Fortsetzung)", code=topic) if part.is_continued else topic


def has_gaps(sheet: Sheet, part: SectionPart) -> bool:
    """Whether anything on the page is missing or waits for a confirmation."""
    told = section_completeness(sheet, part.section)
    if part.kind is PartKind.METHOD:
        asked = {item.ref for item in method_items(sheet, part.section)}
        return not asked.isdisjoint((*told.unconfirmed, *(gap.item for gap in told.gaps)))
    return bool(told.unconfirmed) or any(gap.kind is not GapKind.NOT_CONFIRMED for gap in told.gaps)


def next_open_part(section: Section, sheet: Sheet, current: SectionPart) -> SectionPart | None:
    """The next of the section's pages on which something is missing; None if none follows."""
    parts = section_parts(section)
    place = next((n for n, part in enumerate(parts) if part.address == current.address), len(parts))
    return next((part for part in parts[place + 1 :] if has_gaps(sheet, part)), None)
