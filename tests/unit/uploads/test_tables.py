"""Tables in CSV and workbooks as people save them: rows with their numbers or a clear reason."""

import io
import logging
import resource
import zipfile
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dnk_tool.services.clusters import company_list
from dnk_tool.services.uploads import csv_tables, excel, table_files
from dnk_tool.services.uploads.csv_tables import (
    MAX_FILE_BYTES,
    MAX_LINES,
    MAX_ROWS,
    TableFault,
    UnreadableTable,
    parse_csv,
)
from tests.support.tables import fault_of

ROWS = [("Firma", "E-Mail"), ("Müller & Söhne, Holz", "info@müller.example"), ("Beck", "a@beck.example")]

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="{target}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>"""
WORKBOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="Liste" sheetId="1" r:id="rId1"/></sheets></workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_in_any_spelling(encoding: str, delimiter: str, end: str) -> None:
    text = end.join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in ROWS
    )
    rows = parse_csv(text.encode(encoding))
    assert [(line.number, line.cells) for line in rows] == list(enumerate(ROWS, start=1))


def test_excels_first_line_names_the_delimiter_and_lines_keep_their_numbers() -> None:
    rows = parse_csv(b"sep=,\nFirma,Mail\n\n\nBeck,a@b.example\n")
    assert [(line.number, line.cells[0]) for line in rows] == [(2, "Firma"), (5, "Beck")]


def test_a_cell_with_a_line_break_counts_its_lines() -> None:
    rows = parse_csv(b'Firma;Anschrift;Mail\nBeck;"Weg 1\nUlm";a@b.example\nRot;;r@r.example\n')
    assert [line.number for line in rows] == [1, 2, 4]


def test_another_delimiter_may_open_a_quote_in_a_cell() -> None:
    rows = parse_csv(b'Firma,Zettel,Mail\nBeck,-;"x,b@b.example\nRot,-,r@r.example\n')
    assert [line.cells for line in rows[1:]] == [
        ("Beck", '-;"x', "b@b.example"),
        ("Rot", "-", "r@r.example"),
    ]


def test_an_open_quote_is_named_with_its_line() -> None:
    with pytest.raises(UnreadableTable) as caught:
        parse_csv(b'Firma;Mail\n"Beck;a@b.example\nRot;r@r.example\n')
    assert (caught.value.fault, caught.value.line) == (TableFault.OPEN_QUOTE, 2)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", TableFault.EMPTY),
        (b" \n;;\n\t\n", TableFault.EMPTY),
        (b"\x00\x01binary\x00", TableFault.NO_TABLE),
        (b"%PDF-1.7\n\x00\x00", TableFault.PDF),
        (b"\x89PNG\r\n", TableFault.PICTURE),
        (b"\xff\xd8\xff\xe0JFIF", TableFault.PICTURE),
        (b"\x00\x00\x00\x18ftypheic", TableFault.PICTURE),
        (b"a;b@c.example\n" * (MAX_ROWS + 2), TableFault.TOO_MANY_ROWS),
        (b'"' + b"x" * 200_000, TableFault.OPEN_QUOTE),
        (b"\xd0\xcf\x11\xe0" + b"old", TableFault.OLD_EXCEL),
        (b"PK\x03\x04 no archive", TableFault.BROKEN),
        (b"x" * (MAX_FILE_BYTES + 1), TableFault.TOO_LARGE),
    ],
)
def test_what_is_no_list_gets_its_reason(content: bytes, fault: TableFault) -> None:
    assert fault_of(table_files.read_table_file, content) is fault


def test_as_many_rows_as_allowed_below_the_heads() -> None:
    assert len(parse_csv(b"Firma;Mail\n" + b"a;b@c.example\n" * MAX_ROWS)) == MAX_ROWS + 1


@given(st.binary(max_size=3_000))
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf")
@example(b'sep=;\n"')
@example(b'a"b;"c"d;"\r\n')
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        rows = parse_csv(content)
    except UnreadableTable:
        return
    assert all(any(cell.strip() for cell in line.cells) for line in rows)
    numbers = [line.number for line in rows]
    assert numbers == sorted(set(numbers))


@given(st.text(max_size=2_000))
def test_any_text_is_checked_without_fault_of_ours(text: str) -> None:
    try:
        read = company_list.read_company_list(text.encode("utf-8", "replace"), "de")
    except UnreadableTable:
        return
    preview = company_list.check_company_list(read, company_list.KnownCompanies())
    assert len(preview.rows) <= len(read.sheets[0].rows)


@pytest.mark.parametrize(
    "content", [b"a\n" * 400_000, b";\n" * 300_000 + b"a;b\n", b"a\n" * MAX_LINES + b"a\nb"]
)
def test_f16_far_too_many_lines_are_not_read(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csv.reader", lambda *_given, **_more: pytest.fail("it is read"))
    assert fault_of(parse_csv, content) is TableFault.TOO_MANY_ROWS


@pytest.mark.parametrize("end", [b"\n", b";;\n", b"\r\n", b" \t,\n"])
def test_f16_empty_rows_at_the_end_do_not_count(end: bytes) -> None:
    rows = parse_csv(b"Firma;Mail\nBeck;a@b.example\n" + end * 100_000)
    assert [line.number for line in rows] == [1, 2]


def sheet(rows: list[tuple[str, ...]], *, first: int = 1) -> str:
    cells = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, start=first)
    )
    return of_cells(cells)


def of_cells(cells: str) -> str:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'


def packed_workbook(first_sheet: str, **more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(target="xl/workbook.xml", kind="officeDocument"))
        archive.writestr("xl/workbook.xml", WORKBOOK)
        target = RELATIONS.format(target="worksheets/sheet1.xml", kind="worksheet")
        archive.writestr("xl/_rels/workbook.xml.rels", target)
        archive.writestr("xl/worksheets/sheet1.xml", first_sheet)
        for name, content in more.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_workbook_is_read_with_the_numbers_of_its_rows() -> None:
    rows = table_files.read_table_file(packed_workbook(sheet(ROWS, first=4)))
    assert [(line.number, line.cells) for line in rows] == list(enumerate(ROWS, start=4))


def test_numbers_and_gaps_in_a_workbook() -> None:
    cells = '<row r="2"><c r="B2"><v>7</v></c></row><row r="5"><c r="C5"><v>2.5</v></c></row>'
    rows = table_files.read_table_file(packed_workbook(of_cells(cells)))
    assert [line.number for line in rows] == [2, 5]
    assert [[cell for cell in line.cells if cell] for line in rows] == [["7"], ["2.5"]]


@settings(max_examples=200)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_refused_or_let_through_to_the_child(at: int, damage: bytes) -> None:
    whole = packed_workbook(sheet(ROWS))
    content = whole[:at] + damage + whole[at + len(damage) :]
    fault = None
    try:
        excel._check_workbook(content)
    except UnreadableTable as unreadable:
        fault = unreadable.fault
    assert fault in (None, TableFault.BROKEN, TableFault.NO_TABLE, TableFault.TOO_LARGE)


@pytest.mark.parametrize("at", [700, 1_200])
def test_the_child_refuses_what_is_damaged_inside(at: int) -> None:
    whole = packed_workbook(sheet(ROWS))
    content = whole[:at] + b"\x00" * 60 + whole[at + 60 :]
    assert fault_of(excel._run, content) is TableFault.BROKEN


def test_another_office_file_is_no_table() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert fault_of(table_files.read_table_file, file.getvalue()) is TableFault.NO_TABLE


def test_an_empty_workbook_says_so() -> None:
    assert fault_of(table_files.read_table_file, packed_workbook(of_cells(""))) is TableFault.EMPTY


def test_too_many_rows_of_a_workbook_are_refused() -> None:
    rows = [("Beck", "a@b.example")] * (MAX_ROWS + 2)
    assert fault_of(table_files.read_table_file, packed_workbook(sheet(rows))) is TableFault.TOO_MANY_ROWS


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed_workbook(of_cells(""), **{"xl/media/zeros.bin": b"\x00" * 60_000_000})
    assert len(bomb) < MAX_FILE_BYTES
    unpacked = list[object]()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *given: unpacked.append(given))
    monkeypatch.setattr(excel.sandbox, "run_module", lambda *given, **_named: unpacked.append(given))
    assert fault_of(table_files.read_table_file, bomb) is TableFault.TOO_LARGE
    assert unpacked == []


def test_many_parts_are_refused() -> None:
    parts = {f"xl/part{number}.xml": b"x" for number in range(excel.MAX_ARCHIVE_PARTS)}
    assert (
        fault_of(table_files.read_table_file, packed_workbook(sheet(ROWS), **parts)) is TableFault.TOO_LARGE
    )


def test_two_cells_far_apart_end_with_the_child(caplog: pytest.LogCaptureFixture) -> None:
    """Sixteen milliard cells lie between them; the child's limit of memory stops it."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    with caplog.at_level(logging.WARNING, excel.__name__):
        assert fault_of(table_files.read_table_file, packed_workbook(of_cells(cells))) is TableFault.TOO_LARGE
    assert "a spreadsheet could not be read: status -" in caplog.text, "and not the end of our patience"


def test_a_list_that_unpacks_to_much_costs_the_server_nothing() -> None:
    """Past the inspection, as an archive that lies about its sizes would be: the child reads what it may."""
    row = f'<row r="1"><c r="A1" t="str"><v>{"x" * 4_000}</v></c></row>'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    output = excel._run(packed_workbook(of_cells(row * 20_000)))
    assert len(output) < (MAX_ROWS + 2) * (csv_tables.ADDRESS_TABLE.longest_cell + 50)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_whoever_comes_third_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "SLOT_TIMEOUT_SECONDS", 0.01)
    with excel._worker_slot(), excel._worker_slot():
        assert fault_of(table_files.read_table_file, packed_workbook(sheet(ROWS))) is TableFault.BUSY
    assert table_files.read_table_file(packed_workbook(sheet(ROWS)))
