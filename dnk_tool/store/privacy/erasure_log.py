"""The journal of erasures, in the database and in a log beside it that outlives it.

After a restored backup accounts, companies, clusters and declarations are erased again by either.
"""

import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store import installation_state
from dnk_tool.store.tables.installation import Deletion, Erasure

log = logging.getLogger(__name__)

ERASURE_LOG = "erasures.log"
# In this order they are deleted again.
DELETED_KINDS = ("declaration", "company", "cluster")


_HEADING, _GAP = "# erasures of ", "# a copy, which knows none after "


def note_erasure(session: Session, account_id: int, now: datetime) -> None:
    """Note the erasure in the database, in the transaction that erases."""
    session.merge(Erasure(account_number=account_id, erased_at=now))


def log_erasure(instance: Path, account_id: int, now: datetime) -> None:
    """Append the time and the account's id, nothing else, and sync the file against a power cut."""
    _append(instance, f"{now.isoformat()} {account_id}\n")


def note_deletion(session: Session, kind: str, number: int, now: datetime) -> None:
    """Note in the database that a company, cluster or declaration is deleted, in that transaction."""
    session.merge(Deletion(kind=kind, number=number, deleted_at=now))


def log_deletion(instance: Path, kind: str, number: int, now: datetime) -> None:
    """Append time, kind and number to the log, as `log_erasure` does."""
    _append(instance, f"{now.isoformat()} {kind} {number}\n")


def merge_journals(session: Session, instance: Path, *, now: datetime) -> None:
    """Give each of log and database the erasures that only the other knows, and the log its heading.

    The heading names the installation, by which a restore knows that a log belongs to a backup.
    """
    installation = installation_state.installation_id(session, now=now)
    if installation not in logged_installations(read_log(instance)):
        _append(instance, f"{_HEADING}{installation}\n")
    logged = set(logged_erasures(instance))
    noted = {(row.erased_at, row.account_number) for row in session.scalars(select(Erasure))}
    for moment, account_id in sorted(logged - noted):
        note_erasure(session, account_id, moment)
    for moment, account_id in sorted(noted - logged):
        log_erasure(instance, account_id, moment)
    known = set(logged_deletions(instance))
    stored = {(row.deleted_at, row.kind, row.number) for row in session.scalars(select(Deletion))}
    for moment, kind, number in sorted(known - stored):
        note_deletion(session, kind, number, moment)
    for moment, kind, number in sorted(stored - known):
        log_deletion(instance, kind, number, moment)


def read_log(instance: Path) -> str:
    """The text of the log; "" if there is none."""
    try:
        return (instance / ERASURE_LOG).read_text("utf-8")
    except FileNotFoundError:
        return ""


def logs_in(folder: Path, installation: str) -> str:
    """The text of all logs of the installation that lie in a folder of backups, under whichever name."""
    texts = [file.read_text("utf-8", "replace") for file in sorted(folder.glob("erasures*.log"))]
    return "".join(text for text in texts if installation in logged_installations(text))


def logged_installations(log_text: str) -> set[str]:
    """The installations that a log's headings name."""
    return {line.removeprefix(_HEADING) for line in log_text.splitlines() if line.startswith(_HEADING)}


def gap_line(known_until: datetime) -> str:
    """The line of a restored copy's log from which on erasures may be missing."""
    return f"{_GAP}{known_until.isoformat()}\n"


def last_gap(log_text: str) -> datetime | None:
    """From when on a log may lack erasures, because it was a restored copy's; None for an original's."""
    gaps = [line.removeprefix(_GAP) for line in log_text.splitlines() if line.startswith(_GAP)]
    return max(map(datetime.fromisoformat, gaps), default=None)


def copy_log(instance: Path, folder: Path) -> None:
    """Bring the log's copy in another folder, such as on another disk, up to date. Raises OSError.

    Lines that other servers of the same installation put there stay. So does the log of another installation:
    the copy then has the name of its own beside it.
    """
    own, other = read_log(instance), read_log(folder)
    installations, target = logged_installations(own), folder / ERASURE_LOG
    if other and not installations & logged_installations(other):
        target = folder / f"erasures-{min(installations, default='unnamed')}.log"
        other = target.read_text("utf-8") if target.exists() else ""
    lines = dict.fromkeys((own + other).splitlines())
    fresh = folder / f".{target.name}.new"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, target)


def copy_log_to_backups(instance: Path, backups: Path | None) -> None:
    """Copy the log to the folder of backups, if they have one of their own. A failure is logged only."""
    if backups is None:
        return
    try:
        copy_log(instance, backups)
    except OSError as error:
        log.error("the log of erasures cannot be copied to the backups: %s", type(error).__name__)


def _append(instance: Path, line: str) -> None:
    descriptor = os.open(instance / ERASURE_LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        # A power cut may have left half a line.
        is_whole = not size or os.pread(descriptor, 1, size - 1) == b"\n"
        os.write(descriptor, ("" if is_whole else "\n").encode() + line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def erasure_log_size(instance: Path) -> int:
    """The size of the log in bytes, 0 if there is none; it grows with each erasure."""
    try:
        return (instance / ERASURE_LOG).stat().st_size
    except FileNotFoundError:
        return 0


def logged_erasures(instance: Path) -> Iterator[tuple[datetime, int]]:
    """Yield time and account id of each erasure; lines that a power cut left incomplete are skipped."""
    yield from erasures_in(read_log(instance))


def logged_deletions(instance: Path) -> Iterator[tuple[datetime, str, int]]:
    """Yield time, kind and number of each deletion of a company, cluster or declaration."""
    yield from ((moment, kind, number) for moment, kind, number in _entries(read_log(instance)) if kind)


def erasures_in(log_text: str) -> Iterator[tuple[datetime, int]]:
    """Yield time and account id of each erasure that a log's text names."""
    yield from ((moment, number) for moment, kind, number in _entries(log_text) if not kind)


def _entries(log_text: str) -> Iterator[tuple[datetime, str, int]]:
    """Yield time, kind and number of each line; the kind of an account is ""."""
    for line in log_text.splitlines():
        if line.startswith("#") or not line:
            continue
        moment, *kinds, number = line.split(" ") if " " in line else (line, "")
        try:
            entry = datetime.fromisoformat(moment), " ".join(kinds), int(number)
        except ValueError:
            # A power cut may leave half a line; the others still count.
            log.warning("a line of %s cannot be read", ERASURE_LOG)
            continue
        if entry[0].tzinfo is not None and entry[1] in ("", *DELETED_KINDS):
            yield entry
