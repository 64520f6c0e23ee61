"""Contents of evidence: quotas that hold in a race, the last use, a full disk, kills at the worst moment."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli.main import cli
from dnk_tool.domain.permissions import SHELL, Actor, NotPermitted, Role
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence import store_check
from dnk_tool.services.evidence.contents import remove_unused_contents, store_contents
from dnk_tool.services.evidence.files import EvidenceDetails, QuotaExceeded
from dnk_tool.services.privacy import retention
from dnk_tool.services.work import Work
from dnk_tool.store.database import make_engine, session_factory, write_session
from dnk_tool.store.evidence import queries as evidence
from dnk_tool.store.evidence.blob_store import BlobKey, BlobStore, StorageDown, StorageFull
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.evidence import EvidenceFile, EvidenceUse
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.conftest import NOW
from tests.support.app import declaration_of, make_organisation
from tests.support.evidence import ANSWER, FIGURE, QUOTA, add_evidence, make_file
from tests.support.machine import run_at_once

Fresh = Callable[[], tuple[int, dict[str, Actor]]]


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobStore:
    return FileBlobStore(tmp_path / "evidence")


# ---- Room


def test_a_quota_holds_whoever_comes_at_the_same_time(
    store: sessionmaker[Session],
    fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]],
    blobs: FileBlobStore,
) -> None:
    declaration_id, people = fresh_declaration()
    at_once, done = threading.Barrier(12), []

    def upload(number: int) -> None:
        with write_session(store) as session:
            at_once.wait()
            declaration = session.get_one(Declaration, declaration_id)
            mine = make_file(b"%04d" % number * 25)  # 100 bytes
            try:
                add_evidence(session, blobs, declaration, people["petra"], mine, quota=350)
                session.commit()
                done.append("kept")
            except QuotaExceeded as error:
                session.rollback()
                done.append("refused" if error.free == 50 else "wrong")

    run_at_once(partial(upload, number) for number in range(12))
    assert sorted(done) == ["kept"] * 3 + ["refused"] * 9
    with store() as session:
        owner = session.get_one(Declaration, declaration_id).organisation_id
        assert evidence.used_bytes(session, owner) == 300


def test_what_is_there_already_needs_no_room(
    session: Session, declaration: Declaration, actor: Actor, blobs: FileBlobStore
) -> None:
    add_evidence(session, blobs, declaration, actor, quota=6)
    add_evidence(session, blobs, declaration, actor, target=FIGURE, quota=6)
    with pytest.raises(QuotaExceeded) as full:
        add_evidence(session, blobs, declaration, actor, make_file(b"b"), quota=6)
    assert (full.value.needed, full.value.free) == (1, 0)


# ---- Contents


def remove(
    store: sessionmaker[Session],
    blobs: BlobStore,
    declaration_id: int,
    actor: Actor,
    file_id: int,
    **only: Any,
) -> None:
    """As the page does it: the row, the commit, then the content."""
    with write_session(store) as session:
        declaration = session.get_one(Declaration, declaration_id)
        unused = evidence_files.remove_evidence(Work(session, actor, NOW), declaration, file_id, **only)
        session.commit()
        remove_unused_contents(store, blobs, declaration.organisation_id, unused)


@pytest.fixture
def case(
    store: sessionmaker[Session],
    fresh_declaration: Callable[[], tuple[int, dict[str, Actor]]],
    blobs: FileBlobStore,
) -> tuple[int, Actor, int, BlobKey]:
    """A committed file that belongs to an answer and a figure."""
    declaration_id, people = fresh_declaration()
    with write_session(store) as session:
        declaration = session.get_one(Declaration, declaration_id)
        file = add_evidence(session, blobs, declaration, people["petra"]).fresh[0]
        add_evidence(session, blobs, declaration, people["petra"], target=FIGURE)
        session.commit()
        return declaration_id, people["petra"], file.id, BlobKey(declaration.organisation_id, file.sha256)


def test_a_content_goes_with_its_last_use(
    store: sessionmaker[Session], blobs: FileBlobStore, case: tuple[int, Actor, int, BlobKey]
) -> None:
    declaration_id, actor, file_id, key = case
    remove(store, blobs, declaration_id, actor, file_id, only=FIGURE)
    assert blobs.exists(key)
    remove(store, blobs, declaration_id, actor, file_id)
    assert not blobs.exists(key)
    with store() as session:
        assert not session.scalars(select(EvidenceUse)).all()


def test_a_content_stays_while_another_year_uses_it(
    store: sessionmaker[Session], blobs: FileBlobStore, case: tuple[int, Actor, int, BlobKey]
) -> None:
    declaration_id, actor, file_id, key = case
    with write_session(store) as session:
        before = session.get_one(Declaration, declaration_id)
        other = Declaration(
            organisation_id=before.organisation_id,
            edition=before.edition,
            reporting_year=2024,
            indicator_set="gri",
            language="de",
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(other)
        session.flush()
        add_evidence(session, blobs, other, actor)
        assert evidence.used_bytes(session, before.organisation_id) == len(b"a bill")
        session.commit()
    remove(store, blobs, declaration_id, actor, file_id)
    assert blobs.exists(key)


def test_nothing_is_taken_away_before_the_commit(
    store: sessionmaker[Session], blobs: FileBlobStore, case: tuple[int, Actor, int, BlobKey]
) -> None:
    declaration_id, actor, file_id, key = case
    with write_session(store) as session:
        evidence_files.remove_evidence(
            Work(session, actor, NOW), session.get_one(Declaration, declaration_id), file_id
        )
        session.rollback()
    remove_unused_contents(store, blobs, key.organisation_id, frozenset({key.sha256}))
    assert blobs.exists(key)


def test_whoever_adds_what_is_just_taken_away_puts_it_there_again(
    store: sessionmaker[Session], blobs: FileBlobStore, case: tuple[int, Actor, int, BlobKey]
) -> None:
    """The content is stored, another removal takes it away, and only then the row is written."""
    declaration_id, actor, file_id, key = case
    store_contents(blobs, key.organisation_id, [make_file()])
    remove(store, blobs, declaration_id, actor, file_id)
    assert not blobs.exists(key)
    with write_session(store) as session:
        declaration = session.get_one(Declaration, declaration_id)
        evidence_files.add_evidence(
            Work(session, actor, NOW),
            blobs,
            declaration,
            ANSWER,
            [make_file()],
            EvidenceDetails(),
            quota=QUOTA,
        )
        session.commit()
    assert blobs.exists(key)


def test_a_full_disk_keeps_no_row(
    session: Session,
    declaration: Declaration,
    actor: Actor,
    blobs: FileBlobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_given: Any) -> None:
        raise StorageFull

    monkeypatch.setattr(FileBlobStore, "put", full)
    with pytest.raises(StorageFull):
        evidence_files.add_evidence(
            Work(session, actor, NOW),
            blobs,
            declaration,
            ANSWER,
            [make_file()],
            EvidenceDetails(),
            quota=QUOTA,
        )
    session.rollback()
    assert not session.scalars(select(EvidenceFile)).all()


# ---- A kill between the content and the row, and what the command finds


@pytest.fixture
def installation(tmp_path: Path, empty_database: Path) -> config.Settings:
    """An instance as the command finds it."""
    settings = config.load_settings(instance=tmp_path / "instance")
    settings.instance.mkdir()
    (settings.instance / "dnk.sqlite3").write_bytes(empty_database.read_bytes())
    return settings


def test_a_kill_between_content_and_row_breaks_nothing(
    installation: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed upload, and a killed removal, leave behind: contents that nobody misses."""
    monkeypatch.setenv("DNK_INSTANCE", str(installation.instance))
    engine = make_engine(installation.database)
    factory, blobs = session_factory(engine), FileBlobStore(installation.instance / "evidence")
    now = datetime.now(UTC)
    killed = make_file(b"killed upload")
    store_contents(blobs, 1, [killed])
    report = store_check.check_evidence_store(factory, blobs, actor=SHELL, now=now)
    assert (report.is_fine, report.orphans) == (True, ())  # perhaps its row is just being written
    assert store_check.remove_orphans(factory, blobs, actor=SHELL, now=now) == 0
    later = now + timedelta(hours=2)
    assert [
        orphan.key
        for orphan in store_check.check_evidence_store(factory, blobs, actor=SHELL, now=later).orphans
    ] == [BlobKey(1, killed.sha256)]
    retention.apply_retention(factory, installation, now=later)
    assert not blobs.exists(BlobKey(1, killed.sha256))
    engine.dispose()


def test_the_command_tells_what_is_missing_changed_and_not_needed(
    installation: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_INSTANCE", str(installation.instance))
    engine = make_engine(installation.database)
    factory, folder = session_factory(engine), installation.instance / "evidence"
    blobs = FileBlobStore(folder)
    with write_session(factory) as session:
        organisation = make_organisation(session, "A GmbH", owner=Role.OWNER)
        actor = Actor(1, {organisation.id: Role.OWNER})
        files = [make_file(b"fine"), make_file(b"missing"), make_file(b"changed")]
        add_evidence(session, blobs, declaration_of(session, organisation), actor, *files)
        session.commit()
    run = CliRunner().invoke
    assert run(cli, ["evidence", "check"]).output == "3 files, 0 missing, 0 changed, 0 not needed\n"
    missing, changed = (BlobKey(organisation.id, file.sha256) for file in files[1:])
    blobs.delete(missing)
    (folder / changed.path).write_bytes(b"something else")
    stray = folder / "new-1"
    stray.write_bytes(b"half")
    old = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    os.utime(stray, (old, old))
    result = run(cli, ["evidence", "check", "--remove-orphans"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"missing: {missing.path}",
        f"changed: {changed.path}",
        "not needed: new-1",
        "3 files, 1 missing, 1 changed, 1 not needed, 1 removed",
    ]
    assert not stray.exists()
    engine.dispose()


def test_the_contents_of_a_company_that_is_gone_go_too(
    store: sessionmaker[Session], blobs: FileBlobStore, case: tuple[int, Actor, int, BlobKey]
) -> None:
    declaration_id, _actor, _file_id, key = case
    with write_session(store) as session, session.begin():
        company = session.get_one(Declaration, declaration_id).organisation_id
        session.execute(delete(Organisation).where(Organisation.id == company))
    later = datetime.now(UTC) + timedelta(hours=2)
    report = store_check.check_evidence_store(store, blobs, actor=SHELL, now=later)
    assert (report.is_fine, [orphan.key for orphan in report.orphans]) == (True, [key])
    assert store_check.remove_orphans(store, blobs, actor=SHELL, now=later) == 1
    assert list(blobs.all()) == []


def test_nobody_but_the_operator_compares(store: sessionmaker[Session], blobs: FileBlobStore) -> None:
    for attempt in (store_check.check_evidence_store, store_check.remove_orphans):
        with pytest.raises(NotPermitted):
            attempt(store, blobs, actor=Actor(1), now=NOW)


def test_the_command_names_a_bucket_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_given: object, **_more: object) -> None:
        raise StorageDown("GenericError")

    monkeypatch.setattr(store_check, "check_evidence_store", down)
    for name, value in {
        "INSTANCE": str(tmp_path),
        "EVIDENCE_STORE": "s3",
        "EVIDENCE_BUCKET": "belege",
        "EVIDENCE_ENDPOINT": "https://s3.example.org",
        "EVIDENCE_ACCESS_KEY": "a",
        "EVIDENCE_SECRET_KEY": "geheim",
    }.items():
        monkeypatch.setenv(f"DNK_{name}", value)
    assert CliRunner().invoke(cli, ["upgrade"]).exit_code == 0
    result = CliRunner().invoke(cli, ["evidence", "check"])
    assert result.exit_code == 1
    assert "bucket belege at https://s3.example.org" in result.output
    assert "geheim" not in result.output
