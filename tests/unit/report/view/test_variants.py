"""The variants of a declaration: what each holds, what it is called, and in which language it is."""

from dataclasses import replace
from datetime import date

import pytest

from dnk_tool.domain.declarations.annex import Annex, ReviewedGoal
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.paths import PACKAGE
from dnk_tool.report.files.html import render_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import DigestSection, PrintedTable
from dnk_tool.report.view.variants.short import truncate_words
from tests.support.documents import empty_document, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
PRODUCER = PACKAGE.parent / "tests" / "data" / "producer.json"


@pytest.fixture(scope="module")
def producer() -> Document:
    return read_document(PRODUCER.read_bytes())


def short(document: Document, issue: Issue = FINAL) -> DeclarationView:
    return compose(document, issue, ExportOptions(Variant.SHORT))


def digest(view: DeclarationView, anchor: str) -> DigestSection:
    return next(section for section in view.digests if section.anchor == anchor)


def tables_of_section(section: DigestSection) -> list[PrintedTable]:
    return [table for group in section.groups for table in group.tables]


def texts(table: PrintedTable) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in table.rows]


def test_the_short_form_has_figures_goals_and_criteria_but_no_chapters(producer: Document) -> None:
    view = short(producer)
    assert [section.anchor for section in view.digests] == ["ziele", "kennzahlen", "kriterien"]
    assert (view.parts, bool(view.general), view.ratings, bool(view.annex)) == ((), False, (), False)
    assert view.glance.goals == (), "all of them stand in their own section"
    assert (view.index, view.glance.has_coverage) == ((), False), "what the criteria say is said once"
    assert view.mark == "Kurzfassung"
    assert view.title.endswith("(Kurzfassung)")


def test_its_figures_stand_below_each_other_with_the_year_before(producer: Document) -> None:
    figure_tables = tables_of_section(digest(short(producer), "kennzahlen"))
    assert {table.widths for table in figure_tables} == {figure_tables[0].widths}
    heads = [cell.text for cell in figure_tables[0].heads]
    assert heads == ["Kennzahl", "2019", "2018", "Veränderung", "Herkunft"]
    rows = {row[0].replace("\u00a0", " "): row[1:] for table in figure_tables for row in texts(table)}
    assert rows["Direkte Treibhausgase (Scope 1)"] == (
        "832,1\u00a0t\u00a0CO₂e",
        "880,6\u00a0t\u00a0CO₂e",
        "−5,5\u00a0%",
        "berechnet",
    )
    assert "Weitere indirekte Treibhausgase (Scope 3)" not in rows, "explained instead of reported"


def test_a_goal_named_twice_stands_there_once_with_all_that_is_said_of_it(producer: Document) -> None:
    (goals,) = tables_of_section(digest(short(producer), "ziele"))
    rows = {row[0]: row[1:] for row in texts(goals)}
    energy = rows["Energie je Tonne Guss um 15\u00a0Prozent senken"]
    assert energy == ("2025", "1.742\u00a0kWh, 2016", "minus 7\u00a0Prozent", "3, 12")
    assert len(rows) == len(goals.rows)


def test_what_became_of_earlier_goals_is_said(producer: Document) -> None:
    was = ReviewedGoal("12.1", 2018, "Altsand halbieren", "partly", "Der Ofen kam spät.")
    view = short(replace(producer, annex=Annex(goals=(was,))))
    earlier = tables_of_section(digest(view, "ziele"))[1]
    assert texts(earlier) == [("Altsand halbieren", "2018", "teilweise erreicht", "Der Ofen kam spät.")]


def test_without_goals_the_reader_is_told_so() -> None:
    (group,) = digest(short(empty_document(), DRAFT), "ziele").groups
    assert (group.tables, group.note) == ((), "Zu Zielen steht hier noch nichts.")


def test_each_criterion_says_what_is_reported_and_why_something_is_not(producer: Document) -> None:
    areas = tables_of_section(digest(short(producer), "kriterien"))
    rows = [row for table in areas for row in texts(table)]
    assert [row[0].split("\u00a0")[0] for row in rows] == [str(number) for number in range(1, 21)]
    climate = rows[12]
    assert climate[1] == "8\u00a0von\u00a09"
    assert climate[2].startswith("GRI SRS-305-3: geplant – ")
    assert rows[0][2] == "–"


def test_an_open_criterion_is_called_open() -> None:
    areas = tables_of_section(digest(short(empty_document(), DRAFT), "kriterien"))
    assert texts(areas[0])[0] == (
        "1\u00a0Strategische Analyse und Maßnahmen",
        "0\u00a0von\u00a03",
        "noch offen: 3",
    )


def test_nothing_in_the_short_form_leads_to_a_page_that_is_not_there(producer: Document) -> None:
    html = render_html(short(producer))
    wanted = {part.split('"')[0] for part in html.split('href="#')[1:]}
    there = {part.split('"')[0] for part in html.split('id="')[1:]}
    assert wanted - there == set()
    assert "Seite</th>" not in html


def test_the_short_form_says_where_the_whole_is(producer: Document) -> None:
    told = short(producer, replace(FINAL, check_at="https://dnk.example.org/p/AB")).notice
    assert "dnk.example.org/p/AB" in told[1]
    assert "umwelt@ferrunol.example" in told[2]
    assert "Dieser PDF-Datei sind alle Angaben" in told[3]
    on_screen = compose(producer, DRAFT, ExportOptions(Variant.SHORT), on_paper=False).notice
    assert len(on_screen) == 2, "neither a check page nor data"


@pytest.mark.parametrize(
    ("ref", "anchors"),
    [
        ("12", ["kriterium-12", "indikatoren-L11-12"]),
        ("11", ["kriterium-11"]),
        ("L11-12", ["indikatoren-L11-12"]),
    ],
)
def test_a_section_has_its_chapters_and_no_other(producer: Document, ref: str, anchors: list[str]) -> None:
    view = compose(producer, DRAFT, ExportOptions(Variant.SECTION, ref))
    assert [chapter.anchor for part in view.parts for chapter in part.chapters] == anchors
    assert (view.imprint, view.statements, view.index, view.glossary, bool(view.glance)) == (
        (),
        (),
        (),
        (),
        False,
    )
    assert view.draft_mark == "Entwurf – nicht freigegeben"
    assert render_html(view).count("<h1>") == 1


def test_general_information_is_a_section_too(producer: Document) -> None:
    view = compose(producer, DRAFT, ExportOptions(Variant.SECTION, "general"))
    assert (bool(view.general), view.parts) == (True, ())


@pytest.mark.parametrize("variant", Variant)
def test_headings_are_in_the_other_language_and_a_sentence_says_so(
    producer: Document, variant: Variant
) -> None:
    view = compose(producer, FINAL, ExportOptions(variant, "12", "en"))
    assert (view.language, view.content_language) == ("en-GB", "de-DE")
    told = " ".join((*view.statements, *view.notice))
    assert "in which they were written: German" in told
    own = compose(producer, FINAL, ExportOptions(variant, "12"))
    assert "geschrieben sind" not in " ".join((*own.statements, *own.notice))


def test_what_is_not_the_companys_is_marked_as_the_language_of_the_print(producer: Document) -> None:
    html = render_html(compose(producer, FINAL, ExportOptions(Variant.SHORT, language="en")))
    assert '<td lang="en-GB">8\u00a0of\u00a09</td>' in html
    assert '<td lang="en-GB">8' not in render_html(short(producer))


def test_measures_stand_in_the_order_of_their_dates_and_late_ones_say_so(producer: Document) -> None:
    view = compose(producer, FINAL, ExportOptions(Variant.INTERNAL))
    (table,) = tables_of_section(digest(view, "massnahmen"))
    assert [row[0] for row in texts(table)] == [
        "30. September 2020 (vorbei)",
        "31. Dezember 2020 (vorbei)",
        "ohne Termin",
    ]


def test_what_is_open_is_listed_by_section() -> None:
    view = compose(empty_document(), DRAFT, ExportOptions(Variant.INTERNAL))
    missing = texts(tables_of_section(digest(view, "offenes"))[0])
    assert missing[1][0] == "1\u00a0Strategische Analyse und Maßnahmen"
    assert missing[1][1].startswith("1.1\u00a0")
    assert view.draft_mark.splitlines() == ["Intern – nicht zur Weitergabe", "Entwurf – nicht freigegeben"]


def test_a_long_text_is_cut_between_words() -> None:
    assert truncate_words("kurz und\ngut", 20) == "kurz und gut"
    assert truncate_words("ein langer Satz, der nicht passt", 18) == "ein langer Satz …"
    assert truncate_words("x" * 30, 10) == f"{'x' * 9} …"


def test_the_whole_declaration_is_what_it_was(producer: Document) -> None:
    view = compose(full_document(), FINAL)
    assert (view.mark, view.notice, view.digests) == ("", (), ())


def test_an_excerpt_names_itself_and_whom_one_asks_for_the_whole(producer: Document) -> None:
    view = compose(producer, FINAL, ExportOptions(Variant.SECTION, "12"))
    assert view.notice[0].startswith("Dies ist ein Auszug aus der Erklärung für 2019.")
    assert "umwelt@ferrunol.example" in view.notice[1]
    assert '<span class="variant">Auszug</span>' in render_html(view)


def test_each_reason_is_a_paragraph_of_its_own(producer: Document) -> None:
    html = render_html(short(producer))
    assert "<p>GRI SRS-102-35: vertraulich – " in html
    assert "<p>GRI SRS-102-38: vertraulich – " in html
