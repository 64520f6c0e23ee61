"""Remarks to the company are drafts of the review team until a round ends, on both databases."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Actor, NotPermitted
from dnk_tool.domain.review import Audience, ReviewSide
from dnk_tool.services.declarations import submission
from dnk_tool.services.review import drafts
from dnk_tool.services.review.drafts import NO_DRAFT, DraftPlace, SeenDraft
from dnk_tool.services.review.errors import DraftAnswered, DraftPublished, OpenRemarks, ReviewClosed
from dnk_tool.services.review.remark_rows import InvalidRemarkText
from dnk_tool.services.review.remarks import ThreadReply
from dnk_tool.services.review.reviewer_feedback import ReviewerFeedback, save_reviewer_feedback
from dnk_tool.services.review.verdicts import approve
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.review import RemarkRow
from tests.support.review_scenario import (
    NO,
    NOW,
    YES,
    ReviewScenario,
    answer_all_remarks,
    days_later,
    give_all_verdicts,
    give_verdict,
    read_threads,
    request_changes,
    submit,
    write_remark,
)

HERE = DraftPlace("4", "4.1")


def of_company(session: Session, case: ReviewScenario) -> list[str]:
    return [
        remark.text for thread in read_threads(session, case, ReviewSide.COMPANY) for remark in thread.remarks
    ]


def of_team(session: Session, case: ReviewScenario) -> list[str]:
    return [remark.text for thread in read_threads(session, case) for remark in thread.remarks]


def autosave(
    session: Session,
    case: ReviewScenario,
    text: str,
    seen: SeenDraft = NO_DRAFT,
    place: DraftPlace = HERE,
    actor: Actor | None = None,
) -> SeenDraft:
    """Save as the page of a reviewer does while they type; returns what it takes over."""
    work, declaration = Work(session, actor or case.karin, NOW), case.declaration(session)
    row = drafts.save_draft(work, declaration, place, text, seen, version=declaration.version)
    session.flush()
    return SeenDraft(row.id, row.number) if row else NO_DRAFT


def save_remark(session: Session, case: ReviewScenario, text: str, draft: SeenDraft, **given: Any) -> None:
    """Save by the button of a reviewer's page."""
    declaration = case.declaration(session)
    section = declarations.selection_of(declaration).section_by_ref["4"]
    work = Work(session, given.pop("actor", case.karin), given.pop("now", NOW))
    opinion = ReviewerFeedback(declaration.version, text=text, ref="4.1", draft=draft, **given)
    save_reviewer_feedback(work, declaration, section, opinion)
    session.flush()


# ---- Who reads what, and when


def test_the_company_reads_remarks_when_changes_are_requested(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4", "Nur für uns.", audience=Audience.REVIEWERS)
    give_all_verdicts(session, case, ["4", "5"])
    assert of_company(session, case) == []
    assert len(of_team(session, case)) == 3
    written = select(func.count()).where(
        Event.kind == EventKind.REMARK_WRITTEN, Event.detail["audience"].as_string() == "shared"
    )
    assert session.scalar(written) == 0, "nor does the log tell"
    request_changes(session, case, now=days_later(1))
    assert of_company(session, case) == ["Bitte ergänzen Sie 4.", "Bitte ergänzen Sie 5."]
    assert {thread.first.at for thread in read_threads(session, case, ReviewSide.COMPANY)} == {days_later(1)}
    assert session.scalar(written) == 2


def test_counts_leave_drafts_out(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4")
    for side in ReviewSide:
        asked: Any = {"cluster_id": case.cluster_id} if side is ReviewSide.REVIEWERS else {}
        assert remarks.open_counts(session, [case.declaration_id], side, **asked) == {}
    drafts.publish_drafts(session, case.declaration(session), now=NOW)
    session.flush()
    assert remarks.open_counts(session, [case.declaration_id], ReviewSide.COMPANY) == {
        case.declaration_id: {"4": 1}
    }


def test_what_is_written_while_the_company_has_it_goes_at_once(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    write_remark(session, case, "4", "Und noch etwas.", now=days_later(1))
    assert of_company(session, case)[-1] == "Und noch etwas."


def test_an_answer_reopens_a_thread_once_it_is_published(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, ["4", "5"])
    request_changes(session, case)
    answer_all_remarks(session, case, now=days_later(1))
    submit(session, case, now=days_later(2))
    four, five = read_threads(session, case)
    save_remark(session, case, "", NO_DRAFT, replies={four.id: ThreadReply(resolves=True, read=2)})
    save_remark(session, case, "", NO_DRAFT, replies={four.id: ThreadReply("Doch nicht.")}, now=days_later(3))
    assert [thread.is_open for thread in read_threads(session, case, ReviewSide.COMPANY)] == [False, True]
    assert [thread.is_open for thread in read_threads(session, case)] == [True, True]
    give_verdict(session, case, "4", NO, now=days_later(3))
    request_changes(session, case, now=days_later(4))
    assert [thread.is_open for thread in read_threads(session, case, ReviewSide.COMPANY)] == [True, True]
    assert of_company(session, case).count("Doch nicht.") == 1
    assert five.is_open


def test_an_answer_that_resolves_its_thread_does_not_reopen_it(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    answer_all_remarks(session, case, now=days_later(1))
    submit(session, case, now=days_later(2))
    [thread] = read_threads(session, case)
    reply = ThreadReply("Danke.", resolves=True, read=2)
    save_remark(session, case, "", NO_DRAFT, replies={thread.id: reply}, now=days_later(3))
    assert "Danke." not in of_company(session, case)
    give_all_verdicts(session, case, [], now=days_later(3))
    approve(Work(session, case.karin, days_later(4)), case.declaration(session))
    [thread] = read_threads(session, case, ReviewSide.COMPANY)
    assert (thread.remarks[-1].text, thread.is_open) == ("Danke.", False), "an approval publishes answers"


def test_a_draft_stops_an_approval_until_it_is_discarded(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, [])
    row = write_remark(session, case, "5")
    with pytest.raises(OpenRemarks) as refused:
        approve(Work(session, case.karin, NOW), case.declaration(session))
    assert [thread.id for thread in refused.value.threads] == [row.id]
    drafts.discard_draft(session, case.declaration(session), SeenDraft(row.id, row.number), actor=case.rolf)
    approve(Work(session, case.karin, NOW), case.declaration(session))
    assert of_team(session, case) == []


def test_an_answer_that_somebody_is_typing_stops_an_approval_if_it_reopens_its_thread(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["4"])
    request_changes(session, case)
    answer_all_remarks(session, case, now=days_later(1))
    submit(session, case, now=days_later(2))
    [thread] = read_threads(session, case)
    replies = {thread.id: ThreadReply(resolves=True, read=2)}
    save_remark(session, case, "", NO_DRAFT, replies=replies, now=days_later(3))
    give_all_verdicts(session, case, [])
    place, declaration = DraftPlace.in_thread(thread), case.declaration(session)
    work = Work(session, case.rolf, days_later(4))
    drafts.save_draft(work, declaration, place, "Doch noch ei", version=declaration.version)
    with pytest.raises(OpenRemarks):
        approve(Work(session, case.karin, days_later(5)), declaration)
    assert "Doch noch ei" not in of_company(session, case)


def test_drafts_outlast_a_recall(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4", "Aus Version 1.")
    submission.recall(Work(session, case.owner, NOW), case.declaration(session))
    with pytest.raises(NotPermitted):
        autosave(session, case, "Wer liest das?")
    assert of_company(session, case) == []
    submit(session, case, now=days_later(1))
    [thread] = read_threads(session, case)
    assert (thread.version, thread.first.text, thread.is_draft) == (1, "Aus Version 1.", True)
    give_verdict(session, case, "4", NO)
    request_changes(session, case, now=days_later(2))
    assert of_company(session, case) == ["Aus Version 1."]


# ---- What is being typed


def test_a_page_saves_what_is_typed_as_often_as_it_likes(session: Session, case: ReviewScenario) -> None:
    seen = NO_DRAFT
    for text in ("Bitte", "Bitte nennen", "Bitte nennen", "Was fehlt:"):
        seen = autosave(session, case, text, seen)
    assert seen.number == 3, "the same text again changes nothing"
    assert of_team(session, case) == ["Was fehlt:"]
    save_remark(session, case, "Was fehlt: die Menge.", seen)
    [thread] = read_threads(session, case)
    assert (thread.first.text, thread.first.is_autosaved) == ("Was fehlt: die Menge.", False)
    assert autosave(session, case, "Ein zweiter Punkt.").id != seen.id
    assert len(of_team(session, case)) == 2


def test_a_lost_response_begins_no_second_draft(session: Session, case: ReviewScenario) -> None:
    first = autosave(session, case, "Bitte")
    assert autosave(session, case, "Bitte nennen").id == first.id
    save_remark(session, case, "Bitte nennen Sie die Menge.", NO_DRAFT)
    assert of_team(session, case) == ["Bitte nennen Sie die Menge."]


def test_a_second_window_of_the_same_person_is_a_conflict(session: Session, case: ReviewScenario) -> None:
    autosave(session, case, "Im ersten Fenster.")
    with pytest.raises(ConflictError) as refused:
        autosave(session, case, "Im zweiten.")
    assert refused.value.conflict.theirs == "Im ersten Fenster."
    save_remark(session, case, "Im zweiten.", NO_DRAFT)
    assert sorted(of_team(session, case)) == ["Im ersten Fenster.", "Im zweiten."], "the button loses neither"


def test_an_emptied_field_leaves_no_draft(session: Session, case: ReviewScenario) -> None:
    seen = autosave(session, case, "Bitte")
    assert autosave(session, case, "  ", seen) == NO_DRAFT
    assert of_team(session, case) == []
    seen = autosave(session, case, "Bitte")
    save_remark(session, case, "", seen)
    assert of_team(session, case) == []


def test_an_autosaved_answer_counts_as_read_by_its_author(session: Session, case: ReviewScenario) -> None:
    write_remark(session, case, "4", audience=Audience.SHARED)
    answer_all_remarks(session, case)
    [thread] = read_threads(session, case)
    seen = autosave(session, case, "Danke", place=DraftPlace.in_thread(thread))
    reply = ThreadReply("Danke sehr.", resolves=True, read=2, draft=seen)
    save_remark(session, case, "", NO_DRAFT, replies={thread.id: reply}, now=days_later(1))
    [thread] = read_threads(session, case)
    assert ([remark.text for remark in thread.remarks][2:], thread.is_open) == (["Danke sehr."], False)


def test_a_remark_among_reviewers_stays_with_its_author_until_the_button(
    session: Session, case: ReviewScenario
) -> None:
    place = replace(HERE, audience=Audience.REVIEWERS)
    seen = autosave(session, case, "Unter uns", place=place)
    give_all_verdicts(session, case, ["5"])
    request_changes(session, case)
    assert session.get_one(RemarkRow, seen.id).published_at is None
    save_remark(session, case, "Unter uns.", seen, audience=Audience.REVIEWERS)
    assert session.get_one(RemarkRow, seen.id).published_at == NOW
    assert "Unter uns." not in of_company(session, case)


def test_only_the_button_sends_what_is_typed_while_the_company_has_it(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, ["5"])
    request_changes(session, case)
    seen = autosave(session, case, "Noch etwas")
    assert "Noch etwas" not in of_company(session, case)
    save_remark(session, case, "Noch etwas.", seen)
    assert of_company(session, case)[-1] == "Noch etwas."


def test_nothing_is_autosaved_to_a_company_whose_review_has_ended(
    session: Session, case: ReviewScenario
) -> None:
    give_all_verdicts(session, case, [])
    approve(Work(session, case.karin, NOW), case.declaration(session))
    with pytest.raises(ReviewClosed):
        autosave(session, case, "Zu spät.")


def test_a_draft_is_refused_by_others_and_when_too_long(session: Session, case: ReviewScenario) -> None:
    with pytest.raises(NotPermitted):
        autosave(session, case, "Von uns selbst.", actor=case.owner)
    with pytest.raises(NotPermitted):
        autosave(session, case, "Für das Unternehmen.", place=replace(HERE, audience=Audience.COMPANY))
    with pytest.raises(InvalidRemarkText):
        autosave(session, case, "x" * 5001)
    section = declarations.selection_of(case.declaration(session)).section_by_ref["4"]
    with pytest.raises(ValueError, match=r"5\.1"):
        DraftPlace.in_section(section, "5.1")
    assert of_team(session, case) == []


# ---- Two reviewers


def test_two_reviewers_lose_nothing(session: Session, case: ReviewScenario) -> None:
    row = write_remark(session, case, "4", "Bitte nennen Sie Mengen.", ref="4.1")
    seen = SeenDraft(row.id, row.number)
    save_remark(session, case, "Bitte nennen Sie Mengen und Jahre.", seen, actor=case.rolf)
    for typed in ("Bitte nennen Sie nichts.", ""):
        with pytest.raises(ConflictError) as refused:
            save_remark(session, case, typed, seen)
        assert refused.value.conflict.theirs == "Bitte nennen Sie Mengen und Jahre."
        assert refused.value.conflict.by == case.rolf.user_id
    save_remark(session, case, "Beides zusammen.", SeenDraft(row.id, refused.value.conflict.version))
    [thread] = read_threads(session, case)
    assert (thread.first.text, thread.first.by) == ("Beides zusammen.", case.karin.user_id)


def test_each_reviewer_types_a_draft_of_their_own(session: Session, case: ReviewScenario) -> None:
    autosave(session, case, "Von Karin.")
    autosave(session, case, "Von Rolf.", actor=case.rolf)
    assert of_team(session, case) == ["Von Karin.", "Von Rolf."]


def test_what_was_sent_meanwhile_is_not_changed(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, ["5"])
    seen = autosave(session, case, "Bitte nennen")
    request_changes(session, case)
    with pytest.raises(DraftPublished) as refused:
        autosave(session, case, "Bitte nennen Sie die Menge.", seen, actor=case.rolf)
    assert refused.value.thread_id == seen.id
    with pytest.raises(DraftPublished):
        drafts.discard_draft(session, case.declaration(session), seen, actor=case.rolf)
    assert autosave(session, case, "Bitte nennen", seen) == seen
    autosave(session, case, "Noch nicht fertig.")
    assert "Noch nicht fertig." not in of_company(session, case), "only a button sends"


def test_a_discarded_draft_is_begun_again_by_who_still_types(session: Session, case: ReviewScenario) -> None:
    seen = autosave(session, case, "Bitte nennen")
    drafts.discard_draft(session, case.declaration(session), seen, actor=case.rolf)
    drafts.discard_draft(session, case.declaration(session), seen, actor=case.rolf)
    autosave(session, case, "Bitte nennen Sie", seen)
    assert of_team(session, case) == ["Bitte nennen Sie"]


def test_a_page_of_a_discarded_draft_overwrites_no_other(session: Session, case: ReviewScenario) -> None:
    gone = autosave(session, case, "Bitte genauer.")
    drafts.discard_draft(session, case.declaration(session), gone, actor=case.rolf)
    autosave(session, case, "In einem zweiten Fenster begonnen.")
    with pytest.raises(ConflictError):
        autosave(session, case, "Im ersten weitergeschrieben.", gone)
    assert of_team(session, case) == ["In einem zweiten Fenster begonnen."]


def test_a_draft_that_a_colleague_answers_is_not_discarded(session: Session, case: ReviewScenario) -> None:
    row = write_remark(session, case, "4", "Bitte ergänzen.", ref="4.1")
    answer = ThreadReply("Genauer: die Menge.")
    save_remark(session, case, "", NO_DRAFT, replies={row.id: answer}, actor=case.rolf)
    with pytest.raises(DraftAnswered):
        drafts.discard_draft(session, case.declaration(session), SeenDraft(row.id, 1), actor=case.karin)
    give_verdict(session, case, "4", NO)
    give_verdict(session, case, "6", YES)
    request_changes(session, case, now=days_later(1))
    assert of_company(session, case) == ["Bitte ergänzen.", "Genauer: die Menge."]


def test_another_clusters_draft_is_none(session: Session, case: ReviewScenario) -> None:
    row = write_remark(session, case, "4", "Unser Entwurf.")
    row.cluster_id = None
    session.flush()
    assert of_team(session, case) == []
    assert autosave(session, case, "Ein anderer.", SeenDraft(row.id, 1)).id != row.id
    assert row.text == "Unser Entwurf."
