"""Lists of people, fuel cards and waste: previewed, taken over as sums, nothing kept but their columns."""

import io
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import Verdict
from dnk_tool.services.figures import lists
from dnk_tool.store.figures import list_mappings
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ListMapping
from dnk_tool.store.tables.review import VerdictRow
from dnk_tool.web.http.request_limits import MAX_MEMORY_BYTES
from tests.integration.figures.stored_figures import stored_lines, stored_value
from tests.support.app import World, database_session, form_fields, post
from tests.support.browsers import words_of
from tests.support.tables import workbook_bomb

CANARY = "Kanarienvogel"
HEADS = "Nachname\tGeschlecht\tGeburtsdatum\tEintritt\tAustritt\tWochenstunden"
PEOPLE = "\n".join(
    [HEADS]
    + [f"{CANARY}-{at}\tw\t1.5.19{60 + 7 * at}\t1.1.2020\t\t{20 + at}" for at in range(5)]
    + [f"{CANARY}\tm\t1.5.1980\t1.1.2020\t30.6.2025\t40", f"{CANARY}\tm\t1.5.1980\t1.6.2025\t\t40"]
)
FUEL = "Datum;Produkt;Menge\n1.2.2025;Diesel;100,5\n1.3.2025;Super E10;20\n1.3.2024;Diesel;7"
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watchers: list["WrittenFiles"] = []
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class WrittenFiles(list[str]):
    """Names of files, but for those in one folder."""

    def __init__(self, unwatched: Path) -> None:
        super().__init__()
        self._unwatched = str(unwatched)

    def note(self, name: str) -> None:
        if not name.startswith(self._unwatched):
            self.append(name)


@cache
def _watch() -> None:
    """Watch this process from now on, as a hook cannot be taken out."""
    sys.addaudithook(_note_written_file)


def _note_written_file(event: str, arguments: tuple[Any, ...]) -> None:
    if _watchers and event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        _watchers[-1].note(str(arguments[0]))


@pytest.fixture
def written_files(compiled_templates: Path) -> Iterator[list[str]]:
    """The names of all files that Python opens to write, temporary ones without a name included.

    Templates that tests share are none of the program's.
    """
    _watch()
    _watchers.append(written := WrittenFiles(compiled_templates))
    yield written
    _watchers.clear()


def amounts(app: Flask) -> dict[str, dict[str, str]]:
    """The quantities of each line by its activity."""
    return {
        line["activity"]: {key: one["value"] for key, one in line["quantities"].items()}
        for line in stored_lines(app)
    }


def account_id(app: Flask) -> int:
    with database_session(app) as session:
        return session.scalars(select(Account.id).where(Account.email == "editor@example.org")).one()


def take_list(client: FlaskClient, path: str, page: str, **changes: Any) -> Any:
    return post(client, f"{path}/vorschau", {**form_fields(page), "action": "take", **changes})


def workbook(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        for at, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, cell, day)
                else:
                    sheet.write(at, place, cell)
    return file.getvalue()


def send_file(client: FlaskClient, path: str, content: bytes, **fields: Any) -> Any:
    return post(client, path, {"file": (io.BytesIO(content), "liste.xlsx"), **fields})


@pytest.mark.sqlite
def test_a_payroll_becomes_figures_and_nothing_of_it_is_kept(
    nine: FlaskClient,
    app: Flask,
    at: Callable[[str], str],
    instance_folder: Path,
    written_files: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in files, in the database with its sessions, in temporary files, in the log."""
    caplog.set_level(logging.DEBUG)
    page = post(nine, at("listen/lohn"), {"list": PEOPLE, "supplier": "DATEV"})
    assert page.status_code == 200
    text = words_of(page.text)
    assert "6 Personen am 31. Dezember 2025 · 1 Eintritt · 1 Austritt" in text
    assert "Wochenstunden vermutet" in text
    assert amounts(app) == {}
    answer = take_list(nine, at("listen/lohn"), page.text)
    assert (answer.status_code, answer.location) == (303, at("rechnungen/"))
    assert amounts(app)["employees"] == {
        "women": "5",
        "men": "1",
        "diverse": "0",
        "under-30": "0",
        "30-to-50": "3",
        "over-50": "3",
    }
    assert amounts(app)["staff-turnover"] == {"start": "6", "end": "6", "leavers": "1"}
    assert stored_value(app, "workforce.fte.total") == Decimal("3.75")
    assert round(stored_value(app, "workforce.turnover-rate") or 0, 2) == Decimal("16.67")
    assert "Die Liste selbst haben wir nicht behalten." in words_of(nine.get(answer.location).text)
    assert send_file(nine, at("listen/lohn"), f"{PEOPLE}\n{CANARY}".encode()).status_code == 200
    assert written_files == []
    kept = [path for path in instance_folder.rglob("*") if path.is_file() and CANARY in latin_text(path)]
    assert kept == []
    assert CANARY not in caplog.text
    assert CANARY not in page.text


def latin_text(path: Path) -> str:
    return path.read_bytes().decode("latin-1")


def test_the_instance_would_show_a_kept_list(
    nine: FlaskClient, at: Callable[[str], str], instance_folder: Path, written_files: list[str]
) -> None:
    """The other test can fail: a word that is stored is found, and a file that is written is noticed."""
    post(nine, at("listen/tankkarten"), {"list": FUEL})
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    assert written_files
    answer = post(nine, at("listen/tankkarten"), {"list": FUEL, "supplier": f"{CANARY} Öl"})
    take_list(nine, at("listen/tankkarten"), answer.text)
    if os.environ.get("DNK_TEST_ENGINE") != "postgresql":
        assert any(CANARY in latin_text(path) for path in instance_folder.rglob("*") if path.is_file())


def test_lists_that_might_touch_the_disk_are_not_read(nine: FlaskClient, at: Callable[[str], str]) -> None:
    answer = post(nine, at("listen/lohn"), {"list": "x" * MAX_MEMORY_BYTES})
    assert answer.status_code == 413
    assert "Diese Liste ist zu groß" in answer.text
    assert nine.get(at("listen/lohn")).status_code == 200


def test_what_exists_is_shown_beside_the_new_and_stays_until_it_is_ticked(
    nine: FlaskClient, app: Flask, at: Callable[[str], str]
) -> None:
    answer = post(nine, at("listen/lohn"), {"list": "Geschlecht\tAlter\nw\t20\nm\t40"})
    assert 'value="take"' in answer.text
    take_list(nine, at("listen/lohn"), answer.text)
    known = post(nine, at("listen/lohn"), {"list": "Geschlecht\tAlter\nw\t20\nm\t40"}).text
    assert ("steht schon so da" in words_of(known), 'value="take"' in known) == (True, False)
    page = post(nine, at("listen/lohn"), {"list": "Geschlecht\tAlter\nw\t20\nm\t40\nm\t41"}).text
    assert "bisher Frauen: 1 Pers., Männer: 1 Pers." in words_of(page)
    assert "neu Frauen: 1 Pers., Männer: 2 Pers." in words_of(page)
    refused = take_list(nine, at("listen/lohn"), page)
    assert refused.status_code == 422
    assert "Wählen Sie mindestens eine Zeile aus" in refused.text
    assert amounts(app)["employees"]["men"] == "1"
    take_list(nine, at("listen/lohn"), page, take=["diversity.employees."])
    assert amounts(app)["employees"]["men"] == "2"
    assert amounts(app)["basis"] == {"headcount": "2"}


def test_a_figure_that_somebody_entered_stays(
    nine: FlaskClient, app: Flask, at: Callable[[str], str]
) -> None:
    path = at("kennzahlen/workforce.headcount")
    fields = form_fields(nine.get(path).text)
    post(nine, path, {**fields, "value": "7"})
    page = post(nine, at("listen/lohn"), {"list": "Geschlecht\tAlter\nw\t20\nm\t40"}).text
    assert "Selbst eingetragen: Diese Zahl bleibt." in words_of(page)
    answer = take_list(nine, at("listen/lohn"), page)
    assert stored_value(app, "workforce.headcount") == 7
    assert "Beschäftigte (Personen)" in words_of(nine.get(answer.location).text)


def test_other_columns_give_another_preview_first(
    nine: FlaskClient, app: Flask, at: Callable[[str], str]
) -> None:
    page = post(nine, at("listen/tankkarten"), {"list": FUEL.replace("Menge", "Wert")}).text
    assert "Sagen Sie, in welcher Spalte das steht: Liter" in words_of(page)
    changed = take_list(nine, at("listen/tankkarten"), page, **{"column-2": "quantity"})
    assert changed.status_code == 409
    assert "Diesel von der Tankstelle (B7)" in words_of(changed.text)
    assert amounts(app) == {}
    done = take_list(
        nine, at("listen/tankkarten"), changed.text, take=["energy.diesel-b7.", "energy.petrol-e10."]
    )
    assert (done.status_code, done.location) == (303, at("rechnungen/"))
    assert amounts(app) == {"diesel-b7": {"quantity": "100.5"}, "petrol-e10": {"quantity": "20"}}
    assert stored_value(app, "ghg.scope1.gross")


def test_the_columns_of_a_supplier_are_remembered_without_their_headings(
    nine: FlaskClient, app: Flask, at: Callable[[str], str]
) -> None:
    text = FUEL.replace("Menge", "Wert").replace("Produkt", "Geheimspalte")
    page = post(nine, at("listen/tankkarten"), {"list": text, "supplier": "Nordoel"}).text
    mapped = {"column-1": "product", "column-2": "quantity"}
    again = take_list(nine, at("listen/tankkarten"), page, **mapped, action="again").text
    take_list(nine, at("listen/tankkarten"), again, take=["energy.diesel-b7."])
    with database_session(app) as session:
        row = session.scalars(select(ListMapping)).one()
        assert (row.kind, row.supplier, sorted(row.columns.values())) == (
            "fuel",
            "Nordoel",
            ["date", "product", "quantity"],
        )
        assert all(re.fullmatch(r"[0-9a-f]{16}", mark) for mark in row.columns)
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in text.splitlines())
    later = words_of(post(nine, at("listen/tankkarten"), {"list": turned, "supplier": "Nordoel"}).text)
    assert "Geheimspalte vom letzten Mal" in later
    assert "Diesel von der Tankstelle (B7) bisher 100,5 l neu steht schon so da" in later
    other = FUEL.replace("Menge", "Liter")
    mixed = words_of(post(nine, at("listen/tankkarten"), {"list": other, "supplier": "Nordoel"}).text)
    assert "Datum vom letzten Mal" in mixed
    assert "Liter vermutet" in mixed
    assert "Diesel von der Tankstelle (B7) bisher 100,5 l neu steht schon so da" in mixed


def test_columns_with_the_same_heading_are_told_apart(nine: FlaskClient, at: Callable[[str], str]) -> None:
    doubled = "Produkt;Menge;Menge\nDiesel;x;100,5"
    page = post(nine, at("listen/tankkarten"), {"list": doubled, "supplier": "Nordoel"}).text
    mapped = {"column-1": "", "column-2": "quantity"}
    again = take_list(nine, at("listen/tankkarten"), page, **mapped, action="again").text
    take_list(nine, at("listen/tankkarten"), again, take=["energy.diesel-b7."])
    later = post(nine, at("listen/tankkarten"), {"list": doubled, "supplier": "Nordoel"}).text
    assert "Diesel von der Tankstelle (B7) bisher 100,5 l neu steht schon so da" in words_of(later)


def test_lines_of_bills_beside_those_of_a_list_are_named(nine: FlaskClient, at: Callable[[str], str]) -> None:
    fields = form_fields(nine.get(at("rechnungen/")).text)
    burnt = {"waste-incineration-f-quantity": "2", "waste-incineration-f-quantity-unit": "t"}
    bills = {**fields, "energy-diesel-f-quantity": "1.850", **burnt}
    early = post(nine, at("listen/tankkarten"), {"list": FUEL, "supplier": "Nordoel"}).text
    nine.post(at("rechnungen/"), data=bills, content_type="multipart/form-data")
    late = take_list(nine, at("listen/tankkarten"), early)
    assert (late.status_code, "Zählt zusätzlich: Diesel 1.850 l" in words_of(late.text)) == (409, True)
    page = post(nine, at("listen/tankkarten"), {"list": FUEL, "supplier": "Nordoel"}).text
    assert "Zählt zusätzlich: Diesel 1.850 l" in words_of(page)
    assert form_fields(page)["take"] == ["energy.petrol-e10."]
    waste = "AVV;Menge (t);Verfahren\n20 03 01;1;R1\n15 01 01;1;R3"
    page = post(nine, at("listen/abfall"), {"list": waste}).text
    assert "Zählt zusätzlich: Verbrannt mit Energiegewinnung 2 t" in words_of(page)
    assert form_fields(page)["take"] == ["waste.recycling-paper.150101"]


def test_a_workbook_of_waste_is_read(nine: FlaskClient, app: Flask, at: Callable[[str], str]) -> None:
    rows: list[list[Any]] = [
        ["Entsorger Meier", "", "", ""],
        ["Datum", "AVV", "Gewicht (t)", "Verfahren"],
        [date(2025, 3, 1), "15 01 01", 1.25, "R3"],
        [date(2025, 4, 1), 200301, 0.8, "R1"],
        [date(2025, 4, 1), "15 01 01", "=1+1", "unklar"],
    ]
    page = send_file(nine, at("listen/abfall"), workbook(rows), supplier="Meier").text
    assert "1 Zeile haben wir nicht verstanden" in words_of(page)
    assert "Verbleib oder Verfahren: Dieses Wort kennen wir hier nicht. Zeile 5" in words_of(page)
    take_list(nine, at("listen/abfall"), page)
    assert amounts(app) == {"recycling-paper": {"quantity": "1250"}, "incineration": {"quantity": "800"}}
    assert stored_value(app, "waste.total") == Decimal("2.05")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Fügen Sie die Liste ein, oder wählen Sie eine Datei aus."),
        (b"PK\x03\x04 nichts", "Diese Excel-Datei lässt sich nicht lesen."),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "Das ist eine alte Excel-Datei"),
        (workbook_bomb(), "Diese Datei ist zu groß. Möglich ist 0,25 MB."),
        (b"w;30\n" * 5_000, "Diese Liste hat zu viele Zeilen."),
        (b";;;\n\n;;", "In dieser Datei steht nichts."),
        (b'Geschlecht;Alter\n"w;30\nm;40\nw;41', "ein Anführungszeichen, das nirgends aufhört"),
    ],
)
def test_hostile_files_end_in_a_message(
    nine: FlaskClient, at: Callable[[str], str], content: bytes, message: str
) -> None:
    answer = send_file(nine, at("listen/lohn"), content)
    assert answer.status_code == 422
    assert message in words_of(answer.text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_encodings_and_delimiters(
    nine: FlaskClient, at: Callable[[str], str], encoding: str, sign: str
) -> None:
    text = (
        f"Name{sign}Führung{sign}Geschlecht{sign}Alter\r\nÄ{sign}ja{sign}w{sign}30\r\nÖ{sign}{sign}m{sign}40"
    )
    page = words_of(send_file(nine, at("listen/lohn"), text.encode(encoding)).text)
    assert "2 Personen am 31. Dezember 2025" in page
    assert "Führung vermutet" in page


def test_a_preview_is_good_for_an_hour_and_one_person(
    nine: FlaskClient, app: Flask, at: Callable[[str], str], world: World
) -> None:
    page = post(nine, at("listen/tankkarten"), {"list": FUEL}).text
    carried = form_fields(page)["rows"][0]
    key = app.config["SECRET_KEY"]
    assert lists.carried_list(key, carried, (world.own_declaration, 1_000, "fuel")) is None
    assert lists.carried_list("another key", carried, (world.own_declaration, 1, "fuel")) is None
    assert take_list(nine, at("listen/abfall"), page).status_code == 422
    place = world.own_declaration, account_id(app), "fuel"
    assert lists.carried_list(key, carried, place)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=lists.MAX_AGE_SECONDS + 60)):
        assert lists.carried_list(key, carried, place) is None
    assert amounts(app) == {}


def test_in_a_review_only_the_open_part_of_a_list_is_taken(
    nine: FlaskClient, app: Flask, at: Callable[[str], str], world: World
) -> None:
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        of = {"declaration_id": declaration.id, "section": "16", "version": 1, "given_at": datetime.now(UTC)}
        session.add(VerdictRow(**of, verdict=Verdict.CHANGE_NEEDED))
        declaration.state = State.CHANGES_REQUESTED
    assert 'name="list"' in nine.get(at("listen/lohn")).text
    page = post(nine, at("listen/lohn"), {"list": PEOPLE}).text
    assert "Dieser Teil ist gesperrt." in page
    assert "Fluktuation bisher" not in words_of(page)
    assert take_list(nine, at("listen/lohn"), page).status_code == 303
    assert set(amounts(app)) == {"employees", "working-time"}


def test_a_finished_declaration_takes_no_list(
    nine: FlaskClient, app: Flask, at: Callable[[str], str], world: World
) -> None:
    page = post(nine, at("listen/tankkarten"), {"list": FUEL}).text
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.FINISHED
    assert take_list(nine, at("listen/tankkarten"), page).status_code >= 400
    assert amounts(app) == {}
    assert "gesperrt" in words_of(nine.get(at("listen/tankkarten")).text)


def test_the_latest_supplier_comes_first_and_else_the_name_decides(
    session: Session, organisation_id: int
) -> None:
    for name, minutes in (("Öl-Maier", 0), ("Albrecht", 0), ("Zimmer", 5), ("", 9)):
        list_mappings.save(
            session,
            organisation_id,
            "bills",
            name,
            columns={"amount": name},
            now=NOW + timedelta(minutes=minutes),
        )
        session.flush()
    assert list_mappings.suppliers(session, organisation_id, "bills") == ["Zimmer", "Albrecht", "Öl-Maier"]
    assert list_mappings.suppliers(session, organisation_id, "waste") == []
    list_mappings.save(session, organisation_id, "bills", "Albrecht", columns={"unit": "B"}, now=NOW)
    session.flush()
    assert list_mappings.columns_of(session, organisation_id, "bills", "Albrecht") == {"unit": "B"}
    assert list_mappings.columns_of(session, organisation_id, "bills", "Unbekannt") == {}
