"""The demo's cluster: twelve members in every state, two reporting years, a review in progress.

The demo's polls: the same question before and after a meeting, answered by phones in the room.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.cli.demo import examples, residues, review
from dnk_tool.cli.demo.clock import DemoClock, Scenario, run_scenarios
from dnk_tool.cli.demo.companies import DemoContext, add_cluster_staff
from dnk_tool.cli.demo.member_declarations import load_members
from dnk_tool.cli.demo.scenarios import SCENARIOS
from dnk_tool.domain.clusters.cohorts import course_end, course_plan
from dnk_tool.domain.exchange.polls import PollKind, PollQuestion
from dnk_tool.domain.permissions import Actor, ClusterRole
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.clusters.cohorts import CohortData, MilestoneData
from dnk_tool.services.exchange import poll_answers, polls
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.evidence.blob_store import BlobStore
from dnk_tool.store.tables.clusters import Cohort
from dnk_tool.store.tables.exchange.polls import PollRow

NAME = "Mittelstand Ostwestfalen"
CONTACT = "Karin Weber, Telefon 0521 123456"
FOUNDED_DAYS_AGO = 420
# Days from today to the deadlines: last year's has passed, reminders of this year's are on their way.
LAST_YEAR_DUE, THIS_YEAR_DUE = -170, 5
# The second cohort is in its sixth week: the meeting of week six is tomorrow.
COHORT_STARTED, LAST_MEETING = 41, 20
PLACES = (
    "Handwerkskammer, Bielefeld",
    "online, Link folgt",
    "IHK, Herford",
    "Stadthalle, Detmold",
    "online, Link folgt",
)


QUESTION = PollQuestion(
    "Wie sicher sind Sie, dass Sie Ihre Treibhausgase berechnen können?",
    PollKind.SCALE,
    ("gar nicht sicher", "sehr sicher"),
    section="13",
)
# How many chose each step of the scale.
BEFORE, AFTER = (6, 9, 7, 3, 1), (1, 3, 8, 10, 5)


def ask_before_meeting(demo: DemoContext) -> PollRow:
    """Ask a cluster before a meeting, and close the poll when it begins."""
    poll = polls.create_poll(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, QUESTION)
    _let_answer(demo, poll, BEFORE)
    return poll


def ask_after_meeting(demo: DemoContext, before: PollRow) -> None:
    """Ask the same again after the meeting; the report of the cluster shows both."""
    later = polls.ask_again(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, before.id)
    _let_answer(demo, later, AFTER)
    polls.put_in_report(demo.session, demo.cluster, later.id, is_in_report=True, actor=demo.manager)


def _let_answer(demo: DemoContext, poll: PollRow, counts: tuple[int, ...]) -> None:
    """Open the poll, let as many phones answer, and close it."""
    polls.open_poll(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, poll.id)
    chosen = [place for place, count in enumerate(counts) for _ in range(count)]
    for number, place in enumerate(chosen):
        poll_answers.count_device_answer(
            demo.session, poll.id, (place,), "", seen=poll.version, ticket=f"{number}"
        )
    polls.close_poll(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, poll.id)


def seed(session: Session, blobs: BlobStore, *, password_hash: str, now: datetime) -> None:
    """Create the operator, the cluster with its team, and its members with all that they did."""
    demo = DemoContext(session, blobs, password_hash, DemoClock(now), examples.example_year())
    demo.clock.go_to(FOUNDED_DAYS_AGO)
    operator = demo.account("betrieb@demo.example", "Demo-Betrieb", is_operator=True)
    runs_it = Actor(operator.id, is_operator=True)
    demo.cluster = cluster_administration.create_cluster(Work(session, runs_it, demo.clock.tick()), NAME)
    demo.manager = add_cluster_staff(demo, "karin@demo.example", "Karin Weber", ClusterRole.MANAGER)
    demo.reviewer = add_cluster_staff(demo, "ralf@demo.example", "Ralf Nolte", ClusterRole.REVIEWER)
    run_scenarios(demo.clock, _scenarios(demo))
    review.open_what_waits(demo, demo.reviewer, "4", now=now)


def _scenarios(demo: DemoContext) -> Iterator[Scenario]:
    yield _manager_scenario(demo)
    for key, member in load_members().items():
        yield SCENARIOS[key](demo, member)
    yield examples.published_example(demo)
    yield examples.example_in_progress(demo)
    yield residues.offers_and_searches(demo)


def _manager_scenario(demo: DemoContext) -> Scenario:
    """The steps of the cluster's manager."""
    yield 412
    cluster_administration.change_cluster(
        Work(demo.session, demo.manager, demo.now),
        demo.cluster,
        name=NAME,
        contact=CONTACT,
        has_public_list=True,
    )
    _set_deadline(demo, demo.year - 1, LAST_YEAR_DUE)
    review.add_reusable_remarks(demo)
    yield 150
    _set_deadline(demo, demo.year, THIS_YEAR_DUE)
    yield COHORT_STARTED
    _add_cohort(demo)
    yield LAST_MEETING
    before = ask_before_meeting(demo)
    ask_after_meeting(demo, before)


def _add_cohort(demo: DemoContext) -> None:
    """A second cohort in its sixth week, with a milestone tomorrow, and every third member in it."""
    starts = demo.clock.day(COHORT_STARTED)
    plan = course_plan(starts, "Auftakt", "Workshop")
    milestones = [
        MilestoneData(one.day, one.title, place, sections=one.sections)
        for one, place in zip(plan, PLACES, strict=True)
    ]
    cohort = _save(
        demo,
        CohortData(
            demo.year,
            f"Herbst {demo.clock.today.year}",
            starts=starts,
            due=course_end(starts),
            indicator_set="gri",
            milestones=milestones,
        ),
    )
    members = [company.id for company, _ in cluster_lists.list_members(demo.session, demo.cluster.id)]
    cohort_service.assign(
        Work(demo.session, demo.manager, demo.clock.tick()),
        demo.cluster,
        demo.year,
        sorted(members)[4::3],
        cohort_id=cohort.id,
    )


def _set_deadline(demo: DemoContext, year: int, days: int) -> None:
    _save(demo, CohortData(year, due=demo.clock.day(-days)))


def _save(demo: DemoContext, data: CohortData) -> Cohort:
    return cohort_service.save_cohort(Work(demo.session, demo.manager, demo.clock.tick()), demo.cluster, data)
