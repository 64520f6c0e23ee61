"""What programs read of a print: its tags, pages painted in their order, and divided words as whole ones."""

import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pypdfium2
import pytest

from dnk_tool.report.files.html import render_html
from dnk_tool.report.process.client import worker_environment
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from tests.integration.exports.test_attached_data import DRAFT
from tests.support.documents import stored_document
from tests.support.files.pdf_accessibility import child_elements, structure_elements
from tests.support.listening.painting import as_drawn, pages_out_of_order
from tests.support.listening.text_layer import structure

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20" viewBox="0 0 80 20">'
CHART = f'{SVG}<title>Balkendiagramm: Strom.</title><text x="0" y="10" font-size="8">Strom</text></svg>'
NUMBER = '<h2 style="position: relative"><span style="position: absolute; left: -9mm">1.1</span>Titel</h2>'
LIST = "<ul><li>eins<ul><li>innen</li></ul></li><li><p>zwei</p></li></ul>"
FLOAT = '<h2>Vorwort</h2><div style="float: left; width: 30mm">Name</div><p>Worte des Vorworts</p>'
# What CSS paints behind everything else; each with what it must be read between.
APART = {
    "a number that is placed on its own": f"{NUMBER}<p>Text</p>",
    "the marks of a list": f"<p>vorher</p>{LIST}<p>nachher</p>",
    "what floats": FLOAT,
    "a drawing that is cut off at its edges": f"<p>vorher</p>{CHART}<p>nachher</p>",
    "from right to left": f'<div dir="rtl">{NUMBER}<ul><li>שלום</li></ul><p>עולם <b>שלום</b> 7</p></div>',
    "in a cell": f"<table><tr><td>{LIST}</td><td>{NUMBER}{CHART}</td></tr></table>",
    "one in the other": (
        f'<div style="position: relative">{FLOAT}{LIST}<b style="float: right">7</b>Ende</div>'
    ),
}
ALONE = """
import sys, weasyprint
from dnk_tool.report.engine import fetcher
source = weasyprint.HTML(string=sys.stdin.read(), url_fetcher=fetcher.AssetFetcher())
sys.stdout.buffer.write(source.write_pdf(pdf_variant="pdf/ua-1"))
"""
PAGE = """<html lang="en-GB"><title>x</title><link rel=stylesheet href="asset:declaration.css">
<h1>Report</h1>
<nav class="contents"><h2>Contents</h2><ol><li><a href="#a">First <span>1</span></a></li></ol></nav>
<h2 id="a">First</h2>
<p>English</p><p lang="de-DE">Deutsch</p><p lang="en-GB">English again</p>
<dl><dt>Year</dt><dd>2025</dd><dt>Site</dt><dd>Halle</dd><dd>Lager</dd></dl>
<dl><div><dt>Sector</dt><dd>Metal</dd></div><div><dt>Size</dt><dd>48</dd></div></dl>
<ul><li>One</li><li>Two</li></ul>"""
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


def one_sheet(*parts: str) -> str:
    edges = ("@top-left", "@top-center", "@top-right", "@bottom-left", "@bottom-right", "@right-top")
    bare = f"<style>@page {{ {' '.join(f'{edge} {{ content: none }}' for edge in edges)} }}</style>"
    style = f'<link rel=stylesheet href="asset:declaration.css">{bare}'
    return f'<html lang="de-DE"><title>x</title>{style}<h1>Bericht</h1>{"".join(parts)}'


def out_of_order(content: bytes) -> list[int]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return pages_out_of_order(pdf)


@pytest.fixture(scope="module")
def ours() -> bytes:
    """A page for each of them."""
    parts = (f'<div style="break-before: page">{part}</div>' for part in APART.values())
    return render_job(one_sheet(*parts), DRAFT, RenderLimits())


def test_the_engine_alone_paints_each_of_them_out_of_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = (f'<div style="break-before: page">{part}</div>' for part in APART.values())
    env = worker_environment(str(tmp_path_factory.mktemp("alone")))
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=one_sheet(*parts).encode(),
        capture_output=True,
        check=True,
        env=env,
    )
    assert out_of_order(done.stdout) == [*range(2, len(APART) + 2)]


def test_we_paint_all_of_them_in_order(ours: bytes) -> None:
    with pikepdf.open(io.BytesIO(ours)) as pdf:
        assert len(pdf.pages) == len(APART) + 1
    assert out_of_order(ours) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_a_program_that_reads_as_it_was_painted_reads_in_order(ours: bytes) -> None:
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=ours, capture_output=True, check=True)
    _first, *pages = (" ".join(text.split()) for text in done.stdout.decode().split("\f"))
    assert pages[0] == "1.1 Titel Text"
    assert pages[1] == "vorher • eins ◦ innen • zwei nachher"
    assert pages[2] == "Vorwort Name Worte des Vorworts"
    assert pages[3] == "vorher Strom nachher"


@pytest.fixture(scope="module")
def tree() -> Any:
    with pikepdf.open(io.BytesIO(render_job(PAGE, DRAFT, RenderLimits()))) as pdf:
        yield [element for element, _around in structure_elements(pdf)]


def test_a_part_in_another_language_says_so_and_no_other_does(tree: Any) -> None:
    said = [(str(element.S), str(element.Lang)) for element in tree if "/Lang" in element]
    assert set(said) == {("/P", "de-DE")}


def test_a_term_and_what_is_said_of_it_are_one_entry(tree: Any) -> None:
    lists = [
        [[str(kid.S) for kid in child_elements(entry)] for entry in child_elements(element)]
        for element in tree
        if element.S == "/L"
    ]
    pair = ["/Lbl", "/LBody"]
    assert lists[:2] == [[pair, [*pair, "/LBody"]], [pair, pair]]
    assert [len(entries) for entries in lists] == [2, 2, 2]
    for element in tree:
        assert all(kid.P.objgen == element.objgen for kid in child_elements(element))


def test_a_list_of_links_in_a_nav_is_a_table_of_contents(tree: Any) -> None:
    (contents,) = [element for element in tree if element.S == "/TOC"]
    (entry,) = child_elements(contents)
    (reference,) = child_elements(entry)
    assert (entry.S, reference.S) == ("/TOCI", "/Reference")
    assert [str(child.S) for child in child_elements(reference)] == ["/Link"]


def test_a_list_inside_an_entry_belongs_to_what_the_entry_says() -> None:
    entry = "<li>One<ul><li>In</li><li>Out</li></ul></li>"
    page = (
        f"<html lang=en><title>x</title><h1>Report</h1><ul>{entry}{'<li>More</li>' * 3}</ul><ol>{entry}</ol>"
    )
    with pikepdf.open(io.BytesIO(render_job(page, DRAFT, RenderLimits()))) as pdf:
        inner = [
            around for element, around in structure_elements(pdf) if element.S == "/L" and "/L" in around
        ]
    assert [around[-3:] for around in inner] == [("/L", "/LI", "/LBody")] * 2


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
