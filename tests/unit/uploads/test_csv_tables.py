"""Tables as people save them in CSV: any bytes give rows or a clear reason."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dnk_tool.services.clusters import company_list
from dnk_tool.services.uploads import table_files
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
