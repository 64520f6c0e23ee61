"""The test mail: over the real way, at once; what the server said, and which setting to look at."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.services.mail import trial
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.store import installation_state
from dnk_tool.store.tables.mail import Mail
from tests.support.app import database_session, form_fields, make_account, number_of_rows, post, sign_in
from tests.support.browsers import signed_in
from tests.support.proxies import write_certificate
from tests.support.smtp_server import RecordingSmtpServer, secure_smtp_server

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PATH, OPERATOR = "/betrieb/post/probe", "betrieb@example.org"


@pytest.fixture
def operator(any_app: Flask) -> FlaskClient:
    with database_session(any_app) as session:
        make_account(session, OPERATOR, name="Olga", is_operator=True)
        make_account(session, "anna@example.org")
    return signed_in(any_app, OPERATOR)


def use(client: FlaskClient, **given: Any) -> None:
    """From now on the application has these settings of mails."""
    app = client.application
    before: Settings = app.extensions["dnk_settings"]
    app.extensions["dnk_settings"] = before.model_copy(update=given)


def ask_for_trial_mail(client: FlaskClient, email: str = OPERATOR) -> TestResponse:
    return post(client, PATH, {"email": email})


def test_it_arrives_at_once_and_nothing_of_it_is_kept(
    operator: FlaskClient, inbox: RecordingSmtpServer
) -> None:
    use(operator, **inbox.settings)
    page = operator.get("/betrieb/post").text
    assert form_fields(page)["email"] == [OPERATOR], "one's own address is there already"
    assert ask_for_trial_mail(operator).status_code == 303
    [message] = inbox.messages
    assert message["To"] == OPERATOR
    assert message["Subject"] == "Test-E-Mail von dnk-tool"
    assert "http://localhost" in message.get_content()
    shown = operator.get("/betrieb/post").text
    assert f"Der Mailserver 127.0.0.1 hat die Test-E-Mail an {OPERATOR} angenommen." in shown
    ask_for_trial_mail(operator, "Lena@Beispiel.de ")
    assert inbox.recipients == [OPERATOR, "lena@beispiel.de"]
    assert number_of_rows(operator.application, Mail) == 0


def test_without_a_mail_server_it_lies_in_the_folder(operator: FlaskClient) -> None:
    assert ask_for_trial_mail(operator).status_code == 303
    folder = operator.application.extensions["dnk_settings"].instance / "outbox"
    [file] = folder.glob("*.eml")
    assert f"To: {OPERATOR}" in file.read_text("utf-8")
    assert f"Es ist kein Mailserver eingestellt: Die Test-E-Mail liegt im Ordner {folder}" in (
        operator.get("/betrieb/post").text
    )


@pytest.mark.parametrize(
    ("refuse", "said", "setting"),
    [
        (
            {"RCPT": "550 5.1.1 no such mailbox here"},
            "lehnt die Empfängeradresse ab",
            "DNK_SMTP_USER und DNK_SMTP_PASSWORD",
        ),
        ({"MAIL": "553 5.7.1 not your domain"}, "lehnt den Absender dnk-tool@localhost ab", "DNK_MAIL_FROM"),
        ({"DATA": "554 5.7.1 looks like spam"}, "nicht an, nachdem er sie gelesen hat", "DNK_MAIL_FROM"),
        ({"HANG-UP": ""}, "Vielleicht kommt sie an", "Sehen Sie im Postfach nach"),
    ],
)
def test_a_refusal_is_told_with_the_answer_and_the_setting(
    operator: FlaskClient, inbox: RecordingSmtpServer, refuse: dict[str, str], said: str, setting: str
) -> None:
    use(operator, **inbox.settings)
    inbox.refuse = refuse
    answer = ask_for_trial_mail(operator, "lena@beispiel.de")
    assert answer.status_code == 422
    assert said in answer.text
    assert setting in answer.text
    assert 'value="lena@beispiel.de"' in answer.text, "what was typed stays"
    [words] = refuse.values()
    assert words in answer.text
    assert ("Seine Antwort:" in answer.text) == bool(words)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def secure(certificate: tuple[Path, Path]) -> Iterator[RecordingSmtpServer]:
    with secure_smtp_server(*certificate, "dnk", "the right one") as server:
        yield server


def test_a_wrong_password(
    operator: FlaskClient,
    secure: RecordingSmtpServer,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = {"smtp_host": "localhost", "smtp_port": secure.port, "smtp_security": "starttls"}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    use(operator, **given, smtp_user="dnk", smtp_password=SecretStr("wrong"))
    refused = ask_for_trial_mail(operator)
    assert "Der Mailserver localhost hat die Anmeldung abgelehnt." in refused.text
    assert "Prüfen Sie DNK_SMTP_USER und DNK_SMTP_PASSWORD." in refused.text
    assert "535 5.7.8" in refused.text
    assert "wrong" not in refused.text, "the password is not shown"
    use(operator, smtp_password=SecretStr("the right one"))
    assert ask_for_trial_mail(operator).status_code == 303
    assert secure.recipients[-1:] == [OPERATOR]


def test_what_is_wrong_with_the_encryption(
    operator: FlaskClient, inbox: RecordingSmtpServer, secure: RecordingSmtpServer
) -> None:
    use(operator, smtp_host="localhost", smtp_port=secure.port, smtp_security="starttls")
    assert "Das Zertifikat des Mailservers localhost" in ask_for_trial_mail(operator).text
    use(operator, smtp_host="127.0.0.1", smtp_port=inbox.port)
    without = ask_for_trial_mail(operator).text
    assert "keine Verschlüsselung" in without, "the server knows no STARTTLS"
    assert "587 mit starttls oder 465 mit tls" in without
    use(operator, smtp_security="tls")
    assert "keine Verschlüsselung" in ask_for_trial_mail(operator).text
    use(operator, smtp_security="none", smtp_user="dnk")
    assert "bietet auf Port" in ask_for_trial_mail(operator).text
    assert not inbox.received


def test_a_server_that_gives_no_answer_or_is_not_there(
    operator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        use(operator, smtp_host="127.0.0.1", smtp_port=port, smtp_security="starttls")
        assert (
            f"Der Mailserver 127.0.0.1 antwortet auf Port {port} nicht" in ask_for_trial_mail(operator).text
        )
    closed = ask_for_trial_mail(operator).text
    assert f"nimmt auf Port {port} keine Verbindung an" in closed
    assert "Prüfen Sie DNK_SMTP_HOST und DNK_SMTP_PORT" in closed


def test_an_unknown_server(operator: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_given: Any, **_named: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    use(operator, smtp_host="mial.example.org")
    assert "Der Mailserver mial.example.org ist unbekannt" in ask_for_trial_mail(operator).text


@pytest.mark.parametrize("address", ["", "lena", "a@b.de, c@d.de", "lena@beispiel.de\r\nBcc: x@y.de"])
def test_an_address_that_is_none(operator: FlaskClient, address: str) -> None:
    answer = ask_for_trial_mail(operator, address)
    assert answer.status_code == 422
    assert "Geben Sie eine E-Mail-Adresse ein" in answer.text
    assert not (operator.application.extensions["dnk_settings"].instance / "outbox").exists()


def test_no_more_than_ten_an_hour(operator: FlaskClient) -> None:
    assert [ask_for_trial_mail(operator).status_code for _ in range(11)] == [303] * 10 + [429]


def test_a_quiet_copy_writes_to_nobody(operator: FlaskClient, inbox: RecordingSmtpServer) -> None:
    use(operator, **inbox.settings)
    with database_session(operator.application) as session:
        installation_state.write(session, installation_state.QUIET, NOW.isoformat(), now=NOW)
    answer = ask_for_trial_mail(operator)
    assert answer.status_code == 422
    assert "Diese Kopie ist still" in answer.text
    assert not inbox.received


def test_it_is_for_operators_alone(operator: FlaskClient, inbox: RecordingSmtpServer) -> None:
    use(operator, **inbox.settings)
    client = operator.application.test_client()
    sign_in(client, "anna@example.org")
    assert ask_for_trial_mail(client).status_code in (403, 404)
    settings: Settings = operator.application.extensions["dnk_settings"]
    with pytest.raises(NotPermitted):
        trial.send_trial(settings, MailDraft("x@y.de", "x", "x", "de"), actor=Actor(1), now=NOW)
    assert not inbox.received
