"""Whatever the server has confirmed is there after `kill -9`, every time; the database stays whole."""

import json
import random
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from threading import Event, Thread
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, select, text

from dnk_tool.domain.permissions import Role
from dnk_tool.store.models import AnswerRevision, AnswerRow
from tests.e2e.driving import COMPLETE, Server, other_address, section_path, wait_for
from tests.support import PASSWORD, form_fields

pytestmark = pytest.mark.e2e

SECTION = "2"
REFS = ("2.1", "2.2", "2.3", "2.4")
FILLER = " Wir schreiben das auf, damit es nicht verloren geht." * 40
SEED = 20_261_125


class Client:
    """A plain HTTP client of one person: cookies and forms, no browser."""

    def __init__(self, server: Server) -> None:
        self._port, self._headers = server.port, other_address()
        self._cookies: dict[str, str] = {}

    def request(self, method: str, path: str, fields: dict[str, object] | None = None) -> tuple[int, str]:
        """Status and body. Raises OSError or HTTPException if the server is not there or goes away."""
        headers = self._headers | {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if fields:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch"}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, path, urlencode(fields or {}, doseq=True), headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self._cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer.status, body

    def sign_in(self, email: str) -> None:
        fields = form_fields(self.request("GET", "/anmelden")[1])
        sent = fields | {"email": email, "password": PASSWORD}
        assert self.request("POST", "/anmelden", sent)[0] == 303


class Writer(Thread):
    """Somebody who saves one answer over and over, and remembers what was confirmed."""

    def __init__(self, server: Server, declaration: int, ref: str, serving: Event) -> None:
        super().__init__(daemon=True)
        self.ref, self.tried = ref, ""
        self.confirmed: list[str] = []
        self.interrupted, self.is_unanswered = 0, False
        self.faults: list[str] = []
        self._path = section_path(declaration, SECTION)
        self._client, self._serving, self._end = Client(server), serving, Event()
        self._client.sign_in("petra@example.org")

    def end(self) -> None:
        self._end.set()
        self.join(30)

    def run(self) -> None:
        fields: dict[str, object] = {}
        count = 0
        while not self._end.is_set():
            self._serving.wait(30)
            if not self.is_unanswered:
                count += 1
                self.tried = f"{self.ref}, Fassung {count}.{FILLER}"
            try:
                fields = fields or self._form()
                self._save(fields)
            except (OSError, HTTPException):
                # It may have arrived: the same once more, as the page does it.
                self.interrupted += not self.is_unanswered
                self.is_unanswered = True
                time.sleep(0.01)

    def _form(self) -> dict[str, object]:
        status, page = self._client.request("GET", self._path)
        if status != 200:
            self.faults.append(f"reading: {status}")
        found = form_fields(page)
        name = f"ref-{self.ref}"
        kept = ("csrf_token", "number-language", f"{name}-version", f"{name}-disclosure")
        return {one: found[one] for one in kept} | {"autosave": "1"}

    def _save(self, fields: dict[str, object]) -> None:
        status, body = self._client.request("POST", self._path, fields | {f"ref-{self.ref}-text": self.tried})
        reply = json.loads(body)
        if status != 200 or reply["status"] != "saved":
            self.faults.append(f"saving: {status} {body[:200]}")
            return
        self.is_unanswered = False
        self.confirmed.append(self.tried)
        fields[f"ref-{self.ref}-version"] = reply["versions"][self.ref]


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, new_server: Callable[..., Server]) -> Server:
    if request.param == "sqlite":
        return new_server()
    url: str = request.getfixturevalue("postgres_url")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return new_server(DNK_DATABASE_URL=url)


def test_what_was_confirmed_survives_every_kill(server: Server) -> None:
    is_sqlite = server.database.startswith("sqlite")
    kills, seconds = (30, 40) if is_sqlite else (8, 12)
    moments = random.Random(SEED)
    declaration = server.seed(COMPLETE, petra=Role.OWNER)
    server.start()
    serving = Event()
    reader = Client(server)
    reader.sign_in("petra@example.org")
    writers = [Writer(server, declaration, ref, serving) for ref in REFS]
    serving.set()
    for writer in writers:
        writer.start()
    end = time.monotonic() + seconds
    done = 0
    while done < 3 or (done < kills and time.monotonic() < end):  # three however busy the machine is
        before = confirmed(writers)
        wait_for(lambda before=before: confirmed(writers) > before, seconds=30, what="a save")  # type: ignore[misc]
        time.sleep(moments.uniform(0, 0.3))
        serving.clear()
        server.kill()
        server.start()
        done += 1
        reader.request("GET", section_path(declaration, SECTION))  # the first request is slow
        if is_sqlite:
            assert integrity(server) == ["ok"], f"after kill {done}"
        for writer in writers:
            assert_kept(server, declaration, writer)
        serving.set()
    for writer in writers:
        writer.end()
        assert_kept(server, declaration, writer)
        assert writer.faults == []
    assert sum(writer.interrupted for writer in writers) > done, "the kills came in the middle of saves"


def confirmed(writers: list[Writer]) -> int:
    return sum(len(writer.confirmed) for writer in writers)


def rows(server: Server, query: object) -> Iterator[tuple[object, ...]]:
    engine = create_engine(server.database)
    try:
        with engine.connect() as connection:
            yield from (tuple(row) for row in connection.execute(query))  # type: ignore[call-overload]
    finally:
        engine.dispose()


def integrity(server: Server) -> list[object]:
    return [row[0] for row in rows(server, text("PRAGMA integrity_check"))]


def assert_kept(server: Server, declaration: int, writer: Writer) -> None:
    """The answer is the last confirmed one, or the one under way; every confirmed one is in the history."""
    confirmed, tried = list(writer.confirmed), writer.tried
    of = (AnswerRow.declaration_id == declaration, AnswerRow.ref == writer.ref)
    [(now,)] = rows(server, select(AnswerRow.text).where(*of))
    if confirmed:
        assert now in (confirmed[-1], tried)
    history = select(AnswerRevision.content).where(
        AnswerRevision.declaration_id == declaration, AnswerRevision.ref == writer.ref
    )
    kept = [content["text"] for (content,) in rows(server, history) if isinstance(content, dict)]
    assert not set(confirmed) - set(kept)
    assert len(kept) == len(set(kept)), "nothing was stored twice"
