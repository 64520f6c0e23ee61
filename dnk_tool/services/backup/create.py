"""Makes a backup of everything an installation keeps into one private file, while the server works."""

import hashlib
import io
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from dnk_tool import __version__
from dnk_tool.config import Settings
from dnk_tool.paths import sync_to_disk
from dnk_tool.services.accounts import installation_key
from dnk_tool.services.backup.age import encrypted
from dnk_tool.services.backup.disk_space import private_folder, require_space, require_spaces, work_home
from dnk_tool.store import installation_state, schema
from dnk_tool.store.backup import database_copy, instance_files
from dnk_tool.store.backup.archive import DATABASE, EVIDENCE, FORMAT, INSTANCE, ArchiveWriter, BackupHeader
from dnk_tool.store.database import session_factory, write_session
from dnk_tool.store.evidence.blob_store import BlobKey, BlobMissing, BlobStore
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.privacy.erasure_log import merge_journals

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackupReport:
    """A finished backup. `lost`: contents that rows need and the store lacks or has with another hash."""

    file: Path
    began: datetime
    seconds: float
    size: int
    rows: int
    contents: int
    lost: tuple[str, ...]


def create_backup(
    engine: Engine,
    settings: Settings,
    file: Path,
    *,
    now: datetime,
    recipient: str = "",
    is_nightly: bool = False,
) -> BackupReport:
    """Write a backup of everything that was saved before `now`, which must be the present.

    The file is private from its first byte and gets its name when it is complete. Raises FileExistsError,
    NothingThere, DiskShort, OldSchema (of PostgreSQL alone), StorageDown of the store of evidence,
    AgeMissing, AgeFailed, OSError, DATABASE_ERRORS, and ConfigurationError for a secret key that is missing
    or another than before; leaves nothing behind then.
    """
    started = time.monotonic()
    if file.exists():
        raise FileExistsError(file)
    database_copy.require_installation(engine)
    # One with another key would take the place of those that still hold the right one.
    secret = installation_key.require_key(engine, settings)
    blobs = open_blob_store(settings)
    if schema.is_current(engine):
        with write_session(session_factory(engine)) as session, session.begin():
            merge_journals(session, settings.instance, now=now)  # also names the installation
    # Asked before the copy is made, which would fill a disk that has hardly any space.
    home = work_home(settings.instance)
    require_spaces(home, file.parent, database_copy.size_of(engine))
    # The plain copy of the database never lies where the backup will, which may be encrypted.
    with private_folder(home) as own, private_folder(file.parent) as folder:
        copy, archive = own / "database", folder / "archive"
        database_copy.copy_to_file(engine, copy)
        with database_copy.opened_copy(copy) as reading:
            needed = database_copy.contents_of(reading)
            evidence_bytes = sum(needed.values())
            require_space(file.parent, copy.stat().st_size + evidence_bytes)
            header = _header(engine, reading, copy.stat().st_size, now=now, evidence_bytes=evidence_bytes)
        rows = database_copy.count_rows(copy)
        with (
            _private_file(archive) as target,
            encrypted(target, recipient) as stream,
            ArchiveWriter(stream, header) as writer,
        ):
            lost = _write(writer, settings, secret, copy, needed, blobs, rows)
        copy.unlink()
        _publish(archive, file)
    report = BackupReport(
        file,
        now,
        time.monotonic() - started,
        file.stat().st_size,
        sum(rows.values()),
        len(needed) - len(lost),
        tuple(lost),
    )
    try:
        _note(engine, report, is_nightly=is_nightly)
    except database_copy.DATABASE_ERRORS as error:  # the backup is there all the same
        log.error("the backup is complete, but cannot be noted: %s", type(error).__name__)
    return report


def _header(engine: Engine, copy: Engine, size: int, *, now: datetime, evidence_bytes: int) -> BackupHeader:
    with Session(copy) as session:
        is_current = schema.is_current(copy)
        installation = installation_state.read(session, installation_state.INSTALLATION) if is_current else ""
    return BackupHeader(
        format=FORMAT,
        program=__version__,
        schema=database_copy.revision(copy),
        installation=installation,
        began=now.isoformat(),
        database=engine.dialect.name,
        database_bytes=size,
        evidence_bytes=evidence_bytes,
    )


def _write(
    archive: ArchiveWriter,
    settings: Settings,
    secret: str,
    copy: Path,
    needed: dict[BlobKey, int],
    blobs: BlobStore,
    rows: dict[str, int],
) -> list[str]:
    """Write all parts and the manifest, the database last. Returns the contents that could not be had."""
    archive.add(f"{INSTANCE}{instance_files.KEY_FILE}", secret.encode())
    for path, file_content in instance_files.collect(settings.instance):
        archive.add(f"{INSTANCE}{path}", file_content)
    if environment := instance_files.settings_of_environment(os.environ):
        archive.add(f"{INSTANCE}{instance_files.ENVIRONMENT_FILE}", environment.encode())
    lost = []
    for key in sorted(needed):
        # One content fits into memory: it did so when it was uploaded.
        content_bytes = _content(blobs, key)
        if hashlib.sha256(content_bytes).hexdigest() == key.sha256:
            archive.add_stream(f"{EVIDENCE}{key.path}", len(content_bytes), io.BytesIO(content_bytes))
        else:
            lost.append(key.path)
    with copy.open("rb") as content:
        archive.add_stream(DATABASE, copy.stat().st_size, content)
    archive.close(rows, lost)
    return lost


def _content(blobs: BlobStore, key: BlobKey) -> bytes:
    """The content; one that is gone has no bytes. Raises StorageDown."""
    try:
        return b"".join(blobs.open(key))
    except BlobMissing:
        return b""


@contextmanager
def _private_file(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _publish(archive: Path, file: Path) -> None:
    """Give the complete archive its name. Raises FileExistsError, so that no other file is replaced."""
    try:
        os.link(archive, file)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as a memory stick's
        file.touch(0o600, exist_ok=False)
        os.replace(archive, file)
    sync_to_disk(file.parent)


def _note(engine: Engine, report: BackupReport, *, is_nightly: bool) -> None:
    """Note the backup for the operator's page; a database from before an upgrade has no place for it."""
    if not schema.is_current(engine):
        return
    began = report.began.isoformat()
    with write_session(session_factory(engine)) as session, session.begin():
        former = installation_state.read_values(session, installation_state.LAST_BACKUP)
        nightly = began if is_nightly else former.get("nightly")
        values = {"began": began, "size": report.size, "lost": len(report.lost), "nightly": nightly}
        installation_state.write(
            session, installation_state.LAST_BACKUP, json.dumps(values), now=report.began
        )
        installation_state.remove(session, installation_state.BACKUP_PROBLEM)
