"""The drill of losing everything: a backup during saves, put back elsewhere, and what is there then."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import Settings
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.answers.save import SectionEdit, save_section
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.answers import AnswerRevision, AnswerRow
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.evidence import EvidenceFile

DNK = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()"]


class Writers:
    """Threads that save an answer again and again; `acknowledged`: when each text was certainly stored."""

    def __init__(self, factory: sessionmaker[Session], count: int, pause_seconds: float) -> None:
        self.acknowledged: dict[str, datetime] = {}
        self.errors: list[Exception] = []
        self._factory, self._pause_seconds = factory, pause_seconds
        self._is_over = threading.Event()
        with factory() as session:
            keys = session.scalars(select(Declaration.id).order_by(Declaration.id).limit(count)).all()
        self._threads = [threading.Thread(target=self._run, args=(key,), daemon=True) for key in keys]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(120)

    def wait_for(self, count: int) -> None:
        """Wait until so many more saves are acknowledged."""
        wanted, end = len(self.acknowledged) + count, time.monotonic() + 120
        while len(self.acknowledged) < wanted:
            assert not self.errors, self.errors
            assert time.monotonic() < end, "the writers stand still"
            time.sleep(0.01)

    def _run(self, declaration_id: int) -> None:
        number = 0
        while not self._is_over.wait(self._pause_seconds):
            number += 1
            words = f"drill {declaration_id} {number}"
            try:
                self._save(declaration_id, words)
            except Exception as error:  # noqa: BLE001 -- the test shows it
                self.errors.append(error)
                return
            self.acknowledged[words] = datetime.now(UTC)

    def _save(self, declaration_id: int, words: str) -> None:
        with write_session(self._factory) as session, session.begin():
            declaration = declarations.by_id(session, declaration_id)
            assert declaration
            section = declarations.selection_of(declaration).section_by_ref["1"]
            stored = select(AnswerRow.version).where(
                AnswerRow.declaration_id == declaration_id, AnswerRow.ref == "1.1"
            )
            seen = session.scalar(stored) or 0
            edit = SectionEdit({"1.1": VersionedEdit(Answer(Disclosure.COMPLY, words), seen)})
            save_section(Work(session, SHELL, datetime.now(UTC)), declaration, section, edit)


def stored_words(factory: sessionmaker[Session]) -> set[str]:
    """Every text of the drill that the database holds, with those that were replaced since."""
    with factory() as session:
        contents = session.scalars(select(AnswerRevision.content).where(AnswerRevision.ref == "1.1"))
        return {text for content in contents if (text := content.get("text", "")).startswith("drill ")}


def hashes(factory: sessionmaker[Session]) -> set[str]:
    """The SHA-256 of every frozen version and of every content of evidence that the database knows."""
    with factory() as session:
        return {*session.scalars(select(Snapshot.sha256)), *session.scalars(select(EvidenceFile.sha256))}


def run(settings: Settings, *arguments: object, **more: str) -> tuple[str, float]:
    """Run a command in a process of its own. Returns what it printed, and how many seconds it took."""
    began = time.monotonic()
    done = subprocess.run(
        [*DNK, *map(str, arguments)], env=environment(settings, **more), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout, time.monotonic() - began


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What a process of its own needs to work on an installation."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    given = {"DNK_INSTANCE": str(settings.instance), "DNK_DATABASE_URL": settings.database}
    if settings.secret_key:
        given["DNK_SECRET_KEY"] = settings.secret_key.get_secret_value()
    return outside | given | more


@contextmanager
def serving(settings: Settings, port: int, **more: str) -> Iterator[float]:
    """A server on the installation; how many seconds passed until it was ready."""
    began = time.monotonic()
    process: Any = subprocess.Popen(
        [*DNK, "serve", "--port", str(port)],
        env=environment(settings, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        for line in process.stdout:
            if line.startswith("Stop with"):
                break
        yield time.monotonic() - began
    finally:
        process.terminate()
        process.communicate(timeout=60)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    return (
        path.stat().st_size
        if path.is_file()
        else sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    )
