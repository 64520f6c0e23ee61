"""A deleted declaration comes back as it was, and is erased after a month; its year is free meanwhile."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from dnk_tool.domain.answers.answer import Disclosure
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.permissions import RESTORABLE, Actor, Role
from dnk_tool.language import LOCAL_TIME_ZONE, local_day
from dnk_tool.services.privacy import retention
from dnk_tool.store.base import Base
from dnk_tool.store.tables import concerns
from dnk_tool.store.tables.answers import AnswerRow
from dnk_tool.store.tables.declarations import WITH_DELETED, Declaration, Event
from dnk_tool.store.tables.evidence import EvidenceFile
from dnk_tool.store.tables.installation import Deletion
from dnk_tool.store.tables.measures import MeasureRow
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication
from tests.integration.conftest import NOW
from tests.support.app import World, count_statements, database_session, make_world, post
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence

pytestmark = pytest.mark.usefixtures("one_day")


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


def deletion_path(world: World, rest: str = "loeschen") -> str:
    return f"/erklaerungen/{world.own_declaration}/{rest}"


def in_trash(world: World, rest: str) -> str:
    return f"/unternehmen/{world.own}/geloescht/{world.own_declaration}/{rest}"


def stored_declaration(session: Session, world: World) -> Declaration | None:
    return session.get(Declaration, world.own_declaration, execution_options=WITH_DELETED)


def add_contents(app: Flask, world: World) -> None:
    with database_session(app) as session:
        row = session.get_one(Declaration, world.own_declaration)
        answer = AnswerRow(
            declaration_id=row.id, ref="1.1", disclosure=Disclosure.COMPLY, text="Unser Weg", changed_at=NOW
        )
        session.add(answer)
        owner = Actor(1, {world.own: Role.OWNER})
        add_evidence(session, app.extensions["dnk_blobs"], row, owner)


def test_its_pages_take_few_statements(any_app: Flask, world: World) -> None:
    add_contents(any_app, world)
    owner, editor = signed_in(any_app, "owner"), signed_in(any_app, "editor")
    trash, closing = (f"/unternehmen/{world.own}/{page}" for page in ("geloescht", "loeschen"))
    year = deletion_path(world, "berichtsjahr?reporting_year=2021")
    for client, address in ((owner, deletion_path(world)), (owner, year), (owner, closing), (editor, trash)):
        with count_statements(any_app) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 15, (address, statements)


def test_who_writes_deletes_an_empty_declaration_and_takes_it_back(any_app: Flask, world: World) -> None:
    editor = signed_in(any_app, "editor")
    assert "noch niemand etwas eingetragen" in editor.get(deletion_path(world)).text
    answer = post(editor, deletion_path(world, "verwerfen"), {"typed_year": "2025"})
    assert answer.headers["Location"] == f"/unternehmen/{world.own}/geloescht"
    listed = editor.get(answer.headers["Location"]).text
    assert in_trash(world, "wiederherstellen") in listed
    assert in_trash(world, "endgueltig") not in listed, "that is for owners"
    assert "/geloescht" in editor.get(f"/unternehmen/{world.own}").text
    assert signed_in(any_app, "owner").get(deletion_path(world, "")).status_code == 404
    assert post(editor, in_trash(world, "wiederherstellen")).headers["Location"] == deletion_path(world, "")
    assert editor.get(deletion_path(world, "")).status_code == 200
    assert "Hier liegt gerade nichts" in editor.get(f"/unternehmen/{world.own}/geloescht").text
    with database_session(any_app) as session:
        kinds = set(session.scalars(select(Event.kind).where(Event.organisation_id == world.own)))
    assert {EventKind.DECLARATION_DELETED, EventKind.DECLARATION_RESTORED} <= kinds


def test_a_filled_one_is_for_owners_who_type_its_year(any_app: Flask, world: World) -> None:
    add_contents(any_app, world)
    editor, owner = signed_in(any_app, "editor"), signed_in(any_app, "owner")
    assert "kann sie nur löschen, wer das Unternehmen leitet" in editor.get(deletion_path(world)).text
    assert post(editor, deletion_path(world, "verwerfen"), {"typed_year": "2025"}).status_code == 409
    answer = post(owner, deletion_path(world), {"typed_year": "2024"})
    assert answer.status_code == 422
    assert 'value="2024"' in answer.text, "what was typed stays"
    assert post(owner, deletion_path(world), {"typed_year": " 2025 "}).status_code == 303
    assert in_trash(world, "wiederherstellen") not in editor.get(f"/unternehmen/{world.own}/geloescht").text
    assert post(editor, in_trash(world, "wiederherstellen")).status_code == 403
    assert post(owner, in_trash(world, "wiederherstellen")).status_code == 303
    with database_session(any_app) as session:
        assert session.scalars(select(AnswerRow.text)).all() == ["Unser Weg"]
    assert post(owner, in_trash(world, "wiederherstellen")).status_code == 404


def test_its_year_is_free_for_another_which_then_stands_in_the_way(any_app: Flask, world: World) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, deletion_path(world), {"typed_year": "2025"})
    new = {"reporting_year": "2025", "indicator_set": "gri", "language": "de"}
    path = post(owner, f"/unternehmen/{world.own}/erklaerungen/neu", new).headers["Location"]
    answer = post(owner, in_trash(world, "wiederherstellen"), follow_redirects=True)
    assert "Für 2025 gibt es inzwischen eine andere Erklärung" in answer.text
    post(owner, f"/erklaerungen/{path.split('/')[2]}/loeschen", {"typed_year": "2025"})
    assert post(owner, in_trash(world, "wiederherstellen")).headers["Location"] == deletion_path(world, "")


@pytest.mark.parametrize(
    ("state", "is_public", "way"),
    [(State.SUBMITTED, False, "zurueckholen"), (State.FINISHED, True, "veroeffentlichung/zuruecknehmen")],
)
def test_what_others_have_is_taken_back_first(
    any_app: Flask, world: World, state: State, is_public: bool, way: str
) -> None:
    with database_session(any_app) as session:
        session.get_one(Declaration, world.own_declaration).state = state
        if is_public:
            session.add(published_version(world))
    owner = signed_in(any_app, "owner")
    assert "zuerst zurück" in owner.get(deletion_path(world)).text
    assert deletion_path(world, way) in owner.get(f"/unternehmen/{world.own}/loeschen").text
    assert post(owner, deletion_path(world), {"typed_year": "2025"}).status_code == 409
    assert post(owner, f"/unternehmen/{world.own}/loeschen", {"typed_name": "A GmbH"}).status_code == 409
    with database_session(any_app) as session:
        session.get_one(Organisation, world.own).archived_at = NOW  # now nothing can be taken back
    assert post(owner, deletion_path(world), {"typed_year": "2025"}).status_code == 303
    with database_session(any_app) as session:
        assert None not in session.scalars(select(Publication.revoked_at)).all()


def published_version(world: World) -> Publication:
    return Publication(
        declaration_id=world.own_declaration,
        version=1,
        slug="a-gmbh-2025",
        company="A GmbH",
        search_name="a gmbh",
        reporting_year=2025,
        published_at=NOW,
    )


def test_in_an_archived_company_an_owner_can_only_erase_it(any_app: Flask, world: World) -> None:
    owner = signed_in(any_app, "owner")
    post(owner, deletion_path(world), {"typed_year": "2025"})
    with database_session(any_app) as session:
        session.get_one(Organisation, world.own).archived_at = NOW
    listed = owner.get(f"/unternehmen/{world.own}/geloescht").text
    assert "wenn das Unternehmen nicht mehr archiviert ist" in listed
    assert "wer das Unternehmen leitet" not in listed, "that is the owner"
    assert in_trash(world, "wiederherstellen") not in listed
    assert in_trash(world, "endgueltig") in listed
    assert post(owner, in_trash(world, "endgueltig"), {"typed_year": "2025"}).status_code == 303


@pytest.mark.parametrize("is_retention_late", [False, True])
def test_it_is_there_on_day_29_and_30_and_gone_on_day_31(
    any_app: Flask, world: World, is_retention_late: bool
) -> None:
    """Measures follow the same days. On a day on which the retention runs late it is gone for people, too."""
    assert RESTORABLE.days == 30, "this test walks the days of today's promise"
    add_contents(any_app, world)
    trash, measures = f"/unternehmen/{world.own}/geloescht", f"/unternehmen/{world.own}/massnahmen"
    with time_machine.travel(NOW, tick=False):
        said = post(
            signed_in(any_app, "owner"), deletion_path(world), {"typed_year": "2025"}, follow_redirects=True
        )
    assert "Bis 25. Dezember 2026 können Sie sie hier wiederherstellen." in said.text
    assert "endgültig ab 26. Dezember 2026" in said.text
    with database_session(any_app) as session:
        session.add(MeasureRow(organisation_id=world.own, text="LED-Lampen", changed_at=NOW, removed_at=NOW))
    factory, settings = (any_app.extensions[name] for name in ("dnk_session_factory", "dnk_settings"))
    for number, time_of_day in ((29, time(9)), (30, time.min), (30, time(23, 59, 59)), (31, time.min)):
        moment = datetime.combine(local_day(NOW) + timedelta(days=number), time_of_day, LOCAL_TIME_ZONE)
        if not is_retention_late:
            retention.apply_retention(factory, settings, now=moment.astimezone(UTC))
        with time_machine.travel(moment, tick=False):
            owner = signed_in(any_app, "owner")
            is_there = number <= 30
            assert (in_trash(world, "wiederherstellen") in owner.get(trash).text) == is_there, moment
            assert ("LED-Lampen" in owner.get(measures).text) == is_there, moment
            status = post(owner, in_trash(world, "wiederherstellen")).status_code
            assert status == (303 if is_there else 404), moment
            with database_session(any_app) as session:
                row = stored_declaration(session, world)
                assert (row is not None) == (is_there or is_retention_late)
                assert bool(session.scalars(select(MeasureRow)).all()) == (is_there or is_retention_late)
                if row:
                    row.deleted_at = NOW
    if is_retention_late:
        retention.apply_retention(factory, settings, now=moment.astimezone(UTC))
    with database_session(any_app) as session:
        assert session.scalars(select(MeasureRow)).all() == []
        assert stored_declaration(session, world) is None
        assert session.scalars(select(AnswerRow)).all() == session.scalars(select(EvidenceFile)).all() == []
        assert session.scalars(select(Deletion.number)).all() == [world.own_declaration]
    contents = (settings.instance / "evidence").rglob("*")
    assert not [file for file in contents if file.is_file()], "the content, too"


def test_an_owner_need_not_wait_for_it(any_app: Flask, world: World) -> None:
    add_contents(any_app, world)
    owner = signed_in(any_app, "owner")
    assert owner.get(in_trash(world, "endgueltig")).status_code == 404, "not before it is deleted"
    post(owner, deletion_path(world), {"typed_year": "2025"})
    assert "nicht zurücknehmen" in owner.get(in_trash(world, "endgueltig")).text
    assert post(owner, in_trash(world, "endgueltig"), {"typed_year": ""}).status_code == 422
    assert post(owner, in_trash(world, "endgueltig"), {"typed_year": "2025"}).status_code == 303
    with database_session(any_app) as session:
        assert stored_declaration(session, world) is None


OTHER, PAST = aliased(Declaration), aliased(Event)
OF_DECLARATIONS = (
    select(Declaration),
    select(Declaration.id),
    select(func.count()).select_from(Declaration),
    select(OTHER.id),
    select(Organisation).join(OTHER, OTHER.organisation_id == Organisation.id),
    select(Organisation).join(Declaration),
    select(Organisation).where(Organisation.id == Declaration.organisation_id),
    select(Organisation).where(Organisation.id.in_(select(Declaration.organisation_id))),
    select(Organisation).where(select(PAST.id).where(PAST.organisation_id == Organisation.id).exists()),
    select(Organisation).where(Declaration.organisation.has(Organisation.id == 1)),
    select(Organisation.id, select(func.max(Event.id)).scalar_subquery()),
    select(select(Event.id).subquery()),
    select(select(Declaration.id).cte()),
    select(union_all(select(AnswerRow.declaration_id), select(Declaration.id)).subquery()),
    select(Declaration).options(joinedload(Declaration.organisation)),
    select(Organisation.name).order_by(select(Declaration.id).limit(1).scalar_subquery()),
)
OF_OTHERS = (
    select(Organisation),
    select(Organisation.id, func.count()).group_by(Organisation.id),
    select(AnswerRow).where(AnswerRow.declaration_id == 1),
    select(EvidenceFile).join(Organisation, Organisation.id == EvidenceFile.organisation_id),
)


@pytest.mark.parametrize("query", OF_DECLARATIONS)
def test_a_query_is_about_declarations_wherever_it_mentions_them(query: Select[Any]) -> None:
    assert concerns(query)
    assert concerns(query), "the second time it is known"


@pytest.mark.parametrize("query", OF_OTHERS)
def test_a_query_of_other_tables_is_left_as_it_is(query: Select[Any]) -> None:
    assert not concerns(query)


def test_nothing_else_leads_to_a_declaration_by_itself() -> None:
    """What a row brings along is read without a query that names it."""
    led_to = {one.mapper.class_ for mapper in Base.registry.mappers for one in mapper.relationships}
    assert not led_to & {Declaration, Event}
