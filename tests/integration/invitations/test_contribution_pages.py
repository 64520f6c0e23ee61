"""The pages of questions by mail: asking, the page behind the link, and what it must never show."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.domain.permissions import Role
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations.queries import hash_token
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.answers import AnswerRow, AssessmentRow
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership
from dnk_tool.store.tables.review import RemarkRow, VerdictRow
from tests.support.app import World, database_session, form_fields, make_account, post, sign_in
from tests.support.browsers import send, signed_in
from tests.support.declaration_scenario import stored_mails

KARL = "karl@example.org"
NOBODY: dict[str, Any] = {}
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def guest(app: Flask) -> FlaskClient:
    """A browser of somebody who never signed in."""
    return app.test_client()


def base(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/beitraege"


def ask_by_form(
    client: FlaskClient, world: World, *refs: str, section: str = "15", **fields: Any
) -> TestResponse:
    """Fill in the page and send it."""
    path = f"{base(world)}/neu?kriterium={section}"
    sent: dict[str, Any] = dict(form_fields(client.get(path).text))
    sent |= {"name": "Karl Kurz", "email": KARL} | fields
    if refs:
        sent["points"] = list(refs)
    return client.post(path, data=sent)


def link_of_karl(app: Flask) -> str:
    """The path of the latest link that Karl got."""
    address = re.search(r"https?://[^/\s]+(/beitrag/\S+)", stored_mails(app, KARL)[-1].body)
    assert address
    return address[1]


@pytest.fixture
def path(app: Flask, editor: FlaskClient, world: World) -> str:
    """Karl was asked for 15.1; where his link leads."""
    answer = ask_by_form(editor, world, "15.1", message="Bitte bis Freitag.")
    assert answer.status_code == 303, answer.text
    return link_of_karl(app)


def texts_given(app: Flask) -> dict[str, str]:
    with database_session(app) as session:
        return {row.ref: row.text or row.explanation for row in session.scalars(select(AnswerRow))}


def newest_question(app: Flask) -> Invitation:
    with database_session(app) as session:
        return session.scalars(select(Invitation).order_by(Invitation.id.desc()).limit(1)).one()


def test_from_the_question_to_the_answer(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    page = guest.get(path)
    assert page.status_code == 200
    for words in (
        "A GmbH",
        "2025",
        "Kriterium 15",
        "Editor bittet Sie um Ihre Antwort",
        "Bitte bis Freitag.",
    ):
        assert words in page.text
    fields = form_fields(page.text)
    assert "ref-15.1-text" in fields
    assert not any(name.startswith(("ref-15.2", "ref-15.3", "done")) for name in fields)
    kept = send(guest, path, **{"ref-15.1-text": "Wir achten darauf.", "action": "save"})
    assert (kept.status_code, kept.headers["Location"]) == (303, path)
    assert "Wir achten darauf." in guest.get(path).text
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/15"
    assert "Angefragt bei Karl Kurz" in editor.get(criterion).text
    assert send(guest, path, action="send").status_code == 303
    thanks = guest.get(path)
    assert "Danke, Ihre Antwort ist angekommen" in thanks.text
    assert "Wir achten darauf." not in thanks.text
    text = editor.get(criterion).text
    assert "Wir achten darauf." in text
    assert re.search(r"Zuletzt geändert am [^·]+ von Karl Kurz", text)
    assert "Angefragt bei" not in text
    listing = editor.get(base(world)).text
    assert "Beantwortet am" in listing
    [news] = stored_mails(app, "editor@example.org")
    assert "Karl Kurz hat geantwortet" in news.subject
    assert f"/erklaerungen/{world.own_declaration}/kriterien/15" in news.body
    assert "Wir achten" not in news.body
    assert stored_mails(app, "owner@example.org") == [], "nobody else is told"


def test_the_mail_says_what_is_asked(app: Flask, path: str) -> None:
    [mail] = stored_mails(app, KARL)
    assert mail.subject.startswith("Editor bittet Sie um eine Antwort: ")
    for words in ("Guten Tag Karl Kurz,", "A GmbH", "Kriterium 15", "15.1 ", "Bitte bis Freitag.", path):
        assert words in mail.body
    assert "15.2" not in mail.body
    assert "\n\n\n\n" not in mail.body


def test_the_mail_is_in_the_language_of_who_is_asked(app: Flask, editor: FlaskClient, world: World) -> None:
    assert ask_by_form(editor, world, section="13", language="en").status_code == 303
    [mail] = stored_mails(app, KARL)
    assert mail.subject.startswith("Editor asks you for an answer: ")
    assert "Criterion 13" in mail.body
    assert "Kriterium" not in mail.body
    assert "\n- " not in mail.body, "the whole criterion needs no list"
    assert re.search(r"\d+ (November|December|January|\w+) \d{4}", mail.body)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": "karl"}, "Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de."),
        ({"name": " "}, "Geben Sie den Namen der Person ein."),
        ({"points": ["16.1"]}, "Wählen Sie aus, worum Sie bitten möchten."),
        ({"points": []}, "Wählen Sie aus, worum Sie bitten möchten."),
        ({"message": "x" * 2001}, "Bitte kürzen Sie die Nachricht auf höchstens 2.000 Zeichen."),
        ({"name": "x" * 201}, "Bitte kürzen Sie diese Angabe auf höchstens 200 Zeichen."),
    ],
)
def test_what_is_wrong_with_a_question_stands_at_its_field(
    app: Flask, editor: FlaskClient, world: World, changes: dict[str, Any], message: str
) -> None:
    answer = ask_by_form(editor, world, **{"message": "Nicht verlieren", **changes})
    assert answer.status_code == 422
    assert answer.text.count(message) == 2, "in the summary and at the field"
    assert changes.get("message", "Nicht verlieren") in answer.text
    assert stored_mails(app, KARL) == []


def test_a_page_for_one_point_asks_for_it_alone(editor: FlaskClient, world: World) -> None:
    path = f"{base(world)}/neu?kriterium=13"
    assert len(form_fields(editor.get(path).text)["points"]) > 5
    assert form_fields(editor.get(f"{path}&punkt=GRI-SRS-305-1").text)["points"] == ["GRI-SRS-305-1"]
    assert editor.get(f"{base(world)}/neu?kriterium=99").status_code == 404
    assert 'value="15"' in editor.get(f"{base(world)}/neu").text, "without a criterion one is chosen first"


def test_somebody_asked_before_is_chosen_from_a_list(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    page = editor.get(f"{base(world)}/neu?kriterium=16").text
    assert f'<option value="{KARL}">Karl Kurz ({KARL})</option>' in page
    assert ask_by_form(editor, world, section="16", known=KARL, name="", email="").status_code == 303
    assert (newest_question(app).email, newest_question(app).name) == (KARL, "Karl Kurz")
    both = ask_by_form(editor, world, section="14", known=KARL, email="nele@example.org")
    assert both.status_code == 422
    assert ask_by_form(editor, world, section="14", known="stranger@example.org", email="").status_code == 422


def test_pressing_twice_asks_once(app: Flask, editor: FlaskClient, world: World, path: str) -> None:
    again = ask_by_form(editor, world, "15.1", message="Noch einmal")
    assert again.status_code == 422
    assert "Karl Kurz ist dazu schon gefragt" in again.text
    assert "Noch einmal" in again.text
    assert len(stored_mails(app, KARL)) == 1


def test_a_reminder_brings_a_new_link(app: Flask, guest: FlaskClient, world: World) -> None:
    editor = app.test_client()
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(editor, "editor@example.org")
        assert ask_by_form(editor, world, "15.1").status_code == 303
        first, row = link_of_karl(app), newest_question(app)
        too_soon = post(editor, f"{base(world)}/{row.id}/erinnern")
        assert "Erinnern können Sie ab 26. November 2026" in editor.get(too_soon.headers["Location"]).text
        clock.shift(timedelta(days=1))
        sign_in(editor, "editor@example.org")
        assert 'value="Erinnern"' not in editor.get(base(world)).text
        assert post(editor, f"{base(world)}/{row.id}/erinnern").status_code == 303
        second = link_of_karl(app)
        assert stored_mails(app, KARL)[-1].subject.startswith("Erinnerung: Editor wartet")
        assert second != first
        assert guest.get(first).status_code == 410
        assert guest.get(second).status_code == 200
        assert "Zuletzt erinnert am 26. November" in editor.get(base(world)).text


def test_a_question_taken_back_opens_nothing(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    fields = form_fields(guest.get(path).text) | {"ref-15.1-text": ["Mühsam geschrieben"]}
    assert post(editor, f"{base(world)}/{newest_question(app).id}/zuruecknehmen").status_code == 303
    assert "wird nicht mehr gebraucht" in stored_mails(app, KARL)[-1].subject
    assert "Zurückgenommen am" in editor.get(base(world)).text
    page = guest.get(path)
    assert page.status_code == 410
    assert "Ihre Antwort wird nicht mehr gebraucht" in page.text
    late = guest.post(path, data=fields)
    assert late.status_code == 410
    assert "Mühsam geschrieben" in late.text, "what was typed can still be copied"
    by_itself = guest.post(path, data={**fields, "autosave": "1"})
    assert (by_itself.status_code, by_itself.json["status"]) == (410, "conflict")
    assert texts_given(app) == {}
    again = post(editor, f"{base(world)}/{newest_question(app).id}/zuruecknehmen")
    assert "inzwischen beantwortet oder zurückgenommen" in editor.get(again.headers["Location"]).text


def test_a_link_expires(app: Flask, guest: FlaskClient, path: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        page = guest.get(path)
        assert page.status_code == 410
        assert "Dieser Link ist abgelaufen" in page.text
        assert "Editor" in page.text, "whom to ask"


def test_nothing_but_the_asked_point_is_saved(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    """All other fields of the declaration, sent by hand, and all columns of the rows (A4)."""
    fields = {"csrf_token": form_fields(guest.get(path).text)["csrf_token"]}
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        selection = declarations.selection_of(declaration)
        before = (declaration.state, declaration.version, declaration.indicator_set, declaration.cluster_id)
    for requirement in selection.requirements.values():
        name = f"ref-{requirement.ref}"
        fields |= {f"{name}-version": "0", f"{name}-disclosure": "comply", f"{name}-text": "Untergeschoben"}
        for item in requirement.items:
            more = "12" if item.kind is ItemKind.QUANTITY else "Untergeschoben"
            fields |= {f"ref-{item.ref}-version": "0", f"ref-{item.ref}-value": more}
            fields |= {f"ref-{item.ref}-text": "Untergeschoben", f"ref-{item.ref}-rows-0-goal": "x"}
    fields |= {"ref-15.1-text": "Gefragt", "done": "yes", "state": "finished", "version": "9", "id": "1"}
    fields |= {"declaration_id": str(world.foreign_declaration), "role": "owner", "is_operator": "1"}
    fields |= {"email": "else@example.org", "cluster_id": "1", "organisation_id": str(world.foreign)}
    fields |= {"refs": "15.2", "section": "1", "points": "15.2"}
    answer = guest.post(path, data={**fields, "action": "save"})
    assert answer.status_code == 303, answer.text
    assert texts_given(app) == {"15.1": "Gefragt", "15.1.goals": ""}, "its table is a part of it"
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        assert (
            declaration.state,
            declaration.version,
            declaration.indicator_set,
            declaration.cluster_id,
        ) == before
        assert session.scalars(select(FigureRow)).all() == []
        assert declarations.done_sections(session, declaration.id) == frozenset()
        karl = session.scalars(select(Account).where(Account.email == KARL)).one()
        assert (karl.is_operator, karl.password_hash) == (False, "")
        assert session.scalars(select(Membership).where(Membership.user_id == karl.id)).all() == []


def test_an_indicator_with_figures(app: Flask, editor: FlaskClient, guest: FlaskClient, world: World) -> None:
    assert ask_by_form(editor, world, "GRI-SRS-305-1", section="13").status_code == 303
    path, amount = link_of_karl(app), "ref-GRI-SRS-305-1.a-value"
    wrong = send(guest, path, **{amount: "ungefähr zwölf", "ref-GRI-SRS-305-1.a-note": "aus der Rechnung"})
    assert wrong.status_code == 422
    assert wrong.text.count("Geben Sie hier nur eine Zahl ein, zum Beispiel 1.250,5") == 2
    assert form_fields(wrong.text)[amount] == ["ungefähr zwölf"]
    half = send(guest, path, **{amount: "12,", "autosave": "1"})
    assert half.json["status"] == "invalid"
    assert send(guest, path, **{amount: "1.234,5", "action": "send"}).status_code == 303
    with database_session(app) as session:
        row = session.scalars(select(FigureRow)).one()
        assert (str(row.value), row.year) == ("1234.5", 2025)


def test_rows_come_and_go_without_a_script(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World
) -> None:
    assert ask_by_form(editor, world, "13.2", section="13").status_code == 303
    path, row = link_of_karl(app), "ref-13.2.goals-rows"
    added = send(
        guest, path, **{f"{row}-0-goal": "Halbieren", f"{row}-0-due": "2030", "action": "add-row:13.2.goals"}
    )
    assert added.headers["Location"] == f"{path}?zeile=13.2.goals#ref-13.2.goals-rows"
    assert f"{row}-1-goal" in form_fields(guest.get(added.headers["Location"]).text)
    send(guest, path, action="remove-row:13.2.goals:0")
    with database_session(app) as session:
        goals = session.scalars(select(AnswerRow).where(AnswerRow.ref == "13.2.goals")).one()
        assert goals.value is None


def test_the_page_saves_by_itself(app: Flask, guest: FlaskClient, path: str) -> None:
    page = guest.get(path).text
    assert f'data-autosave="{path}"' in page
    key = re.search(r'data-draft-key="([^"]+)"', page)
    assert key
    assert path.rsplit("/", 1)[-1] not in key[1], "the token is not left in the browser"
    answer = send(guest, path, **{"ref-15.1-text": "Von selbst", "autosave": "1", "name": ""})
    assert (answer.json["status"], answer.json["versions"]) == ("saved", {"15.1": 1})
    assert send(guest, path, action="send", name=" ").status_code == 422
    assert send(guest, path, action="send", name="Karl Kurz").status_code == 303
    with database_session(app) as session:
        assert session.scalars(select(Account.name).where(Account.email == KARL)).one() == "Karl Kurz"


def test_an_empty_answer_is_not_sent_off(app: Flask, guest: FlaskClient, path: str) -> None:
    answer = send(guest, path, action="send")
    assert answer.status_code == 422
    assert "Hier steht noch keine Antwort" in answer.text
    assert 'href="#ref-15.1"' in answer.text
    assert newest_question(app).accepted_at is None


def test_whoever_has_a_name_is_not_asked_for_it(app: Flask, guest: FlaskClient, path: str) -> None:
    with database_session(app) as session:
        make_account(session, KARL, name="Karl Konto")
    page = guest.get(path).text
    assert "Sie antworten als Karl Konto." in page
    assert "name" not in form_fields(page)
    send(guest, path, **{"name": "Umbenannt", "ref-15.1-text": "Text"})
    with database_session(app) as session:
        assert session.scalars(select(Account.name).where(Account.email == KARL)).one() == "Karl Konto"


def test_two_texts_are_shown_and_either_can_be_kept(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    old = form_fields(guest.get(path).text)
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/15"
    send(editor, criterion, **{"ref-15.1-text": "Fassung der Kollegin", "ref-15.2-text": "Geheim"})
    by_itself = guest.post(path, data={**old, "ref-15.1-text": "Meine Fassung", "autosave": "1"})
    assert by_itself.json["status"] == "conflict"
    answer = guest.post(path, data={**old, "ref-15.1-text": "Meine Fassung", "action": "send"})
    assert answer.status_code == 409
    for words in ("Meine Fassung", "Fassung der Kollegin", f'action="{path}"'):
        assert words in answer.text
    assert "Geheim" not in answer.text
    assert newest_question(app).accepted_at is None
    decided = guest.post(path, data={**form_fields(answer.text), "ref-15.1-text": "Beide zusammen"})
    assert (decided.status_code, decided.headers["Location"]) == (303, path)
    assert texts_given(app)["15.1"] == "Beide zusammen"


def test_a_locked_declaration_says_so_and_keeps_the_text(
    app: Flask, guest: FlaskClient, world: World, path: str
) -> None:
    fields = form_fields(guest.get(path).text) | {"ref-15.1-text": ["Knapp zu spät"], "action": ["send"]}
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
    page = guest.get(path)
    assert page.status_code == 200
    assert "Diese Erklärung lässt sich gerade nicht ändern." in page.text
    assert "<textarea" not in page.text
    late = guest.post(path, data=fields)
    assert late.status_code == 409
    assert form_fields(late.text)["ref-15.1-text"] == ["Knapp zu spät"]
    assert "Noch nichts gespeichert" in late.text
    by_itself = guest.post(path, data={**fields, "autosave": "1"}, headers={"X-Requested-With": "fetch"})
    assert (by_itself.status_code, by_itself.json["status"]) == (409, "conflict")
    assert texts_given(app) == {}
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.REOPENED
    assert guest.post(path, data={**form_fields(late.text), "action": "send"}).status_code == 303
    assert texts_given(app) == {"15.1": "Knapp zu spät"}


def canaries(app: Flask, world: World) -> Iterator[str]:
    """Write something into everything that was not asked, and give what must not be seen."""
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        selection = declarations.selection_of(declaration)
        editor = session.scalars(select(Account.id).where(Account.email == "editor@example.org")).one()
        for number, (ref, requirement) in enumerate(selection.requirements.items()):
            if ref == "GRI-SRS-201-1":
                continue
            yield f"Kanarie-{ref}-x"
            session.add(
                AnswerRow(
                    declaration_id=declaration.id,
                    ref=ref,
                    text=f"Kanarie-{ref}-x",
                    explanation=f"Kanarie-{ref}-x",
                    changed_at=NOW,
                    changed_by=editor,
                )
            )
            for item in requirement.items:
                if item.datapoint:
                    for year in (2023, 2024, 2025):
                        yield f"{770000 + number}{year}"
                        session.add(
                            FigureRow(
                                organisation_id=declaration.organisation_id,
                                year=year,
                                datapoint=item.datapoint.key,
                                value=Decimal(f"{770000 + number}{year}"),
                                unit=item.datapoint.default_unit,
                                note="Kanarie-Notiz",
                                changed_at=NOW,
                                changed_by=editor,
                            )
                        )
        for audience, side in (
            (audience, ReviewSide.COMPANY) for audience in (Audience.COMPANY, Audience.SHARED)
        ):
            for ref in ("", "GRI-SRS-201-1"):
                session.add(
                    RemarkRow(
                        declaration_id=declaration.id,
                        section="18",
                        ref=ref,
                        audience=audience,
                        side=side,
                        version=1,
                        text=f"Kanarie-Anmerkung-{audience}",
                        written_at=NOW,
                        published_at=NOW,
                        author_id=editor,
                        cluster_id=world.cluster if audience is Audience.SHARED else None,
                    )
                )
        session.add(AssessmentRow(declaration_id=declaration.id, criterion=18, rating=None, changed_at=NOW))
        measure = CompanyMeasure("Kanarie-Maßnahme", criterion=18)
        measures.add(session, declaration.organisation_id, measure, by=None, now=NOW)
        declaration.organisation.address = "Kanarie-Straße 1"
    yield from ("Kanarie", "77000", "Cluster Nord", "owner@example.org", "editor@example.org")


def test_the_link_shows_nothing_else_of_the_declaration(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World
) -> None:
    secrets = list(canaries(app, world))
    assert len(secrets) > 100
    assert ask_by_form(editor, world, "GRI-SRS-201-1", section="18").status_code == 303
    path, name = link_of_karl(app), "ref-GRI-SRS-201-1.a-i-value"
    fields = form_fields(guest.get(path).text)
    assert name in fields, list(fields)
    version = "ref-GRI-SRS-201-1.a-i-version"
    answers = [
        guest.get(path),
        guest.post(path, data={**fields, name: "viel"}),
        guest.post(path, data={**fields, name: "12", "autosave": "1"}),
        guest.post(path, data={**fields, name: "13"}),  # collides with the 12
        guest.post(path, data={**fields, name: "14", version: "1", "action": "save"}),
    ]
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.SUBMITTED
    answers += [guest.get(path), guest.post(path, data=fields)]
    with database_session(app) as session:
        session.get_one(Declaration, world.own_declaration).state = State.DRAFT
    answers += [
        guest.post(path, data={**form_fields(guest.get(path).text), "action": "send"}),
        guest.get(path),
        guest.post(path, data=fields),
        guest.get(f"{path}x"),
        guest.post(f"{path}x", data=fields),
    ]
    statuses = [200, 422, 200, 409, 303, 200, 409, 303, 200, 200, 404, 404]
    assert [answer.status_code for answer in answers] == statuses
    for answer in answers:
        shown = answer.text + json.dumps(dict(answer.headers))
        assert [word for word in secrets if word in shown] == []
        assert "/erklaerungen/" not in shown
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_last_years_value_of_what_is_asked_helps(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World
) -> None:
    assert ask_by_form(editor, world, "GRI-SRS-305-1", section="13").status_code == 303
    path = link_of_karl(app)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        selection = declarations.selection_of(declaration)
        session.add(
            FigureRow(
                organisation_id=declaration.organisation_id,
                year=2024,
                datapoint=next(
                    item.datapoint.key
                    for item in selection.requirements["GRI-SRS-305-1"].items
                    if item.datapoint
                ),
                value=Decimal("412.5"),
                unit="t-co2e",
                changed_at=NOW,
            )
        )
    assert "2024: 412,5 t CO₂e" in guest.get(path).text


def test_the_same_browser_gets_nowhere_else(app: Flask, guest: FlaskClient, world: World, path: str) -> None:
    """The link opens itself and nothing else: every other page is as closed as to a visitor."""
    assert send(guest, path, **{"ref-15.1-text": "Text", "action": "save"}).status_code == 303
    visitor, checked = app.test_client(), 0
    values = {
        "organisation_id": world.own,
        "declaration_id": world.own_declaration,
        "cluster_id": world.cluster,
        "section_ref": "15",
        "ref": "15.1",
        "token": "x",
        "filename": "app.css",
        "language": "de",
        "kind": "answer",
        "file_format": "xlsx",
        "list_name": "lohn",
        "export_format": "docx",
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "languages.choose"):
            continue
        address = adapter.build(
            rule.endpoint, {argument: values.get(argument, 1) for argument in rule.arguments}
        )
        mine, theirs = guest.get(address), visitor.get(address)
        assert mine.status_code == theirs.status_code, address
        assert mine.headers.get("Location") == theirs.headers.get("Location"), address
        if {"declaration_id", "organisation_id", "cluster_id"} & rule.arguments:
            assert mine.status_code == 302, address
            checked += 1
    assert checked > 20


def test_a_signed_in_reader_of_another_company_may_use_the_link(app: Flask, world: World, path: str) -> None:
    client = signed_in(app, "stranger")
    assert send(client, path, **{"ref-15.1-text": "Text", "action": "send"}).status_code == 303
    with database_session(app) as session:
        row = session.scalars(select(AnswerRow)).one()
        assert session.get_one(Account, row.changed_by).email == KARL, "the link says who answers"


def test_a_missing_second_factor_closes_no_link(
    app: Flask, world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app, "stranger")
    monkeypatch.setattr(
        "dnk_tool.web.accounts.required_second_factor.is_second_factor_required", lambda *_given: True
    )
    assert client.get(f"/erklaerungen/{world.foreign_declaration}/").status_code == 303
    assert send(client, path, **{"ref-15.1-text": "Text", "action": "send"}).status_code == 303
    assert texts_given(app) == {"15.1": "Text"}


def downgrade_editor(app: Flask) -> None:
    with database_session(app) as session:
        editor = session.scalars(select(Account).where(Account.email == "editor@example.org")).one()
        session.scalars(select(Membership).where(Membership.user_id == editor.id)).one().role = Role.VIEWER


def test_no_answer_arrives_unheard(app: Flask, guest: FlaskClient, world: World, path: str) -> None:
    """Once who asked may not ask any more the link rests, until an owner takes the question over."""
    fields = form_fields(guest.get(path).text) | {"ref-15.1-text": ["Mühsam geschrieben"]}
    downgrade_editor(app)
    page = guest.get(path)
    assert (page.status_code, "Dieser Link ruht" in page.text) == (410, True)
    assert "Editor" not in page.text, "nobody is sent to somebody who is not in charge any more"
    late = guest.post(path, data={**fields, "action": "send"})
    assert (late.status_code, "Mühsam geschrieben" in late.text) == (410, True)
    by_itself = guest.post(path, data={**fields, "autosave": "1"})
    assert (by_itself.status_code, by_itself.json["status"]) == (410, "conflict")
    assert texts_given(app) == {}
    owner = signed_in(app, "owner")
    assert "1 Anfrage offen, davon ruht 1" in owner.get(f"/erklaerungen/{world.own_declaration}/").text
    assert "– ruht" in owner.get(f"/erklaerungen/{world.own_declaration}/kriterien/15").text
    listing = owner.get(base(world)).text
    assert "weil niemand für die Anfrage zuständig ist" in listing
    assert "übernehmen Sie die Anfrage" in listing
    assert post(owner, f"{base(world)}/{newest_question(app).id}/erinnern").status_code == 303
    assert "Zuletzt erinnert am" in owner.get(base(world)).text
    mail, fresh = stored_mails(app, KARL)[-1], link_of_karl(app)
    assert mail.subject.startswith("Erinnerung: Owner wartet")
    assert "In der Anfrage steht dazu:\n\nBitte bis Freitag." in mail.body
    assert "Editor" not in mail.body
    assert "Owner bittet Sie um Ihre Antwort" in guest.get(fresh).text
    send(guest, fresh, **{"ref-15.1-text": "Text", "action": "send"})
    [news] = stored_mails(app, "owner@example.org")
    assert "Karl Kurz hat geantwortet" in news.subject
    assert stored_mails(app, "editor@example.org") == []


def test_a_question_that_rests_is_taken_back_with_a_word_to_who_was_asked(
    app: Flask, world: World, path: str
) -> None:
    downgrade_editor(app)
    owner = signed_in(app, "owner")
    assert post(owner, f"{base(world)}/{newest_question(app).id}/zuruecknehmen").status_code == 303
    assert "wird nicht mehr gebraucht" in stored_mails(app, KARL)[-1].subject


def test_nobody_is_sent_to_who_is_gone(app: Flask, guest: FlaskClient, path: str) -> None:
    send(guest, path, **{"ref-15.1-text": "Text", "action": "send"})
    assert "bitten Sie Editor um einen neuen Link" in guest.get(path).text
    downgrade_editor(app)
    assert "bitten Sie um einen neuen Link" in guest.get(path).text


def test_a_name_is_corrected_before_the_answer_is_sent(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    assert form_fields(guest.get(path).text)["name"] == ["Karl Kurz"]
    typed = {"ref-15.1-text": "Text", "name": "Bruno Typo"}
    assert send(guest, path, **typed, autosave="1").json["status"] == "saved"
    assert form_fields(guest.get(path).text)["name"] == ["Bruno Typo"], "what was typed is kept, and editable"
    assert send(guest, path, name="Bruno Richtig", action="send").status_code == 303
    [news] = stored_mails(app, "editor@example.org")
    assert "Bruno Richtig hat geantwortet" in news.subject
    text = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/15").text
    assert "von Bruno Richtig" in text
    assert "Typo" not in text + news.body


def test_a_reminder_is_offered_where_it_works(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    """While changes are requested only the sections concerned are open."""
    assert ask_by_form(editor, world, "16.1", section="16").status_code == 303
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.state, declaration.version = State.CHANGES_REQUESTED, 1
        for section, verdict in (("15", Verdict.ACCEPTED), ("16", Verdict.CHANGE_NEEDED)):
            about = {"declaration_id": declaration.id, "section": section, "version": 1}
            session.add(VerdictRow(**about, verdict=verdict, given_at=NOW))
        for invitation in session.scalars(select(Invitation)):
            invitation.sent_at -= timedelta(days=2)
        closed, opened = session.scalars(select(Invitation.id).order_by(Invitation.id))
    listing = editor.get(base(world)).text
    assert f"{base(world)}/{opened}/erinnern" in listing
    assert f"{base(world)}/{closed}/erinnern" not in listing
    assert "sobald sich dieser Teil wieder ändern lässt" in listing
    answer = post(editor, f"{base(world)}/{closed}/erinnern")
    assert answer.status_code == 303
    assert "Es ging keine Erinnerung hinaus." in editor.get(answer.headers["Location"]).text
    assert post(editor, f"{base(world)}/{opened}/erinnern").status_code == 303
    assert stored_mails(app, KARL)[-1].subject.startswith("Erinnerung:")


def test_an_author_who_is_gone_leaves_the_date(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    send(guest, path, **{"ref-15.1-text": "Text", "action": "send"})
    with database_session(app) as session:
        session.delete(session.scalars(select(Account).where(Account.email == KARL)).one())
    editor.get(base(world))  # reads the message that the question is on its way
    text = editor.get(f"/erklaerungen/{world.own_declaration}/kriterien/15").text
    assert re.search(r"Zuletzt geändert am \d+\. \w+ \d+, \d\d:\d\d Uhr<", text)
    assert "Karl" not in text
    assert "Karl Kurz" in editor.get(base(world)).text, "the question itself stays until it is forgotten"


def test_a_viewer_sees_who_changed_what_and_no_questions(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/15"
    send(editor, criterion, **{"ref-15.2-text": "Vom Editor"})
    viewer = signed_in(app, "viewer")
    text = viewer.get(criterion).text
    assert re.search(r"Zuletzt geändert am [^·]+ von Editor", text)
    assert "Karl" not in text
    assert "Jemanden um Antwort bitten" not in text


def test_the_overview_counts_questions(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    overview = f"/erklaerungen/{world.own_declaration}/"
    ask_by_form(editor, world, "15.2")
    send(guest, path, **{"ref-15.1-text": "Text", "action": "send"})
    text = editor.get(overview).text
    assert "1 Anfrage offen, 1 beantwortet" in text
    assert f'href="{base(world)}"' in text
    viewer = signed_in(app, "viewer")
    assert "Anfrage" not in viewer.get(overview).text


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    selects: list[str] = []
    engine = app.extensions["dnk_engine"]

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            selects.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(selects)


def test_no_page_takes_more_statements_for_more_questions(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/15"
    pages = {
        base(world): editor,
        criterion: editor,
        f"{base(world)}/neu?kriterium=15": editor,
        path: guest,
    }
    send(guest, path, **{"ref-15.1-text": "Text"})
    before = {page: statements(app, client, page) for page, client in pages.items()}
    for number in range(8):
        assert ask_by_form(editor, world, "15.2", email=f"p{number}@example.org").status_code == 303
    for page, client in pages.items():
        now = statements(app, client, page)
        # One of them reads the working groups that serve the criterion.
        assert now <= 13, page
        assert now <= before[page], page


def test_nothing_secret_is_logged(
    app: Flask, guest: FlaskClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = path.rsplit("/", 1)[-1]
    with caplog.at_level(logging.DEBUG):
        send(guest, path, **{"ref-15.1-text": "Kanarientext"})
        guest.get(f"{path}x")
        guest.post(path, data={"ref-15.1-text": "ohne Marke"})
        send(guest, path, action="send")
        guest.get(path)
    for word in (token, "Kanarientext", KARL, "Karl Kurz"):
        assert word not in caplog.text
    with database_session(app) as session:
        assert [invitation.token_hash for invitation in session.scalars(select(Invitation))] == [
            hash_token(token)
        ]


def test_a_form_of_an_earlier_visit_is_not_lost(app: Flask, guest: FlaskClient, path: str) -> None:
    fields = form_fields(guest.get(path).text) | {"ref-15.1-text": ["Lange offen"]}
    other = app.test_client()
    again = other.post(path, data=fields)
    assert again.status_code == 400
    assert "Lange offen" in again.text
    assert "angemeldet" not in again.text.split("<main")[1]
    assert other.post(path, data=form_fields(again.text)).status_code == 303
    by_itself = app.test_client().post(
        path, data={**fields, "autosave": "1"}, headers={"X-Requested-With": "fetch"}
    )
    assert by_itself.json["csrf_token"], "the page goes on with a new token"
    assert texts_given(app) == {"15.1": "Lange offen"}


def test_wrong_links_must_wait(app: Flask, guest: FlaskClient, path: str) -> None:
    """Thirty a minute from one address; whoever has the right one goes on."""
    from_here = {"environ_overrides": {"REMOTE_ADDR": "10.9.9.9"}}
    statuses = [guest.get(f"/beitrag/falsch-{number}", **from_here).status_code for number in range(31)]
    assert statuses == [404] * 30 + [429]
    data = {"csrf_token": form_fields(guest.get(path).text)["csrf_token"]}
    assert guest.post("/beitrag/falsch", data=data, **from_here).status_code == 429
    assert guest.get(path, **from_here).status_code == 200


def test_a_page_saves_by_itself_as_often_as_somebody_types(app: Flask, guest: FlaskClient, path: str) -> None:
    fields = {**form_fields(guest.get(path).text), "autosave": "1"}
    statuses = [guest.post(path, data=fields).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


def test_thirty_questions_an_hour(editor: FlaskClient, world: World) -> None:
    statuses = [
        ask_by_form(editor, world, "15.1", email=f"p{number}@example.org").status_code for number in range(31)
    ]
    assert statuses == [303] * 30 + [429]


def test_questions_of_other_companies_are_unknown(
    app: Flask, editor: FlaskClient, world: World, path: str
) -> None:
    stranger = signed_in(app, "stranger")
    number = newest_question(app).id
    theirs = f"/erklaerungen/{world.foreign_declaration}/beitraege"
    for address in (f"{theirs}/{number}/erinnern", f"{theirs}/{number}/zuruecknehmen"):
        assert post(stranger, address).status_code == 404
        assert post(stranger, address.replace(theirs, base(world))).status_code == 404
    assert "Karl" not in stranger.get(theirs).text
    assert newest_question(app).revoked_at is None


def test_an_example_that_stands_there_is_to_be_rewritten(
    app: Flask, editor: FlaskClient, guest: FlaskClient, world: World, path: str
) -> None:
    criterion = f"/erklaerungen/{world.own_declaration}/kriterien/15"
    editor.post(criterion, data={**form_fields(editor.get(criterion).text), "action": "draft:example:15.1"})
    page = guest.get(path).text
    assert "Beispiel, bitte umschreiben." in page
    assert "Mit „Absenden“ sagen Sie, dass es so stimmt." not in page, "an example stays one then"
