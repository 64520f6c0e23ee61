"""The operator's companies: listed without what they write, archived, deleted with everything of theirs."""

import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import SHELL, Actor, Archived, Deleted, Role
from dnk_tool.domain.review import Audience
from dnk_tool.services.operation import archive, company_deletion
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.operation import companies
from dnk_tool.store.operation.companies import CompanyFilter, CompanyGroup
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.installation import Deletion
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.store.tables.publication import Publication
from tests.support.app import World, database_session, make_world, post
from tests.support.browsers import signed_in
from tests.support.evidence import add_evidence
from tests.support.machine import run_at_once

SECRET_WORD = "Kanarienvogel"


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


def operator(app: Flask) -> Actor:
    with database_session(app) as session:
        account = session.scalars(select(Account).where(Account.is_operator)).one()
        return Actor(account.id, is_operator=True)


def recipients_of(app: Flask, word: str) -> list[str]:
    with database_session(app) as session:
        rows = session.execute(select(Mail.recipient, Mail.subject).where(Mail.subject.contains(word)))
        return sorted(recipient for recipient, _subject in rows)


def company_path(world: World, rest: str = "") -> str:
    return f"/betrieb/unternehmen/{world.own}{rest}"


def close_company(app: Flask, world: World) -> None:
    """The owner takes everything along and deletes the only declaration."""
    owner = signed_in(app, "owner")
    assert post(owner, f"/unternehmen/{world.own}/mitnehmen").status_code == 200
    answer = post(owner, f"/erklaerungen/{world.own_declaration}/loeschen", {"typed_year": "2025"})
    assert answer.status_code == 303


# ---- The list and the page


def test_the_list_shows_numbers_and_no_word_of_companies(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        organisation = session.get_one(Organisation, world.own)
        organisation.address = organisation.website = organisation.legal_form = SECRET_WORD
        organisation.sites = [{"name": SECRET_WORD, "address": SECRET_WORD}]
    client = signed_in(any_app, "operator")
    for path in ("/betrieb/unternehmen", company_path(world), company_path(world, "/loeschen")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "A GmbH" in answer.text
        assert SECRET_WORD not in answer.text
    assert "owner@example.org" in client.get(company_path(world)).text


def test_companies_are_searched_and_filtered_alike_on_both_engines(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        lonely = Organisation(name="Öko & Söhne", created_at=datetime.now(UTC))
        session.add(lonely)
        session.get_one(Organisation, world.own).archived_at = datetime.now(UTC)
        session.flush()

        def names(text: str = "", group: CompanyGroup | None = None) -> list[str]:
            wanted = CompanyFilter(text, group)
            rows = companies.list_page(session, wanted)
            assert companies.count(session, wanted) == len(rows)
            return [row.name for row in rows]

        assert names() == ["A GmbH", "B GmbH", "Öko & Söhne"]
        assert names("öko &") == names("OEKO") == ["Öko & Söhne"]
        assert names(group=CompanyGroup.ARCHIVED) == ["A GmbH"]
        assert names(group=CompanyGroup.IN_USE) == ["B GmbH", "Öko & Söhne"]
        assert names(group=CompanyGroup.WITHOUT_OWNER) == names(group=CompanyGroup.EMPTY) == ["Öko & Söhne"]
        summary = companies.summary_of(session, world.own)
        assert summary is not None
        assert (summary.owners, summary.people, summary.declarations, summary.clusters) == (1, 5, 1, 1)
    assert "Öko" in signed_in(any_app, "operator").get("/betrieb/unternehmen?suche=oeko&gruppe=x").text


# ---- The archive


def test_an_archive_is_told_to_the_owners_and_taken_back(any_app: Flask, world: World) -> None:
    client = signed_in(any_app, "operator")
    for _twice in range(2):
        assert post(client, company_path(world, "/archiv"), {"action": "begin"}).status_code == 303
    assert recipients_of(any_app, "archiviert") == ["owner@example.org"]
    owner = signed_in(any_app, "owner")
    assert "archiviert" in owner.get(f"/unternehmen/{world.own}").text
    assert "Neue Erklärung" not in owner.get(f"/unternehmen/{world.own}").text
    assert post(client, company_path(world, "/archiv"), {"action": "end"}).status_code == 303
    assert recipients_of(any_app, "nicht mehr archiviert") == ["owner@example.org"]
    assert "archiviert" not in owner.get(f"/unternehmen/{world.own}").text
    with database_session(any_app) as session:
        kinds = [EventKind.ARCHIVED, EventKind.ARCHIVE_ENDED]
        told = session.scalars(select(Event.kind).where(Event.kind.in_(kinds)).order_by(Event.id)).all()
        assert told == kinds


def test_an_archived_company_counts_nowhere_in_its_cluster(any_app: Flask, world: World) -> None:
    manager = signed_in(any_app, "manager")
    cockpit = f"/cluster/{world.cluster}/"
    assert "A GmbH" in manager.get(cockpit).text
    post(signed_in(any_app, "operator"), company_path(world, "/archiv"), {"action": "begin"})
    text = manager.get(cockpit).text
    assert "A GmbH" not in text
    assert "1 Mitglied ist archiviert" in text
    assert "archiviert" in manager.get(f"{cockpit}mitglieder").text


def test_a_save_that_waited_for_the_archive_is_refused(any_app: Flask, world: World) -> None:
    """On PostgreSQL the member has read the company as open, and then waits for its lock."""
    runs = operator(any_app)

    def begin(session: Any) -> object:
        organisation = session.get_one(Organisation, world.own)
        return archive.begin_archive(Work(session, runs, datetime.now(UTC)), organisation)

    def edit(session: Any) -> object:
        declaration = declarations.by_id(session, world.own_declaration)
        return declarations.lock_organisation(session, world.own, declaration)

    results = run_in_turn(any_app, begin, edit)
    assert isinstance(results[1], Archived)


# ---- Who leads it


def test_an_owner_is_invited_only_where_none_is_left_and_never_an_operator(
    any_app: Flask, world: World
) -> None:
    client, path = signed_in(any_app, "operator"), company_path(world, "/leitung")
    wish = {"email": "neu@example.org", "language": "de"}
    assert "hat eine Leitung" in post(client, path, wish).text
    with database_session(any_app) as session:
        session.scalars(select(Account).where(Account.email == "owner@example.org")).one().active = False
    own = {"email": "operator@example.org", "language": "de"}
    assert post(client, path, own).status_code == 422
    assert post(client, path, wish).status_code == 303
    assert "neu@example.org" in client.get(company_path(world)).text
    with database_session(any_app) as session:
        invitation = session.scalars(select(Invitation).where(Invitation.email == "neu@example.org")).one()
        assert (invitation.role, invitation.created_by) == (Role.OWNER, None)


# ---- Deletion


def test_a_company_with_declarations_is_not_deleted_but_its_owners_are_asked(
    any_app: Flask, world: World
) -> None:
    client = signed_in(any_app, "operator")
    assert "2025" in client.get(company_path(world, "/loeschen")).text
    answer = post(client, company_path(world, "/loeschen"), {"typed_name": "A GmbH"})
    assert answer.status_code == 409
    for _twice in range(2):
        assert post(client, company_path(world, "/bitte")).status_code == 303
    assert recipients_of(any_app, "Bitte") == ["owner@example.org"]
    with database_session(any_app) as session:
        assert "2025" in session.scalars(select(Mail.body).where(Mail.subject.contains("Bitte"))).one()
        assert session.get(Organisation, world.own)


def test_owners_take_everything_along_before_a_company_goes(any_app: Flask, world: World) -> None:
    owner, client = signed_in(any_app, "owner"), signed_in(any_app, "operator")
    taken = post(owner, f"/unternehmen/{world.own}/mitnehmen")
    with zipfile.ZipFile(io.BytesIO(taken.data)) as file:
        data = json.loads(file.read("unternehmen.json"))
        assert data["company"]["name"] == "A GmbH"
        assert len(data["people"]) == 5
        assert any(name.startswith("erklaerung-2025") for name in file.namelist())
        assert "token_hash" not in file.read("unternehmen.json").decode()
    with database_session(any_app) as session:
        # Somebody goes on writing: what was taken along is not all any more.
        now = datetime.now(UTC) + timedelta(minutes=1)
        history.record_event(
            session, EventKind.PROFILE_CHANGED, organisation_id=world.own, actor_id=None, now=now
        )
        session.delete(session.get_one(Declaration, world.own_declaration))
    assert post(client, company_path(world, "/loeschen"), {"typed_name": "A GmbH"}).status_code == 409
    with database_session(any_app) as session:
        long_ago = datetime.now(UTC) - timedelta(days=15)
        session.get_one(Organisation, world.own).asked_to_close_at = long_ago
    assert post(client, company_path(world, "/loeschen"), {"typed_name": "A GmbH"}).status_code == 303


def test_what_reviewers_keep_among_themselves_is_not_taken_along(any_app: Flask, world: World) -> None:
    hidden = (EventKind.VERDICT_GIVEN, {}), (EventKind.REMARK_WRITTEN, {"audience": Audience.REVIEWERS.value})
    told = (EventKind.APPROVED, {}), (EventKind.REMARK_WRITTEN, {"audience": Audience.SHARED.value})
    with database_session(any_app) as session:
        for kind, detail in (*hidden, *told):
            history.record_event(
                session,
                kind,
                organisation_id=world.own,
                cluster_id=world.cluster,
                actor_id=None,
                now=datetime.now(UTC),
                **detail,
            )
    taken = post(signed_in(any_app, "owner"), f"/unternehmen/{world.own}/mitnehmen")
    with zipfile.ZipFile(io.BytesIO(taken.data)) as file:
        events = json.loads(file.read("unternehmen.json"))["rows"]["event"]
    assert [(event["kind"], event["detail"]) for event in events if event["cluster_id"]] == list(told)


def test_a_deleted_company_leaves_nothing_but_its_people_and_its_journal(
    any_app: Flask, world: World
) -> None:
    with database_session(any_app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        add_evidence(session, any_app.extensions["dnk_blobs"], declaration, SHELL)
        session.add(publication(world.own_declaration, revoked_at=datetime.now(UTC)))
    blobs = any_app.extensions["dnk_blobs"]
    assert [blob for blob in blobs.all() if blob.key and blob.key.organisation_id == world.own]
    close_company(any_app, world)
    assert any_app.test_client().get("/berichte/a-gmbh-2025").status_code == 410
    client = signed_in(any_app, "operator")
    assert post(client, company_path(world, "/loeschen"), {"typed_name": "B GmbH"}).status_code == 422
    assert post(client, company_path(world, "/loeschen"), {"typed_name": "a gmbh "}).status_code == 303
    with database_session(any_app) as session:
        assert session.get(Organisation, world.own) is None
        for table in Organisation.metadata.tables.values():
            if "organisation_id" in table.c:
                left = select(func.count()).where(table.c.organisation_id == world.own)
                assert session.scalar(left) == 0, table.name
        kinds = set(session.execute(select(Deletion.kind, Deletion.number)))
        assert kinds == {("company", world.own)}, "with the declaration that could still be restored"
        assert session.scalars(select(Account).where(Account.email == "viewer@example.org")).one()
    assert not [blob for blob in blobs.all() if blob.key and blob.key.organisation_id == world.own]
    assert recipients_of(any_app, "ist bei dnk-tool gelöscht") == ["owner@example.org"]
    assert signed_in(any_app, "owner").get(f"/unternehmen/{world.own}").status_code == 404
    assert any_app.test_client().get("/berichte/a-gmbh-2025").status_code == 410


def test_a_restored_backup_is_deleted_again_by_either_journal(any_app: Flask, world: World) -> None:
    instance, factory = any_app.extensions["dnk_settings"].instance, any_app.extensions["dnk_session_factory"]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    lines = (
        f"{later} company {world.own}",
        f"{later} company 987654",
        f"{later} cluster {world.cluster}",
        "20",
    )
    (instance / "erasures.log").write_text("\n".join(lines))
    erasure_files.reapply_erasures(factory, instance)
    with database_session(any_app) as session:
        assert session.get(Organisation, world.own) is None
        assert session.get(Organisation, world.foreign)
    (instance / "erasures.log").unlink()
    erasure_files.reapply_erasures(factory, instance)
    assert f"company {world.own}" in (instance / "erasures.log").read_text()


def test_a_company_made_later_under_the_same_number_is_left_alone(any_app: Flask, world: World) -> None:
    instance, factory = any_app.extensions["dnk_settings"].instance, any_app.extensions["dnk_session_factory"]
    (instance / "erasures.log").write_text(f"2020-01-01T00:00:00+00:00 company {world.own}\n")
    erasure_files.reapply_erasures(factory, instance)
    with database_session(any_app) as session:
        assert session.get(Organisation, world.own)


def test_who_begins_a_declaration_while_the_company_is_deleted_is_in_time_or_told(
    any_app: Flask, world: World
) -> None:
    close_company(any_app, world)
    runs = operator(any_app)

    def delete(session: Any) -> object:
        organisation = session.get_one(Organisation, world.own)
        return company_deletion.delete_company(
            Work(session, runs, datetime.now(UTC)), organisation, typed_name="A GmbH"
        )

    def edit(session: Any) -> object:
        return declarations.lock_organisation(session, world.own)

    results = run_in_turn(any_app, delete, edit)
    assert isinstance(results[1], Deleted)


def test_a_member_who_came_first_is_heard(any_app: Flask, world: World) -> None:
    close_company(any_app, world)
    runs = operator(any_app)

    def begin(session: Any) -> object:
        declarations.lock_organisation(session, world.own)
        now = datetime.now(UTC)
        session.add(
            Declaration(
                organisation_id=world.own,
                edition="dnk-2017",
                reporting_year=2026,
                indicator_set="gri",
                language="de",
                options=[],
                created_at=now,
                changed_at=now,
            )
        )
        return None

    def delete(session: Any) -> object:
        organisation = session.get_one(Organisation, world.own)
        return company_deletion.delete_company(
            Work(session, runs, datetime.now(UTC)), organisation, typed_name="A GmbH"
        )

    results = run_in_turn(any_app, begin, delete)
    assert isinstance(results[1], company_deletion.DeclarationsLeft)


def test_only_owners_delete_declarations_also_in_an_archive(any_app: Flask, world: World) -> None:
    post(signed_in(any_app, "operator"), company_path(world, "/archiv"), {"action": "begin"})
    path = f"/erklaerungen/{world.own_declaration}/loeschen"
    for who, status in (("editor", 403), ("operator", 404)):
        assert post(signed_in(any_app, who), path, {"typed_year": "2025"}).status_code == status
    owner = signed_in(any_app, "owner")
    assert post(owner, path, {"typed_year": "2024"}).status_code == 422
    assert post(owner, path, {"typed_year": "2025"}).status_code == 303
    with database_session(any_app) as session:
        assert session.get(Declaration, world.own_declaration) is None


def publication(declaration_id: int, **more: Any) -> Publication:
    now = datetime.now(UTC)
    return Publication(
        declaration_id=declaration_id,
        version=1,
        slug="a-gmbh-2025",
        company="A GmbH",
        search_name="a gmbh",
        sector="",
        reporting_year=2025,
        indicator_set="gri",
        published_at=now,
        **more,
    )


def run_in_turn(app: Flask, first: Any, second: Any) -> list[object]:
    """Begin `second` while `first` has not committed yet; what each gave or raised."""
    results: list[object] = [None, None]
    has_turn = threading.Event()

    def run(position: int, verb: Any) -> None:
        try:
            if position:
                has_turn.wait(60)
            with database_session(app) as session:
                if position:
                    session.get(Organisation, 1)
                results[position] = verb(session)
                session.flush()
                if not position:
                    has_turn.set()
                    threading.Event().wait(0.4)
        except Exception as error:  # noqa: BLE001  whatever was raised is the result
            results[position] = error
            has_turn.set()

    run_at_once(partial(run, *turn) for turn in enumerate((first, second)))
    return results
