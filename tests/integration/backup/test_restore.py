"""`dnk restore`: everything is back, nobody's data is overwritten, and who was erased stays erased."""

import json
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import func, select, text

from dnk_tool.app import create_app
from dnk_tool.config import ConfigurationError, Settings
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.accounts import installation_key
from dnk_tool.services.backup.create import create_backup
from dnk_tool.services.backup.restore import restore
from dnk_tool.services.declarations import submission
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.mail import delivery
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.privacy import erasure, erasure_files
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state, schema
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.evidence.queries import all_content_hashes
from dnk_tool.store.tables.accounts import Account, SignIn
from dnk_tool.store.tables.installation import Erasure, InstallationState
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.mail import reminders
from tests.integration.backup import drill_steps as drill
from tests.integration.backup.conftest import Dnk
from tests.integration.evidence.test_blob_store import s3_server, s3_settings
from tests.support.app import Browser, database_session, sign_in, sign_in_by_form
from tests.support.machine import free_port
from tests.support.postgresql import own_database
from tests.support.smtp_server import RecordingSmtpServer

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
__all__ = ["s3_server"]
CRAFT = Path(__file__).parents[2] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def emails(settings: Settings) -> set[str]:
    engine = make_engine(settings.database)
    try:
        with session_factory(engine)() as session:
            return set(session.scalars(select(Account.email)))
    finally:
        engine.dispose()


def erase_person(app: Flask, email: str, backups: Path | None = None) -> None:
    with database_session(app) as session:
        account = session.scalars(select(Account).where(Account.email == email)).one()
        erased = erasure.erase(Work(session, SHELL, datetime.now(UTC)), account, even_if_needed=True)
    instance = app.extensions["dnk_settings"].instance
    erasure_files.finish_erasure(instance, erased, now=datetime.now(UTC), backups=backups)


def test_r12_a_restore_brings_every_row_and_file_back(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    done = dnk(elsewhere, "restore", backup_file)
    assert done.exit_code == 0, done.output
    source, target = make_engine(settings.database), make_engine(elsewhere.database)
    with source.connect() as before, target.connect() as after:
        for table in schema.metadata().sorted_tables:
            if table.name not in (InstallationState.__tablename__, SignIn.__tablename__):
                rows = select(table).order_by(*table.primary_key)
                assert before.execute(rows).all() == after.execute(rows).all(), table.name
    source.dispose()
    target.dispose()
    for name in ("pages/imprint.de.txt", "seal/public/2026.pem"):
        assert (elsewhere.instance / name).read_bytes() == (settings.instance / name).read_bytes()
    assert (elsewhere.instance / "config.toml").read_text() == "threads = 3\n"
    assert settings.secret_key
    assert (elsewhere.instance / "secret-key").read_text() == settings.secret_key.get_secret_value()
    for file in elsewhere.instance.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0 or file.is_dir(), file
    assert dnk(elsewhere, "evidence", "check").exit_code == 0


def test_a_backup_of_either_database_fits_the_other(
    full: Flask, backup_file: Path, dnk: Dnk, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_sqlite = full.extensions["dnk_settings"].database.startswith("sqlite")
    with own_database(request.getfixturevalue("postgres_url")) if is_sqlite else nullcontext("") as url:
        other = Settings(instance=tmp_path / "other", database_url=url)
        done = dnk(other, "restore", backup_file)
        assert done.exit_code == 0, done.output
        assert "petra@example.org" in emails(other)


def test_what_an_installation_holds_is_replaced_only_if_told(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    engine = make_engine(elsewhere.database)
    with session_factory(engine)() as session:
        session.execute(text("UPDATE account SET name = 'later'"))
        session.commit()
    engine.dispose()
    done = dnk(elsewhere, "restore", backup_file)
    assert done.exit_code == 1
    assert "--replace" in done.output
    done = dnk(elsewhere, "restore", "--replace", backup_file)
    assert done.exit_code == 0, done.output
    engine = make_engine(elsewhere.database)
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).where(Account.name == "later")) == 0
        assert session.scalar(select(func.count()).select_from(Account)) == 3
    engine.dispose()
    if elsewhere.database.startswith("sqlite"):
        [former] = elsewhere.instance.glob("dnk.sqlite3.before-*")
        assert former.stat().st_mode & 0o777 == 0o600


def test_a_database_in_use_is_left_alone(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    """Somebody else's connection, as of a server that runs: of another process, since locks belong to one."""

    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    hold = (
        "import sys; from dnk_tool.store.database import make_engine; from sqlalchemy import text;"
        "c = make_engine(sys.argv[1]).connect(); c.execute(text('SELECT count(*) FROM account'));"
        "c.rollback(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, elsewhere.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == b"held"
        done = dnk(elsewhere, "restore", "--replace", backup_file)
        assert process.stdin
        process.stdin.close()
    assert done.exit_code == 1
    assert "Stop the server" in done.output
    assert dnk(elsewhere, "restore", "--replace", backup_file).exit_code == 0


@ON_SQLITE
def test_settings_that_name_the_originals_places_are_put_aside(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    """A copy for a drill must never work on the original's database or bucket."""
    settings: Settings = full.extensions["dnk_settings"]
    (settings.instance / "config.toml").write_text('database_url = "postgresql+psycopg://x@original/dnk"\n')
    assert dnk(settings, "backup", tmp_path / "b").exit_code == 0
    done = dnk(elsewhere, "restore", tmp_path / "b")
    assert done.exit_code == 0, done.output
    assert not (elsewhere.instance / "config.toml").exists()
    assert "original" in (elsewhere.instance / "restored-config.toml").read_text()
    assert "restored-config.toml" in done.output
    # What came from the environment is there to be looked up, and is not used by itself.
    assert "secret_key = " in (elsewhere.instance / "restored-environment.toml").read_text()


@ON_SQLITE
def test_sign_ins_do_not_come_back(full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings) -> None:
    """Whoever signed out after the backup was made must not be signed in again by it."""
    sign_in(full.test_client(), "petra@example.org")
    assert dnk(full.extensions["dnk_settings"], "backup", tmp_path / "b").exit_code == 0
    print_of_before = elsewhere.instance / pdf_cache.FOLDER / "a.pdf"
    print_of_before.parent.mkdir(parents=True)
    print_of_before.touch()
    assert dnk(elsewhere, "restore", tmp_path / "b").exit_code == 0
    engine = make_engine(elsewhere.database)
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0
        since = installation_state.read_moment(session, installation_state.PRINTS_RECORDED_SINCE)
        assert since, "of versions from before, PDFs may have been made that the backup does not know"
    assert not print_of_before.exists()
    engine.dispose()


@ON_SQLITE
def test_a_log_that_was_left_without_its_database_is_not_taken_for_the_new_ones(
    backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    elsewhere.instance.mkdir()
    for name in ("dnk.sqlite3-wal", "dnk.sqlite3-shm"):
        (elsewhere.instance / name).write_bytes(b"left")
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    assert "petra@example.org" in emails(elsewhere)
    [left] = elsewhere.instance.glob("dnk.sqlite3.before-*-wal")
    assert left.read_bytes() == b"left"


@ON_SQLITE
def test_evidence_comes_back_wherever_it_stands_in_the_archive(
    backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    turned = tmp_path / "turned"
    with tarfile.open(backup_file) as source, tarfile.open(turned, "w:gz") as tar:
        first, *parts, last = source.getmembers()
        for entry in (first, *reversed(parts), last):
            tar.addfile(entry, source.extractfile(entry))
    assert dnk(elsewhere, "restore", turned).exit_code == 0
    assert "1 files, 0 missing" in dnk(elsewhere, "evidence", "check").output


# ---- Erasures


@ON_SQLITE
def test_a_log_that_outlived_the_database_erases_again(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    erase_person(full, "petra@example.org")
    elsewhere.instance.mkdir()
    log = full.extensions["dnk_settings"].instance / "erasures.log"
    (elsewhere.instance / "erasures.log").write_bytes(log.read_bytes())
    done = dnk(elsewhere, "restore", backup_file)
    assert done.exit_code == 0, done.output
    assert "Erased 1 accounts once more" in done.output
    assert "is known here" not in done.output, "the original's own log knows all of them"
    assert emails(elsewhere) == {"mehmet@example.org", "betrieb@example.org"}


@ON_SQLITE
def test_a_restore_says_what_it_deleted_again(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    with database_session(full) as session:
        company = session.scalars(select(Organisation.id).order_by(Organisation.id)).first()
    log = full.extensions["dnk_settings"].instance / "erasures.log"
    with log.open("a") as lines:
        lines.write(f"{datetime.now(UTC).isoformat()} company {company}\n")
    done = dnk(elsewhere, "restore", "--erasures", log, backup_file)
    assert "Deleted 1 companies, clusters or declarations once more" in done.output, done.output
    engine = make_engine(elsewhere.database)
    with session_factory(engine)() as session:
        assert session.get(Organisation, company) is None
    engine.dispose()


@ON_SQLITE
def test_the_journal_in_the_database_makes_up_for_a_lost_log(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    erase_person(full, "petra@example.org")
    (settings.instance / "erasures.log").unlink()
    assert dnk(settings, "backup", tmp_path / "b").exit_code == 0
    with database_session(full) as session:
        assert session.scalars(select(Erasure.account_number)).all() == [1]
    lines = (settings.instance / "erasures.log").read_text().splitlines()
    assert [line.split()[-1] for line in lines if not line.startswith("#")] == ["1"], "merged both ways"


@ON_SQLITE
def test_erasures_that_nobody_remembers_are_said_to_be_unknown(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    began = datetime.now(UTC)
    done = dnk(elsewhere, "restore", backup_file)
    assert "No erasure after" in done.output
    engine = make_engine(elsewhere.database)
    with session_factory(engine)() as session:
        known = installation_state.read_moment(session, installation_state.ERASURES_KNOWN_UNTIL)
        assert known
        assert began - timedelta(minutes=5) < known <= began
    engine.dispose()


@ON_SQLITE
def test_a_copy_does_not_take_its_own_log_for_the_originals(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    """The second restore into the same copy finds a log that the first one wrote."""
    assert "No erasure after" in dnk(elsewhere, "restore", backup_file).output
    assert "No erasure after" in dnk(elsewhere, "restore", "--replace", backup_file).output


@ON_SQLITE
def test_a_given_log_counts_up_to_its_last_entry(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    erase_person(full, "petra@example.org")
    log = full.extensions["dnk_settings"].instance / "erasures.log"
    done = dnk(elsewhere, "restore", "--erasures", log, backup_file)
    assert "Erased 1 accounts once more" in done.output
    assert "No erasure after" in done.output, "it may be an old copy"


@ON_SQLITE
def test_a_log_beside_the_backup_is_found(full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings) -> None:
    """An erasure is also noted where nightly backups lie, which outlives the disk of the instance."""
    settings: Settings = full.extensions["dnk_settings"]
    backups = tmp_path / "other disk"
    backups.mkdir()
    assert dnk(settings, "backup", backups / "b").exit_code == 0
    erase_person(full, "petra@example.org", backups=backups)
    assert (backups / "erasures.log").stat().st_mode & 0o777 == 0o600
    done = dnk(elsewhere, "restore", backups / "b")
    assert "Erased 1 accounts once more" in done.output


@ON_SQLITE
def test_a_given_log_of_another_installation_is_refused(
    backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    foreign = tmp_path / "foreign.log"
    foreign.write_text("# erasures of another\n2027-01-01T00:00:00+00:00 1\n")
    done = dnk(elsewhere, "restore", "--erasures", foreign, backup_file)
    assert done.exit_code == 1
    assert "another installation" in done.output
    assert not list(elsewhere.instance.rglob("*.sqlite3"))


@ON_SQLITE
def test_the_log_of_another_installation_erases_nobody(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    elsewhere.instance.mkdir()
    later = datetime.now(UTC) + timedelta(hours=1)
    (elsewhere.instance / "erasures.log").write_text(f"# erasures of another\n{later.isoformat()} 1\n")
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    assert "petra@example.org" in emails(elsewhere)


def test_with_another_key_than_the_backups_nothing_starts(
    full: Flask, dnk: Dnk, elsewhere: Settings, tmp_path: Path
) -> None:
    key, another = "the key of this server" * 2, "a key of another server" * 2
    settings = full.extensions["dnk_settings"].model_copy(update={"secret_key": SecretStr(key)})
    with database_session(full) as session:
        installation_key.note_key(session, key, now=datetime.now(UTC))
    file = tmp_path / "noted.tar.gz"
    assert dnk(settings, "backup", file).exit_code == 0
    with_another = elsewhere.model_copy(update={"secret_key": SecretStr(another)})
    done = dnk(with_another, "restore", file)
    assert done.exit_code == 0
    assert "DNK_SECRET_KEY is not the backup's" in done.output
    with pytest.raises(ConfigurationError, match="DNK_SECRET_KEY is not the secret key"):
        dnk(with_another, "worker", "--once")
    assert "DNK_SECRET_KEY" not in dnk(elsewhere, "restore", "--replace", file).output
    assert dnk(elsewhere, "backup", tmp_path / "again.tar.gz").exit_code == 0, "the key came back in its file"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_evidence_comes_out_of_a_bucket_and_goes_into_another(
    full: Flask,
    tmp_path: Path,
    s3_server: str,
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    bucket = s3_settings(settings.instance, s3_server)
    settings = settings.model_copy(update={name: getattr(bucket, name) for name in S3_SETTINGS})
    folder, blobs = full.extensions["dnk_blobs"], open_blob_store(settings)
    [content] = [blob for blob in folder.all() if blob.key]
    blobs.put(content.key, b"".join(folder.open(content.key)))
    shutil.rmtree(settings.instance / "evidence")
    report = create_backup(full.extensions["dnk_engine"], settings, tmp_path / "b", now=datetime.now(UTC))
    assert (report.contents, report.lost) == (1, ())
    blobs.delete(content.key)
    other = Settings(instance=tmp_path / "other").model_copy(
        update={name: getattr(bucket, name) for name in S3_SETTINGS}
    )
    restore(tmp_path / "b", other, now=datetime.now(UTC))
    assert b"".join(blobs.open(content.key)) == b"a bill " * 1000
    engine = make_engine(other.database)
    with session_factory(engine)() as session:
        assert all_content_hashes(session) == {(content.key.organisation_id, content.key.sha256)}
    engine.dispose()


S3_SETTINGS = (
    "evidence_store",
    "evidence_bucket",
    "evidence_endpoint",
    "evidence_access_key",
    "evidence_secret_key",
)


def test_r12_everything_acknowledged_before_the_backup_comes_back_and_nothing_is_sent(
    full: Flask, elsewhere: Settings, tmp_path: Path, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    with database_session(full) as session:
        import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        finished = import_document(Work(session, SHELL, NOW), read_document(CRAFT.read_bytes()))
        submission.finish(Work(session, SHELL, NOW), finished)
        delivery.queue_mail(
            session, recipient="petra@example.org", subject="x", body="y", language="de", now=NOW
        )
    factory, file = full.extensions["dnk_session_factory"], tmp_path / "backup.tar.gz"
    with drill.Writers(factory, 2, 0.01) as writers:
        writers.wait_for(5)
        drill.run(settings, "backup", file)
        writers.wait_for(5)
    assert not writers.errors
    with tarfile.open(file) as tar:
        header = tar.extractfile("backup.json")
        assert header
        began = datetime.fromisoformat(json.load(header)["began"])
    before = {words for words, moment in writers.acknowledged.items() if moment < began}
    assert len(before) >= 5
    known = drill.hashes(factory)
    assert len(known) == 2

    smtp = {"DNK_SMTP_HOST": "127.0.0.1", "DNK_SMTP_PORT": str(inbox.port), "DNK_SMTP_SECURITY": "none"}
    assert "The copy is quiet" in dnk(elsewhere, "restore", file).output
    engine = make_engine(elsewhere.database)
    restored = session_factory(engine)
    assert before <= drill.stored_words(restored)
    assert drill.hashes(restored) == known
    engine.dispose()
    assert dnk(elsewhere, "evidence", "check").exit_code == 0  # reads every content and compares its hash
    port = free_port()
    address = f"http://127.0.0.1:{port}/hilfe"
    with drill.serving(elsewhere, port, **smtp), urllib.request.urlopen(address) as page:
        assert 'id="quiet-title"' in page.read().decode()
    app = create_app(elsewhere)
    app.testing, app.test_client_class = True, Browser
    client: FlaskClient = app.test_client()
    sign_in_by_form(client, "petra@example.org")
    assert "Beck GmbH" in client.get("/", follow_redirects=True).text
    sending = elsewhere.model_copy(update=inbox.settings)
    background = BackgroundWorker(app.extensions["dnk_session_factory"], sending, reminders.chores(app))
    assert background.run_once()
    app.extensions["dnk_engine"].dispose()
    assert inbox.received == []
