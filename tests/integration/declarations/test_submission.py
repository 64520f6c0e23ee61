"""Submitting, signing off, taking back and publishing, on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import Decision, EventKind, State, TransitionNotAllowed
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.permissions import Actor, NotPermitted, can
from dnk_tool.domain.permissions import Permission as May
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.services.declarations import submission, transitions
from dnk_tool.services.editing.policy_subject import subject_of
from dnk_tool.services.invitations import secret_links
from dnk_tool.services.people.organisations import update_profile
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import sign_offs, versions
from dnk_tool.store.declarations.versions import VersionOutcome
from dnk_tool.store.publication import public_list, publications
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.publication import Publication
from dnk_tool.store.tables.review import RemarkRow
from tests.support.app import add_consent
from tests.support.declaration_scenario import CRAFT, LATER, NOW, DeclarationScenario, make_scenario
from tests.support.machine import run_at_once


@pytest.fixture
def play(session: Session) -> DeclarationScenario:
    return make_scenario(session)


# ---- Without a sign-off


def test_a_submitted_version_is_the_clusters_to_read(play: DeclarationScenario) -> None:
    snapshot = play.submit()
    assert play.declaration.state is State.SUBMITTED
    assert (snapshot.content, snapshot.cluster_id, snapshot.submitted_at) == (
        CRAFT.read_bytes(),
        play.cluster,
        NOW,
    )
    assert (play.declaration.cluster_id, play.declaration.submitted_at) == (play.cluster, NOW)
    assert play.may_review()
    assert play.readable_versions() == [1]
    submitted = play.session.scalars(select(Event).where(Event.kind == EventKind.SUBMITTED)).one()
    assert (submitted.cluster_id, submitted.detail) == (play.cluster, {"version": 1})


def test_without_a_cluster_it_is_finished(play: DeclarationScenario) -> None:
    snapshot = play.submit(to=False)
    assert play.declaration.state is State.FINISHED
    assert (snapshot.cluster_id, snapshot.submitted_at, play.declaration.cluster_id) == (None, None, None)
    past_versions = versions.versions(play.session, play.declaration.id)
    assert [version.outcome for version in past_versions] == [VersionOutcome.FINISHED]


@pytest.mark.parametrize("withdrawn", [True, False])
def test_only_a_cluster_of_ones_own_gets_it(play: DeclarationScenario, withdrawn: bool) -> None:
    if withdrawn:
        add_consent(play.session, play.declaration.organisation_id, play.other_cluster, withdrawn_at=NOW)
    with pytest.raises(sign_off_steps.NoConsent):
        submission.submit(
            Work(play.session, play.actor("editor"), NOW), play.declaration, cluster_id=play.other_cluster
        )
    assert play.declaration.state is State.DRAFT
    assert not declarations.snapshots(play.session, play.declaration.id)


@pytest.mark.parametrize("who", ["boss", "outside", "reviewer"])
def test_only_who_writes_submits(play: DeclarationScenario, who: str) -> None:
    with pytest.raises(NotPermitted):
        play.submit(who)


def test_with_gaps_nothing_is_submitted(play: DeclarationScenario) -> None:
    play.declaration.organisation.address = ""
    play.session.flush()
    play.session.expire_all()
    with pytest.raises(transitions.DeclarationIncomplete):
        play.submit()
    assert play.declaration.cluster_id is None
    assert play.declaration.state is State.DRAFT


# ---- With a sign-off


def test_until_it_is_confirmed_the_cluster_has_nothing(play: DeclarationScenario) -> None:
    play.require_sign_off()
    snapshot = play.submit(asks="boss")
    assert play.declaration.state is State.SIGNING
    assert (snapshot.cluster_id, snapshot.submitted_at, play.declaration.cluster_id) == (None, None, None)
    assert not play.may_review()
    assert play.readable_versions() == []
    asked = sign_offs.sign_off(play.session, play.declaration.id, 1)
    assert asked is not None
    assert (asked.signatory_id, asked.submits_to, asked.asked_by, asked.decision) == (
        play.people["boss"].id,
        play.cluster,
        play.people["editor"].id,
        None,
    )
    sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    assert play.declaration.state is State.SUBMITTED
    assert (asked.decision, asked.decided_at) == (Decision.CONFIRMED, LATER)
    assert (snapshot.cluster_id, snapshot.submitted_at) == (play.cluster, LATER)
    assert play.may_review()
    assert play.declaration.signatory_id is None
    assert play.events()[-2:] == [EventKind.SIGN_OFF_ASKED, EventKind.SUBMITTED]


def test_confirmed_without_a_cluster_it_is_finished(play: DeclarationScenario) -> None:
    play.require_sign_off()
    play.submit(to=False, asks="boss")
    past_versions = versions.versions(play.session, play.declaration.id)
    assert [(version.outcome, version.signatory) for version in past_versions] == [
        (VersionOutcome.WAITING, "Boss")
    ]
    sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    play.session.flush()
    assert play.declaration.state is State.FINISHED
    assert versions.versions(play.session, play.declaration.id)[0].outcome is VersionOutcome.FINISHED


def test_an_owner_confirms_at_once_and_an_editor_never(play: DeclarationScenario) -> None:
    play.require_sign_off()
    with pytest.raises(NotPermitted):
        play.submit("editor", asks="editor")
    assert play.declaration.state is State.DRAFT
    play.submit("owner", asks="owner")
    assert play.declaration.state is State.SUBMITTED
    asked = sign_offs.sign_off(play.session, play.declaration.id, 1)
    assert asked is not None
    assert asked.decision is Decision.CONFIRMED


def test_nobody_named_or_a_blocked_account_confirms_nothing(play: DeclarationScenario) -> None:
    play.require_sign_off()
    with pytest.raises(submission.NoSignatory):
        play.submit()
    play.people["boss"].active = False
    with pytest.raises(submission.NoSignatory):
        play.submit(asks="boss")
    with pytest.raises(submission.SignOffNeeded):
        submission.finish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    assert play.declaration.state is State.DRAFT


@pytest.mark.parametrize("who", ["owner", "editor", "outside", "reviewer"])
def test_only_who_was_asked_decides(play: DeclarationScenario, who: str) -> None:
    play.require_sign_off()
    play.submit(asks="boss")
    with pytest.raises(NotPermitted):
        sign_off_steps.confirm_sign_off(Work(play.session, play.actor(who), NOW), play.declaration)
    with pytest.raises(NotPermitted):
        sign_off_steps.decline_sign_off(Work(play.session, play.actor(who), NOW), play.declaration, "Nein")
    assert play.declaration.state is State.SIGNING


def test_somebody_from_outside_confirms_with_no_other_right(play: DeclarationScenario) -> None:
    play.require_sign_off()
    play.submit(asks="outside")
    guest = Actor(play.people["outside"].id)
    about = subject_of(play.session, play.declaration)
    granted = {permission for permission in May if can(permission, guest, about)} - {
        permission for permission in May if can(permission, guest)
    }
    assert granted == {May.DECLARATION_SIGN}
    sign_off_steps.confirm_sign_off(Work(play.session, guest, LATER), play.declaration)
    assert play.declaration.state is State.SUBMITTED
    with pytest.raises(NotPermitted):
        sign_off_steps.confirm_sign_off(Work(play.session, guest, LATER), play.declaration)


def from_draft(play: DeclarationScenario) -> State:
    return State.DRAFT


def from_reopened(play: DeclarationScenario) -> State:
    play.submit("owner", to=False, asks="owner")
    submission.reopen(Work(play.session, play.actor("editor"), NOW), play.declaration)
    return State.REOPENED


def from_changes_requested(play: DeclarationScenario) -> State:
    play.submit("owner", asks="owner")
    play.request_changes("13")
    return State.CHANGES_REQUESTED


WHENCE = [from_draft, from_reopened, from_changes_requested]


@pytest.mark.parametrize("whence", WHENCE)
def test_declined_it_is_back_where_it_came_from(
    play: DeclarationScenario, whence: Callable[[DeclarationScenario], State]
) -> None:
    play.require_sign_off()
    before = whence(play)
    number = play.declaration.version
    had = play.readable_versions()
    play.submit(asks="boss")
    for reason in ("", " \n ", "x" * 2_001):
        with pytest.raises(sign_off_steps.InvalidDeclineReason):
            sign_off_steps.decline_sign_off(
                Work(play.session, play.actor("boss"), LATER), play.declaration, reason
            )
    sign_off_steps.decline_sign_off(
        Work(play.session, play.actor("boss"), LATER), play.declaration, " Die Zahl stimmt nicht.\r\n"
    )
    assert play.declaration.state is before
    assert play.declaration.version == number + 1
    assert (play.declaration.resumes, play.declaration.signatory_id) == (None, None)
    declined = sign_offs.sign_off(play.session, play.declaration.id, number)
    assert declined is not None
    assert (declined.decision, declined.reason) == (Decision.DECLINED, "Die Zahl stimmt nicht.")
    assert play.readable_versions() == had, "reviewers never see a version that was declined"
    assert versions.versions(play.session, play.declaration.id)[0].outcome is VersionOutcome.DECLINED
    assert "stimmt nicht" not in str([event.detail for event in play.session.scalars(select(Event))])
    play.submit(asks="boss", now=LATER)
    sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    assert play.readable_versions() == [number + 1, *had]


@pytest.mark.parametrize("whence", WHENCE)
def test_taken_back_before_the_answer(
    play: DeclarationScenario, whence: Callable[[DeclarationScenario], State]
) -> None:
    play.require_sign_off()
    before = whence(play)
    number = play.declaration.version
    play.submit(asks="boss")
    _link, token = secret_links.create_invitation(
        play.session,
        InvitationKind.SIGN_OFF,
        email="boss@example.org",
        language="de",
        by=play.people["editor"].id,
        now=NOW,
        declaration_id=play.declaration.id,
    )
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    play.session.flush()
    assert play.declaration.state is before
    withdrawn = sign_offs.sign_off(play.session, play.declaration.id, number)
    assert withdrawn is not None
    assert withdrawn.decision is Decision.WITHDRAWN
    assert versions.versions(play.session, play.declaration.id)[0].outcome is VersionOutcome.TAKEN_BACK
    with pytest.raises(secret_links.InvalidInvitationLink) as over:
        secret_links.usable_invitation(play.session, token, InvitationKind.SIGN_OFF, now=LATER)
    assert over.value.why is secret_links.LinkFault.REVOKED
    with pytest.raises(NotPermitted):
        sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)


def test_the_answer_uses_the_link_up(play: DeclarationScenario) -> None:
    play.require_sign_off()
    play.submit(asks="outside")
    given = {"email": "outside@example.org", "language": "de", "by": None, "now": NOW}
    _link, token = secret_links.create_invitation(
        play.session, InvitationKind.SIGN_OFF, declaration_id=play.declaration.id, **given
    )
    _other, contribution = secret_links.create_invitation(
        play.session, InvitationKind.CONTRIBUTION, declaration_id=play.declaration.id, **given
    )
    sign_off_steps.decline_sign_off(
        Work(play.session, play.actor("outside"), LATER), play.declaration, "Nein."
    )
    play.session.flush()
    with pytest.raises(secret_links.InvalidInvitationLink) as over:
        secret_links.usable_invitation(play.session, token, InvitationKind.SIGN_OFF, now=LATER)
    assert over.value.why is secret_links.LinkFault.USED
    assert secret_links.usable_invitation(play.session, contribution, InvitationKind.CONTRIBUTION, now=LATER)


def test_a_profile_changed_meanwhile_does_not_change_what_is_confirmed(play: DeclarationScenario) -> None:
    play.require_sign_off()
    snapshot = play.submit(asks="boss")
    organisation = play.declaration.organisation
    profile = replace(declarations.profile_of(organisation), name="Umbenannt GmbH", address="")
    update_profile(
        Work(play.session, play.actor("owner"), NOW), organisation, profile, seen=organisation.version
    )
    sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    play.session.flush()
    play.session.expire_all()
    assert snapshot.content == CRAFT.read_bytes()
    assert play.declaration.state is State.SUBMITTED


def test_nothing_goes_to_a_cluster_that_was_left_meanwhile(play: DeclarationScenario) -> None:
    play.require_sign_off()
    snapshot = play.submit(asks="boss")
    consent = clusters.find_consent(play.session, play.declaration.organisation_id, play.cluster)
    assert consent is not None
    consent.withdrawn_at = NOW
    play.session.flush()
    with pytest.raises(sign_off_steps.NoConsent):
        sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    assert (snapshot.cluster_id, play.declaration.state) == (None, State.SIGNING)
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    play.submit(to=False, asks="boss")
    sign_off_steps.confirm_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration)
    assert play.declaration.state is State.FINISHED


def test_the_rule_is_the_owners(play: DeclarationScenario) -> None:
    organisation = play.declaration.organisation
    with pytest.raises(NotPermitted):
        sign_off_steps.change_sign_off_rule(
            Work(play.session, play.actor("editor"), NOW), organisation, is_required=True
        )
    for is_required in (True, True, False):
        sign_off_steps.change_sign_off_rule(
            Work(play.session, play.actor("owner"), NOW), organisation, is_required=is_required
        )
        assert organisation.requires_sign_off is is_required
    play.session.flush()
    changed = play.session.scalars(select(Event).where(Event.kind == EventKind.SIGN_OFF_RULE_CHANGED))
    assert [event.detail for event in changed] == [{"required": True}, {"required": False}]


# ---- Taking back, resubmitting


def test_a_recalled_version_is_closed_to_the_cluster(play: DeclarationScenario) -> None:
    snapshot = play.submit()
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    assert (play.declaration.state, play.declaration.version) == (State.REOPENED, 2)
    assert (snapshot.cluster_id, play.declaration.cluster_id, play.declaration.submitted_at) == (None,) * 3
    assert not play.may_review()
    assert play.readable_versions() == []
    assert versions.versions(play.session, play.declaration.id)[0].outcome is VersionOutcome.TAKEN_BACK
    recalled = play.session.scalars(select(Event).where(Event.kind == EventKind.RECALLED)).one()
    assert recalled.cluster_id == play.cluster, "the cluster learns that it is gone"


def test_of_two_rounds_only_the_recalled_one_is_closed(play: DeclarationScenario) -> None:
    play.submit()
    play.request_changes("13")
    play.submit()
    assert play.readable_versions() == [2, 1]
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    assert play.readable_versions() == [1]
    assert play.declaration.cluster_id == play.cluster
    assert (play.declaration.state, play.declaration.version) == (State.REOPENED, 3)


def test_a_review_that_is_ended_by_the_company(play: DeclarationScenario) -> None:
    play.submit()
    play.request_changes("13", remark="Bitte ergänzen.")
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    assert (play.declaration.state, play.declaration.version) == (State.REOPENED, 2)
    assert play.readable_versions() == []
    assert not play.may_review()
    play.submit(to=False)
    assert play.declaration.state is State.FINISHED


def test_a_recall_does_not_answer_what_was_asked(play: DeclarationScenario) -> None:
    play.submit()
    play.request_changes("13", remark="Welche Bezugsgröße?")
    play.remark("14", "Zu einem Teil, der gesperrt war.")
    work = Work(play.session, play.actor("editor"), LATER)
    assert submission.recall(work, play.declaration) == play.cluster
    with pytest.raises(submission.RemarksUnanswered) as refused:
        play.submit()
    asked = refused.value.threads
    assert [thread.first.text for thread in asked] == [
        "Welche Bezugsgröße?",
        "Zu einem Teil, der gesperrt war.",
    ]
    assert submission.unanswered_remarks(play.session, play.declaration, [play.other_cluster]) == []
    for thread in asked:
        play.answer(thread)
    play.submit()
    assert play.declaration.state is State.SUBMITTED


def test_a_part_that_is_not_asked_for_any_more_waits_for_nothing(play: DeclarationScenario) -> None:
    play.submit()
    play.remark("14", "Und die Zahlen?")
    submission.recall(Work(play.session, play.actor("editor"), LATER), play.declaration)
    assert len(submission.unanswered_remarks(play.session, play.declaration, [play.cluster])) == 1
    play.session.scalars(select(RemarkRow)).one().section = "L99"
    assert submission.unanswered_remarks(play.session, play.declaration, [play.cluster]) == []


@pytest.mark.parametrize("state", [State.DRAFT, State.FINISHED])
def test_what_waits_for_nobody_is_not_taken_back(play: DeclarationScenario, state: State) -> None:
    if state is State.FINISHED:
        play.submit(to=False)
    with pytest.raises(TransitionNotAllowed):
        submission.recall(Work(play.session, play.actor("editor"), NOW), play.declaration)


def test_each_remark_needs_an_answer_first(play: DeclarationScenario) -> None:
    play.submit()
    play.remark("1", "Nebenbei: schön.")
    play.remark("13", "Nur unter uns.", Audience.REVIEWERS)
    play.request_changes("13", "14", remark="Welche Bezugsgröße?")
    with pytest.raises(submission.RemarksUnanswered) as refused:
        play.submit()
    assert [thread.first.text for thread in refused.value.threads] == ["Welche Bezugsgröße?"]
    assert play.declaration.state is State.CHANGES_REQUESTED
    assert len(declarations.snapshots(play.session, play.declaration.id)) == 1
    play.answer(refused.value.threads[0])
    play.submit()
    assert play.declaration.state is State.SUBMITTED
    play.request_changes("13")
    assert submission.unanswered_remarks(play.session, play.declaration, [play.cluster]) == []


def test_an_answer_that_did_not_satisfy_needs_another(play: DeclarationScenario) -> None:
    play.submit()
    play.request_changes("13", remark="Welche Bezugsgröße?")
    [thread] = submission.unanswered_remarks(play.session, play.declaration, [play.cluster])
    play.answer(thread)
    play.submit()
    threads = remarks.threads(
        play.session, play.declaration.id, ReviewSide.REVIEWERS, cluster_id=play.cluster
    )
    [again] = [candidate for candidate in threads if candidate.id == thread.id]
    review_remarks.answer_thread(
        Work(play.session, play.actor("reviewer"), LATER),
        play.declaration,
        again,
        "Das reicht noch nicht.",
        side=ReviewSide.REVIEWERS,
        version=2,
    )
    play.request_changes("13")
    with pytest.raises(submission.RemarksUnanswered):
        play.submit()


@pytest.mark.parametrize("has_sign_off", [True, False])
def test_changes_that_were_requested_go_back_to_who_requested_them(
    play: DeclarationScenario, has_sign_off: bool
) -> None:
    play.submit()
    play.request_changes("13")
    add_consent(play.session, play.declaration.organisation_id, play.other_cluster)
    if has_sign_off:
        play.require_sign_off()
    for target in (None, play.other_cluster):
        with pytest.raises(TransitionNotAllowed):
            submission.submit(
                Work(play.session, play.actor("owner"), NOW),
                play.declaration,
                cluster_id=target,
                signatory=play.people["owner"],
            )
    assert play.declaration.state is State.CHANGES_REQUESTED


# ---- Publishing


def test_a_finished_version_is_published_under_an_address_that_stays(play: DeclarationScenario) -> None:
    play.submit(to=False)
    first = publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    slug = first.slug
    assert slug.startswith("steinmetzwerkstatt-quenzel-und-marschall-gbr-2025-")
    assert len(slug.rsplit("-", 1)[1]) == 8
    submission.reopen(Work(play.session, play.actor("editor"), NOW), play.declaration)
    same = publishing_steps.publish(Work(play.session, play.actor("owner"), LATER), play.declaration)
    assert (same.version, same.published_at) == (1, NOW), (
        "it stays readable, and what is in work does not count"
    )
    play.submit(to=False)
    second = publishing_steps.publish(Work(play.session, play.actor("owner"), LATER), play.declaration)
    play.session.flush()
    assert (second.slug, second.version, second.published_at) == (slug, 2, LATER)
    assert [publication.slug for publication in play.session.scalars(select(Publication))] == [slug]


@pytest.mark.parametrize("who", ["editor", "boss", "outside", "reviewer"])
def test_only_an_owner_publishes(play: DeclarationScenario, who: str) -> None:
    play.submit(to=False)
    with pytest.raises(NotPermitted):
        publishing_steps.publish(Work(play.session, play.actor(who), NOW), play.declaration)
    publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    with pytest.raises(NotPermitted):
        publishing_steps.unpublish(Work(play.session, play.actor(who), NOW), play.declaration)


def test_what_is_under_review_is_not_published(play: DeclarationScenario) -> None:
    play.submit()
    with pytest.raises(TransitionNotAllowed):
        publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    play.approve()
    publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    play.session.flush()
    assert public_list.count_published(play.session) == 1


def test_taken_back_and_published_again(play: DeclarationScenario) -> None:
    play.submit(to=False)
    owner = play.actor("owner")
    slug = publishing_steps.publish(Work(play.session, owner, NOW), play.declaration).slug
    publishing_steps.unpublish(Work(play.session, owner, LATER), play.declaration)
    publishing_steps.unpublish(Work(play.session, owner, LATER), play.declaration)
    play.session.flush()
    assert sign_offs.publication(play.session, play.declaration.id) is None
    assert not publications.any_published(play.session)
    again = publishing_steps.publish(Work(play.session, owner, LATER), play.declaration)
    assert (again.slug, again.revoked_at, again.revoked_by) == (slug, None, None)
    kinds = [kind for kind in play.events() if kind in (EventKind.PUBLISHED, EventKind.UNPUBLISHED)]
    assert kinds == [EventKind.PUBLISHED, EventKind.UNPUBLISHED, EventKind.PUBLISHED]


@pytest.mark.parametrize("stage", ["reopened", "submitted", "signing"])
def test_a_done_version_is_published_again_while_the_next_is_in_work(
    play: DeclarationScenario, stage: str
) -> None:
    owner = play.actor("owner")
    play.submit(to=False)
    slug = publishing_steps.publish(Work(play.session, owner, NOW), play.declaration).slug
    submission.reopen(Work(play.session, play.actor("editor"), NOW), play.declaration)
    if stage != "reopened":
        play.go_to_stage(stage)
    before = play.declaration.state
    publishing_steps.unpublish(Work(play.session, owner, NOW), play.declaration)
    again = publishing_steps.publish(Work(play.session, owner, LATER), play.declaration)
    play.session.flush()
    assert (again.slug, again.version, again.revoked_at) == (slug, 1, None)
    assert (play.declaration.state, play.declaration.version) == (before, 2)
    kinds = (EventKind.PUBLISHED, EventKind.UNPUBLISHED)
    told = play.session.scalars(select(Event).where(Event.kind.in_(kinds)))
    assert [event.detail["version"] for event in told] == [1, 1, 1]


def test_taking_back_while_a_sign_off_is_awaited_disturbs_nothing(play: DeclarationScenario) -> None:
    play.submit(to=False)
    publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    submission.reopen(Work(play.session, play.actor("editor"), NOW), play.declaration)
    play.require_sign_off()
    play.submit(asks="boss")
    publishing_steps.unpublish(Work(play.session, play.actor("owner"), NOW), play.declaration)
    assert play.declaration.signatory_id == play.people["boss"].id
    sign_off_steps.decline_sign_off(Work(play.session, play.actor("boss"), LATER), play.declaration, "Nein.")
    assert play.declaration.state is State.REOPENED


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Müller & Söhne GmbH", "mueller-und-soehne-gmbh-2025-"),
        ("Ærøskøbing A/S", "rskbing-a-s-2025-"),
        ("日本", "erklaerung-2025-"),
        ("x" * 500, "x" * 50 + "-2025-"),
        ("../<script>", "script-2025-"),
    ],
)
def test_an_address_can_be_read_aloud(play: DeclarationScenario, name: str, begins: str) -> None:
    play.submit(to=False)
    play.declaration.organisation.name = name
    play.declaration.reporting_year = 2025
    slug = publishing_steps.publish(Work(play.session, play.actor("owner"), NOW), play.declaration).slug
    assert slug.startswith(begins)
    assert len(slug) <= 80


def twenty_at_once(
    store: sessionmaker[Session], declaration_id: int, verb: Callable[[Session, Declaration], object]
) -> list[object]:
    """The same verb in twenty threads at the same moment; what each gave or raised."""
    start, results = threading.Barrier(20), []

    def run() -> None:
        with write_session(store) as session:
            start.wait(60)
            try:
                declaration = declarations.by_id(session, declaration_id)
                assert declaration is not None
                result = verb(session, declaration)
                session.commit()
            except Exception as error:  # noqa: BLE001  whatever was raised is the result
                session.rollback()
                result = error
            results.append(result)

    run_at_once([run] * 20)
    return results


def test_twenty_publish_at_once_and_it_is_published_once(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        play = make_scenario(session)
        play.submit(to=False)
        owner, declaration_id = play.actor("owner"), play.declaration.id
        session.commit()
    results = twenty_at_once(
        store, declaration_id, lambda s, d: publishing_steps.publish(Work(s, owner, NOW), d).slug
    )
    assert len(results) == 20
    assert len(set(map(str, results))) == 1, results
    with store() as session:
        assert [publication.slug for publication in session.scalars(select(Publication))] == results[:1]
        events = session.scalars(select(Event).where(Event.kind == EventKind.PUBLISHED)).all()
        assert len(events) == 1


def test_twenty_confirm_at_once_and_one_does(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        play = make_scenario(session)
        play.require_sign_off()
        play.submit(asks="boss")
        boss, declaration_id = play.actor("boss"), play.declaration.id
        session.commit()
    results = twenty_at_once(
        store, declaration_id, lambda s, d: sign_off_steps.confirm_sign_off(Work(s, boss, NOW), d)
    )
    refused = [outcome for outcome in results if isinstance(outcome, NotPermitted | TransitionNotAllowed)]
    assert (len(results), len(refused)) == (20, 19)
    with store() as session:
        events = session.scalars(select(Event).where(Event.kind == EventKind.SUBMITTED)).all()
        assert len(events) == 1


def test_twenty_submit_at_once_and_one_does(store: sessionmaker[Session]) -> None:
    with write_session(store) as session:
        play = make_scenario(session)
        editor, cluster, declaration_id = play.actor("editor"), play.cluster, play.declaration.id
        session.commit()
    results = twenty_at_once(
        store,
        declaration_id,
        lambda s, d: submission.submit(Work(s, editor, NOW), d, cluster_id=cluster),
    )
    assert sum(isinstance(outcome, TransitionNotAllowed) for outcome in results) == 19, results
