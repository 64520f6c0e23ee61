"""The search finds what somebody may see, leads to the very point, and shows nothing to anybody else."""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dnk_tool.domain.answers.answer import Disclosure, Quality
from dnk_tool.store.answers import word_matches
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.organisations import Membership
from tests.support.app import World, count_statements, database_session, make_world
from tests.support.browsers import signed_in

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MOST_STATEMENTS = 15
INSIDERS = ("owner", "editor", "viewer")
OTHERS = ("expired", "stranger", "reviewer", "manager", "outsider", "operator")


@pytest.fixture
def written(app: Flask, world: World) -> World:
    """Company A has words to look for."""
    write_answer(app, world)
    return world


def write_answer(app: Flask, world: World) -> None:
    """Company A wrote something in criteria 1 and 2, explained 3.1, has a table of goals and two figures."""
    with database_session(app) as session:
        words: dict[str, dict[str, Any]] = {
            "1.1": {"text": "Wir heizen. Unsere Hauptstraße hat eine Ölheizung mit Qz0001x. Ende."},
            "2.1": {"text": "Der Müll wiegt viel, sagt Qz0002x."},
            "3.1": {
                "text": "Verborgen: Qz0003x",
                "explanation": "Begründet mit Qz0004x.",
                "disclosure": Disclosure.EXPLAIN,
            },
            "3.1.goals": {"value": [{"goal": "Weniger Äpfel für Qz0005x", "due": 2030}]},
            "99.9": {"text": "Niemand fragt nach Qz0006x"},
        }
        for ref, more in words.items():
            known = {"declaration_id": world.own_declaration, "ref": ref, "changed_at": NOW}
            session.add(AnswerRow(**{"disclosure": Disclosure.COMPLY} | known | more))
        for year, datapoint, note in (
            (2025, "energy.electricity.consumption", "Zähler Qz0007x"),
            (2019, "energy.electricity.consumption", "Zähler Qz0008x"),
        ):
            session.add(
                FigureRow(
                    organisation_id=world.own,
                    year=year,
                    datapoint=datapoint,
                    value=Decimal("12345"),
                    unit="kWh",
                    quality=Quality.MEASURED,
                    note=note,
                    responsible="Frau Qz0009x",
                    changed_at=NOW,
                )
            )


@pytest.fixture
def editor(app: Flask, written: World) -> FlaskClient:
    return signed_in(app, "editor")


def search_results(client: FlaskClient, words: str, group: str = "") -> str:
    """The page's content, with its white space as one space each."""
    answer = client.get("/suche", query_string={"q": words, "gruppe": group})
    assert answer.status_code == 200
    return " ".join(answer.text.partition("<main")[2].partition("</main>")[0].split())


def test_an_answer_is_found_with_its_sentence_and_leads_to_the_very_point(
    editor: FlaskClient, written: World
) -> None:
    page = search_results(editor, "heizung HAUPTSTRASSE qz0001x")
    assert f'href="/erklaerungen/{written.own_declaration}/kriterien/1#ref-1.1"' in page
    assert (
        "<p>Unsere <mark>Hauptstraße</mark> hat eine Öl<mark>heizung</mark> mit <mark>Qz0001x</mark>.</p>"
        in page
    )
    assert "1 Treffer für „heizung HAUPTSTRASSE qz0001x“" in page
    assert "haben wir nichts gefunden" in search_results(editor, "heizung müll"), (
        "all words must occur in one text"
    )


def test_texts_explanations_tables_and_figures_are_found_in_both_databases(any_app: Flask) -> None:
    write_answer(any_app, make_world(any_app))
    editor = signed_in(any_app, "editor")
    for words, anchor in (
        ("muell WIEGT", "#ref-2.1"),
        ("strasse olheizung", "#ref-1.1"),
        ("qz0004x", "#ref-3.1"),
        ("ÄPFEL qz0005x", "#ref-3.1.goals-rows"),
        ("zahler stromverbrauch", "/kennzahlen/energy.electricity.consumption"),
        ("frau qz0009x", "/kennzahlen/energy.electricity.consumption"),
    ):
        assert f'{anchor}"' in search_results(editor, words), words


@pytest.mark.parametrize("words", ["qz0003x", "qz0006x", "qz0008x"])
def test_what_the_declaration_does_not_say_is_not_found(editor: FlaskClient, words: str) -> None:
    """A text behind an explanation, an answer nobody asks for, a figure of a year without declaration."""
    assert "haben wir nichts gefunden" in search_results(editor, words)


def test_a_figure_is_shown_with_value_note_and_person(editor: FlaskClient) -> None:
    assert "<p>12.345 kWh · Zähler <mark>Qz0007x</mark> · Frau Qz0009x</p>" in search_results(
        editor, "qz0007x"
    )


def test_only_people_of_the_company_find_its_words(app: Flask, written: World) -> None:
    """Those of a cluster find none, not even of a declaration that was submitted to them."""
    for who in INSIDERS:
        page = search_results(signed_in(app, who), "qz000")
        assert {number for number in range(10) if f"</mark>{number}x" in page} == {1, 2, 4, 5, 7, 9}, who
    page = search_results(signed_in(app, "contributor"), "qz000")
    assert {number for number in range(10) if f"</mark>{number}x" in page} == {1}, "section 1 alone"
    for who in ("", *OTHERS):
        page = search_results(signed_in(app, who), "qz000")
        assert "haben wir nichts gefunden" in page, who
        assert "<mark>" not in page, who


def test_a_contributor_finds_figures_of_their_sections_there(app: Flask, written: World) -> None:
    with database_session(app) as session:
        own = select(Account.id).where(Account.email == "contributor@example.org").scalar_subquery()
        session.execute(update(Membership).where(Membership.user_id == own).values(sections=["12"]))
    contributor = signed_in(app, "contributor")
    page = search_results(contributor, "qz0007x")
    assert f'href="/erklaerungen/{written.own_declaration}/kriterien/12/kennzahlen' in page
    assert f"/erklaerungen/{written.own_declaration}/kennzahlen" not in page
    assert "<mark>" not in search_results(contributor, "qz0009x"), (
        "who is responsible stands on the figure's page"
    )
    criteria = search_results(contributor, "ressourcen")
    assert "/kriterien/12" in criteria
    assert "/kriterien/11" not in criteria


def test_bills_and_sectors_are_found_by_those_who_may_enter_them(app: Flask, written: World) -> None:
    editor, viewer = (signed_in(app, who) for who in ("editor", "viewer"))
    assert f"/erklaerungen/{written.own_declaration}/rechner/energy/zeilen/neu?art=diesel" in search_results(
        editor, "Diesel"
    )
    assert f'href="/unternehmen/{written.own}/profil#sector">43.21' in search_results(editor, "Elektriker")
    assert "/zeilen/neu" not in search_results(viewer, "Diesel")
    assert "/profil#sector" not in search_results(viewer, "Elektriker")


def test_criteria_terms_and_help_are_found(app: Flask, written: World) -> None:
    editor, manager = (signed_in(app, who) for who in ("editor", "manager"))
    own = search_results(editor, "treibhausgas scope")
    assert f"/erklaerungen/{written.own_declaration}/kriterien/13#ref-13." in own
    assert 'href="/hilfe/begriffe#begriff-' in search_results(editor, "basisjahr")
    assert 'href="/hilfe/nachrichten"' in search_results(manager, "platzhalter")
    assert 'href="/hilfe/kriterien#kriterium-13"' in search_results(manager, "treibhausgas")


def test_a_visitor_finds_help_and_nothing_that_needs_a_sign_in(app: Flask, written: World) -> None:
    visitor = signed_in(app, "")
    assert 'href="/hilfe/einladen"' in search_results(visitor, "60 Tage Link")
    page = search_results(visitor, "biogen")
    assert "haben wir nichts gefunden" in page
    assert "/hilfe/kriterien" not in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "Durchsucht werden Ihre Texte und Kennzahlen"),
        ("x", "mindestens zwei Buchstaben"),
        ("%%%", "mindestens zwei Buchstaben"),
        ("gibtesnicht", "Zu „gibtesnicht“ haben wir nichts gefunden."),
    ],
)
def test_without_hits_the_page_says_what_to_try_and_lists_the_criteria(
    editor: FlaskClient, written: World, words: str, message: str
) -> None:
    page = search_results(editor, words)
    assert message in page
    assert f'href="/erklaerungen/{written.own_declaration}/kriterien/13"' in page


def test_a_group_shows_some_hits_and_leads_to_all(editor: FlaskClient) -> None:
    page = search_results(editor, "emission")
    assert page.count("<li> <a", page.index('id="hits-kriterien"')) < 20
    assert 'href="/suche?q=emission&amp;gruppe=kriterien"' in page
    whole = search_results(editor, "emission", "kriterien")
    assert 'id="hits-hilfe"' not in whole
    assert whole.count("<li>") > page.count("<li>", page.index('id="hits-kriterien"'))


def test_a_group_with_more_hits_than_a_page_shows_promises_no_more(
    editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("hits", "pages"):
        monkeypatch.setattr(f"dnk_tool.web.help.{module}.MOST_OF_ONE_GROUP", 7)
    assert "Die ersten 7 zeigen" in search_results(editor, "emission")
    whole = search_results(editor, "emission", "kriterien")
    assert whole.count("<li>") == 7
    assert "Das sind die ersten 7. Ein weiteres Wort grenzt die Suche ein." in whole
    assert "Das sind die ersten" not in search_results(editor, "emission", "hilfe")


def test_of_too_many_texts_the_latest_are_searched_and_the_page_says_so(
    editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "was zuletzt geändert wurde" not in search_results(editor, "qz000")
    monkeypatch.setattr(word_matches, "MOST_ROWS", 2)
    page = search_results(editor, "qz000")
    assert "Durchsucht ist, was zuletzt geändert wurde." in page
    assert "</mark>2x" in page
    assert "</mark>4x" not in page


def test_what_was_typed_is_escaped_not_logged_and_not_indexed(
    editor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = editor.get("/suche", query_string={"q": "<b>Geheimwort</b>"})
    assert "&lt;b&gt;Geheimwort&lt;/b&gt;" in answer.text
    assert "<b>Geheimwort" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "geheimwort" not in caplog.text.casefold()


def test_statements_do_not_grow_with_years(app: Flask, written: World, editor: FlaskClient) -> None:
    with count_statements(app) as before:
        search_results(editor, "strom")
    with database_session(app) as session:
        for year in (2023, 2024):
            known = {"edition": "dnk-2017", "indicator_set": "gri", "language": "de", "options": []}
            session.add(
                Declaration(
                    organisation_id=written.own, reporting_year=year, created_at=NOW, changed_at=NOW, **known
                )
            )
    with count_statements(app) as after:
        search_results(editor, "strom")
    assert len(after) == len(before) <= MOST_STATEMENTS, after
