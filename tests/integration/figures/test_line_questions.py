"""Lines over HTTP that ask something more: where energy came from that is passed on."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.services.declarations.documents import live_document
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import LineRow
from tests.integration.figures.stored_figures import send_line, stored_value
from tests.support.app import World, database_session, form_fields

Path = Callable[[str], str]
HEAT_PASSED_ON = "energy/zeilen/neu?art=heating-sold"


@pytest.fixture
def at(world: World) -> Path:
    return lambda path: f"/erklaerungen/{world.own_declaration}/rechner/{path}"


def test_heat_passed_on_is_saved_once_its_origin_is_said(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    send_line(
        editor,
        at("energy/zeilen/neu?art=district-heat"),
        f__quantity="100.000",
        **{"f-supplier-value": "200"},
    )
    form = editor.get(at(HEAT_PASSED_ON)).text
    assert form.index("Davon selbst erzeugt") < form.index("Weitere Angaben"), "it is not folded away"
    assert "Davon selbst erzeugt (freiwillig)" not in form
    silent = send_line(editor, at(HEAT_PASSED_ON), f__quantity="40.000")
    assert silent.status_code == 422
    assert "Hier fehlt noch eine Zahl: Davon selbst erzeugt" in silent.text
    assert send_line(editor, at(HEAT_PASSED_ON), f__quantity="40.000", f__own="0").status_code == 303
    assert stored_value(app, "ghg.scope2.location") == 12


def test_heat_passed_on_of_an_earlier_program_counts_as_before_and_asks(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    heat = at("energy/zeilen/neu?art=district-heat")
    send_line(editor, heat, f__quantity="100.000", **{"f-supplier-value": "200"})
    send_line(editor, at(HEAT_PASSED_ON), f__quantity="40.000", f__own="40.000")
    with database_session(app) as session:
        row = session.scalars(select(LineRow).order_by(LineRow.id.desc())).first()
        assert row
        quantities = {key: entry for key, entry in row.content["quantities"].items() if key != "own"}
        row.content = {**row.content, "quantities": quantities}
        session.commit()
    send_line(editor, at("energy/zeilen/neu?art=electricity"), f__quantity="0")
    assert stored_value(app, "ghg.scope2.location") == 20
    assert "War die weitergegebene Energie zugekauft oder selbst erzeugt?" in editor.get(at("energy")).text


def test_a_factor_that_nobody_confirmed_is_chosen_by_the_person(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    path = at("travel/zeilen/neu?art=rail-long-distance")
    form = editor.get(path).text
    assert "Bitte wählen" in form
    assert "Vorschlag, passend zur Einheit" not in form
    unchosen = send_line(editor, path, f__quantity="1000")
    assert unchosen.status_code == 422
    assert "Diesen Faktor hat noch niemand am Original geprüft" in unchosen.text
    chosen = {"s-scope3": "rail.long-distance.pkm|uba-transport-2024|2024"}
    assert send_line(editor, path, f__quantity="1000", **chosen).status_code == 303
    assert stored_value(app, "ghg.scope3.business-travel") == Decimal("0.026")
    assert "noch nicht am Original geprüft" in editor.get(at("travel")).text


def test_a_gas_bill_takes_a_share_of_biomethane_and_wood_its_cubic_metres(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    gas = at("energy/zeilen/neu?art=natural-gas")
    too_much = send_line(editor, gas, f__quantity="1000", **{"f-biomethane-share": "130"})
    assert "Ein Anteil kann nicht größer als 100 Prozent sein." in too_much.text
    assert send_line(editor, gas, f__quantity="100.000", **{"f-biomethane-share": "30"}).status_code == 303
    assert stored_value(app, "energy.fuels.renewable") == 27090
    wood = at("energy/zeilen/neu?art=wood")
    assert send_line(editor, wood, f__quantity="12", **{"f-quantity-unit": "rm"}).status_code == 303
    assert stored_value(app, "energy.fuels.renewable") == 27090 + 22800


def test_a_credit_note_is_taken_off_and_never_leads_below_zero(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    power = at("energy/zeilen/neu?art=electricity")
    signed = send_line(editor, power, f__quantity="-500")
    assert signed.status_code == 422
    assert "geben Sie sie ohne Minus ein und wählen Sie unten „Gutschrift“" in signed.text
    early = send_line(editor, power, f__quantity="500", basis="credit")
    assert early.status_code == 422
    assert "So viel steht bisher nicht auf den Rechnungen dieser Art." in early.text
    assert send_line(editor, power, f__quantity="12.000").status_code == 303
    again = send_line(editor, power, f__quantity="500", basis="credit", action="next")
    assert again.status_code == 303
    assert "credit" not in again.location, "the next line is a bill"
    assert stored_value(app, "energy.electricity.consumption") == 11500
    assert "Gutschrift: 500 kWh" in editor.get(at("energy")).text
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        bill, credit = live_document(session, declaration).annex.calculations
    assert (bill.label, credit.label, credit.basis) == ("", "Gutschrift", "credit")
    assert min(step.quantity.value for step in credit.steps) == -500
    too_much = send_line(editor, power, f__quantity="11.501", basis="credit")
    assert too_much.status_code == 422
    solar = editor.get(at("energy/zeilen/neu?art=electricity-sold")).text
    assert "Gutschrift" not in solar.split("<main")[1], "what is passed on has no credit notes"


def test_credit_notes_without_their_bill_give_no_value_and_say_why(
    editor: FlaskClient, at: Path, app: Flask, world: World
) -> None:
    power = at("energy/zeilen/neu?art=electricity")
    send_line(editor, power, f__quantity="12.000")
    send_line(editor, power, f__quantity="500", basis="credit")
    with database_session(app) as session:
        bill = session.scalars(select(LineRow).order_by(LineRow.id)).first()
        assert bill
    form = form_fields(editor.get(at("energy")).text)
    removed = editor.post(at(f"energy/zeilen/{bill.id}/entfernen"), data={"csrf_token": form["csrf_token"]})
    assert removed.status_code == 303
    assert stored_value(app, "energy.electricity.consumption") is None
    assert (
        "Die Gutschriften sind zusammen höher als die Rechnungen derselben Art."
        in editor.get(at("energy")).text
    )
