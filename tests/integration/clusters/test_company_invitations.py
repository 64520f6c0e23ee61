"""A company is invited into a cluster, looks at what that means, and joins; or does not."""

import re
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.clusters import company_invitations
from dnk_tool.services.clusters import consent as cluster_joins
from dnk_tool.services.clusters.company_invitations import CompanyAlreadyInCluster, CompanyAlreadyInvited
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.invitations.secret_links import InvalidInvitationLink, InvitationAddressMismatch
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import Mail
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import (
    PASSWORD,
    WORDING,
    World,
    add_consent,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    make_organisation,
    post,
)
from tests.support.browsers import signed_in
from tests.support.machine import run_at_once

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


# ---- The verbs


def lead(session: Session, name: str = "Cluster Nord") -> tuple[Cluster, Actor]:
    cluster = make_cluster(session, name, **{name.rsplit(maxsplit=1)[-1].lower(): ClusterRole.MANAGER})
    [(account, role)] = clusters.staff(session, cluster.id)
    return cluster, Actor(account.id, clusters={cluster.id: role})


def invited_company(
    session: Session, email: str = "anna@beck.example", now: datetime = NOW, **more: Any
) -> tuple[Invitation, str]:
    cluster, actor = lead(session)
    given = {"company": "Beck GmbH", "language": "de"} | more
    return company_invitations.invite_company(Work(session, actor, now), cluster, email=email, **given)


def test_a_company_is_invited_once_at_a_time(session: Session) -> None:
    cluster, actor = lead(session)
    work, anna = Work(session, actor, NOW), "anna@beck.example"
    invite_anna = partial(company_invitations.invite_company, email=anna, language="de")
    invite_anna(work, cluster, company="Beck GmbH")
    with pytest.raises(CompanyAlreadyInvited):
        invite_anna(work, cluster, company="BECK gmbh")
    # The same person may own another company, and an old invitation is no hindrance.
    invite_anna(work, cluster, company="Beck Holz KG")
    invite_anna(Work(session, actor, NOW + timedelta(days=61)), cluster, company="Beck GmbH")
    member = make_organisation(session, "Schon Da AG")
    add_consent(session, member.id, cluster.id)
    with pytest.raises(CompanyAlreadyInCluster):
        invite_anna(work, cluster, company="schon da ag")
    reviewer = Actor(7, clusters={cluster.id: ClusterRole.REVIEWER})
    with pytest.raises(NotPermitted):
        invite_anna(work.by(reviewer), cluster, company="Beck GmbH")
    events = session.scalars(select(Event).where(Event.kind == EventKind.COMPANY_INVITED)).all()
    assert len(events) == 3
    assert not any("beck" in str(event.detail).lower() for event in events)


def test_a_new_company_joins_with_its_first_owner(session: Session) -> None:
    invitation, token = invited_company(session)
    anna = make_account(session, "anna@beck.example", name="Anna")
    consent = cluster_joins.accept_company_invitation(
        session,
        token,
        account=anna,
        organisation_id=None,
        new_name="Beck",
        aggregates_from=2025,
        wording=WORDING,
        now=NOW,
    )
    session.flush()
    organisation = session.get_one(Organisation, consent.organisation_id)
    assert organisation.name == "Beck"
    [member] = session.scalars(select(Membership).where(Membership.organisation_id == organisation.id))
    assert (member.user_id, member.role) == (anna.id, Role.OWNER)
    assert (consent.cluster_id, consent.aggregates_from) == (invitation.cluster_id, 2025)
    assert (consent.granted_by, consent.granted_at, consent.withdrawn_at) == (anna.id, NOW, None)
    assert (invitation.accepted_by, invitation.accepted_at) == (anna.id, NOW)
    [event] = session.scalars(select(Event).where(Event.kind == EventKind.CONSENT_GRANTED))
    assert (event.organisation_id, event.cluster_id, event.actor_id) == (
        organisation.id,
        invitation.cluster_id,
        anna.id,
    )
    assert event.detail == {
        "aggregates_from": 2025,
        "invitation": invitation.id,
        "wording": WORDING.edition,
        "language": "de",
    }
    with pytest.raises(InvalidInvitationLink):
        cluster_joins.accept_company_invitation(
            session,
            token,
            account=anna,
            organisation_id=None,
            new_name="B",
            aggregates_from=None,
            wording=WORDING,
            now=NOW,
        )


def test_only_owners_bring_their_company_in(session: Session) -> None:
    _invitation, token = invited_company(session, "anna@example.org")
    own = make_organisation(session, "Beck GmbH", anna=Role.EDITOR, boss=Role.OWNER)
    foreign = make_organisation(session, "Roth AG", roth=Role.OWNER)
    anna = by_email(session, "anna@example.org")
    assert anna
    given = {"aggregates_from": None, "wording": WORDING, "now": NOW}
    for organisation in (own, foreign):
        with pytest.raises(NotPermitted):
            cluster_joins.accept_company_invitation(
                session, token, account=anna, organisation_id=organisation.id, **given
            )
    boss = by_email(session, "boss@example.org")
    assert boss
    with pytest.raises(InvitationAddressMismatch):
        cluster_joins.accept_company_invitation(session, token, account=boss, organisation_id=own.id, **given)
    assert session.scalars(select(Consent)).all() == []


def test_of_many_who_accept_at_the_same_moment_one_wins(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        _invitation, token = invited_company(session)
        anna = make_account(session, "anna@beck.example", name="Anna")
        session.commit()
        anna_id = anna.id
    barrier, results = threading.Barrier(8), []

    def join() -> None:
        with write_session(store) as session:
            account = session.get_one(Account, anna_id)
            session.rollback()
            barrier.wait(60)
            try:
                cluster_joins.accept_company_invitation(
                    session,
                    token,
                    account=account,
                    organisation_id=None,
                    new_name="Beck",
                    aggregates_from=None,
                    wording=WORDING,
                    now=NOW,
                )
                session.commit()
                results.append("joined")
            except InvalidInvitationLink as over:
                results.append(over.why.value)

    run_at_once([join] * 8)
    assert sorted(results) == ["joined", *["used"] * 7]
    with store() as session:
        assert len(session.scalars(select(Consent)).all()) == 1
        assert len(session.scalars(select(Organisation)).all()) == 1


# ---- The pages


def send_invitation(app: Flask, manager: FlaskClient, world: World, email: str, **more: str) -> str:
    """Invite, and give the path of the link in the mail."""
    data = {"company": "Beck GmbH", "email": email, "name": "Anna Beck", "language": "de", **more}
    answer = post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data)
    assert answer.status_code == 303, answer.text
    return link_of(last_mail(app).body)


def last_mail(app: Flask) -> Mail:
    with database_session(app) as session:
        mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        session.expunge(mail)
        return mail


def link_of(body: str) -> str:
    link = re.search(r"http://localhost:8000(/einladung/unternehmen/\S+)", body)
    assert link
    return link[1]


def consents(app: Flask, world: World) -> list[tuple[int, int | None]]:
    with database_session(app) as session:
        rows = session.scalars(
            select(Consent).where(Consent.cluster_id == world.cluster).order_by(Consent.id)
        )
        return [(consent.organisation_id, consent.aggregates_from) for consent in rows]


NEW = {"name": "Anna Beck", "password": PASSWORD, "password_confirm": PASSWORD}
YES = {"agrees": "1", "figures": "never"}


def test_the_mail_says_who_invites_to_what_and_nothing_else(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "Anna@beck.example", message="Bis bald!\r\nIhr Nordteam")
    mail = last_mail(app)
    assert mail.recipient == "anna@beck.example"
    assert mail.subject == "Einladung von Cluster Nord"
    assert "Manager lädt Beck GmbH ein" in mail.body
    assert "Bis bald!\nIhr Nordteam" in mail.body
    assert mail.body.count("http") == 1
    assert link in mail.body


def test_looking_at_the_link_grants_nothing(
    app: Flask, client: FlaskClient, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "anna@beck.example")
    page = client.get(link)
    assert page.status_code == 200
    for words in (
        "Cluster Nord",
        "Beck GmbH",
        "Manager lädt",
        "Ab dem Beitritt, immer",
        "Wenn Sie einreichen",
        "jederzeit widerrufen",
    ):
        assert words in page.text
    fields = form_fields(page.text)
    assert fields["new_name"] == ["Beck GmbH"]
    assert fields["figures"] == ["never"]
    assert "agrees" not in fields
    assert client.post(link, data=fields).status_code == 422
    assert len(consents(app, world)) == 1
    with database_session(app) as session:
        assert by_email(session, "anna@beck.example") is None


def test_one_form_makes_account_company_and_consent(
    app: Flask, client: FlaskClient, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "anna@beck.example")
    fields = form_fields(client.get(link).text) | NEW | YES
    answer = client.post(link, data=fields | {"new_name": "Beck Holzbau GmbH"}, follow_redirects=True)
    assert "Beck Holzbau GmbH gehört jetzt zum Cluster „Cluster Nord“." in answer.text
    assert "Abmelden" in answer.text
    assert consents(app, world)[1:] == [(consents(app, world)[1][0], None)]
    assert last_mail(app).recipient == "anna@beck.example", "managers hear of it once a day"
    manager.get(f"/cluster/{world.cluster}/mitglieder")  # shows what was flashed before
    members = manager.get(f"/cluster/{world.cluster}/mitglieder").text
    assert "Beck Holzbau GmbH" in members
    assert "anna@beck.example" not in members
    assert client.get(link).status_code == 410


def test_all_faults_are_said_at_once(
    app: Flask, client: FlaskClient, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "anna@beck.example")
    fields = form_fields(client.get(link).text) | {"password": "kurz", "new_name": " "}
    answer = client.post(link, data=fields | {"figures": "from-year", "year": "bald"})
    assert answer.status_code == 422
    for words in (
        "mindestens 12 Zeichen",
        "Geben Sie den Namen des Unternehmens ein.",
        "Geben Sie ein Jahr mit vier Ziffern ein",
        "Setzen Sie das Häkchen",
    ):
        assert answer.text.lower().count(words.lower()) >= 2, words
    assert 'value="bald"' in answer.text
    assert len(consents(app, world)) == 1


def test_an_owner_brings_the_own_company(app: Flask, manager: FlaskClient, world: World) -> None:
    link = send_invitation(app, manager, world, "stranger@example.org", company="b gmbh")
    client = signed_in(app, "stranger")
    fields = form_fields(client.get(link).text)
    assert fields["company"] == [str(world.foreign)]
    wrong = client.post(link, data=fields | YES | {"company": str(world.own)})
    assert (wrong.status_code, wrong.text.count("Wählen Sie ein Unternehmen.")) == (422, 2)
    answer = client.post(link, data=fields | YES | {"figures": "from-year", "year": "2025"})
    assert answer.headers["Location"] == f"/unternehmen/{world.foreign}"
    assert consents(app, world) == [(world.own, None), (world.foreign, 2025)]


def test_a_company_that_is_a_member_already_is_told_so(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "owner@example.org")
    client = signed_in(app, "owner")
    fields = form_fields(client.get(link).text) | YES | {"company": str(world.own)}
    answer = client.post(link, data=fields)
    assert (answer.status_code, answer.text.count("gehört schon zum Cluster.")) == (422, 2)
    # The link was not used up by it.
    assert client.post(link, data=fields | {"company": "new", "new_name": "C GmbH"}).status_code == 303


def test_whoever_is_no_owner_learns_why(app: Flask, manager: FlaskClient, world: World) -> None:
    link = send_invitation(app, manager, world, "editor@example.org", company="Etwas anderes")
    client = signed_in(app, "editor")
    page = client.get(link).text
    assert "Für A GmbH können Sie nicht einwilligen" in page
    answer = client.post(link, data=form_fields(page) | YES | {"company": str(world.own)})
    assert answer.status_code == 303  # there is no choice for whoever owns none: it is the new company
    assert [key for key, _ in consents(app, world)].count(world.own) == 1


def test_a_forwarded_link_and_one_of_somebody_with_an_account(
    app: Flask, client: FlaskClient, manager: FlaskClient, world: World
) -> None:
    link = send_invitation(app, manager, world, "editor@example.org")
    page = client.get(link).text
    assert "gibt es schon ein Konto" in page
    assert f"/anmelden?next={link}" in page
    assert client.post(link, data=form_fields(page) | NEW | YES).status_code in (400, 401)
    other = signed_in(app, "stranger")
    assert "Diese Einladung ging an editor@example.org" in other.get(link).text
    assert post(other, link, YES | {"company": str(world.foreign)}).status_code == 403
    assert len(consents(app, world)) == 1


def test_links_that_are_over(app: Flask, client: FlaskClient, manager: FlaskClient, world: World) -> None:
    assert client.get("/einladung/unternehmen/erfunden").status_code == 404
    link = send_invitation(app, manager, world, "anna@beck.example")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=61), tick=False):
        assert client.get(link).status_code == 410
    with database_session(app) as session:
        key = session.scalars(select(Invitation.id)).one()
    path = f"/cluster/{world.cluster}/einladungen/{key}"
    assert post(manager, f"{path}/erneut-senden").status_code == 303
    fresh = link_of(last_mail(app).body)
    assert fresh != link
    replaced = client.get(link)
    assert replaced.status_code == 410
    assert "durch einen neueren ersetzt" in replaced.text
    assert client.get(fresh).status_code == 200
    assert post(manager, f"{path}/zuruecknehmen").status_code == 303
    assert client.get(fresh).status_code == 410
    over = post(manager, f"{path}/erneut-senden", follow_redirects=True)
    assert "schon angenommen oder zurückgenommen" in over.text
    assert post(manager, f"/cluster/{world.cluster}/einladungen/{2**40}/zuruecknehmen").status_code == 404
    # The link of a company opens no place in the team, nor the other way round.
    with database_session(app) as session:
        cluster = clusters.by_id(session, world.cluster)
        assert cluster
        _row, token = secret_links.create_invitation(
            session,
            InvitationKind.STAFF,
            email="x@example.org",
            language="de",
            by=None,
            now=datetime.now(UTC),
            cluster_id=cluster.id,
            role="manager",
        )
    assert client.get(f"/einladung/unternehmen/{token}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("company", "", "Geben Sie den Namen des Unternehmens ein."),
        ("company", "A GmbH", "Ein Unternehmen mit diesem Namen gehört schon zum Cluster."),
        ("company", "x" * 201, "höchstens 200 Zeichen"),
        ("email", "anna", "Geben Sie eine E-Mail-Adresse ein"),
        ("email", "anna@beck.example\r\nBcc: x@example.org", "Geben Sie eine E-Mail-Adresse ein"),
        ("message", "x" * 2_001, "höchstens 2000 Zeichen"),
    ],
)
def test_what_is_wrong_with_an_invitation(
    app: Flask, manager: FlaskClient, world: World, field: str, value: str, message: str
) -> None:
    data = {"company": "Beck GmbH", "email": "anna@beck.example", "language": "de"} | {field: value}
    answer = post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    with database_session(app) as session:
        assert session.scalars(select(Mail)).all() == []


def test_an_open_invitation_is_not_sent_twice_by_accident(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    send_invitation(app, manager, world, "anna@beck.example")
    data = {"company": "Beck GmbH", "email": "ANNA@beck.example", "language": "de"}
    answer = post(manager, f"/cluster/{world.cluster}/mitglieder/einladen", data)
    assert (answer.status_code, answer.text.count("Dieses Unternehmen ist schon eingeladen.")) == (422, 2)


def test_long_lists_come_in_parts(app: Flask, manager: FlaskClient, world: World) -> None:
    with database_session(app) as session:
        for number in range(120):
            add_consent(session, make_organisation(session, f"Firma {number:03}").id, world.cluster)
            secret_links.create_invitation(
                session,
                InvitationKind.COMPANY,
                email=f"a{number:03}@firma.example",
                company=f"Wartet {number:03}",
                language="de",
                by=None,
                now=datetime.now(UTC),
                cluster_id=world.cluster,
            )
    path = f"/cluster/{world.cluster}/mitglieder"
    first, second = manager.get(path).text, manager.get(f"{path}?mitglieder=2").text
    assert "(121)" in first
    assert "Firma 098" in first
    assert "Firma 119" not in first
    assert "Firma 119" in second
    assert "120 Einladungen ohne Antwort" in second
    assert manager.get(f"{path}?mitglieder=999999999999").status_code == 200
    path = f"/cluster/{world.cluster}/einladungen"
    assert "Wartet 119" in manager.get(path).text
    assert "Wartet 000" in manager.get(f"{path}?seite=5&stand=no-server").text
    assert "Hier steht zurzeit keine" in manager.get(f"{path}?stand=joined").text
    assert manager.get(f"{path}?seite=x&stand=x").status_code == 200


def test_the_owner_of_the_account_may_be_unclaimed(app: Flask, manager: FlaskClient, world: World) -> None:
    """An account that nobody ever signed in to is claimed by the link."""
    link = send_invitation(app, manager, world, "neu@beck.example")
    with database_session(app) as session:
        assert session.scalars(select(Account).where(Account.email == "neu@beck.example")).all() == []
    client = app.test_client()
    client.post(link, data=form_fields(client.get(link).text) | NEW | YES)
    with database_session(app) as session:
        assert by_email(session, "neu@beck.example") is not None
