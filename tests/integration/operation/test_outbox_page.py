"""What the operator learns about the mails: numbers and reasons, no texts, no people; and a second try."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.work import Work
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.mail import Mail
from tests.support.app import Browser, count_statements, database_session, make_account, post, sign_in
from tests.support.browsers import signed_in
from tests.support.smtp_server import RecordingSmtpServer

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
REASON = "550 <anna.canary@beispiel.de>: no such mailbox, ask postmaster@beispiel.de"


def add_outgoing_mail(app: Flask, **more: Any) -> None:
    given = {
        "recipient": "anna.canary@beispiel.de",
        "subject": "Betreff-Kanarie",
        "body": "Text-Kanarie",
        "language": "de",
        "created_at": NOW,
    }
    with database_session(app) as session:
        session.add(Mail(**{**given, **more}))


@pytest.fixture
def mixed(any_app: Flask) -> Flask:
    """Mails in every state: 2 under way, 3 sent, 2 given up, 1 unclear, and 1 that never was one."""
    add_outgoing_mail(any_app, next_try=NOW)
    add_outgoing_mail(any_app, next_try=NOW + timedelta(days=9999), attempts=2, error="OSError('zu')")
    for _ in range(3):
        add_outgoing_mail(any_app, sent_at=NOW, claimed_at=NOW, body="")
    for _ in range(2):
        add_outgoing_mail(any_app, error=REASON, attempts=8)
    add_outgoing_mail(any_app, claimed_at=NOW, attempts=1)
    add_outgoing_mail(any_app, recipient="", body="")
    with database_session(any_app) as session:
        make_account(session, "betrieb@example.org", name="Olga", is_operator=True)
        make_account(session, "anna@example.org")
    return any_app


@pytest.fixture
def operator(mixed: Flask) -> FlaskClient:
    return signed_in(mixed, "betrieb")


def test_the_counts(mixed: Flask) -> None:
    with database_session(mixed) as session:
        assert outbox.count_by_status(session) == outbox.OutboxCounts(
            waiting=2, sent=3, failed=2, unclear=1, delayed=1
        )


def test_the_page_says_how_many_and_why_but_not_who_and_what(mixed: Flask, operator: FlaskClient) -> None:
    html = operator.get("/betrieb/post").text
    for words in (
        "beispiel.de",
        "no such mailbox",
        "nicht zustellbar",
        "ungewiss",
        "der nächste am",
        "OSError",
    ):
        assert words in html
    assert "…@beispiel.de&gt;: no such mailbox, ask …@beispiel.de" in html
    for canary in ("anna.canary", "Kanarie", "postmaster"):
        assert canary not in html


def test_the_page_needs_few_statements_however_much_failed(mixed: Flask, operator: FlaskClient) -> None:
    for number in range(40):
        add_outgoing_mail(mixed, error=f"550 nein {number}")
    with count_statements(mixed) as statements:
        html = operator.get("/betrieb/post").text
    assert len(statements) <= 6
    assert html.count("550 nein") == 20


def test_what_was_given_up_is_delivered_again_and_nothing_else(
    mixed: Flask, operator: FlaskClient, inbox: RecordingSmtpServer
) -> None:
    answer = post(operator, "/betrieb/post/erneut")
    assert answer.status_code == 303
    assert "2 E-Mails werden noch einmal zugestellt." in operator.get("/betrieb/post").text
    settings: Settings = mixed.extensions["dnk_settings"]
    smtp = config.load_settings(
        instance=settings.instance, secret_key="only for tests " * 4, **inbox.settings
    )
    factory = mixed.extensions["dnk_session_factory"]
    assert mail_delivery.deliver_due(factory, mail_delivery.mail_transport(smtp)) == 3, (
        "with the one that was under way"
    )
    with database_session(mixed) as session:
        assert outbox.count_by_status(session) == outbox.OutboxCounts(
            waiting=1, sent=6, failed=0, unclear=1, delayed=1
        )
    post(operator, "/betrieb/post/erneut")
    assert "Es gibt keine E-Mail, die nicht zugestellt werden konnte." in operator.get("/betrieb/post").text


def test_only_the_operator_tries_again(mixed: Flask) -> None:
    with database_session(mixed) as session:
        with pytest.raises(NotPermitted):
            mail_delivery.retry_failed_mails(Work(session, Actor(1), NOW))
        assert len(session.scalars(select(Mail).where(Mail.next_try.is_(None))).all()) == 7


NOTICE = "Es ist kein Mailserver eingestellt: Einladungen und andere E-Mails erreichen niemanden."


def test_without_a_mail_server_the_operator_is_told_on_every_page(
    mixed: Flask, operator: FlaskClient
) -> None:
    for path in ("/", "/konto", "/hilfe", "/betrieb"):
        html = operator.get(path).text
        assert NOTICE in html, path
        assert 'href="/betrieb/post"' in html
    page = operator.get("/betrieb/post").text
    assert NOTICE not in page, "here it is told at length"
    assert str(mixed.extensions["dnk_settings"].instance / "outbox") in page


def test_nobody_else_is_told(mixed: Flask) -> None:
    client = mixed.test_client()
    assert NOTICE not in client.get("/").text
    sign_in(client, "anna@example.org")
    assert NOTICE not in client.get("/").text


def test_with_a_mail_server_there_is_no_notice(mixed: Flask) -> None:
    settings: Settings = mixed.extensions["dnk_settings"]
    given = {
        "instance": settings.instance,
        "database_url": settings.database,
        "secret_key": "only for tests " * 4,
    }
    app = create_app(config.load_settings(**given, smtp_host="mail.example.org"))
    app.testing, app.test_client_class = True, Browser
    client = signed_in(app, "betrieb")
    assert NOTICE not in client.get("/").text
    assert "mail.example.org:587" in client.get("/betrieb/post").text
    app.extensions["dnk_engine"].dispose()
