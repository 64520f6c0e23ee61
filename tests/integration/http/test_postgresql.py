"""The application on PostgreSQL: what is written for SQLite must not be written for SQLite only."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from tests.support.app import Browser, World, form_fields, make_world, post, sign_in_by_form, token_of


@pytest.fixture
def app(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    schema.upgrade(engine)
    engine.dispose()
    app = create_app(
        config.load_settings(instance=tmp_path, secret_key="only for tests " * 4, database_url=postgres_url)
    )
    app.testing = True
    app.test_client_class = Browser
    yield app
    app.extensions["dnk_engine"].dispose()


def test_sign_in_read_write_and_sign_out(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in_by_form(client, "owner@example.org")
    for path in ("/", "/konto", f"/erklaerungen/{world.own_declaration}/"):
        assert client.get(path).status_code == 200, path
    assert client.get(f"/erklaerungen/{world.foreign_declaration}/").status_code == 404
    assert client.get(f"/erklaerungen/{2**63}/").status_code == 404
    assert post(client, "/konto", {"name": "Neu\x07er Name", "language": "en"}).status_code == 303
    assert 'value="Neuer Name"' in client.get("/konto").text
    assert post(client, "/konto/ueberall-abmelden").status_code == 303
    assert client.get("/konto").status_code == 302


def test_a_page_of_the_wizard_is_saved(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in_by_form(client, "editor@example.org")
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    fields = form_fields(client.get(path).text)
    [name] = [field for field in fields if re.fullmatch(r".*1\.1-text", field)][:1]
    assert client.post(path, data=fields | {name: ["Unser Text"]}).status_code == 303
    assert "Unser Text" in client.get(path).text


def test_mail_and_limits(app: Flask, world: World) -> None:
    client = app.test_client()
    post(client, "/passwort-vergessen", {"email": "owner@example.org"})
    settings = app.extensions["dnk_settings"]
    assert (
        mail_delivery.deliver_due(
            app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings)
        )
        == 1
    )
    fields = {"email": "owner@example.org", "password": "falsch", "csrf_token": token_of(client)}
    assert [client.post("/anmelden", data=fields).status_code for _ in range(21)] == [422] * 20 + [429]


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(app)
