"""How far invitations got: refused, without a mail server, opened, declined; and reminders, once each."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.invitations import InvitationKind, InvitationState
from dnk_tool.domain.mail import MailDelivery, NewsFrequency, NewsKind, RefusalReason
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.services.clusters import company_invitations, invitation_reminders
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters.invitations import InvitationWithToken
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.mail.delivery import MailDraft, deliver_due, mail_transport
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.invitation_states import InvitationView
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import EarlierLink, Invitation
from dnk_tool.store.tables.mail import Mail, ManagerNews
from dnk_tool.web.clusters import chores
from tests.support.app import (
    World,
    count_statements,
    database_session,
    form_fields,
    make_account,
    make_cluster,
    post,
)
from tests.support.smtp_server import RecordingSmtpServer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def sending(app: Flask, inbox: RecordingSmtpServer, monkeypatch: pytest.MonkeyPatch) -> RecordingSmtpServer:
    """The app delivers to this server."""
    settings = app.extensions["dnk_settings"].model_copy(update=inbox.settings)
    monkeypatch.setitem(app.extensions, "dnk_settings", settings)
    return inbox


def deliver(app: Flask) -> int:
    settings = app.extensions["dnk_settings"]
    return deliver_due(app.extensions["dnk_session_factory"], mail_transport(settings))


def invite_member(client: FlaskClient, world: World, email: str, company: str = "Beck GmbH") -> None:
    data = {"company": company, "email": email, "name": "Anna Beck", "language": "de"}
    answer = post(client, f"/cluster/{world.cluster}/mitglieder/einladen", data)
    assert answer.status_code == 303, answer.text


def link_in(text: str) -> str:
    [path] = re.findall(r"/einladung/unternehmen/[\w-]+", text)
    return str(path)


def path_to(world: World, more: str = "") -> str:
    return f"/cluster/{world.cluster}/einladungen{more}"


def only_invitation(app: Flask) -> Invitation:
    with database_session(app) as session:
        row = session.scalars(select(Invitation)).one()
        session.expunge(row)
        return row


# ---- The pages


def test_a_refused_address_is_told_corrected_and_reached(
    app: Flask, manager: FlaskClient, world: World, sending: RecordingSmtpServer
) -> None:
    invite_member(manager, world, "ana@beck.example")
    assert "Wartet auf den Versand" in manager.get(path_to(world)).text
    sending.refuse["RCPT"] = "550 5.1.1 <ana@beck.example> mailbox-17.internal says no"
    assert deliver(app) == 0
    page = manager.get(path_to(world)).text
    assert "Nicht zustellbar" in page
    assert "Diese Adresse gibt es dort nicht." in page
    assert "1 Einladung kam nicht an" in page
    assert "mailbox-17" not in page, "the server's words are for the operator"
    with database_session(app) as session:
        assert session.scalars(select(ManagerNews.kind)).all() == [NewsKind.REFUSED]
    del sending.refuse["RCPT"]
    first = only_invitation(app)
    single = manager.get(path_to(world, f"/{first.id}")).text
    wrong = post(manager, path_to(world, f"/{first.id}"), {"email": "anna"})
    assert (wrong.status_code, only_invitation(app).email) == (422, "ana@beck.example")
    fields = form_fields(single) | {"email": "anna@beck.example"}
    assert manager.post(path_to(world, f"/{first.id}"), data=fields).status_code == 303
    assert deliver(app) == 1
    [mail] = sending.messages
    assert (mail["To"], mail["Reply-To"]) == ("anna@beck.example", "manager@example.org")
    assert "Zuletzt gesendet am" in manager.get(path_to(world, "?stand=sent")).text
    fixed = only_invitation(app)
    assert (fixed.delivery, fixed.refusal, fixed.id) == (MailDelivery.SENT, None, first.id)
    assert post(manager, path_to(world, f"/{first.id}/kam-zurueck")).status_code == 303
    assert "das hat Ihr Team eingetragen" in manager.get(path_to(world)).text


def test_a_mail_that_still_waits_goes_to_the_corrected_address_alone(
    app: Flask, manager: FlaskClient, world: World, sending: RecordingSmtpServer
) -> None:
    invite_member(manager, world, "ana@beck.example")
    row = only_invitation(app)
    post(manager, path_to(world, f"/{row.id}"), {"email": "anna@beck.example"})
    assert deliver(app) == 1
    assert sending.recipients == ["anna@beck.example"]


def test_without_a_mail_server_nothing_is_called_sent_and_links_can_be_handed_on(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    invite_member(manager, world, "anna@beck.example")
    with database_session(app) as session:
        mailed = link_in(session.scalars(select(Mail.body)).one())
    for delivered in (False, True):
        if delivered:
            assert deliver(app) == 1
        page = manager.get(path_to(world)).text
        main = page[page.index("<main") :]
        assert "Es ist kein Mailserver eingerichtet" in main
        assert "Nicht gesendet" in main
        for lie in ("unterwegs", "Gesendet am", "erinnern</a>"):
            assert lie not in main
    answer = post(manager, path_to(world, "/links"))
    link = link_in(answer.text[: answer.text.index("mailto:")])
    assert "mailto:anna%40beck.example?subject=Einladung" in answer.text
    for path in (link, mailed):
        assert app.test_client().get(path).status_code == 200
    assert only_invitation(app).opened_at is not None
    again = post(manager, path_to(world, "/links"), follow_redirects=True)
    assert "keine Einladung, die auf einen Link wartet" in again.text


def test_with_a_mail_server_nobody_gets_a_link_to_see(
    app: Flask, manager: FlaskClient, world: World, sending: RecordingSmtpServer
) -> None:
    invite_member(manager, world, "anna@beck.example")
    assert deliver(app) == 1
    before = only_invitation(app).token_hash
    assert post(manager, path_to(world, "/links")).status_code == 303
    assert only_invitation(app).token_hash == before


def test_the_first_visit_is_noted_but_not_that_of_the_team(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    invite_member(manager, world, "anna@beck.example")
    with database_session(app) as session:
        link = link_in(session.scalars(select(Mail.body)).one())
    manager.get(link)
    app.test_client().head(link)
    assert only_invitation(app).opened_at is None
    visitor = app.test_client()
    visitor.get(link)
    first = only_invitation(app).opened_at
    visitor.get(link)
    assert first is not None
    assert only_invitation(app).opened_at == first
    assert "Link geöffnet am" in manager.get(path_to(world, "?stand=opened")).text


def test_who_declines_needs_no_account_and_hears_no_more(
    app: Flask, manager: FlaskClient, world: World
) -> None:
    with database_session(app) as session:
        account = by_email(session, "manager@example.org")
        assert account
        account.cluster_news = NewsFrequency.NOW
    invite_member(manager, world, "anna@beck.example")
    with database_session(app) as session:
        link = link_in(session.scalars(select(Mail.body)).one())
    visitor = app.test_client()
    assert f'href="{link}/ablehnen"' in visitor.get(link).text
    page = visitor.get(f"{link}/ablehnen").text
    answer = visitor.post(
        f"{link}/ablehnen", data=form_fields(page) | {"reason": "Dieses Jahr <nicht>."}, follow_redirects=True
    )
    assert (answer.status_code, "Sie haben diese Einladung abgelehnt" in answer.text) == (410, True)
    assert visitor.get(f"{link}/ablehnen").status_code == 410
    assert post(visitor, link).status_code == 410
    listed = manager.get(path_to(world, "?stand=declined")).text
    assert "„Dieses Jahr &lt;nicht&gt;.“" in listed
    assert "Beck GmbH" not in manager.get(path_to(world)).text
    with database_session(app) as session:
        assert by_email(session, "anna@beck.example") is None
        told = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert (told.recipient, told.reply_to) == ("manager@example.org", "anna@beck.example")
        assert "Dieses Jahr <nicht>." in told.body
        assert session.scalars(select(ManagerNews)).all() == []
    row = only_invitation(app)
    assert post(manager, path_to(world, f"/{row.id}"), {"email": row.email}).status_code == 303
    assert only_invitation(app).declined_at is not None, "only a new invitation asks again"


def test_thirty_are_reminded_at_once_after_a_look_at_the_mail(
    app: Flask, manager: FlaskClient, world: World, sending: RecordingSmtpServer
) -> None:
    counts = []
    for number in range(30):
        with database_session(app) as session:
            cluster = clusters.by_id(session, world.cluster)
            _sent(
                session,
                cluster,
                f"a{number}@firma.example",
                f"Firma {number:02}",
                at=datetime.now(UTC) - 9 * DAY,
            )
        if number in (1, 29):
            with count_statements(app) as statements:
                manager.get(path_to(world))
                manager.get(path_to(world, "/erinnern"))
            counts.append(len(statements))
    assert counts[0] == counts[1]
    assert "30 Unternehmen erinnern" in manager.get(path_to(world)).text
    preview = manager.get(path_to(world, "/erinnern")).text
    assert "Erinnerung: Einladung von Cluster Nord" in preview
    assert "Antworten gehen an manager@example.org." in preview
    fields = form_fields(preview)
    assert len(fields["invitation"]) == 30
    fields["invitation"].pop()
    told = manager.post(path_to(world, "/erinnern"), data=fields, follow_redirects=True)
    assert "29 Erinnerungen sind unterwegs." in told.text
    assert "1 Unternehmen erinnern" in told.text
    assert deliver(app) == 29
    assert {mail["Reply-To"] for mail in sending.messages} == {"manager@example.org"}
    link = link_in(sending.messages[0].get_content())
    assert app.test_client().get(link).status_code == 200
    with database_session(app) as session:
        assert session.scalars(select(EarlierLink.works)).all() == [True] * 29


def test_the_worker_reminds_by_itself_in_the_name_of_the_sender(
    app: Flask, manager: FlaskClient, world: World, sending: RecordingSmtpServer
) -> None:
    with database_session(app) as session:
        cluster = clusters.by_id(session, world.cluster)
        for company in ("Beck GmbH", "Beck Holz KG"):
            _sent(session, cluster, "anna@beck.example", company, at=NOW, by="manager@example.org")
    assert chores.remind_invited(app, NOW + 8 * DAY) == 0, "switched off"
    answer = post(manager, path_to(world, "/automatisch"), {"on": "1"}, follow_redirects=True)
    assert "nach 7 und nach 21 Tagen von selbst erinnert" in answer.text
    assert [chores.remind_invited(app, NOW + 8 * DAY) for _ in range(2)] == [1, 0]
    assert deliver(app) == 1
    [mail] = sending.messages
    assert mail["Subject"] == "Erinnerung: Einladung von Cluster Nord"
    assert mail["Reply-To"] == "manager@example.org"
    assert len(re.findall("/einladung/unternehmen/", mail.get_content())) == 2
    post(manager, path_to(world, "/automatisch"), {"on": ""})
    assert chores.remind_invited(app, NOW + 22 * DAY) == 0


# ---- The verbs, on both databases


def _sent(
    session: Session,
    cluster: Cluster | None,
    email: str,
    company: str,
    *,
    at: datetime,
    by: str = "",
) -> Invitation:
    """An invitation whose mail a server accepted at that time."""
    assert cluster
    sender = by_email(session, by) if by else None
    row, _token = secret_links.create_invitation(
        session,
        InvitationKind.COMPANY,
        email=email,
        company=company,
        language="de",
        by=None,
        now=at,
        cluster_id=cluster.id,
    )
    row.created_by = sender.id if sender else None
    row.delivery = MailDelivery.SENT
    return row


def _draft_mail(cluster: Cluster, sent: Sequence[InvitationWithToken], _sender: Account | None) -> MailDraft:
    return MailDraft(sent[0][0].email, cluster.name, sent[0][1], "de")


def _reminded(store: sessionmaker[Session], now: datetime) -> list[str]:
    """Whom a run at this time reminds, with every run twice."""
    for _twice in range(2):
        invitation_reminders.send_automatic(store, _draft_mail, has_server=True, now=now)
    with write_session(store) as session, session.begin():
        found = list(session.scalars(select(Mail.recipient).order_by(Mail.recipient)))
        session.execute(update(Mail).values(recipient="", next_try=None))
    return [recipient for recipient in found if recipient]


def test_over_two_months_each_is_reminded_twice_and_only_who_waits(store: sessionmaker[Session]) -> None:
    with write_session(store) as session, session.begin():
        cluster = make_cluster(session, "Cluster Nord", manager=ClusterRole.MANAGER)
        cluster.reminds_invited = True
        other = make_cluster(session, "Cluster Süd")
        names = (
            "waits",
            "opened",
            "declined",
            "joined",
            "revoked",
            "refused",
            "waiting",
            "folder",
            "by-hand",
        )
        rows = {name: _sent(session, cluster, f"{name}@f.example", name, at=NOW) for name in names}
        _sent(session, other, "off@f.example", "off", at=NOW)
        rows["opened"].opened_at = NOW
        rows["declined"].declined_at = rows["declined"].revoked_at = NOW
        rows["joined"].accepted_at = NOW
        rows["revoked"].revoked_at = NOW
        rows["refused"].delivery = MailDelivery.REFUSED
        rows["refused"].refusal = RefusalReason.ADDRESS
        rows["waiting"].delivery, rows["folder"].delivery = MailDelivery.WAITING, MailDelivery.FOLDER
        rows["by-hand"].reminded_at = NOW + 7 * DAY
        cluster_id = cluster.id
    told = {day: _reminded(store, NOW + day * DAY) for day in range(0, 70)}
    assert {day: names for day, names in told.items() if names} == {
        7: ["opened@f.example", "waits@f.example"],
        8: ["by-hand@f.example"],
        21: ["by-hand@f.example", "opened@f.example", "waits@f.example"],
    }
    with store() as session:
        for day, has_server in ((1, True), (61, True), (1, False)):
            view = InvitationView(NOW + day * DAY, has_server)
            counts = invitation_states.count_by_state(session, cluster_id, view)
            assert sum(counts.values()) == 8, "revoked ones are no longer shown"
            assert counts[InvitationState.DECLINED] == counts[InvitationState.JOINED] == 1
            expected = {1: 0, 61: 6}[day]
            assert counts.get(InvitationState.EXPIRED, 0) == expected
            if day == 1:
                assert counts[InvitationState.NO_SERVER] == (1 if has_server else 2)


def test_a_correction_is_for_managers_of_this_cluster(session: Session) -> None:
    cluster = make_cluster(session, "Cluster Nord", manager=ClusterRole.MANAGER)
    [(account, role)] = clusters.staff(session, cluster.id)
    actor = Actor(account.id, clusters={cluster.id: role})
    invitation, token = company_invitations.invite_company(
        Work(session, actor, NOW), cluster, email="a@b.example", company="B", language="de"
    )
    with pytest.raises(LookupError):
        cluster_invitations.mark_bounced(session, cluster, invitation.id + 1, actor=actor)
    cluster_invitations.mark_bounced(session, cluster, invitation.id, actor=actor)
    view = InvitationView(NOW, True)
    assert invitation_states.state_of(session, invitation, view) is InvitationState.REFUSED
    _row, fresh = cluster_invitations.resend(
        Work(session, actor, NOW), cluster, invitation.id, email="C@b.example"
    )
    assert (invitation.email, invitation.refusal) == ("c@b.example", None)
    account = make_account(session, "c@b.example")
    with pytest.raises(secret_links.InvalidInvitationLink) as over:
        secret_links.usable_invitation(session, token, InvitationKind.COMPANY, now=NOW)
    assert over.value.why is secret_links.LinkFault.REPLACED
    secret_links.redeem_invitation(session, fresh, InvitationKind.COMPANY, account=account, now=NOW)
    with pytest.raises(secret_links.InvalidInvitationLink):
        cluster_invitations.mark_bounced(session, cluster, invitation.id, actor=actor)
