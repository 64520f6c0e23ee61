"""Background work for clusters: reminds companies of invitations, and tells managers the day's news."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from flask import Flask, url_for

from dnk_tool.domain.mail import NewsKind
from dnk_tool.services.clusters import invitation_reminders
from dnk_tool.services.clusters.invitations import InvitationWithToken
from dnk_tool.services.mail import news
from dnk_tool.services.mail.background_worker import PeriodicJob
from dnk_tool.services.mail.delivery import MailDraft
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.mail import ManagerNews
from dnk_tool.web.clusters import mails as cluster_mails
from dnk_tool.web.mail import mails

FROM_HOUR, EVERY = 7, timedelta(minutes=15)


def chores(app: Flask) -> tuple[PeriodicJob, ...]:
    """The periodic jobs of this module."""
    return (
        PeriodicJob("invitation-reminders", partial(remind_invited, app), EVERY, FROM_HOUR),
        PeriodicJob("cluster-news", partial(tell_news, app), EVERY, FROM_HOUR),
    )


def remind_invited(app: Flask, now: datetime) -> int:
    """Queue the automatic reminders that are due; return their number. None without a mail server."""
    settings = app.extensions["dnk_settings"]
    if not settings.smtp_host:
        return 0
    with app.test_request_context("/", base_url=settings.address):
        factory = app.extensions["dnk_session_factory"]
        return invitation_reminders.send_automatic(factory, _write_reminder, has_server=True, now=now)


def _write_reminder(
    cluster: Cluster, sent: Sequence[InvitationWithToken], sender: Account | None
) -> MailDraft:
    return cluster_mails.write_invitation(sent, cluster, sender=sender, is_reminder=True)


def tell_news(app: Flask, now: datetime) -> int:
    """Queue the daily mails of managers that are due; return their number."""
    settings = app.extensions["dnk_settings"]
    with app.test_request_context("/", base_url=settings.address):
        return news.send_due(app.extensions["dnk_session_factory"], _write_news, now=now)


def _write_news(account: Account, entries: Sequence[tuple[ManagerNews, Cluster]]) -> tuple[str, str]:
    groups = [
        {"cluster": cluster.name, "entries": held, "links": _links(cluster, held)}
        for cluster, held in (
            (key, [entry for entry, _cluster in group])
            for key, group in groupby(entries, key=lambda it: it[1])
        )
    ]
    stop = mails.public_base_url() + url_for("account.show")
    return mails.render_mail("clusters/news", account, groups=groups, count=len(entries), stop=stop)


def _links(cluster: Cluster, entries: Sequence[ManagerNews]) -> list[str]:
    """Where the reader sees more: the invitations, the queue of reviews, or both."""
    kinds = {entry.kind for entry in entries}
    endpoints = ["cluster_invitations.show"] if kinds - {NewsKind.ASSIGNED} else []
    endpoints += ["review.queue"] if NewsKind.ASSIGNED in kinds else []
    return [mails.public_base_url() + url_for(endpoint, cluster_id=cluster.id) for endpoint in endpoints]
