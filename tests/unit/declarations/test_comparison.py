"""Two versions compared: which sections differ, and the words within a text."""

import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.comparison import (
    DiffKind,
    DiffRun,
    changed_sections,
    has_section_changed,
    word_diff,
)
from dnk_tool.domain.declarations.document import Document
from tests.support.documents import PROFILE, YEAR, full_document

WHOLE = full_document()


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
