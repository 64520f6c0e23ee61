"""Decides who is to be reminded of which milestones, and queues each reminder once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.clusters.criterion_signs import criteria_left
from dnk_tool.domain.mail import address_in
from dnk_tool.domain.reminders import MILESTONE_REMINDER_DAYS, milestone_step
from dnk_tool.language import local_day
from dnk_tool.services.mail.reminders import queue_once
from dnk_tool.store.clusters import reminded_companies
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.store.mail import reminders
from dnk_tool.store.mail.reminders import MilestoneKey
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Cohort, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone of a company to remind of.

    `open_sections`: its criteria that are not finished; `contact`: the cluster's address for answers.
    """

    organisation_id: int
    organisation: str
    cluster: str
    cohort_id: int
    milestone_id: int
    title: str
    day: date
    place: str
    note: str
    days_left: int
    days_before: int
    sections: tuple[str, ...]
    open_sections: tuple[str, ...]
    declaration_id: int | None
    contact: str = ""


@dataclass(frozen=True)
class MilestoneDigest:
    """All milestones of which one person is reminded in one mail."""

    account: Account
    lines: tuple[MilestoneLine, ...]


def due_digests(session: Session, *, now: datetime) -> list[MilestoneDigest]:
    """The reminders of milestones to send now, by person; a quiet copy sends none.

    Nobody is reminded of a milestone without a place whose criteria are finished.
    """
    if quiet_since(session):
        return []
    today = local_day(now)
    period = {"first": today, "last": today + timedelta(days=max(MILESTONE_REMINDER_DAYS))}
    found = reminded_companies.companies_with_milestone(session, **period)
    lines = [line for row in found if (line := _line(*row, today=today))]
    writers: defaultdict[int, list[Account]] = defaultdict(list)
    concerned = {line.organisation_id for line in lines}
    for organisation_id, account in reminders.owners_and_editors(session, concerned, today=today):
        writers[organisation_id].append(account)
    sent = reminders.sent_milestones(session, **period)
    collected: defaultdict[int, list[MilestoneLine]] = defaultdict(list)
    accounts = {account.id: account for people in writers.values() for account in people}
    for line in lines:
        for account in writers[line.organisation_id]:
            if (key := _key(account.id, line)) not in sent:
                sent.add(key)
                collected[account.id].append(line)
    return [MilestoneDigest(accounts[key], tuple(of_one)) for key, of_one in sorted(collected.items())]


def record_due(session: Session, *, now: datetime) -> int:
    """Store what is due as sent, without a mail. Returns how many mails it would have been."""
    digests = due_digests(session, now=now)
    keys = [_key(digest.account.id, line) for digest in digests for line in digest.lines]
    reminders.record_milestones(session, keys, now=now)
    return len(digests)


def queue_digest(
    factory: sessionmaker[Session], digest: MilestoneDigest, written: tuple[str, str], *, now: datetime
) -> bool:
    """Queue the mail and commit, unless the person was reminded meanwhile or does not want reminders.

    `written`: subject and body. Returns whether it was queued.
    """
    keys = [_key(digest.account.id, line) for line in digest.lines]
    record = partial(reminders.record_milestones, keys=keys, now=now)
    contacts = [line.contact for line in digest.lines]  # that of the earliest milestone first
    return queue_once(factory, digest.account.id, written, record, contacts, now=now)


def _line(
    cohort: Cohort,
    milestone: Milestone,
    cluster: Cluster,
    company: Organisation,
    declaration: Declaration | None,
    *,
    today: date,
) -> MilestoneLine | None:
    days_before = milestone_step(today, milestone.day)
    state, progress = (declaration.state, declaration.progress) if declaration else (None, None)
    missing = criteria_left(state, progress or {}, milestone.sections)
    is_nothing_to_do = bool(milestone.sections) and not missing and not milestone.place
    if days_before is None or is_nothing_to_do:
        return None
    return MilestoneLine(
        organisation_id=company.id,
        organisation=company.name,
        cluster=cluster.name,
        cohort_id=cohort.id,
        milestone_id=milestone.id,
        title=milestone.title,
        day=milestone.day,
        place=milestone.place,
        note=milestone.note,
        days_left=(milestone.day - today).days,
        days_before=days_before,
        sections=tuple(milestone.sections),
        open_sections=missing,
        declaration_id=declaration.id if declaration else None,
        contact=address_in(cluster.contact),
    )


def _key(account_id: int, line: MilestoneLine) -> MilestoneKey:
    return account_id, line.organisation_id, line.milestone_id, line.day, line.days_before
