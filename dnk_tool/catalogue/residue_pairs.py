"""The materials of residues, and which of their waste codes go together although they differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.waste_codes import WasteCodes, build_waste_codes
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FILE = "residue-pairs.yaml"


@dataclass(frozen=True, slots=True)
class ResidueMaterial:
    """A group of waste codes of one material."""

    key: str
    label: Text
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResiduePair:
    """Waste codes of which any two go together: why, on which condition, and the source that says so."""

    key: str
    codes: tuple[str, ...]
    why: Text
    source: str


@dataclass(frozen=True, slots=True)
class ResiduePairs:
    """The materials by key, in the order of the page, and the pairs."""

    materials: Mapping[str, ResidueMaterial]
    pairs: tuple[ResiduePair, ...]

    def material_of(self, codes: Iterable[str]) -> str:
        """The key of the material of the first of these codes that has one; empty where none has."""
        for code in codes:
            for material in self.materials.values():
                if code in material.codes:
                    return material.key
        return ""

    def pair_of(self, one: str, other: str) -> ResiduePair | None:
        """The entry by which two different codes go together; None where there is none."""
        if one == other:
            return None
        return next((pair for pair in self.pairs if one in pair.codes and other in pair.codes), None)


@cache
def load_residue_pairs() -> ResiduePairs:
    """Materials and pairs. Raises CatalogueError with every fault."""
    return sound(build_residue_pairs(criteria_folder()))


def build_residue_pairs(folder: Path) -> tuple[ResiduePairs, list[Problem]]:
    """Materials and pairs, and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root, known = read_yaml(folder / FILE, problems), build_waste_codes(folder)[0]
    root.day("as_of")
    materials = [_material(node, known) for node in root.children("materials")]
    pairs = [_pair(node, known) for node in root.children("pairs")]
    root.distinct("materials", (material.key for material in materials))
    root.distinct("materials", (code for material in materials for code in material.codes))
    root.distinct("pairs", (pair.key for pair in pairs))
    root.note_unknown()
    return ResiduePairs({each.key: each for each in materials}, tuple(pairs)), sorted(set(problems))


def _material(node: Node, known: WasteCodes) -> ResidueMaterial:
    return ResidueMaterial(node.string("key"), node.text("label"), _codes(node, known))


def _pair(node: Node, known: WasteCodes) -> ResiduePair:
    codes = _codes(node, known)
    if len(codes) < 2:
        node.note("needs two codes", "codes")
    return ResiduePair(node.string("key"), codes, node.text("why"), node.string("source"))


def _codes(node: Node, known: WasteCodes) -> tuple[str, ...]:
    """The codes of an entry; unknown and hazardous ones are noted, since only harmless waste is shown."""
    codes = node.strings("codes")
    node.distinct("codes", codes)
    for code in codes:
        versions = known.by_key.get(code, ())
        if not versions or any(version.is_hazardous for version in versions):
            node.note(f"'{code}' is no code of harmless waste", "codes")
    return codes
