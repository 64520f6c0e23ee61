"""How it stands with backups, for the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.config import Settings
from dnk_tool.store import installation_state

OLD_AFTER = timedelta(hours=48)


@dataclass(frozen=True)
class BackupStatus:
    """The newest backup, if any; `problem`: why the last nightly one failed, "" if it did not.

    `lost`: contents of evidence that it could not hold.
    """

    is_nightly: bool
    began: datetime | None
    size: int
    lost: int
    problem: str
    is_old: bool


def backup_status(session: Session, settings: Settings, *, now: datetime) -> BackupStatus:
    """Read the status. A backup is old after 48 hours; so is having none where nightly ones are made."""
    last = installation_state.read_values(session, installation_state.LAST_BACKUP)
    began = datetime.fromisoformat(last["began"]) if last else None
    problem = installation_state.read_values(session, installation_state.BACKUP_PROBLEM)
    return BackupStatus(
        is_nightly=settings.has_nightly_backup,
        began=began,
        size=last.get("size", 0),
        lost=last.get("lost", 0),
        problem=problem.get("kind", ""),
        is_old=now - began > OLD_AFTER if began else settings.has_nightly_backup,
    )
