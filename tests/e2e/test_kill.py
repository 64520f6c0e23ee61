"""Whatever the server has confirmed is there after `kill -9`, every time; the database stays whole."""

import io
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, select, text
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from dnk_tool.domain.permissions import Role
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.evidence import EvidenceFile
from tests.e2e.driving import Client, Server, section_path, wait_for
from tests.support.app import form_fields
from tests.support.instance import COMPLETE
from tests.support.selection import is_full

pytestmark = [pytest.mark.e2e, pytest.mark.faults]

SECTION = "2"
REFS = ("2.1", "2.2", "2.3", "2.4")
FILLER = " Wir schreiben das auf, damit es nicht verloren geht." * 40
SEED = 20_261_125
PAUSE_SECONDS = 0.05  # between uploads: without one, most of the work is sending what no kill ever meets
KILLED_UPLOADS, MOST_KILLS_OF_UPLOADS = 4 if is_full() else 2, 12
COLUMNS = (EvidenceFile.id, EvidenceFile.name, EvidenceFile.size)


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
        self.join(120)

    def run(self) -> None:
        fields: dict[str, object] = {}
        count = 0
        while not self._end.is_set():
            self._serving.wait(120)
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
        fields = form_fields(page)
        name = f"ref-{self.ref}"
        kept = ("csrf_token", "number-language", f"{name}-version", f"{name}-disclosure")
        return {field: fields[field] for field in kept} | {"autosave": "1"}

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


def test_r1_what_was_confirmed_survives_every_kill(server: Server) -> None:
    is_sqlite = server.database.startswith("sqlite")
    kills, seconds = (30, 200) if is_full() else (5, 8)
    moments = random.Random(SEED)
    declaration = server.seed(COMPLETE, petra=Role.OWNER)
    server.start()
    serving = Event()
    reader = Client(server)
    reader.sign_in("petra@example.org")
    writers = [Writer(server, declaration, ref, serving) for ref in REFS]
    with at_work(writers, serving):
        end = time.monotonic() + seconds
        done = 0
        while done < 3 or (done < kills and time.monotonic() < end):  # three however busy the machine is
            before = count_confirmed(writers)
            wait_for(lambda before=before: count_confirmed(writers) > before, what="a save")  # type: ignore[misc]
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
        assert_kept(server, declaration, writer)
        assert writer.faults == []
    assert sum(writer.interrupted for writer in writers) > done, "the kills came in the middle of saves"


class Uploader(Thread):
    """Somebody who uploads one file after the other, and remembers which were confirmed."""

    def __init__(self, server: Server, declaration: int, who: str, serving: Event) -> None:
        super().__init__(daemon=True)
        self.confirmed: list[str] = []
        self.interrupted = 0
        self.faults: list[str] = []
        self.client, self._who = Client(server), who
        self._path = f"/erklaerungen/{declaration}/belege/neu?antwort={REFS[0]}"
        self._serving, self._end = serving, Event()
        self.client.sign_in(f"{who}@example.org")

    def end(self) -> None:
        self._end.set()
        self.join(120)

    def run(self) -> None:
        token, count = "", 0
        while not self._end.is_set():
            self._serving.wait(120)
            count += 1
            text = f"{self._who}, Beleg {count}\n" + FILLER * 40
            try:
                token = token or form_fields(self.client.request("GET", self._path)[1])["csrf_token"][0]
                self._upload(f"{self._who}-{count}.txt", text, token)
                time.sleep(PAUSE_SECONDS)
            except (OSError, HTTPException):
                self.interrupted += 1
                time.sleep(0.01)

    def _upload(self, name: str, text: str, token: str) -> None:
        file = FileStorage(io.BytesIO(text.encode()), name)
        boundary, body = encode_multipart(MultiDict({"files": file, "csrf_token": token}))
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        status, page = self.client.send("POST", self._path, body, headers)
        if status == 303:
            self.confirmed.append(name)
        else:
            self.faults.append(f"{name}: {status} {page[:200]!r}")


def interrupted(uploaders: Sequence[Uploader]) -> int:
    return sum(uploader.interrupted for uploader in uploaders)


def test_a_confirmed_upload_survives_every_kill_and_no_half_file_is_ever_kept(server: Server) -> None:
    moments = random.Random(SEED)
    people = {"petra": Role.OWNER, "jonas": Role.EDITOR}
    declaration = server.seed(COMPLETE, **people)
    server.start()
    serving = Event()
    uploaders = [Uploader(server, declaration, who, serving) for who in people]
    with at_work(uploaders, serving):
        for _kill in range(MOST_KILLS_OF_UPLOADS):
            if interrupted(uploaders) >= KILLED_UPLOADS:
                break  # a kill between two uploads proves nothing, and how many do is chance
            before = count_confirmed(uploaders)
            wait_for(
                lambda before=before: count_confirmed(uploaders) > before + 2,  # type: ignore[misc]
                what="some uploads",
            )
            time.sleep(moments.uniform(0, 0.3))
            serving.clear()
            server.kill()
            server.start()
            serving.set()
    for uploader in uploaders:
        assert uploader.faults == []
    assert interrupted(uploaders) >= KILLED_UPLOADS, "the kills came in the middle of uploads"
    kept = {name: (number, size) for number, name, size in query_server(server, select(*COLUMNS))}
    for uploader in uploaders:
        assert not set(uploader.confirmed) - set(kept)
        for name in uploader.confirmed[-3:]:
            status, content = uploader.client.send(
                "GET", f"/erklaerungen/{declaration}/belege/{kept[name][0]}/datei", b"", {}
            )
            assert (status, len(content)) == (200, kept[name][1])
    assert f"{len(kept)} files, 0 missing, 0 changed" in server.run("evidence", "check")


@contextmanager
def at_work(people: Sequence[Writer | Uploader], serving: Event) -> Iterator[None]:
    """They work meanwhile and then end: somebody who stayed would knock at the server's door all day."""
    serving.set()
    for person in people:
        person.start()
    try:
        yield
    finally:
        serving.set()
        for person in people:
            person.end()


def count_confirmed(people: Sequence[Writer | Uploader]) -> int:
    return sum(len(person.confirmed) for person in people)


def query_server(server: Server, query: object) -> Iterator[tuple[object, ...]]:
    engine = create_engine(server.database)
    try:
        with engine.connect() as connection:
            yield from (tuple(row) for row in connection.execute(query))  # type: ignore[call-overload]
    finally:
        engine.dispose()


def integrity(server: Server) -> list[object]:
    return [row[0] for row in query_server(server, text("PRAGMA integrity_check"))]


def assert_kept(server: Server, declaration: int, writer: Writer) -> None:
    """The answer is the last confirmed one, or the one under way; every confirmed one is in the history."""
    confirmed, tried = list(writer.confirmed), writer.tried
    of = (AnswerRow.declaration_id == declaration, AnswerRow.ref == writer.ref)
    [(now,)] = query_server(server, select(AnswerRow.text).where(*of))
    if confirmed:
        assert now in (confirmed[-1], tried)
    history = select(AnswerRevision.content).where(
        AnswerRevision.declaration_id == declaration, AnswerRevision.ref == writer.ref
    )
    kept = [content["text"] for (content,) in query_server(server, history) if isinstance(content, dict)]
    assert not set(confirmed) - set(kept)
    assert len(kept) == len(set(kept)), "nothing was stored twice"
