"""Which column of a list holds what, and which of its rows are good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.company_list import Known, RowFault, Sifted, sift
from dnk_tool.domain.list_columns import Columns, Line, bare_address, columns_of


def address(text: str) -> str:
    """What is good enough for an address here."""
    if text.count("@") != 1 or " " in text or not text.split("@")[1]:
        raise ValueError(text)
    return text.lower()


def table(*rows: str) -> list[Line]:
    return [Line(number, tuple(row.split(";"))) for number, row in enumerate(rows, start=1)]


def sifted(*rows: str, known: Known | None = None) -> Sifted:
    return sift(table(*rows), known or Known(), read_address=address, language="de")


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("Unternehmen;E-Mail;Ansprechpartner;Sprache", "Beck GmbH;anna@beck.example;Anna Beck;en"),
        ("Sprache;Ansprechpartner/in;E-Mail-Adresse;Firma", "en;Anna Beck;anna@beck.example;Beck GmbH"),
        ("COMPANY;Contact;Email;Language", "Beck GmbH;Anna Beck;anna@beck.example;English"),
        ("Mail;Name;Firma;lang", "anna@beck.example;Anna Beck;Beck GmbH;EN"),
        (
            "Nr.;Firmenname;Vorname;Nachname;Ort;E-Mail;Sprache",
            "1;Beck GmbH;Anna;Beck;Ulm;anna@beck.example;en",
        ),
        ("Unternehmen;Elektropost;Kontakt;Sprache", "Beck GmbH;anna@beck.example;Anna Beck;englisch"),
    ],
)
def test_heads_of_columns_in_any_order_and_language(heads: str, row: str) -> None:
    [found] = sifted(heads, row).good
    assert (found.number, found.company, found.email, found.name, found.language) == (
        2,
        "Beck GmbH",
        "anna@beck.example",
        "Anna Beck",
        "en",
    )


def test_without_heads_the_content_tells() -> None:
    found = sifted("Anna Beck;Beck GmbH;de;anna@beck.example", "Jo Rot;Rot & Sohn OHG;en;jo@rot.example").good
    assert [(one.number, one.company, one.name, one.language) for one in found] == [
        (1, "Beck GmbH", "Anna Beck", "de"),
        (2, "Rot & Sohn OHG", "Jo Rot", "en"),
    ]


def test_a_lone_name_is_the_company() -> None:
    [found] = sifted("Name;E-Mail", "Beck GmbH;anna@beck.example").good
    assert (found.company, found.name) == ("Beck GmbH", "")


@pytest.mark.parametrize(
    ("row", "fault", "detail"),
    [
        ("Beck GmbH;;Anna", RowFault.NO_ADDRESS, ""),
        ("Beck GmbH;anna at beck;Anna", RowFault.INVALID_ADDRESS, "anna at beck"),
        (";anna@beck.example;Anna", RowFault.NO_COMPANY, ""),
        (f"{'B' * 201};anna@beck.example;Anna", RowFault.TOO_LONG, ""),
        ("Beck GmbH;anna@beck.example;Anna;fr", RowFault.UNKNOWN_LANGUAGE, "fr"),
        ("Rot OHG;JO@rot.example;Jo", RowFault.TWICE, "2"),
        ("Alt AG;neu@alt.example;Al", RowFault.MEMBER, ""),
        ("Älter AG;alt@alt.example;Al", RowFault.MEMBER, ""),
        ("Wartet GmbH;wartet@w.example;W", RowFault.INVITED, ""),
    ],
)
def test_each_fault_is_named_with_its_line(row: str, fault: RowFault, detail: str) -> None:
    known = Known(members={"alt@alt.example"}, invited={"wartet@w.example"}, companies={"alt ag"})
    found = sifted("Firma;E-Mail;Name;Sprache", "Rot GmbH;jo@rot.example;Jo", row, known=known)
    assert [(one.number, one.fault) for one in found.bad] == [(3, fault)]
    assert found.bad[0].detail == detail or fault in (RowFault.MEMBER, RowFault.INVITED)
    assert [one.company for one in found.good] == ["Rot GmbH"]


def test_a_bad_row_does_not_make_a_later_one_a_double() -> None:
    found = sifted("Firma;E-Mail", ";jo@rot.example", "Rot GmbH;jo@rot.example")
    assert [one.number for one in found.good] == [3]


@pytest.mark.parametrize(
    "written",
    [
        "anna@beck.example",
        " anna@beck.example; ",
        "Anna Beck <anna@beck.example>",
        "mailto:anna@beck.example",
    ],
)
def test_addresses_as_people_paste_them(written: str) -> None:
    assert bare_address(written) == "anna@beck.example"


def test_an_empty_table_has_no_columns() -> None:
    assert columns_of([]) == (Columns(), [])
    assert columns_of([Line(1, ("", ""))]) == (Columns(), [])


CELLS = st.lists(st.text(max_size=30), max_size=6).map(tuple)


@given(st.lists(CELLS, max_size=20))
def test_any_table_is_told_apart_completely(rows: list[tuple[str, ...]]) -> None:
    lines = [Line(number, cells) for number, cells in enumerate(rows, start=1)]
    found = sift(lines, Known(), read_address=address, language="de")
    numbers = sorted([one.number for one in found.good] + [one.number for one in found.bad])
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {line.number for line in lines}
    assert len({one.email for one in found.good}) == len(found.good)
    assert all((one.company and one.language == "de") or one.language == "en" for one in found.good)


@given(st.permutations(["Firma", "E-Mail", "Name", "Sprache"]))
def test_the_order_of_columns_makes_no_difference(heads: list[str]) -> None:
    cells = {"Firma": "Beck", "E-Mail": "a@b.example", "Name": "Anna", "Sprache": "en"}
    lines = [Line(1, tuple(heads)), Line(2, tuple(cells[head] for head in heads))]
    [row] = sift(lines, Known(), read_address=address, language="de").good
    assert (row.company, row.email, row.name, row.language) == ("Beck", "a@b.example", "Anna", "en")
