"""The data that drafts are made of: enough for every branch, and faults are named with file and key."""

import re
from collections import Counter
from typing import Any

from dnk_tool.catalogue import Aspect, load_catalogue
from dnk_tool.catalogue.check import check_shared_data
from dnk_tool.catalogue.drafts.facts import load_facts
from dnk_tool.catalogue.drafts.sentences import load_sentences
from dnk_tool.catalogue.drafts.voices import load_voices
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.catalogue.years import YEAR_PLACE, in_year

CATALOGUE = load_catalogue("dnk-2017")
LEAST_FACTS, LEAST_VOICES = 20, 10


def test_each_chapter_has_facts_enough_and_each_speaks_for_the_company() -> None:
    area_of = {number: area.key for area in CATALOGUE.areas for number in area.criteria}
    counted = Counter(
        area_of[int(ref.split(".")[0])] for ref, facts in load_facts().items() for _fact in facts
    )
    assert set(counted) == set(area_of.values())
    assert min(counted.values()) >= LEAST_FACTS
    for facts in load_facts().values():
        for fact in facts:
            assert len(fact.key) <= 40
            assert not fact.field or not fact.field.label.de.endswith(":")


def test_every_aspect_has_an_example_and_the_longest_ones_four_voices() -> None:
    aspects = [one for one in CATALOGUE.requirements.values() if isinstance(one, Aspect)]
    assert all(aspect.example.de and aspect.example.en for aspect in aspects)
    voices = load_voices()
    assert len(voices.by_aspect) >= LEAST_VOICES
    assert len(voices.branches) == 4
    for examples in voices.by_aspect.values():
        assert len({text.de for text in examples.values()}) == len(voices.branches)


def test_examples_count_their_years_from_the_declaration_s_and_alike_in_both_languages() -> None:
    """A year of its own would be a dead one, sooner or later."""
    examples = {one.ref: one.example for one in CATALOGUE.requirements.values() if isinstance(one, Aspect)}
    assert sum("{year}" in text.de for text in examples.values()) > 30
    for ref, text in examples.items():
        assert not re.search(r"\b(?:19|20)\d\d\b", text.de + text.en), ref
        assert sorted(YEAR_PLACE.findall(text.de)) == sorted(YEAR_PLACE.findall(text.en)), ref
        assert "{" not in in_year(text.de + text.en, 2026), ref
    assert in_year("{year}, {year-2} und {year+8}; {years}", 2026) == "2026, 2024 und 2034; {years}"


def test_a_company_is_spoken_for_by_its_branch() -> None:
    voices, sectors = load_voices(), load_sectors()
    known = {"WZ 2025: 43.21": "craft", "25": "production", "47": "shop", "56": "shop", "62": "office"}
    assert {sector: voices.branch_of(sector, sectors).key for sector in known} == known
    assert voices.branch_of("Zauberei", sectors).key == voices.branches[-1].key == "office"
    listed = {section for branch in voices.branches for section in branch.sections}
    assert listed == {section.key for section in sectors.current.sections}


def test_sentences_belong_to_aspects_that_report_figures() -> None:
    asked = {"11.2", "12.2", "13.1", "13.3", "13.5", "16.1", "16.2", "16.3", "16.4"}
    assert asked <= load_sentences().by_aspect.keys() <= CATALOGUE.requirements.keys()


def test_faults_are_reported_with_file_and_key(copy: Any) -> None:
    copy.plant("facts", "aspect: '1.1'", "aspect: '1.9'")
    copy.plant("facts", "seit dem Jahr {value}]", "seit dem Jahr 2019]")
    copy.plant("sentences", "lag bei {waste.recycled-share}", "lag bei {waste.recycled}")
    copy.plant("sentences", "{ghg.reduction} vermieden", "{ghg.reduction|words} vermieden")
    copy.plant("sentences", "figure: training.hours.men", "figure: training.hours.man")
    copy.plant("sentences", "from_lines: ghg.scope1.gross", "from_lines: ghg.scope1")
    copy.plant("sentences", "one: {de: einen Euro", "one: {de: 1 Euro")
    copy.plant("sentences", "category: 3-15", "category: 3-16")
    copy.plant("voices", "sections: [F]", "sections: [Ö]")
    copy.plant("voices", "Als Nächstes kümmern wir uns um …", "Als Nächstes sparen wir 10 Prozent")
    found = {
        (one.file.removeprefix("criteria/"), one.key, one.message) for one in check_shared_data(copy.folder)
    }
    assert {
        ("facts.yaml", "1.9", "no edition has this aspect"),
        ("facts.yaml", "facts[6].text", "has a number that no company gave"),
        ("facts.yaml", "facts[6].text", "names different values in the two languages"),
        ("sentences.yaml", "12.2", "names the unknown datapoint 'waste.recycled'"),
        (
            "sentences.yaml",
            "sentences[3].parts[3].text",
            "names 'ghg.reduction|words', for which there are no words",
        ),
        ("sentences.yaml", "words", "names the unknown datapoint 'training.hours.man'"),
        ("sentences.yaml", "13.5", "names the unknown datapoint 'ghg.scope1'"),
        ("sentences.yaml", "words[12].one", "has a number that no company gave"),
        ("sentences.yaml", "scope3.categories", "must name all categories of Scope 3"),
        ("voices.yaml", "branches[0]", "names the unknown sector 'Ö'"),
        ("voices.yaml", "voices[0].craft", "has a number that no company gave"),
    } <= found
