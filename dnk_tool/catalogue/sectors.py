"""The choices of a company's profile: sectors of two classifications, and legal forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.standard.definitions import read_choices
from dnk_tool.catalogue.standard.item_model import Choice
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FORMER_CLASSIFICATION = "WZ 2008"


@dataclass(frozen=True, slots=True)
class Division:
    """A sector with two digits, such as 25; `section` is the letter of the section above it."""

    key: str
    section: str
    label: Text


@dataclass(frozen=True, slots=True)
class SectorClass:
    """A sector with four digits, such as 43.21; `words` are what its companies call themselves."""

    key: str
    label: Text
    words: tuple[str, ...] = ()

    @property
    def division(self) -> str:
        """The key of the division above it."""
        return self.key[:2]


@dataclass(frozen=True, slots=True)
class SectorSection:
    """A part of the economy with its divisions, such as C, manufacturing."""

    key: str
    label: Text
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True)
class SectorClassification:
    """A classification of economic activities by its name, such as WZ 2025."""

    key: str
    source: str
    as_of: str
    sections: tuple[SectorSection, ...]
    divisions: Mapping[str, Division]
    classes: Mapping[str, SectorClass]


@dataclass(frozen=True, slots=True)
class Sector:
    """A division or class as a company states it, with the name of its classification."""

    classification: str
    code: str
    label: Text

    @property
    def stored(self) -> str:
        """The sector as profiles, files and lists hold it: "WZ 2025: 43.21", of WZ 2008 the code alone."""
        is_former = self.classification == FORMER_CLASSIFICATION
        return self.code if is_former else f"{self.classification}: {self.code}"


@dataclass(frozen=True)
class Sectors:
    """The classification that is offered, the former one, the way between them, and the legal forms.

    `successors`: the divisions that took over a division of the former classification, the one with the same
    number first. Everything that compares companies or filters them by sector does so in `current`.
    """

    current: SectorClassification
    former: SectorClassification
    successors: Mapping[str, tuple[str, ...]]
    legal_forms: Mapping[str, Choice]

    def sector(self, stored: str) -> Sector | None:
        """The stored sector with its title; None for words of the company's own."""
        if stored in self.former.divisions:
            return Sector(self.former.key, stored, self.former.divisions[stored].label)
        return self._current_by_stored.get(stored)

    def current_sector(self, code: str) -> Sector:
        """A division or class of the classification that is offered. Raises KeyError if unknown."""
        known = self.current.divisions.get(code) or self.current.classes[code]
        return Sector(self.current.key, code, known.label)

    def proposals(self, stored: str) -> tuple[Sector, ...]:
        """What a division of the former classification is called today; several if it was split."""
        if stored not in self.former.divisions:
            return ()
        return tuple(self.current_sector(code) for code in self.successors.get(stored, ()))

    def compared_divisions(self, stored: str) -> frozenset[str]:
        """The divisions of `current` as which a stored sector is compared; none for own words.

        One of the former classification counts as the division with the same number if that took over a part
        of it, or else as all of its successors.
        """
        if stored in self.former.divisions:
            successors = self.successors.get(stored, ())
            return frozenset((stored,) if stored in successors else successors)
        sector = self._current_by_stored.get(stored)
        return frozenset((sector.code[:2],) if sector else ())

    def compared_class(self, stored: str) -> str:
        """The four digits of a stored sector in `current`; "" for a division, a former code and own words."""
        sector = self._current_by_stored.get(stored)
        return sector.code if sector and sector.code in self.current.classes else ""

    def stored_in(self, section: str) -> tuple[str, ...]:
        """Every stored sector that counts in this section of `current`, for a filter."""
        divisions = {key for key, division in self.current.divisions.items() if division.section == section}
        known = (*self._current_by_stored, *self.former.divisions)
        return tuple(stored for stored in known if self.compared_divisions(stored) & divisions)

    @cached_property
    def _current_by_stored(self) -> Mapping[str, Sector]:
        codes = (*self.current.divisions, *self.current.classes)
        return {sector.stored: sector for sector in map(self.current_sector, codes)}


@cache
def load_sectors() -> Sectors:
    """The sectors and legal forms as frozen values. Raises CatalogueError with every fault."""
    return sound(build_sectors(criteria_folder()))


def build_sectors(folder: Path) -> tuple[Sectors, list[Problem]]:
    """The sectors and legal forms and all faults of their files; nothing is raised."""
    problems: list[Problem] = []
    former = read_yaml(folder / "sectors.yaml", problems)
    current = read_yaml(folder / "sector-classification.yaml", problems)
    sectors = Sectors(
        current=_classification(current, current.string("key"), _classes(current)),
        former=_classification(former, FORMER_CLASSIFICATION, {}),
        successors={node.string("key"): node.strings("divisions") for node in current.children("successors")},
        legal_forms={choice.key: choice for choice in read_choices(former, "legal_forms")},
    )
    current.distinct("successors", (node.string("key") for node in current.children("successors")))
    _check_successors(sectors, current)
    _check_classes(sectors, current)
    current.verification()
    for root in (former, current):
        root.note_unknown()
    return sectors, sorted(set(problems))


def _classification(root: Node, key: str, classes: Mapping[str, SectorClass]) -> SectorClassification:
    labels = {choice.key: choice.label for choice in read_choices(root, "sections")}
    divisions = tuple(_division(node, labels) for node in root.children("divisions"))
    root.distinct("divisions", (division.key for division in divisions))
    sections = tuple(
        SectorSection(key, label, tuple(division for division in divisions if division.section == key))
        for key, label in labels.items()
    )
    for name in (section.key for section in sections if not section.divisions):
        root.note(f"'{name}' has no division", "sections")
    return SectorClassification(
        key=key,
        source=root.string("source"),
        as_of=root.string("as_of"),
        sections=sections,
        divisions={division.key: division for division in divisions},
        classes=classes,
    )


def _division(node: Node, sections: Mapping[str, Text]) -> Division:
    node.lookup("section", sections, "section")
    return Division(node.string("key"), node.string("section", ""), node.text("label"))


def _classes(root: Node) -> Mapping[str, SectorClass]:
    classes = [
        SectorClass(node.string("key"), node.text("label"), node.strings("words"))
        for node in root.children("classes")
    ]
    root.distinct("classes", (known.key for known in classes))
    return {known.key: known for known in classes}


def _check_classes(sectors: Sectors, root: Node) -> None:
    for known in sectors.current.classes.values():
        if known.division not in sectors.current.divisions:
            root.note(f"'{known.key}' stands in no division", "classes")


def _check_successors(sectors: Sectors, root: Node) -> None:
    for key in sectors.former.divisions:
        if not sectors.successors.get(key):
            root.note(f"'{key}' of {FORMER_CLASSIFICATION} has none", "successors")
    for key, successors in sectors.successors.items():
        if key not in sectors.former.divisions:
            root.note(f"'{key}' is no division of {FORMER_CLASSIFICATION}", "successors")
        for name in successors:
            if name not in sectors.current.divisions:
                root.note(f"'{key}' names the unknown division '{name}'", "successors")
