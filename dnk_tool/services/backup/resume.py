"""Ends the quiet of a restored copy: from then on it writes to people, of what the original did not."""

from dataclasses import dataclass
from datetime import datetime

from dnk_tool.domain.permissions import Permission, require
from dnk_tool.services.clusters import invitation_reminders
from dnk_tool.services.mail import milestone_reminders, news, reminders
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state
from dnk_tool.store.mail import outbox


class NotQuiet(Exception):
    """The installation is not quiet."""


@dataclass(frozen=True)
class DueMails:
    """Numbers of mails that the installation writes by itself, by what they tell."""

    reminders: int = 0
    milestones: int = 0
    invitations: int = 0
    news: int = 0

    @property
    def total(self) -> int:
        return self.reminders + self.milestones + self.invitations + self.news


@dataclass(frozen=True)
class ResumeReport:
    """`withheld`: mails that waited when the backup was made and are not sent; `waiting`: those sent now.

    `passed_over`: mails that became due since and are not written. `erasures_known_until`: None where all
    erasures are known.
    """

    withheld: int
    passed_over: DueMails
    waiting: int
    erasures_known_until: datetime | None


def resume(work: Work, *, is_sending_old: bool = False) -> ResumeReport:
    """Let mails and reminders go out again. Raises NotPermitted and NotQuiet.

    The original may have worked on after the backup. So mails that waited then are marked as of uncertain
    delivery, and what became due between then and now counts as sent, unless `is_sending_old`.
    """
    require(Permission.INSTALLATION_RUN, work.actor)
    session, now = work.session, work.now
    since = installation_state.quiet_since(session)
    if since is None:
        raise NotQuiet
    withheld = 0 if is_sending_old else outbox.withhold(session, written_before=since, now=now)
    known_until = installation_state.read_moment(session, installation_state.ERASURES_KNOWN_UNTIL)
    installation_state.remove(session, installation_state.QUIET)
    session.flush()  # while it is quiet nothing is due
    passed_over = DueMails() if is_sending_old else _pass_over(work, since)
    return ResumeReport(withheld, passed_over, outbox.count_by_status(session).waiting, known_until)


def _pass_over(work: Work, since: datetime) -> DueMails:
    """Record what is due as sent. A step that passed before now is sent by nobody any more."""
    return DueMails(
        reminders=reminders.record_due(work.session, now=work.now),
        milestones=milestone_reminders.record_due(work.session, now=work.now),
        invitations=invitation_reminders.record_due(work.session, now=work.now),
        news=news.remove_due(work.session, happened_before=since, now=work.now),
    )
