"""A foreword and a lead sentence are printed where they are given, and nowhere else."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.files.declaration_spreadsheet import answer_rows
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import render_html, standalone_html
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from tests.support.documents import empty_document
from tests.support.files.evidence_files import image

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
WORDS = {
    "general.lead": "Wir heizen mit dem, was unsere Sägen übrig lassen.",
    "general.foreword": "Liebe Leserinnen und Leser,\n\nalles begann mit der Werkstattheizung.",
    "general.foreword-name": "Inga Sommer",
    "general.foreword-role": "Inhaberin",
}
PORTRAIT = image("JPEG", (45, 56))


@pytest.fixture
def document() -> Document:
    return empty_document(answers={ref: Answer(text=text) for ref, text in WORDS.items()})


def html_of(
    document: Document, edition: ExportOptions = FULL_EXPORT, look: Branding = DEFAULT_BRANDING
) -> str:
    return render_html(compose(document, FINAL, edition, look))


def test_it_has_a_page_before_the_first_look_and_stands_nowhere_else(document: Document) -> None:
    html = html_of(document, look=Branding(portrait=PORTRAIT))
    assert html.index('href="#vorwort"') < html.index('href="#blick"') < html.index('<h2 id="vorwort">')
    assert html.index('<h2 id="vorwort">') < html.index('<h2 id="blick">') < html.index(WORDS["general.lead"])
    assert 'alt="Porträt von Inga Sommer"' in html
    assert html.count('src="data:image/jpeg;base64,') == 1
    for text in (
        "alles begann mit der Werkstattheizung.",
        "Inga Sommer</p>",
        "Inhaberin",
        WORDS["general.lead"],
    ):
        assert html.count(text) == 1, text


def test_a_marked_up_foreword_from_a_file_reads_like_an_answer() -> None:
    words = {"general.foreword": "Wir **sparen**.", "general.lead": "Siehe [Kodex](https://firma.de/k)."}
    answers = {ref: Answer(text=text, is_marked_up=True) for ref, text in words.items()}
    view = compose(empty_document(answers=answers), FINAL, FULL_EXPORT)
    assert view.foreword.lead == "Siehe Kodex (firma.de)."
    assert "Wir <strong>sparen</strong>." in render_html(view)


def test_the_lead_sentence_takes_the_room_of_two_goals() -> None:
    goals = Answer(value=Rows(tuple({"goal": f"Ziel {number}", "due": 2030} for number in range(8))))
    for more, count in (({}, 6), ({"general.lead": Answer(text="Weniger.")}, 4)):
        glance = compose(empty_document(answers={"13.2.goals": goals, **more}), FINAL).glance
        assert [goal.goal for goal in glance.goals] == [f"Ziel {number}" for number in range(count)]


def test_without_a_text_nothing_of_it_is_printed(document: Document) -> None:
    look = Branding(portrait=PORTRAIT)
    answers = {ref: answer for ref, answer in document.answers.items() if ref != "general.foreword"}
    html = html_of(replace(document, answers=answers), look=look)
    for word in ("vorwort", "Vorwort", "Porträt", "Inga Sommer", "image/jpeg"):
        assert word not in html
    assert WORDS["general.lead"] in html, "the lead sentence needs no foreword"
    assert html_of(empty_document(), look=look) == html_of(empty_document())


def test_a_foreword_of_a_file_with_signs_is_printed_without_them(document: Document) -> None:
    marked = {
        "general.foreword": Answer(text="**Endlich** da:\n\n- das Dach\n- die Pumpe", is_marked_up=True),
        "general.lead": Answer(text="**Weniger** heizen.", is_marked_up=True),
    }
    html = html_of(replace(document, answers={**document.answers, **marked}))
    assert "**" not in html
    assert "<strong>Endlich</strong> da:" in html.replace("\u00a0", " ")
    assert ">Weniger heizen.</p>" in html


def test_a_picture_without_a_name_still_says_what_it_is(document: Document) -> None:
    answers = {ref: answer for ref, answer in document.answers.items() if ref != "general.foreword-name"}
    nameless = replace(document, answers=answers)
    assert 'alt="Porträt zum Vorwort"' in html_of(nameless, look=Branding(portrait=PORTRAIT))
    english = html_of(document, ExportOptions(language="en"), Branding(portrait=PORTRAIT))
    assert 'alt="Portrait of Inga Sommer"' in english
    assert '<h2 id="vorwort">Foreword</h2>' in english
    assert '<div class="by" lang="de-DE">' in english, "the company's words keep their language"


def test_the_short_form_has_the_sentence_and_the_excerpt_all_of_it(document: Document) -> None:
    short = html_of(document, ExportOptions(Variant.SHORT), Branding(portrait=PORTRAIT))
    assert WORDS["general.lead"] in short
    assert "Vorwort" not in short
    excerpt = html_of(document, ExportOptions(Variant.SECTION, section="general")).replace("\u00a0", " ")
    for text in ("alles begann mit der Werkstattheizung.", "Inga Sommer", "Inhaberin", WORDS["general.lead"]):
        assert excerpt.count(text) == 1, text


def test_word_browser_and_sheets_have_it_too(document: Document) -> None:
    view = compose(document, FINAL, look=Branding(portrait=PORTRAIT), on_paper=False)
    made = zipfile.ZipFile(io.BytesIO(to_docx(view)))
    assert PORTRAIT in [made.read(name) for name in made.namelist() if name.startswith("word/media/")]
    body = made.read("word/document.xml").decode()
    assert 'descr="Porträt von Inga Sommer"' in body
    page = standalone_html(view)
    rows = {row.title: row.text for row in answer_rows(view, lambda text: text)}
    for text in ("alles begann mit der Werkstattheizung.", "Inga Sommer", "Inhaberin", WORDS["general.lead"]):
        assert text in body
        assert text in page
    assert rows["Leitsatz"] == WORDS["general.lead"]
    assert rows["Vorwort"].endswith("alles begann mit der Werkstattheizung.")
    assert rows["Vorwort von"] == "Inga Sommer"
