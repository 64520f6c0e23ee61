"""The backup that the server makes by itself each night, and which of them are kept."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.config import ConfigurationError, Settings
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts import first_start
from dnk_tool.services.backup.age import AgeFailed, AgeMissing
from dnk_tool.services.backup.create import create_backup
from dnk_tool.services.backup.disk_space import DiskShort
from dnk_tool.services.mail.background_worker import PeriodicJob
from dnk_tool.store import installation_state
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.backup.database_copy import DATABASE_ERRORS, OldSchema
from dnk_tool.store.database import write_session
from dnk_tool.store.evidence.blob_store import StorageDown
from dnk_tool.store.privacy.erasure_log import copy_log

log = logging.getLogger(__name__)

FROM_HOUR, TO_HOUR = 1, 6
# A machine that is off at night makes up for it by day.
LATEST = timedelta(hours=30)
_NAME = "dnk-????????T??????Z.tar.gz*"
_PROBLEMS: dict[type[Exception], str] = {
    DiskShort: "disk",
    StorageDown: "evidence",
    AgeMissing: "age",
    AgeFailed: "age",
    OldSchema: "schema",
    ConfigurationError: "key",
    OSError: "folder",
    **dict.fromkeys(DATABASE_ERRORS, "database"),
}


def chores(factory: sessionmaker[Session], settings: Settings) -> tuple[PeriodicJob, ...]:
    """The periodic jobs of this module; a long one has a thread of its own, so that mails need not wait."""

    def run(now: datetime) -> None:
        if is_due(factory, settings, now=now):
            back_up_to_folder(factory, settings, now=now)

    return (PeriodicJob("backup", run, timedelta(hours=1), is_long=True),)


def is_due(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> bool:
    """Whether the server shall make a backup by itself now.

    None is made of a demo, of a restored copy that is still quiet (its backups would take the place of the
    original's), and of an installation without an account.
    """
    if not settings.has_nightly_backup or first_start.is_demo(settings.instance):
        return False
    with factory() as session:
        if not accounts.any_exists(session) or installation_state.quiet_since(session):
            return False
        newest = installation_state.read_values(session, installation_state.LAST_BACKUP).get("nightly")
    return newest is None or _is_time(datetime.fromisoformat(newest), now)


def back_up_to_folder(factory: sessionmaker[Session], settings: Settings, *, now: datetime) -> Path | None:
    """Make a backup in the folder of the settings, and delete those beyond the number to keep.

    Returns the new file, None where it failed: that is logged, and noted for the operator's page.
    """
    try:
        with _locked(settings.backups) as is_mine:
            if not is_mine:
                log.info("another process makes a backup in the same folder")
                return None
            return _back_up(factory, settings, now)
    except tuple(_PROBLEMS) as error:
        kind = next(kind for type_, kind in _PROBLEMS.items() if isinstance(error, type_))
        log.error("no backup was made: %s (%s)", kind, error if kind == "disk" else type(error).__name__)
        _note_problem(factory, kind, now)
        return None


def _is_time(newest: datetime, now: datetime) -> bool:
    age = now - newest
    local = now.astimezone(LOCAL_TIME_ZONE)
    is_night = FROM_HOUR <= local.hour < TO_HOUR
    is_of_today = newest.astimezone(LOCAL_TIME_ZONE).date() == local.date()
    return age > LATEST or age < timedelta(0) or (is_night and not is_of_today)


def _back_up(factory: sessionmaker[Session], settings: Settings, now: datetime) -> Path:
    folder = settings.backups
    name = f"dnk-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar.gz{'.age' if settings.backup_recipient else ''}"
    report = create_backup(
        factory.kw["bind"],
        settings,
        folder / name,
        now=now,
        recipient=settings.backup_recipient,
        is_nightly=True,
    )
    log.info("a backup of %s bytes was made in %.1f s", report.size, report.seconds)
    copy_log(settings.instance, folder)
    if report.lost:
        log.error("the backup lacks %s files of evidence; see dnk evidence check", len(report.lost))
    for old in sorted(folder.glob(_NAME))[: -settings.backups_kept]:
        old.unlink(missing_ok=True)
    return report.file


def _note_problem(factory: sessionmaker[Session], kind: str, now: datetime) -> None:
    values = json.dumps({"kind": kind, "at": now.isoformat()})
    try:
        with write_session(factory) as session, session.begin():
            installation_state.write(session, installation_state.BACKUP_PROBLEM, values, now=now)
    except DATABASE_ERRORS as error:
        log.error("why no backup was made cannot be noted: %s", type(error).__name__)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether this process alone makes backups in the folder. Raises OSError for one that cannot be made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
