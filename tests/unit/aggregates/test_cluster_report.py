"""A cluster's report: the first page stands alone, each number names its companies or its rule."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from dnk_tool.catalogue import editions, load_catalogue
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.aggregates.participation import count_participation
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.files.html import cluster_report_html
from dnk_tool.report.formats import DOCX, XLSX, render_cluster_report
from dnk_tool.report.view.cluster.composition import compose_cluster_report, report_preview
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.report.view.cluster.model import ClusterReportView, ReportChapter
from dnk_tool.report.view.cluster.perspectives import CIRCULAR, CLIMATE, RESOURCES, SCOPE_1_AND_2
from dnk_tool.services.aggregates.report import factor_editions
from tests.integration.aggregates.cluster_reports import (
    NUMBERS,
    RELEASE,
    draft_content,
    report_content,
    report_members,
)


def report_view(content: ClusterReportContent | None = None, language: Language = "de") -> ClusterReportView:
    return compose_cluster_report(content or report_content(), language)


def chapter_texts(chapter: ReportChapter) -> Iterator[str]:
    """All that a chapter says."""
    yield from (chapter.title, chapter.lead)
    for group in chapter.groups:
        yield from (group.title, *group.texts, *group.notes, *(chart.svg for chart in group.charts))
        for table in group.tables:
            yield from (table.caption, *(cell.text for cell in table.heads))
            yield from (cell.text for row in table.rows for cell in row)


def chapter_of(shown: ClusterReportView, anchor: str) -> ReportChapter:
    return next(chapter for chapter in shown.all_chapters if chapter.anchor == anchor)


def chapter_text(chapter: ReportChapter) -> str:
    return " ".join(chapter_texts(chapter)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_first_page_stands_alone() -> None:
    first = report_view().first
    questions = [group.title for group in first.groups]
    assert questions == [
        "Wie viele machen mit?",
        "Was hat sich seit 2024 geändert?",
        "Was wurde getan?",
        "Was kommt als Nächstes?",
        "Was wissen wir nicht?",
    ]
    assert all(group.texts for group in first.groups)
    text = chapter_text(first)
    assert (
        "19 Unternehmen schreiben ihre Erklärung für 2025 gemeinsam. Fertig sind 8, beim Cluster "
        "eingereicht 4." in text
    )
    assert "erst 9.100 MWh, jetzt 8.600 MWh, in denselben 10 Unternehmen" in text
    assert "Umgesetzt und läuft: 21 Maßnahmen aus 9 Unternehmen, zusammen 760 MWh im Jahr." in text
    assert "Bis zum Ziel von 1.500 MWh fehlen noch rund 400 MWh." in text
    assert "Nicht in den Zahlen: 6 von 19 Mitgliedern." in text, "one has left since the release"
    assert "zählt nicht als null" in text
    assert [tile.companies for tile in first.tiles] == [
        f"aus {count} Unternehmen" for count in (12, 12, 12, 9, 11, 10)
    ]


def test_every_number_names_how_many_companies_and_every_withheld_one_its_rule() -> None:
    shown = report_view()
    numbers = chapter_text(chapter_of(shown, "zahlen"))
    for number in NUMBERS:
        if number.value is None:
            assert "Zu wenige Unternehmen" in numbers or "Ein Unternehmen überwiegt" in numbers
    heads = [
        [cell.text for cell in table.heads]
        for chapter in shown.chapters
        for group in chapter.groups
        for table in group.tables
        if any(
            re.search(r"\d (MWh|t|kg|m³|%)", cell.text.replace("\xa0", " "))
            for row in table.rows
            for cell in row
        )
    ]
    counted = [head for head in heads if any("Unternehmen" in cell or cell == "Gruppe" for cell in head)]
    shares = [head for head in heads if head[0] == "Teil"]
    assert heads == [head for head in heads if head in counted or head in shares]
    assert "11, nicht alle" in numbers, "two companies are left out"
    assert "5.600 MWh (6)" in numbers, "a group names its companies, too"


def test_scope_3_is_told_by_coverage_and_never_added_up() -> None:
    text = chapter_text(chapter_of(report_view(), "klima"))
    assert "9 von 14 Unternehmen rechnen Scope 3, unter 5 erklären, warum nicht." in text
    assert "In der Mitte liegen 410 t CO₂e je Unternehmen, aus 9 Unternehmen." in text
    assert "Eine Summe bilden wir nicht" in text
    release = RELEASE.content
    few = replace(release, numbers=tuple(n for n in release.numbers if n.figure != "ghg.scope3.gross"))
    without = report_view(replace(report_content(), release=replace(RELEASE, content=few)))
    assert "In der Mitte liegen" not in chapter_text(chapter_of(without, "klima"))


def test_another_release_stands_beside_where_the_same_companies_cannot() -> None:
    alone = replace(RELEASE, content=replace(RELEASE.content, matched={}))
    before = replace(RELEASE, content=replace(RELEASE.content, reporting_year=2024))
    content = replace(report_content(), release=alone)
    shown = report_view(replace(content, earlier=before))
    assert "im Jahr davor 9.400 MWh (aus 12 Unternehmen)" in chapter_text(shown.first)
    assert "Es sind nicht dieselben Unternehmen." in chapter_text(shown.first)
    assert "Freigaben 2024 und 2025" in chapter_text(chapter_of(shown, "zahlen"))
    assert "Mit 2024 lässt sich noch nicht vergleichen" in chapter_text(report_view(content).first)


def test_explained_is_apart_from_reported_and_never_zero() -> None:
    table = next(
        table
        for group in chapter_of(report_view(), "teilnahme").groups
        for table in group.tables
        if table.heads[0].text == "Teil"
    )
    assert [cell.text for cell in table.heads] == ["Teil", "berichtet", "erklärt", "in Arbeit", "offen"]
    assert [cell.text for cell in table.rows[0][1:3]] == ["51\xa0%", "17\xa0%"]


def test_what_is_not_there_is_not_drawn_empty() -> None:
    shown = report_view(draft_content())
    assert [chapter.anchor for chapter in shown.all_chapters] == ["blick", "teilnahme", "methode", "fehlt"]
    assert shown.draft_mark == "Entwurf: ohne freigegebene Zahlen"
    assert "Für 2025 gibt es noch keine Freigabe von Zahlen." in chapter_text(shown.first)
    assert not shown.first.tiles
    assert report_view().draft_mark == ""
    empty = replace(draft_content(), participation=count_participation([], {}))
    texts = chapter_text(report_view(empty).first)
    assert "0 Unternehmen schreiben" in texts
    alone = replace(draft_content(), participation=count_participation(report_members(1), {}))
    assert "1 Unternehmen schreibt seine Erklärung für 2025." in chapter_text(report_view(alone).first)


def test_perspectives_use_released_figures_and_name_those_that_are_hidden() -> None:
    shown = report_view()
    assert "Nicht erneuerbare Materialien" in chapter_text(chapter_of(shown, RESOURCES.anchor))
    assert "Ohne Zahl, die gezeigt werden darf: Gefährlicher Abfall." in chapter_text(
        chapter_of(shown, CIRCULAR.anchor)
    )
    known = {*load_catalogue(editions()[-1]).datapoints, SCOPE_1_AND_2}
    assert SCOPE_1_AND_2 in {figure.key for figure in report_content().rules.figures}
    for perspective in (CLIMATE, RESOURCES, CIRCULAR):
        assert set(perspective.figures) <= known


def test_what_nobody_reports_is_not_called_withheld() -> None:
    release = RELEASE.content
    hidden = {number.figure for number in release.numbers if not number.is_shown}
    numbers = tuple(
        replace(number, companies=0, left_out=0) if number.figure in hidden else number
        for number in release.numbers
    )
    coverage = tuple(
        replace(each, reported=0, comparable=0, differences={}) if each.figure in hidden else each
        for each in release.coverage
    )
    nobody = replace(release, numbers=numbers, coverage=coverage)
    shown = report_view(replace(report_content(), release=replace(RELEASE, content=nobody)))
    first, last = chapter_text(shown.first), chapter_text(chapter_of(shown, "fehlt"))
    assert "um einzelne Unternehmen zu schützen" not in first + last
    assert "berichtet noch niemand." in first
    assert "Noch niemand berichtet: " in last
    assert "Was wir nicht zeigen" not in chapter_text(chapter_of(shown, "zahlen"))
    assert "Noch niemand berichtet: Gefährlicher Abfall." in chapter_text(chapter_of(shown, CIRCULAR.anchor))


def test_a_joint_sum_that_a_rule_hides_says_so() -> None:
    content = report_content()
    assert content.saved is not None
    progress = content.saved.progress
    hidden = {
        saving: replace(each, value=None, rule=Rule.TOO_FEW) for saving, each in progress.total.sums.items()
    }
    few = replace(
        content,
        saved=replace(
            content.saved,
            progress=replace(progress, total=replace(progress.total, sums=hidden), states=(), kinds=()),
        ),
    )
    text = chapter_text(chapter_of(report_view(few), "massnahmen"))
    assert "zeigen wir nicht. Regel: Zu wenige Unternehmen." in text
    not_yet = chapter_text(chapter_of(report_view(replace(content, saved=None)), "massnahmen"))
    assert "Ein gültiger Stand fehlt." in not_yet
    reached = replace(content, goal=replace(content.goal, kwh=Decimal(900_000)) if content.goal else None)
    assert "rechnerisch erreicht" in chapter_text(chapter_of(report_view(reached), "massnahmen"))


def test_a_sum_of_other_years_is_not_compared_with_a_changed_goal() -> None:
    content = report_content()
    assert content.goal is not None
    longer = replace(content.goal, until_year=content.goal.until_year + 2)
    shown = report_view(replace(content, goal=longer))
    text = chapter_text(chapter_of(shown, "massnahmen")) + chapter_text(chapter_of(shown, "blick"))
    assert "nach dem Ziel von vorher" in text
    assert "Bis zum Ziel von" not in text
    assert "rechnerisch erreicht" not in text
    charts = [chart for group in chapter_of(shown, "massnahmen").groups for chart in group.charts]
    assert charts == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_file_says_the_same_in_its_language(language: Language) -> None:
    content = report_content()
    shown = report_view(content, language)
    html = cluster_report_html(shown)
    assert "<Weser>" not in html
    assert "&lt;Weser&gt;" in html
    word = render_cluster_report(content, language, DOCX)
    assert word == render_cluster_report(content, language, DOCX)
    with zipfile.ZipFile(io.BytesIO(word)) as packed:
        body = packed.read("word/document.xml").decode()
    for chapter in shown.all_chapters:
        assert chapter.title in html
        assert chapter.title in body
    words = ("Unternehmen", "Zahlen") if language == "de" else ("companies", "numbers")
    others = ("companies", "numbers") if language == "de" else ("Unternehmen", "Zahlen")
    assert all(word in html for word in words)
    assert not any(word in html for word in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_the_numbers_as_numbers(language: Language) -> None:
    content = replace(report_content(), cluster="=1+1")
    made = render_cluster_report(content, language, XLSX)
    assert made == render_cluster_report(content, language, XLSX)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    german = ["Teilnahme", "Kriterien", "Zahlen", "Zwei Jahre", "Wer was angibt", "Maßnahmen", "Regeln"]
    assert len(book.sheet_names) == len(german)
    assert language == "en" or book.sheet_names == german
    rows = book.get_sheet_by_index(2).to_python()
    energy = rows[1]
    assert energy[4:8] == [9_400_000.0, "kWh", 12.0, 0.0]
    withheld = [row for row in rows[1:] if row[4] == ""]
    assert len(withheld) == 3
    assert all(row[8] for row in rows[1:])
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist())


def test_a_page_of_the_browser_has_the_first_page_too() -> None:
    first = report_preview(report_content(), "en").groups[0]
    assert first.title == "How many take part?"


def test_all_editions_of_factors_are_named_once() -> None:
    named = factor_editions()
    assert len(named) == len(set(named)) > 5
