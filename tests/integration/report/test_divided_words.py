"""A word that is divided at a line's end is whole for programs that take the text out of a print."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest

from dnk_tool.report.files.html import render_html
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from tests.integration.exports.test_attached_data import DRAFT
from tests.support.documents import stored_document
from tests.support.listening.painting import as_drawn
from tests.support.listening.text_layer import structure

ISSUE = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
SOFT = "\N{SOFT HYPHEN}"
PDFIUM_SOFT = "\ufffe"  # as PDFium says a hyphen that is there only because a line ends
NARROW = "p, h2, td, li { width: 21mm; hyphens: auto } h2 { width: 40mm }"
STYLE = f'<link rel=stylesheet href="asset:declaration.css"><style>{NARROW}</style>'

# Each part of a page, and a word that it divides.
WHOLE = {
    "a paragraph": ("<p>Die Gesellschafterin kommt.</p>", "Gesellschafterin"),
    "the last word": ("<p>Wir fahren Kilometer um Kilometerzahlen.</p>", "Kilometerzahlen."),
    "a heading": ("<h2>Die Nachhaltigkeit gilt</h2>", "Nachhaltigkeit"),
    "a list": ("<ul><li>Die Lieferantin wartet</li></ul>", "Lieferantin"),
    "a cell": (
        '<table style="width: 21mm; table-layout: fixed"><tr><td>Die Beschaffung wächst</td></tr></table>',
        "Beschaffung",
    ),
    "signs of two letters": ("<p>Die fein gefilterten Kaffeefiltertüten</p>", "Kaffeefiltertüten"),
    "letters beyond ASCII": ("<p>Sehr große Straßenverhältnisse</p>", "Straßenverhältnisse"),
    "a hyphen of the word": ("<p>Eine Woche mit Vier-Tage-Wochen gilt</p>", "Vier-Tage-Wochen"),
    "another language": ('<p lang="en">The organisation understandably works</p>', "organisation"),
    "a bold word": ("<p>Ein <b>Nachhaltigkeitsziel</b> gilt</p>", "Nachhaltigkeitsziel"),
}
# What stays as it is drawn, as a reader could not take the parts for one word.
AS_DRAWN = {
    "goes on in another element": "<p>Unsere Umweltverträglichkeits<b>prüfung</b> gilt</p>",
    "from right to left": '<p dir="rtl">שלום שלום Gesellschafterin שלום</p>',
    "on three lines": '<p style="width: 12mm">Nachhaltigkeitserklärungen gelten</p>',
}


def printed_page(*parts: str) -> bytes:
    blocks = "".join(f'<div style="break-before: page">{part}</div>' for part in parts)
    page = f'<html lang="de-DE"><title>x</title>{STYLE}<h1>Bericht</h1>{blocks}'
    return render_job(page, DRAFT, RenderLimits())


def by_pdfium(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as pdf:
        return [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]


def by_poppler(content: bytes) -> list[str]:
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    said = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return said.split("\f")[:-1]


READERS = [
    pytest.param(by_pdfium, id="PDFium"),
    pytest.param(
        by_poppler,
        id="poppler",
        marks=pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
    ),
]


def letters_of_page(pages: list[str]) -> str:
    """All that is said, without spaces and without hyphens that are there only because a line ends."""
    return re.sub(rf"[\s{SOFT}{PDFIUM_SOFT}]", "", "".join(pages))


@pytest.fixture(scope="module")
def whole() -> bytes:
    return printed_page(*(part for part, _word in WHOLE.values()))


@pytest.mark.parametrize("read", READERS)
def test_each_divided_word_is_read_once_and_whole(whole: bytes, read) -> None:
    pages, drawn = read(whole)[1:], read(as_drawn(whole))[1:]
    for page, before, (name, (_part, word)) in zip(pages, drawn, WHOLE.items(), strict=True):
        assert word not in before, f"{name}: the word is not divided"
        assert page.count(word) == 1, (name, page)
        assert SOFT not in page
        assert PDFIUM_SOFT not in page


@pytest.mark.parametrize("read", READERS)
def test_whatever_cannot_be_whole_loses_nothing(read) -> None:
    content = printed_page(*AS_DRAWN.values())
    assert letters_of_page(read(content)) == letters_of_page(read(as_drawn(content)))


def test_a_reader_of_glyphs_still_finds_soft_hyphens(whole: bytes) -> None:
    """Programs without replacement texts, such as pypdf, join the parts by U+00AD before a line's end."""
    with pikepdf.open(io.BytesIO(as_drawn(whole))) as pdf:
        said = [element.text for element in structure(pdf).elements() if element.kind == "/P"]
    assert said[0].replace(SOFT, "") == "Die Gesellschafterin kommt."
    assert SOFT in said[0]


def test_a_listener_hears_each_word_once(whole: bytes) -> None:
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        said = [element.text for element in structure(pdf).elements() if element.kind == "/P"]
    assert said[0] == "Die Gesellschafterin kommt."
    assert said[1].rstrip() == "Wir fahren Kilometer um Kilometerzahlen."


def html_of_areas(name: str, areas: slice) -> str:
    view = compose(stored_document(name), ISSUE)
    return render_html(replace(view, parts=view.parts[areas], index=(), glossary=(), ratings=()))


@pytest.fixture(scope="module", params=["craft", "effas"])
def sample(request: pytest.FixtureRequest) -> bytes:
    """Two areas of a declaration, one in German and one in English."""
    return render_job(html_of_areas(request.param, slice(0, 2)), DRAFT, RenderLimits())


@pytest.mark.parametrize("read", READERS)
def test_no_word_of_a_print_is_divided_for_its_readers(sample: bytes, read) -> None:
    pages, drawn = read(sample), read(as_drawn(sample))
    assert sum(map("".join(drawn).count, (SOFT, PDFIUM_SOFT))) > 3
    assert not [page for page in pages if SOFT in page or PDFIUM_SOFT in page]
    assert letters_of_page(pages).replace("-", "") == letters_of_page(drawn).replace("-", "")
