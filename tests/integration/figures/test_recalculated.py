"""Figures that an earlier program calculated otherwise wait for a decision on one page."""

import re
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.answers.answer import Origin
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureDecision, FigureRevision, FigureRow, LineRow
from tests.integration.figures.stored_figures import only_row
from tests.support.app import World, add_member, database_session, form_fields, sign_in

LOCATION, TOTAL, WATER = "ghg.scope2.location", "energy.total", "water.withdrawal.total"


@pytest.fixture
def page(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/neu-gerechnet"


@pytest.fixture
def editor(client: FlaskClient, world: World, app: Flask) -> FlaskClient:
    """An editor whose year holds an electricity bill and a diesel bill as an earlier program left them."""
    sign_in(client, "editor@example.org")
    for path, amount in (("electricity", "1000"), ("diesel", "100")):
        at = f"/erklaerungen/{world.own_declaration}/rechner/energy/zeilen/neu?art={path}"
        sent = {**form_fields(client.get(at).text), "f-quantity": amount, "label": "Halle"}
        assert client.post(at, data=sent).status_code == 303
    with database_session(app) as session:
        row = session.scalars(select(LineRow).order_by(LineRow.id)).first()
        assert row is not None
        old = {**row.content["factors"]["location"], "key": "electricity.de.direct", "value": "0.3"}
        row.content = {**row.content, "factors": {**row.content["factors"], "location": old}}
        only_row(session, LOCATION).value = Decimal("0.3")
        only_row(session, TOTAL).value = Decimal("1500")
        session.commit()
    return client


def values(app: Flask, *datapoints: str) -> list[str]:
    with database_session(app) as session:
        return [f"{(only_row(session, key).value or Decimal(-1)).normalize():f}" for key in datapoints]


def test_a_figure_is_shown_with_both_values_and_the_reason(editor: FlaskClient, page: str) -> None:
    shown = re.sub(r"\s+", " ", editor.get(page).text)
    assert "2 Zahlen sind zu entscheiden" in shown
    assert "0,3 t CO₂e" in shown
    assert "0,35 t CO₂e" in shown
    assert "+17,3" in shown
    assert "Halle: 0,352 kg CO₂e je kWh statt 0,3 kg CO₂e je kWh" in shown
    assert "Strom zählt in Scope 2 mit allen Treibhausgasen" in shown
    assert "Die Rechenregel hat sich geändert" in shown
    assert "Werte früherer Jahre" in shown


def test_the_final_check_and_the_overview_remind_until_each_is_decided(
    editor: FlaskClient, world: World, page: str
) -> None:
    base, said = f"/erklaerungen/{world.own_declaration}/", "2 Zahlen rechnen wir heute anders"
    assert said in editor.get(f"{base}pruefen").text
    assert "2 Zahlen sind zu entscheiden" in editor.get(base).text
    sent = form_fields(editor.get(page).text)
    choices = {f"choice-{LOCATION}": "take", f"choice-{TOTAL}": "keep", f"note-{TOTAL}": "Zähler gilt"}
    assert editor.post(page, data={**sent, **choices}).status_code == 303
    assert "rechnen wir heute anders" not in editor.get(f"{base}pruefen").text
    assert "Zahlen, die wir heute anders rechnen" not in editor.get(base).text
    again = editor.get(page).text
    assert "Entschieden: Der alte Wert bleibt" in again
    assert "Zähler gilt" in again
    sign_in(editor, "owner@example.org")
    assert "Der alte Wert bleibt." in editor.get(f"/unternehmen/{world.own}/protokoll").text


def test_a_new_value_goes_through_the_line_and_into_the_history(
    editor: FlaskClient, app: Flask, world: World, page: str
) -> None:
    sent = {**form_fields(editor.get(page).text), f"choice-{LOCATION}": "take"}
    answer = editor.post(page, data=sent, follow_redirects=True)
    assert "Der neue Wert gilt jetzt." in answer.text
    assert values(app, LOCATION, TOTAL) == ["0.352", "1500"]
    with database_session(app) as session:
        row = session.scalars(select(LineRow).order_by(LineRow.id)).first()
        assert row is not None
        assert row.content["factors"]["location"]["key"] == "electricity.de.co2e"
        assert row.version == 2
        kept = select(FigureRevision.content).where(FigureRevision.datapoint == LOCATION)
        assert [content["value"] for content in session.scalars(kept)] == ["0.352", "0.352"]


def test_all_are_taken_with_one_click(editor: FlaskClient, app: Flask, page: str) -> None:
    editor.post(page, data={**form_fields(editor.get(page).text), "action": "all"})
    assert values(app, LOCATION, TOTAL) == ["0.352", "2004.611111"]
    assert "Alle Zahlen sind so gerechnet, wie wir es heute tun." in editor.get(page).text


def test_one_click_empties_nothing_and_leaves_what_was_chosen(
    editor: FlaskClient, app: Flask, page: str
) -> None:
    """A figure whose lines give nothing any more is not taken along, nor one that is to stay."""
    with database_session(app) as session:
        of_water = {"value": Decimal(12), "unit": "m3", "origin": Origin.LINES}
        row = only_row(session, LOCATION)
        place = {"organisation_id": row.organisation_id, "year": row.year, "changed_at": row.changed_at}
        session.add(FigureRow(datapoint=WATER, **place, **of_water))
        session.commit()
    sent = form_fields(editor.get(page).text)
    typed = {f"choice-{TOTAL}": "keep", f"note-{TOTAL}": "Zähler gilt", "action": "all"}
    assert editor.post(page, data={**sent, **typed}).status_code == 303
    assert values(app, LOCATION, TOTAL, WATER) == ["0.352", "1500", "12"]
    shown = editor.get(page).text
    assert "Zähler gilt" in shown
    assert "Eine Zahl ist zu entscheiden" in shown
    assert "kein Wert" in shown
    assert "Alle neuen Werte übernehmen" not in shown
    sent = form_fields(shown)
    answer = editor.post(page, data={**sent, "action": "all", f"note-{WATER}": "Zähler abgelesen"})
    assert answer.status_code == 422
    assert "Zähler abgelesen" in answer.text
    assert editor.post(page, data={**sent, f"choice-{WATER}": "take"}).status_code == 303
    assert values(app, WATER) == ["-1"]


def test_another_line_recalculates_nothing_that_waits_or_was_kept(
    editor: FlaskClient, app: Flask, world: World, page: str
) -> None:
    """A line of water leaves both; more diesel makes a new total, but not another location-based value."""
    sent = form_fields(editor.get(page).text)
    editor.post(page, data={**sent, f"choice-{LOCATION}": "keep"})
    rooms = f"/erklaerungen/{world.own_declaration}/rechner/"
    for path, amount in (("water/zeilen/neu?art=mains", "10"), ("energy/zeilen/neu?art=diesel", "100")):
        before = values(app, LOCATION, TOTAL)
        sent = {**form_fields(editor.get(rooms + path).text), "f-quantity": [amount]}
        assert editor.post(rooms + path, data=sent).status_code == 303
        if "water" in path:
            assert values(app, LOCATION, TOTAL) == before == ["0.3", "1500"]
    assert values(app, LOCATION)[0] == "0.3"
    assert values(app, TOTAL) != ["1500"]


def test_a_decision_holds_for_exactly_these_values(editor: FlaskClient, app: Flask, page: str) -> None:
    sent = form_fields(editor.get(page).text)
    editor.post(page, data={**sent, f"choice-{LOCATION}": "keep"})
    assert "Eine Zahl ist zu entscheiden" in editor.get(page).text
    with database_session(app) as session:
        row = session.scalars(select(LineRow).order_by(LineRow.id)).first()
        assert row is not None
        other = {**row.content["factors"]["location"], "value": "0.31"}
        row.content = {**row.content, "factors": {**row.content["factors"], "location": other}}
        session.commit()
    assert "2 Zahlen sind zu entscheiden" in editor.get(page).text


def test_what_changed_meanwhile_is_not_overwritten(editor: FlaskClient, app: Flask, page: str) -> None:
    sent = form_fields(editor.get(page).text)
    editor.post(page, data={**sent, f"choice-{LOCATION}": "keep"})
    late = editor.post(page, data={**sent, f"choice-{LOCATION}": "take", f"note-{LOCATION}": "meine Notiz"})
    assert late.status_code == 409
    assert "Nichts ist gespeichert" in late.text
    assert "meine Notiz" in late.text
    assert values(app, LOCATION) == ["0.3"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Wählen Sie bei einer Zahl, welcher Wert gelten soll."),
        ({f"note-{TOTAL}": "nur so"}, "Wählen Sie, welcher Wert gelten soll."),
        ({f"choice-{TOTAL}": "keep", f"note-{TOTAL}": "x" * 2001}, "Kürzen Sie die Notiz"),
    ],
)
def test_a_faulty_choice_is_asked_for_and_what_was_typed_stays(
    editor: FlaskClient, app: Flask, page: str, sent: dict[str, str], said: str
) -> None:
    answer = editor.post(page, data={**form_fields(editor.get(page).text), **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert sent.get(f"note-{TOTAL}", "") in answer.text
    with database_session(app) as session:
        assert session.scalars(select(FigureDecision)).all() == []


def test_a_note_is_not_left_behind_unasked(editor: FlaskClient, page: str) -> None:
    shown = editor.get(page).text
    assert re.search(r'<form [^>]*neu-gerechnet[^>]*data-keep=""', shown)
    refused = editor.post(page, data={**form_fields(shown), f"note-{TOTAL}": "nur so"}).text
    assert re.search(r'<form [^>]*neu-gerechnet[^>]*data-keep="unsaved"', refused)


def test_an_unknown_figure_is_not_there(editor: FlaskClient, page: str) -> None:
    sent = {**form_fields(editor.get(page).text), "seen-no.such": "x", "choice-no.such": "take"}
    assert editor.post(page, data=sent).status_code == 404


def test_a_finished_version_is_never_touched(
    editor: FlaskClient, app: Flask, world: World, page: str
) -> None:
    sent = {**form_fields(editor.get(page).text), f"choice-{LOCATION}": "take"}
    with database_session(app) as session:
        declaration = session.get(Declaration, world.own_declaration)
        assert declaration is not None
        declaration.state = State.FINISHED
        session.commit()
    assert editor.post(page, data=sent).status_code == 409
    assert values(app, LOCATION) == ["0.3"]
    assert 'name="choice-' not in editor.get(page).text


def test_contributors_decide_about_figures_of_their_sections_alone(
    editor: FlaskClient, app: Flask, world: World, page: str
) -> None:
    with database_session(app) as session:
        add_member(session, world.own, "energie", Role.CONTRIBUTOR, sections=["12"])
        session.commit()
    everything = form_fields(editor.get(page).text)
    editor.post("/abmelden", data=form_fields(editor.get(page).text))
    sign_in(editor, "energie@example.org")
    shown = editor.get(page).text
    assert f'name="choice-{TOTAL}"' in shown
    assert LOCATION not in shown
    token = form_fields(shown)["csrf_token"]
    refused = {**everything, "csrf_token": token, f"choice-{LOCATION}": "take"}
    assert editor.post(page, data=refused).status_code == 403
    assert editor.post(page, data={**form_fields(shown), "action": "all"}).status_code == 303
    assert values(app, LOCATION, TOTAL) == ["0.3", "2004.611111"]
