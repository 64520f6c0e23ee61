"""What cohorts cost: the cluster's pages and the reminders of a day, with few and with many members."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Response

from dnk_tool.domain.permissions import ClusterRole
from dnk_tool.language import local_day
from dnk_tool.services.mail import milestone_reminders, reminders
from dnk_tool.store.database import write_session
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Milestone
from tests.support.app import make_cluster
from tests.support.browsers import signed_in
from tests.support.cockpit_members import YEAR, add_many


def cohorts(app: Any, members: int, groups: int, measure: Any) -> dict[str, Any]:
    """A cluster with so many members in so many cohorts; each has a milestone tomorrow."""
    who, now = f"kohorten{members}", datetime.now(UTC)
    today = local_day(now)
    first = 10_000_000 + 100_000 * members
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        cluster = make_cluster(session, f"Kohorten {members}", **{who: ClusterRole.MANAGER})
        add_many(session, cluster.id, members, now=now, first=first)
        made = [
            Cohort(
                cluster_id=cluster.id,
                reporting_year=YEAR,
                name=f"Kohorte {number}",
                due=today + timedelta(days=7),
                created_at=now,
            )
            for number in range(groups)
        ]
        session.add_all(made)
        session.flush()
        for cohort in made:
            day = today + timedelta(days=1)
            session.add(Milestone(cohort_id=cohort.id, day=day, title="Treffen", place="IHK", sections=["1"]))
        for number in range(members):
            session.add(
                CohortAssignment(
                    cluster_id=cluster.id,
                    organisation_id=first + number,
                    reporting_year=YEAR,
                    cohort_id=made[number % groups].id,
                    assigned_at=now,
                )
            )
        chosen = made[0].id
    client = signed_in(app, who)
    home = f"/cluster/{cluster.id}/"
    paths = {
        "list": f"{home}kohorten",
        "companies": f"{home}kohorten/{chosen}/unternehmen",
        "timeline": f"{home}?jahr={YEAR}&kohorte={chosen}",
    }
    measurements: dict[str, Any] = {"members": members, "cohorts": groups}
    for name, path in paths.items():
        measurements[name] = measure(app, partial(client.get, path))
    return measurements | {"reminders": measure(app, partial(_due, app, now))}


def _due(app: Any, now: datetime) -> Response:
    """Find whom to remind today; nobody here has an account, so nothing is sent."""
    with app.extensions["dnk_session_factory"]() as session:
        reminders.due_digests(session, now=now)
        milestone_reminders.due_digests(session, now=now)
    return Response()
