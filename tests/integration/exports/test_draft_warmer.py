"""The PDF of a draft is ready before the click, made while nobody waits, and never an outdated one."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dnk_tool.cli.server.application import GunicornApplication
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import SHELL
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.services.exports import opened_drafts, pdf_cache, rendering
from dnk_tool.services.exports.draft_warmer import REST_FACTOR, DraftWarmer, _locked, available_memory
from dnk_tool.services.privacy import deletion_files, erasure_files
from dnk_tool.services.privacy.erasure import erase
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.activity import latest_changes
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.privacy import deletion
from tests.support.app import World, count_statements, database_session, form_fields

SOON = 120.0
# Its day stands on each page: no test goes over midnight.
pytestmark = pytest.mark.usefixtures("one_day")


class Press:
    """Renders at once, in three seconds of the clock; `meanwhile` happens in the middle of the next one."""

    def __init__(self, seconds: list[float]) -> None:
        self._clock = seconds
        self.meanwhile: Callable[[], object] = lambda: None
        self.editions: list[ExportOptions] = []

    def __call__(self, *_given: Any, edition: ExportOptions, on_progress: Any, **_named: Any) -> bytes:
        self.editions.append(edition)
        on_progress(6, 25)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        on_progress(20, 25)
        self._clock[0] += 3.0
        return b"%%PDF-%d" % len(self.editions)


class Server:
    """The part of a server that makes drafts ahead, with a clock of the test."""

    def __init__(self, app: Flask, press: Press, seconds: list[float]) -> None:
        self.press, self.seconds, self.requests, self.memory = press, seconds, 0, 10**10
        self.now = datetime.now(UTC)
        self.shared = app.extensions["dnk_printing"]
        self._app = app
        self.start()

    def start(self) -> None:
        """As after a restart: nothing is known but what lies in folder and database."""
        self.warmer = DraftWarmer(
            self._app.extensions["dnk_session_factory"],
            self._app.extensions["dnk_settings"],
            self.shared.queue,
            self.shared.drafts,
            count_requests=lambda: self.requests,
            free_memory=lambda: self.memory,
            clock=lambda: self.seconds[0],
            now=lambda: self.now,
        )

    def look(self, *, after: float = 21) -> int:
        """Let so much time pass and look; returns how many PDFs were rendered so far."""
        self.now += timedelta(seconds=after)
        self.seconds[0] += after
        self.warmer.look()
        return len(self.press.editions)

    def show_last_change(self, declaration_id: int) -> None:
        """Set the clock to the moment at which the declaration was changed last."""
        with database_session(self._app) as session:
            self.now = latest_changes(session, [declaration_id])[declaration_id].at

    def settle(self) -> None:
        """Wait until nothing is on order."""
        until = time.monotonic() + SOON
        while self.shared.queue.count_open():
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.fixture
def server(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """It begins when the world is there: however long that took, nothing has changed since."""
    seconds = [1000.0]
    press = Press(seconds)
    monkeypatch.setattr(rendering, "render_pdf", press)
    yield Server(app, press, seconds)
    app.extensions["dnk_printing"].queue.stop()


@pytest.fixture
def path(world: World) -> str:
    return f"/erklaerungen/{world.own_declaration}"


@pytest.fixture
def opened(world: World, pdfs: Path, server: Server) -> int:
    """The number of a declaration whose PDF was opened a moment ago."""
    opened_drafts.note(pdfs, world.own_declaration, FULL_EXPORT, now=server.now)
    return world.own_declaration


@pytest.fixture
def pdfs(app: Flask) -> Path:
    return Path(app.instance_path) / pdf_cache.FOLDER


def kept_prints(pdfs: Path) -> set[bytes]:
    return {file.read_bytes() for file in pdfs.glob("*.pdf")}


def save_words(client: FlaskClient, path: str, words: str, server: Server) -> None:
    """Save now; the clock of the server then shows this very moment, however slow the machine is."""
    page = f"{path}/kriterien/12"
    form = form_fields(client.get(page).text)
    text = next(name for name in form if name.endswith("text"))
    answer = client.post(page, data={**form, text: [words]})
    assert answer.status_code == 303, answer.text
    server.show_last_change(int(path.rsplit("/", 1)[1]))


def test_a_click_after_a_quiet_while_gets_what_is_ready(
    editor: FlaskClient, path: str, server: Server, pdfs: Path
) -> None:
    assert server.look() == 0, "nobody ever opened one"
    assert editor.get(f"{path}/entwurf.pdf").data == b"%PDF-1"
    save_words(editor, path, "Ein neuer Satz.", server)
    assert server.look(after=5) == 1, "the quiet is not over"
    save_words(editor, path, "Zwei neue Sätze.", server)
    assert server.look(after=15) == 1, "a save begins it anew"
    assert server.look(after=6) == 2
    assert editor.get(f"{path}/entwurf.pdf").data == b"%PDF-2"
    assert server.look() == 2, "there is nothing new"
    drafts = server.shared.drafts
    assert (drafts.opened, drafts.ready, drafts.made, drafts.dropped) == (2, 1, 1, 0)
    save_words(editor, path, "Drei.", server)
    assert server.look() == 3
    assert kept_prints(pdfs) == {b"%PDF-1", b"%PDF-3"}, "the one before goes; what somebody ordered is theirs"


@pytest.mark.parametrize(
    ("address", "edition"),
    [
        ("entwurf.pdf?fassung=kurz&sprache=en", ExportOptions(Variant.SHORT, language="en")),
        ("intern.pdf", ExportOptions(Variant.INTERNAL)),
    ],
)
def test_the_edition_opened_last_is_made(
    editor: FlaskClient, path: str, server: Server, address: str, edition: ExportOptions
) -> None:
    for last in ("entwurf.pdf", "kriterien/12/vorschau.pdf", address):
        editor.get(f"{path}/{last}")
    save_words(editor, path, "Ein neuer Satz.", server)
    server.look()
    assert server.press.editions[3:] == [edition]
    assert editor.get(f"{path}/{address}").data == b"%PDF-4"


def test_what_was_opened_eight_days_ago_is_not_made(
    world: World, server: Server, pdfs: Path, opened: int
) -> None:
    opened_drafts.note(pdfs, opened, FULL_EXPORT, now=server.now - timedelta(days=8))
    assert server.look() == 0
    opened_drafts.remove_old(pdfs, now=server.now)
    assert not list((pdfs / opened_drafts.FOLDER).iterdir())
    opened_drafts.note(pdfs, opened, FULL_EXPORT, now=server.now - timedelta(days=6))
    assert server.look() == 1


def test_nothing_is_made_while_somebody_waits(server: Server, opened: int) -> None:
    server.requests = 1
    assert server.look() == 0
    server.requests = 0
    going_on = threading.Event()
    server.shared.queue.enqueue("other", lambda _progress: going_on.wait(SOON), owner="jonas")
    assert server.look() == 0
    going_on.set()
    server.settle()
    server.memory = 400_000_000
    assert server.look() == 0, "a small machine needs its memory for other things"
    server.memory = 600_000_000
    assert server.look() == 1


def test_it_takes_a_fifth_of_a_core_at_most(world: World, server: Server, opened: int, pdfs: Path) -> None:
    opened_drafts.note(pdfs, world.foreign_declaration, FULL_EXPORT, now=server.now)
    assert server.look() == 1, "it took three seconds"
    assert server.look(after=REST_FACTOR * 3 - 1) == 1
    assert server.look(after=1) == 2


def test_a_newer_save_wins(editor: FlaskClient, path: str, server: Server, pdfs: Path, opened: int) -> None:
    server.press.meanwhile = lambda: save_words(editor, path, "Inzwischen gespeichert.", server)
    assert server.look() == 1
    assert kept_prints(pdfs) == set()
    assert server.shared.drafts.dropped == 1
    assert server.look(after=15) == 1
    assert server.look(after=6) == 2
    assert editor.get(f"{path}/entwurf.pdf").data == b"%PDF-2"


@pytest.mark.parametrize("when", ["meanwhile", "afterwards"])
@pytest.mark.parametrize("what", ["person", "declaration", "company"])
def test_an_erasure_drops_it(
    app: Flask, world: World, server: Server, pdfs: Path, opened: int, when: str, what: str
) -> None:
    instance, factory = Path(app.instance_path), app.extensions["dnk_session_factory"]

    def erases() -> None:
        now = datetime.now(UTC)
        if what == "person":
            with database_session(app) as session:
                account = by_email(session, "viewer@example.org")
                assert account
                erased = erase(Work(session, SHELL, now), account)
            erasure_files.finish_erasure(instance, erased, now=now)
            return
        with database_session(app) as session:
            declaration = declarations.by_id(session, opened)
            assert declaration
            deleted = (
                deletion.delete_declaration(session, declaration, now=now)
                if what == "declaration"
                else deletion.delete_company(session, declaration.organisation_id, now=now)
            )
        deletion_files.finish_deletion(factory, app.extensions["dnk_blobs"], instance, deleted, now=now)

    if when == "meanwhile":
        server.press.meanwhile = erases
    assert server.look() == 1
    if when == "afterwards":
        assert kept_prints(pdfs) == {b"%PDF-1"}
        erases()
    assert kept_prints(pdfs) == set()
    assert server.look() == (2 if what == "person" else 1), "made anew without the person, or not at all"
    assert kept_prints(pdfs) == ({b"%PDF-2"} if what == "person" else set())
    assert bool(opened_drafts.opened_lately(pdfs, now=server.now)) == (what == "person")


def test_after_a_restart_it_makes_what_is_not_there(server: Server, pdfs: Path, opened: int) -> None:
    assert server.look() == 1
    server.start()
    assert server.look() == 1
    pdf_cache.delete_drafts(pdfs)
    assert server.look() == 1, "nothing has changed: it was not needed"
    server.start()
    assert server.look() == 2
    server.now += timedelta(days=1)
    assert server.look() == 3, "the day stands on each page"


def test_of_two_processes_one_makes_it(server: Server, pdfs: Path, opened: int) -> None:
    with _locked(pdfs) as is_mine:
        assert is_mine
        assert server.look() == 0
    assert server.look() == 1
    server.start()
    assert server.look() == 1
    with _locked(pdfs / "not there") as is_mine:
        assert not is_mine


def test_it_gives_way_to_whoever_orders_another(
    server: Server, pdfs: Path, opened: int, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[str] = []
    server.press.meanwhile = lambda: server.shared.queue.enqueue(
        "other", lambda _progress: made.append("other"), owner="jonas"
    )
    caplog.set_level(logging.INFO)
    assert server.look() == 1
    assert kept_prints(pdfs) == set()
    assert "dropped: others wait" in caplog.text
    server.settle()
    assert made == ["other"]
    server.press.meanwhile = lambda: setattr(server, "requests", 9)
    assert server.look() == 2, "tried again"
    assert kept_prints(pdfs) == set(), "more requests than threads: some wait"
    server.requests = 0
    assert server.look() == 3
    assert kept_prints(pdfs) == {b"%PDF-3"}


def test_who_clicks_while_it_is_made_gets_this_one(
    app: Flask, editor: FlaskClient, path: str, server: Server, opened: int
) -> None:
    """Whatever else is ordered then."""
    server.shared.patience_seconds = 0
    answers: list[int] = []

    def clicks() -> None:
        answers.append(editor.get(f"{path}/entwurf.pdf").status_code)
        server.shared.queue.enqueue("other", lambda _progress: None, owner="jonas")
        save_words(editor, path, "Danach noch etwas.", server)

    server.press.meanwhile = clicks
    assert server.look() == 1
    assert answers == [202]
    assert server.shared.drafts.made == 1


def test_what_fails_waits_for_the_next_change(
    editor: FlaskClient, path: str, server: Server, opened: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RenderFailed("memory")

    server.press.meanwhile = fails
    assert server.look() == 1
    assert server.look() == 1
    save_words(editor, path, "Kürzer.", server)
    assert server.look() == 2
    assert caplog.text.count("a file cannot be made") == 1
    assert (server.shared.drafts.made, server.shared.drafts.dropped) == (1, 0)


def test_a_finished_declaration_needs_no_draft(app: Flask, server: Server, opened: int) -> None:
    with database_session(app) as session:
        declaration = declarations.by_id(session, opened)
        assert declaration
        declaration.state = State.FINISHED
    assert server.look() == 0


def test_looking_takes_one_statement(app: Flask, server: Server, opened: int) -> None:
    server.look()
    with count_statements(app) as statements:
        server.look()
    assert len(statements) == 1
    with database_session(app) as session:
        assert set(latest_changes(session, [opened, 999])) == {opened}


def test_the_server_starts_and_stops_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    monkeypatch.setattr("dnk_tool.services.exports.draft_warmer.LOOK_SECONDS", 0.01)
    monkeypatch.setattr(DraftWarmer, "look", lambda _self: looked.set() or 1 / 0)
    settings = app.extensions["dnk_settings"]
    serving = GunicornApplication.__new__(GunicornApplication)
    serving._settings, serving._app, serving._warmer = settings, app, None
    worker: Any = SimpleNamespace(connections=SimpleNamespace(count_unanswered=lambda: 0))
    serving._start_warming(worker)
    assert looked.wait(SOON)
    looked.clear()
    assert looked.wait(SOON), "an error does not end it"
    serving._stop_background()
    assert serving._warmer
    assert not serving._warmer._thread.is_alive()
    serving._settings, serving._warmer = settings.model_copy(update={"pdf_ahead_seconds": 0}), None
    serving._start_warming(worker)
    assert serving._warmer is None


def test_the_memory_that_is_left_is_known_on_linux() -> None:
    assert (available_memory() or 1) > 0
