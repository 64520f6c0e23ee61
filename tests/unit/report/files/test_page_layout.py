"""The contents of a Word document say on which page each heading stands, before any program counts pages."""

import io
import re
from itertools import pairwise

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.word import markup, package
from dnk_tool.report.files.word.grid import WordCell, table
from dnk_tool.report.files.word.page_layout import pages_of, write_page_numbers
from dnk_tool.report.text.text_width import text_width
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from tests.support.documents import full_document, stored_document
from tests.unit.report.files.test_docx import FINAL

LINE = 10.5 * 1.15 * 1.2207
PAGE = 249 / 25.4 * 72


def word_with(*parts: str) -> WordDocument:
    document = package.new_document("de-DE")
    package.set_body(document, "".join(parts))
    return document


def marked(style: str, name: str, text: str = "Wort", *, place: int = 1) -> str:
    start = f'<w:bookmarkStart w:id="{place}" w:name="{name}"/>'
    return markup.paragraph(style, start, markup.run(text), f'<w:bookmarkEnd w:id="{place}"/>')


def fields(document: WordDocument) -> list[tuple[str, str]]:
    """The bookmark of each field for a page, and what stands in it."""
    said = []
    for run in document.element.body.iter(qn("w:instrText")):
        if found := re.fullmatch(r" PAGEREF (\S+) .*", run.text):
            shown = run.getparent().getnext().getnext()
            said.append((found[1], "".join(text.text for text in shown.iter(qn("w:t")))))
    return said


def sample_view(name: str, language: str | None = None) -> WordDocument:
    document = full_document() if name == "full" else stored_document(name)
    view = compose(document, FINAL, ExportOptions(language=language), on_paper=False)
    return docx.Document(io.BytesIO(to_docx(view)))


@pytest.mark.parametrize("name", ["full", "producer", "effas", "draft"])
def test_every_line_of_the_contents_has_its_page_without_a_question_of_word(name: str) -> None:
    word = sample_view(name)
    said = fields(word)
    assert len(said) > 35
    assert all(number.isdecimal() for _mark, number in said)
    block = word.element.body.find(qn("w:sdt"))
    count = sum(" PAGEREF " in run.text for run in block.iter(qn("w:instrText")))
    numbers = [int(number) for _mark, number in said[:count]]
    assert numbers == sorted(numbers)
    assert numbers[0] == 3, "after cover and contents"
    assert numbers[-1] > 15
    assert word.settings.element.find(qn("w:updateFields")) is None
    assert not [run for run in word.element.body.iter(qn("w:fldChar")) if run.get(qn("w:dirty"))]


def test_every_part_begins_a_page_of_its_own() -> None:
    word = sample_view("full")
    pages = pages_of(word)
    begins = [
        pages[start.get(qn("w:name"))]
        for paragraph in word.paragraphs
        if paragraph.style.style_id == "Heading1"
        for start in paragraph._p.iter(qn("w:bookmarkStart"))
    ]
    assert len(begins) > 8
    assert all(later > earlier for earlier, later in pairwise(begins))


@pytest.mark.parametrize(("lines", "page"), [(1, 1), (40, 1), (47, 1), (48, 2), (95, 2), (96, 3)])
def test_lines_fill_pages(lines: int, page: int) -> None:
    """What follows so many lines: a page holds 47, and below the last of them 6 points are left free."""
    assert int(PAGE // LINE) == 47
    word = word_with(markup.paragraph("Normal", markup.run("\n" * (lines - 1))), marked("CellText", "nach"))
    assert pages_of(word) == {"nach": page if lines not in (47, 95) else page + 1}


def test_a_heading_stays_with_the_first_lines_below_it() -> None:
    before = markup.paragraph("Normal", markup.run("\n" * 43))
    one_line = word_with(before, marked("Heading3", "titel"))
    assert pages_of(one_line) == {"titel": 1}
    below = markup.paragraph("Normal", markup.run("\n" * 9))
    assert pages_of(word_with(before, marked("Heading3", "titel"), below)) == {"titel": 2}


def test_rows_of_a_table_are_not_torn_and_its_head_is_repeated() -> None:
    head = [WordCell(markup.paragraph("CellHead", markup.run("Kopf")))]
    rows = [[WordCell(marked("CellText", f"z{place}", place=place))] for place in range(1, 101)]
    pages = pages_of(word_with(table("Tabelle", head, rows, (100,))))
    height = 9 * 1.05 * 1.2207 + 5.95
    first = int((PAGE - height) // height)
    assert [place for place in range(1, 100) if pages[f"z{place}"] != pages[f"z{place + 1}"]] == [
        first,
        2 * first,
    ]


def test_a_long_text_takes_the_lines_that_it_needs() -> None:
    words = "Nachhaltigkeit beginnt im Betrieb. " * 1_000
    word = word_with(markup.paragraph("Normal", markup.run(words)), marked("Normal", "nach"))
    lines = text_width(words, 10.5 * 0.9) / (9354 / 20)
    assert int(lines // 47) + 1 <= pages_of(word)["nach"] <= int(lines * 1.05 // 47) + 1


def test_a_row_longer_than_pages_goes_on() -> None:
    head = [WordCell(markup.paragraph("CellHead", markup.run("Kopf")))]
    long = [WordCell(markup.paragraph("CellText", markup.run("\n" * 200)), 5_000)]
    pages = pages_of(word_with(table("Tabelle", head, [long], (100,)), marked("Normal", "nach")))
    assert pages == {"nach": 4}


@settings(max_examples=30)
@given(st.lists(st.text(max_size=400), max_size=12), st.sampled_from(["Normal", "ListBullet", "Heading2"]))
def test_any_text_has_a_page_and_pages_only_grow(texts: list[str], style: str) -> None:
    parts = [marked(style, f"m{place}", text, place=place) for place, text in enumerate(texts, start=1)]
    pages = pages_of(word_with(*parts))
    numbers = [pages[f"m{place}"] for place in range(1, len(texts) + 1)]
    assert numbers == sorted(numbers)
    assert not numbers or numbers[0] == 1


def test_a_document_without_fields_stays_as_it_is() -> None:
    word = word_with(marked("Heading1", "titel"))
    before = word.element.body.xml
    write_page_numbers(word)
    assert word.element.body.xml == before
