"""The facts that a company may tick about itself, each with the sentence that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.drafts.templates import note_faults, places, required_places
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.standard.definitions import read_choices
from dnk_tool.catalogue.standard.item_model import Choice
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

VALUE = "value"  # the one place in a fact's sentence


class FactFieldKind(StrEnum):
    """What may be entered beside a fact."""

    NUMBER = "number"
    TEXT = "text"
    YEAR = "year"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FactField:
    """The optional field beside a fact."""

    kind: FactFieldKind
    label: Text
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about the aspect of this ref; `text` is its sentence, with the field's value in brackets."""

    key: str
    aspect: str
    text: Text
    field: FactField | None = None


@cache
def load_facts() -> Mapping[str, tuple[Fact, ...]]:
    """The facts by aspect, in their order. Raises CatalogueError with every fault."""
    facts = sound(build_facts(criteria_folder()))
    return {
        aspect: tuple(fact for fact in facts if fact.aspect == aspect)
        for aspect in dict.fromkeys(fact.aspect for fact in facts)
    }


def build_facts(folder: Path) -> tuple[tuple[Fact, ...], list[Problem]]:
    """The facts and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "facts.yaml", problems)
    facts = tuple(_fact(node) for node in root.children("facts"))
    root.distinct("facts", (fact.key for fact in facts))
    root.note_unknown()
    return facts, sorted(set(problems))


def _fact(node: Node) -> Fact:
    text = node.text("text")
    field = _field(node.child("field")) if node.has("field") else None
    note_faults(node, text, key="text")
    for words in (text.de, text.en):
        if places(words) != ((VALUE,) if field else ()) or required_places(words):
            node.note("must name {value} once in brackets if there is a field, and nothing else", "text")
            break
    return Fact(node.string("key"), node.string("aspect"), text, field)


def _field(node: Node) -> FactField:
    kind = node.enum("kind", FactFieldKind)
    choices = tuple(read_choices(node, "choices")) if kind is FactFieldKind.CHOICE else ()
    return FactField(kind, node.text("label"), choices)
