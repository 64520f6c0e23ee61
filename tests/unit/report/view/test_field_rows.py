"""Rows of figures: zeros in one line, the quality once, and what does not apply told from what is missing."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from dnk_tool.catalogue.standard.model import Indicator
from dnk_tool.catalogue.values import Text
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.paths import PACKAGE
from dnk_tool.report.files.declaration_spreadsheet import to_csv
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import render_html
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.plain import plain
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.figures.field_tables import field_table
from dnk_tool.report.view.figures.zero_rows import NEVER_FOLDED
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import FieldRow, FieldTable
from tests.support.documents import YEAR, empty_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
INJURIES = "GRI SRS-403-9"
ZEROS = (
    "0 in 2023 bis 2025 (6 Angaben, berechnet oder gemessen: Rate der Todesfälle; Verletzungen mit schweren "
    "Folgen; Rate schwerer Verletzungen; Dokumentierbare Verletzungen; Rate dokumentierbarer Verletzungen; "
    "Gearbeitete Stunden)"
)


@cache
def sommer() -> Document:
    return read_document((PACKAGE / "cli/demo/data/tischlerei-sommer.json").read_bytes())


@cache
def view_of_variant(variant: Variant = Variant.FULL) -> DeclarationView:
    return compose(sommer(), FINAL, ExportOptions(variant))


def table_of(view: DeclarationView, code: str) -> FieldTable:
    return next(
        requirement.fields[0]
        for part in view.parts
        for chapter in part.chapters
        for requirement in chapter.parts
        if requirement.number == code
    )


def row_text(row: FieldRow) -> str:
    return plain(" ".join(line for block in row.prose for line in block.lines))


def is_zeros(row: FieldRow) -> bool:
    """Whether the row stands for several that are zero."""
    return row.is_ours and row_text(row).startswith("0 in ")


def rows_of_field(
    code: str, *figures: tuple[int, str, Figure], answers: dict[str, Answer] | None = None
) -> FieldTable:
    entered = {(year, key): figure for year, key, figure in figures}
    return table_of(compose(empty_document(figures=entered, answers=answers or {}), DRAFT), code)


def zero(year: int, key: str, note: str = "") -> tuple[int, str, Figure]:
    return year, key, Figure(Decimal(0), "1", Quality.MEASURED, note)


def test_figures_that_are_zero_in_all_years_share_a_line_that_lists_them() -> None:
    table = table_of(view_of_variant(), INJURIES)
    folded = {row.letter: row for row in table.rows if is_zeros(row)}
    assert (folded["b"].label, row_text(folded["b"])) == ("Leihkräfte und andere", ZEROS)
    letters = ["a.i", "a.iii", "a.iii", "a.iv", "a.v", "a", "b.i", "b.iv", "b"]
    assert [row.letter for row in table.rows] == letters
    assert table.years == ("2025", "2024", "2023")


def test_they_are_real_text_in_every_file_and_the_workbook_keeps_them_all() -> None:
    view = view_of_variant()
    html = plain(render_html(view))
    assert ZEROS in html
    word = zipfile.ZipFile(io.BytesIO(to_docx(view))).read("word/document.xml").decode()
    assert ZEROS in plain(word)
    figures = to_csv(sommer(), view).decode("utf-8-sig")
    assert figures.count("safety.other-workers.") >= 3 * 7
    assert "6 Angaben" not in figures


def test_a_single_zero_one_with_a_note_and_one_beside_a_value_stay_rows() -> None:
    other, rate = "safety.employees.recordable-injuries", "safety.employees.severe-injuries"
    alone = rows_of_field(INJURIES, zero(YEAR, other))
    assert not any(is_zeros(row) for row in alone.rows)
    noted = rows_of_field(INJURIES, zero(YEAR, other), zero(YEAR, rate, "Auch nicht auf dem Weg."))
    assert not any(is_zeros(row) for row in noted.rows)
    before = YEAR - 1, rate, Figure(Decimal(1), "1", Quality.MEASURED)
    changed = rows_of_field(INJURIES, zero(YEAR, other), zero(YEAR, rate), before)
    assert not any(is_zeros(row) for row in changed.rows)
    both = rows_of_field(INJURIES, zero(YEAR, other), zero(YEAR, rate))
    assert [row_text(row)[:15] for row in both.rows if is_zeros(row)] == [f"0 in {YEAR} (2 An"]


def test_the_short_form_lists_them_below_each_table() -> None:
    view = view_of_variant(Variant.SHORT)
    tables = [t for section in view.digests for group in section.groups for t in group.tables]
    lines = [plain(table.below) for table in tables if table.below]
    assert any("Leihkräfte und andere: Rate der Todesfälle; " in line for line in lines)
    shown = [plain(row[0].text) for table in tables for row in table.rows]
    others = [text for text in shown if text.startswith("Leihkräfte und andere")]
    assert others == [text for text in others if "Todesfälle" in text and "Rate" not in text]
    assert all(plain(line) in plain(render_html(view)) for line in lines)


def test_the_short_form_gives_a_zero_of_other_years_than_the_rest_a_row_of_its_own() -> None:
    both = "safety.employees.ill-health-cases", "safety.employees.severe-injuries"
    longer = "safety.employees.recordable-injuries"
    figures = [zero(YEAR, key) for key in (*both, longer)] + [zero(YEAR - 1, longer)]
    document = empty_document(figures={(year, key): figure for year, key, figure in figures})
    view = compose(document, DRAFT, ExportOptions(Variant.SHORT))
    (table,) = (t for section in view.digests for group in section.groups for t in group.tables if t.below)
    assert plain(table.below).startswith(f"0 in {YEAR} (2 Angaben, ")
    (row,) = ([plain(cell.text) for cell in row] for row in table.rows)
    assert row[1:3] == ["0", "0"]


def test_a_line_of_zeros_calls_them_by_their_printed_labels() -> None:
    words = TextFormatter("de")
    indicator = empty_document().selection.catalogue.requirements[INJURIES.replace(" ", "-")]
    assert isinstance(indicator, Indicator)
    items = tuple(
        replace(item, print_label=Text("Unfälle", "Accidents")) if item.datapoint else item
        for item in indicator.items
    )
    figures = [
        zero(YEAR, key)
        for key in ("safety.employees.recordable-injuries", "safety.employees.severe-injuries")
    ]
    document = empty_document(figures={(year, key): figure for year, key, figure in figures})
    table = field_table(replace(indicator, items=items), {YEAR: document.sheet()}, words)
    assert table
    (line,) = (row_text(row) for row in table.rows if is_zeros(row))
    assert line.endswith("Unfälle; Unfälle)")


def test_what_readers_look_for_by_name_has_a_row_also_when_zero() -> None:
    assert set(sommer().selection.catalogue.datapoints) >= NEVER_FOLDED
    asked = set(sommer().selection.datapoints) & NEVER_FOLDED
    nothing = {(YEAR, key): replace(sommer().figures[YEAR, key], value=Decimal(0), note="") for key in asked}
    document = replace(sommer(), figures={**sommer().figures, **nothing})
    tables = [
        t for p in compose(document, FINAL).parts for c in p.chapters for r in c.parts for t in r.fields
    ]
    shown = [row for table in tables for row in table.rows if not is_zeros(row)]
    for item in (item for item in document.selection.items.values() if item.datapoint):
        if item.datapoint and item.datapoint.key in asked:
            named = [row for row in shown if plain(row.label) == plain(item.printed.de) and row.figures]
            assert named[0].figures[0].value == "0", item.ref


def test_lines_of_zeros_keep_the_order_of_letters() -> None:
    tables = [t for part in view_of_variant().parts for c in part.chapters for r in c.parts for t in r.fields]
    assert any(is_zeros(row) for table in tables for row in table.rows)
    for table in tables:
        # One that stands for several letters is the last.
        places = [(row.letter.split(".")[0] or "z", is_zeros(row)) for row in table.rows]
        assert places == sorted(places), table.caption


def test_the_value_of_the_base_year_is_no_figure_of_a_column() -> None:
    table = table_of(view_of_variant(), "GRI SRS-305-1")
    (row,) = (row for row in table.rows if row.letter == "d.ii")
    assert (row_text(row), row.figures, row.is_ours) == ("32,2 t CO₂e (2022), berechnet", (), True)
    word = zipfile.ZipFile(io.BytesIO(to_docx(view_of_variant()))).read("word/document.xml").decode()
    assert "32,2 t CO₂e (2022), berechnet" in plain(re.sub("<[^>]*>", "", word))
    key = "ghg.scope1.base-year"
    alone = rows_of_field("GRI SRS-305-1", (YEAR, key, Figure(Decimal("1.5"), "t-co2e", None, "Ein Grund.")))
    (row,) = (row for row in alone.rows if row.letter == "d.ii")
    assert (row_text(row), row.notes) == ("1,5 t CO₂e", ("Ein Grund.",)), "without a year, none is made up"
    missing = rows_of_field("GRI SRS-305-1", (YEAR, key, Figure(None, "", Quality.NOT_AVAILABLE)))
    assert [row_text(row) for row in missing.rows if row.letter == "d.ii"] == ["liegt nicht vor"]
    gross = YEAR, "ghg.scope1.gross", Figure(Decimal(1), "t-co2e", Quality.MEASURED)
    before = rows_of_field("GRI SRS-305-1", gross, (YEAR - 1, key, Figure(Decimal("1.5"), "t-co2e")))
    assert not any(row_text(row) for row in before.rows if row.letter == "d.ii"), (
        "only the year before has one"
    )


def test_the_short_form_says_the_base_year_below_the_table() -> None:
    view = view_of_variant(Variant.SHORT)
    tables = [t for section in view.digests for group in section.groups for t in group.tables]
    (below,) = (plain(table.below) for table in tables if "Basisjahr" in table.below)
    assert below.startswith("Scope 1 im Basisjahr: 32,2 t CO₂e (2022), berechnet.")
    assert not any("Basisjahr" in cell.text for table in tables for row in table.rows for cell in row)


@pytest.mark.parametrize(("value", "word"), [("yes", "keine"), ("no", "ja")])
def test_no_breaches_are_said_without_a_double_negative(value: str, word: str) -> None:
    table = rows_of_field("GRI SRS-419-1", answers={"GRI-SRS-419-1.b": Answer(value=value)})
    (row,) = (row for row in table.rows if row.letter == "b")
    assert (row.label, row_text(row)) == ("Erhebliche Verstöße im Berichtsjahr", word)


def test_the_quality_stands_once_where_the_years_agree_and_per_figure_where_they_differ() -> None:
    key = "ghg.scope1.gross"
    figures = [(YEAR - back, key, Figure(Decimal(5 - back), "t-co2e", Quality.MEASURED)) for back in (0, 1)]
    row = rows_of_field("GRI SRS-305-1", *figures).rows[0]
    assert (row.quality, [figure.quality for figure in row.figures]) == ("gemessen", ["", ""])
    figures[1] = (YEAR - 1, key, Figure(Decimal(4), "t-co2e", Quality.ESTIMATED))
    row = rows_of_field("GRI SRS-305-1", *figures).rows[0]
    assert (row.quality, [figure.quality for figure in row.figures]) == ("", ["gemessen", "geschätzt"])


@pytest.mark.parametrize(
    ("note", "word"),
    [
        ("Entfällt, weil wir keinen Fall hatten.", "entfällt"),
        ("Das trifft auf uns nicht zu.", "entfällt"),
        ("Not applicable, as we have one site.", "entfällt"),
        ("Die Werte fehlen noch.", "liegt nicht vor"),
        ("", "liegt nicht vor"),
    ],
)
def test_what_does_not_apply_is_told_from_what_is_missing_by_the_reason(note: str, word: str) -> None:
    missing = Figure(None, "", Quality.NOT_AVAILABLE, note)
    table = rows_of_field("GRI SRS-305-1", (YEAR, "ghg.scope1.gross", missing))
    assert table.rows[0].quality == word


@pytest.mark.parametrize(
    ("reason", "line"),
    [("not-applicable", "Entfällt: "), ("not-collected", "Begründet statt berichtet: ")],
)
def test_a_key_figure_says_whether_its_indicator_does_not_apply(reason: str, line: str) -> None:
    answer = Answer(Disclosure.EXPLAIN, explanation="Kein Müll.", reason=reason)
    document = sommer()
    view = compose(replace(document, answers={**document.answers, "GRI-SRS-306-3": answer}), FINAL)
    assert [text for text in view.glance.missing_figures if text.startswith(line) and "Abfall" in text]


def test_labels_are_indented_only_beside_letters() -> None:
    table = table_of(view_of_variant(), INJURIES)
    assert table.has_letters
    plain_table = replace(table, rows=tuple(replace(row, letter="") for row in table.rows))
    assert not plain_table.has_letters
