"""The help pages: topics by what somebody does here, each with the pages that it speaks of."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A page of help. `places`: keys of the pages that it leads to."""

    key: str
    title: Text
    summary: Text
    text: tuple[Text, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpRole:
    """The topics of everyone who does the same, in the order in which one needs them."""

    key: str
    title: Text
    topics: tuple[HelpTopic, ...]


@cache
def load_help() -> tuple[HelpRole, ...]:
    """The help by role. Raises CatalogueError with every fault."""
    return sound(build_help(criteria_folder()))


def build_help(folder: Path) -> tuple[tuple[HelpRole, ...], list[Problem]]:
    """The help and all faults of its file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "help.yaml", problems)
    roles = tuple(_role(node) for node in root.children("roles"))
    root.distinct("roles", (role.key for role in roles))
    root.distinct("roles", (topic.key for role in roles for topic in role.topics))
    root.note_unknown()
    return roles, sorted(set(problems))


def _role(node: Node) -> HelpRole:
    return HelpRole(
        node.string("key"), node.text("title"), tuple(_topic(child) for child in node.children("topics"))
    )


def _topic(node: Node) -> HelpTopic:
    return HelpTopic(
        node.string("key"),
        node.text("title"),
        node.text("summary"),
        node.texts("text"),
        node.strings("places"),
    )
