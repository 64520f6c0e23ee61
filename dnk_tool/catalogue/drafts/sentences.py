"""The sentences that name a company's figures, by aspect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.drafts.templates import note_faults, note_own_numbers, places, required_places
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

YEAR = "year"
# What was bought of energy; how much of Scope 3 is in a sum, its categories, and that others are missing.
CARRIERS, EXTENT, CATEGORIES, REST = "carriers", "extent", "categories", "rest"
# Behind a datapoint's key: its change since the year before; its amount in words; its number without the
# unit, if that is the datapoint's own.
CHANGE, WORDS, NUMBER = "|change", "|words", "|number"
AMOUNT_PLACE, NUMBER_PLACE = "amount", "number"  # in the words for an amount


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """How a change against the year before is put: "{percent} % mehr als {year}"."""

    more: Text
    less: Text
    same: Text
    equal: Text


@dataclass(frozen=True, slots=True)
class AmountWords:
    """How an amount is put below zero, at zero, at one and else; an empty text: it is not said."""

    below: Text
    zero: Text
    one: Text
    more: Text


@dataclass(frozen=True, slots=True)
class CarrierWords:
    """What energy is called that was bought, by the datapoint of its amount; `none`: if none is known."""

    by_figure: Mapping[str, Text]
    none: Text


@dataclass(frozen=True, slots=True)
class Scope3Words:
    """How much of Scope 3 is in a sum, with and without names, that the rest is missing, and the names."""

    extent: Text
    unnamed: Text
    rest: Text
    categories: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class FigureSentence:
    """A sentence with places.

    `from_lines`: it is said only if lines of a calculator gave this figure. `unless_zero`: it is not said
    where this figure is zero, because that says it already.
    """

    text: Text
    from_lines: str = ""
    unless_zero: str = ""


@dataclass(frozen=True, slots=True)
class FigureSentences:
    """All sentences by aspect, in their order, and the words for what they name."""

    change: ChangeWords
    words: Mapping[str, AmountWords]
    carriers: CarrierWords
    scope3: Scope3Words
    by_aspect: Mapping[str, tuple[FigureSentence, ...]]

    def named_datapoints(self, aspect: str) -> Iterator[str]:
        """Yield the key of each datapoint that sentences about the aspect name or wait for."""
        for sentence in self.by_aspect.get(aspect, ()):
            named = map(datapoint_of, places(sentence.text.de))
            yield from filter(None, (sentence.from_lines, sentence.unless_zero, *named))


def datapoint_of(place: str) -> str:
    """The key of the datapoint that a place names; "" for a place that names none."""
    key = place.partition("|")[0]
    return key if "." in key else ""


@cache
def load_sentences() -> FigureSentences:
    """The sentences as frozen values. Raises CatalogueError with every fault."""
    return sound(build_sentences(criteria_folder()))


def build_sentences(folder: Path) -> tuple[FigureSentences, list[Problem]]:
    """The sentences and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "sentences.yaml", problems)
    change = root.child("change")
    words = ChangeWords(*(change.text(key) for key in ("more", "less", "same", "equal")))
    amounts = {node.string("figure"): _amount_words(node) for node in root.children("words")}
    carriers, scope3 = _carrier_words(root.child("carriers")), _scope3_words(root.child("scope3"))
    read = [(node.string("aspect"), tuple(_sentences(node, amounts))) for node in root.children("sentences")]
    root.distinct("sentences", (aspect for aspect, _sentences_of in read))
    root.note_unknown()
    return FigureSentences(words, amounts, carriers, scope3, dict(read)), sorted(set(problems))


def _amount_words(node: Node) -> AmountWords:
    rare = {key: node.text(key, required=False) for key in ("below", "zero", "one")}
    words = AmountWords(**rare, more=node.text("more"))
    for key, text in (*rare.items(), ("more", words.more)):
        note_own_numbers(node, text, key=key)
    return words


def _carrier_words(node: Node) -> CarrierWords:
    names = {member.string("figure"): member.text("text") for member in node.children("members")}
    return CarrierWords(names, node.text("none"))


def _scope3_words(node: Node) -> Scope3Words:
    names = {member.string("category"): member.text("text") for member in node.children("categories")}
    if names.keys() != {f"3-{number}" for number in range(1, 16)}:
        node.note("must name all categories of Scope 3", "categories")
    return Scope3Words(node.text("extent"), node.text("unnamed"), node.text("rest"), names)


def _sentences(node: Node, words: Mapping[str, AmountWords]) -> Iterator[FigureSentence]:
    for part in node.children("parts"):
        text, from_lines = part.text("text"), part.string("from_lines", "")
        note_faults(part, text, key="text")
        if not from_lines and not any(map(datapoint_of, required_places(text.de))):
            part.note("names no figure outside of brackets", "text")
        for place in places(text.de):
            if place.endswith(WORDS) and datapoint_of(place) not in words:
                part.note(f"names '{place}', for which there are no words", "text")
        yield FigureSentence(text, from_lines, part.string("unless_zero", ""))
