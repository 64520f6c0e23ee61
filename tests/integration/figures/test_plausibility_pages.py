"""The page of odd figures, and the quiet hints elsewhere: with links, sentences, and nothing that blocks."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import LineRule
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.declarations.states import State
from dnk_tool.services.figures.plausibility import plausibility_findings
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import ExplainedWarning, FigureRow
from tests.integration.conftest import NOW
from tests.integration.figures.test_explain_warnings import PARTS, SENTENCE
from tests.support.app import World, count_statements, database_session, form_fields, sign_in
from tests.support.browsers import signed_in

KEY = "w-"


@pytest.fixture
def odd(app: Flask, world: World) -> World:
    """A company whose energy parts and total differ, with a free declaration."""
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.state = State.DRAFT
        for key, value in PARTS.items():
            figures.add_if_missing(
                session,
                world.own,
                declaration.reporting_year,
                key,
                Figure(Decimal(value), "kWh", Quality.MEASURED),
                by=None,
                now=NOW,
            )
    return world


def key_of(app: Flask, world: World) -> str:
    with database_session(app) as session:
        (noted,) = plausibility_findings(session, session.get_one(Declaration, world.own_declaration))
        return noted.warning.key


def url(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/plausibilitaet"


def fields_of(client: FlaskClient, world: World) -> dict[str, str]:
    return {name: values[0] for name, values in form_fields(client.get(url(world)).text).items()}


def test_the_page_says_what_is_odd_with_source_and_links(app: Flask, client: FlaskClient, odd: World) -> None:
    sign_in(client, "editor@example.org")
    html = client.get(url(odd)).text
    assert "Der Unterschied ist 59.855\u00a0kWh (0,9\u00a0%)." in html
    assert "1 Hinweis ist offen" in html
    assert "Quelle: GRI 302-1 (2016)" in html
    assert f'href="/erklaerungen/{odd.own_declaration}/kennzahlen/energy.total"' in html
    assert f'href="/erklaerungen/{odd.own_declaration}/kriterien/12/kennzahlen/GRI-SRS-302-1.c-i#' in html
    assert f'id="{key_of(app, odd)}"' in html


def test_a_sentence_is_saved_and_the_warning_moves_down(app: Flask, client: FlaskClient, odd: World) -> None:
    sign_in(client, "editor@example.org")
    key, fields = key_of(app, odd), fields_of(client, odd)
    sent = {**fields, f"{key}-text": SENTENCE, f"{key}-printed": "1", "action": key}
    answer = client.post(url(odd), data=sent)
    assert (answer.status_code, answer.location) == (303, f"{url(odd)}#{key}")
    html = client.get(url(odd)).text
    assert "offen</h2>" not in html
    assert SENTENCE in html
    assert "Begründet am" in html
    assert "steht in der Erklärung" in html


def test_a_button_without_a_sentence_asks_for_one(app: Flask, client: FlaskClient, odd: World) -> None:
    sign_in(client, "editor@example.org")
    key, fields = key_of(app, odd), fields_of(client, odd)
    answer = client.post(url(odd), data={**fields, "action": key})
    assert answer.status_code == 422
    assert f'href="#{key}-text"' in answer.text
    too_long = client.post(url(odd), data={**fields, f"{key}-text": "x" * 2001, "action": key})
    assert too_long.status_code == 422
    assert "x" * 2001 in too_long.text


def test_other_values_ask_whether_the_sentence_still_holds(
    app: Flask, client: FlaskClient, odd: World
) -> None:
    sign_in(client, "editor@example.org")
    key, fields = key_of(app, odd), fields_of(client, odd)
    client.post(url(odd), data={**fields, f"{key}-text": SENTENCE, "action": key})
    with database_session(app) as session:
        row = session.query(FigureRow).filter_by(datapoint="energy.total").one()
        row.value = Decimal(6_600_000)
    html = client.get(url(odd)).text
    assert "Ihre Begründung von damals" in html
    assert "Begründung gilt weiterhin" in html
    fields = fields_of(client, odd)
    client.post(url(odd), data={**fields, "action": "all"})
    assert "Begründung von damals" in client.get(url(odd)).text, "another button confirms nothing"
    client.post(url(odd), data={**fields, "action": key})
    assert "Begründung von damals" not in client.get(url(odd)).text


def test_two_at_once_see_both_sentences(app: Flask, client: FlaskClient, odd: World) -> None:
    sign_in(client, "editor@example.org")
    other = signed_in(app, "owner")
    key, fields, theirs = key_of(app, odd), fields_of(client, odd), fields_of(other, odd)
    other.post(url(odd), data={**theirs, f"{key}-text": "Sonstiges.", "action": key})
    sent = {**fields, f"{key}-text": SENTENCE, "action": key}
    answer = client.post(url(odd), data=sent)
    assert answer.status_code == 409
    assert SENTENCE in answer.text
    assert "Sonstiges." in answer.text
    again = {name: values[0] for name, values in form_fields(answer.text).items()}
    assert again[f"{key}-text"].strip() == SENTENCE
    assert client.post(url(odd), data={**again, "action": key}).status_code == 303
    assert SENTENCE in client.get(url(odd)).text


def test_a_locked_declaration_shows_and_keeps(app: Flask, client: FlaskClient, odd: World) -> None:
    sign_in(client, "editor@example.org")
    key, fields = key_of(app, odd), fields_of(client, odd)
    with database_session(app) as session:
        session.get_one(Declaration, odd.own_declaration).state = State.SUBMITTED
    html = client.get(url(odd)).text
    assert "<textarea" not in html
    answer = client.post(url(odd), data={**fields, f"{key}-text": SENTENCE, "action": key})
    assert answer.status_code == 409
    assert SENTENCE in answer.text, "what was typed is shown"


def test_the_hint_stands_quietly_at_the_field_in_the_overview_and_the_final_check(
    client: FlaskClient, odd: World
) -> None:
    sign_in(client, "editor@example.org")
    here = f"/erklaerungen/{odd.own_declaration}"
    page = client.get(f"{here}/kriterien/12/kennzahlen/GRI-SRS-302-1.c-i").text
    assert page.count('class="dnk-odd"') == 1
    assert "59.855\u00a0kWh" in page
    assert "Auffällige Zahlen ansehen" in client.get(f"{here}/").text
    assert "Eine Zahl fällt auf" in client.get(f"{here}/pruefen").text


def test_a_contributor_sees_no_warning_that_speaks_of_other_sections(
    app: Flask, client: FlaskClient, odd: World
) -> None:
    """The contributor of this world writes criterion 1; a warning about energy is none of theirs."""
    sign_in(client, "contributor@example.org")
    assert client.get(url(odd)).status_code == 403
    assert "59.855" not in client.get(f"/erklaerungen/{odd.own_declaration}/kriterien/1").text


def test_a_page_costs_the_same_statements_with_many_figures(
    app: Flask, client: FlaskClient, odd: World
) -> None:
    sign_in(client, "editor@example.org")
    client.get(url(odd))
    with count_statements(app) as few:
        client.get(url(odd))
    with database_session(app) as session:
        year = session.get_one(Declaration, odd.own_declaration).reporting_year
        figure = Figure(Decimal(-1), "percent", Quality.MEASURED)
        for key in ("waste.recycled-share", "diversity.employees.women-share", "workforce.pay-gap"):
            figures.add_if_missing(session, odd.own, year, key, figure, by=None, now=NOW)
            figures.add_if_missing(session, odd.own, year - 1, key, figure, by=None, now=NOW)
    with count_statements(app) as many:
        client.get(url(odd))
    assert len(many) == len(few)


def test_warnings_cost_a_page_one_statement_and_the_lines_are_read_once(
    app: Flask, client: FlaskClient, odd: World
) -> None:
    sign_in(client, "editor@example.org")
    here = f"/erklaerungen/{odd.own_declaration}"
    for page in (
        f"{here}/kriterien/12/kennzahlen/GRI-SRS-302-1.c-i",
        f"{here}/kennzahlen/energy.total",
        f"{here}/",
    ):
        client.get(page)
        with count_statements(app) as statements:
            assert "59.855" in client.get(page).text or page == f"{here}/"
        assert sum("FROM explained_warning" in statement for statement in statements) == 1, page
        assert sum("FROM calculation_line" in statement for statement in statements) == 1, page
        assert sum("FROM figure " in statement for statement in statements) == 1, page
        assert len(statements) <= 15, page


def test_without_a_warning_nobody_asks_for_sentences(app: Flask, client: FlaskClient, odd: World) -> None:
    with database_session(app) as session:
        session.query(FigureRow).delete()
    sign_in(client, "editor@example.org")
    page = f"/erklaerungen/{odd.own_declaration}/kriterien/12/kennzahlen/GRI-SRS-302-1.c-i"
    client.get(page)
    with count_statements(app) as statements:
        client.get(page)
    assert not any("FROM explained_warning" in statement for statement in statements)


def test_a_sentence_about_a_line_whose_name_no_database_takes_is_refused(
    app: Flask, client: FlaskClient, odd: World
) -> None:
    """PostgreSQL keeps no NUL."""
    sign_in(client, "editor@example.org")
    rule = next(rule for rule in load_plausibility().by_key.values() if isinstance(rule, LineRule))
    name = "w-0123456789ab"
    sent = {
        "csrf_token": fields_of(client, odd)["csrf_token"],
        f"{name}-rule": rule.key,
        f"{name}-subject": "line\x00:7",
        f"{name}-values": "0" * 64,
        f"{name}-text": "Der Preis stimmt.",
    }
    refused = client.post(url(odd), data=sent)
    assert refused.status_code == 422
    assert "Der Preis stimmt." in refused.text
    with database_session(app) as session:
        assert session.scalars(select(ExplainedWarning.subject)).all() == []
