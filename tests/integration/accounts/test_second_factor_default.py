"""The second factor by default: demanded in new installations, as before in others, offered to owners."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from dnk_tool import config
from dnk_tool.config import Settings
from dnk_tool.services.accounts import first_start, second_factor
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.tables.accounts import InstallationDefault
from dnk_tool.store.tables.declarations import Snapshot
from tests.support.app import World, database_session, form_fields, post, sign_in, sign_in_by_form
from tests.support.applications import make_application
from tests.support.authenticators import set_up_app
from tests.support.browsers import signed_in

NEW = "ganz anderes wort hier"


@pytest.fixture
def unset(settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of somebody who set nothing about second factors."""
    monkeypatch.delenv("DNK_SECOND_FACTOR_FOR")
    return settings.model_copy(update={"second_factor_for": None})


@pytest.fixture
def fresh(unset: Settings) -> Iterator[Flask]:
    app = make_application(unset)
    yield app
    app.extensions["dnk_engine"].dispose()


def demanded(settings: Settings) -> tuple[str, ...]:
    engine = make_engine(settings.database)
    with session_factory(engine)() as session:
        roles = second_factor.demanded_roles(session, settings)
    engine.dispose()
    return roles


def test_a_new_installation_demands_it_of_operators_and_managers(unset: Settings) -> None:
    assert demanded(unset) == ("operator", "manager")


def test_a_setting_comes_first(unset: Settings) -> None:
    for chosen in ((), ("owner",)):
        assert demanded(unset.model_copy(update={"second_factor_for": chosen})) == chosen


def test_the_demo_demands_none(unset: Settings) -> None:
    """Its passwords are public, and it is to be tried with one click."""
    first_start.mark_as_demo(unset.instance)
    assert demanded(unset) == ()


def test_an_earlier_installation_keeps_what_it_had(unset: Settings, app: Flask) -> None:
    with database_session(app) as session:
        session.add(InstallationDefault(setting="second_factor_for", value=[]))
    assert demanded(unset) == ()


def test_only_an_installation_with_accounts_is_an_earlier_one(tmp_path: Path) -> None:
    from alembic import command

    from dnk_tool.store import schema

    for accounts, kept in ((0, []), (1, [[]])):
        engine = make_engine(f"sqlite:///{tmp_path / str(accounts)}.sqlite3")
        with engine.execution_options(writes=True).connect() as connection, connection.begin():
            command.upgrade(schema._config(connection), "0013")
            for number in range(accounts):
                connection.execute(
                    text(
                        "INSERT INTO account (email, name, password_hash, fs_uniquifier, active, is_operator,"
                        " language, wants_reminders, created_at)"
                        " VALUES (:email, '', '', :email, 1, 1, 'de', 1, '2026-01-01 00:00:00.000000')"
                    ),
                    {"email": f"{number}@example.org"},
                )
        schema.upgrade(engine)
        with session_factory(engine)() as session:
            assert session.scalars(select(InstallationDefault.value)).all() == kept
        engine.dispose()


def test_the_first_operator_is_led_through_it(fresh: Flask, unset: Settings) -> None:
    with database_session(fresh) as session:
        token = first_start.issue_setup_token(session, unset.instance)
    client = fresh.test_client()
    fields = form_fields(client.get(f"/einrichten?token={token}").text)
    fields |= {"name": "Olga", "email": "olga@firma.de", "password": NEW, "password_confirm": NEW}
    assert client.post("/einrichten", data=fields).headers["Location"] == "/konto/zweiter-faktor"
    assert "es dauert zwei Minuten" in client.get("/konto/zweiter-faktor").text
    post(client, "/abmelden")
    again = fresh.test_client()
    sign_in_by_form(again, "olga@firma.de", NEW)
    assert again.get("/betrieb").headers["Location"] == "/konto/zweiter-faktor", "nobody is locked out"
    _phone, codes = set_up_app(again)
    assert len(codes) == 10
    assert again.get("/betrieb").status_code == 200


def test_a_manager_is_asked_and_an_owner_is_not(fresh: Flask, app: Flask, world: World) -> None:
    for who, place in (("manager", "/konto/zweiter-faktor"), ("owner", None), ("reviewer", None)):
        client = signed_in(fresh, who)
        assert client.get("/").headers.get("Location") == place, who


def finish_version(app: Flask, declaration_id: int) -> None:
    with database_session(app) as session:
        session.add(
            Snapshot(
                declaration_id=declaration_id,
                version=1,
                content=b"{}",
                sha256="0" * 64,
                finished_at=datetime.now(UTC),
            )
        )


def is_offered(client: FlaskClient) -> bool:
    return 'id="second-factor-offer"' in client.get("/").text


def test_owners_are_offered_it_after_their_first_version_until_they_decline(
    app: Flask, world: World, client: FlaskClient
) -> None:
    sign_in(client, "owner@example.org")
    assert not is_offered(client)
    finish_version(app, world.own_declaration)
    assert is_offered(client)
    editor = signed_in(app, "editor")
    assert not is_offered(editor)
    assert post(client, "/konto/zweiter-faktor/nicht-mehr-zeigen").headers["Location"] == "/"
    assert not is_offered(client)
    assert client.get("/konto/zweiter-faktor").status_code == 200, "still there for whoever wants it"


def test_the_offer_ends_when_it_is_taken(app: Flask, world: World, client: FlaskClient) -> None:
    finish_version(app, world.own_declaration)
    sign_in(client, "owner@example.org")
    assert is_offered(client)
    set_up_app(client)
    assert not is_offered(client)


def test_the_environment_names_nobody_with_an_empty_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_SECOND_FACTOR_FOR", "[]")
    assert config.load_settings(instance=tmp_path).second_factor_for == ()
