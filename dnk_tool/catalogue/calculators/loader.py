"""Loads the calculators, and finds those that give a datapoint."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from dnk_tool.catalogue.calculators.model import (
    QUANTITY_FIELD,
    SCOPE_3_CATEGORIES,
    Activity,
    ActivityField,
    Calculator,
    QuantityMethod,
    Slot,
)
from dnk_tool.catalogue.calculators.reader import read_calculators
from dnk_tool.catalogue.constants import read_constants, unknown_placeholders
from dnk_tool.catalogue.problems import CatalogueError, Problem
from dnk_tool.catalogue.standard.datapoints import read_datapoints, read_families
from dnk_tool.catalogue.values import Text
from dnk_tool.catalogue.yaml_reader import read_yaml
from dnk_tool.paths import criteria_folder

__all__ = [
    "QUANTITY_FIELD",
    "SCOPE_3_CATEGORIES",
    "Activity",
    "ActivityField",
    "Calculator",
    "QuantityMethod",
    "Slot",
    "build_calculators",
    "calculators_by_result",
    "load_calculators",
]


@cache
def load_calculators() -> Mapping[str, Calculator]:
    """The calculators by key, as they are offered. Raises CatalogueError with every fault."""
    calculators, problems = build_calculators(criteria_folder())
    if problems:
        raise CatalogueError(problems)
    return calculators


@cache
def calculators_by_result() -> Mapping[str, Calculator]:
    """For each datapoint that a calculator gives, the first that does."""
    by_result: dict[str, Calculator] = {}
    for calculator in load_calculators().values():
        for key in calculator.results:
            by_result.setdefault(key, calculator)
    return by_result


def build_calculators(folder: Path) -> tuple[Mapping[str, Calculator], list[Problem]]:
    """The calculators and all faults of their file; nothing is raised."""
    problems: list[Problem] = []
    families = read_families(read_yaml(folder / "units.yaml", []))
    datapoints = read_datapoints(read_yaml(folder / "datapoints.yaml", []), families)
    root = read_yaml(folder / "calculators.yaml", problems, constants=read_constants(folder, problems))
    calculators = read_calculators(root, families, datapoints)
    for calculator in calculators.values():
        for name in unknown_placeholders(_hints(calculator)):
            root.note(f"'{calculator.key}' mentions the unknown '{name}'", "calculators")
    root.note_unknown()
    return calculators, sorted(set(problems))


def _hints(calculator: Calculator) -> Iterator[Text]:
    """Its texts in which numbers may stand."""
    yield from (calculator.explains, *calculator.where)
    for activity in calculator.activities:
        yield from (activity.hint, *(field.hint for field in activity.fields))
