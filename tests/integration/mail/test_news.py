"""Once a day managers hear what happened in their clusters: each thing once, or nothing at all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.mail import NewsFrequency, NewsKind
from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.services.mail import news as daily_news
from dnk_tool.store import installation_state
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.database import write_session
from dnk_tool.store.mail import news
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.mail import Mail, ManagerNews
from dnk_tool.web.clusters import chores
from tests.support.app import World, database_session, form_fields, make_cluster, sign_in

# Ten in the morning of a day in winter, in Germany.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def news_text(_account: Account, entries: Sequence[tuple[ManagerNews, Cluster]]) -> tuple[str, str]:
    return "Neu", ", ".join(f"{entry.kind.value} {entry.company}" for entry, _cluster in entries)


def tell_news(store: sessionmaker[Session], now: datetime) -> list[tuple[str, str]]:
    """What a run at this time tells whom, with every run twice."""
    for _twice in range(2):
        daily_news.send_due(store, news_text, now=now)
    with write_session(store) as session, session.begin():
        mails = session.scalars(select(Mail).order_by(Mail.recipient)).all()
        told = [(mail.recipient, mail.body) for mail in mails]
        for mail in mails:
            session.delete(mail)
    return told


def test_each_thing_is_told_once_to_those_who_want_it_daily(store: sessionmaker[Session]) -> None:
    with write_session(store) as session, session.begin():
        cluster = make_cluster(
            session,
            "Cluster Nord",
            daily=ClusterRole.MANAGER,
            now=ClusterRole.MANAGER,
            never=ClusterRole.MANAGER,
            later=ClusterRole.MANAGER,
            gone=ClusterRole.MANAGER,
            reviewer=ClusterRole.REVIEWER,
        )
        for name in ("now", "never"):
            account = by_email(session, f"{name}@example.org")
            assert account
            account.cluster_news = NewsFrequency(name)
        news.add(session, cluster.id, NewsKind.JOINED, "Beck", now=NOW)
        news.add(session, cluster.id, NewsKind.DECLINED, "Adler", now=NOW)
        later = by_email(session, "later@example.org")
        assert later
        later.cluster_news = NewsFrequency.NEVER
        gone = by_email(session, "gone@example.org")
        assert gone
        session.execute(delete(ClusterStaff).where(ClusterStaff.user_id == gone.id))
    assert tell_news(store, NOW + timedelta(hours=12)) == [], "the next edition is tomorrow's"
    assert tell_news(store, NOW + timedelta(hours=21, minutes=10)) == [
        ("daily@example.org", "declined Adler, joined Beck")
    ]
    assert tell_news(store, NOW + 2 * DAY) == [], "nothing happened"
    with store() as session:
        assert session.scalars(select(ManagerNews)).all() == []


def test_one_mail_that_cannot_be_written_stops_no_other(
    store: sessionmaker[Session], caplog: pytest.LogCaptureFixture
) -> None:
    with write_session(store) as session, session.begin():
        cluster = make_cluster(session, "Nord", ada=ClusterRole.MANAGER, ben=ClusterRole.MANAGER)
        news.add(session, cluster.id, NewsKind.JOINED, "Beck", now=NOW)

    def write_for_ben(account: Account, entries: Sequence[tuple[ManagerNews, Cluster]]) -> tuple[str, str]:
        if account.email == "ada@example.org":
            raise ValueError(account.email)
        return news_text(account, entries)

    assert daily_news.send_due(store, write_for_ben, now=NOW + DAY) == 1
    assert "ada@" not in caplog.text
    assert [who for who, _body in tell_news(store, NOW + DAY)] == ["ada@example.org", "ben@example.org"]


def test_a_quiet_copy_tells_nothing(store: sessionmaker[Session]) -> None:
    with write_session(store) as session, session.begin():
        cluster = make_cluster(session, "Cluster Nord", daily=ClusterRole.MANAGER)
        news.add(session, cluster.id, NewsKind.JOINED, "Beck", now=NOW)
        installation_state.write(session, installation_state.QUIET, NOW.isoformat(), now=NOW)
    assert tell_news(store, NOW + DAY) == []


@pytest.mark.parametrize(
    ("now", "edition"),
    [
        ("2026-03-02T06:30", "2026-03-02T06:00"),
        ("2026-03-02T05:59", "2026-03-01T06:00"),
        ("2026-03-29T05:00", "2026-03-29T05:00"),  # the day on which summer time begins
        ("2026-03-29T04:59", "2026-03-28T06:00"),
        ("2026-10-25T06:00", "2026-10-25T06:00"),
        ("2026-10-25T05:59", "2026-10-24T05:00"),
    ],
)
def test_an_edition_is_at_seven_local_time(now: str, edition: str) -> None:
    found = daily_news.last_edition(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found.astimezone(UTC) == datetime.fromisoformat(edition).replace(tzinfo=UTC)


def test_the_mail_and_the_switch_in_the_account(app: Flask, world: World) -> None:
    with database_session(app) as session:
        news.add(session, world.cluster, NewsKind.DECLINED, "Adler", now=NOW, text="Keine Zeit.")
        news.add(session, world.cluster, NewsKind.REFUSED, "Roth", now=NOW)
    assert chores.tell_news(app, NOW + DAY) == 1
    with database_session(app) as session:
        mail = session.scalars(select(Mail)).one()
    assert mail.subject == "2 Neuigkeiten aus Ihren Clustern"
    for words in (
        "Adler hat die Einladung abgelehnt. „Keine Zeit.“",
        "Die Einladung an Roth war nicht zustellbar.",
        f"/cluster/{world.cluster}/einladungen",
    ):
        assert words in mail.body
    manager, owner = app.test_client(), app.test_client()
    sign_in(manager, "manager@example.org")
    sign_in(owner, "owner@example.org")
    fields = form_fields(manager.get("/konto").text)
    assert fields["cluster_news"] == ["daily"]
    assert "cluster_news" not in form_fields(owner.get("/konto").text)
    assert manager.post("/konto", data=fields | {"cluster_news": "now"}).status_code == 303
    assert form_fields(manager.get("/konto").text)["cluster_news"] == ["now"]
