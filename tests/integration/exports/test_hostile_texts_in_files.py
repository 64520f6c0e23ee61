"""The ways in and out of the application for hostile texts and for too much of everything."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from dnk_tool.cli.declarations.group import declaration as command
from dnk_tool.config import Settings
from dnk_tool.domain.declarations import document_parser
from dnk_tool.domain.declarations import size as document_size
from dnk_tool.domain.declarations.document import canonical_json, fingerprint
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.report.formats import PDF
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.exports.responses import attachment, file_name
from tests.support.app import World, database_session, form_fields, make_account, token_of
from tests.support.browsers import send, signed_in
from tests.support.documents import full_document
from tests.support.files.hostile_texts import HOSTILE_TEXTS, visible_characters

WORD = "Wort" * 50_000  # 200 kB without a place to break


@pytest.fixture
def version(app: Flask, world: World) -> str:
    """The address of a frozen version without its ending."""
    content = canonical_json(full_document())
    with database_session(app) as session:
        made = {"content": content, "sha256": fingerprint(content), "finished_at": datetime.now(UTC)}
        session.add(Snapshot(declaration_id=world.own_declaration, version=1, finished_by=None, **made))
    return f"/erklaerungen/{world.own_declaration}/versionen/1"


def test_no_text_adds_a_header_to_a_mail_and_none_stops_it(app: Flask, settings: Settings) -> None:
    """Only \\r and \\n are refused when a mail is queued; what else ends a line must not stop it later."""
    subjects = {name: text.translate({10: " ", 13: " "}).strip() for name, text in HOSTILE_TEXTS.items()}
    subjects = {name: text[:300] for name, text in subjects.items()}
    now = datetime.now(UTC)
    with database_session(app) as session:
        for name, subject in subjects.items():
            given = {
                "recipient": "eva@example.org",
                "subject": subject,
                "body": HOSTILE_TEXTS[name],
                "language": "de",
            }
            mail_delivery.queue_mail(session, **given, now=now)
    accepted = mail_delivery.deliver_due(
        app.extensions["dnk_session_factory"], mail_delivery.mail_transport(settings)
    )
    assert accepted == len(HOSTILE_TEXTS)
    files = sorted(
        (settings.instance / "outbox").iterdir(), key=lambda file: int(file.stem.rpartition("-")[2])
    )
    for name, file in zip(HOSTILE_TEXTS, files, strict=True):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert {header.lower() for header, _value in message.items()} == HEADERS, name
        assert visible_characters(str(message["Subject"])) == visible_characters(subjects[name]), name
        assert visible_characters(HOSTILE_TEXTS[name]) in visible_characters(message.get_content()), name


HEADERS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
}


@pytest.mark.parametrize("name", ["Firma\r\nBcc: x@example.org", "Firma\u2028Zwei", "Firma\x0b\x85Zwei"])
def test_a_name_is_one_line(app: Flask, owner: FlaskClient, world: World, name: str) -> None:
    answer = send(owner, f"/unternehmen/{world.own}/profil", name=name)
    assert answer.status_code == 303
    (shown,) = form_fields(owner.get(f"/unternehmen/{world.own}/profil").text)["name"]
    assert len(shown.splitlines()) == 1
    assert visible_characters(shown) == visible_characters(name)


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_file_name_holds_no_text_that_means_something(app: Flask, name: str) -> None:
    with app.test_request_context():
        answer = attachment(b"", PDF.media_type, file_name(HOSTILE_TEXTS[name], 2025, "V1.pdf"))
    header = answer.headers["Content-Disposition"]
    kind, options = parse_options_header(header)
    assert (kind, header.isascii(), header.isprintable()) == ("attachment", True, True)
    assert options["filename"].startswith("DNK-Erklaerung-2025-")
    assert options["filename"].endswith("-V1.pdf")
    assert "--" not in options["filename"]
    header.encode("latin-1")  # as a server sends it
    assert not set(options["filename"]) & set("/\\:\"'<>%;\n\x00")


def test_a_word_of_200_kb_is_refused_and_stays_in_its_field(editor: FlaskClient, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/1"
    answer = send(editor, path, **{"ref-1.1-text": WORD})
    assert answer.status_code == 422
    assert "Bitte kürzen Sie ihn auf höchstens 100.000 Zeichen" in answer.text
    assert form_fields(answer.text)["ref-1.1-text"] == [WORD]


def test_five_thousand_rows_at_once_are_refused_with_a_page(editor: FlaskClient, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/kriterien/13"
    rows = {f"ref-13.2.goals-rows-{number}-goal": f"Ziel {number}" for number in range(5_000)}
    answer = send(editor, path, **rows)
    assert answer.status_code == 413
    assert "Das ist zu viel auf einmal" in answer.text


GOALS = [{"goal": f"Ziel {number}"} for number in range(5_000)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda data: data["answers"]["1.1"].update(text=WORD), "answers.1.1.text"),
        (lambda data: data["answers"]["13.2.goals"].update(value=GOALS), "answers.13.2.goals.value"),
        (lambda data: data["organisation"].update(sites=[{"name": "x"}] * 5_000), "organisation.sites"),
    ],
    ids=["word", "table", "sites"],
)
def test_a_file_with_too_much_is_refused_with_its_place(
    owner: FlaskClient, world: World, data: Callable[[dict[str, Any]], None], said: str
) -> None:
    content = json.loads(canonical_json(full_document()))
    data(content)
    answer = upload_declaration(owner, world, json.dumps(content).encode())
    assert answer.status_code == 422
    assert said in answer.text


def test_ten_thousand_levels_are_refused(owner: FlaskClient, world: World) -> None:
    deep = canonical_json(full_document()).replace(b'"done":[', b'"done":[' + b"[" * 10_000, 1)
    answer = upload_declaration(owner, world, deep)
    assert answer.status_code == 422
    assert "beschädigt oder unvollständig" in answer.text


def upload_declaration(client: FlaskClient, world: World, content: bytes) -> Any:
    path = f"/unternehmen/{world.own}/erklaerungen/aus-datei"
    file = {"file": (io.BytesIO(content), "d.json"), "csrf_token": token_of(client)}
    return client.post(path, data=file)


@pytest.mark.parametrize("ending", ["docx", "xlsx", "csv", "pdf"])
def test_who_asks_for_too_much_hears_what_to_shorten(
    editor: FlaskClient, version: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_size, "MAX_BYTES", 10_000)
    monkeypatch.setattr(document_size, "LARGE_PART", 1_000)
    answer = editor.get(f"{version}.{ending}")
    assert answer.status_code == 422
    assert "zu umfangreich für eine Datei" in answer.text
    assert "<li>Anmerkungen zu Kennzahlen</li>" in answer.text
    assert editor.get(f"{version}.json").status_code == 200


def test_the_command_line_says_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_size, "MAX_BYTES", 10_000)
    monkeypatch.setattr(document_size, "LARGE_PART", 1_000)
    source = tmp_path / "d.json"
    source.write_bytes(canonical_json(full_document()))
    done = CliRunner().invoke(command, ["render", str(source), "-o", str(source.with_suffix(".html"))])
    assert done.exit_code != 0
    assert "too large for a file" in done.output
    assert "Notes on figures" in done.output


def test_what_could_not_be_read_again_is_not_frozen_and_names_its_longest_parts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_session(app) as session:
        kept = import_document(Work(session, SHELL, datetime.now(UTC)), full_document())
        kept.organisation.requires_sign_off = False
        account = make_account(session, "chefin@example.org")
        add_member(session, kept.organisation, account.id, Role.OWNER, now=datetime.now(UTC))
        session.flush()
        path = f"/erklaerungen/{kept.id}"
    chief = signed_in(app, "chefin")
    form = form_fields(chief.get(f"{path}/pruefen").text)
    with monkeypatch.context() as patch:
        patch.setattr(document_parser, "MAX_BYTES", 10_000)
        patch.setattr(document_size, "LARGE_PART", 1_000)
        refused = chief.post(f"{path}/einreichen", data=form)
    assert refused.status_code == 422
    assert "Die Erklärung ist zu umfangreich. Bitte kürzen Sie" in refused.text
    assert "Am meisten steht hier: 13 " in refused.text or "Anmerkungen zu Kennzahlen" in refused.text
    assert chief.post(f"{path}/einreichen", data=form).status_code == 303
