"""Hostile texts in every field: in every file made of a declaration they stay words, and none is lost."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from dnk_tool.domain.declarations.document import canonical_json, document_to_json
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.report.assets import FALLBACK_FACES, fallback_address
from dnk_tool.report.files.html import render_html
from dnk_tool.report.files.spreadsheet import FORMULA_SIGNS, NUMBER, to_csv, with_escaped_apostrophe
from dnk_tool.report.formats import CSV, DOCX, HTML, XLSX, ExportFormat, render_file
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Confirmation, Issue, Review
from tests.support.documents import empty_document
from tests.support.files.evidence_files import zip_parts
from tests.support.files.hostile_texts import (
    ALL_TEXTS,
    HOSTILE_SIGNS,
    HOSTILE_TEXTS,
    LONE_SURROGATE,
    LOSING_SIGNS,
    PlantedDocument,
    hostile_file,
    marked_up,
    plant_texts,
    texts_in_turn,
    visible_characters,
)

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
OURS = re.compile(r' (TOC \\o "1-2" \\h \\z \\u|PAGE|NUMPAGES|PAGEREF _Ref\d+ \\h) ')
ADDRESS = re.compile(r'(https://|mailto:)[^\s"\\]+')
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Html(HTMLParser):
    """The elements of a page with their attributes, and its text without style."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: set[tuple[str, tuple[str, ...]]] = set()
        self.addresses: set[str] = set()
        self.others: list[str] = []
        self.words: list[str] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # The direction of a text in Hebrew is ours, whatever it says.
        names = (name for name, value in attrs if (name, value) != ("dir", "rtl"))
        self.elements.add((tag, tuple(sorted(names))))
        self.addresses |= {str(value) for name, value in attrs if name in ("href", "src", "action", "data")}
        self.words += [str(value) for name, value in attrs if name in ("content", "alt", "aria-label")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def trees(content: bytes) -> Iterator[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
    for name, part in zip_parts(content).items():
        if name.endswith((".xml", ".rels")):
            yield etree.fromstring(part, parser)


def every_cell(content: bytes) -> Iterator[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).to_python():
            yield from map(str, row)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def words_in_file(content: bytes, kind: ExportFormat) -> str:
    if kind is HTML:
        return "\n".join(Html(content).words)
    if kind is DOCX:
        return "\n".join(
            text for tree in trees(content) for text in tree.itertext(f"{WORD}t", with_tail=False)
        )
    return "\n".join(every_cell(content) if kind is XLSX else (c for row in rows_of(content) for c in row))


def file_structure(content: bytes, kind: ExportFormat) -> set[object]:
    """What a file is made of beside its words: elements with attributes, fields, addresses, other files.

    Only a marked-up text has links, and only to the web and to mail addresses.
    """
    if kind is HTML:
        page = Html(content)
        assert page.others == []
        outside = {address for address in page.addresses if not address.startswith("#")}
        assert [address for address in outside if not ADDRESS.fullmatch(address)] == []
        return {*page.elements, *(["address"] if outside else [])}
    elements: set[object] = set()
    for tree in trees(content):
        for element in tree.iter():
            assert isinstance(element.tag, str), "neither comments nor instructions"
            elements.add((element.tag, tuple(sorted(map(str, element.attrib)))))
            assert element.get("TargetMode") != "External"
            if element.tag == f"{WORD}instrText" and not OURS.fullmatch(element.text or ""):
                address = (element.text or "").removeprefix(' HYPERLINK "').removesuffix('" ')
                assert ADDRESS.fullmatch(address), element.text
                elements.add("address")
    return elements


SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TEXTS = (".text", ".explanation")  # of an answer, in which signs may mean something
KINDS = (DOCX, XLSX, CSV, HTML)
EXTENSIONS = [kind.extension for kind in KINDS]


@cache
def tame() -> PlantedDocument:
    """The same declaration with a word in each place."""
    return plant_texts(lambda place: "Wort")


ALL_SIGNS = (
    "**Wort** [Wort](https://a.example) **[Wort](https://a.example)**\n- Wort\n  - Wort\n  1. Wort\n"
    "  2. Wort\n\n1. Wort\n2. Wort\n# Wort\n\nWort\tWort\nWort\t1"
)


@cache
def tame_marked() -> PlantedDocument:
    """The same declaration with all signs in each answer."""
    planted = plant_texts(lambda place: ALL_SIGNS if place.path.endswith(TEXTS) else "Wort")
    return replace(planted, document=marked_up(planted.document))


@cache
def tame_file(kind: ExportFormat, *, is_marked_up: bool = False) -> bytes:
    return render_file((tame_marked() if is_marked_up else tame()).document, FINAL, kind)


@cache
def tame_structure(kind: ExportFormat, *, is_marked_up: bool) -> frozenset[object]:
    return frozenset(file_structure(tame_file(kind, is_marked_up=is_marked_up), kind))


def check_harmless(content: bytes, kind: ExportFormat, *, is_marked_up: bool = False) -> None:
    """Nothing in the file but words; in a marked-up text also what its signs mean."""
    if kind is CSV:
        for row in rows_of(content):
            for cell in row:
                is_formula = cell.lstrip().startswith(FORMULA_SIGNS) or cell.startswith(FORMULA_SIGNS)
                assert not is_formula or NUMBER.fullmatch(cell), cell
        return
    known = tame_structure(kind, is_marked_up=False) | tame_structure(kind, is_marked_up=is_marked_up) | LISTS
    assert file_structure(content, kind) - known == set()
    if kind is XLSX:
        assert not any(tree.findall(".//{*}f") or tree.findall(".//{*}hyperlink") for tree in trees(content))
        names = {re.sub(r"\d+", "", name) for name in zip_parts(content)}
        assert names == {re.sub(r"\d+", "", name) for name in zip_parts(tame_file(kind))}


# What prose may bring along that the tame words did not: lists, line ends, parts that are kept together.
LISTS: set[object] = {
    ("ul", ()),
    ("li", ()),
    ("br", ()),
    ("span", ("class",)),
    (f"{WORD}br", ()),
    (f"{WORD}softHyphen", ()),
    ("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t", (SPACE,)),
}


@pytest.mark.parametrize(
    ("kind", "first", "is_marked_up"),
    [
        *((kind, first, False) for kind in KINDS for first in (0, 19)),
        *((kind, 9, True) for kind in (DOCX, CSV, HTML)),
    ],
)
def test_every_place_of_a_declaration(kind: ExportFormat, first: int, *, is_marked_up: bool) -> None:
    texts = {**HOSTILE_TEXTS, **HOSTILE_SIGNS} if is_marked_up else HOSTILE_TEXTS
    planted = plant_texts(texts_in_turn(first, texts))
    document = marked_up(planted.document) if is_marked_up else planted.document
    content = render_file(document, FINAL, kind)
    check_harmless(content, kind, is_marked_up=is_marked_up)
    before, after = (
        visible_characters(words_in_file(tame_file(kind), kind)),
        visible_characters(words_in_file(content, kind)),
    )
    printed = [place for place in planted.texts if place.mark in before]
    assert len(printed) > 300, "the walk finds what is printed"
    lost = [
        place.path
        for place in printed
        if visible_characters(planted.texts[place]) + place.mark not in after
        and not (is_marked_up and place.path.endswith(TEXTS) and planted.texts[place] in LOSING_SIGNS)
    ]
    assert lost == []


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_every_text_where_a_declaration_has_only_one_place(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    profile = Profile(text, text, text[:80], None, None, text, text, (Site(text, text),))
    issue = replace(
        FINAL, review=Review(text, FINAL.issued_on, text), confirmation=Confirmation(FINAL.issued_on, text)
    )
    document = empty_document(organisation=profile)
    at = list(HOSTILE_TEXTS).index(name)
    for kind in (KINDS[at % 4], KINDS[(at + 2) % 4]):  # every place above shows each text in all of them
        content = render_file(document, issue, kind)
        check_harmless(content, kind)
        assert visible_characters(text) in visible_characters(words_in_file(content, kind)), kind


@pytest.mark.parametrize("kind", KINDS, ids=EXTENSIONS)
def test_all_texts_in_one_after_the_other(kind: ExportFormat) -> None:
    planted = plant_texts(
        lambda place: ALL_TEXTS if place.longest > 10_000 and place.number % 9 == 0 else "Wort"
    )
    content = render_file(planted.document, FINAL, kind)
    check_harmless(content, kind)
    said = visible_characters(words_in_file(content, kind))
    full = [place for place, text in planted.texts.items() if text == ALL_TEXTS and place.mark in said]
    assert len(full) > 30
    assert [place.path for place in full if visible_characters(ALL_TEXTS) + place.mark not in said] == []


def test_what_is_printed_has_a_glyph_and_no_element_of_somebody_else() -> None:
    """The page that becomes the PDF; as a file it is looked at once, in test_pdf.py."""
    planted = plant_texts(texts_in_turn(3))
    html = render_html(compose(planted.document, FINAL)).encode()
    before = render_html(compose(tame().document, FINAL)).encode()
    assert Html(html).elements - Html(before).elements - LISTS == set()
    outside, outside_before = (
        {address for address in Html(page).addresses if not address.startswith("#")}
        for page in (html, before)
    )
    assert outside - outside_before == {fallback_address(name) for name in FALLBACK_FACES}
    assert outside_before <= outside
    said, seen = (
        visible_characters("\n".join(Html(html).words), on_paper=True),
        visible_characters("\n".join(Html(before).words)),
    )
    lost = [
        place.path
        for place, text in planted.texts.items()
        if place.mark in seen and visible_characters(text, on_paper=True) + place.mark not in said
    ]
    assert lost == []


@pytest.mark.parametrize("first", [0, 21])
def test_a_file_full_of_them_is_read_and_written_again_without_loss(first: int) -> None:
    """At the door texts are tidied, and no word of them is lost."""
    text_at = texts_in_turn(first)
    document = read_document(hostile_file(text_at))
    assert read_document(canonical_json(document)) == document
    said = visible_characters("\n".join(_strings(document_to_json(document))))
    assert [name for name, text in HOSTILE_TEXTS.items() if visible_characters(text) not in said] == []


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _strings(inner)


def test_a_file_with_half_an_emoji_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(hostile_file(lambda place: LONE_SURROGATE))
    assert {problem.code for problem in caught.value.problems} == {"not-json"}


ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    sorted(HOSTILE_TEXTS.values())
)


@settings(max_examples=12, deadline=None)
@given(ANY, ANY, st.sampled_from(KINDS))
def test_any_text_stays_words(text: str, other: str, kind: ExportFormat) -> None:
    document = empty_document(
        organisation=Profile("Firma", address=f"Q1q {text} Q2q", sites=(Site(f"Q3q {other} Q4q"),))
    )
    content = render_file(document, FINAL, kind)
    check_harmless(content, kind)
    said = visible_characters(words_in_file(content, kind))
    for expected in (f"Q1q {text} Q2q", f"Q3q {other} Q4q"):
        assert visible_characters(expected) in said


SIGNS = "=+\\-@＝＋－＠\\t\\r\\n"  # as a class of a pattern


@given(st.text(st.sampled_from("'=+-@＝\t \na1;\"")) | ANY)
def test_a_cell_of_csv_comes_back_as_it_was(text: str) -> None:
    cell = "".join(rows_of(to_csv(["Text"], [[with_escaped_apostrophe(text)]]))[1])
    assert NUMBER.fullmatch(cell) or not cell.lstrip().startswith(FORMULA_SIGNS)
    is_guarded = re.match(rf"'+\s*[{SIGNS}]", cell)
    assert (cell[1:] if is_guarded else cell) == text
