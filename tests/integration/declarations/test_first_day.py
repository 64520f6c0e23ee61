"""The first day with a declaration: steps and papers, ready-made answers to be checked, the questionnaire."""

from datetime import UTC, datetime

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.catalogue import selection_for
from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, count_statements, database_session, form_fields, own_answers
from tests.support.browsers import words_of

FIRST_GOALS = ("12.3", "13.4", "14.4", "15.3", "16.3")


@pytest.fixture
def path(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}"


def send_page(client: FlaskClient, page: str, **fields: str) -> str:
    """Where a form of the page leads with these fields beside the hidden ones."""
    token = form_fields(client.get(page).text)["csrf_token"]
    answer = client.post(page, data={"csrf_token": token, **fields})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_first_declaration_leads_to_its_first_day(app: Flask, editor: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        session.delete(session.get_one(Declaration, world.own_declaration))
        session.get_one(Organisation, world.own).employees = 9
    new = f"/unternehmen/{world.own}/erklaerungen/neu"
    page = editor.get(new).text
    assert form_fields(page)["indicator_set"] == ["gri"], "also to a small company"
    assert "Etwa 5 bis 6 Stunden: 80 Fragen" in words_of(page), "the other set stays to choose"
    assert "Unser Vorschlag" not in words_of(page)
    assert "Etwa 8 bis 9 Stunden: 93 Fragen, 86 Kennzahlen." in words_of(page)
    sent = {**form_fields(page), "reporting_year": "2025"}
    first = editor.post(new, data=sent).headers["Location"]
    assert first.endswith("/erster-tag")
    page = editor.get(first).text
    assert "<h1" in page
    assert "In 2 Tagen zu Ihrer Erklärung" in page
    assert page.count("<li>\n<h3>") == 5
    assert "Stromrechnung 2025" in page
    again = editor.post(new, data={**form_fields(editor.get(new).text), "reporting_year": "2024"})
    assert not again.headers["Location"].endswith("/erster-tag"), "only for the first"


@pytest.mark.parametrize("employees", [None, 50])
def test_every_company_begins_with_the_same_set(
    app: Flask, editor: FlaskClient, world: World, employees: int | None
) -> None:
    with database_session(app) as session:
        session.get_one(Organisation, world.own).employees = employees
    page = editor.get(f"/unternehmen/{world.own}/erklaerungen/neu").text
    assert form_fields(page)["indicator_set"] == ["gri"]


def test_an_empty_declaration_links_its_first_day(editor: FlaskClient, path: str) -> None:
    link = f'href="{path}/erster-tag"'
    overview = editor.get(f"{path}/").text
    assert overview.count(link) == 2, "below the buttons, and among what else one may do"
    assert "Es bleiben etwa 8 Stunden." in overview, "the same model as on the page behind the link"
    criterion = f"{path}/kriterien/1"
    editor.post(criterion, data={**form_fields(editor.get(criterion).text), "ref-1.1-text": "Ja."})
    assert editor.get(f"{path}/").text.count(link) == 1


def test_earlier_goals_get_a_sentence_to_be_checked(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    page = editor.get(f"{path}/erster-tag").text
    assert "5 Fragen danach beantworten wir mit einem fertigen Satz" in words_of(page)
    first = send_page(editor, f"{path}/erster-tag", first="1")
    assert first.startswith(f"{path}/kriterien/general")
    rows = own_answers(app, world)
    for ref in FIRST_GOALS:
        assert rows[ref].taken_from == 2025
        assert rows[ref].disclosure is Disclosure.EXPLAIN
        assert rows[ref].reason == "not-applicable"
        assert rows[ref].explanation
    criterion = editor.get(f"{path}/kriterien/12").text
    assert "Vorschlag für die erste Erklärung, bitte prüfen." in criterion
    assert "1 Vorschlag" in editor.get(f"{path}/pruefen").text
    assert "aus 2025 übernommen" not in words_of(criterion + editor.get(f"{path}/pruefen").text)
    send_again = {**form_fields(criterion), "action": "confirm:12.3"}
    assert editor.post(f"{path}/kriterien/12", data=send_again).status_code == 303
    assert own_answers(app, world)["12.3"].taken_from is None
    other = f"{path}/kriterien/13"
    for action, year in (("later", 2025), ("done", None)):
        editor.post(other, data={**form_fields(editor.get(other).text), "action": action})
        assert own_answers(app, world)["13.4"].taken_from == year, action
    seen_before = {
        **form_fields(editor.get(f"{path}/kriterien/14").text),
        "action": "done",
        "ref-14.4-version": "0",
    }
    editor.post(f"{path}/kriterien/14", data=seen_before)
    assert own_answers(app, world)["14.4"].taken_from == 2025, "nobody vouches for what they did not see"


def test_what_is_answered_stays(app: Flask, editor: FlaskClient, world: World, path: str) -> None:
    criterion = f"{path}/kriterien/13"
    mine = {"ref-13.4-disclosure": "comply", "ref-13.4-text": "Minus 12 Prozent.", "action": "stay"}
    editor.post(criterion, data={**form_fields(editor.get(criterion).text), **mine})
    send_page(editor, f"{path}/erster-tag", first="1")
    rows = own_answers(app, world)
    assert (rows["13.4"].text, rows["13.4"].taken_from) == ("Minus 12 Prozent.", None)
    versions = {ref: rows[ref].version for ref in FIRST_GOALS}
    send_page(editor, f"{path}/erster-tag", first="1")
    again = own_answers(app, world)
    assert {ref: again[ref].version for ref in FIRST_GOALS} == versions


@pytest.mark.parametrize("page", ["erster-tag", "fragebogen"])
def test_the_pages_ask_the_database_little(app: Flask, editor: FlaskClient, path: str, page: str) -> None:
    with count_statements(app) as statements:
        editor.get(f"{path}/{page}")
    assert len(statements) <= 15


def test_without_the_tick_nothing_is_written(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    before = own_answers(app, world).keys()
    send_page(editor, f"{path}/erster-tag")
    assert own_answers(app, world).keys() == before


@pytest.mark.usefixtures("one_day")
def test_a_later_declaration_is_not_called_the_first(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    criterion = f"{path}/kriterien/1"
    editor.post(criterion, data={**form_fields(editor.get(criterion).text), "ref-1.1-text": "Ja."})
    new = f"/unternehmen/{world.own}/erklaerungen/neu"
    year = str(datetime.now(UTC).year)
    sent = {**form_fields(editor.get(new).text), "reporting_year": year, "indicator_set": "effas"}
    later = editor.post(new, data=sent).headers["Location"]
    assert 'name="first"' not in editor.get(f"{later}erster-tag").text


@pytest.mark.parametrize("indicator_set", ["effas", "gri"])
def test_the_questionnaire_has_every_point_and_no_answer(
    app: Flask, editor: FlaskClient, world: World, path: str, indicator_set: str
) -> None:
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).indicator_set = indicator_set
    criterion = f"{path}/kriterien/1"
    secret = {"ref-1.1-text": "Nur für uns.", "action": "stay"}
    editor.post(criterion, data={**form_fields(editor.get(criterion).text), **secret})
    page = editor.get(f"{path}/fragebogen").text
    selection = selection_for("dnk-2017", indicator_set)
    assert page.count("<h3>") == len(selection.requirements)
    for item in selection.items.values():
        if item.datapoint:
            assert str(item.label.de) in page.replace("&#39;", "'").replace("&#34;", '"').replace(
                "&amp;", "&"
            )
    assert "Nur für uns." not in page
    assert len(brotli.compress(page.encode(), quality=5)) <= 10_000
