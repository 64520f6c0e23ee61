"""Each action leaves exactly one event, and the trail shows it: everything that can happen, in one story."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.catalogue.self_checks import load_self_checks
from dnk_tool.domain.aggregates.entering_versions import ReleaseState
from dnk_tool.domain.aggregates.json_format import release_to_json
from dnk_tool.domain.aggregates.model import (
    ALL_MEMBERS,
    ReleaseContent,
    ReleasedNumber,
    Rule,
    Statistic,
)
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin
from dnk_tool.domain.answers.goals import GoalOutcome, GoalReview
from dnk_tool.domain.answers.self_assessment import Assessment, Rating
from dnk_tool.domain.answers.self_check import SelfCheckAnswer
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import Seen, VersionedEdit
from dnk_tool.domain.evidence import EvidenceFileType, EvidenceTarget
from dnk_tool.domain.exchange.polls import PollKind, PollQuestion
from dnk_tool.domain.figures.calculators import CalculatorLine, with_proposed_factors
from dnk_tool.domain.figures.plausibility.warning import ExplanationEdit
from dnk_tool.domain.measures.climate_goal import ClimateGoal
from dnk_tool.domain.measures.model import CompanyMeasure, MeasureState
from dnk_tool.domain.organisation import Profile
from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import SHELL, Actor, ClusterRole, Role
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.review import Audience, ReviewSide, Verdict
from dnk_tool.services.aggregates import confirmations, joint_goals, releases
from dnk_tool.services.aggregates.inputs import current_digest
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.answers import history as answer_history
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers import self_assessment, self_checks, take_over
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.clusters import administration as cluster_administration
from dnk_tool.services.clusters import cohorts as cohort_service
from dnk_tool.services.clusters import company_invitations, messages
from dnk_tool.services.clusters import consent as cluster_consent
from dnk_tool.services.clusters import invitations as cluster_invitations
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.cohorts import CohortData
from dnk_tool.services.declarations import deletion as declaration_deletion
from dnk_tool.services.declarations import next_year
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations import start as declaration_start
from dnk_tool.services.declarations import submission as submissions
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.services.evidence import contents as evidence_contents
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.exchange import (
    examples,
    neighbours,
    nominations,
    poll_answers,
    polls,
    residue_inquiries,
    residues,
)
from dnk_tool.services.figures import calculator_lines, plausibility
from dnk_tool.services.figures import files as figure_files
from dnk_tool.services.figures import recalculate as recalculation
from dnk_tool.services.figures import save as figure_save
from dnk_tool.services.figures.sites import SiteAmountEdit, save_scope, save_site_figures
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations import contributions
from dnk_tool.services.measures import climate_goals, measures
from dnk_tool.services.operation import archive
from dnk_tool.services.people import member_invitations, members, organisations
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.review import assignments, interest_conflicts
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.approvals import withdraw_approval
from dnk_tool.services.uploads.inspection import InspectedFile
from dnk_tool.services.work import Work
from dnk_tool.store.answers.writer import AnswerWriter
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.exchange import residue_inquiries as stored_inquiries
from dnk_tool.store.mail import cluster_messages
from dnk_tool.store.measures import measures as stored_measures
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster, ClusterStaff
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.integration.aggregates import joint_goal_members
from tests.integration.exchange import award_rounds, residue_members
from tests.integration.exchange.told_examples import CONTENT, MEASURE, allow_examples
from tests.support.app import WORDING, make_account, make_cluster

CRAFT = Path(__file__).parents[2] / "data/craft.json"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
Act = Callable[["Story"], object]


class Story:
    """A company, a cluster and their people; each `leaves` says which events an action leaves."""

    def __init__(self, session: Session) -> None:
        self.session, self.told = session, set[EventKind]()
        self.people: dict[str, Account] = {}
        for name in ("owner", "editor", "boss", "manager", "reviewer", "new"):
            self.people[name] = make_account(session, f"{name}@example.org", name=name.title())
        self.now = NOW

    def actor(self, name: str) -> Actor:
        """What the person may do now."""
        account_id = self.people[name].id
        roles = self.session.scalars(select(Membership).where(Membership.user_id == account_id))
        staff = self.session.scalars(select(ClusterStaff).where(ClusterStaff.user_id == account_id))
        return Actor(
            account_id,
            {membership.organisation_id: membership.role for membership in roles},
            clusters={place.cluster_id: place.role for place in staff},
            is_operator=name == "manager",
        )

    def work(self, name: str) -> Work:
        """What the person does a minute after what was done last."""
        self.now += timedelta(minutes=1)
        return Work(self.session, self.actor(name), self.now)

    def events(self) -> list[Event]:
        self.session.flush()
        return list(self.session.scalars(select(Event).order_by(Event.id)))

    @contextmanager
    def leaves(self, *kinds: EventKind) -> Iterator[None]:
        """These events and no other, in any order."""
        known = {event.id for event in self.events()}
        yield
        new = [event for event in self.events() if event.id not in known]
        assert sorted(event.kind for event in new) == sorted(kinds)
        for event in new:
            assert "@" not in str(event.detail), "no address is ever written into the trail"
            assert not any(account.name in str(event.detail) for account in self.people.values())
        self.told |= set(kinds)


def test_each_action_leaves_exactly_one_event(session: Session, tmp_path: Path) -> None:
    story = Story(session)
    declaration = a_company(story)
    cluster = a_cluster(story)
    writing(story, declaration)
    single_figures(story, declaration)
    lines_and_files(story, declaration, FileBlobStore(tmp_path))
    questions(story, declaration)
    people_come_and_go(story, declaration)
    consent(story, declaration, cluster)
    asking_by_mail(story, declaration)
    signing_off(story, declaration, cluster)
    the_team(story, declaration, cluster)
    the_review(story, declaration, cluster)
    the_public(story, declaration)
    messages_and_deadlines(story, declaration, cluster)
    numbers_of_members(story, cluster)
    good_examples(story, declaration, cluster)
    asking_the_room(story, cluster)
    residues_of_members(story, declaration, cluster)
    two_neighbours(story, cluster)
    an_award(story, declaration, cluster)
    the_next_year(story, declaration)
    the_end(story, declaration, cluster)
    assert set(EventKind) - story.told == set(), "tell here how the new kind comes about"


def a_company(story: Story) -> Declaration:
    session = story.session
    with story.leaves():
        company = organisations.create_organisation(story.work("owner"), Profile("Beck GmbH"))
    with story.leaves(EventKind.CREATED):
        declaration_start.start_declaration(
            story.work("owner"),
            company,
            edition="dnk-2017",
            reporting_year=2024,
            settings=DeclarationSettings("gri", "de"),
        )
    known = {event.id for event in story.events()}
    declaration = import_document(story.work("owner"), read_document(CRAFT.read_bytes()))
    new = [event.kind for event in story.events() if event.id not in known]
    assert new.count(EventKind.IMPORTED) == 1
    story.told.add(EventKind.IMPORTED)
    session.add(
        Membership(
            user_id=story.people["editor"].id,
            organisation_id=declaration.organisation_id,
            role=Role.EDITOR,
            created_at=NOW,
        )
    )
    session.flush()
    return declaration


def a_cluster(story: Story) -> Cluster:
    session = story.session
    with story.leaves(EventKind.CLUSTER_CREATED):
        cluster = cluster_administration.create_cluster(story.work("manager"), "Cluster Nord")
    for name, role in (("manager", ClusterRole.MANAGER), ("reviewer", ClusterRole.REVIEWER)):
        session.add(
            ClusterStaff(user_id=story.people[name].id, cluster_id=cluster.id, role=role, created_at=NOW)
        )
    session.flush()
    with story.leaves(EventKind.CLUSTER_CHANGED):
        cluster_administration.change_cluster(
            story.work("manager"), cluster, name="Nord", contact="Anna, anna@example.org"
        )
    with story.leaves():
        cluster_administration.change_cluster(story.work("manager"), cluster, name="Nord")
    return cluster


def writing(story: Story, declaration: Declaration) -> None:
    session = story.session
    selection = declarations.selection_of(declaration)
    section = selection.section_by_ref["1"]

    def save(words: str) -> None:
        seen = declarations.read_content(session, declaration).version("1.1")
        submission = SectionEdit({"1.1": VersionedEdit(Answer(Disclosure.COMPLY, words), seen)})
        answer_save.save_section(story.work("editor"), declaration, section, submission)

    with story.leaves(EventKind.SECTION_SAVED):
        save("Neu.")
    with story.leaves():
        save("Neu.")
    requirement = selection.requirements["1.1"]
    earlier = answer_history.revision_entries(session, declaration, requirement)[1]
    with story.leaves(EventKind.ANSWER_RESTORED):
        answer_history.restore_revision(
            story.work("editor"), declaration, requirement, earlier.kind, earlier.id
        )
    with story.leaves(EventKind.ASSESSMENT_SAVED):
        self_assessment.save_assessment(
            story.work("editor"), declaration, 3, Assessment(Rating.PLANNED), seen=0
        )
    settings = settings_of(declaration)
    wish = DeclarationSettings(settings.indicator_set, "en", settings.options)
    with story.leaves(EventKind.SETTINGS_CHANGED):
        declaration_start.change_settings(story.work("editor"), declaration, wish, seen=settings.mark)
    company = declaration.organisation
    profile = declarations.profile_of(company)
    with story.leaves(EventKind.PROFILE_CHANGED):
        changed = Profile(**{**vars_of(profile), "website": "https://beck.example"})
        organisations.update_profile(story.work("editor"), company, changed, seen=company.version)
    with story.leaves(EventKind.SIGN_OFF_RULE_CHANGED):
        sign_off_steps.change_sign_off_rule(
            story.work("owner"), company, is_required=not company.requires_sign_off
        )
    company.requires_sign_off = False
    goal = ClimateGoal(2022, Decimal(142), 2030, percent=Decimal(45))
    with story.leaves(EventKind.CLIMATE_GOAL_SAVED):
        climate_goals.save_goal(story.work("editor"), company.id, goal, seen=0)
    with story.leaves():
        climate_goals.save_goal(story.work("editor"), company.id, goal, seen=1)
    with story.leaves(EventKind.MEASURE_SAVED):
        row = measures.note_measure(story.work("editor"), company.id, CompanyMeasure("LED"))
    with story.leaves():
        again = MeasureState.IDEA
        measures.move_measure(story.work("editor"), company.id, row.id, again, seen=1)
    with story.leaves(EventKind.MEASURE_REMOVED):
        measures.remove_measure(story.work("editor"), company.id, row.id)
    with story.leaves(EventKind.MEASURE_RESTORED):
        measures.restore_measure(story.work("editor"), company.id, row.id)


def single_figures(story: Story, declaration: Declaration) -> None:
    """By hand, by lines, by sites; saying the same again is nothing to tell."""
    session, power = story.session, "energy.electricity.consumption"
    point = declarations.selection_of(declaration).catalogue.datapoints[power]

    def save(value: int) -> None:
        rows = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
        given = Figure(Decimal(value), "kWh", responsible="editor")
        seen = rows[power].version if power in rows else 0
        figure_save.save_figure(story.work("editor"), declaration, power, given, seen=seen)

    with story.leaves(EventKind.FIGURE_SAVED):
        save(17)
    with story.leaves():
        save(17)
    result = {power: Figure(Decimal(3), "MWh", origin=Origin.LINES)}
    with story.leaves():  # what somebody entered stays
        recalculation.write_results(AnswerWriter(session, declaration, None, NOW), result)
    amounts = {"Werk": SiteAmountEdit(Quantity(Decimal(5), "kWh"), None)}
    sums: dict[str, Any] = {"quality": None, "seen": 1}
    with story.leaves(EventKind.FIGURE_SAVED):
        save_site_figures(story.work("editor"), declaration, point, amounts, **sums)
    with story.leaves():
        save_site_figures(story.work("editor"), declaration, point, amounts, **sums)
    for kinds in ([EventKind.FIGURE_SAVED], []):
        with story.leaves(*kinds):
            save_scope(story.work("editor"), declaration, frozenset({"Werk"}), "", seen=0)


def lines_and_files(story: Story, declaration: Declaration, blobs: FileBlobStore) -> None:
    """A line is an event, and the figures that follow it another; a file of figures is one, however long."""
    session = story.session
    litres = {"quantity": Quantity(Decimal(100), "l")}
    diesel = load_calculators()["energy"].activity("diesel")
    assert diesel is not None
    given = with_proposed_factors(
        CalculatorLine(0, "energy", "diesel", quantities=litres), diesel, load_factors(), 2025
    )
    with story.leaves(EventKind.LINE_SAVED, EventKind.FIGURE_SAVED):
        kept = calculator_lines.save_line(story.work("editor"), declaration, given, seen=0).stored
    with story.leaves():
        calculator_lines.save_line(story.work("editor"), declaration, kept.line, seen=kept.version)
    line_id = kept.line.id
    with story.leaves(EventKind.LINE_REMOVED, EventKind.FIGURE_SAVED):
        calculator_lines.remove_line(story.work("editor"), declaration, line_id)
    with story.leaves(EventKind.LINE_RESTORED, EventKind.FIGURE_SAVED):
        calculator_lines.restore_line(story.work("editor"), declaration, line_id)
    table = b"Jahr;Kennzahl;Wert;Einheit\n2025;water.withdrawal.total;12;m3\n"
    read = figure_files.read_figure_file(table, declaration, language="de")
    sifted = figure_files.preview_figure_import(session, declaration, read, actor=story.actor("editor"))
    wishes = [(change.update, change.seen) for change in sifted.changes]
    with story.leaves(EventKind.FIGURES_IMPORTED):
        figure_files.import_figures(story.work("editor"), declaration, wishes, language="de")
    content = b"a bill"
    bill = InspectedFile("Rechnung.pdf", EvidenceFileType.PDF, content, hashlib.sha256(content).hexdigest())
    evidence_contents.store_contents(blobs, declaration.organisation_id, (bill,))
    with story.leaves(EventKind.EVIDENCE_ADDED):
        added = evidence_files.add_evidence(
            story.work("editor"),
            blobs,
            declaration,
            EvidenceTarget(line=line_id),
            (bill,),
            evidence_files.EvidenceDetails(),
            quota=1000,
        )
    file_id = added.fresh[0].id
    with story.leaves(EventKind.EVIDENCE_CHANGED):
        named = evidence_files.EvidenceDetails(title="Tankkarte")
        evidence_files.change_evidence(story.work("editor"), declaration, file_id, named, seen=1)
    with story.leaves(EventKind.EVIDENCE_REMOVED):
        evidence_files.remove_evidence(story.work("editor"), declaration, file_id)


def questions(story: Story, declaration: Declaration) -> None:
    """What the tool asks: a quick check, and why a figure is as it is."""
    session, check = story.session, load_self_checks()["energy"]
    replies = {check.questions[0].key: SelfCheckAnswer.NO}
    with story.leaves(EventKind.SELF_CHECK_SAVED):
        self_checks.save_self_check_answers(
            story.work("editor"), declaration, check, replies, seen=Seen(0, {})
        )
    odd = Figure(Decimal(140), "percent")
    with story.leaves(EventKind.FIGURE_SAVED):
        figure_save.save_figure(story.work("editor"), declaration, "waste.recycled-share", odd, seen=0)
    warning = plausibility.plausibility_findings(session, declaration)[0].warning
    said = ExplanationEdit(warning.rule, warning.subject, warning.fingerprint, "Das stimmt so.")
    with story.leaves(EventKind.WARNING_EXPLAINED):
        plausibility.save_explanations(story.work("editor"), declaration, [said])


def the_next_year(story: Story, declaration: Declaration) -> None:
    session = story.session
    with story.leaves(EventKind.CREATED):
        after = next_year.begin_next_year(story.work("owner"), declaration)
    climate = declarations.selection_of(after).section_by_ref["13"]
    with story.leaves(EventKind.ANSWERS_TAKEN_OVER):
        take_over.take_over(story.work("owner"), after, climate)
    _section, goal, _review = goal_reviews.goals_of(session, after)[0]
    section = next(
        goal_section for goal_section, other, _ in goal_reviews.goals_of(session, after) if other == goal
    )
    given = {goal.aspect.ref: VersionedEdit(GoalReview(GoalOutcome.YES), 0)}
    with story.leaves(EventKind.GOAL_REVIEWED):
        goal_reviews.save_goal_reviews(story.work("owner"), after, section, given)


def vars_of(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in Profile.__dataclass_fields__}


def people_come_and_go(story: Story, declaration: Declaration) -> None:
    session, company = story.session, declaration.organisation_id
    given: dict[str, Any] = {"place": RoleGrant(Role.VIEWER), "language": "de"}
    with story.leaves(EventKind.MEMBER_INVITED):
        invitation, _token = member_invitations.invite_member(
            story.work("owner"), company, email="weg@example.org", **given
        )
    with story.leaves(EventKind.INVITATION_REVOKED):
        member_invitations.revoke(story.work("owner"), company, invitation.id)
    for name in ("boss", "new"):
        with story.leaves(EventKind.MEMBER_INVITED):
            invitation, token = member_invitations.invite_member(
                story.work("owner"), company, email=f"{name}@example.org", **given
            )
        with story.leaves(EventKind.MEMBER_JOINED):
            member_invitations.accept_invitation(session, token, account=story.people[name], now=story.now)
    with story.leaves(EventKind.MEMBER_CHANGED):
        members.change_member(story.work("owner"), company, story.people["new"].id, RoleGrant(Role.EDITOR))
    with story.leaves(EventKind.MEMBER_REMOVED):
        members.remove_member(story.work("owner"), company, story.people["new"].id)


def consent(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    with story.leaves(EventKind.COMPANY_INVITED):
        invitation, _token = company_invitations.invite_company(
            story.work("manager"), cluster, email="firma@example.org", company="Beck", language="de"
        )
    with story.leaves(EventKind.INVITATION_REVOKED):
        cluster_invitations.revoke(story.work("manager"), cluster, invitation.id)
    with story.leaves(EventKind.CONSENT_GRANTED):
        consent = cluster_consent.grant_consent(
            story.work("owner"),
            declaration.organisation_id,
            cluster.id,
            aggregates_from=None,
            wording=WORDING,
        )
    with story.leaves(EventKind.CONSENT_CHANGED):
        cluster_consent.change_aggregates(story.work("owner"), consent, 2025)
    with story.leaves(EventKind.CONSENT_WITHDRAWN):
        cluster_consent.withdraw_consent(story.work("owner"), consent)
    with story.leaves(EventKind.CONSENT_GRANTED):
        cluster_consent.grant_consent(
            story.work("owner"),
            declaration.organisation_id,
            cluster.id,
            aggregates_from=None,
            wording=WORDING,
        )


def asking_by_mail(story: Story, declaration: Declaration) -> None:
    session = story.session
    question: dict[str, Any] = {"name": "Kim", "refs": ["2.1"], "message": "Bitte!", "language": "de"}
    with story.leaves(EventKind.CONTRIBUTION_ASKED):
        row, _token = answer_requests.request_contribution(
            story.work("editor"), declaration, email="kim@example.org", **question
        )
    with story.leaves(EventKind.CONTRIBUTION_REVOKED):
        answer_requests.revoke_request(story.work("editor"), declaration, row)
    with story.leaves(EventKind.CONTRIBUTION_ASKED):
        _row, token = answer_requests.request_contribution(
            story.work("editor"), declaration, email="kim@example.org", **question
        )
    contribution = contributions.find_contribution(session, token, now=story.now)
    given = {"token": token, "name": "Kim", "now": story.now}
    seen = declarations.read_content(session, declaration).version("2.1")
    submission = SectionEdit({"2.1": VersionedEdit(Answer(Disclosure.COMPLY, "Von Kim."), seen)})
    with story.leaves(EventKind.SECTION_SAVED):
        contributions.save_contribution(session, contribution, submission, **given)
    with story.leaves(EventKind.CONTRIBUTION_ANSWERED):
        contributions.complete_contribution(session, contribution, **given)


def signing_off(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    boss = story.people["boss"]
    declaration.organisation.requires_sign_off = True

    def ask() -> None:
        with story.leaves(EventKind.SIGN_OFF_ASKED):
            submissions.submit(story.work("editor"), declaration, cluster_id=cluster.id, signatory=boss)

    ask()
    with story.leaves(EventKind.SIGN_OFF_DECLINED):
        sign_off_steps.decline_sign_off(story.work("boss"), declaration, "Noch nicht.")
    ask()
    with story.leaves(EventKind.RECALLED):
        submissions.recall(story.work("editor"), declaration)
    ask()
    with story.leaves(EventKind.SUBMITTED):
        sign_off_steps.confirm_sign_off(story.work("boss"), declaration)
    declaration.organisation.requires_sign_off = False


def the_team(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    reviewer = story.actor("reviewer").user_id or 0
    with story.leaves(EventKind.REVIEW_ASSIGNED):
        assignments.assign_review(story.work("reviewer"), declaration, reviewer, seen=None)
    about = (cluster.id, declaration.organisation, reviewer)
    with story.leaves(EventKind.CONFLICT_MARKED):
        interest_conflicts.mark_conflict(story.work("reviewer"), *about, reason="Verwandt")
    with story.leaves(EventKind.CONFLICT_ENDED):
        interest_conflicts.end_conflict(story.work("manager"), *about)


def the_review(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    sections = declarations.selection_of(declaration).sections
    side = {"side": ReviewSide.REVIEWERS, "version": declaration.version}
    with story.leaves():
        review_remarks.start_thread(
            story.work("reviewer"),
            declaration,
            sections[1],
            "Welche Ziele?",
            audience=Audience.SHARED,
            **side,
        )
    for number, section in enumerate(sections):
        verdict = Verdict.CHANGE_NEEDED if number == 1 else Verdict.ACCEPTED
        with story.leaves(EventKind.VERDICT_GIVEN):
            review_verdicts.give_verdict(story.work("reviewer"), declaration, section, verdict, seen=0)
    with story.leaves(EventKind.REMARK_WRITTEN, EventKind.CHANGES_REQUESTED):
        review_verdicts.request_changes(story.work("reviewer"), declaration)
    [thread] = remarks.threads(session, declaration.id, ReviewSide.COMPANY)
    with story.leaves(EventKind.REMARK_WRITTEN):
        review_remarks.answer_thread(
            story.work("editor"),
            declaration,
            thread,
            "Ergänzt.",
            side=ReviewSide.COMPANY,
            version=declaration.version,
        )
    with story.leaves(EventKind.SUBMITTED):
        submissions.submit(story.work("editor"), declaration, cluster_id=cluster.id)
    [thread] = remarks.threads(session, declaration.id, ReviewSide.REVIEWERS, cluster_id=cluster.id)
    with story.leaves(EventKind.REMARK_RESOLVED):
        review_remarks.resolve_thread(
            story.work("reviewer"), declaration, thread, read=2, side=ReviewSide.REVIEWERS
        )
    with story.leaves(EventKind.VERDICT_GIVEN):
        review_verdicts.give_verdict(
            story.work("reviewer"), declaration, sections[1], Verdict.ACCEPTED, seen=0
        )
    with story.leaves(EventKind.APPROVED):
        review_verdicts.approve(story.work("reviewer"), declaration)
    with story.leaves(EventKind.APPROVAL_WITHDRAWN):
        number = declaration.version
        withdraw_approval(story.work("reviewer"), declaration, number, "Zahl falsch.")
    with story.leaves(EventKind.APPROVED):
        review_verdicts.approve(story.work("reviewer"), declaration)


def the_public(story: Story, declaration: Declaration) -> None:
    with story.leaves(EventKind.PUBLISHED):
        publishing_steps.publish(story.work("owner"), declaration)
    with story.leaves(EventKind.UNPUBLISHED):
        publishing_steps.unpublish(story.work("owner"), declaration)
    with story.leaves(EventKind.REOPENED):
        submissions.reopen(story.work("editor"), declaration)
    with story.leaves(EventKind.FINISHED):
        submissions.submit(story.work("editor"), declaration, cluster_id=None)
    assert declaration.state is State.FINISHED


def messages_and_deadlines(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    with story.leaves(EventKind.DEADLINE_SET):
        cohort = cohort_service.save_cohort(
            story.work("manager"), cluster, CohortData(2025, due=date(2027, 3, 31))
        )
    with story.leaves():
        unchanged = CohortData(2025, due=date(2027, 3, 31))
        cohort_service.save_cohort(story.work("manager"), cluster, unchanged, cohort_id=cohort.id)
    recipients = cluster_messages.recipients(
        session, cluster.id, {declaration.organisation_id}, today=story.now.date()
    )
    letters = [messages.Letter(recipient, "Frist", "Bitte denken Sie daran.") for recipient in recipients]
    with story.leaves(EventKind.MESSAGE_SENT):
        given: Any = {"message_id": "m1", "written": ("Frist", "Bald."), "reply_to": ""}
        messages.send_message(story.work("manager"), cluster, letters, **given)


def numbers_of_members(story: Story, cluster: Cluster) -> None:
    session = story.session
    row = releases.order_release(story.work("manager"), cluster, 2025)
    shown = ReleasedNumber("energy.total", Statistic.SUM, ALL_MEMBERS, 5, Decimal(900), "kWh", Rule.PASSED)
    content, digest = release_to_json(ReleaseContent(2025, "2026", 5, (shown,), ()))
    row.content, row.sha256, row.inputs = content, digest, current_digest(session, row)
    row.state = ReleaseState.PREPARED
    with story.leaves(EventKind.RELEASE_MADE):
        releases.make_release(story.work("manager"), cluster, row.id, digest)
    with story.leaves(EventKind.RELEASE_WITHDRAWN):
        releases.withdraw_release(story.work("manager"), cluster, row.id, "Falsch gerechnet")
    with story.leaves(EventKind.JOINT_GOAL_SAVED):
        joint_goals.save_goal(story.work("manager"), cluster, joint_goal_members.GOAL, seen=0)
    firm, *_others = joint_goal_members.add_members(session, cluster.id, 6)
    changes = (
        (confirmations.end_confirmations, EventKind.CONFIRMATION_ENDED),
        (confirmations.confirm_firms, EventKind.COMPANY_CONFIRMED),
    )
    for change, kind in changes:
        with story.leaves(kind):
            change(Work(session, SHELL, story.now), [firm])
        with story.leaves():
            change(Work(session, SHELL, story.now), [firm])
    with story.leaves(EventKind.JOINT_SUM_MADE):
        joint_goals.make_sum(story.work("manager"), cluster)


def good_examples(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, company = story.session, declaration.organisation_id
    allow_examples(session, company, cluster.id)
    noted = stored_measures.add(session, company, MEASURE, by=None, now=NOW)
    with story.leaves(EventKind.EXAMPLE_SAVED):
        row = examples.begin_example(story.work("editor"), company, noted.id, CONTENT)
    with story.leaves():
        kept: dict[str, Any] = {"picture": None, "is_contact": None}
        examples.change_example(story.work("editor"), company, row.id, CONTENT, **kept, seen=1)

    def offer() -> None:
        with story.leaves(EventKind.EXAMPLE_OFFERED):
            examples.offer_example(story.work("owner"), company, row.id, cluster.id, seen=row.version)

    offer()
    with story.leaves(EventKind.EXAMPLE_RETURNED):
        examples.return_example(story.work("manager"), cluster, row.id, "Bitte kürzer.", seen=row.version)
    offer()
    with story.leaves(EventKind.EXAMPLE_PUBLISHED):
        examples.publish_example(story.work("manager"), cluster, row.id, seen=row.version)
    with story.leaves(EventKind.EXAMPLE_WITHDRAWN):
        examples.withdraw_example(story.work("editor"), company, row.id)
    with story.leaves():
        examples.withdraw_example(story.work("editor"), company, row.id)
    with story.leaves(EventKind.EXAMPLE_REMOVED):
        examples.remove_example(story.work("editor"), company, row.id)


def asking_the_room(story: Story, cluster: Cluster) -> None:
    session, question = story.session, PollQuestion("Wie war es?", PollKind.SCALE, ("schlecht", "gut"))
    with story.leaves():
        poll = polls.create_poll(story.work("manager"), cluster, question)
    with story.leaves(EventKind.POLL_OPENED):
        polls.open_poll(story.work("manager"), cluster, poll.id)
    with story.leaves():
        polls.open_poll(story.work("manager"), cluster, poll.id)
        poll_answers.count_device_answer(session, poll.id, (4,), "", seen=poll.version, ticket="1")
    with story.leaves(EventKind.POLL_CLOSED):
        polls.close_poll(story.work("manager"), cluster, poll.id)
    with story.leaves(EventKind.POLL_DELETED):
        polls.delete_poll(story.work("manager"), cluster, poll.id)


def residues_of_members(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, own, now = story.session, declaration.organisation_id, story.now
    firm = residue_members.add_residue_firm(session, cluster.id, "Eich GmbH", "erna")
    member = residue_members.as_firm(session, cluster.id, own, "owner")
    wood = residue_members.a_notice()
    with story.leaves(EventKind.RESIDUE_SHOWN):
        offer = residue_members.show(session, firm, wood, now)
    with story.leaves(EventKind.RESIDUE_ASKED):
        residue_inquiries.ask(story.work("owner"), own, cluster.id, offer, "Geht 1 t?")
    [inquiry] = stored_inquiries.of_member(session, member.consent)
    with story.leaves(EventKind.RESIDUE_CONTACT):
        residue_inquiries.agree(Work(session, firm.actor, now), firm.id, cluster.id, inquiry.row.id)
    with story.leaves(EventKind.RESIDUE_PASSED_ON):
        residues.note_passed_on(Work(session, firm.actor, now), firm.id, offer, Decimal(3), 2026)
    with story.leaves(EventKind.RESIDUE_REMOVED):
        residues.remove_notice(Work(session, firm.actor, now), firm.id, offer)
    with story.leaves(EventKind.RESIDUE_SHOWN):
        advert = residue_members.show(session, firm, wood, now)
    with story.leaves(EventKind.RESIDUE_TAKEN_DOWN, EventKind.RESIDUE_TAKEN_DOWN):
        residues.take_down(story.work("manager"), cluster, advert, "Werbung")


def two_neighbours(story: Story, cluster: Cluster) -> None:
    session = story.session
    other = make_cluster(session, "Nachbarnetz Süd")
    manager = story.people["manager"].id
    session.add(
        ClusterStaff(cluster_id=other.id, user_id=manager, role=ClusterRole.MANAGER, created_at=story.now)
    )
    with story.leaves(EventKind.NEIGHBOUR_PROPOSED, EventKind.NEIGHBOUR_PROPOSED):
        neighbours.propose_neighbour(story.work("manager"), cluster, other.name)
    with story.leaves(EventKind.NEIGHBOUR_ACCEPTED, EventKind.NEIGHBOUR_ACCEPTED):
        neighbours.accept_neighbour(story.work("manager"), other, cluster.id)
    with story.leaves(EventKind.NEIGHBOUR_ENDED, EventKind.NEIGHBOUR_ENDED):
        neighbours.end_neighbour(story.work("manager"), cluster, other.id)


def an_award(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    own = declaration.organisation_id
    with story.leaves():
        award = award_rounds.open_round(story.work("manager"), cluster)
    with story.leaves(EventKind.AWARD_NOMINATED):
        award_rounds.nominate(story.work("owner"), own, award.id)
    with story.leaves(EventKind.JUROR_INVITED):
        award_rounds.invite_juror(story.work("manager"), cluster, award.id)
    award_rounds.begin_judging(story.work("manager"), cluster, award)
    with story.leaves(EventKind.AWARD_DECIDED):
        award_rounds.decide(story.work("manager"), cluster, award)
    with story.leaves(EventKind.AWARD_WITHDRAWN):
        nominations.withdraw_nomination(story.work("editor"), own, award.id)


def the_end(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    with story.leaves(EventKind.MEMBER_INVITED):
        cluster_staff.invite_staff(
            story.work("manager"),
            cluster,
            email="noch@example.org",
            name="",
            role=ClusterRole.REVIEWER,
            language="de",
        )
    reviewer = story.people["reviewer"]
    with story.leaves(EventKind.MEMBER_CHANGED):
        cluster_staff.change_staff(story.work("manager"), cluster, reviewer.id, ClusterRole.MANAGER)
    with story.leaves(EventKind.MEMBER_REMOVED):
        cluster_staff.remove_staff(story.work("manager"), cluster, reviewer.id)
    with story.leaves(EventKind.MEMBER_REMOVED):
        account_erasure.erase(Work(session, SHELL, story.now), story.people["editor"])
    subjects: tuple[Organisation | Cluster, ...] = (declaration.organisation, cluster)
    changes = (archive.begin_archive, EventKind.ARCHIVED), (archive.end_archive, EventKind.ARCHIVE_ENDED)
    for subject, (change, kind) in itertools.product(subjects, changes):
        with story.leaves(kind):
            change(story.work("manager"), subject)
        with story.leaves():
            change(story.work("manager"), subject)
    with story.leaves(EventKind.DECLARATION_DELETED):
        declaration_deletion.delete_declaration(story.work("owner"), declaration)
    assert EventKind.SECTION_SAVED not in {event.kind for event in story.events()}, "they come back with it"
    declaration_deletion.restore_declaration(story.work("owner"), declaration)
    assert EventKind.DECLARATION_RESTORED is story.events()[-1].kind
    assert EventKind.SECTION_SAVED in {event.kind for event in story.events()}
    story.told.add(EventKind.DECLARATION_RESTORED)


def test_what_is_refused_leaves_no_event(session: Session) -> None:
    story = Story(session)
    declaration = a_company(story)
    section = declarations.selection_of(declaration).section_by_ref["1"]
    submission = SectionEdit({"1.1": VersionedEdit(Answer(Disclosure.COMPLY, "Zu spät."), 0)})
    declaration.state = State.SUBMITTED
    with story.leaves(), pytest.raises(Locked):
        answer_save.save_section(story.work("editor"), declaration, section, submission)
