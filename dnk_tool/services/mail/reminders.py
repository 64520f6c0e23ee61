"""Decides who is to be reminded of which deadlines, and sends each reminder once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.clusters.deadline_reminders import STEPS, Task, is_old_news, step, task
from dnk_tool.language import LOCAL_TIME
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.accounts.queries import Account
from dnk_tool.store.clusters.queries import Cluster, Deadline
from dnk_tool.store.database import writing
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.mail import reminders
from dnk_tool.store.mail.reminders import Key
from dnk_tool.store.tables.declarations import Declaration, Organisation


@dataclass(frozen=True)
class Line:
    """One declaration that somebody is reminded of, or the year for which there is none yet."""

    task: Task
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


@dataclass(frozen=True)
class Digest:
    """All that one person is reminded of in one mail."""

    account: Account
    lines: tuple[Line, ...]


def digests(session: Session, *, now: datetime) -> list[Digest]:
    """Who is to be reminded now. A step whose day was missed counts, but never two of them at once."""
    today = now.astimezone(LOCAL_TIME).date()
    period = {"first": today, "last": today + timedelta(days=max(STEPS))}
    found = reminders.concerned(session, **period)
    lines = _lines(session, found, today)
    sent, collected = reminders.sent(session, **period), defaultdict[int, list[Line]](list)
    accounts: dict[int, Account] = {}
    for account, line in _recipients(session, lines, today):
        key = _key(account.id, line)
        if key not in sent:
            sent.add(key)  # two clusters may have set the same deadline
            accounts[account.id] = account
            collected[account.id].append(line)
    return [Digest(accounts[key], tuple(of_one)) for key, of_one in sorted(collected.items())]


def send(factory: sessionmaker[Session], digest: Digest, written: tuple[str, str], *, now: datetime) -> bool:
    """Queue the mail, unless somebody else has reminded the person meanwhile; whether it was queued."""
    subject, body = written
    with writing(factory) as session:
        account = session.get(Account, digest.account.id)
        if account is None or not account.wants_reminders:
            return False
        try:
            reminders.note(session, [_key(account.id, line) for line in digest.lines], now=now)
        except IntegrityError:
            return False
        mail_delivery.queue(
            session,
            recipient=account.email,
            subject=subject,
            body=body,
            language=account.language,
            now=now,
        )
        session.commit()
    return True


def choose(account: Account, *, wants: bool) -> None:
    """Switch reminders on or off."""
    account.wants_reminders = wants


Row = tuple[Deadline, Cluster, Organisation, Declaration | None]


def _lines(session: Session, rows: Iterable[Row], today: date) -> list[Line]:
    rows = list(rows)
    moved = reminders.moved_at(session, {found.id for *_, found in rows if found})
    return [line for row in rows if (line := _line(row, moved, today))]


def _line(row: Row, moved: dict[int, datetime], today: date) -> Line | None:
    deadline, cluster, company, declaration = row
    what = task(declaration.state if declaration else None)
    days_before = step(today, deadline.due, what) if what else None
    moment = moved.get(declaration.id) if declaration else None
    since = moment.astimezone(LOCAL_TIME).date() if moment else None
    if what is None or days_before is None or not is_old_news(since, deadline.due, days_before):
        return None
    if what is Task.REVIEW and declaration and declaration.cluster_id != cluster.id:
        return None
    criteria = len(declarations.selection_of(declaration).criteria) if declaration else 0
    return Line(
        task=what,
        organisation_id=company.id,
        organisation=company.name,
        cluster_id=cluster.id,
        cluster=cluster.name,
        reporting_year=deadline.reporting_year,
        due=deadline.due,
        days_left=(deadline.due - today).days,
        days_before=days_before,
        declaration_id=declaration.id if declaration else None,
        done=declaration.criteria_done if declaration else 0,
        asked=criteria,
    )


def _recipients(session: Session, lines: list[Line], today: date) -> Iterator[tuple[Account, Line]]:
    """Each line with each person whose turn it is."""
    companies = {one.organisation_id for one in lines if one.task is Task.FILL}
    clusters = {one.cluster_id for one in lines if one.task is Task.REVIEW}
    waiting = {one.declaration_id for one in lines if one.task is Task.SIGN and one.declaration_id}
    writers = _grouped(reminders.writers(session, companies, today=today))
    staff = _grouped(reminders.staff(session, clusters))
    signatories = _grouped(reminders.signatories(session, waiting, today=today))
    for line in lines:
        concerned = {
            Task.FILL: writers[line.organisation_id],
            Task.REVIEW: staff[line.cluster_id],
            Task.SIGN: signatories[line.declaration_id or 0],
        }
        yield from ((account, line) for account in concerned[line.task])


def _grouped(pairs: Iterable[tuple[int, Account]]) -> dict[int, list[Account]]:
    found = defaultdict[int, list[Account]](list)
    for key, account in pairs:
        found[key].append(account)
    return found


def _key(account_id: int, line: Line) -> Key:
    return account_id, line.organisation_id, line.reporting_year, line.due, line.days_before
