"""What the original sent after its backup is not sent again by the copy that takes over its work."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.app import create_app
from dnk_tool.config import Settings
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery, NewsFrequency, NewsKind
from dnk_tool.domain.permissions import SHELL, ClusterRole, Role
from dnk_tool.language import local_day
from dnk_tool.services.backup.resume import DueMails, resume
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.mail import news as daily_news
from dnk_tool.services.mail.background_worker import BackgroundWorker
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.database import write_session
from dnk_tool.store.mail import news
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, Cohort, CohortAssignment, Milestone
from dnk_tool.store.tables.mail import ManagerNews
from dnk_tool.web.clusters import chores as cluster_chores
from dnk_tool.web.mail import reminders
from tests.integration.backup.conftest import Dnk
from tests.support.app import add_consent, database_session, make_cluster, make_organisation
from tests.support.cockpit_members import default_cohort
from tests.support.smtp_server import RecordingSmtpServer

DAY = timedelta(days=1)
# Anna and Antje are reminded of a final day, Berta of a milestone; Maria is told the news.
PEOPLE = ("anna", "antje", "berta", "maria", "invited")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def busy(full: Flask) -> Flask:
    """An installation where mails of each kind are due and none is written."""
    now = datetime.now(UTC)
    with database_session(full) as session:
        cluster = make_cluster(session, "Cluster Nord", maria=ClusterRole.MANAGER)
        cluster.reminds_invited = True
        soon, later = local_day(now) + 7 * DAY, local_day(now) + 90 * DAY
        cohort = Cohort(cluster_id=cluster.id, reporting_year=2025, name="B", due=later, created_at=now)
        session.add_all([cohort, default_cohort(cluster_id=cluster.id, reporting_year=2025, due=soon)])
        session.flush()
        session.add(Milestone(cohort_id=cohort.id, day=soon, title="Treffen", place="IHK"))
        for who in ("anna", "antje", "berta"):
            company = make_organisation(session, f"{who.title()} GmbH", **{who: Role.OWNER})
            add_consent(session, company.id, cluster.id).granted_at = now - 90 * DAY
        session.add(
            CohortAssignment(
                cluster_id=cluster.id,
                organisation_id=company.id,
                reporting_year=2025,
                cohort_id=cohort.id,
                assigned_at=now,
            )
        )
        invitation, _token = secret_links.create_invitation(
            session,
            InvitationKind.COMPANY,
            email="invited@example.org",
            company="Firma",
            language="de",
            by=None,
            now=now - 8 * DAY,
            cluster_id=cluster.id,
        )
        invitation.delivery = MailDelivery.SENT
        news.add(session, cluster.id, NewsKind.JOINED, "Anna GmbH", now=now - 2 * DAY)
    return full


def recipients_of_a_round(app: Flask, inbox: RecordingSmtpServer) -> list[str]:
    """Have the installation do what it does by itself. Returns who got a mail, as often as they did."""
    inbox.recipients.clear()
    settings = app.extensions["dnk_settings"].model_copy(update=inbox.settings)
    app.extensions["dnk_settings"] = settings
    chores = [*reminders.chores(app), *cluster_chores.chores(app)]
    assert BackgroundWorker(app.extensions["dnk_session_factory"], settings, chores).run_once()
    return sorted(address.removesuffix("@example.org") for address in inbox.recipients)


@on_sqlite
@pytest.mark.own_app
def test_a_copy_sends_nothing_that_its_original_sent_since_the_backup(
    busy: Flask, backup_file: Path, elsewhere: Settings, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    assert recipients_of_a_round(busy, inbox) == sorted(PEOPLE), "the original works on"
    assert not recipients_of_a_round(busy, inbox)
    assert "dnk resume --send-waiting" in dnk(elsewhere, "restore", backup_file).output
    copy = create_app(elsewhere)
    try:
        assert not recipients_of_a_round(copy, inbox), "it is quiet"
        told = dnk(elsewhere, "resume").output
        assert "5 reminders and news that became due since then are not sent either" in told
        assert "of final days 2, of milestones 1, of invitations 1, news of the day 1." in told
        assert not recipients_of_a_round(copy, inbox)
        with time_machine.travel(datetime.now(UTC) + 6 * DAY):
            assert recipients_of_a_round(copy, inbox) == ["anna", "antje", "berta"], (
                "what becomes due later is sent"
            )
    finally:
        copy.extensions["dnk_engine"].dispose()


@on_sqlite
@pytest.mark.own_app
def test_what_became_due_is_sent_if_the_operator_says_so(
    busy: Flask, inbox: RecordingSmtpServer, dnk: Dnk
) -> None:
    with database_session(busy) as session:
        now = datetime.now(UTC)
        installation_state.write(session, installation_state.QUIET, now.isoformat(), now=now)
    assert not recipients_of_a_round(busy, inbox)
    told = dnk(busy.extensions["dnk_settings"], "resume", "--send-waiting").output
    assert "not sent" not in told
    assert recipients_of_a_round(busy, inbox) == sorted(PEOPLE)
    assert not recipients_of_a_round(busy, inbox)


def test_news_of_the_copy_itself_and_of_today_is_told(store: sessionmaker[Session]) -> None:
    """The original knows neither; and what nobody wants to hear is not counted."""
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with write_session(store) as session, session.begin():
        cluster = make_cluster(session, "Nord", maria=ClusterRole.MANAGER, never=ClusterRole.MANAGER)
        news.add(session, cluster.id, NewsKind.JOINED, "before", now=began - 3 * DAY)
        news.add(session, cluster.id, NewsKind.JOINED, "copy", now=began + DAY)
        never = by_email(session, "never@example.org")
        assert never
        never.cluster_news = NewsFrequency.NEVER
        installation_state.write(session, installation_state.QUIET, began.isoformat(), now=began)
    with write_session(store) as session, session.begin():
        report = resume(Work(session, SHELL, began + 2 * DAY))
        assert report.passed_over == DueMails(news=1)
    told: list[str] = []

    def write(_account: Account, entries: Sequence[tuple[ManagerNews, Cluster]]) -> tuple[str, str]:
        told.extend(entry.company for entry, _cluster in entries)
        return "Neu", "x"

    assert daily_news.send_due(store, write, now=began + 2 * DAY) == 1
    assert told == ["copy"]
    with write_session(store) as session, session.begin():
        installation_state.write(session, installation_state.QUIET, began.isoformat(), now=began)
        news.add(session, 1, NewsKind.JOINED, "today", now=began - timedelta(hours=1))
    with write_session(store) as session, session.begin():
        assert resume(Work(session, SHELL, began + timedelta(hours=1))).passed_over.total == 0
    assert daily_news.send_due(store, write, now=began + DAY) == 1
    assert told == ["copy", "today"]
