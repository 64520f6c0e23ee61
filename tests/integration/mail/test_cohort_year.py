"""A year of two cohorts with the clock moved: each mail once, and nobody overdue who should not be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.domain.clusters.cockpit import ClusterTask
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.permissions import Role
from dnk_tool.store.clusters import cockpit, cockpit_sums
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent, Milestone
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.mail import reminders
from tests.support.app import add_consent, database_session, make_cluster, make_organisation
from tests.support.cockpit_members import default_cohort

YEAR = 2025
SPRING, SUMMER = date(2027, 3, 31), date(2027, 6, 30)  # of all members, and of the cohort
MEETING, GATE = date(2027, 4, 14), date(2027, 5, 12)  # with a place; only criteria
LATE = date(2027, 3, 10)
BEGINNING = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def cluster(any_app: Flask) -> int:
    """Five companies: in spring, in summer, not this year, joined late, finished without a submission."""
    with database_session(any_app) as session:
        cluster = make_cluster(session, "Cluster Nord")
        cluster.contact = "Karin Weber, karin@nord.example"
        spring = default_cohort(cluster_id=cluster.id, reporting_year=YEAR, due=SPRING)
        summer = Cohort(
            cluster_id=cluster.id, reporting_year=YEAR, name="Sommer", due=SUMMER, created_at=BEGINNING
        )
        session.add_all([spring, summer])
        session.flush()
        session.add_all(
            [
                Milestone(
                    cohort_id=summer.id, day=MEETING, title="Treffen", place="IHK", sections=["1", "2"]
                ),
                Milestone(cohort_id=summer.id, day=GATE, title="Halbzeit", sections=["1"]),
            ]
        )
        for name, cohort in (("anna", "spring"), ("berta", "summer"), ("carla", None), ("dora", "late")):
            company = make_organisation(session, f"{name.title()} GmbH", **{name: Role.OWNER})
            consent = add_consent(session, company.id, cluster.id)
            consent.granted_at = BEGINNING
            if cohort == "late":
                consent.granted_at = datetime(LATE.year, LATE.month, LATE.day, 12, tzinfo=UTC)
            if cohort in ("summer", None):
                session.add(
                    CohortAssignment(
                        cluster_id=cluster.id,
                        organisation_id=company.id,
                        reporting_year=YEAR,
                        cohort_id=summer.id if cohort else None,
                        assigned_at=BEGINNING,
                    )
                )
        done = make_organisation(session, "Emma GmbH", emma=Role.OWNER)
        add_consent(session, done.id, cluster.id).granted_at = BEGINNING
        session.flush()
        for declaration in session.scalars(select(Declaration)):
            declaration.reporting_year, declaration.progress = YEAR, {"1": "answered"}
            if declaration.organisation_id == done.id:
                declaration.state = State.FINISHED
        return cluster.id


def overdue(app: Flask, cluster: int, now: datetime) -> set[str]:
    """The companies that the cockpit calls overdue; its list and its count agree."""
    with database_session(app) as session:
        view = cockpit_sums.reporting_years(session, cluster).view(cluster, YEAR, now=now)
        members = cockpit.list_all(session, view, MemberFilter(task=ClusterTask.OVERDUE))
        everybody = cockpit.list_all(session, view, MemberFilter())
        assert {one.name for one in members} == {
            one.name for one in everybody if ClusterTask.OVERDUE in one.tasks(view)
        }
        return {one.name.partition(" ")[0] for one in members}


def test_a_year(any_app: Flask, cluster: int) -> None:
    days = sorted(
        {
            day - timedelta(days=left)
            for day in (SPRING, SUMMER, MEETING, GATE)
            for left in (31, 30, 7, 6, 1, 0, -1)
        }
    )
    for day in days:
        now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        for _twice in range(2):
            reminders.send_due(any_app, now=now)
        late = overdue(any_app, cluster, now)
        assert late == ({"Anna", "Emma"} if day > SPRING else set()) | ({"Berta"} if day > SUMMER else set())
    with database_session(any_app) as session:
        sent = [
            (mail.recipient.partition("@")[0], mail.created_at.date(), mail.subject)
            for mail in session.scalars(select(Mail).order_by(Mail.id))
        ]
        assert set(session.scalars(select(Mail.reply_to))) == {"karin@nord.example"}
        bodies = {mail.subject: mail.body for mail in session.scalars(select(Mail))}
    steps = (30, 7, 1)
    finals = {(who, SPRING - timedelta(days=left)) for who in ("anna", "emma") for left in steps}
    finals |= {("berta", SUMMER - timedelta(days=left)) for left in steps}
    meetings = {("berta", MEETING - timedelta(days=left)) for left in (7, 1)}
    assert len(sent) == len(set(sent)), "each once"
    assert {(who, day) for who, day, _subject in sent} == finals | meetings, "the gate is passed already"
    assert "Morgen: Treffen" in bodies
    body = bodies["In 7 Tagen: Treffen"]
    assert "Ort: IHK" in body
    assert "ist noch offen: 2\n" in body
    assert "/kriterien/2\n" in body
    assert ".ics\n" in body
    assert "noch bei keinem Cluster eingereicht" in bodies["Noch 7 Tage: DNK-Erklärung 2025 von Emma GmbH"]


def test_the_late_joiner_takes_part_once_assigned(any_app: Flask, cluster: int) -> None:
    now = datetime(2027, 3, 24, 9, tzinfo=UTC)
    with database_session(any_app) as session:
        late = session.scalars(select(Consent).order_by(Consent.granted_at.desc())).first()
        assert late is not None
        spring = session.scalars(select(Cohort.id).where(Cohort.is_default.is_(True))).one()
        session.add(
            CohortAssignment(
                cluster_id=cluster,
                organisation_id=late.organisation_id,
                reporting_year=YEAR,
                cohort_id=spring,
                assigned_at=now,
            )
        )
    reminders.send_due(any_app, now=now)
    with database_session(any_app) as session:
        assert "dora@example.org" in session.scalars(select(Mail.recipient)).all()
    assert "Dora" in overdue(any_app, cluster, datetime(2027, 4, 1, 9, tzinfo=UTC))


def test_a_company_in_two_clusters_hears_of_both_and_submits_to_one(any_app: Flask, cluster: int) -> None:
    with database_session(any_app) as session:
        berta = session.scalars(
            select(Declaration).join(Declaration.organisation).order_by(Declaration.id)
        ).all()[1]
        other = make_cluster(session, "Cluster Süd")
        add_consent(session, berta.organisation_id, other.id).granted_at = BEGINNING
        session.add(default_cohort(cluster_id=other.id, reporting_year=YEAR, due=date(2027, 6, 1)))
        other_id, company = other.id, berta.id
    for day in (date(2027, 5, 25), date(2027, 6, 23)):
        reminders.send_due(any_app, now=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    with database_session(any_app) as session:
        texts = session.scalars(select(Mail.body).where(Mail.recipient == "berta@example.org")).all()
        assert len(texts) == 2
        assert "Cluster Süd" in texts[0]
        assert "Cluster Nord" in texts[1]
        declaration = session.get_one(Declaration, company)
        declaration.state, declaration.cluster_id = State.SUBMITTED, other_id
    after = datetime(2027, 7, 2, 9, tzinfo=UTC)
    assert "Berta" not in overdue(any_app, cluster, after) | overdue(any_app, other_id, after)
