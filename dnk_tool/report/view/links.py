"""Finds what a company's text refers to: criteria, aspects, indicators and terms of the glossary."""

import re
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from urllib.parse import quote

from dnk_tool.report.text.prose import Block, BlockKind, Link, Prose, is_free, paragraph
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import FieldTable, RequirementView

_START = attrgetter("start")
_BREAK = "\N{ZERO WIDTH SPACE}"
_SPACE = "[ \N{NO-BREAK SPACE}]"
_NUMBER = r"\d{1,2}(?![\d%]|[.,]\d)"
# "Kriterium 12", "Kriterien 11, 12 und 16", "criteria 4 to 6"
_CRITERIA = re.compile(
    rf"(?<!\w)(?:[Kk]riteri(?:ums?|en)|[Cc]riteri(?:on|a)){_SPACE}{_NUMBER}"
    rf"(?:(?:,{_SPACE}?|{_SPACE}(?:und|bis|oder|sowie|and|to|or){_SPACE}){_NUMBER})*"
)
_FIRST_OR_NEXT = re.compile(rf"^\w+{_SPACE}(\d+)|(\d+)")
# "siehe 2.1", "unter 16.3", "aspect 12.C4"; what is measured is no aspect: "unter 2.1 t".
_ASPECT = re.compile(
    rf"(?<!\w)(?:[Ss]iehe|[Vv]gl\.|[Uu]nter|Aspekte?|[Ss]ee|[Aa]spects?|[Cc]f\.)"
    rf"(?:{_SPACE}(?:auch|unter|also))?{_SPACE}(\d{{1,2}}\.[A-Z]?\d{{1,2}})"
    rf"(?![\w%]|[.,]\d|{_SPACE}?(?:%|€|EUR|Euro|Prozent|per cent|Mi[ol]|Mrd|million))"
    rf"(?!{_SPACE}(?:[kMGT]?Wh|kg|t|m[²³]?)\b)"
)
_WEB = re.compile(r"https?://[\w-]{1,63}(?:\.[\w-]{1,63})+(?::\d{1,5})?(?:[/?#][\w/?#&=%.,~:;+!*@-]*)?")
LONGEST_ADDRESS = 300
_MAIL = re.compile(r"[^\s@<>\"',;:]{1,64}@[^\s@<>\"',;:]{1,253}\.\w{2,63}")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary with its anchor."""

    pattern: re.Pattern[str]
    anchor: str


@dataclass(frozen=True, slots=True)
class Targets:
    """What a print can link to: the anchors of criteria by number, and of aspects and indicators by code."""

    criteria: Mapping[str, str]
    requirements: Mapping[str, str]
    codes: re.Pattern[str] | None
    terms: tuple[Term, ...] = ()


def targets_of(parts: Iterable[DocumentPart], terms: tuple[Term, ...]) -> Targets:
    """What the parts that are printed can be linked to by."""
    chapters = [chapter for part in parts for chapter in part.chapters]
    requirements = {each.number: each.anchor for chapter in chapters for each in chapter.parts}
    codes = sorted((re.escape(code) for code in requirements if " " in code), key=len, reverse=True)
    pattern = "|".join(codes).replace(r"\ ", _SPACE)
    return Targets(
        {chapter.number: chapter.anchor for chapter in chapters if chapter.number},
        requirements,
        re.compile(rf"(?<!\w)(?:{pattern})(?![\w-])") if codes else None,
        terms,
    )


def linked_parts(parts: Sequence[DocumentPart], targets: Targets) -> tuple[DocumentPart, ...]:
    """The parts with links in what the company says; a term is linked once in a chapter, a unit never."""
    return tuple(
        replace(part, chapters=tuple(_linked_chapter(chapter, targets) for chapter in part.chapters))
        for part in parts
    )


def _linked_chapter(chapter: Chapter, targets: Targets) -> Chapter:
    linker = _ChapterLinker(targets)
    return replace(chapter, parts=tuple(_linked_requirement(each, linker) for each in chapter.parts))


def _linked_requirement(requirement: RequirementView, linker: "_ChapterLinker") -> RequirementView:
    return replace(
        requirement,
        prose=linker.linked(requirement.prose),
        fields=tuple(_linked_fields(table, linker) for table in requirement.fields),
    )


def _linked_fields(table: FieldTable, linker: "_ChapterLinker") -> FieldTable:
    return replace(
        table,
        rows=tuple(replace(row, prose=linker.linked(row.prose)) if row.prose else row for row in table.rows),
    )


class _ChapterLinker:
    """Links the texts of one chapter and remembers the terms that it has linked."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._terms = list(targets.terms)

    def linked(self, prose: Prose) -> Prose:
        """The text with links to all that it refers to."""
        return tuple(self._block(block) for block in prose)

    def _block(self, block: Block) -> Block:
        if block.kind is BlockKind.HEADING:
            return block
        links = [link for line in range(len(block.lines)) for link in self._links(block, line)]
        below = tuple(self.linked(prose) for prose in block.below)
        return replace(block, links=tuple(links), below=below) if links or below else block

    def _links(self, block: Block, line: int) -> list[Link]:
        """The company's own links in the line, with those to what it refers to beside them."""
        text = block.lines[line]
        own = block.links_on(line)
        references = [
            Link(line, start, end, f"#{anchor}")
            for start, end, anchor in _references(text, self._targets)
            if is_free(own, start, end)
        ]
        links = sorted([*own, *references], key=_START)
        for term in tuple(self._terms):
            for match in term.pattern.finditer(text):
                is_unit = text[: match.start()].rstrip(" \N{NO-BREAK SPACE}")[-1:].isdigit()
                if not is_unit and is_free(links, *match.span()):
                    insort(links, Link(line, *match.span(), f"#{term.anchor}", is_term=True), key=_START)
                    self._terms.remove(term)
                    break
        return links


def _references(text: str, targets: Targets) -> Iterator[tuple[int, int, str]]:
    """Start, end and anchor of each reference, without overlaps."""
    if not any(sign.isdigit() for sign in text):
        return
    for named in _CRITERIA.finditer(text):
        for number in _FIRST_OR_NEXT.finditer(named[0]):
            if anchor := targets.criteria.get(number[1] or number[2]):
                yield named.start() + number.start(), named.start() + number.end(), anchor
    for named in _ASPECT.finditer(text):
        if anchor := targets.requirements.get(named[1]):
            yield named.start(), named.end(), anchor
    for named in targets.codes.finditer(text) if targets.codes else ():
        if anchor := targets.requirements.get(named[0].replace("\N{NO-BREAK SPACE}", " ")):
            yield named.start(), named.end(), anchor


def web_prose(address: str) -> Prose:
    """A website as one paragraph without its scheme, linked if it is a web address."""
    text = " ".join(address.split())
    whole = (text if "://" in text else f"https://{text}").replace(_BREAK, "")
    is_address = len(whole) <= LONGEST_ADDRESS and bool(_WEB.fullmatch(whole))
    shown = text.partition("://")[2].rstrip("/") if is_address and "://" in text else text
    return _one_line(shown, whole if is_address else "")


def mail_prose(address: str) -> Prose:
    """An e-mail address as one paragraph, linked if it is one."""
    text = " ".join(address.split())
    whole = text.replace(_BREAK, "")
    return _one_line(text, f"mailto:{quote(whole, safe='@.+-_')}" if _MAIL.fullmatch(whole) else "")


def contact_prose(name: str, address: str) -> Prose:
    """A person and their e-mail address in one line, the address linked if it is one."""
    (*_none, linked) = mail_prose(address) or (Block(BlockKind.PARAGRAPH, ("",)),)
    before = f"{name}, " if name and address else name
    links = tuple(replace(link, start=len(before), end=len(before) + link.end) for link in linked.links)
    return paragraph(f"{before}{linked.lines[0]}", links)


def _one_line(text: str, target: str) -> Prose:
    return paragraph(text, (Link(0, 0, len(text), target),) if target else ())
