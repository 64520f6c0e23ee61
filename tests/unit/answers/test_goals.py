"""Which aspects hold goals, what of an earlier year counts as one, and how it reads a year later."""

from dnk_tool.catalogue import Aspect, selection_for
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.goals import GoalOutcome, GoalReview, earlier_section_goals, goal_text
from dnk_tool.domain.answers.take_over import EarlierAnswers
from dnk_tool.domain.answers.values import Rows

SELECTION = selection_for("dnk-2017", "gri")
CLIMATE = SELECTION.section_by_ref["13"]


def test_goals_stand_in_criteria_3_and_12_to_17() -> None:
    marked = [
        requirement.ref
        for requirement in SELECTION.requirements.values()
        if isinstance(requirement, Aspect) and requirement.holds_goals
    ]
    assert marked == ["3.1", "12.1", "13.2", "14.1", "15.1", "16.1", "17.1"]


def test_text_and_rows_make_one_goal() -> None:
    rows = Rows(({"goal": "Minus 45 Prozent", "due": 2030}, {"goal": "Alle Wagen elektrisch"}))
    earlier = EarlierAnswers(
        2025, {"13.2": Answer(Disclosure.COMPLY, "Wir senken."), "13.2.goals": Answer(value=rows)}
    )
    (goal,) = earlier_section_goals(CLIMATE, earlier)
    assert goal_text(goal, "de") == "Wir senken.\n\n- Minus 45 Prozent · 2030\n- Alle Wagen elektrisch"


def test_whoever_explained_had_no_goal() -> None:
    explained = Answer(Disclosure.EXPLAIN, text="alter Entwurf", explanation="Noch keine.")
    assert not list(earlier_section_goals(CLIMATE, EarlierAnswers(2025, {"13.2": explained})))
    assert not list(
        earlier_section_goals(CLIMATE, EarlierAnswers(2025, {"13.1": Answer(text="Nichts von Zielen.")}))
    )


def test_a_missed_goal_lacks_its_reason() -> None:
    assert GoalReview(GoalOutcome.PARTLY).lacks_reason
    assert not GoalReview(GoalOutcome.NO, "Kein Geld.").lacks_reason
    assert not GoalReview(GoalOutcome.YES).lacks_reason
    assert not GoalReview(GoalOutcome.ONGOING).lacks_reason
    assert GoalReview().is_empty
