"""The choices of a company's profile: sectors (WZ 2008) and legal forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import CatalogueError, Problem
from dnk_tool.catalogue.standard.definitions import read_choices
from dnk_tool.catalogue.standard.item_model import Choice
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class Division:
    """A sector with two digits, such as 25; `section` is the letter of the section above it."""

    key: str
    section: str
    label: Text


@dataclass(frozen=True, slots=True)
class SectorSection:
    """A part of the economy with its divisions, such as C, manufacturing."""

    key: str
    label: Text
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True)
class Sectors:
    """The classification of sectors and the legal forms, each in the order in which they are offered."""

    source: str
    as_of: str
    sections: tuple[SectorSection, ...]
    divisions: Mapping[str, Division]
    legal_forms: Mapping[str, Choice]


@cache
def load_sectors() -> Sectors:
    """The sectors and legal forms as frozen values. Raises CatalogueError with every fault."""
    sectors, problems = build_sectors(criteria_folder())
    if problems:
        raise CatalogueError(problems)
    return sectors


def build_sectors(folder: Path) -> tuple[Sectors, list[Problem]]:
    """The sectors and legal forms and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "sectors.yaml", problems)
    labels = {choice.key: choice.label for choice in read_choices(root, "sections")}
    divisions = tuple(_division(node, labels) for node in root.children("divisions"))
    root.distinct("divisions", (division.key for division in divisions))
    sections = tuple(
        SectorSection(key, label, tuple(division for division in divisions if division.section == key))
        for key, label in labels.items()
    )
    for key in (section.key for section in sections if not section.divisions):
        root.note(f"'{key}' has no division", "sections")
    sectors = Sectors(
        source=root.string("source"),
        as_of=root.string("as_of"),
        sections=sections,
        divisions={division.key: division for division in divisions},
        legal_forms={choice.key: choice for choice in read_choices(root, "legal_forms")},
    )
    return sectors, sorted(set(problems))


def _division(node: Node, sections: Mapping[str, Text]) -> Division:
    node.lookup("section", sections, "section")
    return Division(node.string("key"), node.string("section", ""), node.text("label"))
