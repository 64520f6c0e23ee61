"""A file of figures comes back unchanged, edits come back as they were made, and no cell is a formula."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import Figure, Quality, Sheet
from dnk_tool.domain.figures.file_changes import FigureFilePreview, StoredFigure, preview_figure_file
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn
from dnk_tool.domain.figures.file_rows import read_figure_rows
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.domain.text import normalised
from dnk_tool.domain.uploads import SpreadsheetRow
from dnk_tool.language import LANGUAGES, Language
from dnk_tool.report.files import spreadsheet
from dnk_tool.report.files.figure_spreadsheet import (
    COLUMNS,
    FigureFileLabels,
    FigureFileRow,
    blank_rows,
    figure_file_rows,
    to_csv,
    to_xlsx,
)
from dnk_tool.services.figures.files import _expected_table
from dnk_tool.services.uploads.csv_tables import parse_csv
from dnk_tool.services.uploads.excel_worker import read as read_workbook

SELECTION = selection_for("dnk-2017", "gri")
POINTS = {key: SELECTION.catalogue.datapoints[key] for key in SELECTION.datapoints}
KEYS = sorted(POINTS)[::9]
Figures = dict[tuple[int, str], Figure]


def file_labels(language: Language) -> FigureFileLabels:
    return FigureFileLabels(
        language, "Kennzahlen 2025", {}, {state: state.value for state in FigureState}, "So", ("a", "=b")
    )


def file_rows(figures: Figures) -> list[FigureFileRow]:
    current = {key: figure for (year, key), figure in figures.items() if year == 2025}
    return figure_file_rows(Sheet(SELECTION, {}, current), figures, 2025)


def of_csv(content: bytes) -> list[SpreadsheetRow]:
    return parse_csv(content, _expected_table(POINTS))


def of_xlsx(content: bytes) -> list[SpreadsheetRow]:
    [(_name, rows)] = read_workbook(content, 2_001, 200, 100_000, 1)
    return [SpreadsheetRow(number, tuple(cells), frozenset(numeric)) for number, cells, numeric in rows]


WAYS = [(to_csv, of_csv), (to_xlsx, of_xlsx)]


def held_against(lines: list[SpreadsheetRow], figures: Figures, language: Language) -> FigureFilePreview:
    stored = {place: StoredFigure(figure, 1) for place, figure in figures.items()}
    parsed = read_figure_rows(lines, POINTS, year=2025, language=language)
    return preview_figure_file(parsed, stored, POINTS, is_open=lambda _year, _key: True)


TEXT = st.one_of(
    st.sampled_from(["-", "–", "'", "'-", "=1+1", "'=x", "+49 711", "@a", "Zeile\n- zwei", "1.234", 'a;b"c']),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
).map(normalised)
NUMBER = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6)


@st.composite
def figures_of(draw: Callable[..., object]) -> Figures:
    figures: Figures = {}
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True)):  # type: ignore[attr-defined]
        for year in draw(st.sets(st.sampled_from([2023, 2024, 2025]), min_size=1)):  # type: ignore[attr-defined]
            value = draw(st.none() | NUMBER | st.just(Decimal("12345678901234567.25")))
            quality = draw(st.sampled_from([None, *Quality]))
            if value is not None and quality is Quality.NOT_AVAILABLE:
                quality = None
            unit = draw(st.sampled_from(sorted(POINTS[key].family.units))) if value is not None else ""
            figures[year, key] = Figure(value, unit, quality, draw(TEXT), draw(TEXT), draw(TEXT))  # type: ignore[arg-type]
    return figures


@settings(max_examples=60, deadline=None)
@given(figures_of(), st.sampled_from(LANGUAGES), st.sampled_from(WAYS))
def test_what_was_handed_out_changes_nothing(figures: Figures, language: Language, way: tuple) -> None:
    write, read = way
    other: Language = "en" if language == "de" else "de"  # the heads decide, not the page
    preview = held_against(read(write(file_rows(figures), file_labels(language))), figures, other)
    assert (preview.changes, preview.bad) == ((), ())


@settings(max_examples=60, deadline=None)
@given(figures_of(), figures_of(), st.sampled_from(LANGUAGES), st.sampled_from(WAYS))
def test_edits_come_back_as_they_were_made(
    before: Figures, after: Figures, language: Language, way: tuple
) -> None:
    write, read = way
    preview = held_against(read(write(file_rows(after), file_labels(language))), before, language)
    for change in preview.changes:
        wanted, old = after[change.place], before.get(change.place, Figure())
        # Empty cells change nothing, and what a value has goes with it.
        assert change.after.value == (old.value if wanted.value is None else wanted.value)
        for name in ("note", "source", "responsible"):
            assert getattr(change.after, name) == (getattr(wanted, name) or getattr(old, name))
    filled = {place for place, figure in after.items() if figure.value is not None}
    written = {change.place for change in preview.changes} | {
        place for place in filled if replace(after[place]) == before.get(place)
    }
    refused = {row.shown for row in preview.bad}
    assert filled - written == set() or refused or preview.same


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_year_and_those_of_earlier_years_with_what_stands_beside(
    language: Language,
) -> None:
    key = "ghg.scope1.gross"
    figures = {
        (2025, key): Figure(Decimal(2500), "kg-co2e", Quality.CALCULATED),
        (2024, key): Figure(Decimal("3.5"), "t-co2e"),
        (2023, "unknown"): Figure(Decimal(1), "t"),
    }
    rows = file_rows(figures)
    assert [(row.year, row.point.key) for row in rows if row.year < 2025] == [(2024, key)]
    assert len(rows) == len(POINTS) + 1
    text = to_csv(rows, file_labels(language)).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    head = {column: COLUMN_HEADINGS[column].to(language) for column in FigureColumn}
    [row] = [
        row for row in table if row[head[FigureColumn.KEY]] == key and row[head[FigureColumn.YEAR]] == "2025"
    ]
    assert row[head[FigureColumn.VALUE]] == "2500"
    assert row[head[FigureColumn.UNIT]] == "kg CO₂e"
    assert row[head[FigureColumn.STANDARD_VALUE]] == ("2,5" if language == "de" else "2.5")
    assert row[head[FigureColumn.STANDARD_UNIT]] == "t CO₂e"
    assert row[head[FigureColumn.EARLIER]] == ("3,5" if language == "de" else "3.5")
    assert row[head[FigureColumn.EARLIER_UNIT]] == "t CO₂e"
    assert "SRS-305-1" in row[head[FigureColumn.ASKED_IN]]
    assert row[head[FigureColumn.STATE]] == "entered"


def test_not_available_is_a_quality_and_no_zero() -> None:
    rows = file_rows({(2025, KEYS[0]): Figure(quality=Quality.NOT_AVAILABLE, note="Kein Zähler")})
    text = to_csv(rows, file_labels("de")).decode("utf-8-sig")
    [row] = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") if KEYS[0] in row]
    assert row[COLUMNS.index(FigureColumn.VALUE)] == ""
    assert row[COLUMNS.index(FigureColumn.QUALITY)] == "liegt nicht vor"
    assert row[COLUMNS.index(FigureColumn.STANDARD_VALUE)] == ""


def test_a_template_has_every_figure_without_values_and_changes_nothing() -> None:
    figures = {
        (year, key): Figure(Decimal(5), next(iter(POINTS[key].family.units)))
        for key in KEYS
        for year in (2024, 2025)
    }
    rows = blank_rows(file_rows(figures))
    assert len(rows) == len(POINTS)
    lines = of_xlsx(to_xlsx(rows, file_labels("de")))
    preview = held_against(lines, figures, "de")
    assert (preview.changes, preview.same, preview.bad) == ((), 0, ())
    cells = lines[1 + [row.point.key for row in rows].index(KEYS[0])].cells
    assert cells[COLUMNS.index(FigureColumn.EARLIER)] == "5"


def test_no_text_becomes_a_formula() -> None:
    import zipfile

    figures = {(2025, KEYS[0]): Figure(note="=cmd()", source="+1+1", responsible="@x")}
    rows = file_rows(figures)
    with zipfile.ZipFile(io.BytesIO(to_xlsx(rows, file_labels("de")))) as book:
        assert b"<f>" not in b"".join(book.read(name) for name in book.namelist())
    text = to_csv(rows, file_labels("de")).decode("utf-8-sig")
    for formula in ("=cmd()", "+1+1", "@x"):
        assert f";'{formula};" in text


def long_note(length: int) -> str:
    """Words, emoji and runs of spaces where the cells end."""
    said = " ".join(f"Wort{number}" for number in range(length // 9))
    return normalised(f"=1+1 {said[:31_000]}{' ' * 3_000}{'😀' * 20_000} {said}"[:length])


@pytest.mark.parametrize("length", [31_990, 32_001, 64_000, 100_000])
@pytest.mark.parametrize("way", WAYS, ids=["csv", "xlsx"])
def test_a_note_longer_than_a_cell_comes_back_whole(length: int, way: tuple) -> None:
    write, read = way
    figures = {(2025, KEYS[0]): Figure(Decimal(5), note=long_note(length)), (2025, KEYS[1]): Figure(note="x")}
    figures = {
        place: replace(figure, unit=POINTS[place[1]].default_unit) for place, figure in figures.items()
    }
    lines = read(write(file_rows(figures), file_labels("de")))
    assert len(lines) == len(POINTS) + 1, "a row for each figure"
    preview = held_against(lines, figures, "de")
    assert (preview.changes, preview.bad, preview.same) == ((), (), 2)


def test_no_cell_holds_more_than_a_spreadsheet_keeps_and_a_sign_empties_all_of_a_note() -> None:
    figures = {(2025, KEYS[0]): Figure(note=long_note(100_000))}
    lines = of_xlsx(to_xlsx(file_rows(figures), file_labels("en")))
    assert max(len(cell.encode("utf-16-le")) // 2 for line in lines for cell in line.cells) <= 32_767
    assert "Note (continued)" in lines[0].cells
    emptied_by_hand = [
        replace(
            line,
            cells=(
                "-" if at == COLUMNS.index(FigureColumn.NOTE) else cell for at, cell in enumerate(line.cells)
            ),
        )
        if KEYS[0] in line.cells
        else line
        for line in lines
    ]
    lines = [replace(line, cells=tuple(line.cells)) for line in emptied_by_hand]
    (change,) = held_against(lines, figures, "en").changes
    assert change.after.note == ""


@given(st.text(st.sampled_from("ab \n😀"), max_size=200), st.integers(2, 20))
def test_pieces_are_the_text(text: str, longest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spreadsheet, "LONGEST_CELL", longest)
        pieces = spreadsheet.split_cell_text(text)
    assert "".join(pieces) == text
    assert max(len(piece.encode("utf-16-le")) // 2 for piece in pieces) <= longest
