"""Tells managers once a day what happened in their clusters."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.mail import NewsFrequency
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.database import write_session
from dnk_tool.store.installation_state import quiet_since
from dnk_tool.store.mail import news
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.mail import ManagerNews

log = logging.getLogger(__name__)

# When the day's mail is written, local time.
AT = time(7)

NewsWriter = Callable[[Account, Sequence[tuple[ManagerNews, Cluster]]], tuple[str, str]]


def last_edition(now: datetime) -> datetime:
    """The last moment at which a day's mail was to be written: today at seven, or yesterday."""
    local = now.astimezone(LOCAL_TIME_ZONE)
    today = datetime.combine(local.date(), AT, LOCAL_TIME_ZONE)
    return (
        today if today <= local else datetime.combine(local.date() - timedelta(days=1), AT, LOCAL_TIME_ZONE)
    )


def send_due(factory: sessionmaker[Session], write: NewsWriter, *, now: datetime) -> int:
    """Queue a mail for each person with news from before the last edition. Returns how many.

    News is deleted with the mail that tells it, so that each is told once. A restored copy that is still
    quiet tells nothing.
    """
    before = last_edition(now)
    with factory() as session:
        if quiet_since(session):
            return 0
        account_ids = [account.id for account in news.recipients(session, before=before)]
    return sum(_attempt(factory, write, account_id, before, now) for account_id in account_ids)


def remove_due(session: Session, *, happened_before: datetime, now: datetime) -> int:
    """Delete due news from before a moment, without a mail. Returns how many mails it would have been.

    What happened after the last edition is not due; the next one tells it.
    """
    before = min(happened_before, last_edition(now))
    count = 0
    for account in news.recipients(session, before=before):
        count += bool(_wanted(session, account, before))
        news.remove(session, account.id, before=before)
    return count


def _attempt(
    factory: sessionmaker[Session], write: NewsWriter, account_id: int, before: datetime, now: datetime
) -> bool:
    """Queue one mail; True if queued. An error is logged and does not stop the others."""
    try:
        return _queue(factory, write, account_id, before, now)
    except Exception as error:  # noqa: BLE001 -- after any failure the others still get theirs
        # Logs only the exception's type: its message may name a person or a company.
        log.error("news for account %s: unexpected %s", account_id, type(error).__name__)
        return False


def _queue(
    factory: sessionmaker[Session], write: NewsWriter, account_id: int, before: datetime, now: datetime
) -> bool:
    with write_session(factory) as session, session.begin():
        account = session.get(Account, account_id, with_for_update=True)
        if account is None:
            return False
        entries = _wanted(session, account, before)
        if entries:
            subject, body = write(account, entries)
            mail_delivery.queue_mail(
                session,
                recipient=account.email,
                subject=subject,
                body=body,
                language=account.language,
                now=now,
            )
        news.remove(session, account_id, before=before)
    return bool(entries)


def _wanted(session: Session, account: Account, before: datetime) -> Sequence[tuple[ManagerNews, Cluster]]:
    """The person's news from before a moment; none if they cannot sign in or want no mails about it."""
    if not account.active or account.cluster_news is NewsFrequency.NEVER:
        return ()
    return news.of_account(session, account.id, before=before)


def set_frequency(account: Account, frequency: NewsFrequency) -> None:
    """Change how often the person hears by mail; nothing is committed."""
    account.cluster_news = frequency
