"""Mails against a real SMTP server: never twice, again after a failure, never after a doubt."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.config import Settings
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.store.tables.mail import Mail
from tests.support.app import World, database_session, post
from tests.support.browsers import signed_in
from tests.support.machine import run_at_once
from tests.support.proxies import write_certificate
from tests.support.smtp_server import RecordingSmtpServer, secure_smtp_server


@pytest.fixture
def smtp(settings: Settings, inbox: RecordingSmtpServer) -> Settings:
    given = {"smtp_host": "127.0.0.1", "smtp_port": inbox.port, "smtp_security": "none"}
    return config.load_settings(instance=settings.instance, secret_key="only for tests " * 4, **given)


def test_a_domain_with_an_umlaut_is_written_as_servers_read_it(
    app: Flask, settings: Settings, inbox: RecordingSmtpServer
) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_port": inbox.port, "smtp_security": "none"}
    smtp = config.load_settings(
        instance=settings.instance, secret_key="only for tests " * 4, mail_from="dnk@größe.example", **given
    )
    queue(app, "info@straße-müller.de")
    assert deliver_all(app, smtp) == 1
    message = message_from_bytes(inbox.received[0], policy=policy.default)
    # IDNA 2008: the older rules would write "strasse", which is somebody else's domain.
    assert message["To"] == "info@xn--strae-mller-y6a49a.de"
    assert inbox.recipients == ["info@xn--strae-mller-y6a49a.de"]
    assert message["From"] == "dnk@xn--gre-6ka8i.example"


def test_a_mail_that_breaks_the_program_holds_up_no_other(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    queue(app, "eva@example.org")
    queue(app, "otto@example.org")

    def break_at_first(mail: Mail) -> MailDelivery:
        if mail.recipient == "eva@example.org":
            mail.recipient.encode("utf-16").decode("ascii")
        return mail_delivery._send_by_smtp(mail, smtp)

    assert mail_delivery.deliver_due(app.extensions["dnk_session_factory"], break_at_first) == 1
    assert inbox.recipients == ["otto@example.org"]
    with database_session(app) as session:
        mail = session.scalars(select(Mail).where(Mail.recipient == "eva@example.org")).one()
    assert mail.next_try is None
    assert "UnicodeDecodeError" in mail.error
    assert "eva@" not in caplog.text


def test_the_background_survives_whatever_happens(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def fail(*_given: Any) -> int:
        failed.set()
        raise RuntimeError("a mistake of ours")

    background = BackgroundWorker(app.extensions["dnk_session_factory"], smtp, pause_seconds=3600)
    with monkeypatch.context() as patch:
        patch.setattr(mail_delivery, "deliver_due", fail)
        background.start()
        assert failed.wait(60)
    try:
        queue(app)
        deadline = time.monotonic() + 60
        while not inbox.received and time.monotonic() < deadline:
            background.wake()
            time.sleep(0.01)
    finally:
        background.stop()
    assert len(inbox.received) == 1


@pytest.mark.own_app
def test_only_a_mail_wakes_the_background(app: Flask, world: World) -> None:
    """Each look for mails takes the write lock once more."""
    background = app.extensions["dnk_background"] = BackgroundWorker(
        app.extensions["dnk_session_factory"], app.extensions["dnk_settings"]
    )
    client = signed_in(app, "owner")
    assert post(client, "/konto", {"name": "Neuer Name", "language": "de"}).status_code == 303
    assert not background._woken.is_set()
    for address in ("owner@example.org", "nobody@example.org"):
        background._woken.clear()
        post(app.test_client(), "/passwort-vergessen", {"email": address})
        assert background._woken.is_set(), "for unknown addresses, too, so that nobody can tell them apart"


def queue(app: Flask, recipient: str = "anna@example.org", subject: str = "Grüße aus Köln") -> None:
    with database_session(app) as session:
        mail_delivery.queue_mail(
            session,
            recipient=recipient,
            subject=subject,
            body="Guten Tag,\n\nein Link: https://dnk.example.de/" + "x" * 90 + "\n.\nSchluss: ä ö ü ß €\n",
            language="de",
            now=datetime.now(UTC),
        )


def deliver_all(app: Flask, settings: Settings) -> int:
    return mail_delivery.deliver_due(
        app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings)
    )


def the_mail(app: Flask) -> Mail:
    with database_session(app) as session:
        return session.scalars(select(Mail)).one()


def test_a_mail_arrives_once_and_whole(app: Flask, smtp: Settings, inbox: RecordingSmtpServer) -> None:
    queue(app)
    assert deliver_all(app, smtp) == 1
    assert deliver_all(app, smtp) == 0
    [raw] = inbox.received
    message = message_from_bytes(raw, policy=policy.default)
    assert message["To"] == "anna@example.org"
    assert message["From"] == "dnk-tool@localhost"
    assert message["Subject"] == "Grüße aus Köln"
    text = message.get_content().replace("\r\n", "\n")
    assert "https://dnk.example.de/" + "x" * 90 in text
    assert "\n.\nSchluss: ä ö ü ß €\n" in text
    assert the_mail(app).sent_at
    assert the_mail(app).body == ""


def test_many_deliver_at_once_and_each_mail_arrives_once(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer
) -> None:
    for number in range(20):
        queue(app, subject=f"Mail {number}")
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        deliver_all(app, smtp)

    run_at_once([work] * 4)
    subjects = [message_from_bytes(raw, policy=policy.default)["Subject"] for raw in inbox.received]
    assert sorted(subjects) == sorted(f"Mail {number}" for number in range(20))


def test_again_after_a_failure_with_growing_pauses(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer
) -> None:
    inbox.refuse = {"RCPT": "451 try later"}
    with time_machine.travel(time.time(), tick=False) as clock:
        queue(app)
        for pause in mail_delivery.BACK_OFF:
            assert deliver_all(app, smtp) == 0
            assert the_mail(app).next_try == datetime.now(UTC) + pause
            assert deliver_all(app, smtp) == 0, "not before its time"
            clock.shift(pause)
        inbox.refuse = {}
        assert deliver_all(app, smtp) == 1
    assert len(inbox.received) == 1


def test_given_up_in_the_end(app: Flask, smtp: Settings, inbox: RecordingSmtpServer) -> None:
    inbox.refuse = {"DATA": "452 full"}
    with time_machine.travel(time.time(), tick=False) as clock:
        queue(app)
        for _ in range(20):
            deliver_all(app, smtp)
            clock.shift(timedelta(days=2))
    mail = the_mail(app)
    assert mail.next_try is None
    assert mail.attempts == len(mail_delivery.BACK_OFF) + 1
    assert "452" in mail.error


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_final_no_is_not_asked_again(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer, step: str
) -> None:
    inbox.refuse = {step: "550 no such mailbox"}
    queue(app)
    assert deliver_all(app, smtp) == 0
    assert the_mail(app).next_try is None
    assert "550" in the_mail(app).error


def test_mails_wait_for_a_trusted_certificate_and_the_right_password(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expired certificate or a mistyped password costs no mail: repaired, it goes out."""
    certificate, key = write_certificate(tmp_path)
    with secure_smtp_server(certificate, key, "dnk", "the right one") as server:

        def secure(password: str) -> Settings:
            given = server.settings | {"smtp_security": "starttls", "smtp_user": "dnk"}
            return config.load_settings(
                instance=settings.instance,
                secret_key="only for tests " * 4,
                smtp_password=password,
                **given,
            )

        with time_machine.travel(time.time(), tick=False) as clock:
            queue(app)
            assert deliver_all(app, secure("the right one")) == 0
            assert "CERTIFICATE_VERIFY_FAILED" in the_mail(app).error
            assert the_mail(app).next_try == datetime.now(UTC) + mail_delivery.BACK_OFF[0]
            clock.shift(mail_delivery.BACK_OFF[0])
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            assert deliver_all(app, secure("a wrong one")) == 0
            assert the_mail(app).next_try == datetime.now(UTC) + mail_delivery.BACK_OFF[1]
            clock.shift(mail_delivery.BACK_OFF[1])
            assert deliver_all(app, secure("the right one")) == 1
        assert server.recipients == ["anna@example.org"]


def test_after_a_doubt_it_is_not_sent_again(app: Flask, smtp: Settings, inbox: RecordingSmtpServer) -> None:
    inbox.refuse = {"HANG-UP": "after the text"}
    queue(app)
    assert deliver_all(app, smtp) == 0
    inbox.refuse = {}
    with time_machine.travel(time.time() + 10 * 24 * 3600):
        assert deliver_all(app, smtp) == 0
    assert len(inbox.received) == 1


def test_dying_while_sending_does_not_send_twice(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer
) -> None:
    queue(app)

    def die(mail: Mail) -> MailDelivery:
        mail_delivery._send_by_smtp(mail, smtp)
        raise SystemExit  # after the server accepted, before the row says so

    with pytest.raises(SystemExit):
        mail_delivery.deliver_due(app.extensions["dnk_session_factory"], die)
    assert deliver_all(app, smtp) == 0
    assert len(inbox.received) == 1


def test_no_server_at_all(app: Flask, settings: Settings) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"}
    queue(app)
    assert (
        deliver_all(
            app, config.load_settings(instance=settings.instance, secret_key="only for tests " * 4, **given)
        )
        == 0
    )
    assert the_mail(app).next_try


def test_credentials_never_travel_in_the_clear(
    app: Flask, settings: Settings, inbox: RecordingSmtpServer
) -> None:
    given = {"smtp_host": "127.0.0.1", "smtp_port": inbox.port, "smtp_user": "u", "smtp_password": "p"}
    strict = config.load_settings(instance=settings.instance, secret_key="only for tests " * 4, **given)
    queue(app)
    assert deliver_all(app, strict) == 0, "the server offers no STARTTLS"
    assert inbox.received == []
    with pytest.raises(config.ConfigurationError, match="in the clear"):
        config.load_settings(instance=settings.instance, smtp_security="none", **given)


@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_no_header_can_be_smuggled_in(app: Flask, field: str) -> None:
    with pytest.raises(ValueError, match="line breaks"):
        queue(app, **{field: "a@b.de\r\nBcc: victim@example.org"})


def test_without_a_server_mails_lie_in_a_folder(app: Flask, settings: Settings) -> None:
    queue(app)
    assert deliver_all(app, settings) == 1
    [file] = (settings.instance / "outbox").glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    raw = file.read_bytes()
    assert ("https://dnk.example.de/" + "x" * 90).encode() in raw, "a link can be copied out of the file"
    assert "Schluss: ä ö ü ß €" in raw.decode()


def test_the_header_of_such_a_file_can_be_read_too(app: Flask, settings: Settings) -> None:
    queue(app, "anna@example.org", "Noch 7 Tage: DNK-Erklärung 2025 von Müller & Söhne")
    assert deliver_all(app, settings) == 1
    [file] = (settings.instance / "outbox").glob("*.eml")
    raw = file.read_bytes()
    assert "Subject: Noch 7 Tage: DNK-Erklärung 2025 von Müller & Söhne\n" in raw.decode()
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "Noch 7 Tage: DNK-Erklärung 2025 von Müller & Söhne"


def test_what_goes_to_a_server_has_only_signs_that_every_server_takes(
    app: Flask, smtp: Settings, inbox: RecordingSmtpServer
) -> None:
    queue(app)
    assert deliver_all(app, smtp) == 1
    assert inbox.received[0].isascii()


def test_a_full_disk_loses_no_mail(app: Flask, settings: Settings, tmp_path: Path) -> None:
    (settings.instance / "outbox").write_text("in the way")
    queue(app)
    assert deliver_all(app, settings) == 0
    assert the_mail(app).next_try


def test_the_background_delivers_when_woken(app: Flask, smtp: Settings, inbox: RecordingSmtpServer) -> None:
    background = BackgroundWorker(app.extensions["dnk_session_factory"], smtp, pause_seconds=3600)
    background.start()
    try:
        queue(app)
        background.wake()
        deadline = time.monotonic() + 60
        while not inbox.received and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        background.stop()
    assert len(inbox.received) == 1
