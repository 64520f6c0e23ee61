"""Optimistic locking: no text is ever lost, and only what both changed is a conflict."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import NO_ANSWER, NO_FIGURE, Answer, Disclosure, Figure, is_same_answer
from dnk_tool.domain.editing import (
    Conflict,
    ConflictError,
    Decision,
    Seen,
    Stored,
    Unchanged,
    VersionedEdit,
    Write,
    decide,
    is_change,
    without_conflict,
)
from dnk_tool.domain.figures.updates import decide_figure

quick = settings(max_examples=200, deadline=None, database=None)
texts = st.sampled_from(["", "Wir sparen.", "Wir sparen Strom.", "Noch nichts."])
# Who sends what, having loaded the page before which of the earlier saves.
saves = st.lists(st.tuples(texts, st.integers(0, 9)), min_size=1, max_size=8)


@dataclass
class Row:
    """What a row and its revisions keep, by the rules of the store."""

    content: str = ""
    version: int = 0
    revisions: dict[int, str] = field(default_factory=lambda: {0: ""})
    kept_aside: list[str] = field(default_factory=list)

    def save(self, text: str, seen: int) -> Decision[str]:
        decision = decide(Stored(self.content, self.version), Seen(seen, self.revisions[seen]), text)
        if isinstance(decision, Write):
            self.content, self.version = decision.content, self.version + 1
            self.revisions[self.version] = decision.content
        elif isinstance(decision, Conflict):
            self.kept_aside.append(decision.mine)
        return decision


def saved(story: Sequence[tuple[str, int]]) -> Row:
    row = Row()
    for text, loaded in story:
        row.save(text, min(loaded, row.version))
    return row


@quick
@given(saves)
def test_no_text_is_ever_lost(story: Sequence[tuple[str, int]]) -> None:
    row = saved(story)
    kept = {*row.revisions.values(), *row.kept_aside}
    assert {text for text, _loaded in story} <= kept
    assert row.revisions[row.version] == row.content


@quick
@given(saves, texts, st.integers(0, 9))
def test_nobody_writes_over_what_they_have_not_seen(
    story: Sequence[tuple[str, int]], text: str, loaded: int
) -> None:
    row = saved(story)
    before, seen = replace(row), min(loaded, row.version)
    decision = row.save(text, seen)
    if isinstance(decision, Write):
        assert before.version in (0, seen)
        assert text != before.content
    else:
        assert (row.content, row.version) == (before.content, before.version)


@quick
@given(saves, texts, st.integers(0, 9))
def test_the_same_content_sent_again_is_never_a_conflict(
    story: Sequence[tuple[str, int]], text: str, loaded: int
) -> None:
    row = saved(story)
    seen = min(loaded, row.version)
    first = row.save(text, seen)
    again = row.save(text, seen)
    if isinstance(first, Conflict):
        assert again == first, "it is told again, and still nothing is written"
        assert isinstance(row.save(text, row.version), Write), "whoever has seen both decides"
        return
    assert isinstance(again, Unchanged)
    if isinstance(first, Write) and row.version != seen:
        assert again.newer == row.version, "the sender learns of the version it never heard of"


@quick
@given(saves, st.integers(0, 9))
def test_sending_what_one_saw_changes_nothing(story: Sequence[tuple[str, int]], loaded: int) -> None:
    row = saved(story)
    seen = min(loaded, row.version)
    assert isinstance(row.save(row.revisions[seen], seen), Unchanged)


def test_a_conflict_has_both_contents_and_says_whose_the_stored_one_is() -> None:
    current = Stored("Ihre Fassung", 3, by=7, ref="1.1")
    assert decide(current, Seen(2, "alt"), "Meine Fassung") == Conflict(
        "Meine Fassung", "Ihre Fassung", version=3, by=7, ref="1.1"
    )


def test_what_was_seen_and_is_known_no_more_counts_as_changed() -> None:
    assert isinstance(decide(Stored("neu", 2), Seen(1), "alt"), Conflict)


def test_content_without_a_counter_is_told_apart_by_itself() -> None:
    assert isinstance(decide(Stored(5, 5), Seen(5, 5), 6), Write)
    assert isinstance(decide(Stored(5, 5), Seen(4, 4), 6), Conflict)
    assert isinstance(decide(Stored(None, None), Seen(4, 4), 6), Conflict), "nothing is a state as well"
    assert isinstance(decide(Stored(5, 5), Seen(None, None), None), Unchanged), "only others wrote"


def test_content_that_is_saved_alone_raises_its_conflict() -> None:
    assert is_change(Stored("alt", 1), 1, "neu")
    assert not is_change(Stored("neu", 2), 1, "neu")
    with pytest.raises(ConflictError) as raised:
        is_change(Stored("ihr", 2, by=7), 1, "mein")
    assert (raised.value.conflict.mine, raised.value.conflict.theirs) == ("mein", "ihr")
    assert without_conflict(Write("neu")) == Write("neu")


def test_we_report_without_a_word_is_no_answer() -> None:
    touched = Answer(Disclosure.COMPLY)
    assert isinstance(decide(Stored(NO_ANSWER), Seen(0), touched, is_same=is_same_answer), Unchanged)
    stale = decide(Stored(Answer(text="neu"), 1), Seen(0, NO_ANSWER), touched, is_same=is_same_answer)
    assert stale == Unchanged(), "the sender never wrote anything"


def of_kwh(value: str, **words: str) -> Figure:
    return Figure(Decimal(value), "kWh", **words)  # type: ignore[arg-type]


def test_a_page_that_shows_a_part_of_a_figure_keeps_the_rest() -> None:
    current = Stored(of_kwh("5", source="Zähler"), 2)
    edit = VersionedEdit(of_kwh("6"), 1, is_whole=False)
    hidden_change = decide_figure(current, Seen(1, of_kwh("5")), edit)
    assert hidden_change == Write(of_kwh("6", source="Zähler"))
    shown_change = decide_figure(current, Seen(1, of_kwh("4", source="Rechnung")), edit)
    assert isinstance(shown_change, Conflict)
    assert shown_change.mine == of_kwh("6", source="Rechnung"), "with the rest as the sender had it"
    untouched = decide_figure(current, Seen(1, of_kwh("6")), edit)
    assert untouched == Unchanged()


def test_a_page_that_shows_all_of_a_figure_conflicts_in_all_of_it() -> None:
    current = Stored(of_kwh("5", source="Zähler"), 2)
    assert isinstance(decide_figure(current, Seen(1, of_kwh("5")), VersionedEdit(of_kwh("6"), 1)), Conflict)
    assert decide_figure(current, Seen(1, of_kwh("5")), VersionedEdit(of_kwh("5"), 1)) == Unchanged()


def test_an_empty_figure_that_was_never_there_is_not_written() -> None:
    assert decide_figure(Stored(NO_FIGURE), Seen(0), VersionedEdit(Figure(), 0)) == Unchanged()
