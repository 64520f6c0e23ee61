"""Reads and writes what the installation notes about itself: name, key, backups, whether it is quiet."""

import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.store.tables.installation import InstallationState

INSTALLATION = "installation"
# Which secret key it is used with, as `services/accounts/installation_key` writes it.
KEY_FINGERPRINT = "key-fingerprint"
QUIET = "quiet"
ERASURES_KNOWN_UNTIL = "erasures-known-until"
LAST_BACKUP = "last-backup"
BACKUP_PROBLEM = "backup-problem"
BACKGROUND_SEEN = "background-seen"
# Of versions frozen before this moment, PDFs may exist that are not recorded here.
PRINTS_RECORDED_SINCE = "prints-recorded-since"


def read(session: Session, name: str) -> str:
    """The value noted under this name; "" if there is none."""
    row = session.get(InstallationState, name, populate_existing=True)
    return row.value if row else ""


def write(session: Session, name: str, value: str, *, now: datetime) -> None:
    """Note the value in place of an earlier one."""
    session.merge(InstallationState(name=name, value=value, changed_at=now))


def remove(session: Session, name: str) -> None:
    """Delete the note, if there is one."""
    if row := session.get(InstallationState, name):
        session.delete(row)


def read_moment(session: Session, name: str) -> datetime | None:
    """The time noted under this name; None if there is none."""
    value = read(session, name)
    return datetime.fromisoformat(value) if value else None


def read_values(session: Session, name: str) -> dict[str, Any]:
    """The values noted under this name as JSON; empty if there are none."""
    values: dict[str, Any] = json.loads(read(session, name) or "{}")
    return values


def quiet_since(session: Session) -> datetime | None:
    """When the backup began from which this installation was restored and is still quiet; None otherwise."""
    return read_moment(session, QUIET)


def installation_id(session: Session, *, now: datetime) -> str:
    """The installation's own random name, made once; copies of the database have the same."""
    name = read(session, INSTALLATION)
    if not name:
        name = secrets.token_hex(8)
        write(session, INSTALLATION, name, now=now)
    return name
