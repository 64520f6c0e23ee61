"""Clusters: members in all states, numbers, a joint goal, invitations and the file on a member."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.clusters.attendance import Attendance
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.mail import MailDelivery, RefusalReason
from dnk_tool.domain.permissions import SHELL, ClusterRole, Role
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.aggregates import joint_goals, preparation
from dnk_tool.services.aggregates import releases as aggregate_releases
from dnk_tool.services.clusters.consent import withdraw_consent
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import by_email
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.aggregates import ReleaseRow
from dnk_tool.store.tables.clusters import Cluster, Cohort, Consent, Milestone, Room
from dnk_tool.store.tables.consents import AllowedChoice, AttendanceRow, MemberNote
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.invitations import Invitation
from dnk_tool.store.tables.mail import ClusterMessage, MessageCopy
from dnk_tool.store.tables.review import RemarkRow
from tests.integration.aggregates import joint_goal_members, release_members
from tests.support import cockpit_members
from tests.support.app import (
    add_consent,
    add_member,
    make_account,
    make_cluster,
    make_organisation,
)
from tests.support.cockpit_members import default_cohort
from tests.support.instance import Instance


def add_cockpits(session: Session) -> dict[str, int]:
    """A cluster with two pages of members in all states, whom its manager may write to, and an empty one."""
    now = datetime.now(UTC)
    full = make_cluster(session, "Cluster Metall und Handwerk", mara=ClusterRole.MANAGER)
    full.has_public_list = True
    empty = make_cluster(session, "Leerer Cluster", lena=ClusterRole.MANAGER)
    submitted = cockpit_members.add_kinds(session, full.id, now=now)["Adler"]
    cockpit_members.add_many(session, full.id, 60, now=now)
    session.add(
        RemarkRow(
            declaration_id=submitted,
            cluster_id=full.id,
            section="6",
            version=1,
            audience=Audience.SHARED,
            side=ReviewSide.REVIEWERS,
            text="Bitte nennen Sie den Zeitraum.",
            written_at=now,
            published_at=now,
        )
    )
    member = session.get_one(Declaration, submitted).organisation_id
    add_member(session, member, "adele", Role.OWNER)
    session.flush()
    return {
        "cockpit": full.id,
        "cockpit_empty": empty.id,
        "cockpit_member": member,
    }


def add_ordered_numbers(session: Session) -> dict[str, int]:
    """A cluster whose numbers of two years are ordered, and a member of it that has an owner."""
    cluster = make_cluster(session, "Klimanetzwerk", zita=ClusterRole.MANAGER)
    for year in (2025, 2024):
        firms = release_members.add_firms(session, cluster.id, 8, year=year, first=year)
        aggregate_releases.order_release(Work(session, SHELL, datetime.now(UTC)), cluster, year)
    add_member(session, firms[0], "rosa", Role.OWNER)
    value = {"value": Decimal(1000), "unit": "MWh", "quality": "measured", "changed_at": datetime.now(UTC)}
    session.add(FigureRow(organisation_id=firms[0], year=2024, datapoint="energy.total", **value))
    return {"numbers": cluster.id, "compared": firms[0]}


def release_numbers(server: Instance, cluster_id: int) -> None:
    """The numbers of 2024 are released, those of 2025 prepared."""
    engine = make_engine(server.database)
    preparation.prepare_ordered(session_factory(engine))
    engine.dispose()
    with server.stored() as session:
        row = session.scalars(select(ReleaseRow).where(ReleaseRow.reporting_year == 2024)).one()
        cluster, now = session.get_one(Cluster, cluster_id), datetime.now(UTC)
        aggregate_releases.make_release(Work(session, SHELL, now), cluster, row.id, row.sha256)


def add_joint_goal(session: Session, company: int) -> dict[str, int]:
    """A cluster with a goal and a sum of its members' measures, and a measure of the company."""
    cluster, now = make_cluster(session, "Klimanetz", gesine=ClusterRole.MANAGER), datetime.now(UTC)
    joint_goal_members.add_members(session, cluster.id, 8)
    joint_goals.save_goal(Work(session, SHELL, now), cluster, joint_goal_members.GOAL, seen=0)
    joint_goals.make_sum(Work(session, SHELL, now), cluster)
    own = measures.add(session, company, joint_goal_members.a_measure(cluster_id=None), by=None, now=now)
    left = make_cluster(session, "Klimanetz, das jemand verließ", gerda=ClusterRole.MANAGER)
    [leaver, *_others] = joint_goal_members.add_members(session, left.id, 8)
    joint_goals.save_goal(Work(session, SHELL, now), left, joint_goal_members.GOAL, seen=0)
    joint_goals.make_sum(Work(session, SHELL, now), left)
    given = session.scalars(select(Consent).where(Consent.organisation_id == leaver)).one()
    withdraw_consent(Work(session, SHELL, now), given)
    return {"joint_goal": cluster.id, "joint_goal_left": left.id, "own_measure": own.id}


def add_invitations(session: Session, cluster: int, member: int) -> dict[str, Any]:
    """An operator, a deadline, a room, and invitations of a cluster: to staff, to companies, one expired."""
    now = datetime.now(UTC)
    make_account(session, "oskar@example.org", name="Oskar Betrieb", is_operator=True)
    cohort = default_cohort(cluster_id=cluster, reporting_year=2023, due=date(2024, 10, 31))
    session.add(cohort)
    session.flush()
    closes_at = now + timedelta(days=1)
    manager = by_email(session, "mara@example.org")
    assert manager is not None
    room = Room(cluster_id=cluster, code="ABCD2345", opened_at=now, opened_by=manager.id, closes_at=closes_at)
    session.add(room)

    def invite(kind: InvitationKind, email: str, *, days_ago: int = 0, **more: str) -> str:
        sent = now - timedelta(days=days_ago)
        given = {"language": "de", "by": manager.id, "now": sent, "cluster_id": cluster} | more
        return secret_links.create_invitation(session, kind, email=email, **given)[1]

    invite(InvitationKind.STAFF, "mia.neuling@example.org", role="manager")
    invite(
        InvitationKind.COMPANY,
        "lange.adresse@unternehmen-mit-langem-namen.example",
        days_ago=100,
        company="Förderwerkstätten eG",
    )
    tokens = {
        "company_invited": invite(
            InvitationKind.COMPANY, "greta@example.org", company="Gärtnerei Grün", message="Bis bald!"
        ),
        "company_invited_owner": invite(InvitationKind.COMPANY, "leo@example.org", company="Leer & Söhne"),
    }
    consent = session.scalars(
        select(Consent.id).where(Consent.cluster_id == cluster, Consent.organisation_id == member)
    ).one()
    message = ClusterMessage(
        cluster_id=cluster, subject="Workshop am 4. März", text="Bis bald!", mails=2, sent_at=now
    )
    session.add(message)
    session.flush()
    session.add(
        MessageCopy(
            message_id=message.id,
            organisation_id=member,
            account_id=manager.id,
            delivery=MailDelivery.REFUSED,
            refusal=RefusalReason.FULL,
        )
    )
    company_invitation = session.scalars(select(func.max(Invitation.id))).one()
    kept = {"company_invitation": company_invitation, "message": message.id}
    return {
        "consent": consent,
        "manager": manager.id,
        "cohort": cohort.id,
        **tokens,
        **kept,
        **add_member_file(session, cluster),
    }


def add_member_file(session: Session, cluster: int) -> dict[str, int]:
    """A member of the cluster that allows notes and attendance, with a note and a meeting."""
    noted = make_organisation(session, "Notenblatt GmbH", nora=Role.OWNER)
    consent = add_consent(session, noted.id, cluster)
    milestone = Milestone(
        cohort_id=session.scalars(select(Cohort.id).where(Cohort.cluster_id == cluster)).first(),
        day=date(2026, 11, 20),
        title="Auftakt",
        sections=[],
    )
    session.add_all([AllowedChoice(consent_id=consent.id, choice=ConsentChoice.SUPPORT), milestone])
    session.flush()
    author = by_email(session, "mara@example.org")
    assert author is not None
    note = MemberNote(
        consent_id=consent.id, text="Fragt oft nach.", written_at=datetime.now(UTC), author_id=author.id
    )
    came = AttendanceRow(milestone_id=milestone.id, consent_id=consent.id, attendance=Attendance.CAME)
    session.add_all([note, came])
    session.flush()
    return {"noted": noted.id, "noted_consent": consent.id, "note": note.id, "milestone": milestone.id}
