"""A marked-up answer in the files: page, Word and rows say the same, a plain one reads as ever."""

import io
import re
from dataclasses import replace
from datetime import date

import docx
import pytest

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.report.files.declaration_spreadsheet import prose_text
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import DeclarationView, Issue
from tests.support.documents import full_document

TEXT = (
    "Wir **sparen**, siehe Kriterium 12 und [Kodex](https://firma.de/kodex).\n\n# Unsere Ziele"
    "\n- Strom\n  - Halle\n- Gas\n\n1. eins\n2. zwei\n\nDanach:\n\n1. drei\n2. vier"
    "\n\nJahr\tMenge\n2024\t1.200\n2025\t**900**"
)
ISSUE = Issue(2, date(2026, 11, 26), False, "cd" * 32)


@pytest.fixture(scope="module", params=[True, False], ids=["marked", "plain"])
def view(request: pytest.FixtureRequest) -> DeclarationView:
    document = full_document()
    answer = Answer(Disclosure.COMPLY, TEXT, is_marked_up=request.param)
    return compose(replace(document, answers={**document.answers, "1.1": answer}), ISSUE, on_paper=False)


@pytest.fixture
def is_marked_up(request: pytest.FixtureRequest) -> bool:
    return "[marked]" in request.node.name


def test_the_page_has_the_elements_of_a_marked_text_only(
    view: DeclarationView, *, is_marked_up: bool
) -> None:
    html = standalone_html(view).replace("\N{NO-BREAK SPACE}", " ")
    said = re.sub(r">\s+<", "><", html[html.index('id="angabe-1.1"') : html.index('id="angabe-1.2"')])
    for element in (
        "<strong>sparen</strong>",
        '<a href="https://firma.de/kodex">Kodex</a> (firma.de)',
        '<h5 class="subheading">Unsere Ziele</h5>',
        "<li>Strom<ul><li>Halle</li>",
        "<ol><li>eins</li><li>zwei</li></ol>",
        '<th scope="col" class=number>Menge</th>',
        "<td class=number><strong>900</strong></td>",
    ):
        assert (element in said) is is_marked_up, element
    assert 'href="#kriterium-12"' in said, "references are found in both"


def test_word_has_lists_that_begin_anew_a_heading_and_a_table(
    view: DeclarationView, *, is_marked_up: bool
) -> None:
    word = docx.Document(io.BytesIO(to_docx(view)))
    by_text = {paragraph.text.strip(): paragraph for paragraph in word.paragraphs}
    if not is_marked_up:
        assert "# Unsere Ziele" in by_text
        return
    assert by_text["Unsere Ziele"].style.name == "Heading 4"
    numbers = {text: by_text[text]._p.pPr.numPr for text in ("Halle", "eins", "zwei", "drei")}
    levels = {text: (place.ilvl.val, place.numId.val) for text, place in numbers.items() if place is not None}
    assert levels == {"Halle": (1, 1), "eins": (0, 2), "zwei": (0, 2), "drei": (0, 3)}
    (table,) = [table for table in word.tables if table.cell(0, 0).text == "Jahr"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Jahr", "Menge"],
        ["2024", "1.200"],
        ["2025", "900"],
    ]
    assert table.cell(2, 1).paragraphs[0].runs[0].bold


def test_rows_have_the_text_as_it_was_written(view: DeclarationView, *, is_marked_up: bool) -> None:
    (answer,) = [
        each
        for part in view.parts
        for chapter in part.chapters
        for each in chapter.parts
        if each.number == "1.1"
    ]
    said = prose_text(answer.prose)
    written = ("Wir **sparen**", "[Kodex](https://firma.de/kodex)", "# Unsere Ziele", "1. drei\n2. vier")
    assert all(part in said for part in written)
    assert ("- Strom\n  - Halle" in said) is is_marked_up
    assert ("| 2025 | **900** |" in said) is is_marked_up
