"""Words that may be banned claims about the environment: which texts are asked about, which pass."""

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue import Aspect, load_catalogue
from dnk_tool.catalogue.claims import build_claims, load_claims
from dnk_tool.catalogue.drafts.facts import load_facts
from dnk_tool.catalogue.drafts.voices import load_voices
from dnk_tool.domain.answers.claims import find_claims
from dnk_tool.paths import criteria_folder

ASKS = [
    ("Unser Betrieb ist klimaneutral.", "klimaneutral"),
    ("Wir liefern klimaneutrale Druckprodukte.", "klimaneutrale"),
    ("Seit Mai arbeiten wir CO₂-neutral.", "CO₂-neutral"),
    ("Unsere Kerzen sind CO2 neutral, ohne Aufpreis.", "CO2 neutral"),
    ("Den Versand bieten wir klimakompensiert an.", "klimakompensiert"),
    ("Unser Ziel ist Klimaneutralität bis 2035.", "Klimaneutralität"),
    ("Bis 2040 erreichen wir Netto-Null.", "Netto-Null"),
    ("Unsere Seife ist klimapositiv!", "klimapositiv"),
    ("Wir sind nicht nur klimaneutral, sondern auch fair.", "klimaneutral"),
    ("Es war nicht teuer, klimaneutral zu werden.", "klimaneutral"),
    ("Klimaneutral und nicht teuer: So drucken wir.", "Klimaneutral"),
    ("Wir verwenden umweltfreundliche Reinigungsmittel.", "umweltfreundliche"),
    ("Die Lacke sind besonders umweltschonend.", "umweltschonend"),
    ("Das umweltverträglichste Verfahren ist unseres.", "umweltverträglichste"),
    ("Wir bieten nachhaltige Produkte an.", "nachhaltige Produkte"),
    ("Ein nachhaltiges und langlebiges Produkt entsteht.", "nachhaltiges und langlebiges Produkt"),
    ("Unsere Möbel sind von Grund auf nachhaltig.", "Möbel sind von Grund auf nachhaltig"),
    ("Das Holz stammt aus nachhaltiger Forstwirtschaft.", "nachhaltiger Forstwirtschaft"),
    ("Grüne Verpackungen sind unser Beitrag.", "Grüne Verpackungen"),
    ("Die Folie ist biologisch abbaubar.", "biologisch abbaubar"),
    ("Wir führen Öko-Waschmittel und andere Ökoprodukte.", "Ökoprodukte"),
    ("Unsere ökologischen Holzprodukte verkaufen wir im Hofladen.", "ökologischen Holzprodukte"),
    ("Wir fahren emissionsfrei aus.", "emissionsfrei"),
    ("Our printing is climate-neutral.", "climate-neutral"),
    ("We became a carbon neutral company in spring.", "carbon neutral"),
    ("We sell sustainable products.", "sustainable products"),
    ("The cups are biodegradable.", "biodegradable"),
    ("Our cleaning agents are environmentally friendly.", "environmentally friendly"),
    ("We will reach net zero by 2040.", "net zero"),
    ("Our green solutions win prizes.", "green solutions"),
]
PASSES = [
    "Der Baustoff reagiert chemisch neutral.",
    "Wir beraten neutral und unabhängig.",
    "Der Naturschutz liegt uns am Herzen; wir pflegen eine Streuobstwiese.",
    "Wir wollen nachhaltig wirtschaften und den Betrieb an die Kinder weitergeben.",
    "Für Nachhaltigkeit ist die Geschäftsführung zuständig.",
    "Unsere Nachhaltigkeitsstrategie steht noch aus.",
    "Wir sind nicht klimaneutral; 118 t CO₂e bleiben übrig.",
    "Klimaneutral sind wir damit noch nicht.",
    "Wir werben nicht mit „klimaneutral“.",
    "Wir bieten keine klimaneutralen Produkte an.",
    "Das Wort umweltfreundlich verwenden wir nicht.",
    "Sind unsere Produkte klimaneutral?",
    "Die ökologischen Risiken haben wir untersucht.",
    "Wir kennen unseren ökologischen Fußabdruck.",
    "Wir kaufen Ökostrom und trennen Abfall.",
    "Die Grünfläche vor dem Haus haben wir entsiegelt.",
    "Gründliche Produkttests gehören zu unserem Alltag.",
    "Das Papier trägt den Blauen Engel und ist umweltfreundlicher als Frischfaser.",
    "Das Holz stammt aus nachhaltiger Forstwirtschaft (PEFC).",
    "Die Umwelt schützen wir, indem wir weniger fahren: 2025 waren es 12.000 km.",
    "Die nachhaltige Entwicklung unserer Region ist uns wichtig.",
    "Wir sprechen mit Lieferanten über Umwelt und Arbeitsbedingungen.",
    "Unsere Verpackung besteht zu 80 Prozent aus Altpapier.",
    "We are not climate neutral.",
    "Our products aren’t carbon neutral yet.",
    "Sustainability is discussed once a quarter.",
    "Greenhouse gases fell by 12 per cent.",
    "We buy green electricity and repair our furniture.",
    "The neutral grey paint covers well.",
    "Sustainable development is one of our principles.",
    "Biologisch abbaubare Küchenabfälle holt der Entsorger, ebenso biologisch abbaubare Abfälle.",
    "Other non-biodegradable wastes came to 2 t, biodegradable waste to 3 t.",
    "Unsere Ziele dienen SDG 12 (nachhaltiger Konsum und nachhaltige Produktion).",
]


def _claims(text: str) -> list[str]:
    return [claim.words for claim in find_claims(text, load_claims())]


@pytest.mark.parametrize(("text", "words"), ASKS)
def test_a_claim_is_asked_about_with_its_words(text: str, words: str) -> None:
    assert words in _claims(text)


@pytest.mark.parametrize("text", PASSES)
def test_an_honest_text_passes(text: str) -> None:
    assert _claims(text) == []


@given(
    st.sampled_from([(text, words) for text, words in ASKS if " " not in words]),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from([str, str.upper, str.title]),
    st.integers(1, 5),
    st.sampled_from(["", "Wir sind keine Bank. ", "Nicht alles gelingt.\n", "Warum? "]),
)
def test_a_claim_is_found_however_it_is_written(
    asked: tuple[str, str], form: str, spelled: object, at: int, before: str
) -> None:
    """In any case and normal form, with a soft hyphen in it, behind sentences that say no."""
    assert callable(spelled)
    text, words = asked
    hyphened = f"{words[:at]}\u00ad{words[at:]}"
    written = unicodedata.normalize(form, before + text.replace(words, spelled(hyphened)))
    assert spelled(words).casefold() in [found.casefold() for found in _claims(written)]


@given(st.lists(st.sampled_from([text for text, _ in ASKS] + PASSES) | st.text(max_size=300), max_size=6))
def test_what_is_told_stands_in_the_text(texts: list[str]) -> None:
    whole = " ".join(texts)
    flat = " ".join(unicodedata.normalize("NFC", whole).split())
    for claim in find_claims(whole, load_claims()):
        assert claim.words in claim.sentence
        if "\u00ad" not in whole and "\u200b" not in whole:
            assert claim.sentence.removeprefix("… ").removesuffix(" …") in flat
        assert len(claim.sentence) < 200 + len(claim.words)


def test_a_long_sentence_is_cut_around_its_claim() -> None:
    text = f"Wir {'drucken und binden ' * 20}klimaneutral {'und liefern ' * 20}aus."
    (claim,) = find_claims(text, load_claims())
    assert claim.sentence.startswith("… ")
    assert claim.sentence.endswith(" …")
    assert " klimaneutral " in claim.sentence


def test_every_word_of_the_file_is_found_as_it_is_written_there() -> None:
    raw = yaml.safe_load((criteria_folder() / "claims.yaml").read_text("utf-8"))
    written = {"*": "", "& ": "", "{goods}": raw["goods"][0].rstrip("*"), "{are}": "sind"}
    for kind in raw["kinds"]:
        for word in kind["words"]:
            text = word
            for place, instead in written.items():
                text = text.replace(place, instead)
            assert [claim.kind.key for claim in find_claims(text, load_claims())] == [kind["key"]], word


def test_what_the_program_proposes_asks_nothing() -> None:
    """Whoever takes a fact or an example over is not asked about words that are not their own."""
    aspects = [one for one in load_catalogue("dnk-2017").requirements.values() if isinstance(one, Aspect)]
    texts = [aspect.example for aspect in aspects]
    texts += [text for examples in load_voices().by_aspect.values() for text in examples.values()]
    texts += [fact.text for facts in load_facts().values() for fact in facts]
    texts += [reason.text for aspect in aspects for reason in aspect.reasons]
    assert {words for text in texts for words in _claims(f"{text.de}\n{text.en}")} == set()


def test_faults_of_the_file_are_named(tmp_path: Path) -> None:
    text = (criteria_folder() / "claims.yaml").read_text("utf-8")
    wrong = text.replace("{goods} {are} nachhaltig", "{wares} {are} nachhaltig").replace(
        "[ist, sind, is, are]", "[]"
    )
    (tmp_path / "claims.yaml").write_text(wrong, "utf-8")
    said = [f"{one.key}: {one.message}" for one in build_claims(tmp_path)[1]]
    assert len(said) == 2
    assert "are: lists no words" in said
    assert any("mentions the unknown '{wares}'" in one for one in said)
