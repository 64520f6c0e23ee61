"""The rules of sums, middle values and rates over several companies, and the figures of a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

NUMBERS = (
    "sum_companies",
    "largest_percent",
    "rest_percent",
    "middle_companies",
    "quarter_companies",
    "digits",
    "correction_companies",
    "releases",
)
# The values of `domain.aggregates.model`'s Rule and PerUnit; a contract test compares both.
RULE_KEYS = (
    "passed",
    "too-few",
    "largest",
    "second-largest",
    "zero",
    "negative",
    "rest",
    "readable",
    "unconfirmed",
    "correction",
)
MIDDLE_UNITS = ("company", "employee", "turnover")
# What a sum divided by a sum is multiplied by, for the unit in which its family counts.
RATE_SCALES = {"percent": 100, "accident-rate": 1_000_000}


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """What a rule says to readers: a short title, and one sentence that names its numbers."""

    key: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class ReleaseFigure:
    """A figure of a release: whether it is summed or pooled, and for what its middle values are stated.

    `parts`: the datapoints that add up to it, by default the one of its `key`. `label` is empty for a
    datapoint, which has its own. `part_of`: the figure that contains it, as their difference tells something.
    Rates of the same `division` are disjoint shares of one whole, all over the same companies.
    """

    key: str
    parts: tuple[str, ...]
    label: Text
    is_summed: bool
    is_rate: bool
    middle: tuple[str, ...]
    part_of: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True)
class AggregationRules:
    """The rules by their edition: numbers of companies, percentages, significant digits, releases of a year.

    `largest_percent`: of a sum, at most; `rest_percent`: of the largest, at least, without the two largest.
    """

    edition: str
    sum_companies: int
    largest_percent: int
    rest_percent: int
    middle_companies: int
    quarter_companies: int
    digits: int
    correction_companies: int
    releases: int
    explanations: Mapping[str, RuleExplanation]
    figures: tuple[ReleaseFigure, ...]

    def divided_with(self, figure: ReleaseFigure) -> tuple[ReleaseFigure, ...]:
        """The rates of the figure's division, itself included; the figure alone without one."""
        if not figure.division:
            return (figure,)
        return tuple(each for each in self.figures if each.division == figure.division)


@cache
def load_aggregation_rules() -> AggregationRules:
    """The rules of today. Raises CatalogueError with every fault."""
    return sound(build_aggregation_rules(criteria_folder()))


def build_aggregation_rules(folder: Path) -> tuple[AggregationRules, list[Problem]]:
    """The rules and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    root = read_yaml(folder / "aggregation-rules.yaml", problems)
    numbers = {key: root.child("numbers").integer(key) for key in NUMBERS}
    root.constants = {key: Text(str(number), str(number)) for key, number in numbers.items()}
    explanations = {each.key: each for each in map(_explanation, root.children("explanations"))}
    if tuple(explanations) != RULE_KEYS:
        root.note(f"must be, in this order: {', '.join(RULE_KEYS)}", "explanations")
    figures = tuple(map(_figure, root.children("figures")))
    _check_figures(root, figures)
    rules = AggregationRules(
        edition=root.string("edition"), **numbers, explanations=explanations, figures=figures
    )
    root.note_unknown()
    return rules, sorted(set(problems))


def _explanation(node: Node) -> RuleExplanation:
    text = node.text("text")
    if "{" in text.de + text.en:
        node.note("names a number that does not stand under numbers", "text")
    return RuleExplanation(node.string("key"), node.text("title"), text)


def _figure(node: Node) -> ReleaseFigure:
    key, middle = node.string("key"), node.strings("middle")
    for unit in middle:
        if unit not in MIDDLE_UNITS:
            node.note(f"'{unit}' is none of {', '.join(MIDDLE_UNITS)}", "middle")
    if node.has("parts") and not node.has("label"):
        node.note("is missing: no datapoint names what parts add up to", "label")
    if node.has("parts") and node.flag("sum"):
        node.note("is no sum of its own: it would be set off against its parts", "sum")
    return ReleaseFigure(
        key=key,
        parts=node.strings("parts") or (key,),
        label=node.text("label", required=False),
        is_summed=node.flag("sum"),
        is_rate=node.flag("rate"),
        middle=middle,
        part_of=node.string("part_of", ""),
        division=node.string("division", ""),
    )


def _check_figures(root: Node, figures: tuple[ReleaseFigure, ...]) -> None:
    """Note figures that stand twice, and parts of what stands not before them as a sum."""
    root.distinct("figures", (figure.key for figure in figures))
    summed: set[str] = set()
    for figure in figures:
        if figure.part_of and figure.part_of not in summed:
            root.note(f"'{figure.key}' is part of '{figure.part_of}', which is no sum before it", "figures")
        summed |= {figure.key} if figure.is_summed else set()
