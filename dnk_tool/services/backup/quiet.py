"""Ends the quiet of a restored copy: from then on it writes to people again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor, Permission, require
from dnk_tool.store import installation_state
from dnk_tool.store.mail import outbox


class NotQuiet(Exception):
    """The installation is not quiet."""


@dataclass(frozen=True)
class ResumeReport:
    """`withheld`: mails that waited when the backup was made and are not sent; `waiting`: those sent now.

    `erasures_known_until`: None where all erasures are known.
    """

    withheld: int
    waiting: int
    erasures_known_until: datetime | None


def resume(session: Session, *, actor: Actor, now: datetime, is_sending_old: bool = False) -> ResumeReport:
    """Let mails and reminders go out again. Raises NotPermitted and NotQuiet.

    Mails that waited when the backup began were perhaps sent by the original since: they are marked as of
    uncertain delivery and not sent, unless `is_sending_old`.
    """
    require(Permission.INSTALLATION_RUN, actor)
    since = installation_state.quiet_since(session)
    if since is None:
        raise NotQuiet
    withheld = 0 if is_sending_old else outbox.withhold(session, written_before=since, now=now)
    known_until = installation_state.read_moment(session, installation_state.ERASURES_KNOWN_UNTIL)
    installation_state.remove(session, installation_state.QUIET)
    session.flush()
    return ResumeReport(withheld, outbox.count_by_status(session).waiting, known_until)
