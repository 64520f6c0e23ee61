"""The end of a round: letter, day and drafts go out together, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.clusters.cockpit import ClusterTask, NextMove
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.review import ReviewSide
from dnk_tool.language import local_day
from dnk_tool.services.declarations import submission
from dnk_tool.services.review import drafts, round_closing
from dnk_tool.services.review import verdicts as review_verdicts
from dnk_tool.services.review.drafts import DraftPlace
from dnk_tool.services.review.errors import DraftsChanged
from dnk_tool.services.review.round_closing import RoundClosing
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import cockpit
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.clusters.cockpit import MemberFilter
from dnk_tool.store.clusters.cockpit_sql import ClusterYear
from dnk_tool.store.database import write_session
from dnk_tool.store.review import remarks, rounds
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.review import RemarkRow, ReviewRoundRow
from tests.integration.answers.test_concurrent_saves import Verb, in_turn
from tests.support.cockpit_members import default_cohort, let_members_be_old
from tests.support.review_scenario import (
    NOW,
    ReviewScenario,
    answer_all_remarks,
    days_later,
    give_all_verdicts,
    make_review_scenario,
    submit,
    write_remark,
)

TODAY = local_day(NOW)
UNTIL = TODAY + timedelta(days=20)


def close(session: Session, case: ReviewScenario, closing: RoundClosing) -> None:
    review_verdicts.request_changes(Work(session, case.karin, NOW), case.declaration(session), closing)
    session.flush()


def add_cohort(session: Session, case: ReviewScenario, due: date) -> None:
    session.add(default_cohort(cluster_id=case.cluster_id, reporting_year=2025, due=due))
    let_members_be_old(session)
    session.flush()


# ---- Letter and day


def test_letter_and_day_stay_with_the_version(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, ["4"])
    close(session, case, RoundClosing(" Danke. \r\n", UNTIL))
    declaration = case.declaration(session)
    row = rounds.current_closing(session, declaration)
    assert row is not None
    assert (row.version, row.letter, row.answer_until, row.requested_by) == (
        1,
        "Danke.",
        UNTIL,
        case.karin.user_id,
    )
    answer_all_remarks(session, case, now=days_later(1))
    submit(session, case, now=days_later(2))
    assert rounds.current_closing(session, declaration) is None
    assert list(rounds.rounds(session, declaration.id)) == [row]


@pytest.mark.parametrize(
    ("final", "wanted"),
    [(None, 14), (30, 14), (9, 9), (0, 14), (-3, 14)],
    ids=["no cohort", "later", "sooner", "today", "over"],
)
def test_two_weeks_are_proposed_but_not_after_the_final_day(
    session: Session, case: ReviewScenario, final: int | None, wanted: int
) -> None:
    if final is not None:
        add_cohort(session, case, TODAY + timedelta(days=final))
    proposed = round_closing.default_answer_until(session, case.declaration(session), TODAY)
    assert (proposed - TODAY).days == wanted


@pytest.mark.parametrize("closing", [RoundClosing("x" * 5_001), RoundClosing("", TODAY)])
def test_a_day_must_be_to_come_and_a_letter_fit(
    session: Session, case: ReviewScenario, closing: RoundClosing
) -> None:
    give_all_verdicts(session, case, ["4"])
    with pytest.raises(ValueError, match=r"\d"):
        close(session, case, closing)
    assert case.declaration(session).state is State.SUBMITTED
    assert remarks.open_counts(session, [case.declaration_id], ReviewSide.COMPANY) == {}


def test_drafts_that_nobody_read_stop_the_request(session: Session, case: ReviewScenario) -> None:
    give_all_verdicts(session, case, ["4"])
    read = round_closing.fingerprint(remarks.drafts(session, case.declaration_id, case.cluster_id))
    extra = write_remark(session, case, "5", "Noch etwas.", actor=case.rolf)
    with pytest.raises(DraftsChanged):
        close(session, case, RoundClosing(shown=read))
    assert session.scalars(select(ReviewRoundRow)).all() == []
    assert extra.published_at is None
    now = round_closing.fingerprint(remarks.drafts(session, case.declaration_id, case.cluster_id))
    close(session, case, RoundClosing(shown=now))
    assert extra.published_at == NOW


def test_letter_and_day_outlast_a_sign_off_that_is_declined(session: Session, case: ReviewScenario) -> None:
    declaration = case.declaration(session)
    give_all_verdicts(session, case, ["4"])
    close(session, case, RoundClosing("Danke.", UNTIL))
    declaration.version += 1
    session.flush()
    closing = rounds.current_closing(session, declaration)
    assert closing is not None
    assert closing.letter == "Danke."
    assert rounds.days_due(session, [declaration]) == {declaration.id: UNTIL}


# ---- Who knows the day


def test_the_day_is_the_companys_deadline_until_it_resubmits(session: Session, case: ReviewScenario) -> None:
    final = TODAY + timedelta(days=60)
    add_cohort(session, case, final)

    def deadline() -> date | None:
        return clusters.deadline_of_declaration(session, case.declaration(session))

    give_all_verdicts(session, case, ["4"])
    assert deadline() == final
    close(session, case, RoundClosing(answer_until=UNTIL))
    assert deadline() == UNTIL
    assert rounds.days_due(session, [case.declaration(session)]) == {case.declaration_id: UNTIL}
    answer_all_remarks(session, case, now=days_later(1))
    submit(session, case, now=days_later(2))
    assert deadline() == final
    assert rounds.days_due(session, [case.declaration(session)]) == {}


def test_the_cockpit_shows_the_day_and_who_misses_it(session: Session, case: ReviewScenario) -> None:
    add_cohort(session, case, TODAY + timedelta(days=60))
    give_all_verdicts(session, case, ["4"])
    close(session, case, RoundClosing(answer_until=UNTIL))
    for days, is_late in ((20, False), (21, True)):
        view = ClusterYear(case.cluster_id, 2025, TODAY + timedelta(days=60), days_later(days))
        [member] = cockpit.list_all(session, view, MemberFilter())
        assert (member.due, member.turn) == (UNTIL, NextMove.COMPANY)
        assert (ClusterTask.OVERDUE in member.tasks(view)) is is_late
        found = cockpit.list_all(session, view, MemberFilter(task=ClusterTask.OVERDUE))
        assert len(found) == is_late, "the database says the same"


def test_a_recall_is_told_until_the_company_resubmits(session: Session, case: ReviewScenario) -> None:
    def is_recalled() -> bool:
        session.flush()
        return rounds.is_recalled(session, case.declaration_id, case.cluster_id)

    assert not is_recalled()
    submission.recall(Work(session, case.owner, days_later(1)), case.declaration(session))
    assert is_recalled()
    submit(session, case, now=days_later(2))
    assert not is_recalled()


# ---- At the same moment


@pytest.fixture
def kept(store: sessionmaker[Session]) -> ReviewScenario:
    """A review with a request for changes at hand, and a draft that is being typed; committed."""
    with write_session(store) as session:
        made = make_review_scenario(session)
        give_all_verdicts(session, made, ["4"])
        session.commit()
        return made


def typing(case: ReviewScenario, text: str) -> Verb:
    def verb(session: Session, declaration: Declaration) -> object:
        place = DraftPlace("5", "5.1")
        row = drafts.save_draft(Work(session, case.rolf, NOW), declaration, place, text, version=1)
        return row.id if row else None

    return verb


def requesting(case: ReviewScenario, shown: str | None = None) -> Verb:
    def verb(session: Session, declaration: Declaration) -> object:
        closing = RoundClosing(shown=shown)
        return review_verdicts.request_changes(Work(session, case.karin, NOW), declaration, closing)

    return verb


def fingerprint(store: sessionmaker[Session], case: ReviewScenario) -> str:
    with store() as session:
        return round_closing.fingerprint(remarks.drafts(session, case.declaration_id, case.cluster_id))


def stored_texts(store: sessionmaker[Session]) -> dict[str, bool]:
    """Each remark's text, and whether the company has it."""
    with store() as session:
        return {row.text: row.published_at is not None for row in session.scalars(select(RemarkRow))}


def test_who_types_while_changes_are_requested_loses_nothing(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    shown = fingerprint(store, kept)
    _first, second = in_turn(
        store, kept.declaration_id, typing(kept, "Bitte nennen"), requesting(kept, shown)
    )
    assert isinstance(second, DraftsChanged), "nobody has read it"
    assert stored_texts(store) == {"Bitte ergänzen Sie 4.": False, "Bitte nennen": False}
    shown = fingerprint(store, kept)
    _first, second = in_turn(
        store, kept.declaration_id, requesting(kept, shown), typing(kept, "Bitte nennen Sie Zahlen.")
    )
    assert not isinstance(second, Exception), "it is a draft of its own"
    assert stored_texts(store) == {
        "Bitte ergänzen Sie 4.": True,
        "Bitte nennen": True,
        "Bitte nennen Sie Zahlen.": False,
    }


def test_two_requests_send_once(store: sessionmaker[Session], kept: ReviewScenario) -> None:
    first, second = in_turn(store, kept.declaration_id, requesting(kept), requesting(kept))
    assert not isinstance(first, Exception)
    assert isinstance(second, Exception)
    with store() as session:
        assert len(session.scalars(select(ReviewRoundRow)).all()) == 1


def test_a_recall_and_a_request_take_turns(store: sessionmaker[Session], kept: ReviewScenario) -> None:
    def recall(session: Session, declaration: Declaration) -> None:
        submission.recall(Work(session, kept.owner, days_later(1)), declaration)

    first, second = in_turn(store, kept.declaration_id, recall, requesting(kept))
    assert first is None
    assert isinstance(second, Exception)
    assert stored_texts(store) == {"Bitte ergänzen Sie 4.": False}, "the draft waits for the next version"


def test_a_question_of_the_company_and_a_draft_are_both_kept(
    store: sessionmaker[Session], kept: ReviewScenario
) -> None:
    def ask(session: Session, declaration: Declaration) -> object:
        assert remarks.threads(session, declaration.id, ReviewSide.COMPANY) == []
        return write_remark(session, kept, "5", "Was ist gemeint?", side=ReviewSide.COMPANY).id

    in_turn(store, kept.declaration_id, ask, typing(kept, "Bitte nennen"))
    assert stored_texts(store) == {
        "Bitte ergänzen Sie 4.": False,
        "Was ist gemeint?": True,
        "Bitte nennen": False,
    }
