"""Decides who is to be reminded of which deadlines, and queues each reminder once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.mail import address_in
from dnk_tool.domain.reminders import (
    REMINDER_DAYS,
    PendingTask,
    is_older_than_reminder,
    pending_task,
    reminder_step,
)
from dnk_tool.language import local_day
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.clusters import reminded_companies
from dnk_tool.store.clusters.reminded_companies import DeadlineRecord
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.store.mail import reminders
from dnk_tool.store.mail.reminders import ReminderKey
from dnk_tool.store.tables.accounts import Account

COMPANY_TASKS = frozenset({PendingTask.FILL, PendingTask.SUBMIT, PendingTask.REVISE})


@dataclass(frozen=True)
class ReminderLine:
    """One declaration to remind of, or a reporting year without one (`declaration_id` is None).

    `days_before`: the step of REMINDER_DAYS that is due; `done` of `asked`: criteria; `contact`: the
    cluster's address for answers.
    """

    task: PendingTask
    organisation_id: int
    organisation: str
    cluster_id: int
    cluster: str
    reporting_year: int
    due: date
    days_left: int
    days_before: int
    declaration_id: int | None
    done: int
    asked: int
    contact: str = ""


@dataclass(frozen=True)
class ReminderDigest:
    """All lines of one person's reminder mail."""

    account: Account
    lines: tuple[ReminderLine, ...]


def due_digests(session: Session, *, now: datetime) -> list[ReminderDigest]:
    """The reminders to send now, by person. A missed step is made up for, but never two steps at once.

    A restored copy that is still quiet sends none.
    """
    if quiet_since(session):
        return []
    today = local_day(now)
    period = {"first": today, "last": today + timedelta(days=max(REMINDER_DAYS))}
    deadline_records = reminded_companies.companies_with_deadline(session, **period)
    changes = reminded_companies.companies_with_changes(session, **period)
    tasks = {declaration.id: PendingTask.REVISE for *_, declaration in changes}
    lines = sorted(_lines(session, [*deadline_records, *changes], today, tasks), key=attrgetter("due"))
    sent, collected = reminders.sent_reminders(session, **period), defaultdict[int, list[ReminderLine]](list)
    accounts: dict[int, Account] = {}
    for account, line in _recipients(session, lines, today):
        key = _key(account.id, line)
        if key not in sent:
            sent.add(key)  # two clusters may have set the same deadline
            accounts[account.id] = account
            collected[account.id].append(line)
    return [ReminderDigest(accounts[key], tuple(of_one)) for key, of_one in sorted(collected.items())]


def record_due(session: Session, *, now: datetime) -> int:
    """Store what is due as sent, without a mail. Returns how many mails it would have been."""
    digests = due_digests(session, now=now)
    keys = [_key(digest.account.id, line) for digest in digests for line in digest.lines]
    reminders.record_sent(session, keys, now=now)
    return len(digests)


def queue_digest(
    factory: sessionmaker[Session], digest: ReminderDigest, written: tuple[str, str], *, now: datetime
) -> bool:
    """Queue the mail and commit, unless the person was reminded meanwhile or does not want reminders.

    `written`: subject and body. Returns whether it was queued.
    """
    keys = [_key(digest.account.id, line) for line in digest.lines]
    contacts = [line.contact for line in digest.lines]  # that of the earliest deadline first
    record = partial(reminders.record_sent, keys=keys, now=now)
    return queue_once(factory, digest.account.id, written, record, contacts, now=now)


def queue_once(
    factory: sessionmaker[Session],
    account_id: int,
    written: tuple[str, str],
    record: Callable[[Session], None],
    contacts: Iterable[str],
    *,
    now: datetime,
) -> bool:
    """Queue a reminder and commit. Returns whether it was queued, see `queue_digest`.

    `record` stores what it reminds of, and raises IntegrityError if that was done meanwhile. `contacts`: of
    the clusters that wait, whose first address gets the answers.
    """
    subject, body = written
    with write_session(factory) as session:
        account = session.get(Account, account_id)
        if account is None or not account.wants_reminders:
            return False
        try:
            record(session)
        except IntegrityError:
            return False
        mail_delivery.queue_mail(
            session,
            recipient=account.email,
            subject=subject,
            body=body,
            language=account.language,
            reply_to=next(filter(None, contacts), ""),
            now=now,
        )
        session.commit()
    return True


def set_reminders(account: Account, *, wants: bool) -> None:
    """Switch a person's reminders on or off; nothing is committed."""
    account.wants_reminders = wants


def _lines(
    session: Session, rows: Sequence[DeadlineRecord], today: date, tasks: Mapping[int, PendingTask]
) -> list[ReminderLine]:
    """The lines that are due. `tasks`: by declaration, what it waits for if its state does not say it."""
    moved = reminders.state_changed_at(session, {declaration.id for *_, declaration in rows if declaration})
    return [line for row in rows if (line := _line(row, moved, today, tasks))]


def _line(
    row: DeadlineRecord, moved: dict[int, datetime], today: date, tasks: Mapping[int, PendingTask]
) -> ReminderLine | None:
    reporting_year, due, cluster, company, declaration = row
    known = tasks.get(declaration.id) if declaration else None
    what = known or pending_task(declaration.state if declaration else None)
    days_before = reminder_step(today, due, what) if what else None
    moment = moved.get(declaration.id) if declaration else None
    since = local_day(moment) if moment else None
    if what is None or days_before is None or not is_older_than_reminder(since, due, days_before):
        return None
    if what is PendingTask.REVIEW and declaration and declaration.cluster_id != cluster.id:
        return None
    criteria = len(declarations.selection_of(declaration).criteria) if declaration else 0
    return ReminderLine(
        task=what,
        organisation_id=company.id,
        organisation=company.name,
        cluster_id=cluster.id,
        cluster=cluster.name,
        reporting_year=reporting_year,
        due=due,
        days_left=(due - today).days,
        days_before=days_before,
        declaration_id=declaration.id if declaration else None,
        done=declaration.criteria_done if declaration else 0,
        asked=criteria,
        contact=address_in(cluster.contact),
    )


def _recipients(
    session: Session, lines: list[ReminderLine], today: date
) -> Iterator[tuple[Account, ReminderLine]]:
    """Each line with each person whose task it is."""
    companies = {line.organisation_id for line in lines if line.task in COMPANY_TASKS}
    clusters = {line.cluster_id for line in lines if line.task is PendingTask.REVIEW}
    waiting = {line.declaration_id for line in lines if line.task is PendingTask.SIGN and line.declaration_id}
    writers = _grouped(reminders.owners_and_editors(session, companies, today=today))
    staff = _grouped(reminders.cluster_staff(session, clusters))
    conflicts = reminders.review_conflicts(session, clusters)
    signatories = _grouped(reminders.signatories(session, waiting, today=today))
    for line in lines:
        concerned = {
            PendingTask.FILL: writers[line.organisation_id],
            PendingTask.SUBMIT: writers[line.organisation_id],
            PendingTask.REVISE: writers[line.organisation_id],
            PendingTask.REVIEW: [
                account
                for account in staff[line.cluster_id]
                if (account.id, line.cluster_id, line.organisation_id) not in conflicts
            ],
            PendingTask.SIGN: signatories[line.declaration_id or 0],
        }
        yield from ((account, line) for account in concerned[line.task])


def _grouped(pairs: Iterable[tuple[int, Account]]) -> dict[int, list[Account]]:
    accounts_by_key = defaultdict[int, list[Account]](list)
    for key, account in pairs:
        accounts_by_key[key].append(account)
    return accounts_by_key


def _key(account_id: int, line: ReminderLine) -> ReminderKey:
    return account_id, line.organisation_id, line.reporting_year, line.due, line.days_before
