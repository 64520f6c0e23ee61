"""Reads what the calculators do otherwise than an earlier program, with the source of each rule."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.calculators.loader import build_calculators
from dnk_tool.catalogue.factors.loader import build_factors
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A change of a rule: the figures whose rule it is, and the factors that bring it about in a line.

    With `activities` ("energy/own-solar") a figure is concerned only if it has a line of one of them.
    """

    key: str
    as_of: date
    figures: frozenset[str]
    activities: frozenset[str]
    factors: frozenset[str]
    why: Text
    source: Text
    address: str

    def concerns(self, figure: str, activities: Collection[str]) -> bool:
        """Whether the rule of a figure with lines of these activities changed."""
        return figure in self.figures and (not self.activities or bool(self.activities & set(activities)))


@cache
def load_rule_changes() -> tuple[RuleChange, ...]:
    """The changes, in the order of their file. Raises CatalogueError with every fault."""
    return sound(build_rule_changes(criteria_folder()))


def build_rule_changes(folder: Path) -> tuple[tuple[RuleChange, ...], list[Problem]]:
    """The changes and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    calculators, factors = build_calculators(folder)[0], build_factors(folder)[0]
    known = {
        "figures": {key for calculator in calculators.values() for key in calculator.results},
        "activities": {
            f"{calculator.key}/{activity.key}"
            for calculator in calculators.values()
            for activity in calculator.activities
        },
        "factors": set(factors.by_key),
    }
    root = read_yaml(folder / "rule-changes.yaml", problems)
    nodes = list(root.children("changes"))
    root.distinct("changes", (node.string("key") for node in nodes))
    changes = tuple(_change(node) for node in nodes)
    for node in nodes:
        for name, keys in known.items():
            for unknown in sorted(set(node.strings(name)) - keys):
                node.note(f"mentions the unknown '{unknown}'", name)
    root.note_unknown()
    return changes, sorted(set(problems))


def _change(node: Node) -> RuleChange:
    source = node.child("source")
    return RuleChange(
        key=node.string("key"),
        as_of=node.day("as_of"),
        figures=frozenset(node.strings("figures")),
        activities=frozenset(node.strings("activities")),
        factors=frozenset(node.strings("factors")),
        why=node.text("why"),
        source=source.text("title"),
        address=source.string("address"),
    )
