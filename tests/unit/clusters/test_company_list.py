"""Which column of a list holds what, and which of its rows can be invited."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.clusters.company_list.check import KnownCompanies, check_rows, written_rows
from dnk_tool.domain.clusters.company_list.columns import (
    CompanyColumn,
    extract_address,
    find_company_table,
    guess_company_columns,
)
from dnk_tool.domain.clusters.company_list.rows import (
    CheckedRow,
    CompanyListPreview,
    CompanyQuestion,
    CompanyRow,
    CompanyRowFault,
    RowDecision,
    invitation_key,
)
from dnk_tool.domain.uploads import MAX_HEADING_ROW, ListTable, SpreadsheetRow
from tests.support.tables import numbered_rows

COMPANY, EMAIL, FIRST_NAME, NAME, LANGUAGE, _COHORT = CompanyColumn


def address(text: str) -> str:
    """What is good enough for an address here."""
    if text.count("@") != 1 or " " in text or not text.split("@")[1]:
        raise ValueError(text)
    return text.lower()


def table(*rows: str) -> list[SpreadsheetRow]:
    return numbered_rows(row.split(";") for row in rows)


def invitations(*rows: str) -> dict[tuple[str, str], str]:
    """As `Known` keeps them, from "Company;address"."""
    pairs = [row.split(";") for row in rows]
    return {invitation_key(email, company): company for company, email in pairs}


def checked(lines: list[SpreadsheetRow], known: KnownCompanies | None = None) -> CompanyListPreview:
    """What comes of the rows with the columns as they are guessed."""
    found = find_company_table(lines)
    columns, _guessed = guess_company_columns(found)
    rows = written_rows(found.rows, columns, {})
    return check_rows(rows, known or KnownCompanies(), read_address=address, language="de")


def sifted_companies(*rows: str, known: KnownCompanies | None = None) -> CompanyListPreview:
    return checked(table(*rows), known)


def bad(preview: CompanyListPreview) -> list[CheckedRow]:
    return [one for one in preview.rows if one.fault]


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
    [good] = sifted_companies(heads, row).good
    assert (good.number, good.company, good.email, good.name, good.language) == (
        2,
        "Beck GmbH",
        "anna@beck.example",
        "Anna Beck",
        "en",
    )


def test_without_heads_the_content_tells() -> None:
    rows = sifted_companies(
        "Anna Beck;Beck GmbH;de;anna@beck.example", "Jo Rot;Rot & Sohn OHG;en;jo@rot.example"
    ).good
    assert [(row.number, row.company, row.name, row.language) for row in rows] == [
        (1, "Beck GmbH", "Anna Beck", "de"),
        (2, "Rot & Sohn OHG", "Jo Rot", "en"),
    ]


def test_a_lone_name_is_the_company() -> None:
    [row] = sifted_companies("Name;E-Mail", "Beck GmbH;anna@beck.example").good
    assert (row.company, row.name) == ("Beck GmbH", "")


@pytest.mark.parametrize(
    ("heads", "row", "guessed"),
    [
        (
            "Name;Kontakt;Telefon;Mailadresse",
            "Beck GmbH;Anna Beck;0521 448812;a@beck.example",
            {COMPANY, NAME},
        ),
        ("Telefon;Fax;Betriebsstätte;Mail", "0521 4488;0521 4489;Beck;a@beck.example", {COMPANY}),
        ("Nr.;Tel.;PLZ;Firma;E-Mail", "7;0521 4488;33602;Beck;a@beck.example", set()),
    ],
)
def test_a_phone_number_is_never_a_company(heads: str, row: str, guessed: set[CompanyColumn]) -> None:
    found = find_company_table(table(heads, row))
    columns, unsure = guess_company_columns(found)
    assert found.rows[0].cells[columns[COMPANY]].startswith("Beck")
    assert found.heads[columns[EMAIL]].startswith(("Mail", "E-Mail"))
    assert columns.get(NAME) == (1 if "Kontakt" in heads else None)
    assert unsure == guessed


@pytest.mark.parametrize("phone", ["0521 448812", "+49 (521) 44-88.12", "05214488"])
def test_columns_of_phone_numbers_are_no_companies_without_headings_either(phone: str) -> None:
    columns, unsure = guess_company_columns(find_company_table(table(f"{phone};a@beck.example;Beck")))
    assert (columns, unsure) == ({COMPANY: 2, EMAIL: 1}, {COMPANY, EMAIL})


@pytest.mark.parametrize(
    ("row", "fault", "detail"),
    [
        ("Beck GmbH;;Anna", CompanyRowFault.NO_ADDRESS, ""),
        ("Beck GmbH;anna at beck;Anna", CompanyRowFault.INVALID_ADDRESS, ""),
        ("Beck GmbH;anna@beck;Anna", CompanyRowFault.NO_DOT, ""),
        ("Beck GmbH;anna@beck..example;Anna", CompanyRowFault.TWO_DOTS, ""),
        ("Beck GmbH;0521 448812;Anna", CompanyRowFault.PHONE_NUMBER, ""),
        (";anna@beck.example;Anna", CompanyRowFault.NO_COMPANY, ""),
        (f"{'B' * 201};anna@beck.example;Anna", CompanyRowFault.LONG_COMPANY, ""),
        (f"Beck GmbH;anna@beck.example;{'A' * 201}", CompanyRowFault.LONG_NAME, ""),
        ("Beck GmbH;anna@beck.example;Anna;fr", CompanyRowFault.UNKNOWN_LANGUAGE, ""),
        ("ROT GmbH;JO@rot.example;Jo", CompanyRowFault.TWICE, "2"),
        ("Alt AG;neu@alt.example;Al", CompanyRowFault.MEMBER, ""),
        ("Älter AG;alt@alt.example;Al", CompanyRowFault.MEMBER, ""),
        ("Wartet GmbH;wartet@w.example;W", CompanyRowFault.INVITED, ""),
    ],
)
def test_each_fault_is_named_with_its_line(row: str, fault: CompanyRowFault, detail: str) -> None:
    known = KnownCompanies(
        members={"alt ag"},
        joined=invitations("Älter AG;alt@alt.example"),
        invited=invitations("Wartet GmbH;wartet@w.example"),
    )
    preview = sifted_companies("Firma;E-Mail;Name;Sprache", "Rot GmbH;jo@rot.example;Jo", row, known=known)
    [faulty] = preview.needless if fault.needs_nothing else preview.faulty
    assert (faulty.number, faulty.fault, faulty.detail) == (3, fault, detail)
    assert [good.company for good in preview.good] == ["Rot GmbH"]
    assert preview.left_out == [faulty]


@pytest.mark.parametrize("left_out", [";jo@rot.example", "Alt AG;jo@rot.example"])
def test_a_bad_row_does_not_make_a_later_one_a_double(left_out: str) -> None:
    known = KnownCompanies(members={"alt ag"})
    preview = sifted_companies("Firma;E-Mail", left_out, "Rot GmbH;jo@rot.example", known=known)
    assert [row.number for row in preview.good] == [3]
    assert preview.asked == []


ASKED = [
    ("Rot GmbH;jo@rot.example", CompanyQuestion.ADDRESS_KNOWN, "Alt AG"),
    ("Hof Berg;hof@berg.example", CompanyQuestion.WITHDRAWN, date(2025, 11, 27)),
    ("Hof Berg GbR;hof@berg.example", CompanyQuestion.WITHDRAWN, date(2025, 11, 27)),
    ("Nein KG;n@nein.example", CompanyQuestion.DECLINED, date(2026, 1, 2)),
    ("Tischlerei Sommer;s@sommer.example", CompanyQuestion.SIMILAR_MEMBER, "Tischlerei Sommer GmbH"),
    ("WARTET GmbH;neu@w.example", CompanyQuestion.INVITED_ELSEWHERE, "alt@w.example"),
    ("Wartet AG;neu@w.example", CompanyQuestion.SIMILAR_INVITED, "Wartet GmbH"),
    ("FIRST gmbh;two@first.example", CompanyQuestion.COMPANY_TWICE, "2"),
    ("First;two@first.example", CompanyQuestion.SIMILAR_ROW, "2, First GmbH"),
    ("Other KG;one@first.example", CompanyQuestion.ADDRESS_TWICE, "2"),
]


@pytest.mark.parametrize(("row", "question", "detail"), ASKED)
@pytest.mark.parametrize("decision", [None, *RowDecision])
def test_what_may_be_a_slip_is_asked(
    row: str, question: CompanyQuestion, detail: str | date, decision: RowDecision | None
) -> None:
    known = KnownCompanies(
        members={"Tischlerei Sommer GmbH"},
        joined=invitations("Alt AG;jo@rot.example"),
        invited=invitations("Wartet GmbH;alt@w.example"),
        withdrawn={"Hof Berg": date(2025, 11, 27)},
        declined={"Nein GmbH": date(2026, 1, 2)},
    )
    found = find_company_table(table("Firma;E-Mail", "First GmbH;one@first.example", row))
    rows = written_rows(found.rows, guess_company_columns(found)[0], {})
    decisions = {3: decision} if decision else {}
    preview = check_rows(rows, known, read_address=address, language="de", decisions=decisions)
    [asked] = preview.asked
    assert (asked.question, asked.detail) == (question, detail)
    assert asked.is_invited is (question.is_invited if decision is None else decision is RowDecision.INVITE)
    assert [one.number for one in preview.invited] == [2, *[3] * asked.is_invited]


def test_corrections_count_instead_of_the_cells_and_what_is_left_out_stays_out() -> None:
    found = find_company_table(table("Firma;E-Mail", "Beck;a@beck", "Rot;jo@rot.example", "Blau;"))
    edits = {2: {EMAIL: "a@beck.example"}, 3: {COMPANY: ""}}
    rows = written_rows(found.rows, {COMPANY: 0, EMAIL: 1}, edits)
    decisions = {4: RowDecision.LEAVE_OUT}
    preview = check_rows(rows, KnownCompanies(), read_address=address, language="en", decisions=decisions)
    assert preview.invited == [CompanyRow(2, "Beck", "a@beck.example", "", "en")]
    assert [(one.number, one.fault) for one in preview.faulty] == [(3, CompanyRowFault.NO_COMPANY)]
    assert [one.number for one in preview.needless] == [4]


COMPANIES = st.sampled_from(["Rot GmbH", "ROT gmbh", "Rot", "Blau KG", "Grün AG", ""])
ADDRESSES = st.sampled_from(["jo@a.example", "JO@a.example", "ina@b.example", "kein at", ""])
LANGUAGES = st.sampled_from(["", "de", "English", "fr"])
FIRMS = st.tuples(COMPANIES.filter(bool), ADDRESSES.filter(lambda email: "@" in email)).map(";".join)
KNOWN = st.builds(
    lambda members, joined, invited: KnownCompanies(members, invitations(*joined), invitations(*invited)),
    st.sets(COMPANIES.filter(bool), max_size=1),
    st.lists(FIRMS.map(str.lower), max_size=2),
    st.lists(FIRMS.map(str.lower), max_size=2),
)
ROWS = st.lists(st.tuples(COMPANIES, ADDRESSES, LANGUAGES).filter(any), max_size=12)


def is_true(
    bad: CheckedRow, row: tuple[str, str, str], known: KnownCompanies, fine: dict[int, tuple[str, str]]
) -> bool:
    """Whether the reason holds, told without the code that gave it."""
    company, email, language = row
    pair = (email.lower(), company.casefold())
    doubled = bad.fault is CompanyRowFault.TWICE and int(str(bad.detail))
    assert bad.fault
    return {
        CompanyRowFault.NO_ADDRESS: not email,
        CompanyRowFault.INVALID_ADDRESS: email == "kein at",
        CompanyRowFault.NO_COMPANY: not company,
        CompanyRowFault.UNKNOWN_LANGUAGE: language == "fr",
        CompanyRowFault.MEMBER: pair[1] in known.member_keys or pair in known.joined,
        CompanyRowFault.INVITED: pair in known.invited,
        CompanyRowFault.TWICE: fine.get(doubled) == pair and doubled < bad.number,
    }[bad.fault]


@given(ROWS, KNOWN)
def test_every_row_is_invited_asked_about_or_left_out_for_a_true_reason(
    rows: list[tuple[str, str, str]], known: KnownCompanies
) -> None:
    preview = sifted_companies("Firma;E-Mail;Sprache", *map(";".join, rows), known=known)
    assert [one.number for one in preview.rows] == list(range(2, len(rows) + 2))
    fine = {one.number: one.row.invitation_key for one in preview.rows if one.row}
    assert len(set(fine.values())) == len(fine)
    for one in bad(preview):
        assert is_true(one, rows[one.number - 2], known, fine), one
    groups = [preview.good, preview.asked, preview.faulty, preview.needless]
    assert sorted(one.number for group in groups for one in group) == list(range(2, len(rows) + 2))
    assert {row.number for row in preview.good} <= {row.number for row in preview.invited}
    assert len(preview.invited) + len(preview.left_out) == len(rows)


@given(ROWS, KNOWN, st.data())
def test_the_order_of_rows_changes_no_fault(
    rows: list[tuple[str, str, str]], known: KnownCompanies, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(rows))
    preview, other = (
        sifted_companies("Firma;E-Mail;Sprache", *map(";".join, given), known=known)
        for given in (rows, mixed)
    )
    assert {one.row.invitation_key for one in preview.rows if one.row} == {
        one.row.invitation_key for one in other.rows if one.row
    }


def test_titles_may_stand_above_the_heads() -> None:
    preview = sifted_companies(
        "Mitglied;;",
        ";;",
        "Stand: 1.1.2026;;",
        "Name;E-Mail;Sprache",
        "Smith Ltd;sue@smith.example;en",
        "Ohne Adresse KG;;de",
    )
    assert [(row.number, row.company, row.language) for row in preview.good] == [(5, "Smith Ltd", "en")]
    assert [(row.number, row.fault) for row in bad(preview)] == [(6, CompanyRowFault.NO_ADDRESS)]


def test_what_follows_an_address_is_no_title() -> None:
    preview = sifted_companies(
        "Liste;", "Rot GmbH;jo@rot.example", "Betrieb;", "Firma;E-Mail", "Blau KG;b@blau.example"
    )
    assert [row.number for row in preview.good] == [2, 5]
    assert [(row.number, row.fault) for row in bad(preview)] == [(3, CompanyRowFault.NO_ADDRESS)]


def test_heads_are_looked_for_near_the_top_only() -> None:
    below = ["Liste;;"] * MAX_HEADING_ROW + ["Firma;E-Mail;Sprache"]
    assert [row.number for row in bad(sifted_companies(*below, "Beck GmbH;a@b.example;en"))] == [
        *range(1, MAX_HEADING_ROW + 2)
    ]


@given(
    st.lists(st.sampled_from(["Liste 2026", "", "Stand: Mai", "Firma", "Entwurf;intern"]), max_size=9), ROWS
)
def test_titles_change_nothing_but_numbers(titles: list[str], rows: list[tuple[str, str, str]]) -> None:
    cells = ["Firma;E-Mail;Sprache", *map(";".join, rows)]
    plain, titled = sifted_companies(*cells), sifted_companies(*titles, *cells)
    for row, other in zip(plain.rows, titled.rows, strict=True):
        assert (row.row and row.row.invitation_key, row.fault, row.question) == (
            other.row and other.row.invitation_key,
            other.fault,
            other.question,
        )
        assert row.number + len(titles) == other.number


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


@pytest.mark.parametrize("rows", [[], [SpreadsheetRow(1, ("", ""))]])
def test_an_empty_table_has_no_columns(rows: list[SpreadsheetRow]) -> None:
    found = find_company_table(rows)
    assert (found, guess_company_columns(found)) == (ListTable((), ()), ({}, frozenset()))


CELLS = st.lists(st.text(max_size=30), max_size=6).map(tuple)


@given(st.lists(CELLS, max_size=20))
def test_any_table_is_told_apart_completely(rows: list[tuple[str, ...]]) -> None:
    lines = numbered_rows(rows)
    preview = checked(lines)
    numbers = [one.number for one in preview.rows]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= {line.number for line in lines}
    assert len({row.invitation_key for row in preview.invited}) == len(preview.invited)
    assert all(row.company and row.email and row.language in ("de", "en") for row in preview.invited)


@given(st.permutations(["Firma", "E-Mail", "Name", "Sprache"]))
def test_the_order_of_columns_makes_no_difference(heads: list[str]) -> None:
    cells = {"Firma": "Beck", "E-Mail": "a@b.example", "Name": "Anna", "Sprache": "en"}
    lines = [SpreadsheetRow(1, tuple(heads)), SpreadsheetRow(2, tuple(cells[head] for head in heads))]
    assert checked(lines).good == [CompanyRow(2, "Beck", "a@b.example", "Anna", "en")]
