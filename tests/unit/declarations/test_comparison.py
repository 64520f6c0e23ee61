"""Two versions compared: which sections and words differ, and when an answer says something else."""

import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.goal_records import WORDS, goal_tables
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.comparison import (
    CONTEXT_WORDS,
    DiffKind,
    DiffRun,
    SenseChange,
    abridged,
    changed_places,
    changed_sections,
    has_section_changed,
    is_rewritten,
    lost_numbers,
    sense_change,
    word_diff,
)
from dnk_tool.domain.declarations.document import Document
from tests.support.documents import PROFILE, YEAR, full_document

WHOLE = full_document()
TABLE, ASPECT = next(iter(goal_tables(WHOLE.selection).items()))
LONG = "Wir heizen mit Gas und fahren drei Wagen, beides lesen wir jeden Monat ab und schreiben es auf."


def saying(ref: str, **changes: Any) -> Document:
    """The document with another answer under one ref."""
    return replace(WHOLE, answers={**WHOLE.answers, ref: replace(WHOLE.answers[ref], **changes)})


def with_entered_figure(ref: str, figure: Figure, year: int = YEAR) -> Document:
    item = WHOLE.selection.items[ref]
    assert item.datapoint
    return replace(WHOLE, figures={**WHOLE.figures, (year, item.datapoint.key): figure})


def reported() -> str:
    """An aspect that is reported, not explained."""
    return next(
        aspect.ref
        for section in WHOLE.selection.criteria
        for aspect in section.aspects
        if WHOLE.answers[aspect.ref].disclosure is Disclosure.COMPLY
    )


def is_reported(ref: str) -> bool:
    asked = next(r for r in WHOLE.selection.requirements.values() if ref in {i.ref for i in r.items})
    return not WHOLE.sheet().is_explained(asked)


def independent_figure() -> str:
    """A reported figure that follows from no other."""
    return next(
        item.ref
        for item in WHOLE.selection.items.values()
        if item.datapoint and item.datapoint.family.key == "co2e" and is_reported(item.ref)
    )


def explained_ref() -> str:
    return next(ref for ref, answer in WHOLE.answers.items() if answer.disclosure is Disclosure.EXPLAIN)


def section_of(ref: str) -> str:
    return WHOLE.selection.section_of[ref].ref


def test_nothing_differs_from_itself() -> None:
    assert changed_sections(WHOLE, full_document()) == frozenset()


def test_a_text_changes_its_own_section_only() -> None:
    ref = reported()
    assert changed_sections(WHOLE, saying(ref, text="Ganz anders.")) == {section_of(ref)}


def test_a_new_explanation_and_another_reason_count() -> None:
    ref = explained_ref()
    for changes in ({"explanation": "Weil."}, {"reason": "confidential"}):
        assert changed_sections(WHOLE, saying(ref, **changes)) == {section_of(ref)}


def test_to_explain_instead_of_reporting_counts_and_back_again() -> None:
    ref = reported()
    switched = saying(ref, disclosure=Disclosure.EXPLAIN, explanation="Noch nicht erhoben.")
    assert changed_sections(WHOLE, switched) == changed_sections(switched, WHOLE) == {section_of(ref)}


def test_what_is_kept_but_not_printed_says_nothing() -> None:
    hidden = saying(explained_ref(), text="Ein Entwurf, den niemand liest.")
    assert changed_sections(WHOLE, hidden) == frozenset()
    ref = reported()
    assert changed_sections(WHOLE, saying(ref, explanation="Früher erklärt.")) == frozenset()
    assert changed_sections(WHOLE, saying(ref, disclosure=None)) == frozenset(), "reported is the default"


@pytest.mark.parametrize(
    "changes",
    [{"value": Decimal("1")}, {"unit": "kg-co2e"}, {"quality": Quality.ESTIMATED}, {"note": "neu gezählt"}],
    ids=str,
)
def test_each_part_of_a_figure_counts(changes: dict[str, Any]) -> None:
    unchanged = Figure(Decimal("12.5"), "t-co2e", Quality.MEASURED, "")
    before, after = (
        with_entered_figure(independent_figure(), figure)
        for figure in (unchanged, replace(unchanged, **changes))
    )
    assert section_of(independent_figure()) in changed_sections(before, after)


def test_a_figure_counts_wherever_it_is_asked() -> None:
    """No edition asks for a figure twice yet; here is one that does."""
    ref = independent_figure()
    asked = next(r for r in WHOLE.selection.requirements.values() if ref in {item.ref for item in r.items})
    section, other = (
        replace(WHOLE.selection.section_by_ref[at], requirements=(asked,)) for at in ("4", "13")
    )
    untouched = replace(WHOLE.selection.section_by_ref["4"], block=None)
    changed = with_entered_figure(ref, Figure(Decimal("1"), "t-co2e"))
    assert has_section_changed(WHOLE, changed, section)
    assert has_section_changed(WHOLE, changed, other)
    assert not has_section_changed(WHOLE, changed, untouched)


def test_what_follows_from_a_changed_figure_has_changed_too() -> None:
    effas = full_document(indicator_set="effas")
    by_key = {item.datapoint.key: item for item in effas.selection.items.values() if item.datapoint}
    total = by_key["ghg.total"]
    asked = next(r for r in effas.selection.requirements.values() if total in r.items)
    only_total = replace(effas.selection.section_by_ref["4"], requirements=(replace(asked, items=(total,)),))
    key = (YEAR, "ghg.scope1.gross")
    after = replace(effas, figures={**effas.figures, key: replace(effas.figures[key], value=Decimal("3"))})
    assert not effas.sheet().is_explained(asked)
    assert has_section_changed(effas, after, replace(only_total, block=None))


def test_a_figure_of_an_earlier_year_is_not_what_is_declared() -> None:
    earlier = with_entered_figure(independent_figure(), Figure(Decimal("1"), "t-co2e"), YEAR - 1)
    assert changed_sections(WHOLE, earlier) == frozenset()


def test_a_row_of_a_table_counts() -> None:
    ref, answer = next(
        (ref, answer) for ref, answer in WHOLE.answers.items() if isinstance(answer.value, Rows)
    )
    assert isinstance(answer.value, Rows)
    assert changed_sections(WHOLE, saying(ref, value=Rows(answer.value.rows * 2))) == {section_of(ref)}


def test_the_profile_belongs_to_general_information() -> None:
    renamed = replace(WHOLE, organisation=replace(PROFILE, name="Neu & Söhne GmbH"))
    assert changed_sections(WHOLE, renamed) == {"general"}


def test_a_section_that_was_not_asked_before_is_new_once_it_says_something() -> None:
    bare = full_document(options=frozenset())
    added = changed_sections(bare, WHOLE)
    extra = {section.ref for section in WHOLE.selection.sections} - {
        section.ref for section in bare.selection.sections
    }
    assert extra
    assert extra <= added


def test_an_empty_answer_is_none() -> None:
    ref = reported()
    without = replace(WHOLE, answers={key: answer for key, answer in WHOLE.answers.items() if key != ref})
    emptied = replace(WHOLE, answers={**WHOLE.answers, ref: Answer(Disclosure.COMPLY)})
    section = WHOLE.selection.section_of[ref]
    assert not has_section_changed(without, emptied, section)
    assert has_section_changed(WHOLE, emptied, section)


def joined_runs(runs: tuple[DiffRun, ...], *without: DiffKind) -> str:
    return "".join(run.text for run in runs if run.kind not in without)


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="ab \n\t.", max_size=40),
    st.lists(st.sampled_from(["Strom", "Gas", "und", "sparen.", "\n", " "]), max_size=20).map(" ".join),
)


@given(before=TEXTS, after=TEXTS)
@settings(max_examples=600, deadline=None)
def test_nothing_is_lost_in_a_diff(before: str, after: str) -> None:
    runs = word_diff(before, after)
    assert joined_runs(runs, DiffKind.REMOVED) == after
    assert joined_runs(runs, DiffKind.ADDED) == before
    assert all(run.text for run in runs)


@given(text=TEXTS)
def test_the_same_text_is_kept(text: str) -> None:
    assert word_diff(text, text) == ((DiffRun(DiffKind.KEPT, text),) if text else ())


def test_the_words_that_changed_are_named_and_no_others() -> None:
    assert word_diff("Wir sparen Strom.", "Wir sparen Gas.") == (
        DiffRun(DiffKind.KEPT, "Wir sparen"),
        DiffRun(DiffKind.REMOVED, " Strom."),
        DiffRun(DiffKind.ADDED, " Gas."),
    )


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        ("Wir sparen.", "Auch wir sparen. Wir sparen.", "Auch wir sparen. "),
        ("Wir sparen.", "Wir sparen. Seit 2020.", " Seit 2020."),
    ],
)
def test_a_sentence_before_or_after_leaves_the_rest_alone(before: str, after: str, added: str) -> None:
    assert [run.text for run in word_diff(before, after) if run.kind is DiffKind.ADDED] == [added]
    assert all(run.kind is not DiffKind.REMOVED for run in word_diff(before, after))


def test_what_was_replaced_reads_as_one_run() -> None:
    runs = word_diff("eins zwei drei vier", "eins 2 3 vier")
    assert [run.kind for run in runs] == [DiffKind.KEPT, DiffKind.REMOVED, DiffKind.ADDED, DiffKind.KEPT]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 20_000, "a " * 19_999 + "b "),
        ("a b " * 5_000, "b a " * 5_000),
        (" ".join(f"w{i % 40}" for i in range(4_000)), " ".join(f"w{i * 7 % 40}" for i in range(4_000))),
        ("x" * 100_000, "y" * 100_000),
    ],
    ids=["one word", "two words", "forty words", "no space"],
)
def test_no_text_keeps_a_page_waiting(before: str, after: str) -> None:
    start = time.process_time()
    runs = word_diff(before, after)
    assert time.process_time() - start < 2
    assert joined_runs(runs, DiffKind.REMOVED) == after
    assert joined_runs(runs, DiffKind.ADDED) == before


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
