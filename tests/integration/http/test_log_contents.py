"""Whatever fails, no log holds an address, a password's hash, an answer's text or a token (A27)."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from dnk_tool.cli.logs import JsonLogFormatter
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.exports.render_queue import RenderJob
from dnk_tool.services.mail import delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker, PeriodicJob
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from tests.support.app import (
    World,
    database_session,
    make_account,
    make_organisation,
    make_world,
    sign_in,
    token_of,
)
from tests.support.browsers import signed_in
from tests.support.smtp_server import RecordingSmtpServer

ADDRESS, HASH, UNIQUIFIER = "kanarie@example.org", "$argon2id$kanarienhash", "kanarienkennung"
ANSWER, TOKEN, PASSWORD = "Kanarientext einer Antwort", "kanarientoken", "kanarienpasswort"
GROWING = "\U0001d160" * 70  # 70 letters, of which composing makes 210
NOW = datetime(2026, 3, 1, tzinfo=UTC)

FORM = {"email": ADDRESS, "password": PASSWORD, "text": ANSWER, "number": ANSWER, "name": GROWING}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a server writes, with debugging output, which says most."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(JsonLogFormatter())
    handler.addFilter(lambda record: record.name != "mail.log")  # the mail server of the test itself
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def canaries_in(log: io.StringIO) -> list[str]:
    written = log.getvalue().lower()
    return [word for word in ("kanarie", "argon2id", GROWING) if word in written]


def account_values(**more: Any) -> dict[str, Any]:
    return {
        "email": ADDRESS,
        "name": "Anna",
        "password_hash": HASH,
        "fs_uniquifier": UNIQUIFIER,
        "language": "de",
        "created_at": NOW,
    } | more


def taken_address() -> None:
    db().add(Account(**account_values()))
    db().flush()
    db().execute(insert(Account).values(**account_values(fs_uniquifier="other")))


def missing_value() -> None:
    db().execute(insert(Account).values(**account_values(password_hash=None)))


def failed_check() -> None:
    db().add(Organisation(name="", address=ANSWER, created_at=NOW))
    db().flush()


def failed_check_of_update() -> None:
    db().execute(update(Organisation).values(name="", address=ANSWER))


def failed_commit() -> None:
    db().add(Organisation(name="", address=ANSWER, created_at=NOW))


def unknown_reference() -> None:
    db().add(Account(**account_values()))
    db().add(Membership(user_id=987, organisation_id=654, role="owner", created_at=NOW))
    db().flush()


def too_long() -> None:
    """Only PostgreSQL refuses this."""
    db().add(Account(**account_values(name=ANSWER * 20)))
    db().flush()
    failed_check()


def too_many_answers() -> None:
    db().scalars(select(Organisation).where(Organisation.name != ANSWER)).one()
    raise LookupError(ANSWER)


def wrong_statement() -> None:
    db().execute(text("SELECT missing FROM organisation WHERE name = :name"), {"name": ANSWER})


def wrong_type() -> None:
    db().execute(insert(Account).values(**account_values(created_at=ANSWER)))


def spoken_error() -> None:
    raise RuntimeError(f"{request.form['email']} wrote {request.form['text']}")


def unreadable_number() -> None:
    int(request.form["number"])


def unknown_key() -> None:
    {}[request.form["email"]]


def chain() -> None:
    try:
        taken_address()
    except Exception as error:
        error.add_note(ANSWER)
        raise ValueError(ANSWER) from error


def group() -> None:
    raise ExceptionGroup(ANSWER, [ValueError(ADDRESS), KeyError(HASH)])


def broken_template() -> None:
    render_template_string("{{ text.missing.further }} {{ 1 // 0 }}", text=request.form["text"])


FAILURES = [
    taken_address,
    missing_value,
    failed_check,
    failed_check_of_update,
    failed_commit,
    unknown_reference,
    too_long,
    too_many_answers,
    wrong_statement,
    wrong_type,
    spoken_error,
    unreadable_number,
    unknown_key,
    chain,
    group,
    broken_template,
]


@pytest.mark.own_app
def test_f3_no_failing_view_writes_what_was_sent(any_app: Flask, log: io.StringIO) -> None:
    app = any_app
    for failure in FAILURES:
        view = permit(Permission.PUBLIC)(failing_view(failure))
        app.add_url_rule(
            f"/test/{failure.__name__}/<token>", f"test.{failure.__name__}", view, methods=["POST"]
        )
    with database_session(app) as session:
        make_organisation(session, "A GmbH")
    app.testing = False
    client = app.test_client()
    csrf_token = token_of(client)
    for failure in FAILURES:
        log.truncate(0)
        answer = client.post(f"/test/{failure.__name__}/{TOKEN}", data=FORM | {"csrf_token": csrf_token})
        assert answer.status_code in (500, 503, 422), failure
        assert canaries_in(log) == [], f"{failure.__name__}: {log.getvalue()}"
        assert answer.headers["X-Request-Id"] in log.getvalue(), failure
    assert_nothing_of_a_traceback_is_lost(log)


def assert_nothing_of_a_traceback_is_lost(log: io.StringIO) -> None:
    lines = [json.loads(line) for line in log.getvalue().strip("\x00").splitlines() if line.strip("\x00")]
    [traceback] = [line["traceback"] for line in lines if "traceback" in line]
    assert "broken_template" in traceback
    assert traceback.splitlines()[-1] == "UndefinedError"


def failing_view(failure: Callable[[], None]) -> Callable[..., str]:
    def view(token: str) -> str:
        failure()
        return "ok"

    return view


@pytest.mark.own_app
def test_f3_a_refused_statement_names_its_table_and_constraint(any_app: Flask, log: io.StringIO) -> None:
    any_app.add_url_rule(
        "/test", "test.x", permit(Permission.PUBLIC)(lambda: failed_check() or ""), methods=["POST"]
    )
    any_app.testing = False
    client = any_app.test_client()
    assert client.post("/test", data=FORM | {"csrf_token": token_of(client)}).status_code == 500
    written = log.getvalue()
    assert "IntegrityError (INSERT organisation)" in written
    assert re.search("(SQLITE_CONSTRAINT|23514) ck_organisation_has_name", written)


def test_f3_names_that_grow_when_composed_are_refused_at_their_field(
    any_app: Flask, log: io.StringIO
) -> None:
    """70 letters that become 210, in every form that asks for a person's name."""
    world = make_world(any_app)
    client = signed_in(any_app, "owner")
    declaration = f"/erklaerungen/{world.own_declaration}"
    guest = {"email": ADDRESS, "name": GROWING, "points": "1.1"}
    forms: list[tuple[str, dict[str, str]]] = [
        ("/konto", {"name": GROWING, "language": "de"}),
        (f"{declaration}/beitraege/neu?kriterium=1", guest),
        ("/unternehmen/neu", {"name": "\U0001d160" * 400}),
        (f"/unternehmen/{world.own}/profil", {"name": "A", "legal_form": "\U0001d160" * 400}),
        (f"{declaration}/belege/neu", {"title": GROWING, "target": "erklaerung"}),
    ]
    for path, fields in forms:
        answer = client.post(path, data=fields | {"csrf_token": token_of(client)})
        assert answer.status_code == 422, path
        assert "höchstens" in answer.text, path
        assert "\U0001d158\U0001d165" in answer.text, "what was typed stays, as it is composed"
    assert canaries_in(log) == []


def test_f3_an_account_keeps_its_name_if_none_is_sent(any_app: Flask) -> None:
    make_world(any_app)
    client = signed_in(any_app, "owner")
    answer = client.post("/konto", data={"language": "en", "csrf_token": token_of(client)})
    assert answer.status_code == 422
    with database_session(any_app) as session:
        assert (
            session.scalars(select(Account.name).where(Account.email == "owner@example.org")).one() == "Owner"
        )


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ("RCPT", f"550 <{ADDRESS}>: unknown"),
        ("RCPT", f"450 <{ADDRESS}>: later"),
        ("DATA", f"554 refused for {ADDRESS}"),
        ("DATA", f"421 hang up on {ADDRESS}"),
        ("HANG-UP", "x"),
    ],
)
def test_f3_a_mail_servers_words_stay_out_of_the_log(
    app: Flask, inbox: RecordingSmtpServer, log: io.StringIO, command: str, refusal: str
) -> None:
    settings = app.extensions["dnk_settings"].model_copy(update=inbox.settings)
    with database_session(app) as session:
        delivery.queue_mail(
            session,
            recipient=ADDRESS,
            subject=ANSWER,
            body=f"https://example.org/einladung/{TOKEN}",
            language="de",
            now=datetime.now(UTC),
        )
    inbox.refuse[command] = refusal
    factory = app.extensions["dnk_session_factory"]
    assert delivery.deliver_due(factory, delivery.mail_transport(settings)) == 0
    assert "mail 1 " in log.getvalue()
    assert canaries_in(log) == []


def test_f3_a_job_that_fails_says_where_and_not_what(app: Flask, log: io.StringIO) -> None:
    def fail(*_given: object) -> None:
        with database_session(app) as session:
            session.add(Organisation(name="", address=ANSWER, created_at=NOW))

    settings = app.extensions["dnk_settings"]
    job = PeriodicJob("canary", fail, every=NOW - NOW)
    worker = BackgroundWorker(app.extensions["dnk_session_factory"], settings, (job,))
    assert worker.run_once() is False
    RenderJob("key", fail, "owner").run()
    assert log.getvalue().count("IntegrityError (INSERT organisation)") == 2
    assert canaries_in(log) == []


def test_f3_a_file_that_cannot_be_read_is_not_quoted(
    app: Flask, client: FlaskClient, world: World, log: io.StringIO
) -> None:
    with database_session(app) as session:
        make_account(session, ADDRESS)
    sign_in(client, "owner@example.org")
    declaration, company = f"/erklaerungen/{world.own_declaration}", f"/unternehmen/{world.own}"
    uploads = [
        (f"{declaration}/belege/neu", "files", f"{TOKEN}.pdf", b"%PDF-1.7 "),
        (f"{declaration}/kennzahlen/import", "file", f"{TOKEN}.xlsx", b"PK\x03\x04"),
        (f"{company}/erklaerungen/aus-datei", "file", f"{TOKEN}.json", b'{"x": '),
    ]
    for path, field, name, start in uploads:
        content = start + ANSWER.encode() + ADDRESS.encode()
        fields = {"title": ANSWER, "target": "erklaerung", field: (io.BytesIO(content), name)}
        answer = client.post(path, data=fields | {"csrf_token": token_of(client)})
        assert answer.status_code == 422, path
    assert canaries_in(log) == []
