"""PDFs on order, as a browser sees them: made once for all, told how far and where else, never leaked."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from dnk_tool.domain.permissions import Actor
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.renderer import render_pdf
from dnk_tool.services.exports import pdf_cache, render_queue, rendering
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.store.tables.organisations import Membership, Organisation
from dnk_tool.web.declarations.submit_form import NO_CLUSTER
from dnk_tool.web.exports.pending_pdfs import MAX_ADDRESS_LENGTH, MAX_NOTICES, SharedRenderQueue
from tests.support.app import World, count_statements, database_session, post, sign_in
from tests.support.browsers import signed_in
from tests.support.declaration_scenario import DeclarationScenario, declaration_path

pytestmark = pytest.mark.own_app  # a print may go on when its test is over

SOON = 120.0
SCRIPT = {"X-Requested-With": "fetch"}
MAKING, READY = "Ihr PDF wird gerade erstellt", "ist fertig."


class Press:
    """Renders once it is let; counts what it rendered. The file says which render it came from."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.fails: Exception | None = None
        self.rendered = 0

    def __call__(self, *_given: Any, on_progress: Any, **_named: Any) -> bytes:
        self.rendered += 1
        number = self.rendered
        on_progress(6, 25)
        self.begun.set()
        assert self.go.wait(SOON)
        if self.fails:
            raise self.fails
        return b"%%PDF-%d" % number


@pytest.fixture
def press(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    """No request waits for a file."""
    press = Press()
    monkeypatch.setattr(rendering, "render_pdf", press)
    shared(app).patience_seconds = 0
    yield press
    press.go.set()
    shared(app).queue.stop()


@pytest.fixture
def draft(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}/entwurf.pdf"


def shared(app: Flask) -> SharedRenderQueue:
    queue: SharedRenderQueue = app.extensions["dnk_printing"]
    return queue


def goes_on(page: TestResponse) -> str:
    """Where a browser without scripts goes after a moment."""
    assert page.status_code == 202, page.text
    refresh = re.search(
        r'<noscript><meta http-equiv="refresh" content="2; url=([^"]+)"></noscript>', page.text
    )
    assert refresh, page.text
    return refresh[1].replace("&amp;", "&")


def finish_orders(app: Flask, press: Press) -> None:
    """Let the press run until nothing is on order."""
    press.go.set()
    book = shared(app).queue
    while book._orders:
        for order in list(book._orders.values()):
            assert order.wait(SOON)


def test_without_a_script_the_page_comes_again_until_the_file_does(
    app: Flask, world: World, editor: FlaskClient, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[int] = []

    def render(*given: Any, **named: Any) -> bytes:
        rendered.append(1)
        return render_pdf(*given, **named)

    monkeypatch.setattr(rendering, "render_pdf", render)
    shared(app).patience_seconds = 0
    first = editor.get(draft)
    assert MAKING in first.text
    assert first.headers["Retry-After"] == "2"
    other = signed_in(app, "viewer")
    answers = [other.get(draft)]
    shared(app).patience_seconds = SOON
    answers = [editor.get(goes_on(first)), other.get(goes_on(answers[0])), editor.get(draft)]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(200, "application/pdf")] * 3
    assert answers[0].data.startswith(b"%PDF-")
    assert answers[0].data == answers[1].data == answers[2].data
    assert "Entwurf.pdf" in answers[0].headers["Content-Disposition"]
    assert rendered == [1], "one render for two people and three files"
    [kept] = (Path(app.instance_path) / "rendered").glob("*.p*")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_script_hears_how_far_it_is(app: Flask, editor: FlaskClient, draft: str, press: Press) -> None:
    assert editor.get(draft, headers=SCRIPT).json == {"state": "gone"}
    assert press.rendered == 0, "a script orders nothing"
    here = goes_on(editor.get(draft))
    assert press.begun.wait(SOON)
    said = editor.get(here, headers=SCRIPT)
    assert (said.json, said.headers["Cache-Control"]) == (
        {"state": "making", "done": 6, "steps": 25, "text": "24\u00a0% fertig"},
        "no-store",
    )
    page = editor.get(here).text
    assert "24\u00a0% fertig" in page
    assert 'max="25" value="6"' in page
    finish_orders(app, press)
    assert editor.get(here, headers=SCRIPT).json == {"state": "ready"}
    assert editor.get(here).data == b"%PDF-1"


def test_whoever_waits_behind_others_is_told(app: Flask, world: World, draft: str, press: Press) -> None:
    foreign = signed_in(app, "stranger")
    foreign.get(f"/erklaerungen/{world.foreign_declaration}/entwurf.pdf")
    assert press.begun.wait(SOON)
    assert "Vorher ist noch 1 anderes PDF an der Reihe." in signed_in(app, "editor").get(draft).text


def test_who_leaves_is_told_on_every_page_until_the_file_is_fetched(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    page = editor.get("/konto").text
    assert f'data-print="{here}"' in page, "the script looks"
    assert "/static/prints" in page
    assert page.count(READY) == 1, "only in the template that the script shows"
    assert signed_in(app, "viewer").get("/konto").text.count(READY) == 0
    finish_orders(app, press)
    for _ in range(2):
        page = editor.get("/konto").text
        assert "Das PDF „DNK-Erklaerung-2025-A-GmbH-Entwurf.pdf“ ist fertig." in page
        assert f'href="{here}"' in page
        assert "data-print=" not in page
    assert editor.get(here).data == b"%PDF-1"
    assert READY not in editor.get("/konto").text


def test_who_does_not_want_it_is_not_told_for_ever(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    editor.get(draft)
    finish_orders(app, press)
    assert [READY in editor.get("/konto").text for _ in range(MAX_NOTICES + 1)] == [True] * MAX_NOTICES + [
        False
    ]


def test_the_next_person_at_the_browser_is_not_told(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    post(editor, "/abmelden")
    assert READY not in editor.get("/").text
    assert editor.get(here).status_code == 302
    sign_in(editor, "stranger@example.org")
    assert READY not in editor.get("/konto").text
    assert editor.get(here).status_code == 404


def test_the_page_goes_on_with_what_was_ordered_and_the_address_gives_what_is_said_now(
    app: Flask, world: World, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    with database_session(app) as session:
        session.execute(update(Organisation).values(name="Anders AG"))
    assert editor.get(here, headers=SCRIPT).json["state"] in ("waiting", "making")
    finish_orders(app, press)
    assert press.rendered == 1, "looking how far it is orders nothing new"
    assert editor.get(here).data == b"%PDF-1"
    editor.get(draft)
    finish_orders(app, press)
    assert editor.get(draft).data == b"%PDF-2"
    assert editor.get(here).data == b"%PDF-1"
    viewer = signed_in(app, "viewer")
    assert viewer.get(here).data == b"%PDF-2", "another person's order means nothing"


def test_who_loses_access_gets_what_a_stranger_gets(
    app: Flask, world: World, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    with database_session(app) as session:
        account = by_email(session, "editor@example.org")
        assert account
        session.execute(delete(Membership).where(Membership.user_id == account.id))
    for headers in ({}, SCRIPT):
        assert editor.get(here, headers=headers).status_code == 404
        assert signed_in(app, "stranger").get(here, headers=headers).status_code == 404


@pytest.mark.parametrize("reason", ["time", "memory", "crash"])
def test_what_cannot_be_made_is_said_and_not_tried_again_at_once(
    app: Flask, editor: FlaskClient, draft: str, press: Press, reason: Any
) -> None:
    press.fails = RenderFailed(reason, "status 1")
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    shared(app).queue.stop()
    assert "konnte nicht erstellt werden" in editor.get("/konto").text
    assert "konnte nicht erstellt werden" not in editor.get("/konto").text, "once is enough"
    for path in (here, draft):
        failed = editor.get(path)
        assert (failed.status_code, "Die Datei konnte nicht erstellt werden" in failed.text) == (503, True)
    assert editor.get(here, headers=SCRIPT).json["state"] == "failed"
    assert press.rendered == 1


def test_who_saw_that_it_failed_is_not_told_again(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    press.fails = RenderFailed("crash")
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    shared(app).queue.stop()
    assert editor.get(here).status_code == 503
    assert "konnte nicht erstellt werden" not in editor.get("/konto").text


def test_no_disk_is_no_reason_to_fall_over(
    app: Flask, editor: FlaskClient, draft: str, press: Press, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(app.instance_path) / "rendered"
    folder.write_text("in the way")
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    assert READY in editor.get("/konto").text
    assert editor.get(here).data == b"%PDF-1", "a full disk takes no download away"
    assert f"cannot be kept in {folder} and is held in memory" in caplog.text
    press.go.clear()
    pdf_cache.delete_drafts(folder)  # as after an erasure
    assert editor.get(here).status_code == 202


def test_an_address_that_would_fill_the_cookie_is_not_remembered(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    """The page still waits for its file."""
    long = f"{draft}?x={'x' * MAX_ADDRESS_LENGTH}"
    here = goes_on(editor.get(long))
    assert here == long
    finish_orders(app, press)
    assert READY not in editor.get("/konto").text
    assert editor.get(here).data == b"%PDF-1"


def test_too_many_orders_are_refused_kindly(
    app: Flask, world: World, editor: FlaskClient, draft: str, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_queue, "MAX_PER_OWNER", 1)
    editor.get(draft)
    with database_session(app) as session:
        session.execute(update(Organisation).values(name="Anders AG"))
    refused = editor.get(draft)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert "Für Sie werden schon mehrere PDFs erstellt." in refused.text
    monkeypatch.setattr(render_queue, "MAX_WAITING", 0)
    assert "Gerade werden sehr viele PDFs erstellt." in signed_in(app, "viewer").get(draft).text


def test_after_a_restart_the_page_orders_again(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    assert press.begun.wait(SOON)
    app.extensions["dnk_printing"] = SharedRenderQueue()
    shared(app).patience_seconds = 0
    assert editor.get(here, headers=SCRIPT).json == {"state": "gone"}
    assert goes_on(editor.get(here)) == here
    finish_orders(app, press)
    assert editor.get(here).data in (b"%PDF-1", b"%PDF-2")


def test_another_server_finds_what_this_one_made(
    app: Flask, editor: FlaskClient, draft: str, press: Press
) -> None:
    here = goes_on(editor.get(draft))
    finish_orders(app, press)
    app.extensions["dnk_printing"] = SharedRenderQueue()
    assert READY in editor.get("/konto").text
    assert editor.get(here).data == b"%PDF-1"
    assert press.rendered == 1


def test_a_name_that_is_erased_while_it_is_printed_is_not_kept(
    app: Flask, play: DeclarationScenario, press: Press
) -> None:
    with database_session(app) as session:
        now = DeclarationScenario(
            session, session.merge(play.declaration), play.people, play.cluster, play.other_cluster
        )
        now.submit(to=False)
    editor, path = signed_in(app, "editor"), f"{declaration_path(play)}/versionen/1.pdf"
    here = goes_on(editor.get(path))
    assert press.begun.wait(SOON)
    with database_session(app) as session:
        boss = session.get_one(Account, play.people["boss"].id)
        erased = account_erasure.erase(Work(session, Actor(boss.id), datetime.now(UTC)), boss)
    erasure_files.finish_erasure(Path(app.instance_path), erased, now=datetime.now(UTC))
    finish_orders(app, press)
    assert list((Path(app.instance_path) / "rendered").glob("*.p*")) == []
    press.go.clear()
    assert editor.get(here).status_code == 202, "it is made anew, with what may be said now"
    finish_orders(app, press)
    assert editor.get(here).data == b"%PDF-2"


def test_a_finished_declaration_is_printed_ahead(app: Flask, play: DeclarationScenario, press: Press) -> None:
    """Where a server runs; the download is there at once."""
    app.extensions["dnk_background"] = BackgroundWorker(
        app.extensions["dnk_session_factory"], app.extensions["dnk_settings"]
    )
    press.go.set()
    editor = signed_in(app, "editor")
    answer = post(editor, f"{declaration_path(play)}/einreichen", {"cluster": NO_CLUSTER})
    assert answer.status_code == 303, answer.text
    finish_orders(app, press)
    assert press.rendered == 1
    with database_session(app) as session:
        [snapshot] = session.scalars(select(Snapshot)).all()
        assert snapshot.version == 1
    assert "/entwurf.pdf" not in editor.get(f"{declaration_path(play)}/").text, (
        "the version is what one gives away"
    )
    assert editor.get(f"{declaration_path(play)}/versionen/1.pdf").data == b"%PDF-1"
    kept = next((Path(app.instance_path) / "rendered").glob("*.pdf"))
    kept.unlink()
    assert editor.get(f"{declaration_path(play)}/dateien").status_code == 200
    finish_orders(app, press)
    assert (kept.exists(), press.rendered) == (True, 2)


def test_looking_how_far_it_is_reads_no_declaration(
    app: Flask, world: World, editor: FlaskClient, draft: str, press: Press
) -> None:
    with count_statements(app) as first:
        here = goes_on(editor.get(draft))
    with count_statements(app) as again:
        editor.get(here, headers=SCRIPT)
    assert len(again) < len(first) / 2
    assert not [statement for statement in again if "FROM answer" in statement]
