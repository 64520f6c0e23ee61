"""The pages of the register: noted, moved, deleted and restored; errors keep what was typed."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import dnk_tool
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.figures.calculators import line_to_json
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureState
from dnk_tool.services.measures import measures as verbs
from dnk_tool.services.measures.measures import MeasureGone
from dnk_tool.store.figures import calculator_lines
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.figures import LineRow
from tests.support.app import World, count_statements, database_session, form_fields
from tests.support.browsers import signed_in
from tests.support.calculator_lines import make_line

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOST_STATEMENTS = 15
LED = {
    "text": "Hallenbeleuchtung auf LED umstellen",
    "kind": "lighting",
    "state": "planned",
    "savings-0-carrier": "electricity/kWh",
    "savings-0-amount": "12.000",
    "cost_eur": "2.400,50",
    "basis": "supplier",
    "from_year": "2025",
    "lifetime": "15",
}


def measures_address(world: World, place: str = "") -> str:
    return f"/unternehmen/{world.own}/massnahmen{place}"


def measures_of(app: Flask, world: World) -> dict[int, CompanyMeasure]:
    with database_session(app) as session:
        return dict(measures.of_company(session, world.own))


def note_on_page(editor: FlaskClient, world: World, **more: str) -> Any:
    fields = form_fields(editor.get(measures_address(world, "/neu")).text)
    return editor.post(measures_address(world, "/neu"), data=fields | LED | more, follow_redirects=True)


def test_a_measure_is_noted_moved_deleted_and_restored(app: Flask, editor: FlaskClient, world: World) -> None:
    page = note_on_page(editor, world).text
    assert "1 von 1 beschlossenen Maßnahme mit Wirkung" in page
    assert "12 MWh" in page
    [(number, measure)] = measures_of(app, world).items()
    assert (measure.effect.kwh, measure.effect.cost_eur) == (Decimal(12_000), Decimal("2400.50"))
    assert measure.effect.t_co2e == Decimal("4.224")
    place = measures_address(world, f"/{number}")
    token = {"csrf_token": form_fields(editor.get(place).text)["csrf_token"]}
    editor.post(f"{place}/stand", data=token | {"version": "1", "state": "running"})
    moved = editor.post(
        f"{place}/stand", data=token | {"version": "2", "state": "done"}, follow_redirects=True
    )
    assert "„Hallenbeleuchtung auf LED umstellen“ hat jetzt den Stand „umgesetzt“." in moved.text
    assert measures_of(app, world)[number].state is MeasureState.DONE
    assert "Läuft doch noch" in moved.text
    editor.post(f"{place}/stand", data=token | {"version": "3", "state": "running"})
    assert measures_of(app, world)[number].state is MeasureState.RUNNING, "one click takes it back"
    gone = editor.post(f"{place}/loeschen", data=token, follow_redirects=True).text
    assert "Gelöscht: Hallenbeleuchtung" in gone
    assert editor.get(place).status_code == 404
    editor.post(f"{place}/wiederherstellen", data=token)
    assert editor.get(place).status_code == 200
    owner = signed_in(app, "owner")
    log = owner.get(f"/unternehmen/{world.own}/protokoll").text
    for words in ("Maßnahme gespeichert", "Maßnahme gelöscht", "Maßnahme wiederhergestellt"):
        assert words in log


def test_the_page_says_the_factor_and_a_typed_value_is_marked(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    page = note_on_page(editor, world, t_co2e="5").text
    assert "t CO₂e von Ihnen eingetragen" in page
    [number] = measures_of(app, world)
    page = editor.get(measures_address(world, f"/{number}")).text
    assert "0,352 kg je kWh (Umweltbundesamt (UBA), 16/2026, 2025)" in page
    fields = form_fields(page)
    assert fields["savings-0-amount"] == ["12.000"]
    assert fields["t_co2e"] == ["5"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("text", "", "Schreiben Sie in einem Satz, was Sie tun."),
        ("savings-0-amount", "viel", "Geben Sie hier nur eine Zahl ein"),
        ("savings-0-carrier", "kohle/kWh", "Wählen Sie, welche Energie Sie sparen."),
        ("lifetime", "0", "Geben Sie ganze Jahre von 1 bis 60 ein"),
        ("from_year", "27", "Geben Sie ein Jahr mit vier Ziffern ein"),
        ("from_year", "2101", "Möglich sind die Jahre 1900 bis 2100."),
        ("savings-0-amount", "", "Geben Sie die Menge im Jahr ein."),
        ("state", "x", "Wählen Sie einen Stand aus der Liste."),
        ("investment_eur", "-5", "Geben Sie hier eine Zahl ohne Minus ein."),
    ],
)
def test_an_error_keeps_what_was_typed_and_stores_nothing(
    app: Flask, editor: FlaskClient, world: World, field: str, value: str, message: str
) -> None:
    answer = note_on_page(editor, world, **{field: value})
    assert answer.status_code == 422
    assert message in answer.text
    kept = form_fields(answer.text)
    assert kept["cost_eur"] == ["2.400,50"]
    if field not in ("state", "savings-0-carrier"):
        assert kept[field] == [value]
    assert measures_of(app, world) == {}


def test_a_conflict_shows_the_other_word_and_keeps_the_own(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    note_on_page(editor, world)
    [number] = measures_of(app, world)
    place = measures_address(world, f"/{number}")
    mine = form_fields(editor.get(place).text) | {"text": "Meins"}
    theirs = form_fields(editor.get(place).text) | {"text": "Ihres"}
    assert editor.post(place, data=theirs).status_code == 303
    answer = editor.post(place, data=mine)
    assert answer.status_code == 409
    assert ">Ihres<" in answer.text
    assert form_fields(answer.text)["text"] == ["Meins"]
    assert editor.post(place, data=form_fields(answer.text)).status_code == 303
    assert measures_of(app, world)[number].text == "Meins"


def test_what_was_typed_into_a_measure_that_somebody_deletes_can_be_copied(
    editor: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if it goes between the look at it and the lock."""

    def delete_first(*_args: Any, **_values: Any) -> None:
        raise MeasureGone

    note_on_page(editor, world)
    [place] = re.findall(r"/massnahmen/\d+(?=\")", editor.get(measures_address(world)).text)
    place = measures_address(world, place.removeprefix("/massnahmen"))
    mine = form_fields(editor.get(place).text) | {"text": "Mein langer Satz"}
    monkeypatch.setattr(verbs, "change_measure", delete_first)
    answer = editor.post(place, data=mine)
    assert (answer.status_code, "Mein langer Satz" in answer.text) == (404, True)
    moved = editor.post(f"{place}/stand", data=mine | {"state": "done"}, follow_redirects=True)
    assert moved.status_code == 200
    monkeypatch.undo()
    editor.post(f"{place}/loeschen", data=mine)
    answer = editor.post(place, data=mine)
    assert (answer.status_code, "Mein langer Satz" in answer.text) == (404, True)


def test_the_list_is_filtered_and_its_statements_are_constant(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    counts = []
    for number in range(20):
        with database_session(app) as session:
            state = MeasureState.IDEA if number % 2 else MeasureState.DONE
            measure = CompanyMeasure(f"Maßnahme {number}", state=state, kind="water")
            measures.add(session, world.own, measure, by=None, now=NOW)
        if number in (1, 19):
            with count_statements(app) as statements:
                editor.get(measures_address(world))
            counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_STATEMENTS
    page = editor.get(measures_address(world, "?stand=idea")).text
    assert ("Maßnahme 1<" in page, "Maßnahme 2<" in page) == (True, False)
    assert "Keine Maßnahme passt" in editor.get(measures_address(world, "?art=fleet")).text
    assert "Seite 2 von 2" in editor.get(measures_address(world, "?seite=2")).text


def test_a_line_of_a_calculator_begins_a_measure_with_its_own_numbers(
    app: Flask, editor: FlaskClient, world: World
) -> None:
    lines = (
        make_line("energy/own-solar", quantity="9000 kWh", fed_in="1000 kWh"),
        make_line("energy/electricity", quantity="50 MWh"),
    )
    with database_session(app) as session:
        rows = []
        for line in lines:
            row = LineRow(organisation_id=world.own, year=2025, calculator="energy")
            calculator_lines.save(session, row, line_to_json(line), by=None, now=NOW)
            rows.append(row.id)
    solar, bill = (form_fields(editor.get(measures_address(world, f"/neu?zeile={row}")).text) for row in rows)
    assert (solar["kind"], solar["state"], solar["from_year"]) == (["own-power"], ["done"], ["2025"])
    assert (solar["savings-0-carrier"], solar["savings-0-amount"]) == (["electricity/kWh"], ["9.000"])
    assert (bill["savings-0-carrier"], bill["savings-0-amount"]) == (["electricity/MWh"], [""])
    assert measures_of(app, world) == {}
    foreign = f"/unternehmen/{world.foreign}/massnahmen/neu?zeile={rows[0]}"
    stranger = signed_in(app, "stranger")
    assert "9.000" not in stranger.get(foreign).text
    place = measures_address(world, f"/neu?zeile={rows[1]}")
    changed = editor.post(
        place, data=bill | {"text": "Hallen-LED", "savings-0-carrier": "natural-gas/kWh-hs"}
    )
    assert changed.status_code == 422, "somebody chose this carrier, so that its amount is missing"
    editor.post(place, data=bill | {"text": "Hallen-LED"})
    assert [each.effect.energy for each in measures_of(app, world).values()] == [()], "nobody chose a carrier"
    calculator = editor.get(f"/erklaerungen/{world.own_declaration}/rechner/energy").text
    assert calculator.count("Als Maßnahme vormerken") == 2


def test_who_only_reads_sees_no_buttons(app: Flask, editor: FlaskClient, world: World) -> None:
    note_on_page(editor, world)
    viewer = signed_in(app, "viewer")
    page = viewer.get(measures_address(world)).text
    assert LED["text"] in page
    assert "Läuft jetzt" not in page
    assert "Maßnahme eintragen" not in page


def test_a_conflict_names_what_another_person_changed(editor: FlaskClient, world: World) -> None:
    note_on_page(editor, world)
    place = measures_address(world, "/1")
    fields = form_fields(editor.get(place).text)
    editor.post(place, data=fields | {"owner": "Anna", "savings-0-amount": "9.000"})
    page = editor.post(place, data=fields | {"owner": "Bert"})
    assert page.status_code == 409
    for words in ("Wer kümmert sich?: ", ">Anna<", "Strom in kWh: 9.000", 'value="Bert"'):
        assert words in page.text
    assert page.text.count("Anders als bei Ihnen") == 1


def test_errors_of_one_wording_name_their_field(editor: FlaskClient, world: World) -> None:
    page = note_on_page(
        editor, world, **{"savings-0-amount": "zwölf", "cost_eur": "1e9", "from_year": "20226"}
    ).text
    for words in ("Energie, Zeile 1: Geben Sie", "Kosten gespart: Geben Sie", ">Geben Sie ein Jahr mit vier"):
        assert words in page
    for typed in ('value="zwölf"', 'value="1e9"', 'value="20226"'):
        assert typed in page


def test_every_unit_can_stand_beside_an_amount() -> None:
    styles = Path(dnk_tool.__file__).parent / "web/assets/styles/_measures.scss"
    shown = styles.read_text("utf-8")
    units = {unit.unit for carrier in load_measure_kinds().carriers.values() for unit in carrier.units}
    [line] = [line for line in shown.splitlines() if line.startswith("@each $unit in ")]
    assert units == set(line.removeprefix("@each $unit in ").removesuffix(" {").split(", "))
