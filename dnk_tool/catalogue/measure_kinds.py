"""The kinds of measures of a company, and the carriers of energy that they save."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FILE = "measure-kinds.yaml"


class EffectKind(StrEnum):
    """What a kind of measure saves as a rule."""

    ENERGY = "energy"
    WATER = "water"
    MATERIAL = "material"
    WASTE = "waste"


@dataclass(frozen=True, slots=True)
class UsualLifetime:
    """How many years a measure of a kind lasts as a rule, with the source that says so."""

    years: int
    source: str


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """A kind of measure. `counts`: whether its effects enter sums and paths; bought green power does not.

    `activities`: those of calculators whose lines state the energy that such a measure replaces.
    """

    key: str
    label: Text
    effects: tuple[EffectKind, ...]
    hint: Text = NO_TEXT
    lifetime: UsualLifetime | None = None
    counts: bool = True
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierUnit:
    """A unit in which energy of a carrier can be stated, by its symbol.

    `energy`: keys of the factors that give its energy by net calorific value, whose sum counts; none for
    units that state it themselves.
    """

    unit: str
    energy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier of energy. `factor`: key of the factor that gives kg CO2e, for a kWh or for one of its units.

    `activities`: those of calculators whose lines state how much of it is used; `own_factor`: those whose own
    factor takes the place of `factor`. The first of `units` is preset.
    """

    key: str
    label: Text
    factor: str
    units: tuple[CarrierUnit, ...]
    activities: tuple[str, ...] = ()
    own_factor: tuple[str, ...] = ()

    def unit(self, symbol: str) -> CarrierUnit | None:
        """The unit with this symbol; None where the carrier has none."""
        return next((each for each in self.units if each.unit == symbol), None)


@dataclass(frozen=True, slots=True)
class MeasureKinds:
    """The kinds and carriers by key, in the order of the page."""

    kinds: Mapping[str, MeasureKind]
    carriers: Mapping[str, Carrier]

    def has_activity(self, activity: str) -> bool:
        """Whether a measure can begin with a line of this activity of a calculator."""
        named = (each.activities for each in self.kinds.values())
        used = (each.activities for each in self.carriers.values())
        return any(activity in activities for activities in (*named, *used))

    def counts(self, kind: str) -> bool:
        """Whether measures of the kind enter sums; also those without a kind, or of one that is not known."""
        return kind not in self.kinds or self.kinds[kind].counts


@cache
def load_measure_kinds() -> MeasureKinds:
    """The kinds and carriers. Raises CatalogueError with every fault."""
    return sound(build_measure_kinds(criteria_folder()))


def build_measure_kinds(folder: Path) -> tuple[MeasureKinds, list[Problem]]:
    """The kinds and carriers, and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / FILE, problems)
    kinds = tuple(_kind(node) for node in root.children("kinds"))
    carriers = tuple(_carrier(node) for node in root.children("carriers"))
    root.distinct("kinds", (kind.key for kind in kinds))
    root.distinct("carriers", (carrier.key for carrier in carriers))
    root.note_unknown()
    found = MeasureKinds({kind.key: kind for kind in kinds}, {each.key: each for each in carriers})
    return found, sorted(set(problems))


def _kind(node: Node) -> MeasureKind:
    return MeasureKind(
        key=node.string("key"),
        label=node.text("label"),
        effects=tuple(_effect(node, name) for name in node.strings("effects")),
        hint=node.text("hint", required=False),
        lifetime=_lifetime(node.child("lifetime")) if node.has("lifetime") else None,
        counts=node.flag("counts") if node.has("counts") else True,
        activities=node.strings("activities"),
    )


def _effect(node: Node, name: str) -> EffectKind:
    if name not in set(EffectKind):
        node.note(f"'{name}' is no effect; allowed: {', '.join(EffectKind)}", "effects")
        return EffectKind.ENERGY
    return EffectKind(name)


def _lifetime(node: Node) -> UsualLifetime:
    return UsualLifetime(node.integer("years"), node.string("source"))


def _carrier(node: Node) -> Carrier:
    units = tuple(CarrierUnit(each.string("unit"), each.strings("energy")) for each in node.children("units"))
    node.distinct("units", (each.unit for each in units))
    return Carrier(
        key=node.string("key"),
        label=node.text("label"),
        factor=node.string("factor"),
        units=units,
        activities=node.strings("activities"),
        own_factor=node.strings("own_factor"),
    )
