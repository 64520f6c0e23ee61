"""Step-up: who gives power away, takes personal data along or ends sign-ins proves who they are once more."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dnk_tool.domain.permissions import ClusterRole, Role
from dnk_tool.store.tables.accounts import Account, SignIn
from dnk_tool.store.tables.clusters import ClusterStaff
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.organisations import Membership
from tests.support.app import PASSWORD, World, database_session, form_fields, post
from tests.support.browsers import signed_in

CONFIRM = "/konto/bestaetigen"


def signed_in_an_hour_ago(app: Flask, who: str) -> FlaskClient:
    client = signed_in(app, who)
    with database_session(app) as session:
        row = session.scalars(select(SignIn)).one()
        row.data = row.data | {"fs_paa": row.data["fs_paa"] - 3600}
        row.created_at -= timedelta(hours=1)
    return client


def give_password(client: FlaskClient, asked: TestResponse) -> TestResponse:
    """Follow to the page that asks, and give the password."""
    assert asked.status_code == 303
    assert asked.headers["Location"].startswith(CONFIRM)
    page = client.get(asked.headers["Location"])
    return client.post(CONFIRM, data=form_fields(page.text) | {"password": PASSWORD})


def send_again(client: FlaskClient, path: str, page: TestResponse) -> TestResponse:
    assert page.status_code == 200
    assert f'action="{path}"' in page.text
    return client.post(path, data=form_fields(page.text))


def id_of_person(app: Flask, who: str) -> int:
    with database_session(app) as session:
        return session.scalars(select(Account.id).where(Account.email == f"{who}@example.org")).one()


def role_in_table(app: Flask, table: Any, person: int) -> Any:
    with database_session(app) as session:
        return session.scalars(select(table.role).where(table.user_id == person)).one()


def test_f8_inviting_an_owner(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    path = f"/unternehmen/{world.own}/personen/einladen"
    fields = {"email": "neu@example.org", "role": "owner", "language": "en", "sections": ["1", "2"]}
    asked = post(client, path, fields)
    assert open_invitations(app) == []
    page = give_password(client, asked)
    assert "Danke, Sie sind es." in page.text
    sent = form_fields(page.text)
    assert (sent["email"], sent["role"], sent["language"]) == (["neu@example.org"], ["owner"], ["en"])
    assert send_again(client, path, page).status_code == 303
    assert open_invitations(app) == [("neu@example.org", "owner")]


def open_invitations(app: Flask) -> list[tuple[str, str]]:
    with database_session(app) as session:
        return [(row.email, row.role) for row in session.scalars(select(Invitation))]


def test_f8_inviting_anybody_else_needs_no_proof(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    fields = {"email": "neu@example.org", "role": "editor", "language": "de"}
    path = f"/unternehmen/{world.own}/personen"
    assert post(client, f"{path}/einladen", fields).headers["Location"] == path


def test_f8_sending_an_owners_invitation_again(app: Flask, world: World) -> None:
    first = signed_in(app, "owner")
    path = f"/unternehmen/{world.own}/personen"
    post(first, f"{path}/einladen", {"email": "neu@example.org", "role": "owner", "language": "de"})
    post(first, "/abmelden")
    client = signed_in_an_hour_ago(app, "owner")
    with database_session(app) as session:
        number = session.scalars(select(Invitation.id)).one()
    again = f"{path}/einladungen/{number}/erneut-senden"
    page = give_password(client, post(client, again))
    assert "Drücken Sie jetzt noch einmal auf den Knopf." in page.text
    assert send_again(client, again, page).headers["Location"] == path
    with database_session(app) as session:
        assert session.scalars(select(Invitation.times_sent)).one() == 2


def test_f8_making_somebody_owner(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    editor = id_of_person(app, "editor")
    path = f"/unternehmen/{world.own}/personen/{editor}"
    page = give_password(client, post(client, path, {"role": "owner"}))
    assert role_in_table(app, Membership, editor) is Role.EDITOR
    assert send_again(client, path, page).status_code == 303
    assert role_in_table(app, Membership, editor) is Role.OWNER


def test_f8_making_a_manager(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "manager")
    path = f"/cluster/{world.cluster}/team"
    reviewer = id_of_person(app, "reviewer")
    asked = post(client, f"{path}/{reviewer}", {"role": "manager"})
    assert role_in_table(app, ClusterStaff, reviewer) is ClusterRole.REVIEWER
    fields = {"email": "neu@example.org", "name": "Neu", "role": "manager", "language": "de"}
    assert post(client, f"{path}/einladen", fields).headers["Location"].startswith(CONFIRM)
    assert open_invitations(app) == []
    assert give_password(client, asked).status_code == 200
    assert post(client, f"{path}/einladen", fields).headers["Location"] == path
    assert post(client, f"{path}/{reviewer}", {"role": "manager"}).headers["Location"] == path


@pytest.mark.parametrize("rest", ["", "/{cluster}/leitung"])
def test_f8_the_operator_inviting_a_manager(app: Flask, world: World, rest: str) -> None:
    client = signed_in_an_hour_ago(app, "operator")
    fields = {"cluster_name": "Neu", "email": "neu@example.org", "name": "Neu", "language": "de"}
    path = "/betrieb/cluster" + rest.format(cluster=world.cluster)
    page = give_password(client, post(client, path, fields))
    assert open_invitations(app) == []
    assert send_again(client, path, page).status_code == 303
    assert open_invitations(app) == [("neu@example.org", "manager")]


def test_f8_taking_personal_data_along(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    page = give_password(client, post(client, "/konto/daten"))
    file = send_again(client, "/konto/daten", page)
    assert file.headers["Content-Type"] == "application/json"


def test_f8_ending_sign_ins(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    for path, fields in (("/konto/abmelden", {"sign_in": "x"}), ("/konto/ueberall-abmelden", {})):
        assert post(client, path, fields).headers["Location"].startswith(CONFIRM)
    page = give_password(client, post(client, "/konto/ueberall-abmelden"))
    assert send_again(client, "/konto/ueberall-abmelden", page).headers["Location"] == "/anmelden"
    assert client.get("/konto").status_code == 302


def test_f8_a_step_up_changes_the_sessions_id(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    before = row_of(app)
    stolen = client.get_cookie("dnk-sign-in")
    give_password(client, client.get("/konto/zweiter-faktor/app"))
    after = row_of(app)
    assert after["id_hash"] != before["id_hash"]
    kept = ("account_id", "browser", "created_at", "expires_at")
    assert [after[name] for name in kept] == [before[name] for name in kept], "it ends when it would have"
    assert client.get("/konto").status_code == 200
    thief = app.test_client()
    thief.set_cookie("dnk-sign-in", stolen.value if stolen else "")
    assert thief.get("/konto").status_code == 302


def row_of(app: Flask) -> dict[str, Any]:
    with database_session(app) as session:
        row = session.scalars(select(SignIn)).one()
        return {column.name: getattr(row, column.name) for column in SignIn.__table__.columns}


def test_f8_a_form_is_offered_only_where_it_was_on_its_way(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    path = f"/unternehmen/{world.own}/personen/einladen"
    asked = post(client, path, {"email": "a@b.de", "role": "owner"})
    other = give_password(client, client.get("/konto/zweiter-faktor/app"))
    assert other.headers["Location"] == "/konto/zweiter-faktor/app"
    page = give_password(client, asked)
    assert form_fields(page.text)["email"] == ["a@b.de"], "the first tab goes on as well"
    assert row_of(app)["data"]["interrupted_forms"] == []


def test_f8_forms_of_two_tabs_are_both_offered(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    editor = id_of_person(app, "editor")
    paths = [f"/unternehmen/{world.own}/personen/{rest}" for rest in ("einladen", str(editor))]
    fields = {"email": "neu@example.org", "role": "owner", "language": "de"}
    asked = [post(client, path, fields) for path in paths]
    for path, question in zip(paths, asked, strict=True):
        assert send_again(client, path, give_password(client, question)).status_code == 303
    assert open_invitations(app) == [("neu@example.org", "owner")]
    assert role_in_table(app, Membership, editor) is Role.OWNER


def test_f8_the_three_last_forms_are_kept(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    paths = [f"/unternehmen/{world.own}/personen/einladen?tab={number}" for number in range(4)]
    for path in [*paths, paths[1]]:
        post(client, path, {"email": "a@b.de", "role": "owner"})
    assert [path for path, _fields in row_of(app)["data"]["interrupted_forms"]] == [
        paths[n] for n in (2, 3, 1)
    ]


def test_f8_a_form_that_is_kept_no_longer_ends_at_the_account(app: Flask, world: World) -> None:
    """Its address alone cannot be opened."""
    client = signed_in_an_hour_ago(app, "owner")
    asked = post(client, "/konto/ueberall-abmelden")
    assert asked.headers["Location"] == f"{CONFIRM}?next=/konto/ueberall-abmelden"
    assert give_password(client, asked).status_code == 200
    assert give_password(client, asked).headers["Location"] == "/konto"
    assert client.get("/konto").status_code == 200


def test_f8_what_nobody_typed_is_not_called_input(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    asked = post(client, "/konto/ueberall-abmelden", {"others_drafts": "1"})
    page = give_password(client, asked)
    assert form_fields(page.text)["others_drafts"] == ["1"]
    assert "Drücken Sie jetzt noch einmal auf den Knopf." in page.text
    for words in ("Ihre Eingaben sind noch da", "Das haben Sie geschrieben", "Eingaben absenden"):
        assert words not in page.text


def test_f8_a_form_of_another_site_is_not_kept(app: Flask, world: World) -> None:
    client = signed_in_an_hour_ago(app, "owner")
    asked = post(
        client, "/konto/daten", headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    )
    assert "interrupted_forms" not in row_of(app)["data"]
    assert asked.status_code in (303, 400)
