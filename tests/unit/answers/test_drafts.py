"""Drafts: blanks for the numbers of examples, what counts as changed, and what is left after an edit."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import Aspect, load_catalogue, selection_for
from dnk_tool.catalogue.drafts.facts import Fact, load_facts
from dnk_tool.catalogue.drafts.templates import NAMES, filled, places
from dnk_tool.catalogue.drafts.voices import load_voices
from dnk_tool.domain.answers.answer import Answer, Disclosure, Sheet
from dnk_tool.domain.answers.completeness import (
    CompletionStatus,
    GapKind,
    requirement_status,
    section_completeness,
)
from dnk_tool.domain.answers.draft import (
    BLANK,
    Draft,
    DraftKind,
    checked,
    drafts_after_edit,
    drafts_from_json,
    drafts_to_json,
    is_mostly_example,
    with_draft,
    without_draft,
    without_numbers,
)
from dnk_tool.domain.answers.take_over import unconfirmed_refs
from dnk_tool.language import LANGUAGES, Language, format_number
from dnk_tool.web.answers.proposals.facts import facts_draft

SELECTION = selection_for("dnk-2017", "effas")
PLAIN = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=60).map(str.strip)
WORDS = st.lists(
    st.sampled_from(["wir", "haben", "eine", "neue", "Heizung", "und", "drei", "Räder", "aus", "Holz"]),
    min_size=1,
)
EXAMPLE = Draft(
    DraftKind.EXAMPLE, "Wir planen den Zuschnitt und verwenden Reste weiter. Zuständig ist …", "de"
)
SENTENCE = Draft(DraftKind.FIGURES, "Es fielen 12,5 t Abfall an.", "de", {"waste.total": "12,5 t"})
FACTS = Draft(DraftKind.FACTS, "Wir trennen unseren Abfall.", "de", {"measure-sorting": ""})


def test_an_example_has_no_number_once_it_is_a_draft() -> None:
    """A number of another company must not become one's own by forgetting to change it."""
    aspects = [one for one in load_catalogue("dnk-2017").requirements.values() if isinstance(one, Aspect)]
    texts = [(aspect.ref, text) for aspect in aspects for text in (aspect.example.de, aspect.example.en)]
    for examples in load_voices().by_aspect.values():
        texts += [("voice", words) for text in examples.values() for words in (text.de, text.en)]
    assert len(texts) > 200
    for ref, text in texts:
        assert not re.search(r"\d", re.sub(NAMES, "", without_numbers(text))), ref


@given(st.text())
def test_any_number_becomes_a_blank_and_names_stay(text: str) -> None:
    assert not re.search(r"\d", re.sub(NAMES, "", without_numbers(text)))
    assert without_numbers("Nach ISO 14001, seit 2020 mit 1.310,5 kWh und elf Leuten; trugen 62 von 80.") == (
        f"Nach ISO 14001, seit {BLANK} mit {BLANK} kWh und {BLANK} Leuten; trugen {BLANK} von {BLANK}."
    )


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        ("Zweimal im Jahr, an viermal vier Tagen.", "… im Jahr, an … … Tagen."),
        ("Etwa ein Drittel, für jeden fünften Auftrag die Hälfte.", "Etwa ein …, für jeden … Auftrag die …."),
        ("In einer zweistündigen Schulung.", "In einer … Schulung."),
        ("Twice a year, half of it and two thirds of that.", "… a year, … of it and … … of that."),
        ("Once a quarter, the third is late.", "Once a quarter, the third is late."),
        ("Mit Achtung und Waschmittel, jeden Monat.", "Mit Achtung und Waschmittel, jeden Monat."),
    ],
)
def test_shares_and_multiples_are_numbers_too(text: str, blanked: str) -> None:
    assert without_numbers(text) == blanked


@given(
    st.sets(st.sampled_from([fact.key for facts in load_facts().values() for fact in facts]), min_size=1),
    st.integers(1900, 2100),
    st.sampled_from(LANGUAGES),
)
def test_facts_say_what_was_ticked_and_have_no_number_but_what_was_entered(
    ticked: set[str], entered: int, language: Language
) -> None:
    known = {re.sub(r"\D", "", format_number(Decimal(entered), language))}
    for aspect, facts in load_facts().items():
        chosen = {fact.key: _entered(fact, entered) for fact in facts if fact.key in ticked}
        draft = facts_draft(aspect, chosen, language)
        assert (draft is not None) is bool(chosen)
        if draft:
            said = re.sub(NAMES, "", draft.text).replace(".", "").replace(",", "")
            assert set(re.findall(r"\d+", said)) <= known
            assert facts_draft(aspect, dict.fromkeys(chosen, ""), language), "a field may stay empty"


def _entered(fact: Fact, number: int) -> str:
    if fact.field is None:
        return ""
    return fact.field.choices[0].key if fact.field.choices else str(number)


@given(WORDS, WORDS)
def test_an_example_counts_as_written_once_half_of_its_words_are_others(
    kept: list[str], new: list[str]
) -> None:
    others = [f"{word}x" for word in new]
    example = " ".join(kept)
    assert is_mostly_example(example, example)
    assert is_mostly_example(example, f"{' '.join(others)} {example}"), "words beside it change nothing"
    assert is_mostly_example(example, " ".join(kept[: len(kept) // 2 + 1])), "nor does leaving some out"
    assert not is_mostly_example(example, " ".join(others))


def test_an_example_stays_to_be_checked_while_it_has_blanks() -> None:
    rewritten = (
        "Unsere Werkstatt repariert alte Möbel, das Holz stammt aus dem Wald nebenan; es sind … Meter."
    )
    assert drafts_after_edit([EXAMPLE], rewritten) == (EXAMPLE,)
    assert drafts_after_edit([EXAMPLE], rewritten.replace("…", "wenige")) == ()
    assert drafts_after_edit([EXAMPLE], EXAMPLE.text.replace("…", "Frau Petersen")) == (EXAMPLE,)
    assert drafts_after_edit([EXAMPLE], "") == ()


def test_a_sentence_is_remembered_as_long_as_the_text_names_its_figures() -> None:
    assert drafts_after_edit([SENTENCE], f"Vorher.\n\n{SENTENCE.text}") == (SENTENCE,)
    own = "Bei uns waren es 12,5 t Abfall, mehr als gedacht."
    assert drafts_after_edit([SENTENCE], own) == (replace(SENTENCE, is_checked=True),)
    assert drafts_after_edit([SENTENCE], "Es waren 112,5 t und 12,5 total.") == ()
    assert drafts_after_edit([FACTS], "Wir trennen Abfall.") == ()
    assert checked([SENTENCE, FACTS, EXAMPLE]) == tuple(
        replace(one, is_checked=True) for one in (SENTENCE, FACTS)
    )


@given(st.lists(PLAIN, max_size=3), PLAIN, PLAIN)
def test_a_draft_goes_in_and_out_without_touching_other_words(
    own: list[str], first: str, second: str
) -> None:
    text = "\n\n".join(part for part in own if part)
    draft, newer = (Draft(DraftKind.FACTS, f"«{words}»", "de") for words in (first, second))
    written = with_draft(text, draft)
    assert without_draft(written, draft) == text
    assert without_draft(with_draft(written, newer, draft), newer) == text, "a newer one takes its place"
    assert drafts_from_json(drafts_to_json([draft, newer])) == (draft, newer)


@given(st.dictionaries(st.sampled_from("abc"), PLAIN))
def test_a_sentence_leaves_out_what_is_missing(values: dict[str, str]) -> None:
    template = "Es sind {a}[, davon {b}[nie]][; {c}]."
    known = {key: value for key, value in values.items() if value}
    assert bool(filled("Es sind {a}[, davon {b}].", values)) is ("a" in known)
    assert filled("Es sind {a}[, davon {b}].", {"a": "{b}[x]"}) == "Es sind {b}[x].", (
        "values are no templates"
    )
    assert set(places(template)) == {"a", "b", "c"}


def test_a_draft_that_nobody_checked_is_a_gap_unless_the_point_is_explained() -> None:
    section = SELECTION.section_by_ref["7"]
    said = {"7.1": Answer(text=FACTS.text), "7.2": Answer(text="Aus Rechnungen.")}
    sheet = Sheet(SELECTION, said, taken={"7.1": 2025}, drafts={"7.1": (FACTS,)}, done=frozenset({"7"}))
    part = section_completeness(sheet, section)
    gaps = [(gap.requirement, gap.kind) for gap in part.gaps if gap.requirement == "7.1"]
    assert gaps == [("7.1", GapKind.UNCHECKED_DRAFT)]
    assert part.unconfirmed == ()
    assert requirement_status(sheet, section, section.requirements[0]) is CompletionStatus.IN_PROGRESS
    explained = {**said, "7.1": Answer(Disclosure.EXPLAIN, text=FACTS.text, explanation="Noch nicht.")}
    hidden = replace(sheet, answers=explained)
    assert GapKind.UNCHECKED_DRAFT not in {gap.kind for gap in section_completeness(hidden, section).gaps}
    assert unconfirmed_refs(hidden, section) == ()
