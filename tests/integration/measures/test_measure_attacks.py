"""Measures under attack: another company's by id, roles that only read, archives, hostile workbooks."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from xlsxwriter.worksheet import Worksheet

from dnk_tool.domain.measures.model import CompanyMeasure, MeasureState
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import joint_sums
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates.joint_goal_members import GOAL, add_members
from tests.support.app import World, database_session, form_fields, post, token_of
from tests.support.browsers import signed_in
from tests.support.tables import workbook_bomb

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HEADS = (
    "Maßnahme",
    "Art",
    "Stand",
    "Energieträger",
    "kWh im Jahr",
    "Wirkt ab",
    "Herkunft der Zahl",
    "Investition",
)
ACTS = ("", "/stand", "/neu-rechnen", "/loeschen", "/wiederherstellen")
WHOLE = {"text": "Übernommen", "state": "done", "version": "1", "kind": "lighting"}


def add_measure(app: Flask, company: int, text: str = "Hallenlicht") -> int:
    with database_session(app) as session:
        return measures.add(session, company, CompanyMeasure(text), by=None, now=NOW).id


def kept_measures(app: Flask, company: int) -> list[tuple[str, MeasureState]]:
    with database_session(app) as session:
        return [(each.text, each.state) for each in measures.of_company(session, company).values()]


def test_no_address_of_ones_own_company_reaches_a_measure_of_another(app: Flask, world: World) -> None:
    theirs, browser = add_measure(app, world.foreign), signed_in(app, "owner")
    own = f"/unternehmen/{world.own}/massnahmen/{theirs}"
    assert browser.get(own).status_code == 404
    for act in ACTS:
        answer = post(browser, own + act, WHOLE)
        assert answer.status_code in (303, 404), act
        assert "Hallenlicht" not in answer.text
        foreign = post(browser, f"/unternehmen/{world.foreign}/massnahmen/{theirs}{act}", WHOLE)
        assert foreign.status_code in (403, 404), act
    assert kept_measures(app, world.foreign) == [("Hallenlicht", MeasureState.IDEA)]
    assert kept_measures(app, world.own) == []


@pytest.mark.parametrize("cluster", ["foreign", 10**12, -1, "x"])
def test_a_measure_counts_for_no_cluster_that_may_not_use_it(app: Flask, world: World, cluster: Any) -> None:
    browser, path = signed_in(app, "owner"), f"/unternehmen/{world.own}/massnahmen/neu"
    chosen = world.foreign_cluster if cluster == "foreign" else cluster
    fields = form_fields(browser.get(path).text) | WHOLE | {"counts_for": str(chosen)}
    assert post(browser, path, fields).status_code == 303
    with database_session(app) as session:
        assert [each.counts_for for each in measures.of_company(session, world.own).values()] == [None]


@pytest.mark.parametrize(("who", "may_read"), [("viewer", True), ("contributor", False), ("expired", False)])
def test_who_may_not_edit_changes_nothing(app: Flask, world: World, who: str, *, may_read: bool) -> None:
    own, browser = add_measure(app, world.own), signed_in(app, who)
    base = f"/unternehmen/{world.own}/massnahmen"
    for page in (base, f"{base}/{own}", f"{base}/liste/massnahmen.xlsx"):
        assert (browser.get(page).status_code == 200) is may_read, page
    for page in (f"{base}/neu", f"{base}/liste"):
        assert browser.get(page).status_code in (403, 404)
    for act in (f"/{own}{act}" for act in ACTS):
        assert post(browser, base + act, WHOLE).status_code in (403, 404)
    for act in ("/neu", "/liste", "/liste/pruefen", "/liste/uebernehmen"):
        assert post(browser, base + act, WHOLE | {"pasted": "Maßnahme\nLED"}).status_code in (403, 404)
    goal = f"/unternehmen/{world.own}/pfad"
    assert (browser.get(goal).status_code == 200) is may_read
    assert kept_measures(app, world.own) == [("Hallenlicht", MeasureState.IDEA)]


def test_an_archived_company_keeps_its_measures_as_they_are(app: Flask, world: World) -> None:
    own, browser = add_measure(app, world.own), signed_in(app, "owner")
    fields = form_fields(browser.get(f"/unternehmen/{world.own}/massnahmen/{own}").text)
    with database_session(app) as session:
        session.get_one(Organisation, world.own).archived_at = NOW
    base = f"/unternehmen/{world.own}/massnahmen"
    assert browser.get(f"{base}/{own}").status_code == 200
    assert "Läuft jetzt" not in browser.get(base).text
    for act in (*(f"/{own}{act}" for act in ACTS), "/neu", "/liste", "/liste/uebernehmen"):
        assert post(browser, base + act, fields | WHOLE).status_code == 403, act
    assert kept_measures(app, world.own) == [("Hallenlicht", MeasureState.IDEA)]


def test_an_archived_cluster_takes_neither_a_goal_nor_a_sum(app: Flask, world: World) -> None:
    with database_session(app) as session:
        cluster = session.get_one(Cluster, world.cluster)
        joint_goals.save_goal(Work(session, SHELL, NOW), cluster, GOAL, seen=0)
        add_members(session, cluster.id, 8)
        cluster.archived_at = NOW
    manager, about = signed_in(app, "manager"), f"/cluster/{world.cluster}/ziel"
    page = manager.get(about)
    assert page.status_code == 200
    assert "Stand bilden" not in page.text
    assert post(manager, about).status_code == 403
    changed = {"from_year": "2020", "until_year": "2030", "mwh": "1", "version": "1"}
    assert post(manager, f"{about}/aendern", changed).status_code == 403
    with database_session(app) as session:
        assert joint_sums.latest_sum(session, world.cluster) is None


def filled_workbook(fill: Callable[[Worksheet], object]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        fill(sheet)
    return file.getvalue()


def row(sheet: Worksheet, at: int, *cells: Any) -> None:
    for place, cell in enumerate(cells):
        sheet.write(at, place, cell)


def upload_measures(app: Flask, world: World, content: bytes) -> Any:
    browser = signed_in(app, "owner")
    data = {"file": (io.BytesIO(content), "massnahmen.xlsx"), "csrf_token": token_of(browser)}
    path = f"/unternehmen/{world.own}/massnahmen/liste"
    return browser, browser.post(path, data=data, content_type="multipart/form-data")


def with_rows(number: int) -> bytes:
    """A real workbook with so many rows, which is small as they are all alike."""
    file, rows = io.BytesIO(), '<row><c t="str"><v>LED</v></c></row>' * number
    with (
        zipfile.ZipFile(io.BytesIO(filled_workbook(lambda _sheet: None))) as written,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in written.namelist():
            content = written.read(name).decode()
            if name.endswith("sheet1.xml"):
                content = content.replace("</sheetData>", f"{rows}</sheetData>")
                assert content.count("<row") > number
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(workbook_bomb, "Diese Datei ist zu groß.", id="bomb"),
        pytest.param(lambda: with_rows(100_000), "Diese Datei ist zu groß.", id="100,000 rows"),
        pytest.param(lambda: with_rows(600), "zu viele Zeilen", id="600 rows"),
        pytest.param(lambda: b"PK\x03\x04 nichts", "Diese Excel-Datei lässt sich nicht lesen.", id="torn"),
    ],
)
def test_a_hostile_workbook_ends_in_a_message(
    app: Flask, world: World, content: Callable[[], bytes], message: str
) -> None:
    _browser, answer = upload_measures(app, world, content())
    assert answer.status_code == 422
    assert message in answer.text
    assert kept_measures(app, world.own) == []


def test_formulas_and_merged_cells_are_what_their_cells_say(app: Flask, world: World) -> None:
    def fill(sheet: Worksheet) -> None:
        formula = '=HYPERLINK("https://evil.example","LED")'
        sheet.write_formula(1, 0, formula, None, "Licht der Halle")
        sheet.write_row(1, 1, ("Beleuchtung", "geplant", "Strom"))
        sheet.write_formula(1, 4, "=1000*12", None, 12_000)
        sheet.write_row(1, 5, (2026, "berechnet"))
        sheet.merge_range(2, 0, 3, 0, "Über zwei Zeilen")
        sheet.write_string(2, 2, "Idee")
        sheet.write_string(3, 2, "Idee")
        sheet.write_string(4, 0, "=cmd|' /C calc'!A0")

    browser, answer = upload_measures(app, world, filled_workbook(fill))
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    taken = post(browser, f"/unternehmen/{world.own}/massnahmen/liste/uebernehmen", form_fields(answer.text))
    assert taken.status_code == 303
    with database_session(app) as session:
        found = {each.text: each for each in measures.of_company(session, world.own).values()}
    assert set(found) == {"Licht der Halle", "Über zwei Zeilen", "=cmd|' /C calc'!A0"}
    assert found["Licht der Halle"].effect.kwh == Decimal(12_000)
    handed_out = browser.get(f"/unternehmen/{world.own}/massnahmen/liste/massnahmen.xlsx").data
    with zipfile.ZipFile(io.BytesIO(handed_out)) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet for sheet in sheets), "a text that looks like a formula stays a text"


@pytest.mark.parametrize(
    ("kwh", "year", "investment"),
    [
        ("1e400000", 2026, ""),
        ("9" * 400, 2026, ""),
        ("NaN", 2026, ""),
        ("∞", 2026, ""),
        (1e308, 2026, ""),
        (100, 99_999, ""),
        (100, -2026, ""),
        (100, 2026, -5),
    ],
)
def test_a_row_with_an_impossible_number_is_faulty_and_not_taken(
    app: Flask, world: World, kwh: Any, year: Any, investment: Any
) -> None:
    def fill(sheet: Worksheet) -> None:
        row(sheet, 1, "LED", "Beleuchtung", "geplant", "Strom", kwh, year, "berechnet", investment)

    browser, answer = upload_measures(app, world, filled_workbook(fill))
    assert answer.status_code == 200
    assert "0 bereit, 1 zu verbessern" in answer.text
    post(browser, f"/unternehmen/{world.own}/massnahmen/liste/uebernehmen", form_fields(answer.text))
    assert kept_measures(app, world.own) == []
