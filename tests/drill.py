"""The drill with sizes and times: `python -m tests.drill MEGABYTES EVIDENCE-MEGABYTES sqlite|postgresql`.

Fills an installation, backs it up while writers save, throws it away, and puts it back, on SQLite and, where
it is installed, on PostgreSQL. The log goes to standard output; a figure that breaks a promise ends with 1.
"""

import contextlib
import os
import platform
import secrets
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import __version__, config
from dnk_tool.config import Settings
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.work import Work
from dnk_tool.store import schema
from dnk_tool.store.backup.database_copy import size_of
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from tests.integration.backup import drill_steps as drill
from tests.support import postgresql
from tests.support.evidence import add_evidence, make_file
from tests.support.machine import free_port

CRAFT = Path(__file__).parent / "data/craft.json"
COMPANIES, WRITERS, PAUSE_SECONDS = 20, 4, 0.2
EVIDENCE_FILE_BYTES = 2_000_000
MEGABYTE = 1_000_000


def main() -> None:
    """Run the drill on each kind of database and print the log."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    evidence_megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else megabytes // 5
    say(f"dnk-tool {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}")
    say(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    failures = 0
    for name in sys.argv[3:] or ("sqlite", "postgresql"):
        if name == "postgresql" and postgresql.programs() is None:
            say("postgresql: not installed here")
            continue
        with (
            tempfile.TemporaryDirectory(dir=os.environ.get("DNK_TEST_DRILL_FOLDER")) as folder,
            urls(name) as pair,
        ):
            failures += drilled(name, Path(folder), pair, megabytes, evidence_megabytes)
    sys.exit(failures > 0)


@contextlib.contextmanager
def urls(name: str) -> Iterator[tuple[str, str]]:
    """Addresses of the original's database and of the copy's; "" for a file in the instance folder."""
    if name == "sqlite":
        yield "", ""
        return
    with postgresql.cluster() as first, postgresql.cluster() as second:
        yield first, second


def drilled(name: str, folder: Path, pair: tuple[str, str], megabytes: int, evidence_megabytes: int) -> int:
    """Run the drill on one kind of database. Returns how many promises were broken."""
    source = config.load_settings(instance=folder / "original", database_url=pair[0])
    target = config.load_settings(instance=folder / "copy", database_url=pair[1])
    engine = make_engine(prepared(source))
    factory = session_factory(engine)
    fill_database(factory, source, engine, megabytes, evidence_megabytes)
    file = folder / "backup.tar.gz"
    say(f"{name}: database {size_of(engine) / MEGABYTE:.0f} MB, evidence {evidence_megabytes} MB")
    with drill.Writers(factory, WRITERS, PAUSE_SECONDS) as writers:
        writers.wait_for(20)
        began = datetime.now(UTC)
        _told, backup_seconds = drill.run(source, "backup", file)
        during = [moment for moment in list(writers.acknowledged.values()) if moment > began]
        writers.wait_for(5)
    expected = {words for words, moment in writers.acknowledged.items() if moment < began}
    known = drill.hashes(factory)
    engine.dispose()
    _told, verify_seconds = drill.run(source, "backup", "verify", file)
    started = time.monotonic()
    _told, restore_seconds = drill.run(target, "restore", file)
    with drill.serving(target, port := free_port()):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/anmelden").close()
        until_answer = time.monotonic() - started
    _told, check_seconds = drill.run(target, "evidence", "check")
    copy = make_engine(target.database)
    lost = expected - drill.stored_words(session_factory(copy))
    is_same = drill.hashes(session_factory(copy)) == known
    copy.dispose()
    per_second = len(during) / backup_seconds
    say(f"{name}: backup {backup_seconds:.1f} s, file {drill.size_of(file) / MEGABYTE:.0f} MB")
    say(f"{name}: saves during it {len(during)} ({per_second:.0f}/s), failed {len(writers.errors)}")
    say(f"{name}: verify {verify_seconds:.1f} s, restore {restore_seconds:.1f} s")
    say(f"{name}: from the order to restore to the first page {until_answer:.1f} s")
    say(f"{name}: evidence check {check_seconds:.1f} s")
    say(f"{name}: acknowledged before the backup {len(expected)}, lost {len(lost)}; hashes equal: {is_same}")
    return len(lost) + (not is_same) + len(writers.errors)


def prepared(settings: Settings) -> str:
    """The address of the migrated database of a new instance."""
    config.create_secret_key(settings)
    engine = make_engine(settings.database)
    schema.upgrade(engine)
    engine.dispose()
    return settings.database


def fill_database(
    factory: sessionmaker[Session],
    settings: Settings,
    engine: Engine,
    megabytes: int,
    evidence_megabytes: int,
) -> None:
    """Add companies with whole declarations, evidence, and earlier texts until the database has its size."""
    now, blobs = datetime.now(UTC), open_blob_store(settings)
    document = read_document(CRAFT.read_bytes())
    for number in range(COMPANIES):
        with write_session(factory) as session, session.begin():
            declaration = import_document(Work(session, SHELL, now), document)
            share = evidence_megabytes * MEGABYTE // EVIDENCE_FILE_BYTES // COMPANIES
            for _ in range(share):
                content = make_file(secrets.token_bytes(EVIDENCE_FILE_BYTES), f"{number}.pdf")
                add_evidence(session, blobs, declaration, SHELL, content)
    copy = (
        "INSERT INTO answer_revision (declaration_id, ref, version, content, kept_aside, saved_at, saved_by)"
        " SELECT declaration_id, ref, version, content, kept_aside, saved_at, saved_by FROM answer_revision"
        " WHERE id <= (SELECT max(id) / 2 + 1 FROM answer_revision)"
    )
    while size_of(engine) < megabytes * MEGABYTE:
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(text(copy))


def say(line: str) -> None:
    """Print a line of the log at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
