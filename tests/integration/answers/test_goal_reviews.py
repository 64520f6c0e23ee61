"""What became of goals: saved by version, refused where nothing may change, given as plain values."""

import pytest
from sqlalchemy.orm import Session

from dnk_tool.catalogue import selection_for as select_edition
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.goals import GoalOutcome, GoalReview
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.annex import ReviewedGoal
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.editing import VersionedEdit
from dnk_tool.domain.permissions import Actor, NotPermitted, Role
from dnk_tool.services.answers import goals as goal_reviews
from dnk_tool.services.answers import save as answer_save
from dnk_tool.services.answers.goals import GoalReviewSaveOutcome
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.services.declarations.next_year import begin_next_year
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.work import Work
from dnk_tool.store.tables.declarations import Declaration
from tests.integration.conftest import NOW

CLIMATE = select_edition("dnk-2017", "gri").section_by_ref["13"]
MISSED = GoalReview(GoalOutcome.NO, "Die Förderung fiel weg.", "Wir warten auf das neue Programm.")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough: the collisions are decided in Python."""
    return sqlite_url


@pytest.fixture
def after(session: Session, declaration: Declaration, actor: Actor) -> Declaration:
    """The year after one with a goal in words and in a table."""
    said = {
        "13.2": VersionedEdit(Answer(Disclosure.COMPLY, "Wir senken."), 0),
        "13.2.goals": VersionedEdit(Answer(value=Rows(({"goal": "Minus 45 Prozent", "due": 2030},))), 0),
    }
    answer_save.save_section(Work(session, actor, NOW), declaration, CLIMATE, SectionEdit(said))
    return begin_next_year(Work(session, actor, NOW), declaration)


def save_reviews(
    session: Session, declaration: Declaration, actor: Actor, review: GoalReview, *, seen: int
) -> GoalReviewSaveOutcome:
    given = {"13.2": VersionedEdit(review, seen), "13.1": VersionedEdit(review, 0)}
    return goal_reviews.save_goal_reviews(Work(session, actor, NOW), declaration, CLIMATE, given)


def test_the_annex_gets_plain_values(session: Session, after: Declaration, actor: Actor) -> None:
    assert goal_reviews.reviewed_goals(session, after) == ()
    saved = save_reviews(session, after, actor, MISSED, seen=0)
    assert saved == GoalReviewSaveOutcome({"13.2": 1}), "what holds no goals is passed over"
    assert goal_reviews.reviewed_goals(session, after) == (
        ReviewedGoal(
            "13.2",
            2025,
            "Wir senken.\n\n- Minus 45 Prozent · 2030",
            "no",
            "Die Förderung fiel weg.",
            "Wir warten auf das neue Programm.",
        ),
    )
    assert live_document(session, after).annex.goals == goal_reviews.reviewed_goals(session, after)


def test_a_reached_goal_is_printed_without_a_reason(
    session: Session, after: Declaration, actor: Actor
) -> None:
    save_reviews(session, after, actor, GoalReview(GoalOutcome.YES, "Von früher."), seen=0)
    assert goal_reviews.reviewed_goals(session, after)[0].reason == ""
    save_reviews(session, after, actor, GoalReview(GoalOutcome.ONGOING, "Von früher.", "Bis 2030."), seen=1)
    (ongoing,) = goal_reviews.reviewed_goals(session, after)
    assert (ongoing.outcome, ongoing.reason, ongoing.outlook) == ("ongoing", "", "Bis 2030.")


def test_what_was_said_of_another_years_goal_says_nothing_of_this_one(
    session: Session, declaration: Declaration, after: Declaration, actor: Actor
) -> None:
    later = begin_next_year(Work(session, actor, NOW), after)
    after.reporting_year, later.reporting_year = 2024, 2026
    declaration.reporting_year = 2023
    session.flush()
    said = {"13.2": VersionedEdit(Answer(Disclosure.COMPLY, "Wir senken mehr."), 0)}
    answer_save.save_section(Work(session, actor, NOW), after, CLIMATE, SectionEdit(said))
    save_reviews(session, later, actor, MISSED, seen=0)
    assert [goal.year for goal in goal_reviews.reviewed_goals(session, later)] == [2024]
    after.reporting_year = 2025
    session.flush()
    assert goal_reviews.reviewed_goals(session, later) == ()
    saved = save_reviews(session, later, actor, GoalReview(GoalOutcome.YES), seen=1)
    assert saved == GoalReviewSaveOutcome({"13.2": 2})
    assert [(goal.year, goal.outcome) for goal in goal_reviews.reviewed_goals(session, later)] == [
        (2025, "yes")
    ]


def test_two_people_collide_and_the_same_words_do_not(
    session: Session, after: Declaration, actor: Actor, colleague: Actor
) -> None:
    save_reviews(session, after, actor, MISSED, seen=0)
    assert save_reviews(session, after, colleague, MISSED, seen=0).versions == {"13.2": 1}
    other = GoalReview(GoalOutcome.PARTLY, "Fast.")
    (collision,) = save_reviews(session, after, colleague, other, seen=0).conflicts
    assert (collision.mine, collision.theirs, collision.version) == (other, MISSED, 1)
    assert save_reviews(session, after, colleague, other, seen=1).versions == {"13.2": 2}


def test_nothing_is_said_where_nothing_may_change(session: Session, after: Declaration, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        save_reviews(session, after, Actor(1, {after.organisation_id: Role.VIEWER}), MISSED, seen=0)
    after.state = State.SUBMITTED
    with pytest.raises(Locked):
        save_reviews(session, after, actor, MISSED, seen=0)
