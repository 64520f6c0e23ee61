"""One record for each goal: which rows are goals, what a change carries along, how far it is a year later."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import Aspect, selection_for
from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.encoding import InvalidValue, value_from_json, value_to_json
from dnk_tool.domain.answers.goal_records import (
    GoalDirection,
    GoalNumbers,
    GoalProgress,
    changed_goals,
    goal_numbers,
    goal_records,
    goal_tables,
    with_changes,
    with_goal,
    without_goal,
)
from dnk_tool.domain.answers.goals import GoalOutcome, GoalReview, earlier_section_goals, goal_text
from dnk_tool.domain.answers.take_over import EarlierAnswers
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.labels import goal_numbers_text, progress_text
from dnk_tool.language import Language

SELECTION = selection_for("dnk-2017", "gri")
ITEM = SELECTION.items["13.2.goals"]
assert ITEM.table
UNITS = {symbol: unit for column in ITEM.table.columns for symbol, unit in column.units.items()}
CLIMATE = SELECTION.section_by_ref["13"]


def amount(value: str, unit: str = "t-co2e") -> Quantity:
    return Quantity(Decimal(value), unit)


def progress(start: str, today: str, target: str) -> GoalProgress | None:
    return GoalNumbers(amount(start), amount(today), amount(target)).progress


def test_goals_of_the_same_words_are_one_record() -> None:
    answers = {
        "13.2.goals": Answer(value=Rows(({"goal": "minus  45 prozent", "status": "läuft", "due": 2031},))),
        "3.1.goals": Answer(value=Rows(({"goal": "Minus 45 Prozent", "due": 2030}, {"due": 2029}))),
    }
    (record,) = goal_records(SELECTION, answers)
    assert record.tables == ("3.1.goals", "13.2.goals")
    assert record.row == {"goal": "Minus 45 Prozent", "due": 2030, "status": "läuft"}
    assert list(goal_tables(SELECTION)) == [
        f"{ref}.goals" for ref in ("3.1", "12.1", "13.2", "14.1", "15.1", "16.1", "17.1")
    ]


def test_a_change_carries_only_the_cells_that_changed() -> None:
    before = Rows(({"goal": "Weniger Strom", "due": 2030, "status": "x"},))
    after = Rows(({"goal": "Weniger Strom", "due": 2031},))
    changes = changed_goals(before, after)
    assert changes == {"weniger strom": {"due": 2031, "status": None}}
    other = Rows(({"goal": "Anderes"}, {"goal": "weniger strom", "baseline": "100", "status": "x"}))
    assert with_changes(other, changes) == Rows(
        ({"goal": "Anderes"}, {"goal": "weniger strom", "baseline": "100", "due": 2031})
    )
    assert with_changes(Rows(({"goal": "Anderes"},)), changes) is None
    assert with_changes(None, changes) is None


@pytest.mark.parametrize(
    ("before", "after", "renamed"),
    [
        (["A", "B"], ["A", "C"], {"b": "C"}),
        (["A", "B"], ["B", "A"], {}),
        (["A", "B"], ["B"], {}),
        (["A"], ["A", "C"], {}),
        (["A", "B"], ["B", "C"], {}),
        (["A"], [""], {}),
        ([""], ["C"], {}),
    ],
)
def test_new_words_in_the_same_place_are_the_same_goal(
    before: list[str], after: list[str], renamed: dict[str, str]
) -> None:
    old, new = (Rows(tuple({"goal": words, "due": 2030} for words in each)) for each in (before, after))
    assert changed_goals(old, new) == {key: {"goal": words} for key, words in renamed.items()}


def test_a_goal_that_gets_the_words_of_another_becomes_one_with_it() -> None:
    rows = Rows(({"goal": "A", "due": 2030}, {"goal": "B", "status": "halb"}))
    assert with_changes(rows, {"b": {"goal": "A"}}) == Rows(({"goal": "A", "due": 2030, "status": "halb"},))


@pytest.mark.parametrize("cells", [{"due": 2027}, {"start": amount("1", "kWh")}])
def test_goals_of_the_same_words_that_contradict_each_other_both_stay(cells: Row) -> None:
    first: Row = {"goal": "A", "due": 2030, "start": amount("1", "t")}
    rows = Rows((first, {"goal": "B", **cells}))
    assert with_changes(rows, {"b": {"goal": "A"}}) == Rows((first, {"goal": "A", **cells}))


def test_numbers_of_a_goal_never_mix_units() -> None:
    other = Rows(({"goal": "A", "start": amount("100", "kWh"), "target": amount("50", "kWh")},))
    assert with_changes(other, {"a": {"start": amount("20", "percent")}}) == Rows(
        ({"goal": "A", "start": amount("20", "percent")},)
    )
    answers = {
        "3.1.goals": Answer(value=Rows(({"goal": "A", "start": amount("1", "t")},))),
        "13.2.goals": Answer(value=other),
    }
    assert goal_records(SELECTION, answers)[0].row == {"goal": "A", "start": amount("1", "t")}
    mixed = [{"goal": "A", "start": {"value": "1", "unit": "t"}, "target": {"value": "1", "unit": "kWh"}}]
    with pytest.raises(InvalidValue) as refused:
        value_from_json(ITEM, mixed)
    (fault,) = refused.value.faults
    assert (fault.path, fault.code, fault.detail) == ("[0].target.unit", "other-unit", "t")


def test_a_goal_is_put_into_a_table_once_and_taken_out() -> None:
    (record,) = goal_records(SELECTION, {"3.1.goals": Answer(value=Rows(({"goal": "A", "due": 2030},)))})
    put = with_goal(None, record)
    assert put == Rows(({"goal": "A", "due": 2030},))
    assert with_goal(put, record) == put
    assert with_goal(Rows(({"goal": "a", "status": "halb"},)), record) == Rows(
        ({"goal": "a", "status": "halb", "due": 2030},)
    )
    assert without_goal(put, record.key) == Rows(())


@pytest.mark.parametrize(
    ("numbers", "direction", "percent", "german"),
    [
        (("120", "82.2", "60"), GoalDirection.ON_THE_WAY, 63, "63 % des Wegs geschafft"),
        (("10", "25", "30"), GoalDirection.ON_THE_WAY, 75, "75 % des Wegs geschafft"),
        (("100", "0.4", "0"), GoalDirection.ON_THE_WAY, 99, "99 % des Wegs geschafft"),
        (("100", "99.5", "0"), GoalDirection.BARELY, None, "weniger als 1 % des Wegs geschafft"),
        (("100", "100", "0"), GoalDirection.NOT_BEGUN, None, "unverändert seit dem Start"),
        (("100", "110", "50"), GoalDirection.AWAY, None, "weiter vom Ziel entfernt als am Start"),
        (("100", "50", "50"), GoalDirection.REACHED, None, "Ziel erreicht"),
        (("100", "20", "50"), GoalDirection.REACHED, None, "Ziel erreicht"),
        (("-5", "0", "5"), GoalDirection.ON_THE_WAY, 50, "50 % des Wegs geschafft"),
        (("0", "0", "0"), GoalDirection.REACHED, None, "Ziel erreicht"),
        (
            ("0", "2", "0"),
            GoalDirection.NO_DISTANCE,
            None,
            "Start und Ziel sind gleich, der heutige Wert weicht ab",
        ),
    ],
)
def test_progress_is_the_share_of_the_way(
    numbers: tuple[str, str, str], direction: GoalDirection, percent: int | None, german: str
) -> None:
    assert progress(*numbers) == GoalProgress(direction, percent)
    assert progress_text(progress(*numbers), "de") == german


@pytest.mark.parametrize("missing", ["start", "today", "target"])
def test_without_all_three_numbers_there_is_no_progress(missing: str) -> None:
    row: dict[str, Any] = {"goal": "Von 120 auf 60, heute 90", "baseline": "120", "status": "90 Tonnen"}
    row |= {key: amount(value) for key, value in (("start", "1"), ("today", "2"), ("target", "3"))}
    del row[missing]
    assert goal_numbers(row).progress is None
    assert progress_text(None, "de") == ""
    assert goal_numbers({"goal": "Von 120 auf 60", "status": "90"}).is_empty, "words are no numbers"
    assert GoalNumbers(amount("1", "t"), amount("2", "kg"), amount("3", "t")).progress is None


@settings(max_examples=80, deadline=None, database=None)
@given(*(st.decimals(-1000, 1000, places=3) for _ in range(3)))
def test_no_rounding_calls_a_goal_reached_or_not_begun(
    start: Decimal, today: Decimal, target: Decimal
) -> None:
    said = GoalNumbers(*(Quantity(value, "t") for value in (start, today, target))).progress
    assert said is not None
    if said.direction in (GoalDirection.ON_THE_WAY, GoalDirection.BARELY):
        assert min(start, target) < today < max(start, target)
    assert said.percent is None or 1 <= said.percent <= 99


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Startwert 1.200,5 t CO₂e, heute 900 t CO₂e, Zielwert 600 t CO₂e"),
        ("en", "start value 1,200.5 t CO₂e, today 900 t CO₂e, target value 600 t CO₂e"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(language: Language, text: str) -> None:
    numbers = GoalNumbers(amount("1200.5"), amount("900"), amount("600"))
    assert goal_numbers_text(numbers, UNITS, language) == text
    assert goal_numbers_text(GoalNumbers(target=amount("3", "1")), UNITS, "de") == "Zielwert 3"


def test_numbers_of_a_goal_come_back_from_json() -> None:
    rows = Rows(({"goal": "A", "start": amount("120"), "today": amount("90"), "target": amount("60")},))
    assert value_from_json(ITEM, value_to_json(rows)) == rows


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
