"""Which column of a list holds what, and which of its rows are good."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.company_list import (
    CompanyHintKind,
    CompanyListPreview,
    CompanyRow,
    CompanyRowFault,
    KnownCompanies,
    RejectedCompanyRow,
    invitation_key,
    preview_company_list,
)
from dnk_tool.domain.clusters.company_list_columns import CompanyListColumns, extract_address, find_columns
from dnk_tool.domain.uploads import MAX_HEADING_ROW, RejectedRow, SpreadsheetRow


def address(text: str) -> str:
    """What is good enough for an address here."""
    if text.count("@") != 1 or " " in text or not text.split("@")[1]:
        raise ValueError(text)
    return text.lower()


def table(*rows: str) -> list[SpreadsheetRow]:
    return [SpreadsheetRow(number, tuple(row.split(";"))) for number, row in enumerate(rows, start=1)]


def invitations(*rows: str) -> dict[tuple[str, str], str]:
    """As `Known` keeps them, from "Company;address"."""
    pairs = [row.split(";") for row in rows]
    return {invitation_key(email, company): company for company, email in pairs}


def sifted(*rows: str, known: KnownCompanies | None = None) -> CompanyListPreview:
    return preview_company_list(table(*rows), known or KnownCompanies(), read_address=address, language="de")


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
    [good] = sifted(heads, row).good
    assert (good.number, good.company, good.email, good.name, good.language) == (
        2,
        "Beck GmbH",
        "anna@beck.example",
        "Anna Beck",
        "en",
    )


def test_without_heads_the_content_tells() -> None:
    rows = sifted("Anna Beck;Beck GmbH;de;anna@beck.example", "Jo Rot;Rot & Sohn OHG;en;jo@rot.example").good
    assert [(row.number, row.company, row.name, row.language) for row in rows] == [
        (1, "Beck GmbH", "Anna Beck", "de"),
        (2, "Rot & Sohn OHG", "Jo Rot", "en"),
    ]


def test_a_lone_name_is_the_company() -> None:
    [row] = sifted("Name;E-Mail", "Beck GmbH;anna@beck.example").good
    assert (row.company, row.name) == ("Beck GmbH", "")


@pytest.mark.parametrize(
    ("row", "fault", "detail"),
    [
        ("Beck GmbH;;Anna", CompanyRowFault.NO_ADDRESS, ""),
        ("Beck GmbH;anna at beck;Anna", CompanyRowFault.INVALID_ADDRESS, "anna at beck"),
        (";anna@beck.example;Anna", CompanyRowFault.NO_COMPANY, ""),
        (f"{'B' * 201};anna@beck.example;Anna", CompanyRowFault.TOO_LONG, ""),
        ("Beck GmbH;anna@beck.example;Anna;fr", CompanyRowFault.UNKNOWN_LANGUAGE, "fr"),
        ("ROT GmbH;JO@rot.example;Jo", CompanyRowFault.TWICE, "2"),
        ("Alt AG;neu@alt.example;Al", CompanyRowFault.MEMBER, ""),
        ("Älter AG;alt@alt.example;Al", CompanyRowFault.MEMBER, ""),
        ("Wartet GmbH;wartet@w.example;W", CompanyRowFault.INVITED, ""),
    ],
)
def test_each_fault_is_named_with_its_line(row: str, fault: CompanyRowFault, detail: str) -> None:
    known = KnownCompanies(
        companies={"alt ag"},
        joined=invitations("Älter AG;alt@alt.example"),
        invited=invitations("Wartet GmbH;wartet@w.example"),
    )
    preview = sifted("Firma;E-Mail;Name;Sprache", "Rot GmbH;jo@rot.example;Jo", row, known=known)
    assert [(rejected.number, rejected.fault) for rejected in preview.bad] == [(3, fault)]
    assert preview.bad[0].detail == detail
    assert [good.company for good in preview.good] == ["Rot GmbH"]


@pytest.mark.parametrize("left_out", [";jo@rot.example", "Alt AG;jo@rot.example"])
def test_a_bad_row_does_not_make_a_later_one_a_double(left_out: str) -> None:
    known = KnownCompanies(companies={"alt ag"})
    preview = sifted("Firma;E-Mail", left_out, "Rot GmbH;jo@rot.example", known=known)
    assert [row.number for row in preview.good] == [3]
    assert preview.hints == []


def test_one_person_may_speak_for_several_companies() -> None:
    known = KnownCompanies(
        joined=invitations("Alt AG;jo@rat.example"), invited=invitations("Wartet GmbH;jo@rat.example")
    )
    preview = sifted("Firma;E-Mail", "Rot GmbH;jo@rat.example", "Blau GmbH;jo@rat.example", known=known)
    assert [row.company for row in preview.good] == ["Rot GmbH", "Blau GmbH"]
    assert {(hint.number, hint.kind) for hint in preview.hints} == {
        (2, CompanyHintKind.ADDRESS_KNOWN),
        (3, CompanyHintKind.ADDRESS_KNOWN),
    }
    assert {hint.detail for hint in preview.hints} <= {"Alt AG", "Wartet GmbH"}


def test_what_may_be_a_slip_is_said_of_rows_that_are_invited() -> None:
    preview = sifted(
        "Firma;E-Mail",
        "Rot GmbH;jo@rot.example",
        "rot gmbh;ina@rot.example",
        "Rot Holz KG;jo@rot.example",
        "Wartet GmbH;neu@w.example",
        "Blau GmbH;b@blau.example",
        known=KnownCompanies(invited=invitations("WARTET GmbH;alt@w.example")),
    )
    assert len(preview.good) == 5
    assert [(hint.number, hint.kind, hint.detail) for hint in preview.hints] == [
        (3, CompanyHintKind.COMPANY_TWICE, "2"),
        (4, CompanyHintKind.ADDRESS_TWICE, "2"),
        (5, CompanyHintKind.INVITED_ELSEWHERE, "alt@w.example"),
    ]
    assert preview.hints[0].shown == "rot gmbh, ina@rot.example"


COMPANIES = st.sampled_from(["Rot GmbH", "ROT gmbh", "Blau KG", "Grün AG", ""])
ADDRESSES = st.sampled_from(["jo@a.example", "JO@a.example", "ina@b.example", "kein at", ""])
LANGUAGES = st.sampled_from(["", "de", "English", "fr"])
FIRMS = st.tuples(COMPANIES.filter(bool), ADDRESSES.filter(lambda email: "@" in email)).map(";".join)
KNOWN = st.builds(
    lambda companies, joined, invited: KnownCompanies(
        {company.casefold() for company in companies}, invitations(*joined), invitations(*invited)
    ),
    st.sets(COMPANIES.filter(bool), max_size=1),
    st.lists(FIRMS.map(str.lower), max_size=2),
    st.lists(FIRMS.map(str.lower), max_size=2),
)
ROWS = st.lists(st.tuples(COMPANIES, ADDRESSES, LANGUAGES).filter(any), max_size=12)


def is_true(
    bad: RejectedCompanyRow,
    row: tuple[str, str, str],
    known: KnownCompanies,
    good: dict[int, tuple[str, str]],
) -> bool:
    """Whether the reason holds, told without the code that gave it."""
    company, email, language = row
    pair = (email.lower(), company.casefold())
    doubled = bad.fault is CompanyRowFault.TWICE and int(bad.detail)
    return {
        CompanyRowFault.NO_ADDRESS: not email,
        CompanyRowFault.INVALID_ADDRESS: email == bad.detail == "kein at",
        CompanyRowFault.NO_COMPANY: not company,
        CompanyRowFault.UNKNOWN_LANGUAGE: language == bad.detail == "fr",
        CompanyRowFault.MEMBER: pair[1] in known.companies or pair in known.joined,
        CompanyRowFault.INVITED: pair in known.invited,
        CompanyRowFault.TWICE: good.get(doubled) == pair and doubled < bad.number,
    }[bad.fault]


@given(ROWS, KNOWN)
def test_every_row_is_invited_or_left_out_for_a_true_reason(
    rows: list[tuple[str, str, str]], known: KnownCompanies
) -> None:
    preview = sifted("Firma;E-Mail;Sprache", *map(";".join, rows), known=known)
    numbers = [row.number for row in preview.good] + [row.number for row in preview.bad]
    assert sorted(numbers) == list(range(2, len(rows) + 2))
    good = {row.number: row.invitation_key for row in preview.good}
    assert len(set(good.values())) == len(good)
    for bad in preview.bad:
        assert is_true(bad, rows[bad.number - 2], known, good), bad
    assert {hint.number for hint in preview.hints} <= set(good)


@given(ROWS, KNOWN, st.data())
def test_the_order_of_rows_changes_nobody_s_invitation(
    rows: list[tuple[str, str, str]], known: KnownCompanies, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(rows))
    preview, other = (
        sifted("Firma;E-Mail;Sprache", *map(";".join, given), known=known) for given in (rows, mixed)
    )
    assert {row.invitation_key for row in preview.good} == {row.invitation_key for row in other.good}


def test_titles_may_stand_above_the_heads() -> None:
    preview = sifted(
        "Mitglied;;",
        ";;",
        "Stand: 1.1.2026;;",
        "Name;E-Mail;Sprache",
        "Smith Ltd;sue@smith.example;en",
        "Ohne Adresse KG;;de",
    )
    assert [(row.number, row.company, row.language) for row in preview.good] == [(5, "Smith Ltd", "en")]
    assert [(row.number, row.fault) for row in preview.bad] == [(6, CompanyRowFault.NO_ADDRESS)]


def test_what_follows_an_address_is_no_title() -> None:
    preview = sifted(
        "Liste;", "Rot GmbH;jo@rot.example", "Betrieb;", "Firma;E-Mail", "Blau KG;b@blau.example"
    )
    assert [row.number for row in preview.good] == [2, 5]
    assert [(row.number, row.fault) for row in preview.bad] == [(3, CompanyRowFault.NO_ADDRESS)]


def test_heads_are_looked_for_near_the_top_only() -> None:
    below = ["Liste;;"] * MAX_HEADING_ROW + ["Firma;E-Mail;Sprache"]
    assert [row.number for row in sifted(*below, "Beck GmbH;a@b.example;en").bad] == [
        *range(1, MAX_HEADING_ROW + 2)
    ]


@given(
    st.lists(st.sampled_from(["Liste 2026", "", "Stand: Mai", "Firma", "Entwurf;intern"]), max_size=9), ROWS
)
def test_titles_change_nothing_but_numbers(titles: list[str], rows: list[tuple[str, str, str]]) -> None:
    cells = ["Firma;E-Mail;Sprache", *map(";".join, rows)]
    plain, titled = sifted(*cells), sifted(*titles, *cells)
    for row, other in zip([*plain.good, *plain.bad], [*titled.good, *titled.bad], strict=True):
        assert replace(row, number=0, **undated(row)) == replace(other, number=0, **undated(other))
        assert row.number + len(titles) == other.number


def undated(row: CompanyRow | RejectedCompanyRow) -> dict[str, str]:
    """Without the number of another row."""
    return {"detail": ""} if isinstance(row, RejectedRow) and row.fault is CompanyRowFault.TWICE else {}


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
    assert extract_address(written) == "anna@beck.example"


def test_an_empty_table_has_no_columns() -> None:
    assert find_columns([]) == (CompanyListColumns(), [])
    assert find_columns([SpreadsheetRow(1, ("", ""))]) == (CompanyListColumns(), [])


CELLS = st.lists(st.text(max_size=30), max_size=6).map(tuple)


@given(st.lists(CELLS, max_size=20))
def test_any_table_is_told_apart_completely(rows: list[tuple[str, ...]]) -> None:
    lines = [SpreadsheetRow(number, cells) for number, cells in enumerate(rows, start=1)]
    preview = preview_company_list(lines, KnownCompanies(), read_address=address, language="de")
    numbers = sorted([row.number for row in preview.good] + [row.number for row in preview.bad])
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {line.number for line in lines}
    assert len({row.invitation_key for row in preview.good}) == len(preview.good)
    assert all((row.company and row.language == "de") or row.language == "en" for row in preview.good)


@given(st.permutations(["Firma", "E-Mail", "Name", "Sprache"]))
def test_the_order_of_columns_makes_no_difference(heads: list[str]) -> None:
    cells = {"Firma": "Beck", "E-Mail": "a@b.example", "Name": "Anna", "Sprache": "en"}
    lines = [SpreadsheetRow(1, tuple(heads)), SpreadsheetRow(2, tuple(cells[head] for head in heads))]
    [row] = preview_company_list(lines, KnownCompanies(), read_address=address, language="de").good
    assert (row.company, row.email, row.name, row.language) == ("Beck", "a@b.example", "Anna", "en")
