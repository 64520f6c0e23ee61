"""The sentences that name a company's figures, by aspect."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.drafts.templates import note_faults, required_places
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

YEAR, YEAR_BEFORE = "year", "year-before"
# Behind a datapoint's key: its change since the year before; its amount if lines of a calculator gave it; its
# number without the unit, if that is the datapoint's own.
CHANGE, FROM_LINES, NUMBER = "|change", "|lines", "|number"


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """How a change against the year before is put: "{percent} % mehr als {year}"."""

    more: Text
    less: Text
    same: Text


@dataclass(frozen=True, slots=True)
class FigureSentences:
    """All sentences by aspect, in their order, and the words for a change."""

    change: ChangeWords
    by_aspect: Mapping[str, tuple[Text, ...]]


def datapoint_of(place: str) -> str:
    """The key of the datapoint that a place names; "" for a year."""
    return "" if place in (YEAR, YEAR_BEFORE) else place.partition("|")[0]


@cache
def load_sentences() -> FigureSentences:
    """The sentences as frozen values. Raises CatalogueError with every fault."""
    return sound(build_sentences(criteria_folder()))


def build_sentences(folder: Path) -> tuple[FigureSentences, list[Problem]]:
    """The sentences and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "sentences.yaml", problems)
    change = root.child("change")
    words = ChangeWords(change.text("more"), change.text("less"), change.text("same"))
    read = [(node.string("aspect"), tuple(_sentences(node))) for node in root.children("sentences")]
    root.distinct("sentences", (aspect for aspect, _sentences_of in read))
    root.note_unknown()
    return FigureSentences(words, dict(read)), sorted(set(problems))


def _sentences(node: Node) -> list[Text]:
    texts = []
    for part in node.children("parts"):
        text = part.text("text")
        note_faults(part, text, key="text")
        if not any(datapoint_of(place) for place in required_places(text.de)):
            part.note("names no figure outside of brackets", "text")
        texts.append(text)
    return texts
