"""A workbook is ready to calculate with and to print: empty cells, number formats, tables, page set-up."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import Figure, Origin, Sheet
from dnk_tool.domain.numbers import decimals
from dnk_tool.language import LANGUAGES, Language, format_number
from dnk_tool.report.files import figure_spreadsheet
from dnk_tool.report.files.attachments import attachments_of
from dnk_tool.report.files.declaration_spreadsheet import to_xlsx
from dnk_tool.report.files.figure_spreadsheet import figure_file_rows
from dnk_tool.report.files.printed_amounts import AmountReader
from dnk_tool.report.files.spreadsheet import (
    ShownNumber,
    Worksheet,
    computed_number,
    to_workbook,
    typed_number,
)
from dnk_tool.report.files.workbook_labels import fill_in_labels
from dnk_tool.report.view.parts import TableCell
from tests.support.documents import full_document
from tests.support.tables import sheets_of
from tests.unit.report.files.test_declaration_spreadsheet import spreadsheet_view
from tests.unit.report.files.test_figure_spreadsheet import held_against, of_xlsx

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
SELECTION = selection_for("dnk-2017", "gri")
POINTS = {key: SELECTION.catalogue.datapoints[key] for key in SELECTION.datapoints}
FAMILIES = [*SELECTION.catalogue.families.values()]


def part_text(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return ElementTree.fromstring(book.read(name))  # noqa: S314


def worksheets(content: bytes) -> list[ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return [part_text(content, name) for name in names]


def number_formats(content: bytes, sheet: int = 0) -> Iterator[tuple[str, str]]:
    """Each number of a sheet as it is stored, with the code of its format; "" for the general one."""
    styles = part_text(content, "xl/styles.xml")
    codes = {f.get("numFmtId"): f.get("formatCode") for f in styles.iterfind(".//m:numFmt", NS)}
    codes |= {"0": "", "1": "0", "3": "#,##0", "4": "#,##0.00", "49": "@"}
    used = [codes[x.get("numFmtId")] for x in styles.iterfind("m:cellXfs/m:xf", NS)]
    for cell in worksheets(content)[sheet].iterfind(".//m:c", NS):
        if cell.get("t", "n") == "n" and (value := cell.findtext("m:v", None, NS)) is not None:
            yield value, str(used[int(cell.get("s", "0"))])


def declared_workbook() -> bytes:
    return to_xlsx(full_document(), spreadsheet_view(full_document()))


def attached_workbook() -> bytes:
    files = attachments_of(full_document(), issued_on=date(2026, 11, 26), language="de")
    [workbook] = [each for each in files if each.name.endswith(".xlsx")]
    return workbook.content


def template() -> bytes:
    rows = figure_file_rows(Sheet(SELECTION, {}, {}), {}, 2025)
    return figure_spreadsheet.to_xlsx(rows, fill_in_labels("de", 2025))


@pytest.mark.parametrize("workbook", [declared_workbook, attached_workbook, template])
def test_a_cell_without_content_is_empty_and_not_an_empty_text(workbook) -> None:
    content = workbook()
    strings = [
        "".join(text.text or "" for text in each.iterfind(".//m:t", NS))
        for each in part_text(content, "xl/sharedStrings.xml").iterfind("m:si", NS)
    ]
    cells = [cell for sheet in worksheets(content) for cell in sheet.iterfind(".//m:c", NS)]
    texts = [strings[int(cell.findtext("m:v", "", NS))] for cell in cells if cell.get("t") == "s"]
    assert len(texts) > 100
    assert "" not in texts


@pytest.mark.parametrize("workbook", [declared_workbook, attached_workbook, template])
def test_every_sheet_is_set_up_for_the_printer(workbook) -> None:
    for sheet in worksheets(workbook()):
        setup = sheet.find("m:pageSetup", NS)
        assert setup is not None
        assert (setup.get("orientation"), setup.get("paperSize")) == ("landscape", "9")
        assert setup.get("fitToHeight") == "0"
        assert sheet.find("m:sheetPr/m:pageSetUpPr[@fitToPage='1']", NS) is not None
        assert sheet.findtext("m:headerFooter/m:oddFooter", None, NS) == "&L&A&RSeite &P von &N"


def test_the_footer_has_the_language_of_the_file() -> None:
    document = full_document()
    [sheet, *_] = worksheets(to_xlsx(document, spreadsheet_view(document, "en")))
    assert sheet.findtext("m:headerFooter/m:oddFooter", None, NS) == "&L&A&RPage &P of &N"


def test_the_heading_is_repeated_on_each_page_and_each_sheet_is_one_table() -> None:
    content = declared_workbook()
    names = part_text(content, "xl/workbook.xml")
    repeated = [n.text for n in names.iterfind(".//m:definedName[@name='_xlnm.Print_Titles']", NS)]
    sheets = sheets_of(content)
    assert sorted(map(str, repeated)) == sorted(f"{name}!$1:$1" for name in sheets)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        tables = [
            ElementTree.fromstring(book.read(name))  # noqa: S314
            for name in book.namelist()
            if name.startswith("xl/tables/")
        ]
    by_name = {str(table.get("displayName")): table for table in tables}
    assert [*by_name] == [name.replace(" ", "_") for name in sheets]
    heads = [column.get("name") for column in by_name["Kennzahlen"].iterfind(".//m:tableColumn", NS)]
    assert heads == sheets["Kennzahlen"][0]
    assert by_name["Kennzahlen"].get("ref") == f"A1:M{len(sheets['Kennzahlen'])}"


def test_a_table_called_like_a_cell_or_with_equal_heads_is_still_a_sound_workbook() -> None:
    sheets = [
        Worksheet("AB12", ("a", "b"), [["x", 1]]),
        Worksheet("R1C1", ("a", "b"), []),
        Worksheet("Zwei gleiche", ("Wert", "wert"), [["x", "y"]]),
        Worksheet("日本語", ("a",), [["x"]]),
    ]
    content = to_workbook(sheets, language="de")
    assert sheets_of(content)["AB12"] == [["a", "b"], ["x", 1]]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        tables = [name for name in book.namelist() if name.startswith("xl/tables/")]
        names = [ElementTree.fromstring(book.read(name)).get("name") for name in tables]  # noqa: S314
    assert len(names) == 3
    assert all(str(name).startswith("Table") for name in names)


def rows_of_figures(figures: dict[tuple[int, str], Figure]) -> bytes:
    current = {key: figure for (year, key), figure in figures.items() if year == 2025}
    rows = figure_file_rows(Sheet(SELECTION, {}, current), figures, 2025)
    return figure_spreadsheet.to_xlsx(rows, fill_in_labels("de", 2025))


@pytest.mark.parametrize(
    ("figure", "formats"),
    [
        (Figure(Decimal("334426"), "kWh"), ["#,##0", "#,##0"]),
        (Figure(Decimal("168.0"), "MWh"), ["#,##0.0", "#,##0"]),
        (Figure(Decimal("18.25"), "MWh"), ["#,##0.00", "#,##0"]),
        (Figure(Decimal("14.418504123"), "MWh", origin=Origin.LINES), ["#,##0.0", "#,##0"]),
    ],
)
def test_a_number_is_shown_with_its_digits_and_keeps_all_of_them(figure: Figure, formats: list[str]) -> None:
    """A typed number is shown as typed; a calculated or converted one with the decimals of its unit."""
    key = "energy.electricity.consumption"
    assert POINTS[key].default_unit == "kWh"
    shown = [pair for pair in number_formats(rows_of_figures({(2025, key): figure})) if pair[0] != "2025"]
    assert [code for _value, code in shown] == formats
    value = figure.value or Decimal(0)
    in_kwh = value if figure.unit == "kWh" else value * 1000
    assert [Decimal(stored) for stored, _code in shown] == [value, in_kwh]


def test_the_value_of_the_year_before_is_a_number_with_its_unit_beside_it() -> None:
    key = "energy.electricity.consumption"
    figures = {(2024, key): Figure(Decimal("64.10"), "MWh"), (2025, key): Figure(Decimal("70"), "MWh")}
    content = rows_of_figures(figures)
    [heads, *rows] = sheets_of(content)["Kennzahlen 2025"]
    [row] = [dict(zip(heads, row, strict=True)) for row in rows if row[:2] == [2025.0, key]]
    assert (row["Im Jahr davor"], row["Einheit im Jahr davor"]) == (64.1, "MWh")
    assert ("64.10", "#,##0.00") in number_formats(content)


def test_years_have_no_grouping() -> None:
    content = declared_workbook()
    years = {code for value, code in number_formats(content, 2) if value in ("2024", "2025")}
    assert years == {""}


def test_starting_values_of_goals_are_numbers_with_their_units_beside_them() -> None:
    heads, *rows = sheets_of(declared_workbook())["Ziele"]
    said = [dict(zip(heads, row, strict=True)) for row in rows]
    assert {type(row["bis"]) for row in said} == {float}
    assert {(row["Ausgangswert"], row["Ausgangswert: Einheit"]) for row in said} >= {
        (184.0, "MWh"),
        (3.0, "Plätze"),
        ("keine Abfrage", ""),
    }
    assert all(isinstance(row["Ziel"], str) for row in said)


def test_the_attached_workbook_says_what_it_is_and_whose() -> None:
    book = part_text(attached_workbook(), "docProps/core.xml")
    said = Counter(each.text for each in book)
    assert {"Kennzahlen 2025", full_document().organisation.name} <= said.keys()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_computed_number_keeps_fifteen_digits_and_shows_those_of_its_unit(value: Decimal) -> None:
    found = computed_number(value, "t-co2e")
    assert found is not None
    assert abs(found.value - value) <= abs(value) * Decimal("1e-14")
    assert not found.value or found.decimals >= 0
    assert len(found.value.as_tuple().digits) <= 15


@pytest.mark.parametrize(
    ("value", "shown"), [("1234.50", 2), ("1234", 0), ("0.125", 3), ("12.34567", 2), ("1E+3", 0), ("0", 0)]
)
def test_a_typed_number_is_shown_as_it_was_typed(value: str, shown: int) -> None:
    found = typed_number(Decimal(value))
    assert found is not None
    assert (found.value, found.decimals) == (Decimal(value), shown)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=3)
UNITS = [unit for family in FAMILIES for unit in family.units.values()]


@given(NUMBERS, st.sampled_from(UNITS), st.sampled_from(LANGUAGES), st.booleans())
def test_an_amount_is_read_back_in_the_language_in_which_it_is_spelt(
    value: Decimal, unit, printed: Language, is_number: bool
) -> None:
    written: Language = "de" if printed == "en" else "en"
    spelt = printed if is_number else written
    text = f"{format_number(value, spelt)}\N{NO-BREAK SPACE}{unit.display.to(spelt)}"
    found, symbol = AmountReader(FAMILIES, printed, written).read(TableCell(text, is_number))
    if unit.display.to(spelt)[:1].isdigit():
        return
    assert (found, symbol) == (value, unit.display.to(printed))
    assert isinstance(found, Decimal)
    assert decimals(found) <= 3


@pytest.mark.parametrize(
    ("text", "is_number", "read"),
    [
        ("2030", False, (2030, "")),
        ("−27,0 %", False, (Decimal("-27.0"), "%")),
        ("1.234,5", True, (Decimal("1234.5"), "")),
        ("1.234,5", False, ("1.234,5", "")),
        ("302-1", False, ("302-1", "")),
        ("12.1", False, ("12.1", "")),
        ("168 MWh, auf dem Weg", False, ("168 MWh, auf dem Weg", "")),
        ("3 Plätze", False, ("3 Plätze", "")),
        ("1.2.3 t", False, ("1.2.3 t", "")),
        ("", True, ("", "")),
        ("–", True, ("–", "")),
        ("1234567890123456,5 t", True, ("1234567890123456,5 t", "")),
    ],
)
def test_what_is_no_amount_stays_text(text: str, is_number: bool, read: tuple[object, str]) -> None:
    assert AmountReader(FAMILIES, "de", "de").read(TableCell(text, is_number)) == read


def test_a_wide_number_has_room_in_its_column() -> None:
    rows = [[ShownNumber(Decimal("1234567.123456"), 1)], [Decimal("-12345678901.25")]]
    [sheet] = worksheets(to_workbook([Worksheet("Zahlen", ("a",), rows)], language="de"))
    [column] = sheet.iterfind(".//m:col", NS)
    assert float(str(column.get("width"))) >= len("-12,345,678,901.25")


def test_a_file_of_an_earlier_release_is_read_as_before() -> None:
    """It says value and unit of the year before in one cell, and has no column for the unit."""
    key = "energy.electricity.consumption"
    figures = {(2024, key): Figure(Decimal("64.1"), "MWh"), (2025, key): Figure(Decimal("70"), "MWh")}
    first, *lines = of_xlsx(rows_of_figures(figures))
    value, unit = first.cells.index("Im Jahr davor"), first.cells.index("Einheit im Jahr davor")
    earlier = [first, *(replace(line, numeric=line.numeric - {value}) for line in lines)]
    earlier = [
        replace(
            line,
            cells=tuple(
                f"{cell} {line.cells[unit]}".strip() if place == value and line is not first else cell
                for place, cell in enumerate(line.cells)
                if place != unit
            ),
        )
        for line in earlier
    ]
    assert "64.1 MWh" in {line.cells[value] for line in earlier}
    preview = held_against(earlier, figures, "de")
    assert (preview.changes, preview.same, preview.bad) == ((), 2, ())
