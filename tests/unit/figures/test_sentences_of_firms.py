"""Sentences from the figures of ten companies stand alone, whatever else is missing.

`python -m tests.unit.figures.test_sentences_of_firms` prints all of them.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dnk_tool.catalogue import load_catalogue, selection_for
from dnk_tool.catalogue.drafts.sentences import CHANGE, datapoint_of, load_sentences
from dnk_tool.catalogue.drafts.templates import NAMES, places
from dnk_tool.catalogue.standard.selection import is_text_aspect
from dnk_tool.domain.answers.answer import Figure, Quality, Sheet
from dnk_tool.domain.figures.figure_sentences import TwoYears, figures_draft
from dnk_tool.domain.figures.scope3 import CategoryState, category_states
from dnk_tool.language import LANGUAGES, Language
from tests.support.plausibility_cases import make_facts, typed_facts

FILE = Path(__file__).parents[2] / "data/sentence_firms.yaml"
CATALOGUE, SENTENCES, YEAR = load_catalogue("dnk-2017"), load_sentences(), 2025
SHEET = Sheet(selection_for("dnk-2017", "gri"))
# Beginnings and words that hang on a sentence before.
LEANING = re.compile(
    r"^(?:Davon|Dabei|Dafür|Dazu|Darin|Daneben|Hiervon|Dies|Das|Auch|Sie|Bei den|Of it|They|It|This)\b"
    r"|\b(?:waren es|sind es|it was|it is|dafür|on it)\b"
)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
COUNTED = (
    r" (?:Stunden|Menschen|Euro|Lieferanten|Personen|Fälle|Auflagen|Vollzeitstellen|unserer|davon|bestätigte"
    "|meldepflichtige|arbeitsbedingte|hours|people|suppliers|cases|conditions|positions|notifiable|confirmed|of|euros)"
)
TOPICS = re.compile(
    "Energie|Strom|Wasser|Abfall|Materialien|Treibhausgase|Scope|CO₂e|Tarifvertrag|Frauen|Diskriminierung"
    "|Weiterbildung|Vollzeitstellen|Arbeitsunf|Erkrankung|Lieferanten|Menschen|Gemeinwesen|Parteien"
    "|Korruption|Rechtsverst|Sanktion|Kartell"
    "|energy|electricity|water|waste|materials|greenhouse|agreement|[Ww]omen|discrimination|training|positions"
    "|accident|ill health|supplier|people|person|community|parties|corruption|law|sanction"
)


@dataclass(frozen=True)
class Said:
    """A sentence of a company, with its aspect and the number of its pattern there."""

    aspect: str
    pattern: int
    text: str


@cache
def firms() -> dict[str, TwoYears]:
    """The companies as their sentences see them."""
    return {key: _firm(case) for key, case in YAML(typ="safe").load(FILE.read_text("utf-8")).items()}


def _firm(case: dict[str, Any]) -> TwoYears:
    now = dict(typed_facts({"sector": "", **case}).figures)
    now |= {key: Figure(quality=Quality.NOT_AVAILABLE) for key in case.get("missing", ())}
    before = make_facts({"figures": case.get("before", {})}).figures
    stated = {key: CategoryState(state) for key, state in case.get("scope3", {}).items()}
    return TwoYears(YEAR, CATALOGUE.datapoints, now, before, category_states(SHEET, now) | stated)


def sentences_of(firm: TwoYears, language: Language) -> Iterator[Said]:
    """Yield each sentence of the company, one by one."""
    for aspect, patterns in SENTENCES.by_aspect.items():
        for number, pattern in enumerate(patterns):
            alone = replace(SENTENCES, by_aspect={aspect: (pattern,)})
            if draft := figures_draft(alone, aspect, firm, language):
                yield Said(aspect, number, draft.text)


def faults(said: Collection[Said], language: Language) -> list[str]:
    """What is wrong with sentences of one company."""
    found = [f"twice: {text}" for text, count in Counter(one.text for one in said).items() if count > 1]
    for one in said:
        main_clause = re.split("[;:]", one.text)[0]
        bare = re.sub(rf"{NAMES}|\b(?:{YEAR}|{YEAR - 1})\b", "", one.text)
        wrong = {
            "hangs": LEANING.search(main_clause),
            "has no full stop": not one.text.endswith(".") or one.text.endswith(".."),
            "has a gap": re.search(r"[{}\[\]]|  | [,.;:)]|\(\)", one.text),
            "begins small": not one.text[0].isupper(),
            "names zero": re.search(r"(?<![\d.,])0(?![\d.,])", one.text),
            "has a hyphen for minus": re.search(r"[-−–] ?\d", one.text),
            "has no topic": not TOPICS.search(one.text),
            "has a bare number": any(not _has_unit(bare[match.end() :]) for match in NUMBER.finditer(bare)),
            "has one in the plural": re.search(rf"(?<![\d.,])1{COUNTED}\b", bare),
            "has a number after a year": re.search(rf"\b{YEAR} \d", one.text),
            "has too many decimals": re.search(rf"\{'.' if language == 'en' else ','}\d{{4}}", bare),
        }
        found += [f"{one.aspect} {fault}: {one.text}" for fault, is_wrong in wrong.items() if is_wrong]
    return found


def _has_unit(rest: str) -> bool:
    """Whether a unit or what is counted comes right after a number."""
    units = chain.from_iterable(family.units.values() for family in CATALOGUE.families.values())
    shown = {name for unit in units for name in (unit.display.de, unit.display.en)}
    return any(rest.startswith(f" {name}") for name in shown) or bool(re.match(rf"{COUNTED}\b", rest))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_ten_companies_stands_alone(language: Language) -> None:
    assert len(firms()) == 10
    found = {key: faults(list(sentences_of(firm, language)), language) for key, firm in firms().items()}
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


def test_every_pattern_is_said_by_one_of_the_companies() -> None:
    said = {(one.aspect, one.pattern) for firm in firms().values() for one in sentences_of(firm, "de")}
    known = {(aspect, n) for aspect, patterns in SENTENCES.by_aspect.items() for n in range(len(patterns))}
    assert known - said == set()


@given(st.data(), st.sampled_from(sorted(firms())), st.sampled_from(LANGUAGES))
def test_no_gap_makes_a_sentence_hang(data: st.DataObject, key: str, language: Language) -> None:
    firm = firms()[key]
    gone, gone_before = (
        data.draw(st.sets(st.sampled_from(sorted(of)))) if of else set() for of in (firm.now, firm.before)
    )
    now = {key: figure for key, figure in firm.now.items() if key not in gone}
    before = {key: figure for key, figure in firm.before.items() if key not in gone_before}
    left = replace(firm, now=now, before=before, scope3=category_states(SHEET, now))
    said = list(sentences_of(left, language))
    assert faults(said, language) == []
    heat = {"de": "Wärme", "en": "heat"}[language]
    assert any(heat in one.text for one in said) <= ("energy.heating.consumption" in now)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Bei den Frauen waren es 12 Stunden.", "hangs"),
        ("An erneuerbaren Materialien waren es 6 t.", "hangs"),
        ("Die Ausgaben dafür lagen bei 12 Euro je Vollzeitstelle.", "hangs"),
        ("Es fielen 6 t Abfall an", "has no full stop"),
        ("Es fielen 6 t Abfall an, .", "has a gap"),
        ("Es fielen 0 t Abfall an.", "names zero"),
        ("Der Unterschied der Bezahlung von Frauen lag bei -3,8 %.", "has a hyphen for minus"),
        ("Für 80 % gilt er.", "has no topic"),
        ("Meldepflichtige Arbeitsunfälle im Jahr 2025: 3.", "has a bare number"),
        ("Wir beschäftigen 1 Menschen.", "has one in the plural"),
        ("Im Jahr 2025 12 t Abfall.", "has a number after a year"),
        ("Es fielen 6,1234 t Abfall an.", "has too many decimals"),
    ],
)
def test_a_sentence_that_does_not_stand_alone_is_found(text: str, fault: str) -> None:
    assert any(f" {fault}: " in found for found in faults([Said("1.1", 0, text)], "de"))


def test_an_amount_stands_in_one_aspect_only() -> None:
    aspects: dict[str, set[str]] = {}
    for aspect, patterns in SENTENCES.by_aspect.items():
        for place in (place for pattern in patterns for place in places(pattern.text.de)):
            if datapoint_of(place) and not place.endswith(CHANGE):
                aspects.setdefault(datapoint_of(place), set()).add(aspect)
    assert {key: found for key, found in aspects.items() if len(found) > 1} == {}


def test_sentences_are_offered_where_there_is_a_text() -> None:
    assert all(is_text_aspect(CATALOGUE.requirements[ref]) for ref in SENTENCES.by_aspect)


def _print() -> None:
    for key, firm in firms().items():
        for language in LANGUAGES:
            print(f"\n## {key} ({language})")
            for one in sentences_of(firm, language):
                print(f"{one.aspect}  {one.text}")


if __name__ == "__main__":
    _print()
