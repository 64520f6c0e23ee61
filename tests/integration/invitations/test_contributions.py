"""Questions by mail on both engines: who may ask, what a link opens, and when it is over."""

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.declarations.states import EventKind, State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.invitations import InvitationKind
from dnk_tool.domain.people import RoleGrant
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted, Role
from dnk_tool.language import local_day
from dnk_tool.services.accounts import passwords
from dnk_tool.services.accounts.lifecycle import InvalidAddress, create_account
from dnk_tool.services.answers.save import SectionEdit, SectionSaveOutcome, save_section
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.invitations import contribution_requests as answer_requests
from dnk_tool.services.invitations import contributions
from dnk_tool.services.invitations.contribution_requests import (
    ContributionAlreadyRequested,
    InvalidRequestScope,
    MessageTooLong,
    ReminderTooSoon,
)
from dnk_tool.services.invitations.contributions import NothingAnswered, contributor_account
from dnk_tool.services.invitations.secret_links import LIFETIME, InvalidInvitationLink, LinkFault
from dnk_tool.services.people import members
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.invitations import contribution_requests, requesters
from dnk_tool.store.invitations.contribution_requests import ContributionRequestStage, request_stage
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.invitations import Invitation
from tests.integration.conftest import company_with_people, person
from tests.support.declaration_scenario import wrote

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOMORROW = NOW + timedelta(days=1)
INDICATOR = "GRI-SRS-305-1"


def ask_contributor(
    session: Session,
    declaration: Declaration,
    actor: Actor,
    *,
    refs: Collection[str] = ("15.1",),
    email: str = "karl@example.org",
    message: str = "",
    now: datetime = NOW,
) -> tuple[Invitation, str]:
    return answer_requests.request_contribution(
        Work(session, actor, now),
        declaration,
        email=email,
        name="Karl Kurz",
        refs=refs,
        message=message,
        language="de",
    )


def stage_of(session: Session, question: Invitation, *, now: datetime) -> ContributionRequestStage:
    known = requesters.members_who_may_ask(session, question.organisation_id or 0, today=local_day(now))
    return request_stage(question, now=now, askers=known)


def save_by_link(
    session: Session, token: str, submission: SectionEdit, *, now: datetime = LATER, name: str = ""
) -> SectionSaveOutcome:
    contribution = contributions.find_contribution(session, token, now=now)
    return contributions.save_contribution(session, contribution, submission, token=token, name=name, now=now)


def send_off(session: Session, token: str, *, now: datetime = LATER) -> int:
    contribution = contributions.find_contribution(session, token, now=now)
    return contributions.complete_contribution(
        session, contribution, token=token, name="Karl Kurz", now=now
    ).id


def answer_texts(session: Session, declaration: Declaration) -> dict[str, str]:
    session.flush()
    answers = declarations.read_content(session, declaration).sheet.answers
    return {ref: answer.text for ref, answer in answers.items()}


def contribution_fault(session: Session, token: str, *, now: datetime = LATER) -> LinkFault:
    with pytest.raises(InvalidInvitationLink) as error:
        contributions.find_contribution(session, token, now=now)
    return error.value.why


def declaration_events(session: Session, declaration: Declaration, kind: EventKind) -> list[Event]:
    session.flush()
    statement = select(Event).where(Event.declaration_id == declaration.id, Event.kind == kind)
    return list(session.scalars(statement))


def test_a_question_is_answered(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, token = ask_contributor(session, declaration, actor, message=" Bis Freitag, bitte. \r\n")
    assert (question.kind, question.refs, question.organisation_id) == (
        InvitationKind.CONTRIBUTION,
        ["15.1"],
        declaration.organisation_id,
    )
    assert question.message == "Bis Freitag, bitte."
    assert stage_of(session, question, now=NOW) is ContributionRequestStage.OPEN
    save_by_link(session, token, SectionEdit({"15.1": wrote("Von Karl.")}), name="Karl  Kurz")
    assert stage_of(session, question, now=LATER) is ContributionRequestStage.BEGUN
    guest = send_off(session, token)
    assert stage_of(session, question, now=LATER) is ContributionRequestStage.ANSWERED
    assert (question.accepted_at, question.accepted_by) == (LATER, guest)
    assert answer_texts(session, declaration) == {"15.1": "Von Karl."}
    content = declarations.read_content(session, declaration)
    assert accounts.name_of(session, content.changes["15.1"].by) == "Karl Kurz"
    assert contribution_fault(session, token) is LinkFault.USED


def test_the_trail_says_what_was_asked_and_never_whom(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    question, token = ask_contributor(session, declaration, actor, message="Lieber Karl")
    save_by_link(session, token, SectionEdit({"15.1": wrote("Von Karl.")}))
    guest = send_off(session, token)
    second, _ = ask_contributor(session, declaration, actor, refs=["15.2"])
    answer_requests.revoke_request(Work(session, actor, LATER), declaration, second)
    [asked, _again] = declaration_events(session, declaration, EventKind.CONTRIBUTION_ASKED)
    [answered] = declaration_events(session, declaration, EventKind.CONTRIBUTION_ANSWERED)
    [revoked] = declaration_events(session, declaration, EventKind.CONTRIBUTION_REVOKED)
    assert asked.detail == {"section": "15", "refs": ["15.1"], "invitation": question.id}
    assert (asked.actor_id, answered.actor_id, revoked.actor_id) == (actor.user_id, guest, actor.user_id)
    for event in session.scalars(select(Event)):
        assert not any(word in str(event.detail) for word in ("karl", "Karl", "Kurz", "Von", token))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, None])
def test_only_who_may_edit_everything_asks(
    session: Session, declaration: Declaration, actor: Actor, role: Role | None
) -> None:
    question, _ = ask_contributor(session, declaration, actor)
    own = declaration.organisation_id
    other = Actor(2, {own: role} if role else {}, {own: frozenset({"15"})}, {1: ClusterRole.MANAGER})
    with pytest.raises(NotPermitted):
        ask_contributor(session, declaration, other, refs=["15.2"])
    with pytest.raises(NotPermitted):
        answer_requests.remind_of_request(Work(session, other, TOMORROW), declaration, question)
    with pytest.raises(NotPermitted):
        answer_requests.revoke_request(Work(session, other, LATER), declaration, question)


@pytest.mark.parametrize("refs", [[], ["nichts"], ["15.1", "16.1"], ["15.1", "nichts"], [f"{INDICATOR}.a"]])
def test_a_question_is_about_one_section(
    session: Session, declaration: Declaration, actor: Actor, refs: list[str]
) -> None:
    with pytest.raises(InvalidRequestScope):
        ask_contributor(session, declaration, actor, refs=refs)


def test_a_question_needs_an_address_and_few_words(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    with pytest.raises(InvalidAddress):
        ask_contributor(session, declaration, actor, email="karl")
    with pytest.raises(MessageTooLong):
        ask_contributor(session, declaration, actor, message="x" * 2001)


def test_pressing_twice_asks_once(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, _token = ask_contributor(session, declaration, actor, refs=["15.1", "15.2"])
    with pytest.raises(ContributionAlreadyRequested) as error:
        ask_contributor(session, declaration, actor, refs=["15.2"], email="KARL@example.org")
    assert error.value.question is question
    ask_contributor(session, declaration, actor, refs=["15.3"])
    ask_contributor(session, declaration, actor, refs=["15.2"], email="else@example.org")
    answer_requests.revoke_request(Work(session, actor, LATER), declaration, question)
    ask_contributor(session, declaration, actor, refs=["15.2"])


@given(
    asked=st.sets(st.sampled_from(["15.1", "15.2", "15.3"]), min_size=1),
    sent=st.sets(st.sampled_from(["15.1", "15.2", "15.3"]), min_size=1),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_link_opens_what_was_asked_and_nothing_else(
    session: Session, declaration: Declaration, actor: Actor, asked: set[str], sent: set[str]
) -> None:
    with session.begin_nested() as trial:
        _question, token = ask_contributor(session, declaration, actor, refs=asked, email="wer@example.org")
        before = answer_texts(session, declaration)
        submission = SectionEdit({ref: wrote(f"Neu in {ref}") for ref in sent}, done=True)
        if sent <= asked:
            assert set(save_by_link(session, token, submission).versions) == sent
        else:
            with pytest.raises(NotPermitted):
                save_by_link(session, token, submission)
            assert answer_texts(session, declaration) == before
        assert declarations.done_sections(session, declaration.id) == frozenset(), (
            "nobody but an editor says that it is done"
        )
        trial.rollback()


def test_figures_of_other_indicators_stay_closed(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    selection = declarations.selection_of(declaration)
    own, foreign = (
        next(item.datapoint.key for item in selection.requirements[ref].items if item.datapoint)
        for ref in (INDICATOR, "GRI-SRS-305-2")
    )
    _question, token = ask_contributor(session, declaration, actor, refs=[INDICATOR])
    figure = VersionedEdit(Figure(Decimal("12.5"), "t-co2e", Quality.MEASURED), 0)
    outcome = save_by_link(session, token, SectionEdit(figures={own: figure}))
    assert outcome.versions == {own: 1}
    with pytest.raises(NotPermitted):
        save_by_link(session, token, SectionEdit(figures={foreign: figure}))
    with pytest.raises(NotPermitted):
        save_by_link(session, token, SectionEdit(figures={own: figure, foreign: figure}))
    assert set(declarations.read_content(session, declaration).sheet.figures) == {own}


def test_the_content_behind_a_link_holds_nothing_else(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """Not even a figure that follows from others: last year's, this year's or a sum."""
    section = declarations.selection_of(declaration).section_by_ref["18"]
    points = [i.datapoint for r in section.all_requirements for i in r.items if i.datapoint]
    total = next(point for point in points if point.computed)
    figures = {point.key: VersionedEdit(Figure(Decimal(7), point.default_unit), 0) for point in points}
    del figures[total.key]
    other = VersionedEdit(Answer(Disclosure.EXPLAIN, explanation="Geheim"), 0)
    submission = SectionEdit({"18.1": wrote("Gefragt"), "GRI-SRS-201-1": other}, figures, done=True)
    save_section(Work(session, actor, NOW), declaration, section, submission)
    session.flush()
    content = declarations.read_content(session, declaration)
    assert content.sheet.figure(total).value is not None, "the wizard would show the sum"
    narrow = content.for_section(section.restricted_to({"18.1"}))
    assert set(narrow.sheet.answers) == set(narrow.changes) == {"18.1"}
    assert narrow.sheet.figure(total).value is None
    assert (narrow.figures, narrow.figure_changes) == ({}, {})
    assert (narrow.sheet.done, narrow.sheet.profile) == (frozenset(), None)
    assert content.for_section(section).sheet.figure(total).value is not None


def test_nothing_readable_saves_nothing(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, token = ask_contributor(session, declaration, actor)
    assert save_by_link(session, token, SectionEdit()).versions == {}
    assert stage_of(session, question, now=LATER) is ContributionRequestStage.OPEN


def test_an_empty_answer_is_not_sent_off(session: Session, declaration: Declaration, actor: Actor) -> None:
    _question, token = ask_contributor(session, declaration, actor)
    save_section(
        Work(session, actor, NOW),
        declaration,
        declarations.selection_of(declaration).section_by_ref["15"],
        SectionEdit({"15.2": wrote("Das wurde nicht gefragt.")}),
    )
    session.flush()
    with pytest.raises(NothingAnswered):
        send_off(session, token)
    save_by_link(
        session,
        token,
        SectionEdit({"15.1": VersionedEdit(Answer(Disclosure.EXPLAIN, explanation="Noch nie."), 0)}),
    )
    send_off(session, token)


def test_a_reminder_kills_the_old_link(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, first = ask_contributor(session, declaration, actor)
    save_by_link(session, first, SectionEdit({"15.1": wrote("Angefangen")}))
    with pytest.raises(ReminderTooSoon) as error:
        answer_requests.remind_of_request(Work(session, actor, LATER), declaration, question)
    assert error.value.after == TOMORROW
    second = answer_requests.remind_of_request(Work(session, actor, TOMORROW), declaration, question)
    session.flush()
    assert contribution_fault(session, first, now=TOMORROW) is LinkFault.REPLACED
    assert (question.times_sent, question.sent_at) == (2, TOMORROW)
    assert question.expires_at == TOMORROW + LIFETIME[InvitationKind.CONTRIBUTION]
    assert answer_texts(session, declaration) == {"15.1": "Angefangen"}
    save_by_link(session, second, SectionEdit({"15.1": wrote("Fertig", seen=1)}), now=TOMORROW)
    with pytest.raises(ReminderTooSoon):
        answer_requests.remind_of_request(
            Work(session, actor, TOMORROW + timedelta(hours=23)), declaration, question
        )


def test_an_expired_link_is_sent_anew(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, token = ask_contributor(session, declaration, actor)
    too_late = question.expires_at
    assert contribution_fault(session, token, now=too_late) is LinkFault.EXPIRED
    assert stage_of(session, question, now=too_late) is ContributionRequestStage.EXPIRED
    fresh = answer_requests.remind_of_request(Work(session, actor, too_late), declaration, question)
    session.flush()
    assert contributions.find_contribution(session, fresh, now=too_late).invitation is question


def test_what_is_over_stays_over(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, token = ask_contributor(session, declaration, actor)
    answer_requests.revoke_request(Work(session, actor, LATER), declaration, question)
    assert contribution_fault(session, token) is LinkFault.REVOKED
    assert stage_of(session, question, now=LATER) is ContributionRequestStage.REVOKED
    for verb in (answer_requests.revoke_request, answer_requests.remind_of_request):
        with pytest.raises(InvalidInvitationLink):
            verb(Work(session, actor, TOMORROW), declaration, question)
    answered, token = ask_contributor(session, declaration, actor)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Da")}))
    send_off(session, token)
    for verb in (answer_requests.revoke_request, answer_requests.remind_of_request):
        with pytest.raises(InvalidInvitationLink):
            verb(Work(session, actor, TOMORROW), declaration, answered)
    assert answer_texts(session, declaration) == {"15.1": "Da"}


def remove_asker(session: Session, declaration: Declaration, owner: Actor, asker: Actor) -> None:
    members.remove_member(Work(session, owner, NOW), declaration.organisation_id, asker.user_id or 0)


def downgrade(session: Session, declaration: Declaration, owner: Actor, asker: Actor) -> None:
    place = RoleGrant(Role.VIEWER)
    company_id, user_id = declaration.organisation_id, asker.user_id or 0
    members.change_member(Work(session, owner, NOW), company_id, user_id, place)


def lose_asker(session: Session, declaration: Declaration, _owner: Actor, asker: Actor) -> None:
    members.remove_member(Work(session, asker, NOW), declaration.organisation_id, asker.user_id or 0)


def erase_asker(session: Session, _declaration: Declaration, _owner: Actor, asker: Actor) -> None:
    account_erasure.erase(Work(session, asker, NOW), session.get_one(Account, asker.user_id))


def block(session: Session, _declaration: Declaration, _owner: Actor, asker: Actor) -> None:
    session.get_one(Account, asker.user_id).active = False


def end_by_date(session: Session, declaration: Declaration, _owner: Actor, asker: Actor) -> None:
    row = memberships.find(session, declaration.organisation_id, asker.user_id or 0)
    assert row is not None
    row.until = NOW.date() - timedelta(days=1)


@pytest.mark.parametrize("lose", [remove_asker, downgrade, lose_asker, erase_asker, block, end_by_date])
def test_a_link_rests_once_who_asked_may_not_ask_any_more(
    session: Session,
    declaration: Declaration,
    actor: Actor,
    colleague: Actor,
    lose: Callable[[Session, Declaration, Actor, Actor], None],
) -> None:
    """Whoever was removed must not come back by a question to an address of their own."""
    question, token = ask_contributor(session, declaration, colleague)
    contribution = contributions.find_contribution(session, token, now=NOW)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Angefangen")}))
    lose(session, declaration, actor, colleague)
    session.flush()
    session.expire_all()
    assert contribution_fault(session, token) is LinkFault.RESTING
    late = {"token": token, "name": "Karl", "now": LATER}
    with pytest.raises(InvalidInvitationLink):
        contributions.save_contribution(
            session, contribution, SectionEdit({"15.1": wrote("Zu spät", seen=1)}), **late
        )  # type: ignore[arg-type]
    with pytest.raises(InvalidInvitationLink):
        contributions.complete_contribution(session, contribution, **late)  # type: ignore[arg-type]
    assert answer_texts(session, declaration) == {"15.1": "Angefangen"}
    assert stage_of(session, question, now=LATER) is ContributionRequestStage.RESTING
    counts = contribution_requests.count_by_stage(session, declaration, now=LATER)
    assert (counts.unanswered, counts.resting, counts.answered) == (1, 1, 0)
    assert contributions.asker_of(session, question, now=LATER) is None


def test_whoever_reminds_takes_the_question_over(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    question, token = ask_contributor(session, declaration, colleague)
    remove_asker(session, declaration, actor, colleague)
    session.flush()
    fresh = answer_requests.remind_of_request(Work(session, actor, LATER), declaration, question)
    session.flush()
    assert question.created_by == actor.user_id
    assert contribution_fault(session, token) is LinkFault.REPLACED, "the link before is dead"
    assert contributions.find_contribution(session, fresh, now=LATER).asker.id == actor.user_id
    with pytest.raises(ReminderTooSoon):
        answer_requests.remind_of_request(Work(session, actor, LATER), declaration, question)


def test_a_question_that_rests_may_be_asked_anew(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    ask_contributor(session, declaration, colleague)
    remove_asker(session, declaration, actor, colleague)
    session.flush()
    _question, token = ask_contributor(session, declaration, actor)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Neu gefragt")}))


def test_whoever_may_ask_again_stands_for_their_questions_again(
    session: Session, declaration: Declaration, actor: Actor, colleague: Actor
) -> None:
    _question, token = ask_contributor(session, declaration, colleague)
    downgrade(session, declaration, actor, colleague)
    session.flush()
    assert contribution_fault(session, token) is LinkFault.RESTING
    place = RoleGrant(Role.EDITOR)
    company_id, user_id = declaration.organisation_id, colleague.user_id or 0
    members.change_member(Work(session, actor, NOW), company_id, user_id, place)
    session.flush()
    assert contributions.find_contribution(session, token, now=LATER).asker.id == user_id


@pytest.mark.parametrize("state", [State.SUBMITTED, State.FINISHED, State.CHANGES_REQUESTED])
def test_a_locked_section_takes_no_answer(
    session: Session, declaration: Declaration, actor: Actor, state: State
) -> None:
    question, token = ask_contributor(session, declaration, actor)
    declaration.state = state
    session.flush()
    with pytest.raises(Locked):
        save_by_link(session, token, SectionEdit({"15.1": wrote("Zu spät")}))
    with pytest.raises(Locked):
        ask_contributor(session, declaration, actor, refs=["15.2"])
    with pytest.raises(Locked):
        answer_requests.remind_of_request(Work(session, actor, TOMORROW), declaration, question)
    assert answer_texts(session, declaration) == {}
    answer_requests.revoke_request(Work(session, actor, LATER), declaration, question)


def test_two_texts_collide_and_neither_is_lost(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    _question, token = ask_contributor(session, declaration, actor)
    section = declarations.selection_of(declaration).section_by_ref["15"]
    mine = SectionEdit({"15.1": wrote("Von der Chefin")})
    save_section(Work(session, actor, NOW), declaration, section, mine)
    session.flush()
    outcome = save_by_link(session, token, SectionEdit({"15.1": wrote("Von Karl")}))
    [collision] = outcome.conflicts
    assert (collision.mine.text, collision.theirs.text) == ("Von Karl", "Von der Chefin")  # type: ignore[union-attr]
    assert answer_texts(session, declaration) == {"15.1": "Von der Chefin"}
    save_by_link(session, token, SectionEdit({"15.1": wrote("Von beiden", seen=collision.version)}))
    assert answer_texts(session, declaration) == {"15.1": "Von beiden"}


def test_a_question_that_is_asked_no_more_opens_nothing(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    _question, token = ask_contributor(session, declaration, actor, refs=[INDICATOR, "13.1"])
    declaration.indicator_set = "effas"
    session.flush()
    contribution = contributions.find_contribution(session, token, now=LATER)
    assert [requirement.ref for requirement in contribution.section.all_requirements] == ["13.1"]
    _other, token = ask_contributor(session, declaration, actor, refs=["EFFAS-E02-01"])
    declaration.indicator_set = "gri"
    session.flush()
    assert contribution_fault(session, token) is LinkFault.REVOKED


def test_the_guest_has_an_account_that_opens_nothing(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    question, _token = ask_contributor(session, declaration, actor)
    account = contributor_account(session, question, name="Karl Kurz", now=LATER)
    assert (account.email, account.name, account.password_hash) == ("karl@example.org", "Karl Kurz", "")
    assert not passwords.matches("", account.password_hash)
    account.active = False
    with pytest.raises(NotPermitted):
        contributor_account(session, question, name="Karl Kurz", now=LATER)


def test_a_name_can_be_corrected_until_somebody_owns_the_account(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    question, token = ask_contributor(session, declaration, actor)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Da")}), name="Karl Krz")
    assert contributions.guest_name(session, question) == ("Karl Krz", False)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Da", seen=1)}), name="")
    account = contributor_account(session, question, name=" Karl  Kurz ", now=LATER)
    assert account.name == "Karl Kurz"
    account.password_hash = "his own"
    contributor_account(session, question, name="Jemand anderes", now=LATER)
    assert contributions.guest_name(session, question) == ("Karl Kurz", True), "a link renames nobody"


def test_an_owner_without_a_name_gets_the_one_that_is_sent_off(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    account = create_account(
        session, email="karl@example.org", name="", password_hash="his own", language="de", now=NOW
    )
    _question, token = ask_contributor(session, declaration, actor)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Da")}), name="Kar")
    assert account.name == "", "a page that saves by itself settles nothing"
    send_off(session, token)
    assert account.name == "Karl Kurz"


def test_who_is_asked_acts_with_the_link_alone(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    """Mehmet edits the whole declaration when he signs in; his link opens one point."""
    _question, token = ask_contributor(session, declaration, actor, email="mehmet@example.org")
    with pytest.raises(NotPermitted):
        save_by_link(session, token, SectionEdit({"15.2": wrote("Mit anderen Rechten")}))


def test_a_nameless_account_gets_the_name(session: Session, declaration: Declaration, actor: Actor) -> None:
    create_account(session, email="karl@example.org", name="", password_hash="", language="en", now=NOW)
    question, _token = ask_contributor(session, declaration, actor)
    assert contributor_account(session, question, name="Karl Kurz", now=LATER).name == "Karl Kurz"


def test_other_links_open_no_question(session: Session, declaration: Declaration, actor: Actor) -> None:
    question, token = ask_contributor(session, declaration, actor)
    question.kind = InvitationKind.SIGN_OFF
    session.flush()
    assert contribution_fault(session, token) is LinkFault.UNKNOWN
    assert contribution_requests.find_request(session, declaration.id, question.id) is None
    assert contribution_requests.of_declaration(session, declaration.id) == []


def test_people_who_were_asked_before_are_known(
    session: Session, declaration: Declaration, actor: Actor
) -> None:
    question, _ = ask_contributor(session, declaration, actor)
    ask_contributor(session, declaration, actor, email="nele@example.org")
    question.name = "Karl"
    session.flush()
    people = contribution_requests.people_asked_before(session, declaration.organisation_id)
    assert list(people.items()) == [("nele@example.org", "Karl Kurz"), ("karl@example.org", "Karl")]
    assert contribution_requests.people_asked_before(session, declaration.organisation_id + 1) == {}


def test_sent_off_twice_at_once_counts_once(
    store: sessionmaker[Session], session: Session, declaration: Declaration, actor: Actor
) -> None:
    _question, token = ask_contributor(session, declaration, actor)
    save_by_link(session, token, SectionEdit({"15.1": wrote("Einmal")}))
    session.commit()
    barrier, results = threading.Barrier(4), []

    def press() -> None:
        with write_session(store) as own:
            barrier.wait()
            try:
                with own.begin():
                    send_off(own, token)
                results.append("sent")
            except InvalidInvitationLink as error:
                results.append(error.why)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["sent", "used", "used", "used"]
    session.expire_all()
    assert len(declaration_events(session, declaration, EventKind.CONTRIBUTION_ANSWERED)) == 1


def test_two_companies_answered_at_once_make_one_account(
    store: sessionmaker[Session], session: Session, declaration: Declaration, actor: Actor
) -> None:
    boss = person(session, "boss")
    other = company_with_people(session, owner=boss)
    owner = Actor(boss.user_id, {other.organisation_id: Role.OWNER})
    tokens = [
        ask_contributor(session, company_declaration, doer)[1]
        for company_declaration, doer in ((declaration, actor), (other, owner))
    ]
    session.commit()
    barrier, accounts_made = threading.Barrier(2), []

    def write(token: str) -> None:
        with write_session(store) as own:
            barrier.wait()
            with own.begin():
                save_by_link(own, token, SectionEdit({"15.1": wrote("Gleichzeitig")}), name="Karl Kurz")
                accounts_made.append(
                    contributions.find_contribution(own, token, now=LATER).invitation.accepted_by
                )

    threads = [threading.Thread(target=write, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accounts_made) == 2
    assert len(set(accounts_made)) == 1
