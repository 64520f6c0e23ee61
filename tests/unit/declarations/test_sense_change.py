"""When an answer says something else than the year before, and when it is only put in other words."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import Answer, Disclosure
from dnk_tool.domain.answers.goal_records import WORDS, goal_tables
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.comparison import (
    CONTEXT_WORDS,
    DiffKind,
    SenseChange,
    abridged,
    changed_places,
    is_rewritten,
    lost_numbers,
    sense_change,
    word_diff,
)
from tests.support.documents import YEAR, full_document

WHOLE = full_document()
TABLE, ASPECT = next(iter(goal_tables(WHOLE.selection).items()))
LONG = "Wir heizen mit Gas und fahren drei Wagen, beides lesen wir jeden Monat ab und schreiben es auf."


def change_between(before: Mapping[str, Answer], after: Mapping[str, Answer]) -> SenseChange | None:
    sheet = replace(WHOLE, answers={}).sheet()
    old, new = replace(sheet, answers=before), replace(sheet, answers=after)
    return sense_change(old, new, ASPECT, YEAR)


def text(words: str) -> dict[str, Answer]:
    return {ASPECT.ref: Answer(Disclosure.COMPLY, words)}


def goal_rows(*words: str) -> dict[str, Answer]:
    return text(LONG) | {TABLE: Answer(value=Rows(tuple({WORDS: word} for word in words)))}


EXPLAINED = {ASPECT.ref: Answer(Disclosure.EXPLAIN, explanation=LONG)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (text(LONG), text(LONG), None),
        ({}, text(LONG), None),
        (text(LONG), EXPLAINED, SenseChange.EXPLAINED),
        (EXPLAINED, EXPLAINED, None),
        (EXPLAINED, text("Jetzt berichten wir."), SenseChange.REWRITTEN),
        (goal_rows("Weniger Gas", "Weniger Diesel"), goal_rows("weniger  gas"), SenseChange.GOAL_GONE),
        (goal_rows("Weniger Gas"), goal_rows("Weniger Gas", "Mehr Sonne"), None),
        (goal_rows("Weniger Gas"), EXPLAINED, SenseChange.EXPLAINED),
        (text(f"{LONG} Das sind 412 Tonnen."), text(LONG), SenseChange.NUMBER_GONE),
        (text(f"{LONG} Bis {YEAR + 5} ist Schluss."), text(LONG), SenseChange.GOAL_GONE),
        (text(LONG), {}, SenseChange.REWRITTEN),
        (text(LONG), text(LONG.replace("drei", "vier")), None),
    ],
)
def test_the_first_reason_that_applies_is_named(
    before: dict[str, Answer], after: dict[str, Answer], expected: SenseChange | None
) -> None:
    assert change_between(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Es waren 412 t.", "Es waren 390 t.", ()),
        ("Es waren 412 t.", "Es waren weniger.", ("412",)),
        (f"Es waren 412,5 t im Jahr {YEAR - 1}.", f"Im Jahr {YEAR} sind es viele.", ("412,5",)),
        (f"Seit {YEAR - 1} messen wir.", "Wir messen.", ()),
        (f"Bis {YEAR + 5} halbieren wir das.", "Wir wollen das halbieren.", (str(YEAR + 5),)),
        ("Erst 412 t, dann die Wege zur Arbeit.", "Die Wege zur Arbeit zuerst, dann 412 t.", ()),
        ("Von 412 t und 30 MWh.", "Von 412 t.", ("30",)),
        ("Nichts.", "Es sind 3.", ()),
    ],
)
def test_a_number_is_lost_if_nothing_stands_in_its_place(
    before: str, after: str, expected: tuple[str, ...]
) -> None:
    assert lost_numbers(before, after, YEAR) == expected


def test_more_than_a_third_is_rewritten() -> None:
    nine = "a b c d e f g h i"
    assert not is_rewritten(nine, "a b c X Y Z g h i")
    assert is_rewritten(nine, "a b W X Y Z g h i")
    assert is_rewritten("a b c", "a b c d e")
    assert not is_rewritten("", "")


WORDS_OF_TEXTS = st.lists(st.sampled_from(["Strom", "Gas", "2030", "412 t", "\n", "und"]), max_size=60).map(
    " ".join
)


@given(before=WORDS_OF_TEXTS, after=WORDS_OF_TEXTS)
@settings(max_examples=150, deadline=None)
def test_an_abridged_diff_has_every_change_and_no_more_than_the_words_around(before: str, after: str) -> None:
    runs = word_diff(before, after)
    short = abridged(runs)
    assert changed_places(short) == changed_places(runs)
    for run, whole in zip(short, runs, strict=True):
        assert run.kind is whole.kind
        if run.kind is DiffKind.KEPT and len(runs) > 1:
            assert len(run.text.split()) <= 3 * CONTEXT_WORDS
            assert run.text == whole.text or "…" in run.text
    assert bool(changed_places(runs)) == (before != after)


@given(words=WORDS_OF_TEXTS)
@settings(max_examples=50, deadline=None)
def test_the_same_words_have_the_same_sense(words: str) -> None:
    assert change_between(text(words), text(words)) is None
