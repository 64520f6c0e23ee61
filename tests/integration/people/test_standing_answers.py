"""The profile says once who answers questions and what declarations cover; new ones begin with it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.organisation import BOUNDARY_REF
from dnk_tool.domain.permissions import Actor
from dnk_tool.services.declarations.documents import import_document, live_document
from dnk_tool.services.declarations.next_year import begin_next_year
from dnk_tool.services.people.organisations import update_profile
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.people import standing_answers
from dnk_tool.store.tables.declarations import Declaration, Event
from tests.integration.conftest import NOW
from tests.support.app import World, database_session, form_fields, sign_in

TEXTS = {"general.contact-name": "Petra Beck", BOUNDARY_REF: "Werkstatt und Büro"}


def save_standing_answers(
    session: Session, declaration: Declaration, actor: Actor, *, seen: int, **texts: str
) -> None:
    organisation = declaration.organisation
    update_profile(
        Work(session, actor, NOW),
        organisation,
        declarations.profile_of(organisation),
        seen=seen,
        standing=texts or TEXTS,
    )
    session.flush()


def test_a_new_declaration_begins_with_the_profile(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_standing_answers(session, declaration, actor, seen=1)
    begun = begin_next_year(Work(session, actor, NOW), declaration)
    document = live_document(session, begun)
    assert {ref: answer.text for ref, answer in document.answers.items()} == TEXTS
    assert live_document(session, declaration).answers == {}, "one that exists already stays as it is"


def test_an_imported_declaration_keeps_its_own_answers(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    begun = begin_next_year(Work(session, actor, NOW), declaration)
    file = live_document(session, begun)
    session.delete(begun)
    session.flush()
    save_standing_answers(session, declaration, actor, seen=1)
    imported = import_document(Work(session, actor, NOW), file, organisation=declaration.organisation)
    assert live_document(session, imported).answers == {}


def test_nothing_of_a_colleague_is_overwritten(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_standing_answers(session, declaration, actor, seen=1)
    save_standing_answers(session, declaration, actor, seen=1)
    with pytest.raises(ConflictError):
        save_standing_answers(session, declaration, actor, seen=1, **{BOUNDARY_REF: "Nur das Büro"})
    assert standing_answers(session, declaration.organisation_id) == TEXTS
    save_standing_answers(session, declaration, actor, seen=2, **{BOUNDARY_REF: ""})
    assert standing_answers(session, declaration.organisation_id) == {}


def test_the_log_says_that_the_contact_changed_and_not_who_it_is(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    save_standing_answers(session, declaration, actor, seen=1)
    (event,) = session.scalars(select(Event).where(Event.kind == EventKind.PROFILE_CHANGED))
    assert event.detail["fields"] == {"contact": [], "reporting_boundary": ["", "Werkstatt und Büro"]}


def test_the_profile_page_keeps_them(client: FlaskClient, app: Flask, world: World) -> None:
    sign_in(client, "owner@example.org")
    path = f"/unternehmen/{world.own}/profil"
    fields = dict(form_fields(client.get(path).text)) | {"contact_email": ["info@a.example"]}
    assert client.post(path, data=fields).status_code == 303
    assert form_fields(client.get(path).text)["contact_email"] == ["info@a.example"]
    without = {
        key: value for key, value in form_fields(client.get(path).text).items() if "contact" not in key
    }
    del without["boundary"]
    assert client.post(path, data=without).status_code == 303
    with database_session(app) as session:
        assert standing_answers(session, world.own) == {"general.contact-email": "info@a.example"}
