"""What no database stores or looks for is refused before any view, and what was typed stays (R10)."""

from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text import normalised
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from tests.support.app import (
    database_session,
    form_fields,
    make_world,
    post,
    sign_in,
    token_of,
)
from tests.support.browsers import signed_in

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def owner(any_app: Flask) -> FlaskClient:
    make_world(any_app)
    any_app.testing = False
    return signed_in(any_app, "owner")


@pytest.mark.parametrize(
    "query", ["suche=%00", "suche=a%00b", "%00=1", "suche=%ED%A0%80", "suche=%FF", "seite=%C3"]
)
@pytest.mark.parametrize("path", ["/berichte", "/anmelden", "/konto", "/gibt-es-nicht-wirklich/../berichte"])
def test_f6_an_unreadable_query_is_refused(owner: FlaskClient, path: str, query: str) -> None:
    answer = owner.get(f"{path}?{query}")
    assert answer.status_code == (404 if ".." in path else 400)
    assert "Zeichen" in answer.text or ".." in path


@pytest.mark.parametrize("path", ["/berichte/a%00b", "/einladung/x%00", "/erklaerungen/1/kriterien/%00"])
def test_f6_an_unreadable_address_does_not_exist(owner: FlaskClient, path: str) -> None:
    assert owner.get(path).status_code == 404


@pytest.mark.parametrize("number", [2**31, 2**63, 10**19, 10**400])
def test_f6_a_number_beyond_the_database_does_not_exist(
    any_app: Flask, owner: FlaskClient, number: int
) -> None:
    sign_in(operator := any_app.test_client(), "operator@example.org")
    sign_in(manager := any_app.test_client(), "manager@example.org")
    gets = [
        (owner, f"/erklaerungen/{number}/"),
        (owner, f"/unternehmen/{number}/profil"),
        (owner, f"/erklaerungen/1/belege/{number}"),
        (owner, f"/erklaerungen/1/rechner/energy/zeilen/{number}"),
        (owner, f"/cluster-berichte/{number}/x"),
        (operator, f"/betrieb/cluster/{number}"),
        (manager, f"/cluster/1/textbausteine/{number}"),
    ]
    posts = [
        (operator, f"/betrieb/cluster/1/einladungen/{number}"),
        (operator, f"/betrieb/cluster/{number}/leitung/1/entfernen"),
        (manager, f"/cluster/1/einladungen/{number}/zuruecknehmen"),
        (manager, f"/cluster/1/team/{number}"),
        (owner, f"/konto/passkeys/{number}/entfernen"),
    ]
    answers = [client.get(path) for client, path in gets]
    answers += [post(client, path, {"action": "revoke"}) for client, path in posts]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    "header", [("Cookie", 'dnk-sign-in="\\000"'), ("User-Agent", "x\x00"), ("Accept-Language", "de\x00")]
)
def test_f6_unreadable_headers_are_refused(
    any_app: Flask, owner: FlaskClient, header: tuple[str, str]
) -> None:
    visitor = any_app.test_client(use_cookies=False)
    assert visitor.get("/anmelden", headers=[header]).status_code == 400


@pytest.mark.parametrize("value", ["Neue%00r Name", "Neue%ED%A0%80r Name", "Neue%FFr Name"])
def test_f6_an_unreadable_form_is_shown_again_without_the_characters(
    any_app: Flask, owner: FlaskClient, value: str
) -> None:
    body = f"name={value}&language=de&csrf_token={token_of(owner)}"
    refused = owner.post("/konto", data=body, content_type=FORM)
    assert refused.status_code == 422
    assert "Zeichen" in refused.text
    assert name_of_owner(any_app) == "Owner", "nothing is saved"
    again = form_fields(refused.text)
    if "%00" in value:
        assert again["name"] == ["Neuer Name"]
        assert owner.post("/konto", data=again).status_code == 303
        assert name_of_owner(any_app) == "Neuer Name"


def test_f6_the_page_s_own_saving_is_told_in_its_own_way(owner: FlaskClient) -> None:
    fields = {"ref-1.1-text": "Text\x00", "autosave": "1"}
    answer = post(owner, "/erklaerungen/1/kriterien/1", fields, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 422
    assert answer.get_json()["status"] == "invalid"


def test_f6_a_secret_is_never_shown_again(any_app: Flask, owner: FlaskClient) -> None:
    visitor = any_app.test_client()
    answer = post(visitor, "/anmelden", {"email": "owner@example.org", "password": "geheim\x00wort"})
    assert answer.status_code == 422
    assert "geheim" not in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/konto/abmelden", {"sign_in": "\x00"}),
        ("/konto", {"language": "de"}),
        ("/erklaerungen/1/rechner/energy/zeilen/neu?art=electricity", {"f-quantity": "1", "basis": "x"}),
        ("/unternehmen/neu", {}),
    ],
)
def test_f6_what_does_not_validate_is_refused_and_nothing_is_made_of_it(
    any_app: Flask, owner: FlaskClient, path: str, fields: dict[str, str]
) -> None:
    assert post(owner, path, fields).status_code == 422
    with database_session(any_app) as session:
        assert len(session.scalars(select(Organisation)).all()) == 2


def name_of_owner(app: Flask) -> str:
    with database_session(app) as session:
        return session.scalars(select(Account.name).where(Account.email == "owner@example.org")).one()


@pytest.mark.own_app
def test_f6_data_that_fit_no_column_are_named_and_nothing_is_saved(any_app: Flask) -> None:
    """No form of ours lets them through; a view without a check of its own shows what follows."""

    @permit(Permission.PUBLIC)
    def found() -> str:
        name, people = normalised(request.form["name"]), int(request.form["people"])
        db().add(Organisation(name=name, employees=people, created_at=datetime.now(UTC)))
        db().flush()
        return "founded"

    any_app.add_url_rule("/test/found", "test.found", found, methods=["POST"])
    make_world(any_app)
    any_app.testing = False
    client = any_app.test_client()
    long_name, token = "Zimmerei " * 80, token_of(client)
    given = {"csrf_token": token, "note": "Bleibt hier stehen", "people": "7"}
    for wrong in ({"name": long_name}, {"name": "Beck GmbH", "people": "9999999999"}):
        answer = client.post("/test/found", data=given | wrong, headers={"Origin": "http://localhost"})
        if any_app.extensions["dnk_engine"].dialect.name == "sqlite":
            assert answer.status_code == 200, "SQLite stores it"
            continue
        assert answer.status_code == 422
        shown = unescape(answer.text).partition("Das passt nicht hinein:")[2].partition("</p>")[0]
        assert shown.strip() == (f"„{long_name[:60]}…“" if "people" not in wrong else "„9999999999“")
        assert "Bleibt hier stehen" in answer.text
        with database_session(any_app) as session:
            assert session.scalars(select(Organisation.name)).all() == ["A GmbH", "B GmbH"]
