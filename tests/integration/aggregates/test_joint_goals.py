"""The joint goal on both databases: who counts, when a sum may follow another, what a withdrawal leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.aggregates.joint_goal import JointGoal, Saving
from dnk_tool.domain.aggregates.joint_progress import JointSumRefused
from dnk_tool.domain.aggregates.model import Rule
from dnk_tool.domain.clusters.consent_editions import ConsentChoice
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, NotPermitted
from dnk_tool.services.aggregates import joint_goals
from dnk_tool.services.aggregates.joint_goals import JointSumTooEarly, NoJointGoal
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import consent_renewal
from dnk_tool.services.work import Work
from dnk_tool.store.aggregates import joint_goals as stored_goals
from dnk_tool.store.aggregates import joint_sums
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.joint_goals import JointSumCompany
from dnk_tool.store.tables.organisations import Organisation
from tests.integration.aggregates.joint_goal_members import GOAL, a_measure, add_goal_member, add_members
from tests.support.app import record_statements
from tests.support.cockpit_members import make_bare_cluster

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@dataclass
class GoalScenario:
    """A cluster with a goal and eight members, and its manager."""

    session: Session
    cluster: Cluster
    members: list[int]
    manager: Actor

    def make(self, now: datetime = NOW) -> Decimal | None:
        """Make a sum; gives its energy in kWh."""
        made = joint_goals.make_sum(Work(self.session, self.manager, now), self.cluster)
        return made.progress.total.value(Saving.ENERGY)

    def consent(self, member: int) -> Consent:
        """The membership of a company."""
        return self.session.scalars(select(Consent).where(Consent.organisation_id == member)).one()

    def save_more(self, member: int, kwh: int) -> None:
        """Let a member note one more measure."""
        more = a_measure(kwh, cluster_id=self.cluster.id)
        measures.add(self.session, member, more, by=None, now=NOW)

    def kept_rows(self) -> int:
        """How many rows tell what companies gave."""
        return self.session.scalar(select(func.count()).select_from(JointSumCompany)) or 0


@pytest.fixture
def play(session: Session) -> GoalScenario:
    cluster = session.get_one(Cluster, make_bare_cluster(session))
    manager = Actor(user_id=None, clusters={cluster.id: ClusterRole.MANAGER})
    members = add_members(session, cluster.id, 8)
    joint_goals.save_goal(Work(session, manager, NOW), cluster, GOAL, seen=0)
    return GoalScenario(session, cluster, members, manager)


def test_a_goal_is_kept_with_its_version_and_only_managers_set_it(play: GoalScenario) -> None:
    stored = stored_goals.stored_goal(play.session, play.cluster.id)
    assert (stored.content, stored.version) == (GOAL, 1)
    save = joint_goals.save_goal
    other = JointGoal(2024, 2030, Decimal(1), None)
    with pytest.raises(ConflictError):
        save(Work(play.session, play.manager, NOW), play.cluster, other, seen=0)
    reviewer = Actor(user_id=None, clusters={play.cluster.id: ClusterRole.REVIEWER})
    for act in (
        lambda: save(Work(play.session, reviewer, NOW), play.cluster, GOAL, seen=1),
        lambda: joint_goals.make_sum(Work(play.session, reviewer, NOW), play.cluster),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_what_counts_once_and_what_does_not(play: GoalScenario) -> None:
    """Each of these would make the sum larger if it counted."""
    huge, own = 900_000, play.cluster.id
    add_goal_member(play.session, own, "Ohne Erlaubnis", a_measure(huge, cluster_id=own), allows=False)
    add_goal_member(play.session, own, "Alte Fassung", a_measure(huge, cluster_id=own), edition="2026-11c")
    gone = add_goal_member(play.session, own, "Ausgetreten", a_measure(huge, cluster_id=own))
    play.consent(gone).withdrawn_at = NOW
    archived = add_goal_member(play.session, own, "Archiviert", a_measure(huge, cluster_id=own))
    play.session.get_one(Organisation, archived).archived_at = NOW
    other = make_bare_cluster(play.session, "Cluster Süd")
    add_goal_member(play.session, own, "Anderswo", a_measure(huge, cluster_id=other))
    add_goal_member(play.session, own, "Nirgends", a_measure(huge, cluster_id=None))
    add_goal_member(play.session, own, "Ökostrom", a_measure(huge, "purchased-green-power", cluster_id=own))
    add_goal_member(play.session, own, "Idee", a_measure(huge, state=MeasureState.IDEA, cluster_id=own))
    add_goal_member(play.session, own, "Ohne Jahr", a_measure(huge, cluster_id=own, from_year=None))
    add_goal_member(play.session, own, "Davor", a_measure(huge, cluster_id=own, from_year=2022))
    add_goal_member(play.session, own, "Vorbei", a_measure(huge, cluster_id=own, from_year=2024, lifetime=4))
    assert play.make() == Decimal(1_100_000), "8 * 130,000 + 28,000, rounded to two digits"
    missing = joint_goals.find_missing(play.session, own, joint_sums.latest_sum(play.session, own))
    assert (missing.members, len(missing.without_permission), missing.not_in_sum) == (17, 2, 7)


def test_without_a_goal_or_with_too_few_companies_nothing_is_kept(play: GoalScenario) -> None:
    empty = play.session.get_one(Cluster, make_bare_cluster(play.session, "Leer"))
    with pytest.raises(NoJointGoal):
        joint_goals.make_sum(Work(play.session, SHELL, NOW), empty)
    joint_goals.save_goal(Work(play.session, SHELL, NOW), empty, GOAL, seen=0)
    add_members(play.session, empty.id, 4)
    with pytest.raises(JointSumRefused) as refused:
        joint_goals.make_sum(Work(play.session, SHELL, NOW), empty)
    assert refused.value.rule is Rule.TOO_FEW
    assert joint_sums.latest_sum(play.session, empty.id) is None


def test_companies_are_locked_before_the_cluster(play: GoalScenario, store: sessionmaker[Session]) -> None:
    with record_statements(store.kw["bind"]) as statements:
        play.make()
    companies, cluster = (
        next(at for at, statement in enumerate(statements) if f"\nFROM {table} \nWHERE" in statement)
        for table in ("organisation", "cluster")
    )
    assert companies < cluster


def test_a_sum_stands_for_a_month_and_does_not_move_with_a_measure(play: GoalScenario) -> None:
    before = play.make()
    play.save_more(play.members[0], 500_000)
    shown = joint_sums.shown_joint_sum(play.session, play.cluster.id)
    assert shown is not None
    assert shown.progress.total.value(Saving.ENERGY) == before
    with pytest.raises(JointSumTooEarly):
        play.make(NOW + timedelta(days=27))


@pytest.mark.parametrize("changed", [1, 4, 5])
def test_a_next_sum_needs_five_that_changed(play: GoalScenario, changed: int) -> None:
    play.make()
    for member in play.members[:changed]:
        play.save_more(member, 50_000)
    if changed < 5:
        with pytest.raises(JointSumRefused) as refused:
            play.make(LATER)
        assert refused.value.rule is Rule.CORRECTION
    else:
        assert play.make(LATER) == Decimal(1_300_000)


def take_consent_back(play: GoalScenario, member: int) -> None:
    consent = play.consent(member)
    cluster_consent.withdraw_consent(Work(play.session, SHELL, NOW), consent)


def take_back_goal(play: GoalScenario, member: int) -> None:
    work, consent = Work(play.session, SHELL, NOW), play.consent(member)
    consent_renewal.change_choice(work, consent, ConsentChoice.MEASURES, is_allowed=False)


@pytest.mark.parametrize("end", [take_consent_back, take_back_goal])
def test_who_takes_back_its_permission_counts_no_more_at_once(
    play: GoalScenario, end: Callable[[GoalScenario, int], None]
) -> None:
    play.make()
    assert play.kept_rows() == 8
    end(play, play.members[0])
    assert play.kept_rows() == 7
    assert joint_sums.shown_joint_sum(play.session, play.cluster.id) is None
    latest = joint_sums.latest_sum(play.session, play.cluster.id)
    assert latest is not None
    assert latest.left == 1
    with pytest.raises(JointSumRefused):
        play.make(NOW + timedelta(days=1))
    for member in play.members[1:7]:
        play.save_more(member, 90_000)
    assert play.make(NOW + timedelta(days=1)) == Decimal(1_500_000)


def test_another_permission_that_changes_leaves_the_sum(play: GoalScenario) -> None:
    play.make()
    work, consent = Work(play.session, SHELL, NOW), play.consent(play.members[0])
    consent_renewal.change_choice(work, consent, ConsentChoice.PROFILE, is_allowed=True)
    assert play.kept_rows() == 8


def test_earlier_sums_are_read_as_they_were_kept(play: GoalScenario, store: sessionmaker[Session]) -> None:
    play.make()
    (earlier,) = joint_sums.earlier_sums(play.session, play.cluster.id)
    shown = joint_sums.shown_joint_sum(play.session, play.cluster.id)
    assert shown is not None
    assert earlier.progress == shown.progress
    assert earlier.forgotten == 0
    assert {each.kind for each in earlier.savings} == {"lighting", "own-power"}
