"""A cluster's view of its members: the database finds, sorts and counts just what the rules say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from dnk_tool.domain.answers.completeness import SectionProgress
from dnk_tool.domain.clusters.cockpit import (
    DELIVERED_STATES,
    GRACE_PERIOD,
    ClusterTask,
    MemberStage,
    is_deadline_over,
    median_days,
    member_stage,
    member_tasks,
    review_times,
)
from dnk_tool.domain.clusters.cohorts import is_late_joiner
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.review import drafts
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import cockpit, cockpit_sums, cohorts
from dnk_tool.store.clusters.cockpit import PAGE_SIZE, MemberFilter, MemberSortOrder, MemberSummary
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.clusters import Cohort, CohortAssignment, Consent
from dnk_tool.store.tables.review import RemarkRow
from tests.support import review_scenario
from tests.support.cockpit_members import (
    CASES,
    LONG_AGO,
    YEAR,
    Case,
    add_case,
    add_company,
    add_declaration,
    add_many,
    default_cohort,
    make_bare_cluster,
    publish_member,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
YESTERDAY, TODAY = date(2026, 11, 24), date(2026, 11, 25)
LATELY, LONG_PAST = TODAY - GRACE_PERIOD, TODAY - GRACE_PERIOD - timedelta(days=1)


@pytest.fixture
def cluster_id(session: Session) -> int:
    return make_bare_cluster(session)


def cluster_year(cluster_id: int, *, due: date | None = None, year: int = YEAR) -> ClusterYear:
    return ClusterYear(cluster_id, year, due, NOW)


def member_names(members: list[MemberSummary] | tuple[MemberSummary, ...]) -> list[str]:
    return [member.name for member in members]


def assign_cohort(session: Session, cluster_id: int, company: int, cohort_id: int | None) -> None:
    session.add(
        CohortAssignment(
            cluster_id=cluster_id,
            organisation_id=company,
            reporting_year=YEAR,
            cohort_id=cohort_id,
            assigned_at=NOW,
        )
    )
    session.flush()


def due_of(case: Case, due: date | None, named_due: date | None) -> date | None:
    """The final day that holds for a member of this kind."""
    if case.cohort:
        return {"named": named_due, "default": due}.get(case.cohort)
    return None if is_late_joiner(due, NOW - case.joined) else due


@pytest.mark.parametrize(
    ("due", "named_due"),
    [(None, YESTERDAY), (LONG_PAST, None), (LATELY, LONG_PAST), (YESTERDAY, TODAY), (TODAY, YESTERDAY)],
)
def test_the_database_follows_the_rules(
    session: Session, cluster_id: int, due: date | None, named_due: date | None
) -> None:
    """Every kind of member, each filter: what the statement finds is what the rules say of each."""
    default = Cohort(cluster_id=cluster_id, reporting_year=YEAR, is_default=True, due=due, created_at=NOW)
    named = Cohort(cluster_id=cluster_id, reporting_year=YEAR, name="Herbst", due=named_due, created_at=NOW)
    session.add_all([default, named])
    session.flush()
    kinds = {add_case(session, cluster_id, case, now=NOW): case for case in CASES}
    cohort_ids = {"named": named.id, "absent": None, "default": default.id}
    for company, case in kinds.items():
        if case.cohort:
            assign_cohort(session, cluster_id, company, cohort_ids[case.cohort])
    view = cockpit_sums.reporting_years(session, cluster_id).view(cluster_id, YEAR, now=NOW)
    everybody = cockpit.list_all(session, view, MemberFilter())
    assert len(everybody) == len(CASES)
    assert {member.organisation_id: member.due for member in everybody} == {
        company: due_of(case, due, named_due) for company, case in kinds.items()
    }
    expected = {
        company: (
            member_stage(case.state, is_published=case.is_published),
            member_tasks(
                case.state,
                is_here=case.is_here,
                takes_part=case.cohort != "absent",
                active_at=NOW - case.idle,
                has_later=case.has_later,
                due=due_of(case, due, named_due),
                now=NOW,
            ),
        )
        for company, case in kinds.items()
    }
    assert {member.organisation_id: (member.stage, member.tasks(view)) for member in everybody} == expected
    by_hand = {"named": named.id, "default": default.id}
    for cohort in (named, default):
        of_cohort = replace(view, cohort_id=cohort.id)
        assert {
            member.organisation_id for member in cockpit.list_all(session, of_cohort, MemberFilter())
        } == {
            company
            for company, case in kinds.items()
            if by_hand.get(case.cohort) == cohort.id
            or (not case.cohort and cohort is default and not is_late_joiner(due, NOW - case.joined))
        }
        size = cohorts.sizes(session, cluster_id, [named, default])[cohort.id]
        tally = cockpit_sums.count_members_by_stage(session, of_cohort)
        assert size.members == tally.members
        assert size.delivered == sum(
            member.state in DELIVERED_STATES
            for member in cockpit.list_all(session, of_cohort, MemberFilter())
        )
    for stage in MemberStage:
        members = cockpit.list_all(session, view, MemberFilter(stage=stage))
        assert {member.organisation_id for member in members} == {
            k for k, (at, _) in expected.items() if at is stage
        }
    for task in ClusterTask:
        members = cockpit.list_all(session, view, MemberFilter(task=task))
        assert {member.organisation_id for member in members} == {
            k for k, (_, to) in expected.items() if task in to
        }
        is_over = is_deadline_over(due, NOW) or is_deadline_over(named_due, NOW)
        assert bool(members) is (task is not ClusterTask.OVERDUE or is_over)
    tally = cockpit_sums.count_members_by_stage(session, view)
    assert tally.members == len(CASES)
    assert {stage: tally.stages[stage] for stage in MemberStage} == {
        stage: sum(at is stage for at, _ in expected.values()) for stage in MemberStage
    }
    assert {task: tally.tasks[task] for task in ClusterTask} == {
        task: sum(task in to for _, to in expected.values()) for task in ClusterTask
    }
    assert tally.approved == sum(c.state is State.APPROVED and c.is_here for c in CASES)
    assert tally.waiting == tally.tasks[ClusterTask.REVIEW]


@pytest.mark.parametrize(("minutes", "is_asked"), [(-1, True), (0, False)])
def test_who_joins_in_the_last_30_days_is_asked_for_nothing_until_assigned(
    session: Session, cluster_id: int, minutes: int, is_asked: bool
) -> None:
    due = date(2026, 10, 30)
    joined_at = datetime(2026, 9, 30, 22, 0, tzinfo=UTC) + timedelta(minutes=minutes)  # midnight in Berlin
    company = add_company(session, cluster_id, "Spät GmbH", joined_at=joined_at)
    cohort = default_cohort(cluster_id=cluster_id, reporting_year=YEAR, due=due)
    session.add(cohort)
    session.flush()
    for is_assigned in (False, True):
        view = cockpit_sums.reporting_years(session, cluster_id).view(cluster_id, YEAR, now=NOW)
        [member] = cockpit.list_all(session, view, MemberFilter())
        is_now = is_asked or is_assigned
        assert member.tasks(view) == ({ClusterTask.OVERDUE, ClusterTask.SILENT} if is_now else set())
        for task in (ClusterTask.OVERDUE, ClusterTask.SILENT):
            assert bool(cockpit.list_all(session, view, MemberFilter(task=task))) is is_now
            assert cockpit_sums.count_members_by_stage(session, view).tasks[task] == is_now
        if not is_assigned:
            assign_cohort(session, cluster_id, company, cohort.id)


def test_nobody_is_silent_in_a_year_that_they_have_left_behind(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "Weiter GmbH", joined_at=NOW - LONG_AGO)
    view = cluster_year(cluster_id, due=TODAY)
    assert member_names(cockpit.list_all(session, view, MemberFilter(task=ClusterTask.SILENT))) == [
        "Weiter GmbH"
    ]
    add_declaration(session, company, changed_at=NOW - LONG_AGO, year=YEAR + 1)
    assert cockpit.list_all(session, view, MemberFilter(task=ClusterTask.SILENT)) == []


def test_whoever_was_approved_lately_is_not_silent_in_the_next_year(
    session: Session, cluster_id: int
) -> None:
    company = add_company(session, cluster_id, "Fleißig GmbH", joined_at=NOW - LONG_AGO)
    made = add_declaration(session, company, changed_at=NOW - timedelta(days=20), state=State.APPROVED)
    next_year = cluster_year(cluster_id, year=YEAR + 1, due=date(2027, 3, 31))
    assert cockpit.list_all(session, next_year, MemberFilter(task=ClusterTask.SILENT)) == []
    made.changed_at = NOW - timedelta(days=21)
    session.flush()
    assert member_names(cockpit.list_all(session, next_year, MemberFilter(task=ClusterTask.SILENT))) == [
        "Fleißig GmbH"
    ]
    without_deadline = cluster_year(cluster_id, year=YEAR + 1)
    assert cockpit.list_all(session, without_deadline, MemberFilter(task=ClusterTask.SILENT)) == []


def test_what_reviewers_say_is_no_act_of_the_company(session: Session) -> None:
    case = review_scenario.make_review_scenario(session)
    declaration = case.declaration(session)

    def changed() -> int:
        session.flush()
        return (declaration.changed_at - review_scenario.NOW).days

    inner = review_scenario.write_remark(
        session, case, "5", audience=Audience.REVIEWERS, now=review_scenario.days_later(1)
    )
    review_scenario.give_all_verdicts(session, case, ["13"], now=review_scenario.days_later(2))
    drafts.publish_drafts(session, declaration, now=review_scenario.days_later(2))
    session.flush()
    threads = {
        thread.id: thread
        for thread in remarks.threads(
            session, declaration.id, ReviewSide.REVIEWERS, cluster_id=case.cluster_id
        )
    }
    review_verdicts.withdraw_remark(
        Work(session, case.karin, review_scenario.days_later(3)), declaration, threads[max(threads)]
    )
    review_remarks.answer_thread(
        Work(session, case.rolf, review_scenario.days_later(4)),
        declaration,
        threads[inner.id],
        "Stimmt.",
        side=ReviewSide.REVIEWERS,
        version=1,
    )
    assert changed() == 0
    review_scenario.write_remark(session, case, "13", "Bitte doch.", now=review_scenario.days_later(5))
    review_scenario.request_changes(session, case, now=review_scenario.days_later(6))
    assert changed() == 6, "from then on it is the company's turn"
    review_scenario.answer_all_remarks(session, case, now=review_scenario.days_later(8))
    assert changed() == 8


def test_what_waits_for_review_counts_in_every_year(session: Session, cluster_id: int) -> None:
    other = make_bare_cluster(session, "Cluster Süd")
    for days, (name, year, reviewer) in enumerate(
        (("Jetzt", YEAR, cluster_id), ("Vorher", 2024, cluster_id), ("Süd", 2024, other)), start=1
    ):
        company = add_company(session, cluster_id, name, joined_at=NOW - LONG_AGO)
        at = NOW - timedelta(days=days)
        given = {"state": State.SUBMITTED, "cluster_id": reviewer, "submitted_at": at}
        add_declaration(session, company, changed_at=at, year=year, **given)
    for year in (YEAR, 2024):
        view = cluster_year(cluster_id, year=year)
        waiting = cockpit.members_by_task(session, view, most=5)[ClusterTask.REVIEW]
        assert [(member.name, member.year, member.is_here) for member in waiting] == [
            ("Vorher", 2024, True),
            ("Jetzt", YEAR, True),
        ]
        tally = cockpit_sums.count_members_by_stage(session, view)
        assert (tally.waiting, tally.tasks[ClusterTask.REVIEW]) == (2, 1)


def test_whoever_joined_lately_is_not_silent_yet(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "Neu GmbH", joined_at=NOW - timedelta(days=2))
    add_declaration(session, company, changed_at=NOW - LONG_AGO)
    [member] = cockpit.list_all(session, cluster_year(cluster_id), MemberFilter())
    assert member.tasks(cluster_year(cluster_id)) == frozenset()
    assert cockpit.list_all(session, cluster_year(cluster_id), MemberFilter(task=ClusterTask.SILENT)) == []
    assert (
        cockpit_sums.count_members_by_stage(session, cluster_year(cluster_id)).tasks[ClusterTask.SILENT] == 0
    )


def test_only_members_are_seen(session: Session, cluster_id: int) -> None:
    other = make_bare_cluster(session, "Cluster Süd")
    add_company(session, cluster_id, "Da GmbH", joined_at=NOW)
    gone = add_company(session, cluster_id, "Gegangen GmbH", joined_at=NOW, withdrawn_at=NOW)
    foreign = add_company(session, other, "Fremd GmbH", joined_at=NOW)
    for company in (gone, foreign):
        add_declaration(session, company, changed_at=NOW)
    view = cluster_year(cluster_id)
    assert member_names(cockpit.list_all(session, view, MemberFilter())) == ["Da GmbH"]
    assert cockpit.find_member(session, view, gone) is None
    assert cockpit_sums.count_members_by_stage(session, view).members == 1
    assert cockpit_sums.reporting_years(session, cluster_id).known == []


def test_whoever_comes_back_is_there_once(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "Wieder GmbH", joined_at=NOW - LONG_AGO, withdrawn_at=NOW)
    session.add(Consent(cluster_id=cluster_id, organisation_id=company, granted_at=NOW))
    add_declaration(session, company, changed_at=NOW)
    [member] = cockpit.list_all(session, cluster_year(cluster_id), MemberFilter())
    assert member.joined_at == NOW


def test_the_year_shown_is_the_newest_that_has_started(session: Session, cluster_id: int) -> None:
    def latest(today: date = TODAY) -> int:
        return cockpit_sums.reporting_years(session, cluster_id).latest(today)

    assert latest() == 2025, "last year, with nothing else"
    session.add(default_cohort(cluster_id=cluster_id, reporting_year=2026, due=date(2027, 3, 31)))
    assert latest() == 2026, "the first that is planned, without any other"
    session.add(default_cohort(cluster_id=cluster_id, reporting_year=2025, due=TODAY))
    session.add(default_cohort(cluster_id=cluster_id, reporting_year=2027, due=date(2028, 3, 31)))
    assert latest() == 2025, "planning a later year changes the page for nobody"
    assert [latest(date(2026, 12, 31)), latest(date(2027, 1, 1))] == [2025, 2026]
    early = Cohort(
        cluster_id=cluster_id, reporting_year=2026, name="Früh", starts=date(2026, 11, 30), created_at=NOW
    )
    session.add(early)
    assert [latest(date(2026, 11, 29)), latest(date(2026, 11, 30))] == [2025, 2026]
    company = add_company(session, cluster_id, "A", joined_at=NOW)
    for year in (2023, 2024):
        add_declaration(session, company, changed_at=NOW, year=year)
    assert cockpit_sums.reporting_years(session, cluster_id).known == [2027, 2026, 2025, 2024, 2023]


def test_one_member_does_not_turn_the_page_for_all(session: Session, cluster_id: int) -> None:
    for number in range(3):
        company = add_company(session, cluster_id, f"Firma {number}", joined_at=NOW)
        add_declaration(session, company, changed_at=NOW, year=2024)
        add_declaration(session, company, changed_at=NOW, year=2023)
    for year in (2025, 2026, 2099):
        add_declaration(session, company, changed_at=NOW, year=year)
    years = cockpit_sums.reporting_years(session, cluster_id)
    assert years.known == [2099, 2026, 2025, 2024, 2023]
    assert years.latest(TODAY) == 2024, "of those that most declare, the newest"
    assert cockpit_sums.ReportingYearSummary({2099: 5}, []).latest(TODAY) == 2025


def test_another_year_shows_another_declaration(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "A", joined_at=NOW)
    add_declaration(session, company, changed_at=NOW, year=2024, state=State.FINISHED, criteria_done=20)
    [before] = cockpit.list_all(session, cluster_year(cluster_id, year=2024), MemberFilter())
    [now] = cockpit.list_all(session, cluster_year(cluster_id, year=2025), MemberFilter())
    assert (before.stage, before.done) == (MemberStage.FINISHED, 20)
    assert (now.stage, now.done, now.declaration_id) == (MemberStage.NOT_STARTED, 0, None)


def test_a_publication_that_was_taken_back_counts_no_more(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "A", joined_at=NOW)
    made = add_declaration(session, company, changed_at=NOW, state=State.FINISHED)
    publish_member(session, made, now=NOW, revoked_at=NOW)
    assert [
        member.stage for member in cockpit.list_all(session, cluster_year(cluster_id), MemberFilter())
    ] == [MemberStage.FINISHED]
    publish_member(session, made, now=NOW)
    assert [
        member.stage for member in cockpit.list_all(session, cluster_year(cluster_id), MemberFilter())
    ] == [MemberStage.PUBLISHED]


def remark(declaration_id: int, cluster_id: int | None, audience: Audience, **given: object) -> RemarkRow:
    return RemarkRow(
        declaration_id=declaration_id,
        cluster_id=cluster_id,
        section="5",
        version=1,
        audience=audience,
        side=ReviewSide.REVIEWERS,
        text="x",
        written_at=NOW,
        published_at=NOW,
        **given,
    )


def test_remarks_that_concern_the_cluster_are_counted(session: Session, cluster_id: int) -> None:
    other = make_bare_cluster(session, "Cluster Süd")
    here, away = (add_company(session, cluster_id, name, joined_at=NOW) for name in ("Hier", "Weg"))
    ours = add_declaration(session, here, changed_at=NOW, state=State.SUBMITTED, cluster_id=cluster_id)
    theirs = add_declaration(session, away, changed_at=NOW, state=State.SUBMITTED, cluster_id=other)
    session.add_all(
        [
            remark(ours.id, cluster_id, Audience.SHARED),
            remark(ours.id, cluster_id, Audience.REVIEWERS),
            remark(ours.id, cluster_id, Audience.SHARED, resolved_at=NOW),
            remark(ours.id, None, Audience.COMPANY),
            remark(ours.id, other, Audience.SHARED),
            remark(theirs.id, cluster_id, Audience.SHARED),  # of an earlier submission
            remark(theirs.id, other, Audience.SHARED),
        ]
    )
    session.flush()
    members = cockpit.list_all(
        session, cluster_year(cluster_id), MemberFilter(order=MemberSortOrder.REMARKS, descending=True)
    )
    assert [(member.name, member.remarks) for member in members] == [("Hier", 2), ("Weg", 0)]


@pytest.mark.parametrize(
    "text", ["bäcker", "BÄCKER", "Baecker", "  bäcker", "cker", "ckere", "CAFÉ", "%", "_", "/"]
)
def test_names_are_found_however_they_are_written(session: Session, cluster_id: int, text: str) -> None:
    signs = "Café 50% A_B C/D"
    for name in ("Bäckerei Ünal", "BÄCKEREI OST", "Metall", signs):
        add_company(session, cluster_id, name, joined_at=NOW)
    company_names = member_names(
        cockpit.list_all(session, cluster_year(cluster_id), MemberFilter(text=text.strip()))
    )
    assert company_names == (
        [signs] if text in ("CAFÉ", "%", "_", "/") else ["BÄCKEREI OST", "Bäckerei Ünal"]
    )


def test_names_are_sorted_as_in_a_phone_book(session: Session, cluster_id: int) -> None:
    wanted = ["Adler", "Ärzte", "bauer", "Müller A", "Mueller B", "Öl", "Zebra"]
    for name in reversed(wanted):
        add_company(session, cluster_id, name, joined_at=NOW)
    company_names = member_names(cockpit.list_all(session, cluster_year(cluster_id), MemberFilter()))
    assert company_names == ["Adler", "Ärzte", "bauer", "Müller A", "Mueller B", "Öl", "Zebra"]
    turned = member_names(cockpit.list_all(session, cluster_year(cluster_id), MemberFilter(descending=True)))
    assert turned == company_names[::-1]


@pytest.mark.parametrize("order", list(MemberSortOrder))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_everybody_once_and_in_order(
    session: Session, cluster_id: int, order: MemberSortOrder, descending: bool
) -> None:
    add_many(session, cluster_id, 120, now=NOW)
    view, wanted = cluster_year(cluster_id), MemberFilter(order=order, descending=descending)
    pages = [cockpit.list_page(session, view, wanted, number=number) for number in (1, 2, 3, 4)]
    assert [len(members) for members, _total in pages] == [PAGE_SIZE, PAGE_SIZE, 20, 0]
    assert [total for _members, total in pages] == [120, 120, 120, 0]
    listed = [member for members, _total in pages for member in members]
    assert listed == list(cockpit.list_all(session, view, wanted))
    assert len({member.organisation_id for member in listed}) == 120
    key = {
        MemberSortOrder.COMPANY: lambda member: member.name,
        MemberSortOrder.STAGE: lambda member: list(MemberStage).index(member.stage),
        MemberSortOrder.DONE: lambda member: member.done,
        MemberSortOrder.REMARKS: lambda member: member.remarks,
        MemberSortOrder.ACTIVITY: lambda member: member.changed_at or datetime.min.replace(tzinfo=UTC),
    }[order]
    keys = [key(member) for member in listed]
    assert keys == sorted(keys, reverse=descending)


def test_what_waits_longest_comes_first(session: Session, cluster_id: int) -> None:
    add_many(session, cluster_id, 200, now=NOW)
    view = cluster_year(cluster_id, due=YESTERDAY)
    members_by_task = cockpit.members_by_task(session, view, most=5)
    for task in ClusterTask:
        everybody = cockpit.list_all(session, view, MemberFilter(task=task))
        longest = sorted(everybody, key=lambda member: (member.waits_since(task), member.organisation_id))[:5]
        assert members_by_task[task] == longest
        assert len(longest) == 5


def test_how_long_a_review_takes(session: Session, cluster_id: int) -> None:
    other = make_bare_cluster(session, "Cluster Süd")
    company = add_company(session, cluster_id, "A", joined_at=NOW)
    gone = add_company(session, cluster_id, "B", joined_at=NOW, withdrawn_at=NOW)
    ours = add_declaration(session, company, changed_at=NOW, cluster_id=cluster_id)
    lost = add_declaration(session, gone, changed_at=NOW, cluster_id=cluster_id)
    for declaration in (ours, lost):
        for kind, day in (
            (EventKind.SUBMITTED, 0),
            (EventKind.CHANGES_REQUESTED, 4),
            (EventKind.SUBMITTED, 10),
            (EventKind.APPROVED, 18),
        ):
            history.record_declaration_event(
                session, declaration, kind, actor_id=None, now=NOW + timedelta(days=day)
            )
    ours.cluster_id = other
    history.record_declaration_event(session, ours, EventKind.SUBMITTED, actor_id=None, now=NOW)
    history.record_declaration_event(
        session, ours, EventKind.APPROVED, actor_id=None, now=NOW + timedelta(days=100)
    )
    session.flush()
    moves = cockpit_sums.review_events(session, cluster_year(cluster_id))
    assert review_times(moves) == [timedelta(days=4), timedelta(days=8)]
    assert median_days(review_times(moves)) == 6


def test_progress_and_activity_of_one_member(session: Session, cluster_id: int) -> None:
    company = add_company(session, cluster_id, "A", joined_at=NOW)
    made = add_declaration(session, company, changed_at=NOW, progress={"1": "explained", "general": "open"})
    fresh = add_declaration(session, company, changed_at=NOW, year=2024)
    kinds = (EventKind.PUBLISHED, EventKind.APPROVED, EventKind.SECTION_SAVED, EventKind.SUBMITTED)
    for days, kind in zip((-1, 3, 1, 2), kinds, strict=True):
        history.record_declaration_event(session, made, kind, actor_id=None, now=NOW + timedelta(days=days))
    history.record_event(
        session, EventKind.CONTRIBUTION_ASKED, organisation_id=company, actor_id=None, now=NOW
    )
    session.flush()
    assert cockpit_sums.progress_of(session, [made.id, fresh.id]) == {
        made.id: {"1": SectionProgress.EXPLAINED, "general": SectionProgress.OPEN},
        fresh.id: {},
    }
    activity = cockpit_sums.member_activity(session, cluster_id, company, made.id, since=NOW)
    assert activity == [
        (EventKind.APPROVED, NOW + timedelta(days=3)),
        (EventKind.SUBMITTED, NOW + timedelta(days=2)),
    ], "by time; neither what was before the joining nor what is the company's own business"
