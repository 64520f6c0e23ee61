"""The calculators over HTTP: bills are entered and read back, factors chosen, nothing typed is lost."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.calculators.model import QuantityMethod
from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations.documents import import_document, live_document
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.uploads.declarations import read_declaration_file
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow, LineRevision
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.figures.stored_figures import send_line, stored_lines, stored_value
from tests.support.app import World, count_statements, database_session, form_fields

Path = Callable[[str], str]
GAS = "energy/zeilen/neu?art=natural-gas"
DIESEL = "energy/zeilen/neu?art=diesel"


@pytest.fixture
def at(world: World) -> Path:
    return lambda path: f"/erklaerungen/{world.own_declaration}/rechner/{path}"


def test_a_gas_bill_is_entered_and_read_back(editor: FlaskClient, app: Flask, world: World, at: Path) -> None:
    answer = send_line(editor, at(GAS), f__quantity="86.400", label="Stadtwerke")
    assert answer.status_code == 303, answer.text
    (line,) = stored_lines(app)
    assert line["quantities"] == {"quantity": {"value": "86400", "unit": "kWh-hs"}}
    assert stored_value(app, "ghg.scope1.gross") == Decimal("15.672497")
    page = editor.get(answer.location).text
    assert "Stadtwerke" in page
    assert "15,7 t" in page
    # "86.400" could be 86.4 to somebody else, but nothing speaks for that.
    assert "86,4 kWh (Hs)" not in page


@pytest.mark.parametrize(
    ("typed", "words"), [("viel", "nur eine Zahl"), ("", "Geben Sie"), ("-5", "kleiner als null")]
)
def test_bad_input_says_what_to_do_and_stays(
    editor: FlaskClient, app: Flask, world: World, at: Path, typed: str, words: str
) -> None:
    answer = send_line(editor, at(DIESEL), f__quantity=typed, label="Tankkarte", note="Von Hand gezählt")
    assert answer.status_code == 422
    assert words in answer.text
    fields = form_fields(answer.text)
    assert (fields["f-quantity"], fields["label"], fields["note"]) == (
        [typed],
        ["Tankkarte"],
        ["Von Hand gezählt"],
    )
    assert stored_lines(app) == []
    assert stored_value(app, "ghg.scope1.gross") is None


def test_an_own_factor_needs_value_and_reason(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    answer = send_line(editor, at(DIESEL), f__quantity="100", s__scope1="own")
    assert answer.status_code == 422
    assert "Geben Sie den Wert Ihres Faktors ein." in answer.text
    assert "woher dieser Faktor stammt" in answer.text
    given = {"s__scope1": "own", "s__scope1__value": "2,5", "s__scope1__reason": "Datenblatt HVO-Gemisch"}
    assert send_line(editor, at(DIESEL), f__quantity="100", **given).status_code == 303
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.25")
    (line,) = stored_lines(app)
    assert line["factors"]["scope1"]["reason"] == "Datenblatt HVO-Gemisch"
    assert "eigenen Faktor" in editor.get(at("energy")).text
    assert "Datenblatt HVO-Gemisch" in editor.get(at("spur/ghg.scope1.gross")).text


def test_a_number_that_nobody_means_breaks_no_page(editor: FlaskClient, at: Path) -> None:
    """Three numbers of thirty digits multiply to one of ninety, and an own factor of nothing keeps it."""
    huge = "99999999999999999999,9999999999"
    for key, calculator in load_calculators().items():
        measured = [
            activity
            for activity in calculator.activities
            if activity.measure is not QuantityMethod.AS_ENTERED
        ]
        for activity in measured:
            path = at(f"{key}/zeilen/neu?art={activity.key}")
            fields = form_fields(editor.get(path, follow_redirects=True).text)
            given = {name: huge for name in fields if name.startswith("f-") and not name.endswith("-unit")}
            for name in [field for field in fields if field.startswith("s-") and field.endswith("-value")]:
                slot = name.removesuffix("-value")
                given |= {slot: "own", name: "0", f"{slot}-reason": "Versuch"}
            assert editor.post(path, data={**fields, **given}).status_code in (303, 422)
        assert editor.get(at(key)).status_code == 200
        for datapoint in calculator.results if measured else ():
            assert editor.get(at(f"spur/{datapoint}")).status_code == 200


def test_more_lines_than_a_version_can_hold_are_refused_with_their_words(
    editor: FlaskClient, app: Flask, world: World, at: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calculator_lines, "MAX_LINES", 1)
    send_line(editor, at(DIESEL), f__quantity="100")
    (line,) = stored_lines(app)
    answer = send_line(editor, at(DIESEL), f__quantity="200", label="Tankkarte")
    assert answer.status_code == 422
    assert "Fassen Sie mehrere Rechnungen zu einer Zeile zusammen" in answer.text
    assert form_fields(answer.text)["label"] == ["Tankkarte"]
    # What is there already can be changed, removed and, while there is room, brought back.
    path = at(f"energy/zeilen/{line['id']}")
    assert send_line(editor, path, f__quantity="150").status_code == 303
    token = {"csrf_token": form_fields(editor.get(path).text)["csrf_token"]}
    editor.post(f"{path}/entfernen", data=token)
    send_line(editor, at(DIESEL), f__quantity="200")
    back = editor.post(f"{path}/zurueckholen", data=token, follow_redirects=True)
    assert "Fassen Sie mehrere Rechnungen zu einer Zeile zusammen" in back.text
    assert [line["quantities"]["quantity"]["value"] for line in stored_lines(app)] == ["200"]


def test_the_unit_decides_which_factor_counts(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at(GAS), f__quantity="1000", f__quantity__unit="kWh-hi")
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.20088")
    (line,) = stored_lines(app)
    path = at(f"energy/zeilen/{line['id']}")
    # Changed to the gross calorific value, the stored factor does not fit any more and says so.
    answer = send_line(editor, path, f__quantity__unit="kWh-hs")
    assert answer.status_code == 422
    assert "passt nicht zur Einheit" in answer.text
    assert (
        send_line(
            editor, path, f__quantity__unit="kWh-hs", s__scope1="proposed", s__energy="proposed"
        ).status_code
        == 303
    )
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.181395")


def test_two_people_on_one_line_see_both(editor: FlaskClient, app: Flask, world: World, at: Path) -> None:
    send_line(editor, at(DIESEL), f__quantity="100")
    (line,) = stored_lines(app)
    path = at(f"energy/zeilen/{line['id']}")
    fields: dict[str, Any] = dict(form_fields(editor.get(path).text))
    send_line(editor, path, f__quantity="200")
    answer = editor.post(path, data={**fields, "f-quantity": "300"})
    assert answer.status_code == 409
    assert "200 l" in answer.text
    assert form_fields(answer.text)["f-quantity"] == ["300"]
    assert editor.post(path, data={**dict(form_fields(answer.text))}).status_code == 303
    assert stored_lines(app)[0]["quantities"]["quantity"]["value"] == "300"


def test_of_two_people_on_one_line_both_versions_are_kept(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at(DIESEL), f__quantity="100")
    path = at(f"energy/zeilen/{stored_lines(app)[0]['id']}")
    fields: dict[str, Any] = dict(form_fields(editor.get(path).text))
    send_line(editor, path, f__quantity="200")
    for _again in range(2):
        answer = editor.post(path, data={**fields, "f-quantity": "300"})
        assert "Beide bleiben aufbewahrt" in answer.text
    with database_session(app) as session:
        (kept,) = session.scalars(select(LineRevision).where(LineRevision.kept_aside))
        assert kept.content["quantities"]["quantity"]["value"] == "300"


def test_a_line_that_a_colleague_removed_meanwhile_can_be_saved_again(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at(DIESEL), f__quantity="100")
    path = at(f"energy/zeilen/{stored_lines(app)[0]['id']}")
    fields: dict[str, Any] = dict(form_fields(editor.get(path).text))
    editor.post(f"{path}/entfernen", data={"csrf_token": fields["csrf_token"]})
    answer = editor.post(path, data={**fields, "f-quantity": "300", "note": "vom Tankbuch"})
    assert answer.status_code == 409
    assert "inzwischen entfernt" in answer.text
    sent = form_fields(answer.text)
    assert (sent["f-quantity"], sent["note"]) == (["300"], ["vom Tankbuch"])
    assert editor.post(path, data=dict(sent)).status_code == 303
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.802885")


def test_a_line_is_removed_and_brought_back(editor: FlaskClient, app: Flask, world: World, at: Path) -> None:
    send_line(editor, at(DIESEL), f__quantity="100", label="Tankkarte")
    (line,) = stored_lines(app)
    path = at(f"energy/zeilen/{line['id']}")
    token = form_fields(editor.get(path).text)["csrf_token"]
    editor.post(f"{path}/entfernen", data={"csrf_token": token})
    assert stored_value(app, "ghg.scope1.gross") is None
    assert "1 entfernte Zeile" in editor.get(at("energy")).text
    assert editor.get(path).status_code == 404
    editor.post(f"{path}/zurueckholen", data={"csrf_token": token})
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.267628")


def test_a_form_that_exists_once_is_changed_not_added(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    path = at("pay-gap/zeilen/neu")
    assert send_line(editor, path, f__men="20", f__women="18").status_code == 303
    assert stored_value(app, "workforce.pay-gap") == Decimal(10)
    again = editor.get(path)
    assert again.status_code == 303
    assert send_line(editor, again.location, f__women="19").status_code == 303
    assert stored_value(app, "workforce.pay-gap") == Decimal(5)
    assert len(stored_lines(app)) == 1


def test_a_bill_that_was_entered_twice_is_pointed_out(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at(DIESEL), f__quantity="100", label="Tankkarte")
    answer = send_line(editor, at(DIESEL), f__quantity="100", label="Tankkarte")
    assert "gibt es schon" in editor.get(answer.location).text


def test_what_stands_by_hand_is_kept_and_can_be_replaced(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    now = datetime.now(UTC)
    with database_session(app) as session:
        session.add(
            FigureRow(
                organisation_id=world.own,
                year=2025,
                datapoint="ghg.scope1.gross",
                value=Decimal(9),
                unit="t-co2e",
                changed_at=now,
            )
        )
    send_line(editor, at(DIESEL), f__quantity="100")
    assert stored_value(app, "ghg.scope1.gross") == 9
    page = editor.get(at("energy")).text
    assert "von Hand eingetragen: 9 t CO₂e" in page
    token = form_fields(page)["csrf_token"]
    editor.post(at("energy/ergebnis/ghg.scope1.gross"), data={"csrf_token": token, "version": "1"})
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.267628")
    with database_session(app) as session:
        row = session.scalar(select(FigureRow).where(FigureRow.datapoint == "ghg.scope1.gross"))
        assert row
        assert row.origin is Origin.LINES


@pytest.mark.parametrize("key", load_calculators())
def test_every_kind_of_line_has_its_page(editor: FlaskClient, at: Path, key: str) -> None:
    assert editor.get(at(key)).status_code == 200
    for activity in load_calculators()[key].activities:
        page = editor.get(at(f"{key}/zeilen/neu?art={activity.key}"))
        assert page.status_code == 200
        empty = send_line(editor, at(f"{key}/zeilen/neu?art={activity.key}"))
        assert empty.status_code == 422, "nothing entered is no line"


def test_what_does_not_exist_is_not_found(editor: FlaskClient, at: Path) -> None:
    for path in ("magic", "energy/zeilen/neu?art=magic", "energy/zeilen/99999", "spur/magic"):
        assert editor.get(at(path)).status_code == 404


def test_statements_do_not_grow_with_lines(editor: FlaskClient, app: Flask, world: World, at: Path) -> None:
    counts = []
    for amount in ("100", "200", "300"):
        send_line(editor, at(DIESEL), f__quantity=amount)
        with count_statements(app) as statements:
            editor.get(at("energy"))
        counts.append(len(statements))
    assert counts[0] == counts[-1] <= 11


def test_a_frozen_declaration_shows_its_lines_and_takes_none(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at(DIESEL), f__quantity="100")
    fields: dict[str, Any] = dict(form_fields(editor.get(at(DIESEL)).text))
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = "finished"
    page = editor.get(at("energy"))
    assert "gesperrt" in page.text
    assert editor.post(at(DIESEL), data={**fields, "f-quantity": "5"}).status_code == 409
    assert len(stored_lines(app)) == 1


def test_an_indicator_without_a_number_leads_to_its_calculator(
    editor: FlaskClient, world: World, at: Path
) -> None:
    page = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/13/kennzahlen").text
    assert f'href="{at("energy")}">Ausrechnen: Energie und Fahrzeuge' in page
    send_line(editor, at(GAS), f__quantity="86.400")
    page = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/13/kennzahlen").text
    assert "berechnet aus 1 Zeile" in page
    result = page.split('name="ref-GRI-SRS-305-1.a-version"')[1].split("</fieldset>")[0]
    shown, _details, behind = result.partition("<details")
    assert re.search(r'dnk-quantity__shown">\d+,\d+\s', shown), "a result is read as text"
    assert 'name="ref-GRI-SRS-305-1.a-value"' in behind, "and the field is one click away"


def test_each_remark_stands_once_with_the_figures_it_is_about(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at(GAS), f__quantity="86.400")
    send_line(editor, at("energy/zeilen/neu?art=electricity"), f__quantity="1000")
    page = editor.get(at("energy")).text
    remark = "Der Herausgeber nennt den Faktor vorläufig oder geschätzt."
    assert page.count(remark) == 1
    assert "Scope 2, standortbasiert; Scope 2, marktbasiert" in page


def test_b5_the_page_names_the_carriers_without_upstream(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at(GAS), f__quantity="86.400")
    send_line(editor, at("energy/zeilen/neu?art=district-heat"), f__quantity="1000")
    page = editor.get(at("energy")).text
    assert page.count("Die Vorkette ist hier nicht enthalten: Nah- oder Fernwärme.") == 1


def test_b8_a_factor_of_co2_alone_is_not_said_to_be_co2e(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at(GAS), f__quantity="86.400")
    trace = editor.get(at("spur/ghg.scope1.gross")).text
    assert "kg CO₂ je kWh (Hs)" in trace
    assert "0,181395 kg CO₂e" not in trace


def test_what_cannot_be_worked_out_says_why(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at("water/zeilen/neu?art=mains"), f__quantity="10")
    send_line(editor, at("water/zeilen/neu?art=discharge-sewer"), f__quantity="20")
    page = editor.get(at("water")).text
    assert "noch nicht berechnet" in page
    assert "Der Teil ist größer als das Ganze." in page


def test_only_units_that_are_taken_are_offered(editor: FlaskClient, at: Path) -> None:
    for calculator in load_calculators().values():
        for activity in calculator.activities:
            page = editor.get(at(f"{calculator.key}/zeilen/neu?art={activity.key}"), follow_redirects=True)
            for field in activity.fields:
                select = page.text.partition(f'id="f-{field.key}-unit"')[2].partition("</select>")[0]
                offered = re.findall(r'<option value="([^"]+)"', select)
                assert offered in ([], list(field.units)), f"{activity.key}: {field.key}"


def test_the_next_bill_keeps_kind_site_and_origin(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    with database_session(app) as session:
        session.get_one(Organisation, world.own).sites = [{"name": "Werk Nord", "address": ""}]
    month = {"f__quantity": "2100", "label": "Januar", "site": "Werk Nord", "basis": "meter"}
    answer = send_line(editor, at("energy/zeilen/neu?art=electricity"), action="next", **month)
    page = editor.get(answer.location).text
    assert "Gespeichert: Netzstrom, üblicher Tarif, Januar: 2.100 kWh" in page
    assert "1 Zeile dieser Art gibt es schon" in page
    assert "Januar: 2.100 kWh" in page
    fields = form_fields(page)
    assert (fields["site"], fields["basis"], fields["f-quantity"]) == (["Werk Nord"], ["meter"], [""])
    assert send_line(editor, answer.location, f__quantity="1900", label="Februar").status_code == 303
    assert stored_value(app, "energy.electricity.consumption") == 4000


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (GAS, {"f__quantity": "5", "f__quantity__unit": "m3"}, ["noch eine Zahl: Zustandszahl", "Brennwert"]),
        ("coverage/zeilen/neu", {"f__employees": "9", "f__covered": "10"}, ["mehr sein als: Alle"]),
        ("energy/zeilen/neu?art=electricity-supplier", {"f__quantity": "5"}, ["CO₂-Wert des Lieferanten"]),
    ],
)
def test_a_fault_names_its_field(
    editor: FlaskClient, at: Path, kind: str, typed: dict[str, str], words: list[str]
) -> None:
    answer = send_line(editor, at(kind), **typed)
    assert answer.status_code == 422
    summary = answer.text.partition("govuk-error-summary")[2].partition("<form")[0]
    for word in words:
        assert word in summary
    assert "keinen Faktor" not in summary


def test_an_empty_form_says_so_once(editor: FlaskClient, at: Path) -> None:
    answer = send_line(editor, at("refrigerants/zeilen/neu?art=r410a"))
    assert "mindestens eine Zahl" in answer.text
    assert "fehlt noch eine Zahl" not in answer.text


def test_the_trace_shows_what_a_quantity_follows_from(editor: FlaskClient, at: Path) -> None:
    cubic = {"f__quantity": "1250", "f__quantity__unit": "m3"}
    send_line(editor, at(GAS), f__state__number="0,9536", f__calorific__value="11,345", **cubic)
    trace = editor.get(at("spur/ghg.scope1.gross")).text
    assert "13.523,24 kWh (Hs)" in trace
    assert "aus: 1.250 m³, Zustandszahl: 0,9536, Brennwert: 11,345 kWh/m³" in trace


def test_a_value_from_the_bill_is_said_to_be_from_the_bill(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at("energy/zeilen/neu?art=district-heat"), f__quantity="100", f__supplier__value="180")
    trace = editor.get(at("spur/ghg.scope2.market")).text
    assert "Er steht auf Ihrer Rechnung." in trace
    assert "Eigener Faktor" not in trace


def test_a_renewable_fuel_takes_the_factors_of_its_supplier(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    path = at("energy/zeilen/neu?art=other-renewable-fuel")
    assert send_line(editor, path, f__quantity="1000").status_code == 422
    own = {
        "s__energy__value": "9,44",
        "s__energy__reason": "Richtlinie (EU) 2018/2001, Anhang III",
        "s__scope1__value": "0,03",
        "s__scope1__reason": "Nachweis des Lieferanten",
        "s__biogenic": "own",
        "s__biogenic__value": "2,4",
        "s__biogenic__reason": "Nachweis des Lieferanten",
    }
    assert send_line(editor, path, f__quantity="1000", **own).status_code == 303
    assert stored_value(app, "energy.fuels.renewable") == 9440
    assert stored_value(app, "ghg.scope1.gross") == Decimal("0.03")
    assert stored_value(app, "ghg.scope1.biogenic") == Decimal("2.4")


def test_a_calculator_leads_back_to_the_criteria(editor: FlaskClient, world: World, at: Path) -> None:
    send_line(editor, at(DIESEL), f__quantity="100")
    page = editor.get(at("energy")).text
    for point in ("12/kennzahlen/GRI-SRS-302-1#ref-GRI-SRS-302-1", "13/kennzahlen#ref-GRI-SRS-305-1"):
        assert f'href="/erklaerungen/{world.own_declaration}/kriterien/{point}"' in page
    assert "Was heißt Scope, Vorkette, CO₂e?" in page


def test_a_number_that_stood_there_is_not_asked_about_again(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at(DIESEL), f__quantity="10,9")  # other lines of this kind speak for 11.2
    answer = send_line(editor, at(DIESEL), f__quantity="11.200")
    assert "„11.200“ haben wir als" in editor.get(answer.location).text
    line = at(f"energy/zeilen/{answer.location.rpartition('=')[2]}")
    again = editor.post(line, data=form_fields(editor.get(line).text) | {"label": "Tankkarten"})
    page = editor.get(again.location).text
    assert "Tankkarten" in page
    assert "haben wir als" not in page
    changed = editor.post(line, data=form_fields(editor.get(line).text) | {"f-quantity": "12.200"})
    assert "„12.200“ haben wir als" in editor.get(changed.location).text


def test_several_readings_are_said_in_one(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at("energy/zeilen/neu?art=own-solar"), f__quantity="10,5", f__fed__in="8,5")
    answer = send_line(
        editor, at("energy/zeilen/neu?art=own-solar"), f__quantity="11.200", f__fed__in="9.300"
    )
    page = editor.get(answer.location).text
    assert page.count("So haben wir gelesen") == 1
    assert "„9.300“ als 9.300 kWh, nicht 9,3 kWh" in page


def test_a_line_without_a_factor_is_named(editor: FlaskClient, app: Flask, world: World, at: Path) -> None:
    path = at("energy/zeilen/neu?art=car-diesel-km")
    send_line(editor, at(DIESEL), f__quantity="100")
    answer = send_line(editor, path, f__quantity="8000", label="Kombi")
    page = editor.get(answer.location).text
    assert "dafür ein Faktor fehlt. (Pkw mit Diesel, nach Kilometern: Kombi)" in page
    # What the tool has no factor for, the company may know itself.
    own = {"s__energy": "own", "s__energy__value": "0,6", "s__energy__reason": "Verbrauch laut Bordcomputer"}
    line = next(stored_line["id"] for stored_line in stored_lines(app) if stored_line.get("label") == "Kombi")
    assert send_line(editor, at(f"energy/zeilen/{line}"), **own).status_code == 303
    assert "dafür ein Faktor fehlt" not in editor.get(at("energy")).text


def test_last_years_bills_are_there_to_go_through(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at("energy/zeilen/neu?art=electricity"), f__quantity="2410", label="Strom 01/2025")
    send_line(editor, at("energy/zeilen/neu?art=electricity"), f__quantity="2380", label="Strom 02/2025")
    send_line(editor, at("water/zeilen/neu?art=mains"), f__quantity="186")
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).reporting_year = 2026
    page = editor.get(at("energy")).text
    assert "Aus dem Vorjahr: 2 Zeilen" in page
    assert "2.410 kWh" in page
    path = html.unescape(re.findall(r'href="([^"]+art=electricity[^"]+)"', page)[0])
    assert form_fields(editor.get(path).text)["label"] == ["Strom 01/2026"]
    assert send_line(editor, path, f__quantity="2300").status_code == 303
    page = editor.get(at("energy")).text
    assert "Aus dem Vorjahr: 1 Zeile," in page
    assert "Strom 02/2025" in page
    assert "Strom 01/2025" not in page


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("commuting/zeilen/neu?art=car", ("days", "persons")), ("freight/zeilen/neu?art=lorry", ("distance",))],
)
def test_what_is_multiplied_is_never_folded_away(
    editor: FlaskClient, at: Path, kind: str, fields: tuple[str, ...]
) -> None:
    seen = editor.get(at(kind)).text.partition("<main")[2].partition("<details")[0]
    for field in fields:
        assert f'name="f-{field}"' in seen
    assert "(freiwillig)" not in seen.partition('name="label"')[0].partition("Bezeichnung")[0]


def test_another_refrigerant_takes_the_potential_on_its_nameplate(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    own = {"s__scope1__value": "1.387", "s__scope1__reason": "Typenschild"}
    path = at("refrigerants/zeilen/neu?art=other-refrigerant")
    answer = send_line(editor, path, f__quantity="1,2", **own, s__scope1__gwp="AR4")
    assert answer.status_code == 303
    assert stored_value(app, "ghg.scope1.gross") == Decimal("1.6644")
    assert "„1.387“ haben wir als 1.387 kg CO₂e gelesen" in editor.get(answer.location).text


def test_b10_a_typed_potential_needs_its_report(editor: FlaskClient, at: Path) -> None:
    own = {"s__scope1__value": "631", "s__scope1__reason": "Typenschild"}
    path = at("refrigerants/zeilen/neu?art=other-refrigerant")
    answer = send_line(editor, path, f__quantity="1", **own)
    assert answer.status_code == 422
    assert "Wählen Sie den Bericht, aus dem das Treibhauspotenzial stammt." in answer.text
    assert 'value="631"' in answer.text
    send_line(editor, path, f__quantity="1", **own, s__scope1__gwp="AR4")
    send_line(editor, at("refrigerants/zeilen/neu?art=r410a"), f__quantity="1")
    assert "aus dem Bericht AR4 des Weltklimarats (IPCC)" in editor.get(at("refrigerants")).text


def test_b11_an_inventory_has_one_set_of_potentials_and_changes_it_on_request(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    for kind in ("r410a", "r449a"):
        assert (
            send_line(editor, at(f"refrigerants/zeilen/neu?art={kind}"), f__quantity="1").status_code == 303
        )
    latest = Decimal("2.2555") + Decimal("1.504470")
    assert stored_value(app, "ghg.scope1.gross") == latest
    page = editor.get(at("refrigerants"))
    assert "aus dem Bericht AR6 des Weltklimarats (IPCC)" in page.text
    assert 'id="offers"' not in page.text
    offered = editor.get(at("refrigerants?gwp=AR5")).text
    assert stored_value(app, "ghg.scope1.gross") == latest
    chosen = re.findall(r'name="offer"\s+value="([^"]+)"', offered)
    assert len(chosen) == 2
    sent = {**form_fields(offered), "gwp": "AR5", "offer": chosen}
    answer = editor.post(at("refrigerants/neuere-faktoren"), data=sent)
    assert answer.status_code == 303
    assert stored_value(app, "ghg.scope1.gross") == Decimal("1.9235") + Decimal("1.281854")
    assert "aus dem Bericht AR5 des Weltklimarats (IPCC)" in editor.get(at("refrigerants")).text
    # A new line follows the others.
    send_line(editor, at("refrigerants/zeilen/neu?art=r32"), f__quantity="1")
    assert stored_value(app, "ghg.scope1.gross") == Decimal("3.205354") + Decimal("0.677")


def test_b11_the_set_of_an_inventory_is_stored_and_comes_back_from_its_file(
    editor: FlaskClient, app: Flask, world: World, at: Path
) -> None:
    send_line(editor, at("refrigerants/zeilen/neu?art=r410a"), f__quantity="1")
    with database_session(app) as session:
        declaration = session.get(Declaration, world.own_declaration)
        assert declaration is not None
        assert json.loads(canonical_json(live_document(session, declaration)))["version"] == 1
    page, choose = editor.get(at("refrigerants")).text, at("refrigerants/treibhauspotenziale")
    sent = {"csrf_token": form_fields(page)["csrf_token"], "seen": ""}
    assert editor.post(choose, data={**sent, "set": "AR4"}).status_code == 303
    late = editor.post(choose, data={**sent, "set": "AR5"}, follow_redirects=True)
    assert "Jemand anderes hat gerade einen anderen Bericht gewählt." in late.text
    assert "Für das ganze Jahr ist AR4 gewählt." in late.text
    # Nothing is recalculated silently; the page of such figures has the difference.
    assert stored_value(app, "ghg.scope1.gross") == Decimal("2.2555")
    recalculated = f"/erklaerungen/{world.own_declaration}/neu-gerechnet"
    shown = editor.get(recalculated).text
    assert "Treibhauspotenzial nach AR4" in shown
    editor.post(recalculated, data={**form_fields(shown), "action": "all"})
    assert stored_value(app, "ghg.scope1.gross") == Decimal("2.0875")
    send_line(editor, at("refrigerants/zeilen/neu?art=r32"), f__quantity="1")
    assert stored_value(app, "ghg.scope1.gross") == Decimal("2.0875") + Decimal("0.675")
    with database_session(app) as session:
        declaration = session.get(Declaration, world.own_declaration)
        assert declaration is not None
        content = canonical_json(live_document(session, declaration))
        assert (json.loads(content)["version"], json.loads(content)["gwp_set"]) == (2, "AR4")
        again = import_document(Work(session, SHELL, datetime.now(UTC)), read_declaration_file(content))
        assert again.gwp_set == "AR4"
        assert json.loads(canonical_json(live_document(session, again)))["gwp_set"] == "AR4"


def test_b11_what_is_no_report_is_ignored(editor: FlaskClient, at: Path) -> None:
    send_line(editor, at("refrigerants/zeilen/neu?art=r410a"), f__quantity="1")
    assert 'name="gwp"' not in editor.get(at("refrigerants?gwp=AR9")).text


def test_the_bill_of_the_year_beside_its_months_is_pointed_out(editor: FlaskClient, at: Path) -> None:
    path = at("energy/zeilen/neu?art=electricity")
    months = ("2410", "2380", "2205", "1990")
    for month in months:
        answer = send_line(editor, path, f__quantity=month)
        assert "zählt der Verbrauch doppelt" not in editor.get(answer.location).text
    answer = send_line(editor, path, f__quantity="8,99", f__quantity__unit="MWh", label="Jahresrechnung")
    assert "zählt der Verbrauch doppelt" in editor.get(answer.location).text
    answer = send_line(editor, path, f__quantity="700", label="Baustelle")
    assert "zählt der Verbrauch doppelt" not in editor.get(answer.location).text
