"""The folder of an installation, written to by the services, without a server."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from dnk_tool.cli import demo
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL, Role
from dnk_tool.secret_keys import create_key
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.people.organisations import add_member
from dnk_tool.services.work import Work
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.tables.declarations import Declaration
from tests.support.app import make_account

COMPLETE, IN_PROGRESS = demo.FINISHED_FILE, demo.IN_PROGRESS_FILE


class Instance:
    """An installation in `folder`; `empty_database`: what SQLite begins with, in place of every migration."""

    def __init__(self, folder: Path, *, database: str = "", empty_database: Path | None = None) -> None:
        self.folder, self._empty_database = folder, empty_database
        self.instance = folder / "instance"
        self.database = database or f"sqlite:///{self.instance / 'dnk.sqlite3'}"

    @contextmanager
    def stored(self) -> Iterator[Session]:
        """A session whose changes are kept; makes the instance if there is none."""
        create_key(self.instance)
        file = self.instance / "dnk.sqlite3"
        if self._empty_database and self.database.endswith(str(file)) and not file.exists():
            shutil.copy(self._empty_database, file)
        engine = make_engine(self.database)
        try:
            schema.upgrade(engine)
            with write_session(session_factory(engine)) as session, session.begin():
                yield session
        finally:
            engine.dispose()

    def seed(self, file: str, **members: Role) -> int:
        """A company of the demo, without sign-off; members by the first part of their address."""
        now = datetime.now(UTC)
        with self.stored() as session:
            document = read_document((demo.FILES / file).read_bytes())
            declaration: Declaration = import_document(Work(session, SHELL, now), document)
            declaration.organisation.requires_sign_off = False
            for name, role in members.items():
                account = make_account(session, f"{name}@example.org", name=name.title())
                session.flush()
                add_member(session, declaration.organisation, account.id, role, now=now)
            session.flush()
            return declaration.id
