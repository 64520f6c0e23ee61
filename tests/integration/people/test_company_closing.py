"""An owner deletes the company, its people and clusters hear of it, and the last one hears who goes first."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.installation import Deletion
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import World, database_session, make_world, post, sign_in
from tests.support.browsers import signed_in


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


def test_an_owner_deletes_the_company_and_all_hear_of_it(
    any_app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client, path = any_app.test_client(), f"/unternehmen/{world.own}/loeschen"
    sign_in(client, "owner@example.org")
    assert path in client.get(f"/unternehmen/{world.own}").text
    page = " ".join(client.get(path).text.split())
    assert "1 Erklärung mit allen Texten" in page
    assert "Außer Ihnen arbeiten hier noch" in page
    assert "Cluster Nord" in page
    answer = post(client, path, {"typed_name": "B GmbH"})
    assert answer.status_code == 422
    assert 'value="B GmbH"' in answer.text
    answer = post(client, path, {"typed_name": "a gmbh"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    with database_session(any_app) as session:
        assert session.scalars(select(Organisation.name)).all() == ["B GmbH"]
        assert session.scalars(select(Declaration.id)).all() == [world.foreign_declaration]
        assert not session.scalars(select(Consent).where(Consent.organisation_id == world.own)).all()
        assert not session.scalars(select(Event).where(Event.organisation_id == world.own)).all()
        assert (session.scalars(select(Deletion.kind)).all()) == ["company"]
        told = session.execute(select(Mail.recipient, Mail.subject)).all()
    names = {"editor", "viewer", "contributor", "expired", "manager"}
    assert {recipient for recipient, _subject in told} == {f"{name}@example.org" for name in names}
    facts = [vars(record).get("fields", {}) for record in caplog.records if record.name == "dnk.security"]
    assert [it["number"] for it in facts if it.get("about") == "company"] == [str(world.own)], "for operators"


def test_whoever_leads_alone_hears_whom_to_appoint_first(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "owner")
    page = client.get(f"/unternehmen/{world.own}/verlassen").text
    assert "Editor die Leitung geben" in page
    assert f"/unternehmen/{world.own}/loeschen" in page
    assert "Ja, Zugang beenden" not in page
    sign_in(lonely := any_app.test_client(), "stranger@example.org")
    assert "Außer Ihnen arbeitet hier niemand" in lonely.get(f"/unternehmen/{world.foreign}/verlassen").text


def test_an_archived_company_can_be_deleted_too(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        session.get_one(Organisation, world.own).archived_at = datetime.now(UTC)
    client = signed_in(any_app, "owner")
    assert post(client, f"/unternehmen/{world.own}/loeschen", {"typed_name": "A GmbH"}).status_code == 303
