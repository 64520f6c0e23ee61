"""The reviewers' verbs, on both databases: verdicts, what a request for changes opens, approval."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind, State, TransitionNotAllowed
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Actor, ClusterRole, NotPermitted
from dnk_tool.domain.review import Audience, ReviewSide, ReviewStatus
from dnk_tool.services.declarations import submission
from dnk_tool.services.editing.locks import Locked, section_is_open
from dnk_tool.services.review import remarks as review_remarks
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.errors import (
    NothingToChange,
    NotInReview,
    OpenRemarks,
    RemarkAlreadyAnswered,
    RemarkMissing,
    ReviewClosed,
    SectionsNotAccepted,
    VersionSuperseded,
)
from dnk_tool.services.review.remarks import ThreadChanged, ThreadReply, ThreadUnanswered
from dnk_tool.services.review.reviewer_feedback import ReviewerFeedback, save_reviewer_feedback
from dnk_tool.services.review.round import current_round
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.declarations import versions
from dnk_tool.store.review import decisions, remarks
from dnk_tool.store.review import queue as review_queue
from dnk_tool.store.review import verdicts as stored_verdicts
from dnk_tool.store.review.queue import QueueFilter, SubmittedDeclaration
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.declarations import Declaration, Event
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.store.tables.review import Approval, RemarkRow, VerdictRow
from tests.integration.answers.test_concurrent_saves import Verb, in_turn
from tests.support.app import add_consent, make_cluster
from tests.support.review_scenario import (
    NO,
    NOW,
    YES,
    ReviewScenario,
    answer_all_remarks,
    days_later,
    give_all_verdicts,
    give_verdict,
    make_review_scenario,
    read_threads,
    request_changes,
    save_text,
    section_refs,
    submit,
    write_remark,
)

WANTED = ["4", "13", "20"]


def review_statuses(session: Session, case: ReviewScenario) -> dict[str, ReviewStatus]:
    review_round = current_round(session, case.declaration(session))
    assert review_round is not None
    return dict(review_round.standings)


def with_standing(session: Session, case: ReviewScenario, wanted: ReviewStatus) -> list[str]:
    statuses = review_statuses(session, case)
    return [ref for ref, standing in statuses.items() if standing is wanted]


def open_sections(session: Session, case: ReviewScenario) -> list[str]:
    declaration = case.declaration(session)
    return [ref for ref in section_refs(session, case) if section_is_open(session, declaration, ref)]


def verdict(session: Session, case: ReviewScenario, section: str, version: int = 1) -> VerdictRow:
    row = stored_verdicts.verdict_row(session, case.declaration_id, section, version)
    assert row is not None
    return row


# ---- One verdict


def test_at_first_everything_is_still_to_be_judged(session: Session, case: ReviewScenario) -> None:
    statuses = review_statuses(session, case)
    assert list(statuses) == section_refs(session, case)
    assert set(statuses.values()) == {ReviewStatus.PENDING}


def test_a_verdict_is_kept_with_who_gave_it_and_when(session: Session, case: ReviewScenario) -> None:
    give_verdict(session, case, "1", YES, actor=case.rolf)
    row = verdict(session, case, "1")
    assert (row.verdict, row.number, row.given_by, row.given_at) == (YES, 1, case.rolf.user_id, NOW)
    assert with_standing(session, case, ReviewStatus.ACCEPTED) == ["1"]
    [event] = session.scalars(select(Event).where(Event.kind == EventKind.VERDICT_GIVEN))
    assert event.detail == {"section": "1", "verdict": "accepted", "version": 1}
    assert (event.actor_id, event.cluster_id) == (case.rolf.user_id, case.cluster_id)


def test_a_changed_verdict_counts_up_and_the_same_again_does_not(
    session: Session, case: ReviewScenario
) -> None:
    write_remark(session, case, "1")
    give_verdict(session, case, "1", YES)
    give_verdict(session, case, "1", YES, seen=0)
    assert verdict(session, case, "1").number == 1
    give_verdict(session, case, "1", NO, seen=1, now=days_later(1))
    row = verdict(session, case, "1")
    assert (row.verdict, row.number, row.given_at) == (NO, 2, days_later(1))
    count = session.scalar(
        select(func.count()).select_from(Event).where(Event.kind == EventKind.VERDICT_GIVEN)
    )
    assert count == 2


def test_whoever_had_an_older_verdict_before_them_gets_the_other_one(
    session: Session, case: ReviewScenario
) -> None:
    write_remark(session, case, "1")
    give_verdict(session, case, "1", YES, actor=case.karin)
    with pytest.raises(ConflictError) as raised:
        give_verdict(session, case, "1", NO, seen=0, actor=case.rolf)
    conflict = raised.value.conflict
    assert (conflict.theirs, conflict.version, conflict.by) == (YES, 1, case.karin.user_id)
    assert verdict(session, case, "1").verdict is YES
    give_verdict(session, case, "1", NO, seen=conflict.version, actor=case.rolf)
    assert verdict(session, case, "1").verdict is NO


def test_only_reviewers_of_this_cluster_judge_and_only_while_the_company_consents(
    session: Session, case: ReviewScenario
) -> None:
    other = make_cluster(session, "Cluster Süd")
    strangers = [
        case.owner,
        Actor(),
        Actor(99, clusters={other.id: ClusterRole.MANAGER}),
        replace(case.karin, clusters={}),
    ]
    for actor in strangers:
        with pytest.raises(NotPermitted):
            give_verdict(session, case, "1", YES, actor=actor)
    session.scalars(select(Consent)).one().withdrawn_at = NOW
    with pytest.raises(NotPermitted):
        give_verdict(session, case, "1", YES)
    assert session.scalars(select(VerdictRow)).all() == []


def test_what_is_not_submitted_is_not_judged(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, WANTED)
    request_changes(session, case)
    with pytest.raises(NotInReview) as raised:
        give_verdict(session, case, "1", YES)
    assert raised.value.state is State.CHANGES_REQUESTED


def test_a_verdict_on_a_version_that_was_replaced_is_refused(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, WANTED)
    request_changes(session, case)
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    with pytest.raises(VersionSuperseded) as raised:
        give_verdict(session, case, "1", NO, version=1)
    assert raised.value.version == 2
    give_verdict(session, case, "1", YES, version=2)


# ---- A wish for change needs words that the company can read


def test_a_wish_without_a_remark_is_refused(session: Session, case: ReviewScenario) -> None:
    with pytest.raises(RemarkMissing) as raised:
        give_verdict(session, case, "4", NO)
    assert raised.value.sections == ("4",)


@pytest.mark.parametrize(
    ("audience", "side", "section"),
    [
        (Audience.REVIEWERS, ReviewSide.REVIEWERS, "4"),
        (Audience.SHARED, ReviewSide.COMPANY, "4"),
        (Audience.COMPANY, ReviewSide.COMPANY, "4"),
        (Audience.SHARED, ReviewSide.REVIEWERS, "5"),
    ],
)
def test_a_remark_that_does_not_tell_the_company_what_to_do_is_not_enough(
    session: Session, case: ReviewScenario, audience: Audience, side: ReviewSide, section: str
) -> None:
    actor = None if side is ReviewSide.REVIEWERS else replace(case.owner, user_id=case.rolf.user_id)
    write_remark(session, case, section, audience=audience, side=side, actor=actor)
    with pytest.raises(RemarkMissing):
        give_verdict(session, case, "4", NO)


def test_a_remark_that_is_done_is_not_enough(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4")
    answer_all_remarks(session, case)
    declaration = case.declaration(session)
    [thread] = read_threads(session, case)
    review_remarks.resolve_thread(
        Work(session, case.karin, NOW), declaration, thread, read=2, side=ReviewSide.REVIEWERS
    )
    session.flush()
    with pytest.raises(RemarkMissing):
        give_verdict(session, case, "4", NO)


def test_the_remark_sent_along_counts(session: Session, case: ReviewScenario) -> None:
    opinion = ReviewerFeedback(1, NO, text="Bitte nennen Sie die Bezugsgröße.", ref="13.1")
    opine(session, case, "13", opinion)
    assert verdict(session, case, "13").verdict is NO
    [thread] = read_threads(session, case)
    assert (thread.section, thread.ref, thread.audience) == ("13", "13.1", Audience.SHARED)


# ---- Requesting changes


def test_without_a_wish_nothing_can_be_requested(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, [])
    with pytest.raises(NothingToChange):
        request_changes(session, case)
    assert case.declaration(session).state is State.SUBMITTED


def test_exactly_the_sections_concerned_are_opened(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, WANTED)
    assert request_changes(session, case) == WANTED
    declaration = case.declaration(session)
    assert (declaration.state, declaration.version) == (State.CHANGES_REQUESTED, 2)
    assert open_sections(session, case) == WANTED
    save_text(session, case, "13", "Neu.")
    for ref in ("1", "5", "19"):
        with pytest.raises(Locked):
            save_text(session, case, ref, "Neu.")
    [event] = session.scalars(select(Event).where(Event.kind == EventKind.CHANGES_REQUESTED))
    assert event.detail == {"version": 1, "sections": WANTED}


def test_a_version_that_was_sent_back_is_called_so(session: Session, case: ReviewScenario) -> None:
    def outcomes() -> list[str]:
        session.flush()
        return [version.outcome.value for version in versions.versions(session, case.declaration_id)]

    give_all_verdicts(session, case, ["4"])
    assert outcomes() == ["submitted"]
    request_changes(session, case)
    assert outcomes() == ["changes-requested"]
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    assert outcomes() == ["submitted", "changes-requested"]
    give_verdict(session, case, "4", YES, now=days_later(2))
    resolve_all(session, case)
    review_verdicts.approve(Work(session, case.karin, days_later(2)), case.declaration(session))
    assert outcomes() == ["approved", "changes-requested"]


def test_what_nobody_has_judged_stays_locked_and_pending(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4")
    give_verdict(session, case, "4", NO)
    give_verdict(session, case, "5", YES)
    assert request_changes(session, case) == ["4"]
    assert open_sections(session, case) == ["4"]
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    assert with_standing(session, case, ReviewStatus.ACCEPTED) == ["5"]
    assert with_standing(session, case, ReviewStatus.CHANGE_NEEDED) == []


def test_a_wish_of_the_round_before_that_was_not_looked_at_again_opens_nothing(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4", "13"])
    request_changes(session, case)
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    write_remark(session, case, "13", "Und in welcher Einheit?", now=days_later(2))
    give_verdict(session, case, "13", NO, now=days_later(2))
    assert request_changes(session, case, now=days_later(2)) == ["13"]
    assert open_sections(session, case) == ["13"]


def test_a_remark_of_the_round_before_that_is_answered_says_nothing_new(
    session: Session, case: ReviewScenario
) -> None:
    """Else the company would find a part open that waits for nothing."""
    give_all_verdicts(session, case, ["4", "5"])
    request_changes(session, case)
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    with pytest.raises(RemarkMissing) as refused:
        give_verdict(session, case, "5", NO, now=days_later(2))
    assert refused.value.sections == ("5",)
    old = next(thread for thread in read_threads(session, case) if thread.section == "5")
    opine(
        session,
        case,
        "5",
        ReviewerFeedback(2, NO, replies={old.id: ThreadReply("Das genügt noch nicht.", read=2)}),
    )
    opine(session, case, "4", ReviewerFeedback(2, NO, text="Bitte ergänzen Sie 4."))
    assert len([thread for thread in read_threads(session, case) if thread.section == "4"]) == 2, (
        "the same words, asked anew"
    )
    answer_all_remarks(session, case, "Schon geschehen.")
    with pytest.raises(RemarkMissing) as refused:
        request_changes(session, case, now=days_later(2))
    assert refused.value.sections == ("4", "5")
    for ref in ("4", "5"):
        write_remark(session, case, ref, "Bitte noch einmal.", now=days_later(3))
    assert request_changes(session, case, now=days_later(3)) == ["4", "5"]
    waiting = submission.unanswered_remarks(session, case.declaration(session), [case.cluster_id])
    assert {thread.section for thread in waiting} == {"4", "5"}


def test_a_wish_whose_remark_was_called_done_meanwhile_is_not_sent(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    answer_all_remarks(session, case)
    assert resolve_all(session, case) == 1
    with pytest.raises(RemarkMissing) as raised:
        request_changes(session, case)
    assert raised.value.sections == ("4",)


def resolve_all(session: Session, case: ReviewScenario) -> int:
    read = {thread.id: len(thread.remarks) for thread in read_threads(session, case)}
    count = review_verdicts.resolve_answered(
        Work(session, case.karin, days_later(3)), case.declaration(session), read
    )
    session.flush()
    return count


# ---- Two rounds


def test_two_rounds_on_three_of_twenty_criteria(session: Session, case: ReviewScenario) -> None:
    """The seventeen others, and general information, are neither opened nor judged again."""
    give_all_verdicts(session, case, WANTED)
    others = [ref for ref in section_refs(session, case) if ref not in WANTED]
    assert len([ref for ref in others if ref.isdecimal()]) == 17
    request_changes(session, case)
    save_text(session, case, "4", "Wir fragen unsere Lieferanten.")
    save_text(session, case, "13", "Bezugsgröße ist der Umsatz.")
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))

    assert with_standing(session, case, ReviewStatus.ACCEPTED) == others
    assert with_standing(session, case, ReviewStatus.PENDING) == WANTED
    review_round = current_round(session, case.declaration(session))
    assert review_round is not None
    assert (review_round.version, review_round.changed) == (2, {"4", "13"})
    give_verdict(session, case, "4", YES, now=days_later(2))
    give_verdict(session, case, "20", YES, now=days_later(2))
    write_remark(session, case, "13", "In welcher Einheit?", now=days_later(2))
    give_verdict(session, case, "13", NO, now=days_later(2))
    assert request_changes(session, case, now=days_later(2)) == ["13"]
    assert open_sections(session, case) == ["13"]

    save_text(session, case, "13", "Bezugsgröße ist der Umsatz in Millionen Euro.")
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(3))
    assert with_standing(session, case, ReviewStatus.PENDING) == ["13"]
    give_verdict(session, case, "13", YES, now=days_later(4))
    resolve_all(session, case)
    approval = review_verdicts.approve(Work(session, case.rolf, days_later(4)), case.declaration(session))
    assert (approval.version, approval.cluster_name, approval.approved_by) == (
        3,
        "Cluster Nord",
        case.rolf.user_id,
    )
    assert case.declaration(session).state is State.APPROVED
    versions = {row.version for row in session.scalars(select(VerdictRow)) if row.section in others}
    assert versions == {1}


def test_an_accepted_section_is_pending_again_once_a_figure_of_it_changes(
    session: Session, case: ReviewScenario
) -> None:
    """A figure belongs to the company, so it may change from elsewhere while the section is locked."""
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    section = declarations.selection_of(case.declaration(session)).section_by_ref["13"]
    items = [item for requirement in section.all_requirements for item in requirement.items]
    keys = {item.datapoint.key for item in items if item.datapoint}
    wanted = (
        select(FigureRow).where(FigureRow.datapoint.in_(keys), FigureRow.year == 2025).order_by(FigureRow.id)
    )
    row = session.scalars(wanted).first()
    assert row is not None
    row.value = (row.value or Decimal(0)) + 1
    answer_all_remarks(session, case)
    submit(session, case, now=days_later(1))
    assert with_standing(session, case, ReviewStatus.PENDING) == ["4", "13"]


def test_reviewers_read_what_was_submitted_and_not_what_is_written_since(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    save_text(session, case, "4", "Noch ein Entwurf.")
    review_round = current_round(session, case.declaration(session))
    assert review_round is not None
    ref = review_round.document.selection.section_by_ref["4"].aspects[0].ref
    assert review_round.document.answers[ref].text != "Noch ein Entwurf."
    assert review_round.standings["4"] is ReviewStatus.CHANGE_NEEDED


def test_another_cluster_neither_sees_nor_inherits_what_the_first_one_judged(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    declaration = case.declaration(session)
    submission.recall(Work(session, case.owner, days_later(1)), declaration)
    other = make_cluster(session, "Cluster Süd")
    add_consent(session, case.organisation_id, other.id)
    session.flush()
    submission.submit(Work(session, case.owner, days_later(2)), declaration, cluster_id=other.id)
    session.flush()
    review_round = current_round(session, declaration)
    assert review_round is not None
    assert set(review_round.snapshots) == {declaration.version}
    assert set(review_round.standings.values()) == {ReviewStatus.PENDING}
    assert review_round.before == {}
    assert remarks.threads(session, declaration.id, ReviewSide.REVIEWERS, cluster_id=other.id) == []


def test_a_withdrawn_version_is_out_of_the_reviewers_sight(session: Session, case: ReviewScenario) -> None:
    submission.recall(Work(session, case.owner, days_later(1)), case.declaration(session))
    session.flush()
    assert current_round(session, case.declaration(session)) is None


# ---- Approval


def test_only_what_is_in_order_everywhere_is_approved(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, ["4"])
    give_verdict(session, case, "1", YES)
    session.delete(verdict(session, case, "1"))
    session.flush()
    with pytest.raises(SectionsNotAccepted) as raised:
        review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))
    assert [section.ref for section in raised.value.sections] == ["1", "4"]
    assert session.scalars(select(Approval)).all() == []


def test_nothing_is_approved_while_a_remark_to_the_company_is_open(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, [])
    for audience in (Audience.SHARED, Audience.REVIEWERS):
        write_remark(session, case, "5", audience=audience)
    with pytest.raises(OpenRemarks) as raised:
        review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))
    assert [thread.audience for thread in raised.value.threads] == [Audience.SHARED]
    assert resolve_all(session, case) == 0, "nobody has answered it"
    answer_all_remarks(session, case)
    assert resolve_all(session, case) == 1
    review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))


def test_an_answer_that_nobody_has_read_stays_open(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "5")
    answer_all_remarks(session, case)
    read = {thread.id: len(thread.remarks) for thread in read_threads(session, case)}
    answer_all_remarks(session, case, "Und noch etwas.")
    count = review_verdicts.resolve_answered(Work(session, case.karin, NOW), case.declaration(session), read)
    assert count == 0
    assert all(thread.is_open for thread in read_threads(session, case))


def test_the_approval_keeps_the_name_that_the_cluster_had(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, [])
    review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))
    session.get_one(Cluster, case.cluster_id).name = "Anders"
    session.flush()
    approval = decisions.newest_approval(session, case.declaration_id, case.cluster_id)
    assert approval is not None
    assert approval.cluster_name == "Cluster Nord"
    with pytest.raises(TransitionNotAllowed):
        review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))


# ---- All that one page sends


def opine(
    session: Session,
    case: ReviewScenario,
    section: str,
    opinion: ReviewerFeedback,
    actor: Actor | None = None,
) -> None:
    declaration = case.declaration(session)
    reviewed_section = declarations.selection_of(declaration).section_by_ref[section]
    save_reviewer_feedback(Work(session, actor or case.karin, NOW), declaration, reviewed_section, opinion)
    session.flush()


def test_one_page_keeps_everything_that_was_typed(session: Session, case: ReviewScenario) -> None:
    first, second = (write_remark(session, case, "4", text).id for text in ("Eins?", "Zwei?"))
    answer_all_remarks(session, case)
    opinion = ReviewerFeedback(
        1,
        YES,
        text="Nur für uns.",
        audience=Audience.REVIEWERS,
        replies={
            first: ThreadReply("Danke.", resolves=True, read=2),
            second: ThreadReply("Wie viele?", read=2),
        },
    )
    opine(session, case, "4", opinion)
    threads_by_text = {thread.first.text: thread for thread in read_threads(session, case)}
    assert [remark.text for remark in threads_by_text["Eins?"].remarks] == ["Eins?", "Ergänzt.", "Danke."]
    assert not threads_by_text["Eins?"].is_open
    assert threads_by_text["Zwei?"].remarks[-1].text == "Wie viele?"
    assert threads_by_text["Zwei?"].is_open
    assert threads_by_text["Nur für uns."].audience is Audience.REVIEWERS
    assert verdict(session, case, "4").verdict is YES


def test_the_same_page_sent_twice_is_kept_once(session: Session, case: ReviewScenario) -> None:
    thread = write_remark(session, case, "4").id
    opinion = ReviewerFeedback(
        1, NO, text="Bitte ergänzen Sie.", replies={thread: ThreadReply("Siehe dort.", read=1)}
    )
    opine(session, case, "4", opinion)
    opine(session, case, "4", opinion)
    assert session.scalar(select(func.count()).select_from(RemarkRow)) == 3
    assert verdict(session, case, "4").number == 1


def test_a_thread_that_has_grown_is_not_called_done_unread(session: Session, case: ReviewScenario) -> None:
    thread = write_remark(session, case, "4").id
    answer_all_remarks(session, case)
    with pytest.raises(ThreadChanged):
        opine(session, case, "4", ReviewerFeedback(1, replies={thread: ThreadReply(resolves=True, read=1)}))
    opine(session, case, "4", ReviewerFeedback(1, replies={thread: ThreadReply(resolves=True, read=2)}))
    assert [thread.is_open for thread in read_threads(session, case)] == [False]


def test_nothing_is_done_without_an_answer(session: Session, case: ReviewScenario) -> None:
    thread = write_remark(session, case, "4", audience=Audience.REVIEWERS).id
    with pytest.raises(ThreadUnanswered):
        opine(session, case, "4", ReviewerFeedback(1, replies={thread: ThreadReply(resolves=True, read=1)}))
    opine(
        session, case, "4", ReviewerFeedback(1, replies={thread: ThreadReply("Am Telefon geklärt.", True, 1)})
    )
    assert [(thread.is_open, thread.is_withdrawn) for thread in read_threads(session, case)] == [
        (False, False)
    ]


def test_what_asks_the_company_is_not_done_by_ones_own_answer(session: Session, case: ReviewScenario) -> None:
    thread = write_remark(session, case, "4").id
    with pytest.raises(ThreadUnanswered):
        opine(
            session,
            case,
            "4",
            ReviewerFeedback(1, replies={thread: ThreadReply("Am Telefon geklärt.", True, 1)}),
        )


def test_a_remark_written_by_mistake_is_taken_back_and_asks_nothing_any_more(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4", "5"])
    request_changes(session, case)
    mistaken = next(thread for thread in read_threads(session, case) if thread.section == "5")
    back = ReviewerFeedback(
        1, replies={mistaken.id: ThreadReply("Das war ein Versehen.", read=1, withdraws=True)}
    )
    opine(session, case, "5", back, case.rolf)
    [thread] = [thread for thread in read_threads(session, case) if thread.section == "5"]
    assert (thread.is_open, thread.is_withdrawn, thread.resolved_by) == (False, True, case.rolf.user_id)
    assert [remark.text for remark in thread.remarks][1:] == ["Das war ein Versehen."]
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.kind, event.detail["withdrawn"]) == (EventKind.REMARK_RESOLVED, True)
    waiting = submission.unanswered_remarks(session, case.declaration(session), [case.cluster_id])
    assert [thread.section for thread in waiting] == ["4"]


def test_what_was_answered_meanwhile_is_not_taken_back(session: Session, case: ReviewScenario) -> None:
    thread = write_remark(session, case, "4").id
    answer_all_remarks(session, case)
    for read in (1, 2):
        with pytest.raises(ThreadChanged):
            opine(
                session,
                case,
                "4",
                ReviewerFeedback(1, replies={thread: ThreadReply(read=read, withdraws=True)}),
            )
    [answered_thread] = read_threads(session, case)
    with pytest.raises(RemarkAlreadyAnswered):
        review_verdicts.withdraw_remark(
            Work(session, case.karin, NOW), case.declaration(session), answered_thread
        )


@pytest.mark.parametrize("audience", [Audience.SHARED, Audience.REVIEWERS])
def test_only_what_the_reviewers_asked_the_company_is_taken_back(
    session: Session, case: ReviewScenario, audience: Audience
) -> None:
    side = ReviewSide.COMPANY if audience is Audience.SHARED else ReviewSide.REVIEWERS
    actor = replace(case.owner, user_id=case.rolf.user_id) if side is ReviewSide.COMPANY else None
    thread = write_remark(session, case, "4", audience=audience, side=side, actor=actor).id
    with pytest.raises(NotPermitted):
        opine(session, case, "4", ReviewerFeedback(1, replies={thread: ThreadReply(read=1, withdraws=True)}))


def test_after_the_approval_nothing_is_written_to_the_company(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, [])
    asked = replace(case.owner, user_id=case.rolf.user_id)
    thread = write_remark(session, case, "4", side=ReviewSide.COMPANY, actor=asked).id
    review_verdicts.approve(Work(session, case.karin, NOW), case.declaration(session))
    for opinion in (
        ReviewerFeedback(1, text="Schön!"),
        ReviewerFeedback(1, replies={thread: ThreadReply("Ja.", read=1)}),
    ):
        with pytest.raises(ReviewClosed):
            opine(session, case, "4", opinion)
    opine(session, case, "4", ReviewerFeedback(1, text="Schön!", audience=Audience.REVIEWERS))
    assert [thread.audience for thread in read_threads(session, case)] == [
        Audience.SHARED,
        Audience.REVIEWERS,
    ]


def test_a_thread_of_another_section_or_of_the_company_is_out_of_reach(
    session: Session, case: ReviewScenario
) -> None:
    elsewhere = write_remark(session, case, "5").id
    inside = write_remark(
        session,
        case,
        "4",
        audience=Audience.COMPANY,
        side=ReviewSide.COMPANY,
        actor=replace(case.owner, user_id=case.rolf.user_id),
    ).id
    replies = {key: ThreadReply("Hinein.", read=1) for key in (elsewhere, inside)}
    opine(session, case, "4", ReviewerFeedback(1, replies=replies))
    assert session.scalar(select(func.count()).select_from(RemarkRow)) == 2


# ---- The work list


def test_the_work_list_has_what_waits_longest_first_and_only_of_consenting_companies(
    session: Session, case: ReviewScenario
) -> None:
    def listed(*states: State) -> Sequence[SubmittedDeclaration]:
        page = review_queue.in_review(session, case.cluster_id, states, QueueFilter(), skip=0, most=9)
        return page.cases

    [entry] = listed(State.SUBMITTED)
    assert (entry.declaration_id, entry.version, entry.submitted_at) == (case.declaration_id, 1, NOW)
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    assert listed(State.SUBMITTED) == []
    [back] = listed(State.CHANGES_REQUESTED)
    assert (back.version, back.state) == (1, State.CHANGES_REQUESTED)
    session.scalars(select(Consent)).one().withdrawn_at = NOW
    session.flush()
    assert listed(*State) == []


# ---- At the same moment


@pytest.fixture
def kept(store: sessionmaker[Session]) -> ReviewScenario:
    """The case, committed."""
    with write_session(store) as session:
        made = make_review_scenario(session)
        session.commit()
        return made


def opinion_of(case: ReviewScenario, actor: Actor, opinion: ReviewerFeedback, section: str = "13") -> Verb:
    def verb(session: Session, declaration: Declaration) -> None:
        reviewed_section = declarations.selection_of(declaration).section_by_ref[section]
        save_reviewer_feedback(
            Work(session, actor, datetime.now(UTC)), declaration, reviewed_section, opinion
        )

    return verb


def first_words(store: sessionmaker[Session], case: ReviewScenario) -> list[str]:
    with store() as session:
        return [thread.first.text for thread in read_threads(session, case)]


def test_of_two_reviewers_with_different_verdicts_the_second_is_asked_again_and_loses_nothing(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    mine = ReviewerFeedback(1, NO, text="Bitte ergänzen Sie Scope 3.")
    first, second = in_turn(
        store,
        kept.declaration_id,
        opinion_of(kept, kept.karin, ReviewerFeedback(1, YES, text="Schön gemacht.")),
        opinion_of(kept, kept.rolf, mine),
    )
    assert first is None
    assert isinstance(second, ConflictError)
    assert (second.conflict.theirs, second.conflict.by) == (YES, kept.karin.user_id)
    assert first_words(store, kept) == ["Schön gemacht."], "the second one's words are still in the form"
    with write_session(store) as session:
        opine(session, kept, "13", replace(mine, seen=second.conflict.version), kept.rolf)
        session.commit()
    assert first_words(store, kept) == ["Schön gemacht.", "Bitte ergänzen Sie Scope 3."]


def test_two_reviewers_who_agree_or_judge_different_sections_do_not_meet(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    results = in_turn(
        store,
        kept.declaration_id,
        opinion_of(kept, kept.karin, ReviewerFeedback(1, YES, text="Eins.")),
        opinion_of(kept, kept.rolf, ReviewerFeedback(1, YES, text="Zwei.")),
    )
    results += in_turn(
        store,
        kept.declaration_id,
        opinion_of(kept, kept.karin, ReviewerFeedback(1, YES), "1"),
        opinion_of(kept, kept.rolf, ReviewerFeedback(1, NO, text="Drei."), "2"),
    )
    assert results == [None] * 4
    assert first_words(store, kept) == ["Eins.", "Zwei.", "Drei."]


def test_a_double_click_writes_one_remark(store: sessionmaker[Session], kept: ReviewScenario) -> None:
    verb = opinion_of(kept, kept.karin, ReviewerFeedback(1, NO, text="Einmal."))
    assert in_turn(store, kept.declaration_id, verb, verb) == [None, None]
    assert first_words(store, kept) == ["Einmal."]


def recall(case: ReviewScenario) -> Verb:
    def verb(session: Session, declaration: Declaration) -> None:
        submission.recall(Work(session, case.owner, days_later(1)), declaration)

    return verb


def test_a_verdict_that_waited_for_the_company_to_take_it_back_is_not_kept(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    opinion = opinion_of(kept, kept.karin, ReviewerFeedback(1, NO, text="Zu spät."))
    first, second = in_turn(store, kept.declaration_id, recall(kept), opinion)
    assert first is None
    assert isinstance(second, NotPermitted), "what was taken back is out of the reviewers' reach"
    with store() as session:
        assert session.scalars(select(VerdictRow)).all() == []
        assert session.scalars(select(RemarkRow)).all() == []


def test_a_company_that_waited_takes_it_back_with_the_verdict_kept(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    opinion = opinion_of(kept, kept.karin, ReviewerFeedback(1, NO, text="Rechtzeitig."))
    assert in_turn(store, kept.declaration_id, opinion, recall(kept)) == [None, None]
    with store() as session:
        assert kept.declaration(session).state is State.REOPENED
        assert [row.verdict for row in session.scalars(select(VerdictRow))] == [NO]
    assert first_words(store, kept) == ["Rechtzeitig."]


def test_a_verdict_and_a_request_for_changes_take_turns(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    with write_session(store) as session:
        give_all_verdicts(session, kept, ["4"])
        session.commit()

    def request(session: Session, declaration: Declaration) -> object:
        return review_verdicts.request_changes(Work(session, kept.karin, NOW), declaration)

    late = opinion_of(kept, kept.rolf, ReviewerFeedback(1, NO, seen=1, text="Auch hier."))
    first, second = in_turn(store, kept.declaration_id, request, late)
    assert [section.ref for section in first] == ["4"]  # type: ignore[attr-defined]
    assert isinstance(second, NotInReview)
    assert first_words(store, kept) == ["Bitte ergänzen Sie 4."]


def test_of_two_approvals_one_wins(store: sessionmaker[Session], kept: ReviewScenario) -> None:
    with write_session(store) as session:
        give_all_verdicts(session, kept, [])
        session.commit()

    def approve(session: Session, declaration: Declaration) -> object:
        return review_verdicts.approve(Work(session, kept.karin, NOW), declaration)

    first, second = in_turn(store, kept.declaration_id, approve, approve)
    assert isinstance(first, Approval)
    assert isinstance(second, TransitionNotAllowed)
    with store() as session:
        assert session.scalar(select(func.count()).select_from(Approval)) == 1
