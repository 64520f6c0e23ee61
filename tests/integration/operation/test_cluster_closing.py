"""The operator's clusters: archived they rest, deleted they leave companies what is theirs."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import SHELL, Archived, Role
from dnk_tool.domain.review import Verdict
from dnk_tool.services.clusters import staff
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.sign_off import NoConsent
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, LinkFault
from dnk_tool.services.mail import reminders
from dnk_tool.services.operation import archive, cluster_deletion
from dnk_tool.services.people.typed_names import OtherName
from dnk_tool.services.review import verdicts
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import World, database_session, make_world, post
from tests.support.browsers import signed_in
from tests.support.cockpit_members import default_cohort
from tests.support.review_scenario import NOW, make_review_scenario


@pytest.fixture
def world(any_app: Flask) -> World:
    return make_world(any_app)


def recipients(app: Flask, word: str) -> list[str]:
    with database_session(app) as session:
        return sorted(session.scalars(select(Mail.recipient).where(Mail.subject.contains(word))))


def test_an_archived_cluster_is_told_and_taken_back(any_app: Flask, world: World) -> None:
    client, path = signed_in(any_app, "operator"), f"/betrieb/cluster/{world.cluster}"
    assert post(client, f"{path}/archiv", {"action": "begin"}).status_code == 303
    assert recipients(any_app, "archiviert") == ["manager@example.org"]
    assert "Noch jemanden" not in client.get(path).text
    manager = signed_in(any_app, "manager")
    assert "archiviert" in manager.get(f"/cluster/{world.cluster}/").text
    assert "Unternehmen einladen" not in manager.get(f"/cluster/{world.cluster}/mitglieder").text
    assert post(client, f"{path}/archiv", {"action": "end"}).status_code == 303
    assert "Unternehmen einladen" in manager.get(f"/cluster/{world.cluster}/mitglieder").text


def test_an_archived_cluster_invites_nobody_and_its_links_rest(any_app: Flask, world: World) -> None:
    with database_session(any_app) as session:
        _row, token = secret_links.create_invitation(
            session,
            InvitationKind.COMPANY,
            email="neu@example.org",
            language="de",
            by=None,
            now=NOW,
            cluster_id=world.cluster,
            company="Neu GmbH",
        )
        cluster = session.get_one(Cluster, world.cluster)
        archive.begin_archive(Work(session, SHELL, NOW), cluster)
        with pytest.raises(Archived):
            staff.invite_staff(
                Work(session, SHELL, NOW),
                cluster,
                email="x@example.org",
                name="",
                role=staff.ClusterRole.MANAGER,
                language="de",
            )
        with pytest.raises(InvalidInvitationLink) as refused:
            secret_links.usable_invitation(session, token, InvitationKind.COMPANY, now=NOW)
        assert refused.value.why is LinkFault.ARCHIVED
    path = f"/einladung/cluster/{token}"
    for rule in any_app.url_map.iter_rules():
        if rule.endpoint == "company_invitation.show":
            path = any_app.url_map.bind("x").build(rule.endpoint, {"token": token})
    answer = any_app.test_client().get(path)
    assert answer.status_code == 410
    assert "ruht" in answer.text


@pytest.mark.parametrize("what", [Organisation, Cluster])
def test_nobody_is_reminded_of_what_is_archived(
    any_app: Flask, world: World, what: type[Organisation] | type[Cluster]
) -> None:
    now = datetime.now(UTC)
    with database_session(any_app) as session:
        due = now.date() + timedelta(days=7)
        session.add(default_cohort(cluster_id=world.cluster, reporting_year=2025, due=due))
        session.execute(select(Consent))
        for consent in session.scalars(select(Consent)):
            consent.granted_at = now - timedelta(days=300)
        session.flush()
        assert reminders.due_digests(session, now=now)
        key = world.own if what is Organisation else world.cluster
        session.get_one(what, key).archived_at = now
        session.flush()
        assert reminders.due_digests(session, now=now) == []


def test_a_company_submits_nothing_to_an_archived_cluster_and_takes_back(session: Session) -> None:
    play = make_review_scenario(session)
    declaration, cluster = play.declaration(session), session.get_one(Cluster, play.cluster_id)
    archive.begin_archive(Work(session, SHELL, NOW), cluster)
    submission.recall(Work(session, play.owner, NOW), declaration)
    with pytest.raises(NoConsent):
        submission.submit(Work(session, play.owner, NOW), declaration, cluster_id=cluster.id)


def test_deletion_gives_submissions_back_and_takes_the_network_only(session: Session) -> None:
    play = make_review_scenario(session)
    declaration, cluster = play.declaration(session), session.get_one(Cluster, play.cluster_id)
    history.record_event(session, EventKind.DEADLINE_SET, cluster_id=cluster.id, actor_id=None, now=NOW)
    cluster_deletion.consequences(session, cluster)
    declaration.organisation.archived_at = NOW  # which keeps nothing from going back
    session.flush()
    with pytest.raises(OtherName):
        cluster_deletion.delete_cluster(Work(session, SHELL, NOW), cluster, typed_name="Süd")
    assert cluster_deletion.consequences(session, cluster).waiting == 1
    cluster_deletion.delete_cluster(Work(session, SHELL, NOW), cluster, typed_name="cluster nord")
    session.expire_all()
    assert (declaration.state, declaration.cluster_id) == (State.REOPENED, None)
    assert session.get(Cluster, play.cluster_id) is None
    assert session.scalar(select(func.count()).select_from(Consent)) == 0
    assert session.scalar(select(func.count(Event.id)).where(Event.organisation_id.is_(None))) == 0
    assert session.scalar(select(func.count(Declaration.id))) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_what_is_submitted_while_the_cluster_is_deleted_goes_back_too(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_session(any_app) as session:
        play = make_review_scenario(session)
        submission.recall(Work(session, play.owner, NOW), play.declaration(session))
    lock = clusters.lock

    def submit_then_lock(session: Session, cluster_id: int, **options: bool) -> None:
        with database_session(any_app) as other:
            submission.submit(Work(other, play.owner, NOW), play.declaration(other), cluster_id=cluster_id)
        lock(session, cluster_id, **options)

    monkeypatch.setattr(clusters, "lock", submit_then_lock)
    with database_session(any_app) as session:
        cluster = session.get_one(Cluster, play.cluster_id)
        cluster_deletion.delete_cluster(Work(session, SHELL, NOW), cluster, typed_name="Cluster Nord")
    with database_session(any_app) as session:
        declaration = play.declaration(session)
        assert (declaration.state, declaration.cluster_id) == (State.REOPENED, None)


def test_a_deleted_cluster_is_told_to_all_concerned_once(any_app: Flask, world: World) -> None:
    client, path = signed_in(any_app, "operator"), f"/betrieb/cluster/{world.cluster}/loeschen"
    assert "Cluster Nord" in client.get(path).text
    assert post(client, path, {"typed_name": "Nord"}).status_code == 422
    assert post(client, path, {"typed_name": "Cluster Nord"}).status_code == 303
    assert recipients(any_app, "gelöscht") == ["manager@example.org", "owner@example.org"]
    assert signed_in(any_app, "manager").get(f"/cluster/{world.cluster}/").status_code == 404
    assert signed_in(any_app, "owner").get(f"/erklaerungen/{world.own_declaration}/").status_code == 200


def test_managers_take_the_reviews_along_but_not_those_of_their_own_company(
    any_app: Flask,
) -> None:
    with database_session(any_app) as session:
        play = make_review_scenario(session)
        declaration = play.declaration(session)
        section = declarations.selection_of(declaration).section_by_ref["1"]
        verdicts.give_verdict(Work(session, play.rolf, NOW), declaration, section, Verdict.ACCEPTED, seen=0)
        cluster = session.get_one(Cluster, play.cluster_id)
        archive.begin_archive(Work(session, SHELL, NOW), cluster)
        name, manager = declaration.organisation.name, play.karin.user_id
    path = f"/cluster/{play.cluster_id}/pruefungen.csv"
    assert name in signed_in(any_app, "karin").get(path).text
    assert signed_in(any_app, "rolf").get(path).status_code == 403
    with database_session(any_app) as session:
        session.add(
            Membership(
                user_id=manager, organisation_id=play.organisation_id, role=Role.VIEWER, created_at=NOW
            )
        )
    assert name not in signed_in(any_app, "karin").get(path).text
