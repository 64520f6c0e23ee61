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
from dnk_tool.services.aggregates import joint_goals, releases
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
from tests.support.work import call_verb

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

    def by(self, name: str) -> dict[str, Any]:
        self.now += timedelta(minutes=1)
        return {"actor": self.actor(name), "now": self.now}

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
        company = call_verb(
            organisations.create_organisation, session, Profile("Beck GmbH"), **story.by("owner")
        )
    with story.leaves(EventKind.CREATED):
        call_verb(
            declaration_start.start_declaration,
            session,
            company,
            edition="dnk-2017",
            reporting_year=2024,
            settings=DeclarationSettings("gri", "de"),
            **story.by("owner"),
        )
    known = {event.id for event in story.events()}
    declaration = import_document(session, read_document(CRAFT.read_bytes()), **story.by("owner"))
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
        cluster = call_verb(
            cluster_administration.create_cluster, session, "Cluster Nord", **story.by("manager")
        )
    for name, role in (("manager", ClusterRole.MANAGER), ("reviewer", ClusterRole.REVIEWER)):
        session.add(
            ClusterStaff(user_id=story.people[name].id, cluster_id=cluster.id, role=role, created_at=NOW)
        )
    session.flush()
    with story.leaves(EventKind.CLUSTER_CHANGED):
        call_verb(
            cluster_administration.change_cluster,
            session,
            cluster,
            name="Nord",
            contact="Anna, anna@example.org",
            **story.by("manager"),
        )
    with story.leaves():
        call_verb(cluster_administration.change_cluster, session, cluster, name="Nord", **story.by("manager"))
    return cluster


def writing(story: Story, declaration: Declaration) -> None:
    session = story.session
    selection = declarations.selection_of(declaration)
    section = selection.section_by_ref["1"]

    def save(words: str) -> None:
        seen = declarations.read_content(session, declaration).version("1.1")
        submission = SectionEdit({"1.1": VersionedEdit(Answer(Disclosure.COMPLY, words), seen)})
        call_verb(answer_save.save_section, session, declaration, section, submission, **story.by("editor"))

    with story.leaves(EventKind.SECTION_SAVED):
        save("Neu.")
    with story.leaves():
        save("Neu.")
    requirement = selection.requirements["1.1"]
    earlier = answer_history.revision_entries(session, declaration, requirement)[1]
    with story.leaves(EventKind.ANSWER_RESTORED):
        call_verb(
            answer_history.restore_revision,
            session,
            declaration,
            requirement,
            earlier.kind,
            earlier.id,
            **story.by("editor"),
        )
    with story.leaves(EventKind.ASSESSMENT_SAVED):
        call_verb(
            self_assessment.save_assessment,
            session,
            declaration,
            3,
            Assessment(Rating.PLANNED),
            seen=0,
            **story.by("editor"),
        )
    settings = settings_of(declaration)
    wish = DeclarationSettings(settings.indicator_set, "en", settings.options)
    with story.leaves(EventKind.SETTINGS_CHANGED):
        call_verb(
            declaration_start.change_settings,
            session,
            declaration,
            wish,
            seen=settings.mark,
            **story.by("editor"),
        )
    company = declaration.organisation
    profile = declarations.profile_of(company)
    with story.leaves(EventKind.PROFILE_CHANGED):
        changed = Profile(**{**vars_of(profile), "website": "https://beck.example"})
        call_verb(
            organisations.update_profile,
            session,
            company,
            changed,
            seen=company.version,
            **story.by("editor"),
        )
    with story.leaves(EventKind.SIGN_OFF_RULE_CHANGED):
        call_verb(
            sign_off_steps.change_sign_off_rule,
            session,
            company,
            is_required=not company.requires_sign_off,
            **story.by("owner"),
        )
    company.requires_sign_off = False
    goal = ClimateGoal(2022, Decimal(142), 2030, percent=Decimal(45))
    with story.leaves(EventKind.CLIMATE_GOAL_SAVED):
        call_verb(climate_goals.save_goal, session, company.id, goal, seen=0, **story.by("editor"))
    with story.leaves():
        call_verb(climate_goals.save_goal, session, company.id, goal, seen=1, **story.by("editor"))
    with story.leaves(EventKind.MEASURE_SAVED):
        row = call_verb(
            measures.note_measure, session, company.id, CompanyMeasure("LED"), **story.by("editor")
        )
    with story.leaves():
        again = MeasureState.IDEA
        call_verb(measures.move_measure, session, company.id, row.id, again, seen=1, **story.by("editor"))
    with story.leaves(EventKind.MEASURE_REMOVED):
        call_verb(measures.remove_measure, session, company.id, row.id, **story.by("editor"))
    with story.leaves(EventKind.MEASURE_RESTORED):
        call_verb(measures.restore_measure, session, company.id, row.id, **story.by("editor"))


def single_figures(story: Story, declaration: Declaration) -> None:
    """By hand, by lines, by sites; saying the same again is nothing to tell."""
    session, power = story.session, "energy.electricity.consumption"
    point = declarations.selection_of(declaration).catalogue.datapoints[power]

    def save(value: int) -> None:
        rows = declarations.figure_rows(session, declaration.organisation_id, declaration.reporting_year)
        given = Figure(Decimal(value), "kWh", responsible="editor")
        seen = rows[power].version if power in rows else 0
        call_verb(
            figure_save.save_figure, session, declaration, power, given, seen=seen, **story.by("editor")
        )

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
        call_verb(save_site_figures, session, declaration, point, amounts, **sums, **story.by("editor"))
    with story.leaves():
        call_verb(save_site_figures, session, declaration, point, amounts, **sums, **story.by("editor"))
    for kinds in ([EventKind.FIGURE_SAVED], []):
        with story.leaves(*kinds):
            call_verb(save_scope, session, declaration, frozenset({"Werk"}), "", seen=0, **story.by("editor"))


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
        kept = call_verb(
            calculator_lines.save_line, session, declaration, given, seen=0, **story.by("editor")
        ).stored
    with story.leaves():
        call_verb(
            calculator_lines.save_line,
            session,
            declaration,
            kept.line,
            seen=kept.version,
            **story.by("editor"),
        )
    line_id = kept.line.id
    with story.leaves(EventKind.LINE_REMOVED, EventKind.FIGURE_SAVED):
        call_verb(calculator_lines.remove_line, session, declaration, line_id, **story.by("editor"))
    with story.leaves(EventKind.LINE_RESTORED, EventKind.FIGURE_SAVED):
        call_verb(calculator_lines.restore_line, session, declaration, line_id, **story.by("editor"))
    table = b"Jahr;Kennzahl;Wert;Einheit\n2025;water.withdrawal.total;12;m3\n"
    read = figure_files.read_figure_file(table, declaration, language="de")
    sifted = figure_files.preview_figure_import(session, declaration, read, actor=story.actor("editor"))
    wishes = [(change.update, change.seen) for change in sifted.changes]
    with story.leaves(EventKind.FIGURES_IMPORTED):
        call_verb(
            figure_files.import_figures, session, declaration, wishes, language="de", **story.by("editor")
        )
    content = b"a bill"
    bill = InspectedFile("Rechnung.pdf", EvidenceFileType.PDF, content, hashlib.sha256(content).hexdigest())
    evidence_contents.store_contents(blobs, declaration.organisation_id, (bill,))
    places, quota = (session, blobs, declaration), {"quota": 1000}
    with story.leaves(EventKind.EVIDENCE_ADDED):
        added = call_verb(
            evidence_files.add_evidence,
            *places,
            EvidenceTarget(line=line_id),
            (bill,),
            evidence_files.EvidenceDetails(),
            **quota,
            **story.by("editor"),
        )
    file_id = added.fresh[0].id
    with story.leaves(EventKind.EVIDENCE_CHANGED):
        named = evidence_files.EvidenceDetails(title="Tankkarte")
        call_verb(
            evidence_files.change_evidence, session, declaration, file_id, named, seen=1, **story.by("editor")
        )
    with story.leaves(EventKind.EVIDENCE_REMOVED):
        evidence_files.remove_evidence(session, declaration, file_id, **story.by("editor"))


def questions(story: Story, declaration: Declaration) -> None:
    """What the tool asks: a quick check, and why a figure is as it is."""
    session, check = story.session, load_self_checks()["energy"]
    replies = {check.questions[0].key: SelfCheckAnswer.NO}
    with story.leaves(EventKind.SELF_CHECK_SAVED):
        call_verb(
            self_checks.save_self_check_answers,
            session,
            declaration,
            check,
            replies,
            seen=Seen(0, {}),
            **story.by("editor"),
        )
    odd = Figure(Decimal(140), "percent")
    with story.leaves(EventKind.FIGURE_SAVED):
        call_verb(
            figure_save.save_figure,
            session,
            declaration,
            "waste.recycled-share",
            odd,
            seen=0,
            **story.by("editor"),
        )
    warning = plausibility.plausibility_findings(session, declaration)[0].warning
    said = ExplanationEdit(warning.rule, warning.subject, warning.fingerprint, "Das stimmt so.")
    with story.leaves(EventKind.WARNING_EXPLAINED):
        call_verb(plausibility.save_explanations, session, declaration, [said], **story.by("editor"))


def the_next_year(story: Story, declaration: Declaration) -> None:
    session = story.session
    with story.leaves(EventKind.CREATED):
        after = call_verb(next_year.begin_next_year, session, declaration, **story.by("owner"))
    climate = declarations.selection_of(after).section_by_ref["13"]
    with story.leaves(EventKind.ANSWERS_TAKEN_OVER):
        call_verb(take_over.take_over, session, after, climate, **story.by("owner"))
    _section, goal, _review = goal_reviews.goals_of(session, after)[0]
    section = next(
        goal_section for goal_section, other, _ in goal_reviews.goals_of(session, after) if other == goal
    )
    given = {goal.aspect.ref: VersionedEdit(GoalReview(GoalOutcome.YES), 0)}
    with story.leaves(EventKind.GOAL_REVIEWED):
        call_verb(goal_reviews.save_goal_reviews, session, after, section, given, **story.by("owner"))


def vars_of(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in Profile.__dataclass_fields__}


def people_come_and_go(story: Story, declaration: Declaration) -> None:
    session, company = story.session, declaration.organisation_id
    given: dict[str, Any] = {"place": RoleGrant(Role.VIEWER), "language": "de"}
    with story.leaves(EventKind.MEMBER_INVITED):
        invitation, _token = call_verb(
            member_invitations.invite_member,
            session,
            company,
            email="weg@example.org",
            **given,
            **story.by("owner"),
        )
    with story.leaves(EventKind.INVITATION_REVOKED):
        member_invitations.revoke(session, company, invitation.id, **story.by("owner"))
    for name in ("boss", "new"):
        with story.leaves(EventKind.MEMBER_INVITED):
            invitation, token = call_verb(
                member_invitations.invite_member,
                session,
                company,
                email=f"{name}@example.org",
                **given,
                **story.by("owner"),
            )
        with story.leaves(EventKind.MEMBER_JOINED):
            member_invitations.accept_invitation(session, token, account=story.people[name], now=story.now)
    with story.leaves(EventKind.MEMBER_CHANGED):
        call_verb(
            members.change_member,
            session,
            company,
            story.people["new"].id,
            RoleGrant(Role.EDITOR),
            **story.by("owner"),
        )
    with story.leaves(EventKind.MEMBER_REMOVED):
        call_verb(members.remove_member, session, company, story.people["new"].id, **story.by("owner"))


def consent(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    with story.leaves(EventKind.COMPANY_INVITED):
        invitation, _token = call_verb(
            company_invitations.invite_company,
            session,
            cluster,
            email="firma@example.org",
            company="Beck",
            language="de",
            **story.by("manager"),
        )
    with story.leaves(EventKind.INVITATION_REVOKED):
        call_verb(cluster_invitations.revoke, session, cluster, invitation.id, **story.by("manager"))
    with story.leaves(EventKind.CONSENT_GRANTED):
        consent = call_verb(
            cluster_consent.grant_consent,
            session,
            declaration.organisation_id,
            cluster.id,
            aggregates_from=None,
            wording=WORDING,
            **story.by("owner"),
        )
    with story.leaves(EventKind.CONSENT_CHANGED):
        call_verb(cluster_consent.change_aggregates, session, consent, 2025, **story.by("owner"))
    with story.leaves(EventKind.CONSENT_WITHDRAWN):
        cluster_consent.withdraw_consent(session, consent, **story.by("owner"))
    with story.leaves(EventKind.CONSENT_GRANTED):
        call_verb(
            cluster_consent.grant_consent,
            session,
            declaration.organisation_id,
            cluster.id,
            aggregates_from=None,
            wording=WORDING,
            **story.by("owner"),
        )


def asking_by_mail(story: Story, declaration: Declaration) -> None:
    session = story.session
    question: dict[str, Any] = {"name": "Kim", "refs": ["2.1"], "message": "Bitte!", "language": "de"}
    with story.leaves(EventKind.CONTRIBUTION_ASKED):
        row, _token = call_verb(
            answer_requests.request_contribution,
            session,
            declaration,
            email="kim@example.org",
            **question,
            **story.by("editor"),
        )
    with story.leaves(EventKind.CONTRIBUTION_REVOKED):
        answer_requests.revoke_request(session, declaration, row, **story.by("editor"))
    with story.leaves(EventKind.CONTRIBUTION_ASKED):
        _row, token = call_verb(
            answer_requests.request_contribution,
            session,
            declaration,
            email="kim@example.org",
            **question,
            **story.by("editor"),
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
    session, boss = story.session, story.people["boss"]
    declaration.organisation.requires_sign_off = True

    def ask() -> None:
        with story.leaves(EventKind.SIGN_OFF_ASKED):
            call_verb(
                submissions.submit,
                session,
                declaration,
                cluster_id=cluster.id,
                signatory=boss,
                **story.by("editor"),
            )

    ask()
    with story.leaves(EventKind.SIGN_OFF_DECLINED):
        call_verb(sign_off_steps.decline_sign_off, session, declaration, "Noch nicht.", **story.by("boss"))
    ask()
    with story.leaves(EventKind.RECALLED):
        call_verb(submissions.recall, session, declaration, **story.by("editor"))
    ask()
    with story.leaves(EventKind.SUBMITTED):
        call_verb(sign_off_steps.confirm_sign_off, session, declaration, **story.by("boss"))
    declaration.organisation.requires_sign_off = False


def the_team(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, reviewer = story.session, story.actor("reviewer").user_id or 0
    with story.leaves(EventKind.REVIEW_ASSIGNED):
        call_verb(
            assignments.assign_review, session, declaration, reviewer, seen=None, **story.by("reviewer")
        )
    about = (session, cluster.id, declaration.organisation, reviewer)
    with story.leaves(EventKind.CONFLICT_MARKED):
        call_verb(interest_conflicts.mark_conflict, *about, reason="Verwandt", **story.by("reviewer"))
    with story.leaves(EventKind.CONFLICT_ENDED):
        call_verb(interest_conflicts.end_conflict, *about, **story.by("manager"))


def the_review(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    sections = declarations.selection_of(declaration).sections
    side = {"side": ReviewSide.REVIEWERS, "version": declaration.version}
    with story.leaves():
        review_remarks.start_thread(
            session,
            declaration,
            sections[1],
            "Welche Ziele?",
            audience=Audience.SHARED,
            **side,
            **story.by("reviewer"),
        )
    for number, section in enumerate(sections):
        verdict = Verdict.CHANGE_NEEDED if number == 1 else Verdict.ACCEPTED
        with story.leaves(EventKind.VERDICT_GIVEN):
            call_verb(
                review_verdicts.give_verdict,
                session,
                declaration,
                section,
                verdict,
                seen=0,
                **story.by("reviewer"),
            )
    with story.leaves(EventKind.REMARK_WRITTEN, EventKind.CHANGES_REQUESTED):
        call_verb(review_verdicts.request_changes, session, declaration, **story.by("reviewer"))
    [thread] = remarks.threads(session, declaration.id, ReviewSide.COMPANY)
    with story.leaves(EventKind.REMARK_WRITTEN):
        review_remarks.answer_thread(
            session,
            declaration,
            thread,
            "Ergänzt.",
            side=ReviewSide.COMPANY,
            version=declaration.version,
            **story.by("editor"),
        )
    with story.leaves(EventKind.SUBMITTED):
        call_verb(submissions.submit, session, declaration, cluster_id=cluster.id, **story.by("editor"))
    [thread] = remarks.threads(session, declaration.id, ReviewSide.REVIEWERS, cluster_id=cluster.id)
    with story.leaves(EventKind.REMARK_RESOLVED):
        call_verb(
            review_remarks.resolve_thread,
            session,
            declaration,
            thread,
            read=2,
            side=ReviewSide.REVIEWERS,
            **story.by("reviewer"),
        )
    with story.leaves(EventKind.VERDICT_GIVEN):
        call_verb(
            review_verdicts.give_verdict,
            session,
            declaration,
            sections[1],
            Verdict.ACCEPTED,
            seen=0,
            **story.by("reviewer"),
        )
    with story.leaves(EventKind.APPROVED):
        call_verb(review_verdicts.approve, session, declaration, **story.by("reviewer"))
    with story.leaves(EventKind.APPROVAL_WITHDRAWN):
        number = declaration.version
        call_verb(withdraw_approval, session, declaration, number, "Zahl falsch.", **story.by("reviewer"))
    with story.leaves(EventKind.APPROVED):
        call_verb(review_verdicts.approve, session, declaration, **story.by("reviewer"))


def the_public(story: Story, declaration: Declaration) -> None:
    session = story.session
    with story.leaves(EventKind.PUBLISHED):
        call_verb(publishing_steps.publish, session, declaration, **story.by("owner"))
    with story.leaves(EventKind.UNPUBLISHED):
        call_verb(publishing_steps.unpublish, session, declaration, **story.by("owner"))
    with story.leaves(EventKind.REOPENED):
        call_verb(submissions.reopen, session, declaration, **story.by("editor"))
    with story.leaves(EventKind.FINISHED):
        call_verb(submissions.submit, session, declaration, cluster_id=None, **story.by("editor"))
    assert declaration.state is State.FINISHED


def messages_and_deadlines(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    with story.leaves(EventKind.DEADLINE_SET):
        cohort = call_verb(
            cohort_service.save_cohort,
            session,
            cluster,
            CohortData(2025, due=date(2027, 3, 31)),
            **story.by("manager"),
        )
    with story.leaves():
        unchanged = CohortData(2025, due=date(2027, 3, 31))
        call_verb(
            cohort_service.save_cohort,
            session,
            cluster,
            unchanged,
            cohort_id=cohort.id,
            **story.by("manager"),
        )
    recipients = cluster_messages.recipients(
        session, cluster.id, {declaration.organisation_id}, today=story.now.date()
    )
    letters = [messages.Letter(recipient, "Frist", "Bitte denken Sie daran.") for recipient in recipients]
    with story.leaves(EventKind.MESSAGE_SENT):
        given = {"message_id": "m1", "written": ("Frist", "Bald."), "reply_to": "", **story.by("manager")}
        call_verb(messages.send_message, session, cluster, letters, **given)


def numbers_of_members(story: Story, cluster: Cluster) -> None:
    session = story.session
    row = call_verb(releases.order_release, session, cluster, 2025, **story.by("manager"))
    shown = ReleasedNumber("energy.total", Statistic.SUM, ALL_MEMBERS, 5, Decimal(900), "kWh", Rule.PASSED)
    content, digest = release_to_json(ReleaseContent(2025, "2026", 5, (shown,), ()))
    row.content, row.sha256, row.inputs = content, digest, current_digest(session, row)
    row.state = ReleaseState.PREPARED
    with story.leaves(EventKind.RELEASE_MADE):
        call_verb(releases.make_release, session, cluster, row.id, digest, **story.by("manager"))
    with story.leaves(EventKind.RELEASE_WITHDRAWN):
        call_verb(
            releases.withdraw_release, session, cluster, row.id, "Falsch gerechnet", **story.by("manager")
        )
    with story.leaves(EventKind.JOINT_GOAL_SAVED):
        joint_goals.save_goal(session, cluster, joint_goal_members.GOAL, seen=0, **story.by("manager"))
    joint_goal_members.add_members(session, cluster.id, 6)
    with story.leaves(EventKind.JOINT_SUM_MADE):
        call_verb(joint_goals.make_sum, session, cluster, **story.by("manager"))


def good_examples(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, company = story.session, declaration.organisation_id
    allow_examples(session, company, cluster.id)
    noted = stored_measures.add(session, company, MEASURE, by=None, now=NOW)
    with story.leaves(EventKind.EXAMPLE_SAVED):
        row = call_verb(examples.begin_example, session, company, noted.id, CONTENT, **story.by("editor"))
    with story.leaves():
        kept: dict[str, Any] = {"picture": None, "is_contact": None}
        call_verb(
            examples.change_example, session, company, row.id, CONTENT, **kept, seen=1, **story.by("editor")
        )

    def offer() -> None:
        with story.leaves(EventKind.EXAMPLE_OFFERED):
            call_verb(
                examples.offer_example,
                session,
                company,
                row.id,
                cluster.id,
                seen=row.version,
                **story.by("owner"),
            )

    def lead() -> dict[str, Any]:
        return {"seen": row.version, **story.by("manager")}

    offer()
    with story.leaves(EventKind.EXAMPLE_RETURNED):
        call_verb(examples.return_example, session, cluster, row.id, "Bitte kürzer.", **lead())
    offer()
    with story.leaves(EventKind.EXAMPLE_PUBLISHED):
        call_verb(examples.publish_example, session, cluster, row.id, **lead())
    with story.leaves(EventKind.EXAMPLE_WITHDRAWN):
        examples.withdraw_example(session, company, row.id, **story.by("editor"))
    with story.leaves():
        examples.withdraw_example(session, company, row.id, **story.by("editor"))
    with story.leaves(EventKind.EXAMPLE_REMOVED):
        examples.remove_example(session, company, row.id, **story.by("editor"))


def asking_the_room(story: Story, cluster: Cluster) -> None:
    session, question = story.session, PollQuestion("Wie war es?", PollKind.SCALE, ("schlecht", "gut"))
    with story.leaves():
        poll = call_verb(polls.create_poll, session, cluster, question, **story.by("manager"))
    with story.leaves(EventKind.POLL_OPENED):
        call_verb(polls.open_poll, session, cluster, poll.id, **story.by("manager"))
    with story.leaves():
        call_verb(polls.open_poll, session, cluster, poll.id, **story.by("manager"))
        poll_answers.count_device_answer(session, poll.id, (4,), "", seen=poll.version, ticket="1")
    with story.leaves(EventKind.POLL_CLOSED):
        call_verb(polls.close_poll, session, cluster, poll.id, **story.by("manager"))
    with story.leaves(EventKind.POLL_DELETED):
        call_verb(polls.delete_poll, session, cluster, poll.id, **story.by("manager"))


def residues_of_members(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, own, now = story.session, declaration.organisation_id, story.now
    firm = residue_members.add_residue_firm(session, cluster.id, "Eich GmbH", "erna")
    member = residue_members.as_firm(session, cluster.id, own, "owner")
    wood = residue_members.a_notice()
    with story.leaves(EventKind.RESIDUE_SHOWN):
        offer = residue_members.show(session, firm, wood, now)
    with story.leaves(EventKind.RESIDUE_ASKED):
        call_verb(residue_inquiries.ask, session, own, cluster.id, offer, "Geht 1 t?", **story.by("owner"))
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
        call_verb(residues.take_down, session, cluster, advert, "Werbung", **story.by("manager"))


def two_neighbours(story: Story, cluster: Cluster) -> None:
    session = story.session
    other = make_cluster(session, "Nachbarnetz Süd")
    manager = story.people["manager"].id
    session.add(
        ClusterStaff(cluster_id=other.id, user_id=manager, role=ClusterRole.MANAGER, created_at=story.now)
    )
    with story.leaves(EventKind.NEIGHBOUR_PROPOSED, EventKind.NEIGHBOUR_PROPOSED):
        call_verb(neighbours.propose_neighbour, session, cluster, other.name, **story.by("manager"))
    with story.leaves(EventKind.NEIGHBOUR_ACCEPTED, EventKind.NEIGHBOUR_ACCEPTED):
        call_verb(neighbours.accept_neighbour, session, other, cluster.id, **story.by("manager"))
    with story.leaves(EventKind.NEIGHBOUR_ENDED, EventKind.NEIGHBOUR_ENDED):
        call_verb(neighbours.end_neighbour, session, cluster, other.id, **story.by("manager"))


def an_award(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session, own = story.session, declaration.organisation_id
    with story.leaves():
        award = award_rounds.open_round(session, cluster, **story.by("manager"))
    with story.leaves(EventKind.AWARD_NOMINATED):
        award_rounds.nominate(session, own, award.id, **story.by("owner"))
    with story.leaves(EventKind.JUROR_INVITED):
        award_rounds.invite_juror(session, cluster, award.id, **story.by("manager"))
    award_rounds.begin_judging(session, cluster, award, **story.by("manager"))
    with story.leaves(EventKind.AWARD_DECIDED):
        award_rounds.decide(session, cluster, award, **story.by("manager"))
    with story.leaves(EventKind.AWARD_WITHDRAWN):
        call_verb(nominations.withdraw_nomination, session, own, award.id, **story.by("editor"))


def the_end(story: Story, declaration: Declaration, cluster: Cluster) -> None:
    session = story.session
    with story.leaves(EventKind.MEMBER_INVITED):
        call_verb(
            cluster_staff.invite_staff,
            session,
            cluster,
            email="noch@example.org",
            name="",
            role=ClusterRole.REVIEWER,
            language="de",
            **story.by("manager"),
        )
    reviewer = story.people["reviewer"]
    with story.leaves(EventKind.MEMBER_CHANGED):
        call_verb(
            cluster_staff.change_staff,
            session,
            cluster,
            reviewer.id,
            ClusterRole.MANAGER,
            **story.by("manager"),
        )
    with story.leaves(EventKind.MEMBER_REMOVED):
        call_verb(cluster_staff.remove_staff, session, cluster, reviewer.id, **story.by("manager"))
    with story.leaves(EventKind.MEMBER_REMOVED):
        account_erasure.erase(Work(session, SHELL, story.now), story.people["editor"])
    subjects: tuple[Organisation | Cluster, ...] = (declaration.organisation, cluster)
    changes = (archive.begin_archive, EventKind.ARCHIVED), (archive.end_archive, EventKind.ARCHIVE_ENDED)
    for subject, (change, kind) in itertools.product(subjects, changes):
        with story.leaves(kind):
            change(session, subject, **story.by("manager"))
        with story.leaves():
            change(session, subject, **story.by("manager"))
    with story.leaves(EventKind.DECLARATION_DELETED):
        call_verb(declaration_deletion.delete_declaration, session, declaration, **story.by("owner"))
    assert EventKind.SECTION_SAVED not in {event.kind for event in story.events()}, "they come back with it"
    call_verb(declaration_deletion.restore_declaration, session, declaration, **story.by("owner"))
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
        call_verb(answer_save.save_section, session, declaration, section, submission, **story.by("editor"))
