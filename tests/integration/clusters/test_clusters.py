"""Clusters, their team and their deadlines: the verbs on both databases, and the pages."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted
from dnk_tool.services.accounts.lifecycle import InvalidAddress
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.administration import NameTaken, NoName
from dnk_tool.services.clusters.invitations import ClusterInvitationLimitReached
from dnk_tool.services.clusters.staff import AlreadyStaff, LastManager, StaffAlreadyInvited
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.invitations import Invitation
from tests.support.app import (
    World,
    add_consent,
    count_statements,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    make_organisation,
    post,
)
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import stored_mails
from tests.support.machine import run_at_once

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
OPERATOR = Actor(user_id=None, is_operator=True)
STAFF = (InvitationKind.STAFF,)


@pytest.fixture
def cluster(session: Session) -> Cluster:
    return make_cluster(session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER)


@pytest.fixture
def actor_of(session: Session, cluster: Cluster) -> Callable[[str], Actor]:
    def find(name: str) -> Actor:
        people = {account.name: (account.id, role) for account, role in clusters.staff(session, cluster.id)}
        user_id, role = people[name.title()]
        return Actor(user_id, clusters={cluster.id: role})

    return find


def events_of_kinds(session: Session, *kinds: EventKind) -> list[Event]:
    session.flush()
    return list(session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)))


def invite_reviewer(
    session: Session,
    cluster: Cluster,
    actor: Actor,
    email: str = "neu@example.org",
    now: datetime = NOW,
    **more: Any,
) -> tuple[Invitation, str]:
    given = {"role": ClusterRole.REVIEWER, "name": "Neu", "language": "de"} | more
    return cluster_staff.invite_staff(Work(session, actor, now), cluster, email=email, **given)


# ---- The verbs


def test_only_the_operator_creates_clusters(session: Session, actor_of: Callable[[str], Actor]) -> None:
    made = cluster_administration.create_cluster(Work(session, OPERATOR, NOW), " Cluster\nSüd ")
    assert made.name == "Cluster Süd"
    assert cluster_administration.create_cluster(Work(session, SHELL, NOW), "Cluster West").id != made.id
    with pytest.raises(NotPermitted):
        cluster_administration.create_cluster(Work(session, actor_of("manager"), NOW), "Cluster Ost")
    assert events_of_kinds(session, EventKind.CLUSTER_CREATED)[0].cluster_id == made.id


@pytest.mark.parametrize("name", ["", " \n ", "x" * 201])
def test_a_cluster_needs_a_name(session: Session, name: str) -> None:
    with pytest.raises(NoName):
        cluster_administration.create_cluster(Work(session, OPERATOR, NOW), name)


def test_a_name_is_given_once(session: Session, cluster: Cluster) -> None:
    with pytest.raises(NameTaken):
        cluster_administration.create_cluster(Work(session, OPERATOR, NOW), "CLUSTER NORD")
    cluster_administration.change_cluster(Work(session, OPERATOR, NOW), cluster, name="Cluster NORD")
    assert cluster.name == "Cluster NORD"


def test_a_manager_changes_name_and_contact_and_a_reviewer_does_not(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    manager = actor_of("manager")
    cluster_administration.change_cluster(
        Work(session, manager, NOW), cluster, name="Nordlicht", contact="Frau Nord"
    )
    cluster_administration.change_cluster(Work(session, manager, NOW), cluster, name="Nordlicht")
    [event] = events_of_kinds(session, EventKind.CLUSTER_CHANGED)
    assert event.detail == {"fields": {"name": ["Cluster Nord", "Nordlicht"], "contact": []}}
    assert (cluster.name, cluster.contact) == ("Nordlicht", "Frau Nord")
    with pytest.raises(NotPermitted):
        cluster_administration.change_cluster(
            Work(session, actor_of("reviewer"), NOW), cluster, name="Anders"
        )


def test_a_manager_invites_into_the_team(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    invitation, token = invite_reviewer(session, cluster, actor_of("manager"), "Neu@Example.org")
    assert (invitation.kind, invitation.email, invitation.role) == (
        InvitationKind.STAFF,
        "neu@example.org",
        "reviewer",
    )
    assert len(token) > 40
    [event] = events_of_kinds(session, EventKind.MEMBER_INVITED)
    assert (event.cluster_id, event.detail["role"]) == (cluster.id, "reviewer")
    assert "neu@" not in str(event.detail)


def test_who_may_not_be_invited(session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]) -> None:
    manager = actor_of("manager")
    with pytest.raises(NotPermitted):
        invite_reviewer(session, cluster, actor_of("reviewer"))
    with pytest.raises(AlreadyStaff):
        invite_reviewer(session, cluster, manager, "reviewer@example.org")
    with pytest.raises(InvalidAddress):
        invite_reviewer(session, cluster, manager, "keine")
    invite_reviewer(session, cluster, manager)
    with pytest.raises(StaffAlreadyInvited):
        invite_reviewer(session, cluster, manager)
    assert invite_reviewer(session, cluster, manager, now=NOW + timedelta(days=15))


def test_the_hour_allows_so_many_invitations(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_invitations, "MAX_PER_HOUR", 2)
    manager = actor_of("manager")
    first, _token = invite_reviewer(session, cluster, manager, "a@example.org")
    cluster_invitations.resend(Work(session, manager, NOW), cluster, first.id)
    assert cluster_invitations.invitations_left(session, cluster.id, now=NOW) == 0
    with pytest.raises(ClusterInvitationLimitReached):
        invite_reviewer(session, cluster, manager, "c@example.org")
    other = make_cluster(session, "Cluster Süd", sued=ClusterRole.MANAGER)
    assert invite_reviewer(session, other, SHELL, "c@example.org")
    later = NOW + timedelta(hours=1)
    assert cluster_invitations.invitations_left(session, cluster.id, now=later) == 2
    assert invite_reviewer(session, cluster, manager, "c@example.org", now=later)


def test_an_invitation_sent_again_kills_the_link_before_and_one_taken_back_is_over(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    manager = actor_of("manager")
    invitation, token = invite_reviewer(session, cluster, manager)
    _same, second = cluster_invitations.resend(Work(session, manager, NOW), cluster, invitation.id)
    assert second != token
    assert invitation.times_sent == 2
    cluster_invitations.revoke(Work(session, manager, NOW), cluster, invitation.id)
    assert invitation.revoked_at == NOW
    assert len(events_of_kinds(session, EventKind.MEMBER_INVITED, EventKind.INVITATION_REVOKED)) == 3
    other = make_cluster(session, "Cluster Süd", sued=ClusterRole.MANAGER)
    with pytest.raises(LookupError):
        cluster_invitations.resend(Work(session, SHELL, NOW), other, invitation.id)
    with pytest.raises(NotPermitted):
        cluster_invitations.revoke(Work(session, actor_of("reviewer"), NOW), cluster, invitation.id)


def test_roles_change_and_somebody_always_leads(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    manager, reviewer = actor_of("manager"), actor_of("reviewer")
    work = Work(session, manager, NOW)
    with pytest.raises(LastManager):
        cluster_staff.change_staff(work, cluster, manager.user_id, ClusterRole.REVIEWER)
    with pytest.raises(LastManager):
        cluster_staff.remove_staff(work, cluster, manager.user_id)
    cluster_staff.change_staff(work, cluster, reviewer.user_id, ClusterRole.MANAGER)
    cluster_staff.remove_staff(work, cluster, manager.user_id)
    session.flush()
    assert [(account.name, role) for account, role in clusters.staff(session, cluster.id)] == [
        ("Reviewer", ClusterRole.MANAGER)
    ]
    with pytest.raises(LookupError):
        cluster_staff.remove_staff(work, cluster, manager.user_id)
    changes = events_of_kinds(session, EventKind.MEMBER_CHANGED, EventKind.MEMBER_REMOVED)
    assert [event.detail["role"] for event in changes] == [["reviewer", "manager"], "manager"]


def test_the_operator_removes_a_manager_if_somebody_leads_or_is_invited_to(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    manager, reviewer = actor_of("manager"), actor_of("reviewer")
    work = Work(session, OPERATOR, NOW)
    with pytest.raises(NotPermitted):
        cluster_staff.remove_manager(Work(session, manager, NOW), cluster, manager.user_id)
    with pytest.raises(LookupError):
        cluster_staff.remove_manager(work, cluster, reviewer.user_id)
    invite_reviewer(session, cluster, manager, "eigene@example.org", role=ClusterRole.MANAGER)
    invite_reviewer(session, cluster, OPERATOR, "pruefung@example.org")
    with pytest.raises(LastManager):
        cluster_staff.remove_manager(work, cluster, manager.user_id)
    invite_reviewer(session, cluster, OPERATOR, role=ClusterRole.MANAGER)
    with pytest.raises(LastManager):
        cluster_staff.remove_manager(
            Work(session, OPERATOR, NOW + timedelta(days=15)), cluster, manager.user_id
        )
    assert cluster_staff.remove_manager(work, cluster, manager.user_id).name == "Manager"
    assert [event.detail for event in events_of_kinds(session, EventKind.MEMBER_REMOVED)] == [
        {"user": manager.user_id, "role": "manager"}
    ]
    cluster_staff.change_staff(Work(session, SHELL, NOW), cluster, reviewer.user_id, ClusterRole.MANAGER)
    assert [role for _, role in clusters.staff(session, cluster.id)] == [ClusterRole.MANAGER]


def test_a_manager_who_cannot_sign_in_does_not_lead(
    session: Session, cluster: Cluster, actor_of: Callable[[str], Actor]
) -> None:
    manager, reviewer = actor_of("manager"), actor_of("reviewer")
    cluster_staff.change_staff(Work(session, SHELL, NOW), cluster, reviewer.user_id, ClusterRole.MANAGER)
    session.get_one(Account, reviewer.user_id).active = False
    with pytest.raises(LastManager):
        cluster_staff.remove_staff(Work(session, SHELL, NOW), cluster, manager.user_id)
    with pytest.raises(LastManager):
        cluster_staff.remove_manager(Work(session, OPERATOR, NOW), cluster, manager.user_id)


def test_two_managers_who_remove_each_other_leave_one(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        pair = {"ada": ClusterRole.MANAGER, "bob": ClusterRole.MANAGER}
        key = make_cluster(session, "Cluster Nord", **pair).id
        ids = [account.id for account, _role in clusters.staff(session, key)]
        session.commit()
    barrier, results = threading.Barrier(2), []

    def remove(own: int, other: int) -> None:
        with write_session(store) as session:
            barrier.wait(60)
            cluster = session.get_one(Cluster, key)
            actor = Actor(own, clusters={key: ClusterRole.MANAGER})
            try:
                cluster_staff.remove_staff(Work(session, actor, NOW), cluster, other)
                session.commit()
                results.append("removed")
            except LastManager:
                results.append("last")

    run_at_once(partial(remove, *pair) for pair in (ids, ids[::-1]))
    assert sorted(results) == ["last", "removed"]


def test_the_operator_sees_numbers(session: Session, cluster: Cluster) -> None:
    company = make_organisation(session, "Beck GmbH")
    gone = make_organisation(session, "Fort AG")
    add_consent(session, company.id, cluster.id)
    add_consent(session, gone.id, cluster.id, withdrawn_at=NOW)
    make_cluster(session, "allein")
    summaries = [
        (summary.name, summary.members, summary.managers)
        for summary in cluster_lists.cluster_summaries(session)
    ]
    assert summaries == [("allein", 0, 0), ("Cluster Nord", 1, 1)]


# ---- The pages


@pytest.fixture
def operator(app: Flask, world: World) -> FlaskClient:
    return signed_in(app, "operator")


def test_the_operator_creates_a_cluster_with_its_manager(app: Flask, operator: FlaskClient) -> None:
    page = operator.get("/betrieb/cluster")
    assert ">Betrieb</a>" in page.text
    assert "Cluster Nord" in page.text
    fields = form_fields(page.text) | {
        "cluster_name": "Cluster Mitte",
        "email": "Mia@example.org",
        "name": "Mia",
    }
    answer = operator.post("/betrieb/cluster", data=fields, follow_redirects=True)
    assert "Das Cluster „Cluster Mitte“ ist angelegt" in answer.text
    [mail] = stored_mails(app)
    assert mail.recipient == "mia@example.org"
    assert "Cluster Mitte" in mail.subject
    assert "/einladung/" in mail.body
    with database_session(app) as session:
        [sent] = session.scalars(select(Invitation))
        assert (sent.role, sent.kind) == ("manager", InvitationKind.STAFF)


@pytest.mark.parametrize(
    ("name", "email", "message"),
    [
        ("", "mia@example.org", "Geben Sie dem Cluster einen Namen."),
        ("cluster nord", "mia@example.org", "So heißt schon ein anderes Cluster."),
        ("Cluster Mitte", "mia", "Geben Sie eine E-Mail-Adresse ein"),
        ("x" * 201, "mia@example.org", "höchstens 200 Zeichen"),
    ],
)
def test_what_is_wrong_with_a_new_cluster(
    app: Flask, operator: FlaskClient, name: str, email: str, message: str
) -> None:
    answer = post(operator, "/betrieb/cluster", {"cluster_name": name, "email": email, "language": "de"})
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    assert f'value="{email}"' in answer.text
    assert stored_mails(app) == []
    with database_session(app) as session:
        assert len(cluster_lists.cluster_summaries(session)) == 2


def test_the_operator_renames_and_adds_a_manager(app: Flask, operator: FlaskClient, world: World) -> None:
    path = f"/betrieb/cluster/{world.cluster}"
    assert post(operator, path, {"cluster_name": "Nordlicht"}).status_code == 303
    taken = post(operator, path, {"cluster_name": "Cluster Süd"})
    assert (taken.status_code, taken.text.count("So heißt schon ein anderes")) == (422, 2)
    new = {"email": "mia@example.org", "language": "en"}
    assert post(operator, f"{path}/leitung", new).status_code == 303
    again = post(operator, f"{path}/leitung", new)
    assert (again.status_code, again.text.count("Diese Person ist schon eingeladen.")) == (422, 2)
    assert post(operator, f"{path}/leitung", new | {"email": "manager@example.org"}).status_code == 422
    page = operator.get(path).text
    assert "Nordlicht" in page
    assert "mia@example.org" in page
    assert "reviewer@example.org" not in page
    [mail] = stored_mails(app)
    assert mail.language == "en"


def test_the_operator_sends_an_invitation_again_and_takes_it_back(
    app: Flask, operator: FlaskClient, world: World
) -> None:
    path = f"/betrieb/cluster/{world.cluster}"
    post(operator, f"{path}/leitung", {"email": "mia@example.org"})
    with database_session(app) as session:
        sent = session.scalars(select(Invitation.id)).one()
    assert post(operator, f"{path}/einladungen/{sent}", {"action": "resend"}).status_code == 303
    assert len(stored_mails(app)) == 1, "the first had not left yet"
    assert post(operator, f"{path}/einladungen/{sent}", {"action": "revoke"}).status_code == 303
    assert "Offene Einladungen" not in operator.get(path).text
    over = post(operator, f"{path}/einladungen/{sent}", {"action": "resend"}, follow_redirects=True)
    assert "schon angenommen oder zurückgenommen" in over.text
    assert post(operator, f"{path}/einladungen/987654").status_code == 404
    assert operator.get(f"/betrieb/cluster/{2**40}").status_code == 404


def test_the_operator_touches_no_invitation_of_a_company(
    app: Flask, operator: FlaskClient, manager: FlaskClient, world: World
) -> None:
    data = {"company": "Beck GmbH", "email": "anna@beck.example", "language": "de"}
    post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data)
    with database_session(app) as session:
        sent = session.scalars(select(Invitation.id)).one()
    path = f"/betrieb/cluster/{world.cluster}"
    assert post(operator, f"{path}/einladungen/{sent}", {"action": "revoke"}).status_code == 403
    page = operator.get(path).text + operator.get("/betrieb/cluster").text
    assert "Beck GmbH" not in page
    assert "A GmbH" not in page


def test_the_manager_invites_into_the_team(app: Flask, manager: FlaskClient, world: World) -> None:
    path = f"/cluster/{world.cluster}/team"
    fields = form_fields(manager.get(f"{path}/einladen").text)
    assert fields["role"] == ["reviewer"]
    answer = manager.post(
        f"{path}/einladen", data=fields | {"email": "mia@example.org", "name": "Mia"}, follow_redirects=True
    )
    assert "Die Einladung an mia@example.org ist angelegt, aber nicht gesendet" in answer.text
    assert "Offene Einladungen" in answer.text
    [mail] = stored_mails(app)
    assert "Prüfung" in mail.body
    assert "Manager lädt Sie ein" in mail.body
    known = post(manager, f"{path}/einladen", {"email": "reviewer@example.org", "role": "manager"})
    assert (known.status_code, known.text.count("arbeitet schon für das Cluster")) == (422, 2)


def test_the_team_page_changes_and_removes(app: Flask, manager: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        ids = {account.name: account.id for account, _ in clusters.staff(session, world.cluster)}
        stranger = make_account(session, "fremd@example.org").id
    path = f"/cluster/{world.cluster}/team"
    last = post(manager, f"{path}/{ids['Manager']}", {"role": "reviewer", "action": "save"})
    assert (last.status_code, last.text.count("Jemand muss das Cluster leiten.")) == (422, 2)
    assert post(manager, f"{path}/{ids['Reviewer']}", {"role": "x", "action": "save"}).status_code == 422
    assert post(manager, f"{path}/{ids['Reviewer']}", {"role": "manager"}).status_code == 303
    for number in (stranger, 2**40):
        assert post(manager, f"{path}/{number}", {"role": "manager"}).status_code == 404
        assert post(manager, f"{path}/{number}/entfernen").status_code == 404
        assert manager.get(f"{path}/{number}").status_code == 404
        assert manager.get(f"{path}/{number}/entfernen").status_code == 404
    gone = post(manager, f"{path}/{ids['Manager']}/entfernen")
    assert gone.headers["Location"] == "/"
    assert stored_mails(app) == [], "who leaves knows it"
    assert manager.get(path).status_code == 404
    with database_session(app) as session:
        others = session.scalars(select(ClusterStaff.user_id).where(ClusterStaff.cluster_id != world.cluster))
        assert sorted(session.scalars(select(ClusterStaff.user_id))) == sorted([ids["Reviewer"], *others])


def test_removing_somebody_asks_first_and_tells_them(app: Flask, manager: FlaskClient, world: World) -> None:
    ids = staff_ids(app, world)
    path = f"/cluster/{world.cluster}/team"
    page = manager.get(f"{path}/{ids['Reviewer']}").text
    assert f"{path}/{ids['Reviewer']}/entfernen" in page
    asked = manager.get(f"{path}/{ids['Reviewer']}/entfernen").text
    assert "Reviewer entfernen?" in asked
    assert staff_ids(app, world) == ids
    done = post(manager, f"{path}/{ids['Reviewer']}/entfernen", follow_redirects=True)
    assert "Reviewer arbeitet nicht mehr hier." in done.text
    [mail] = stored_mails(app)
    assert mail.recipient == "reviewer@example.org"
    assert "Cluster Nord" in mail.subject
    last = post(manager, f"{path}/{ids['Manager']}/entfernen")
    assert (last.status_code, last.text.count("Jemand muss das Cluster leiten.")) == (422, 1)
    assert list(staff_ids(app, world)) == ["Manager"]


def test_an_invitation_into_the_team_that_is_over_leads_back_to_the_team(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    post(manager, f"/cluster/{world.cluster}/team/einladen", {"email": "mia@example.org"})
    with database_session(app) as session:
        sent = session.scalars(select(Invitation.id)).one()
    path = f"/cluster/{world.cluster}/einladungen/{sent}"
    for action in ("zuruecknehmen", "zuruecknehmen", "erneut-senden"):
        assert post(manager, f"{path}/{action}").headers["Location"] == f"/cluster/{world.cluster}/team"


def test_the_operator_ends_the_access_of_a_manager(app: Flask, operator: FlaskClient, world: World) -> None:
    ids = staff_ids(app, world)
    page = f"/betrieb/cluster/{world.cluster}"
    path = f"{page}/leitung/{ids['Manager']}/entfernen"
    assert path in operator.get(page).text
    assert "Manager entfernen?" in operator.get(path).text
    refused = post(operator, path)
    assert (refused.status_code, refused.text.count("Sonst leitet niemand das Cluster.")) == (422, 1)
    for wrong in (f"{page}/leitung/{ids['Reviewer']}/entfernen", f"{page}/leitung/{2**40}/entfernen"):
        assert operator.get(wrong).status_code == post(operator, wrong).status_code == 404
    post(operator, f"{page}/leitung", {"email": "mia@example.org"})
    done = post(operator, path, follow_redirects=True)
    assert "Manager leitet das Cluster nicht mehr." in done.text
    assert "manager@example.org" not in done.text
    assert stored_mails(app)[-1].recipient == "manager@example.org"
    assert list(staff_ids(app, world)) == ["Reviewer"]


def staff_ids(app: Flask, world: World) -> dict[str, int]:
    with database_session(app) as session:
        return {account.name: account.id for account, _ in clusters.staff(session, world.cluster)}


def test_what_members_read_is_changed_by_the_manager(manager: FlaskClient, world: World) -> None:
    path = f"/cluster/{world.cluster}/team"
    data = {"cluster_name": "Nordlicht", "contact": "Frau Nord\r\n040 123"}
    answer = post(manager, f"{path}/angaben", data, follow_redirects=True)
    assert "Nordlicht" in answer.text
    assert "Frau Nord\n040 123" in answer.text
    long = post(manager, f"{path}/angaben", {"cluster_name": "", "contact": "x" * 2_001})
    assert long.status_code == 422
    assert long.text.count("Geben Sie dem Cluster einen Namen.") == 2
    assert long.text.count("höchstens 2000 Zeichen") == 2


def test_a_reviewer_sees_members_and_team_and_changes_nothing(app: Flask, world: World) -> None:
    client = signed_in(app, "reviewer")
    members = client.get(f"/cluster/{world.cluster}/mitglieder").text
    assert "A GmbH" in members
    assert "B GmbH" not in members
    assert "Unternehmen einladen" not in members
    assert "Kohorten</a>" not in members
    team = client.get(f"/cluster/{world.cluster}/team").text
    assert "Ändern oder entfernen" not in team
    assert client.get(f"/cluster/{world.cluster}/kohorten").status_code == 403


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("operator", "/betrieb/cluster"),
        ("operator", "/betrieb/cluster/1"),
        ("manager", "/cluster/1/mitglieder"),
        ("manager", "/cluster/1/mitglieder/einladen"),
        ("manager", "/cluster/1/mitglieder/liste"),
        ("manager", "/cluster/1/team"),
        ("manager", "/cluster/1/team/einladen"),
        ("manager", "/cluster/1/kohorten"),
        ("owner", "/unternehmen/1/cluster"),
        ("owner", "/unternehmen/1/cluster/1"),
        ("owner", "/unternehmen/1/cluster/1/widerruf"),
    ],
)
def test_a_page_takes_few_statements_however_long_its_lists_are(
    app: Flask, world: World, who: str, path: str
) -> None:
    client = signed_in(app, who)
    with count_statements(app) as before:
        assert client.get(path).status_code == 200
    with database_session(app) as session:
        for number in range(30):
            cluster = make_cluster(session, f"Cluster {number}", **{f"lead{number}": ClusterRole.MANAGER})
            add_consent(session, world.own, cluster.id)
            add_consent(session, make_organisation(session, f"Firma {number}").id, world.cluster)
            more = make_account(session, f"mehr{number}@example.org")
            role = ClusterRole.REVIEWER
            session.add(ClusterStaff(user_id=more.id, cluster_id=world.cluster, role=role, created_at=NOW))
            for kind in (InvitationKind.STAFF, InvitationKind.COMPANY):
                secret_links.create_invitation(
                    session,
                    kind,
                    email=f"neu{number}@example.org",
                    language="de",
                    by=None,
                    now=NOW,
                    cluster_id=world.cluster,
                    role="manager",
                )
    with count_statements(app) as after:
        assert client.get(path).status_code == 200
    assert len(after) <= max(len(before), 1) <= 12
