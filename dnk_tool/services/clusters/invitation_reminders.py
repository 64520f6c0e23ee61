"""Reminds companies that do not answer an invitation: all at once by hand, or by itself after some days."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import chain, compress, groupby
from operator import attrgetter

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.invitations import AUTOMATIC_REMINDERS, REMINDABLE, automatic_step
from dnk_tool.domain.permissions import Actor
from dnk_tool.language import local_day
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.services.clusters.invitations import (
    InvitationWithToken,
    count_invitations,
    invitations_left,
    record_invitation_sent,
)
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import invitation_states
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.invitation_states import InvitationView
from dnk_tool.store.database import write_session
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.invitations import Invitation

log = logging.getLogger(__name__)

# Writes one mail for invitations to the same address, in the name of their sender.
ReminderWriter = Callable[[Cluster, Sequence[InvitationWithToken], Account | None], MailDraft]

_MAIL_OF = attrgetter("cluster_id", "email")


def remindable(session: Session, cluster_id: int, view: InvitationView) -> list[Invitation]:
    """The invitations that wait for an answer and about which nobody was written to today.

    None where no mail server is set.
    """
    if not view.has_server:
        return []
    waiting = invitation_states.list_in_states(session, cluster_id, REMINDABLE, view)
    return [row for row, _state in waiting if not _is_written_today(row, view.now)]


def remind(
    session: Session, cluster: Cluster, chosen: Collection[int], view: InvitationView, *, actor: Actor
) -> list[InvitationWithToken]:
    """Give each chosen invitation that can still be reminded a further link for its mail.

    Left out are those answered or reminded meanwhile, people with too many mails today, and what the
    cluster's hourly limit leaves over. Raises NotPermitted.
    """
    lock_led_cluster(session, cluster.id, actor)
    rows = [row for row in remindable(session, cluster.id, view) if row.id in chosen]
    rows = rows[: invitations_left(session, cluster.id, now=view.now)]
    if not rows:
        return []
    allowed = action_limits.count_allowed_mails(
        session,
        LimitedAction.COMPANY_INVITATION,
        sender=actor.user_id,
        recipients=[row.email for row in rows],
        now=view.now,
    )
    sent = [(row, _reminded(session, row, view.now)) for row in compress(rows, allowed)]
    count_invitations(session, cluster.id, len(sent), now=view.now)
    for row, _token in sent:
        record_invitation_sent(Work(session, actor, view.now), cluster, row)
    return sent


def send_automatic(
    factory: sessionmaker[Session], write: ReminderWriter, *, has_server: bool, now: datetime
) -> int:
    """Queue the reminders that are due by themselves, one mail to an address. Returns how many mails.

    Each step is sent once, however many processes look. A restored copy that is still quiet sends none.
    """
    view = InvitationView(now, has_server)
    with factory() as session:
        if quiet_since(session):
            return 0
        mails = [[row.id for row in rows] for rows in _due(session, view)]
    return sum(_attempt(factory, write, numbers, view) for numbers in mails)


def record_due(session: Session, *, now: datetime) -> int:
    """Store what is due as sent, without a mail. Returns how many mails it would have been."""
    mails = _due(session, InvitationView(now, has_server=True))
    for row in chain.from_iterable(mails):
        row.reminder_step = _step(row, now) or row.reminder_step
    return len(mails)


def _due(session: Session, view: InvitationView) -> list[list[Invitation]]:
    """The invitations to remind by themselves, those of a cluster to the same address together."""
    found = invitation_states.in_reminding_clusters(session, REMINDABLE, view)
    due = sorted((row for row, _cluster in found if _step(row, view.now)), key=_MAIL_OF)
    return [list(rows) for _key, rows in groupby(due, key=_MAIL_OF)]


def _attempt(
    factory: sessionmaker[Session], write: ReminderWriter, numbers: Sequence[int], view: InvitationView
) -> bool:
    """Queue one mail; True if queued. An error is logged and does not stop the others."""
    try:
        return _queue_automatic(factory, write, numbers, view)
    except Exception as error:  # noqa: BLE001 -- after any failure the others are still reminded
        # Logs only the exception's type: its message may name a person or a company.
        log.error("reminder of invitation %s: unexpected %s", numbers[0], type(error).__name__)
        return False


def _queue_automatic(
    factory: sessionmaker[Session], write: ReminderWriter, numbers: Sequence[int], view: InvitationView
) -> bool:
    """Queue one mail about invitations to one address, if they are still due when their rows are locked."""
    with write_session(factory) as session, session.begin():
        locked = [session.get(Invitation, number, with_for_update=True) for number in numbers]
        rows = [row for row in locked if row is not None and _is_due(session, row, view)]
        cluster = clusters.by_id(session, rows[0].cluster_id or 0) if rows else None
        if cluster is None or not cluster.reminds_invited:
            return False
        sent = []
        for row in rows:
            row.reminder_step = _step(row, view.now) or row.reminder_step
            sent.append((row, _reminded(session, row, view.now)))
        draft = write(cluster, sent, _sender(session, rows[0]))
        mail = mail_delivery.queue_mail(
            session,
            recipient=draft.recipient,
            subject=draft.subject,
            body=draft.body,
            language=draft.language,
            reply_to=draft.reply_to,
            now=view.now,
        )
        for row, _token in sent:
            row.mail = mail
    return True


def _sender(session: Session, row: Invitation) -> Account | None:
    """Who invited, if they still work for the cluster."""
    found = memberships.find_cluster_staff(session, row.cluster_id or 0, row.created_by or 0)
    return session.get(Account, found.user_id) if found is not None else None


def _is_due(session: Session, row: Invitation, view: InvitationView) -> bool:
    is_waiting = invitation_states.state_of(session, row, view) in REMINDABLE
    return is_waiting and row.revoked_at is None and _step(row, view.now) is not None


def _reminded(session: Session, row: Invitation, now: datetime) -> str:
    row.reminded_at = now
    return secret_links.add_link(session, row)


def _step(row: Invitation, now: datetime) -> int | None:
    """The step of AUTOMATIC_REMINDERS that is due today, if nobody was written to today."""
    if _is_written_today(row, now) or row.reminder_step >= AUTOMATIC_REMINDERS[-1]:
        return None
    return automatic_step(local_day(row.sent_at), row.reminder_step, local_day(now))


def _is_written_today(row: Invitation, now: datetime) -> bool:
    written = max(moment for moment in (row.sent_at, row.reminded_at) if moment is not None)
    return local_day(written) == local_day(now)
