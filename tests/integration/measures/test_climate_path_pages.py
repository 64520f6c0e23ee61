"""The page of a company's path: invitation, goal, sentences, what is missing, and the base year."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureEffect, MeasureState
from dnk_tool.store.figures.queries import add_if_missing
from dnk_tool.store.measures import climate_goals, measures
from tests.support.app import World, count_statements, database_session, form_fields, post, sign_in

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
MOST_STATEMENTS = 15
GOAL = {"base_year": "2022", "target_year": "2030", "aim": "share", "percent": "45"}
SCOPES = ("ghg.scope1.gross", "ghg.scope2.location")


def path_address(world: World, place: str = "") -> str:
    return f"/unternehmen/{world.own}/pfad{place}"


def add_figures(app: Flask, world: World, year: int, *amounts: int) -> None:
    with database_session(app) as session:
        for key, amount in zip(SCOPES, amounts, strict=False):
            figure = Figure(Decimal(amount), "t-co2e")
            add_if_missing(session, world.own, year, key, figure, by=None, now=NOW)


def add_path_measure(app: Flask, world: World, text: str, t: int, year: int, state: MeasureState) -> None:
    effect = MeasureEffect(t_co2e=Decimal(t))
    with database_session(app) as session:
        measure = CompanyMeasure(text, state=state, effect=effect, from_year=year)
        measures.add(session, world.own, measure, by=None, now=NOW)


def add_brandt(app: Flask, world: World) -> None:
    for year, scope1, scope2 in ((2022, 100, 42), (2023, 98, 40), (2025, 91, 30)):
        add_figures(app, world, year, scope1, scope2)
    add_path_measure(app, world, "PV-Anlage Halle 2", 18, 2026, MeasureState.RUNNING)
    add_path_measure(app, world, "Wärmerückgewinnung", 16, 2027, MeasureState.PLANNED)
    add_path_measure(app, world, "Wärmepumpe", 14, 2029, MeasureState.IDEA)


def goal_fields(editor: FlaskClient, world: World) -> dict[str, str]:
    return {
        name: values[-1]
        for name, values in form_fields(editor.get(path_address(world, "/ziel")).text).items()
    }


def test_a_company_without_a_goal_is_invited(editor: FlaskClient, app: Flask, world: World) -> None:
    add_figures(app, world, 2023, 98, 40)
    add_figures(app, world, 2022, 100)  # without Scope 2
    assert "Sie brauchen drei Dinge" in editor.get(path_address(world)).text
    page = editor.get(path_address(world, "/ziel")).text
    assert 'name="base_year" type="text" value="2023"' in page


def test_the_page_says_what_lacks(editor: FlaskClient, app: Flask, world: World) -> None:
    add_brandt(app, world)
    assert post(editor, path_address(world, "/ziel"), GOAL).status_code == 303
    page = editor.get(path_address(world)).text
    assert "Ziel: 45\u00a0% weniger als 2022, also 78\u00a0t." in page.replace("45 %", "45\u00a0%")
    assert "Mit den beschlossenen Maßnahmen sind es 2030 noch 87\u00a0t." in page
    assert "Es fehlen 9\u00a0t." in page
    assert "Die Idee „Wärmepumpe“ würde die Lücke schließen." in page
    assert "Für 2024 fehlt: Direkte Treibhausgase (Scope 1)" in page
    assert "PV-Anlage Halle 2, läuft" in page
    gaps = re.findall(r'<td role="cell" class="dnk-climate__gap"\s+data-year="\d+">([^<]*)<', page)
    assert not {"0", "–"} & set(gaps)
    assert gaps[-1] == "9"
    assert "Der Pfad steht nicht in Ihrer Erklärung." in page


def test_the_statements_of_the_page_do_not_grow(editor: FlaskClient, app: Flask, world: World) -> None:
    add_brandt(app, world)
    post(editor, path_address(world, "/ziel"), GOAL)
    with count_statements(app) as few:
        editor.get(path_address(world))
    for place in range(9):
        add_path_measure(app, world, f"Maßnahme {place}", 1, 2027, MeasureState.PLANNED)
    with count_statements(app) as many:
        page = editor.get(path_address(world)).text
    assert "6 weitere Maßnahmen" in page
    assert len(few) == len(many) <= MOST_STATEMENTS


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target_year": "2021"}, "Das Zieljahr muss nach dem Basisjahr 2022 liegen"),
        ({"percent": "0"}, "um wie viel Prozent"),
        ({"aim": "amount", "amount": "150"}, "unter dem Ausgangswert von 142,000\u00a0t"),
        ({"base_year": "2024"}, "Für 2024 fehlen Kennzahlen"),
        ({"scope3": "some"}, "mindestens einen Teil von Scope 3"),
        ({"neutrality": "calculated"}, "das Jahr des Leitziels"),
        ({"grid": "falls", "grid_start": "0,3", "grid_end": "0,4", "grid_year": "2030"}, "weniger als heute"),
        ({"base": "-1"}, "muss größer als null sein"),
    ],
)
def test_what_is_no_goal_stays_in_the_form(
    editor: FlaskClient, app: Flask, world: World, fields: dict[str, str], message: str
) -> None:
    add_brandt(app, world)
    sent = post(editor, path_address(world, "/ziel"), {**GOAL, **fields})
    assert sent.status_code == 422
    assert message in sent.text
    with database_session(app) as session:
        assert climate_goals.goal_row(session, world.own) is None


def test_fields_of_other_options_are_not_judged(editor: FlaskClient, app: Flask, world: World) -> None:
    add_brandt(app, world)
    more = {"amount": "viel", "grid_start": "wenig", "neutral_year": "bald", "scope2": "nowhere"}
    assert post(editor, path_address(world, "/ziel"), {**GOAL, **more}).status_code == 303


def test_an_older_page_is_a_conflict_and_keeps_its_words(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    add_brandt(app, world)
    post(editor, path_address(world, "/ziel"), GOAL)
    sent = post(editor, path_address(world, "/ziel"), {**GOAL, "percent": "50", "version": "0"})
    assert sent.status_code == 409
    assert "Jemand hat das Ziel gerade geändert: Ziel: 45" in sent.text
    assert 'value="50"' in sent.text
    assert (
        post(editor, path_address(world, "/ziel"), {**GOAL, "percent": "50", "version": "1"}).status_code
        == 303
    )


def test_a_typed_base_value_is_offered_what_the_figures_say(
    editor: FlaskClient, app: Flask, world: World
) -> None:
    post(editor, path_address(world, "/ziel"), {**GOAL, "base": "150"})
    page = editor.get(path_address(world)).text
    assert "Passt das Basisjahr noch?" not in page
    assert "dnk-climate--wide" not in page
    add_brandt(app, world)
    assert "ergeben für 2022 heute 142,0\u00a0t" in editor.get(path_address(world)).text
    assert post(editor, path_address(world, "/basisjahr"), {"version": "1"}).status_code == 422
    assert (
        post(editor, path_address(world, "/basisjahr"), {"version": "0", "reason": "Neu"}).status_code == 409
    )
    assert (
        post(editor, path_address(world, "/basisjahr"), {"version": "1", "reason": "Neu"}).status_code == 303
    )
    page = editor.get(path_address(world)).text
    assert "Passt das Basisjahr noch?" not in page
    assert "Neu berechnet, weil" in page


def test_a_long_path_shows_nine_years_and_all_below(editor: FlaskClient, app: Flask, world: World) -> None:
    add_brandt(app, world)
    post(editor, path_address(world, "/ziel"), {**GOAL, "target_year": "2045"})
    page = editor.get(path_address(world)).text
    assert page.count('role="columnheader"><span class="dnk-climate__century"') <= 9
    assert "Alle Jahre" in page


def test_a_goal_can_be_removed(editor: FlaskClient, app: Flask, world: World) -> None:
    post(editor, path_address(world, "/ziel"), {**GOAL, "base": "150"})
    assert post(editor, path_address(world, "/entfernen"), {"version": "0"}).status_code == 303
    assert "Unser Pfad bis 2030" in editor.get(path_address(world)).text
    post(editor, path_address(world, "/entfernen"), {"version": "1"})
    assert "Sie brauchen drei Dinge" in editor.get(path_address(world)).text


def test_the_log_tells_what_changed(editor: FlaskClient, app: Flask, world: World) -> None:
    post(
        editor, path_address(world, "/ziel"), {**GOAL, "base": "150", "scope3": "some", "categories": SCOPE3}
    )
    sign_in(owner := app.test_client(), "owner@example.org")
    log = owner.get(f"/unternehmen/{world.own}/protokoll").text
    assert "Klimaziel geändert" in log
    assert "2022: 150 t" in log


SCOPE3 = "ghg.scope3.waste"
