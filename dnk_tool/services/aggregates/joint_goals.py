"""Sets a cluster's joint goal, and makes the sum of its members' measures against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dnk_tool.catalogue.aggregation_rules import load_aggregation_rules
from dnk_tool.catalogue.measure_kinds import load_measure_kinds
from dnk_tool.domain.aggregates.counted_savings import count_bases, counted_savings, merged
from dnk_tool.domain.aggregates.joint_goal import JointGoal, JointSum, MissingCompanies, missing_companies
from dnk_tool.domain.aggregates.joint_progress import counting, joint_progress
from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import is_change
from dnk_tool.domain.measures.model import CompanyMeasure
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.services.editing.locks import lock_led_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import confirmations, joint_goals, joint_sums
from dnk_tool.store.aggregates.entering_members import lock_companies
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster

BETWEEN_SUMS = timedelta(days=28)  # the fewer sums there are, the less two of them tell


class NoJointGoal(Exception):
    """The cluster has set no goal, so that nothing says which years count."""


class JointSumTooEarly(Exception):
    """The sum is not a month old; `possible_from`: when the next may be made."""

    def __init__(self, possible_from: datetime) -> None:
        self.possible_from = possible_from
        super().__init__(possible_from)


@dataclass(frozen=True)
class GoalPicture:
    """What a cluster's page of its goal shows: goal, the latest sum, from when the next can be made.

    `latest` is not to be shown where companies have left it.
    """

    goal: JointGoal | None
    latest: JointSum | None
    possible_from: datetime | None

    @property
    def shown(self) -> JointSum | None:
        """The sum that may be shown."""
        return self.latest if self.latest and self.latest.is_shown else None


def save_goal(work: Work, cluster: Cluster, goal: JointGoal, *, seen: int) -> None:
    """Set or change the goal. `seen`: the version that the sender had seen, 0 for none.

    Raises NotPermitted, and ConflictError without writing anything.
    """
    lock_led_cluster(work.session, cluster.id, work.actor)
    if not is_change(joint_goals.stored_goal(work.session, cluster.id), seen, goal):
        return
    joint_goals.write_goal(work.session, cluster.id, goal, by=work.actor.user_id, now=work.now)
    years = {"from_year": goal.from_year, "until_year": goal.until_year}
    _record(work, EventKind.JOINT_GOAL_SAVED, cluster, **years)


def goal_picture(session: Session, cluster_id: int, *, now: datetime) -> GoalPicture:
    """Goal and latest sum of a cluster, in two statements."""
    latest = joint_sums.latest_sum(session, cluster_id)
    return GoalPicture(joint_goals.find_goal(session, cluster_id), latest, _possible_from(latest, now))


def find_missing(session: Session, cluster_id: int, shown: JointSum | None) -> MissingCompanies:
    """Which members do not count; `shown`: the cluster's sum that is shown. Two statements."""
    members = joint_sums.members_allowing(session, cluster_id)
    return missing_companies(members, shown, confirmations.unconfirmed_members(session, cluster_id))


def make_sum(work: Work, cluster: Cluster) -> JointSum:
    """Add up the members' measures of today and keep that as the sum that is shown from now on.

    Raises NotPermitted, NoJointGoal, JointSumTooEarly, and JointSumRefused where the rules let no number be
    shown, each without keeping anything.
    """
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    locked = list(joint_sums.members_allowing(work.session, cluster.id))
    lock_companies(work.session, locked)  # before the cluster, as everywhere
    clusters.lock(work.session, cluster.id)
    goal = joint_goals.find_goal(work.session, cluster.id)
    if goal is None:
        raise NoJointGoal
    possible_from = _possible_from(joint_sums.latest_sum(work.session, cluster.id), work.now)
    if possible_from:
        raise JointSumTooEarly(possible_from)
    allowing, measures_of = _allowed_measures(work.session, cluster.id, locked)
    counts = load_measure_kinds().counts
    readable = joint_goals.companies_with_readable_path(work.session, cluster.id, measures_of)
    savings = counted_savings(goal, cluster.id, measures_of, counts, readable)
    unconfirmed = confirmations.unconfirmed_members(work.session, cluster.id)
    counted = {key: found for key, found in measures_of.items() if key in readable or key not in unconfirmed}
    progress = joint_progress(
        goal,
        savings,
        load_aggregation_rules(),
        members=len(allowing),
        bases=count_bases(goal, cluster.id, counted, counts),
        earlier=joint_sums.earlier_sums(work.session, cluster.id),
        groups=joint_sums.groups_allowed(work.session, cluster.id),
        unconfirmed=unconfirmed,
    )
    kept = merged(counting(savings, unconfirmed))
    made = joint_sums.add_sum(work.session, cluster.id, progress, kept, by=work.actor.user_id, now=work.now)
    _record(work, EventKind.JOINT_SUM_MADE, cluster, companies=progress.companies)
    return made


def _allowed_measures(
    session: Session, cluster_id: int, locked: Collection[int]
) -> tuple[Mapping[int, bool], dict[int, Sequence[CompanyMeasure]]]:
    """The members, and the measures of those that let them count; none can take anything back meanwhile.

    Who became a member after the others were `locked` counts next time.
    """
    members = joint_sums.members_allowing(session, cluster_id)
    allowing = {company: allows for company, allows in members.items() if company in locked}
    of_cluster = measures.of_cluster(session, cluster_id)
    counting: dict[int, Sequence[CompanyMeasure]] = {
        company: list(found.values()) for company, found in of_cluster.items() if allowing.get(company)
    }
    return allowing, counting


def _possible_from(latest: JointSum | None, now: datetime) -> datetime | None:
    """From when the next sum can be made; None for now. One that is not shown any more holds up nothing."""
    if latest is None or not latest.is_shown or latest.made_at + BETWEEN_SUMS <= now:
        return None
    return latest.made_at + BETWEEN_SUMS


def _record(work: Work, kind: EventKind, cluster: Cluster, **detail: int) -> None:
    history.record_event(
        work.session, kind, cluster_id=cluster.id, actor_id=work.actor.user_id, now=work.now, **detail
    )
