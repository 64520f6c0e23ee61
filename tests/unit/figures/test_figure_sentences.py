"""Sentences from figures name what the company has and nothing else, and tell when a figure has changed."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import selection_for
from dnk_tool.catalogue.drafts.sentences import load_sentences
from dnk_tool.catalogue.drafts.templates import NAMES
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Quality, Sheet
from dnk_tool.domain.answers.draft import Draft, DraftKind, is_as_proposed
from dnk_tool.domain.figures.figure_sentences import (
    TwoYears,
    figures_draft,
    outdated_values,
    without_explained,
)
from dnk_tool.domain.figures.scope3 import CATEGORIES, CategoryState, category_states
from dnk_tool.domain.figures.year_change import year_change
from dnk_tool.language import LANGUAGES, Language, format_number

SELECTION = selection_for("dnk-2017", "effas")
POINTS = SELECTION.catalogue.datapoints
SENTENCES = load_sentences()
TOTAL = "ghg.total"  # follows from others
NAMED = sorted(
    {key for aspect in SENTENCES.by_aspect for key in SENTENCES.named_datapoints(aspect)} - {TOTAL}
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Numbers that can be told from each other, so that a wrong one is seen.
VALUES = st.one_of(st.none(), st.just(Decimal(0)), st.decimals(Decimal("0.1"), Decimal(10_000_000), places=1))


def figure(key: str, value: Decimal | None, origin: Origin = Origin.ENTERED) -> Figure:
    unit = POINTS[key].default_unit if value is not None else ""
    return Figure(value, unit, None if value is not None else Quality.NOT_AVAILABLE, origin=origin)


def two_years(
    now: dict[str, Decimal | None], before: dict[str, Decimal | None], origin: Origin = Origin.ENTERED
) -> TwoYears:
    return TwoYears(
        2025,
        POINTS,
        {key: figure(key, value, origin) for key, value in now.items()},
        {key: figure(key, value) for key, value in before.items()},
    )


def known_numbers(figures: TwoYears, language: Language) -> set[str]:
    """Every number that the company has: years, values as they are shown, and changes between the years."""
    found = {str(figures.year), str(figures.year - 1)}
    for key, now in figures.now.items():
        if now.readable is not None:
            found.add(format_number(now.readable.value, language))
        change = year_change(POINTS[key], now, figures.before.get(key, Figure()))
        if change and change.percent is not None:
            found.add(format_number(abs(change.percent), language))
    return found


@given(
    st.dictionaries(st.sampled_from(NAMED), VALUES),
    st.dictionaries(st.sampled_from(NAMED), VALUES),
    st.sampled_from(LANGUAGES),
    st.sampled_from((Origin.ENTERED, Origin.LINES)),
)
def test_no_proposal_has_a_number_that_is_not_in_the_companys_data(
    now: dict[str, Decimal | None], before: dict[str, Decimal | None], language: Language, origin: Origin
) -> None:
    figures = two_years(now, before, origin)
    known = known_numbers(_with_total(figures), language)
    for aspect in SENTENCES.by_aspect:
        draft = figures_draft(SENTENCES, aspect, figures, language)
        if draft is None:
            continue
        assert set(NUMBER.findall(re.sub(NAMES, "", draft.text))) <= known, draft.text
        if not any(sentence.from_lines for sentence in SENTENCES.by_aspect[aspect]):
            assert draft.values, "a sentence without a figure says nothing of the company"
        assert not re.search(r"[{}\[\]]", draft.text)
        assert not re.search(r"(?<![\d.,])0(?![\d.,])", draft.text), "a missing figure is not zero"
        assert list(outdated_values(SENTENCES, draft, draft.text, figures)) == []


def _with_total(figures: TwoYears) -> TwoYears:
    """With the sum of all scopes, which follows from its parts."""
    now, before = (
        {**of, TOTAL: Sheet(SELECTION, figures=of).figure(POINTS[TOTAL])}
        for of in (figures.now, figures.before)
    )
    return replace(figures, now=now, before=before)


def test_a_sentence_reads_as_a_person_would_write_it() -> None:
    figures = two_years(
        {"energy.total": Decimal(530002), "waste.total": Decimal("12.5")}, {"energy.total": Decimal(552000)}
    )
    german = figures_draft(SENTENCES, "11.2", figures, "de")
    english = figures_draft(SENTENCES, "11.2", figures, "en")
    assert german
    assert english
    assert german.text == (
        "Im Jahr 2025 haben wir 530.002 kWh Energie verbraucht, 4 % weniger als 2024. "
        "Es fielen 12,5 t Abfall an."
    )
    assert english.text == (
        "In 2025 we used 530,002 kWh of energy, 4 % less than in 2024. We produced 12.5 t of waste."
    )
    assert figures_draft(SENTENCES, "11.2", two_years({}, {}), "de") is None


def test_only_lines_make_a_sentence_about_how_they_were_calculated() -> None:
    emissions: dict[str, Decimal | None] = {"ghg.scope1.gross": Decimal("7.04")}
    assert figures_draft(SENTENCES, "13.5", two_years(emissions, {}), "de") is None
    draft = figures_draft(SENTENCES, "13.5", two_years(emissions, {}, Origin.LINES), "de")
    assert draft
    assert "(Scope 1) haben wir nach dem GHG Protocol berechnet" in draft.text
    assert "7,0" not in draft.text, "the amount stands in another aspect"
    nothing = {"ghg.scope1.gross": Decimal(0)}
    assert figures_draft(SENTENCES, "13.5", two_years(nothing, {}, Origin.LINES), "de") is None


@pytest.mark.parametrize(
    ("said", "is_told"),
    [("7,04 t CO₂e", False), ("7 t CO₂e", False), ("7,036 t CO₂e", False), ("7,1 t CO₂e", True)],
)
def test_another_rounding_of_the_same_value_is_no_news(said: str, is_told: bool) -> None:
    lines = two_years({"ghg.scope1.gross": Decimal("7.0364")}, {}, Origin.LINES)
    draft = Draft(DraftKind.FIGURES, f"Es waren {said}.", "de", {"ghg.scope1.gross|lines": said})
    told = [one.today for one in outdated_values(SENTENCES, draft, draft.text, lines)]
    assert told == (["7,0 t CO₂e"] if is_told else [])


def test_a_changed_figure_is_told_with_both_values_until_the_text_names_the_new_one() -> None:
    old = two_years({"waste.total": Decimal("12.5")}, {})
    draft = figures_draft(SENTENCES, "11.2", old, "de")
    assert draft
    new = two_years({"waste.total": Decimal("14.25")}, {})
    text = f"Vorweg.\n\n{draft.text}"
    assert is_as_proposed(draft, text)
    told = list(outdated_values(SENTENCES, draft, text, new))
    assert [(one.datapoint.key, one.said, one.today) for one in told] == [
        ("waste.total", "12,5 t", "14,25 t")
    ]
    assert list(outdated_values(SENTENCES, draft, "Es fielen 14,25 t Abfall an.", new)) == []
    gone = list(outdated_values(SENTENCES, draft, draft.text, two_years({}, {})))
    assert [one.today for one in gone] == [""]
    none_left = list(
        outdated_values(SENTENCES, draft, draft.text, two_years({"waste.total": Decimal(0)}, {}))
    )
    assert [one.today for one in none_left] == ["0 t"], "zero is a figure, though no sentence names it"


ACCIDENTS, PAY_GAP = "safety.employees.notifiable-accidents", "workforce.pay-gap"


@pytest.mark.parametrize(
    ("key", "aspect", "value", "german", "english"),
    [
        (ACCIDENTS, "16.4", None, "", ""),
        (
            ACCIDENTS,
            "16.4",
            "0",
            "Im Jahr 2025 hatten wir keinen meldepflichtigen Arbeitsunfall.",
            "In 2025 we had no notifiable accident at work.",
        ),
        (
            ACCIDENTS,
            "16.4",
            "1",
            "Im Jahr 2025 hatten wir einen meldepflichtigen Arbeitsunfall.",
            "In 2025 we had one notifiable accident at work.",
        ),
        (
            ACCIDENTS,
            "16.4",
            "3",
            "Im Jahr 2025 hatten wir 3 meldepflichtige Arbeitsunfälle.",
            "In 2025 we had 3 notifiable accidents at work.",
        ),
        (
            PAY_GAP,
            "15.2",
            "-3.8",
            "Frauen verdienten je Stunde im Schnitt 3,8 % mehr als Männer, ohne Rücksicht auf die Tätigkeit.",
            "On average women earned 3.8 % more per hour than men, whatever their work.",
        ),
        (
            PAY_GAP,
            "15.2",
            "0",
            "Frauen verdienten je Stunde im Schnitt genauso viel wie Männer, "
            "ohne Rücksicht auf die Tätigkeit.",
            "On average women earned as much per hour as men, whatever their work.",
        ),
    ],
)
def test_zero_one_and_less_than_zero_are_said_in_words(
    key: str, aspect: str, value: str | None, german: str, english: str
) -> None:
    figures = two_years({key: Decimal(value) if value else None}, {})
    drafts = [figures_draft(SENTENCES, aspect, figures, language) for language in LANGUAGES]
    assert [draft.text if draft else "" for draft in drafts] == [german, english]


def test_a_zero_in_words_is_told_when_it_is_none_any_more() -> None:
    draft = figures_draft(SENTENCES, "16.4", two_years({ACCIDENTS: Decimal(0)}, {}), "de")
    assert draft
    told = list(outdated_values(SENTENCES, draft, draft.text, two_years({ACCIDENTS: Decimal(2)}, {})))
    assert [(one.said, one.today) for one in told] == [
        ("keinen meldepflichtigen Arbeitsunfall", "2 meldepflichtige Arbeitsunfälle")
    ]
    earlier = Draft(DraftKind.FIGURES, "Arbeitsunfälle: 3.", "de", {ACCIDENTS: "3"})
    assert (
        list(outdated_values(SENTENCES, earlier, earlier.text, two_years({ACCIDENTS: Decimal(3)}, {}))) == []
    )
    lines = two_years({"ghg.scope1.gross": Decimal(8)}, {})
    earlier = Draft(DraftKind.FIGURES, "Es waren 7,0 t CO₂e.", "de", {"ghg.scope1.gross|lines": "7,0 t CO₂e"})
    assert [one.today for one in outdated_values(SENTENCES, earlier, earlier.text, lines)] == ["8 t CO₂e"]


def scope3(states: dict[str, CategoryState], **categories: str) -> list[str]:
    """The first and the last sentence about emissions, with categories of Scope 3 by their amounts."""
    emissions: dict[str, Decimal | None] = {"ghg.scope1.gross": Decimal(3), "ghg.scope2.location": Decimal(4)}
    emissions["ghg.scope3.gross"] = Decimal(50)
    for key, amount in categories.items():
        emissions[f"ghg.scope3.{key.replace('_', '-')}"] = Decimal(amount)
    figures = two_years(emissions, {})
    known = category_states(Sheet(SELECTION), figures.now) | states
    draft = figures_draft(SENTENCES, "13.1", replace(figures, scope3=known), "de")
    assert draft
    first, *_others, last = re.split(r"(?<=\.) ", draft.text)
    return [first, last]


def test_a_part_of_scope_3_is_called_a_part() -> None:
    assert scope3({}) == [
        "Unsere Treibhausgase aus Scope 1 bis 3 lagen im Jahr 2025 zusammen bei 57 t CO₂e, "
        "soweit wir sie erfasst haben.",
        "Vor und nach unserem Betrieb haben wir 50 t CO₂e erfasst (Scope 3).",
    ], "nobody has said which categories are in it"
    assert scope3({}, commuting="30", purchased_goods="20", waste="0") == [
        "Unsere Treibhausgase aus Scope 1 bis 3 lagen im Jahr 2025 zusammen bei 57 t CO₂e, "
        "soweit wir sie erfasst haben; aus Scope 3 erfassen wir bisher eingekaufte Waren und "
        "Wege zur Arbeit.",
        "Vor und nach unserem Betrieb haben wir 50 t CO₂e erfasst (Scope 3): "
        "eingekaufte Waren (20 t CO₂e) und Wege zur Arbeit (30 t CO₂e); die übrigen Kategorien fehlen noch.",
    ]
    whole = dict.fromkeys(CATEGORIES, CategoryState.NOT_RELEVANT)
    whole |= {"3-1": CategoryState.ESTIMATED, "3-7": CategoryState.CALCULATED}
    assert scope3(whole, commuting="30", purchased_goods="20") == [
        "Unsere Treibhausgase aus Scope 1 bis 3 lagen im Jahr 2025 zusammen bei 57 t CO₂e.",
        "Vor und nach unserem Betrieb haben wir 50 t CO₂e erfasst (Scope 3): "
        "eingekaufte Waren (20 t CO₂e) und Wege zur Arbeit (30 t CO₂e).",
    ]
    told_by_hand = {"3-7": CategoryState.CALCULATED}
    assert scope3(told_by_hand)[1] == (
        "Vor und nach unserem Betrieb haben wir 50 t CO₂e erfasst (Scope 3): Wege zur Arbeit; "
        "die übrigen Kategorien fehlen noch."
    )


def test_sums_of_other_categories_are_not_compared() -> None:
    now = {"ghg.scope1.gross": Decimal(3), "ghg.scope2.location": Decimal(4), "ghg.scope3.gross": Decimal(50)}
    before = {**now, "ghg.scope3.gross": Decimal(25)}
    commuting = {"ghg.scope3.commuting": Decimal(25)}
    for earlier, is_compared in (({**before, **commuting}, True), (before, False)):
        draft = figures_draft(SENTENCES, "13.1", two_years({**now, **commuting}, {**earlier}), "de")
        assert draft
        assert ("78,1 % mehr als 2024" in draft.text) is is_compared


def test_a_figure_that_is_explained_makes_no_sentence() -> None:
    figures = {
        "waste.total": figure("waste.total", Decimal(3)),
        "energy.total": figure("energy.total", Decimal(9)),
    }
    explained = Sheet(SELECTION, {"EFFAS-E04-01": Answer(Disclosure.EXPLAIN, explanation="Noch nicht.")})
    assert without_explained(figures, explained).keys() == {"energy.total"}
    assert without_explained(figures, Sheet(SELECTION)).keys() == figures.keys()
