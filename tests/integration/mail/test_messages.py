"""A message to members: previewed as it is sent, to exactly those, once, five in an hour."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from dnk_tool.config import Settings
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.mail import RefusalReason
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted, Role
from dnk_tool.services.accounts.action_limits import DAY, RECIPIENT_LIMITS, ActionLimit, LimitedAction
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import messages
from dnk_tool.services.clusters.messages import (
    HOUR,
    Letter,
    MessageAlreadySent,
    NoRecipientsLeft,
    TooManyMessages,
)
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy import retention
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.mail import cluster_messages, outbox
from dnk_tool.store.privacy import erasure
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.mail import ClusterMessage, Mail, MessageCopy
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import (
    add_member,
    count_statements,
    database_session,
    declaration_of,
    form_fields,
    make_cluster,
    sign_in,
    token_of,
)
from tests.support.browsers import signed_in
from tests.support.cockpit_members import YEAR, add_company, add_declaration, default_cohort
from tests.support.cockpit_members import make_bare_cluster as bare_cluster

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
TEXT = "für {unternehmen} sind {fertig} Kriterien fertig, Frist {frist}, Jahr {jahr}.\n\n{link}\n\nGruß, Anna"


@pytest.fixture
def cluster_id(app: Flask) -> int:
    """Adler (submitted): owner, viewer. Bäcker (draft): English owner, editor, contributor. Chemie: none."""
    now = datetime.now(UTC)
    with database_session(app) as session:
        cluster = make_cluster(
            session, "Cluster Nord", manager=ClusterRole.MANAGER, reviewer=ClusterRole.REVIEWER
        )
        session.add(default_cohort(cluster_id=cluster.id, reporting_year=YEAR, due=date(2027, 3, 31)))
        for name, people in (
            ("Adler GmbH", {"ada": Role.OWNER, "vera": Role.VIEWER}),
            ("Bäcker KG", {"ben": Role.OWNER, "bea": Role.EDITOR, "bo": Role.CONTRIBUTOR}),
            ("Chemie AG", {}),
        ):
            company = add_company(session, cluster.id, name, joined_at=now)
            for person, role in people.items():
                add_member(session, company, person, role)
            if name != "Chemie AG":
                state = State.SUBMITTED if name == "Adler GmbH" else State.DRAFT
                add_declaration(session, company, changed_at=now, state=state, criteria_done=12)
        session.flush()
        session.scalars(select(Account).where(Account.email == "ben@example.org")).one().language = "en"
        return cluster.id


@pytest.fixture
def manager(app: Flask, cluster_id: int) -> FlaskClient:
    return signed_in(app, "manager")


class Writer:
    """A manager at the form."""

    def __init__(self, client: FlaskClient, cluster_id: int, query: str = "") -> None:
        self.client, self.path = client, f"/cluster/{cluster_id}/nachricht?jahr={YEAR}{query}"

    def post(self, action: str, **fields: Any) -> TestResponse:
        data = {"csrf_token": token_of(self.client), "action": action, **fields}
        return self.client.post(self.path, data=data)

    def preview(self, subject: str = "Frist {frist}", text: str = TEXT) -> TestResponse:
        return self.post("preview", subject=subject, text=text)

    def confirm(self, previewed: TestResponse, action: str = "send") -> TestResponse:
        return self.client.post(self.path, data={**form_fields(previewed.text), "action": action})


@pytest.fixture
def writer(manager: FlaskClient, cluster_id: int) -> Writer:
    return Writer(manager, cluster_id)


def mails_by_recipient(app: Flask) -> list[Mail]:
    with app.extensions["dnk_session_factory"]() as session:
        return list(session.scalars(select(Mail).order_by(Mail.recipient)))


def sent_events(app: Flask) -> list[Event]:
    with app.extensions["dnk_session_factory"]() as session:
        return list(session.scalars(select(Event).where(Event.kind == EventKind.MESSAGE_SENT)))


def letters_of(html: str) -> list[tuple[str, str, str]]:
    """Address, subject and body of each letter that a preview shows."""
    letters = []
    for sheet in html.split('<div class="dnk-letter__sheet">')[1:]:
        address = re.search(r"An: ([^<]+)<", sheet)
        subject = re.search(r"<strong>(.*?)</strong>", sheet, re.S)
        body = re.search(r'<div class="govuk-body dnk-text"[^>]*>(.*?)</div>', sheet, re.S)
        assert address
        assert subject
        assert body
        letters.append((address[1], unescape(subject[1]), unescape(body[1])))
    return letters


def test_each_mail_is_sent_as_it_was_previewed(app: Flask, writer: Writer, settings: Settings) -> None:
    preview = writer.preview()
    assert preview.status_code == 200
    shown = letters_of(preview.text)
    assert [address for address, _, _ in shown] == ["ada@example.org", "bea@example.org", "ben@example.org"]
    assert mails_by_recipient(app) == [], "nothing is sent by looking"
    answer = writer.confirm(preview)
    assert answer.status_code == 303
    assert sorted((mail.recipient, mail.subject, mail.body) for mail in mails_by_recipient(app)) == sorted(
        shown
    )
    assert {mail.reply_to for mail in mails_by_recipient(app)} == {"manager@example.org"}
    [event] = sent_events(app)
    assert {**event.detail, "message": ""} == {"message": "", "companies": 2, "mails": 3}
    assert (
        "3 E-Mails sind geschrieben, aber nicht gesendet"
        in writer.client.get(answer.headers["Location"]).text
    )
    _address, subject, body = shown[0]
    assert subject == "Frist 31. März 2027"
    assert body.startswith("Guten Tag Ada,\n\nfür Adler GmbH sind 12 von 20 Kriterien fertig, Frist 31. März")
    assert body.count(f"{settings.address}/erklaerungen/") == 1
    assert "geschrieben (Cluster Nord). Sie betrifft Adler GmbH." in body


def test_the_frame_is_in_the_reader_s_language(writer: Writer) -> None:
    preview = writer.preview()
    [(_, subject, body)] = [letter for letter in letters_of(preview.text) if letter[0] == "ben@example.org"]
    assert subject == "Frist 31 March 2027"
    assert "12 of 20" in body
    assert body.startswith("Hello Ben,")
    assert "12 von 20 Kriterien" not in body
    assert 'lang="en"' in preview.text


def test_the_first_letter_is_unfolded(writer: Writer) -> None:
    html = writer.preview().text
    assert re.findall(r'<details class="dnk-letter"( open)?>', html) == [" open", "", ""]


def test_only_those_that_the_filter_finds(app: Flask, manager: FlaskClient, cluster_id: int) -> None:
    writer = Writer(manager, cluster_id, "&stand=submitted")
    page = writer.client.get(writer.path).text
    assert "Adler GmbH" in page
    assert "Bäcker" not in page
    writer.confirm(writer.preview())
    assert [mail.recipient for mail in mails_by_recipient(app)] == ["ada@example.org"]


def test_whoever_cannot_be_reached_is_named(manager: FlaskClient, cluster_id: int) -> None:
    everybody = manager.get(f"/cluster/{cluster_id}/nachricht").text
    assert re.search(r"<strong>Chemie AG</strong> – dort ist niemand zu erreichen", everybody)
    nobody = manager.get(f"/cluster/{cluster_id}/nachricht?stand=not-started").text
    assert "Mit diesem Filter bleibt niemand übrig" in nobody
    assert 'name="subject"' not in nobody


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"subject": "", "text": "x"}, "subject", "Geben Sie einen Betreff ein."),
        ({"subject": "x", "text": " \n "}, "text", "Geben Sie einen Text ein."),
        ({"subject": "x" * 151, "text": "x"}, "subject", "höchstens 150 Zeichen"),
        ({"subject": "x", "text": "x" * 5001}, "text", "höchstens 5000 Zeichen"),
        ({"subject": "{name}", "text": "x"}, "subject", "Diesen Platzhalter gibt es nicht: {name}."),
        ({"subject": "x", "text": "{a} {jahr} {b}"}, "text", "Diesen Platzhalter gibt es nicht: {a}, {b}."),
    ],
)
@pytest.mark.parametrize("action", ["preview", "send"])
def test_mistakes_are_named_at_the_field(
    app: Flask, writer: Writer, fields: dict[str, str], field: str, words: str, action: str
) -> None:
    answer = writer.post(action, **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert unescape(answer.text).count(words) == 2, "in the summary and at the field"
    sent = form_fields(answer.text)
    assert sent["subject"] == [fields["subject"]]
    assert sent["text"][0].strip() == fields["text"].strip()
    assert mails_by_recipient(app) == []


def test_the_text_comes_back_from_the_preview(app: Flask, writer: Writer) -> None:
    answer = writer.confirm(writer.preview(), "edit")
    fields = form_fields(answer.text)
    assert fields["text"] == [TEXT]
    assert mails_by_recipient(app) == []


def test_pressed_twice_it_is_sent_once(app: Flask, writer: Writer) -> None:
    preview = writer.preview()
    assert [writer.confirm(preview).status_code for _ in range(2)] == [303, 303]
    assert len(mails_by_recipient(app)) == 3
    assert len(sent_events(app)) == 1
    without_id = {**form_fields(preview.text), "action": "send", "save_id": ""}
    assert writer.client.post(writer.path, data=without_id).status_code == 303
    assert len(mails_by_recipient(app)) == 3, "the message itself is known, too"
    assert "schon unterwegs" in writer.client.get("/konto").text
    writer.confirm(writer.preview())
    assert len(mails_by_recipient(app)) == 6, "the same words once more, previewed anew, are another message"


def test_who_left_meanwhile_gets_nothing_and_who_came_neither(
    app: Flask, writer: Writer, cluster_id: int
) -> None:
    preview = writer.preview()
    with database_session(app) as session:
        adler = session.scalars(select(Organisation).where(Organisation.name == "Adler GmbH")).one()
        consent = session.scalars(select(Consent).where(Consent.organisation_id == adler.id)).one()
        consent.withdrawn_at = datetime.now(UTC)
        bea = session.scalars(select(Account).where(Account.email == "bea@example.org")).one()
        session.delete(session.scalars(select(Membership).where(Membership.user_id == bea.id)).one())
        late = add_company(session, cluster_id, "Später GmbH", joined_at=datetime.now(UTC))
        add_member(session, late, "sue", Role.OWNER)
    answer = writer.confirm(preview)
    assert [mail.recipient for mail in mails_by_recipient(app)] == ["ben@example.org"]
    page = writer.client.get(answer.headers["Location"]).text
    assert "1 E-Mail ist geschrieben, aber nicht gesendet" in page
    assert "2 Personen aus der Vorschau gehören inzwischen nicht mehr dazu und bekamen nichts." in page
    assert "1 Person kam nach der Vorschau dazu und bekam nichts." in page


def test_who_no_longer_fits_the_filter_still_gets_what_was_previewed(
    app: Flask, manager: FlaskClient, cluster_id: int
) -> None:
    writer = Writer(manager, cluster_id, "&stand=draft")
    preview = writer.preview()
    with database_session(app) as session:
        for organisation in session.scalars(select(Organisation).where(Organisation.name == "Bäcker KG")):
            declaration_of(session, organisation).state = State.SUBMITTED
    assert writer.confirm(preview).status_code == 303
    assert [mail.recipient for mail in mails_by_recipient(app)] == ["bea@example.org", "ben@example.org"]


def test_when_nobody_is_left_the_text_is_still_there(app: Flask, writer: Writer) -> None:
    preview = writer.preview()
    with database_session(app) as session:
        for consent in session.scalars(select(Consent)):
            consent.withdrawn_at = datetime.now(UTC)
    answer = writer.confirm(preview)
    assert answer.status_code == 409
    assert "kann niemand mehr angeschrieben werden" in answer.text
    assert form_fields(answer.text)["text"] == [TEXT]
    assert mails_by_recipient(app) == sent_events(app) == []


@pytest.mark.parametrize("to", ["", "x", "1-1", "999999999-999999999", "-1--1", "1-1,1-1"])
def test_nobody_else_can_be_put_on_the_list(app: Flask, writer: Writer, to: str) -> None:
    """An outsider's ids, as somebody could send them by hand."""
    with database_session(app) as session:
        stranger = add_company(session, bare_cluster(session, "Fremd"), "Fremd", joined_at=NOW)
        key = f"{stranger}-{add_member(session, stranger, 'fred', Role.OWNER).id}"
    answer = writer.post("send", subject="x", text="y", to=f"{to},{key}", message_id="")
    assert answer.status_code == 409
    assert mails_by_recipient(app) == []


def test_five_an_hour(app: Flask, writer: Writer) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        writer.client = app.test_client()
        sign_in(writer.client, "manager@example.org")
        for _number in range(5):
            assert writer.confirm(writer.preview()).status_code == 303
            clock.shift(timedelta(minutes=1))
        preview = writer.preview()
        answer = writer.confirm(preview)
        assert answer.status_code == 429
        assert "in der letzten Stunde schon 5 Nachrichten gesendet. Ab 11:00 Uhr" in answer.text
        assert form_fields(answer.text)["text"] == [TEXT], "nothing is lost"
        assert len(mails_by_recipient(app)) == 15
        clock.shift(timedelta(minutes=55))
        assert writer.confirm(form_page(answer)).status_code == 303


def test_f4_one_person_at_the_limit_keeps_nobody_else_waiting(
    app: Flask, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not sent is shown, and can be sent later, to that person alone."""
    monkeypatch.setitem(RECIPIENT_LIMITS, LimitedAction.MESSAGE, ActionLimit(1, DAY))
    with time_machine.travel(NOW, tick=False) as clock:
        writer.client = app.test_client()
        sign_in(writer.client, "manager@example.org")
        only_ada = Writer(writer.client, 0)
        only_ada.path = f"{writer.path}&stand=submitted"
        only_ada.confirm(only_ada.preview())
        clock.shift(timedelta(seconds=1))
        first = writer.preview()
        answer = writer.confirm(first)
        assert answer.status_code == 200
        assert [mail.recipient for mail in mails_by_recipient(app)] == [
            f"{n}@example.org" for n in ("ada", "bea", "ben")
        ]
        assert "2 E-Mails sind geschrieben, aber nicht gesendet" in answer.text
        assert "1 E-Mail ist nicht gesendet: Diese Person hat heute schon viele E-Mails" in answer.text
        assert "gehört inzwischen nicht mehr dazu" not in answer.text
        assert [letter[0] for letter in letters_of(answer.text)] == ["ada@example.org"]
        assert form_fields(answer.text)["text"] == [TEXT]
        assert [event.detail["mails"] for event in sent_events(app)] == [1, 2]
        again = writer.confirm(first)
        assert "schon unterwegs" in again.text
        assert len(mails_by_recipient(app)) == 3, "the others get it once"
        assert [letter[0] for letter in letters_of(again.text)] == ["ada@example.org"]
        assert form_fields(again.text)["message_id"] == form_fields(answer.text)["message_id"]
        refused = writer.confirm(answer)
        assert refused.status_code == 429
        assert form_fields(refused.text)["text"] == [TEXT]
        clock.shift(timedelta(days=1))
        writer.client = app.test_client()
        sign_in(writer.client, "manager@example.org")
        fields = {**form_fields(answer.text), "action": "send", "csrf_token": token_of(writer.client)}
        assert writer.client.post(writer.path, data=fields).status_code == 303
        assert len(mails_by_recipient(app)) == 4
        assert mails_by_recipient(app)[1].recipient == "ada@example.org"


def form_page(answer: TestResponse) -> TestResponse:
    """The same page: its form is sent again."""
    return answer


def test_many_letters_come_in_pages(app: Flask, writer: Writer, cluster_id: int) -> None:
    with database_session(app) as session:
        for number in range(40):
            company = add_company(session, cluster_id, f"Zeta {number:02}", joined_at=datetime.now(UTC))
            add_member(session, company, f"zeta{number:02}", Role.OWNER)
    first = writer.preview()
    assert len(letters_of(first.text)) == 20
    assert "E-Mails 1 bis 20 von 43" in first.text
    third = writer.confirm(first, "page-3")
    assert [address for address, _, _ in letters_of(third.text)] == [
        f"zeta{number}@example.org" for number in (37, 38, 39)
    ]
    assert "/unternehmen/" in letters_of(third.text)[0][2], "who has not begun is led to the beginning"
    assert len(letters_of(writer.confirm(first, "page-99").text)) == 3
    writer.confirm(third)
    assert len(mails_by_recipient(app)) == 43


def test_many_letters_take_no_more_statements(app: Flask, writer: Writer, cluster_id: int) -> None:
    counts = []
    for more in (0, 30):
        with database_session(app) as session:
            for number in range(more):
                company = add_company(session, cluster_id, f"Zeta {number:02}", joined_at=datetime.now(UTC))
                add_member(session, company, f"zeta{number:02}", Role.OWNER)
        preview = writer.preview()
        with count_statements(app) as statements:
            assert writer.confirm(preview).status_code == 303
        counts.append(len(statements))
    assert len(mails_by_recipient(app)) == 3 + 33
    assert counts[0] == counts[1]


HOSTILE = "<script>alert(1)</script> {{ 7*7 {% raw %(sender)s %s"


def test_words_stay_words(app: Flask, writer: Writer, cluster_id: int) -> None:
    """Neither markup nor a template; a company's name is no placeholder and breaks no header."""
    with database_session(app) as session:
        company = add_company(
            session, cluster_id, f"{'Ö' * 290}\r\nBcc: x@example.org {{link}}", joined_at=datetime.now(UTC)
        )
        add_member(session, company, "zoe", Role.OWNER)
    preview = writer.preview("{unternehmen} <b>", f"{HOSTILE} {{unternehmen}}")
    assert "<script>alert" not in preview.text
    writer.confirm(preview)
    [mail] = [mail for mail in mails_by_recipient(app) if mail.recipient == "zoe@example.org"]
    assert len(mail.subject) <= 300
    assert "\n" not in mail.subject
    assert HOSTILE in mail.body
    assert "Bcc: x@example.org {link}" in mail.body


def test_answers_go_to_whoever_wrote(app: Flask, writer: Writer, settings: Settings) -> None:
    writer.confirm(writer.preview())
    delivered = mail_delivery.deliver_due(
        app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings)
    )
    files = sorted((settings.instance / "outbox").glob("*.eml"))
    assert delivered == len(files) == 3
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert message["Reply-To"] == "manager@example.org"
        assert message["From"] == settings.sender
    assert {mail.reply_to for mail in mails_by_recipient(app)} == {""}, "forgotten once it was sent"


def test_only_a_manager_writes(app: Flask, cluster_id: int) -> None:
    client = signed_in(app, "reviewer")
    writer = Writer(client, cluster_id)
    assert writer.client.get(writer.path).status_code == 403
    assert writer.post("send", subject="x", text="x", to="1-1").status_code == 403


# ---- The service, on both databases


@pytest.fixture
def cluster(session: Session) -> Iterator[Cluster]:
    cluster = session.get_one(Cluster, bare_cluster(session))
    for name in ("Adler", "Bäcker"):
        company = add_company(session, cluster.id, name, joined_at=NOW)
        add_member(session, company, name[0].lower(), Role.OWNER)
        add_member(session, company, f"{name[0].lower()}-late", Role.EDITOR, until=TODAY - timedelta(days=1))
        add_member(session, company, f"{name[0].lower()}-off", Role.OWNER).active = False
        session.flush()
    return cluster


def letters_to_members(session: Session, cluster: Cluster) -> list[Letter]:
    companies = session.scalars(select(Consent.organisation_id)).all()
    recipients = cluster_messages.recipients(session, cluster.id, companies, today=TODAY)
    return [Letter(recipient, "Betreff", "Text\n") for recipient in recipients]


def send_message(session: Session, cluster: Cluster, written: list[Letter], mark: str, **given: Any) -> int:
    manager = Actor(None, clusters={cluster.id: ClusterRole.MANAGER})
    work = Work(session, given.pop("actor", manager), given.pop("now", NOW))
    values = {"reply_to": "m@example.org", "written": ("Betreff", "Text")} | given
    return messages.send_message(work, cluster, written, message_id=mark, **values).mails


def test_who_can_be_reached(session: Session, cluster: Cluster) -> None:
    assert [letter.recipient.account.email for letter in letters_to_members(session, cluster)] == [
        "a@example.org",
        "b@example.org",
    ]
    assert cluster_messages.recipients(session, cluster.id, [], today=TODAY) == []


def test_the_service_sends_to_those_who_still_belong(session: Session, cluster: Cluster) -> None:
    written = letters_to_members(session, cluster)
    session.scalars(select(Consent).order_by(Consent.id)).first().withdrawn_at = NOW
    session.flush()
    assert send_message(session, cluster, written, "one") == 1
    session.flush()
    assert session.scalars(select(Mail.recipient)).all() == ["b@example.org"]
    with pytest.raises(NoRecipientsLeft):
        send_message(session, cluster, written[:1], "two")
    with pytest.raises(MessageAlreadySent):
        send_message(session, cluster, written, "one")


def test_the_service_counts_by_the_hour(session: Session, cluster: Cluster) -> None:
    written = letters_to_members(session, cluster)
    for number in range(5):
        send_message(session, cluster, written, f"m{number}", now=NOW + timedelta(minutes=number))
        session.flush()
    with pytest.raises(TooManyMessages) as caught:
        send_message(session, cluster, written, "late", now=NOW + timedelta(minutes=59))
    assert caught.value.until == NOW + HOUR
    assert send_message(session, cluster, written, "later", now=NOW + HOUR) == 2


@pytest.mark.parametrize("clusters", [{}, {1: ClusterRole.REVIEWER}, {999: ClusterRole.MANAGER}])
def test_the_service_asks_who_sends(
    session: Session, cluster: Cluster, clusters: dict[int, ClusterRole]
) -> None:
    with pytest.raises(NotPermitted):
        send_message(
            session, cluster, letters_to_members(session, cluster), "x", actor=Actor(None, clusters=clusters)
        )
    assert session.scalars(select(Mail)).all() == []


# ---- What is kept


def test_a_message_is_kept_with_its_text_and_what_became_of_each_mail(
    app: Flask, writer: Writer, cluster_id: int, settings: Settings
) -> None:
    path = f"/cluster/{cluster_id}/nachrichten"
    assert "Noch keine." in writer.client.get(path).text
    writer.confirm(writer.preview())
    sent_list = writer.client.get(path).text
    assert "Frist {frist}" in sent_list
    [address] = re.findall(rf'href="({path}/\d+)"', sent_list)
    page = unescape(writer.client.get(address).text)
    for words in (TEXT, "An 3 Personen", "Adler GmbH", "Ben", "Nicht gesendet: kein Mailserver"):
        assert words in page
    with database_session(app) as session:
        copies = session.scalars(select(MessageCopy).order_by(MessageCopy.id)).all()
        by_mail = {session.get_one(Mail, copy.mail_id or 0).recipient: copy for copy in copies}
        assert {who: session.get_one(Account, copy.account_id).email for who, copy in by_mail.items()} == {
            who: who for who in by_mail
        }
        refused = by_mail["ben@example.org"].mail_id or 0
        outbox.mark_failed(session, refused, "550 no such user", RefusalReason.ADDRESS, next_try=None)
    page = unescape(writer.client.get(address).text)
    assert "Nicht zustellbar: Diese Adresse gibt es dort nicht." in page
    assert "1 nicht zustellbar" in writer.client.get(path).text


def test_who_left_or_is_erased_is_forgotten_and_the_count_stays(
    app: Flask, writer: Writer, cluster_id: int
) -> None:
    writer.confirm(writer.preview())
    with database_session(app) as session:
        adler = session.scalars(select(Organisation).where(Organisation.name == "Adler GmbH")).one()
        consent = clusters.find_consent(session, adler.id, cluster_id)
        ada = session.scalars(select(Account).where(Account.email == "ada@example.org")).one()
        assert consent
        actor = Actor(ada.id, roles={adler.id: Role.OWNER})
        cluster_consent.withdraw_consent(Work(session, actor, datetime.now(UTC)), consent)
        bea = session.scalars(select(Account).where(Account.email == "bea@example.org")).one()
        account_erasure.erase(Work(session, SHELL, datetime.now(UTC)), bea)
    path = f"/cluster/{cluster_id}/nachrichten"
    [address] = re.findall(rf'href="({path}/\d+)"', writer.client.get(path).text)
    page = writer.client.get(address).text
    assert "Adler GmbH" not in page
    assert "Bea" not in page
    assert "Dazu 2 Personen, die inzwischen nicht mehr dazugehören." in page


def test_the_text_goes_with_its_writer_and_all_of_it_with_the_log(
    app: Flask, writer: Writer, cluster_id: int, settings: Settings
) -> None:
    writer.confirm(writer.preview())
    with database_session(app) as session:
        sender = session.scalars(select(Account).where(Account.email == "manager@example.org")).one()
        erasure.erase_account(session, sender, now=datetime.now(UTC))
        kept = session.scalars(select(ClusterMessage)).one()
        assert (kept.text, kept.sent_by, kept.mails) == ("", None, 3)
    later = datetime.now(UTC) + timedelta(days=366)
    kept_a_year = settings.model_copy(update={"keep_trail_years": 1})
    retention.apply_retention(app.extensions["dnk_session_factory"], kept_a_year, now=later)
    with database_session(app) as session:
        assert session.scalars(select(ClusterMessage)).all() == []
        assert session.scalars(select(MessageCopy)).all() == []
