"""Examples in the voice of a branch, and which branch a company belongs to by its sector."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.drafts.templates import NAMES
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.sectors import Sectors, load_sectors
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class Branch:
    """A kind of company by how it works, and the sectors that belong to it."""

    key: str
    label: Text
    sections: tuple[str, ...]
    divisions: tuple[str, ...]


@dataclass(frozen=True)
class Voices:
    """The branches, the last of which is for all other sectors, and by aspect an example for each."""

    branches: tuple[Branch, ...]
    by_aspect: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)

    def branch_of(self, sector: str, sectors: Sectors) -> Branch:
        """The branch of a stored sector; the last one for a sector in words of the company's own."""
        divisions = sectors.compared_divisions(sector)
        sections = {sectors.current.divisions[key].section for key in divisions}
        for branch in self.branches:
            if divisions & set(branch.divisions):
                return branch
        return next((one for one in self.branches if sections & set(one.sections)), self.branches[-1])


@cache
def load_voices() -> Voices:
    """The voices as frozen values. Raises CatalogueError with every fault."""
    return sound(build_voices(criteria_folder(), load_sectors()))


def build_voices(folder: Path, sectors: Sectors) -> tuple[Voices, list[Problem]]:
    """The voices and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "voices.yaml", problems)
    branches = tuple(_branch(node, sectors) for node in root.children("branches"))
    root.distinct("branches", (branch.key for branch in branches))
    read = [(node.string("aspect"), _examples(node, branches)) for node in root.children("voices")]
    root.distinct("voices", (aspect for aspect, _examples_of in read))
    root.note_unknown()
    return Voices(branches, dict(read)), sorted(set(problems))


def _branch(node: Node, sectors: Sectors) -> Branch:
    branch = Branch(
        node.string("key"), node.text("label"), node.strings("sections"), node.strings("divisions")
    )
    known = {section.key for section in sectors.current.sections} | sectors.current.divisions.keys()
    for name in {*branch.sections, *branch.divisions} - known:
        node.note(f"names the unknown sector '{name}'")
    return branch


def _examples(node: Node, branches: tuple[Branch, ...]) -> dict[str, Text]:
    examples = {branch.key: node.text(branch.key) for branch in branches}
    for key, text in examples.items():
        if any(re.search(r"\d", re.sub(NAMES, "", words)) for words in (text.de, text.en)):
            node.note("has a number that no company gave", key)
    return examples
