"""Loads the plausibility rules from `plausibility.yaml`, which all editions share."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.calculators.loader import build_calculators, load_calculators
from dnk_tool.catalogue.calculators.model import Activity, Calculator
from dnk_tool.catalogue.constants import read_constants
from dnk_tool.catalogue.laws import build_laws
from dnk_tool.catalogue.plausibility.model import (
    LINE_SUM_PREFIX,
    LineRule,
    PlausibilityRules,
    RangeRule,
    SlipMessages,
)
from dnk_tool.catalogue.plausibility.reader import RuleReader, check_placeholders
from dnk_tool.catalogue.problems import Problem, sound
from dnk_tool.catalogue.sectors import Sectors, build_sectors, load_sectors
from dnk_tool.catalogue.standard.datapoints import read_datapoints, read_families
from dnk_tool.catalogue.yaml_reader import Node, read_yaml
from dnk_tool.paths import criteria_folder

FILE_NAME = "plausibility.yaml"

# Values of the profile, or derived from figures, that need a name in the file.
_LABELLED_VALUES = {"profile.employees", "profile.turnover", "company.fte", "company.staff", "company.sites"}


@cache
def load_plausibility() -> PlausibilityRules:
    """The rules as frozen values. Raises CatalogueError with every fault."""
    # The loaders of calculators and sectors cache what they read.
    return sound(_build_rules(criteria_folder(), load_calculators(), load_sectors()))


def build_plausibility(folder: Path) -> tuple[PlausibilityRules, list[Problem]]:
    """The rules and all faults of their file; nothing is raised. Faults of other files are not reported."""
    return _build_rules(folder, build_calculators(folder)[0], build_sectors(folder)[0])


def _build_rules(
    folder: Path, calculators: Mapping[str, Calculator], sectors: Sectors
) -> tuple[PlausibilityRules, list[Problem]]:
    problems: list[Problem] = []
    families = read_families(read_yaml(folder / "units.yaml", []))
    datapoints = read_datapoints(read_yaml(folder / "datapoints.yaml", []), families)
    root = read_yaml(folder / FILE_NAME, problems, constants=read_constants(folder, []))
    kinds = _activities_by_name(calculators)
    fields = {name: frozenset(field.key for field in kind.fields) for name, kind in kinds.items()}
    reader = RuleReader(
        datapoints,
        families,
        _divisions_by_sector(sectors),
        sectors.current.classes.keys(),
        frozenset(_labelled_sums(root)),
        fields,
        build_laws(folder)[0],
    )
    rules = tuple(reader.rule(node) for node in root.children("rules"))
    root.distinct("rules", (rule.key for rule in rules))
    slip = root.child("slip")
    words = SlipMessages(
        slip.text("unit"), slip.text("comma"), slip.text("number"), frozenset(slip.strings("rare"))
    )
    of_amounts = frozenset({"meant", "entered"})
    for key, text in (("unit", words.unit), ("comma", words.comma)):
        check_placeholders(slip, key, text, of_amounts)
    check_placeholders(slip, "number", words.number, frozenset())
    labels = {node.string("key"): node.text("label") for node in root.children("words")}
    for missing in sorted(_LABELLED_VALUES - labels.keys()):
        root.note(f"'{missing}' has no name", "words")
    of_lines = {f"{LINE_SUM_PREFIX}{name}.{field}" for name, known in fields.items() for field in known}
    for unknown in sorted({key for key in labels if key.startswith(LINE_SUM_PREFIX)} - of_lines):
        root.note(f"'{unknown}' is no field of a line", "words")
    root.note_unknown()
    called = {name: kind.label for name, kind in kinds.items()}
    return PlausibilityRules(rules, datapoints, families, labels, called, words), sorted(set(problems))


def compared_table_columns(rules: PlausibilityRules) -> set[str]:
    """The columns of tables that rules compare, each named "item/column"."""
    of_rows = {
        f"{rule.table}/{column}"
        for rule in rules.rules
        if isinstance(rule, LineRule) and rule.table
        for column in (rule.naming, rule.field, rule.per)
        if column
    }
    return of_rows | {key for key in rules.words if "/" in key and not key.startswith(LINE_SUM_PREFIX)}


def compared_choices(rules: PlausibilityRules) -> set[str]:
    """The choices on which rules depend, each named "item/choice"."""
    return {
        f"{chosen.item}/{chosen.choice}"
        for rule in rules.rules
        if isinstance(rule, RangeRule)
        for chosen in rule.when_chosen
    }


def _labelled_sums(root: Node) -> Iterator[str]:
    """The sums over tables and lines that rules may use: those that have a name."""
    words = root.get("words")
    for word in words if isinstance(words, list) else ():
        key = word.get("key") if isinstance(word, dict) else None
        if isinstance(key, str) and "/" in key:
            yield key


def _activities_by_name(calculators: Mapping[str, Calculator]) -> Mapping[str, Activity]:
    """The kinds of line by "calculator/activity"."""
    return {
        f"{calculator.key}/{kind.key}": kind
        for calculator in calculators.values()
        for kind in calculator.activities
    }


def _divisions_by_sector(sectors: Sectors) -> Mapping[str, tuple[str, ...]]:
    """The divisions behind each name of a sector: a section's letter, or a division itself."""
    current = sectors.current
    sections = {
        section.key: tuple(division.key for division in section.divisions) for section in current.sections
    }
    return {**sections, **{key: (key,) for key in current.divisions}}
