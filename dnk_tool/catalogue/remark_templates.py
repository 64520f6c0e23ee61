"""The reusable remarks that come with the program, by the section and aspect that they fit."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

MAX_TITLE_LENGTH = 60
_PLACE = re.compile(r"[{}\[\]<>…]|\.\.\.")


@dataclass(frozen=True, slots=True)
class SuppliedRemark:
    """A reusable remark of the program. Without `section` it fits all, without `aspect` all its section."""

    key: str
    section: str
    aspect: str
    title: Text
    text: Text


@cache
def load_supplied_remarks() -> tuple[SuppliedRemark, ...]:
    """The remarks in their order. Raises CatalogueError with every fault."""
    return sound(build_supplied_remarks(criteria_folder()))


def build_supplied_remarks(folder: Path) -> tuple[tuple[SuppliedRemark, ...], list[Problem]]:
    """The remarks and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "remark-templates.yaml", problems)
    found = tuple(_remark(node) for node in root.children("remarks"))
    root.distinct("remarks", (remark.key for remark in found))
    root.note_unknown()
    return found, sorted(set(problems))


def _remark(node: Node) -> SuppliedRemark:
    title, text = node.text("title"), node.text("text")
    if max(len(title.de), len(title.en)) > MAX_TITLE_LENGTH:
        node.note(f"is longer than {MAX_TITLE_LENGTH} signs", "title")
    for words in (text.de, text.en):
        if _PLACE.search(words) or not words.endswith("."):
            node.note("must be whole sentences, without a place to fill in", "text")
            break
    return SuppliedRemark(
        node.string("key"), node.string("section", ""), node.string("aspect", ""), title, text
    )
