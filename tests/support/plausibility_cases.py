"""Companies for tests of what looks odd: two for each rule, and inputs as people type them."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.figures.calculators.lines import CalculatorLine
from dnk_tool.domain.figures.plausibility import PlausibilityFacts, PlausibilityWarning, plausibility_warnings
from dnk_tool.domain.figures.plausibility.leading_lines import at_leading_lines
from dnk_tool.domain.organisation import Profile, Site
from dnk_tool.domain.quantities import Quantity
from tests.support.calculator_lines import make_calculation, make_line

DATA = Path(__file__).parents[1] / "data"
YEAR = 2025
INPUTS = ("plausibility_inputs.yaml", "plausibility_inputs_of_others.yaml")


@cache
def load_cases() -> dict[str, dict[str, dict[str, Any]]]:
    """The cases by rule: "odd" and "fine"."""
    cases: dict[str, dict[str, dict[str, Any]]] = _read_cases("plausibility_cases.yaml")
    return cases


def _read_cases(name: str) -> Any:
    return YAML(typ="safe").load((DATA / name).read_text("utf-8"))


def parse_cell_quantity(text: str) -> Quantity:
    """ "412 MWh" as a quantity."""
    value, _, unit = text.partition(" ")
    return Quantity(Decimal(value), unit)


def make_figure(text: str) -> Figure:
    """ "412 MWh" as a measured figure."""
    quantity = parse_cell_quantity(text)
    return Figure(quantity.value, quantity.unit, Quality.MEASURED)


def make_facts(case: Mapping[str, Any]) -> PlausibilityFacts:
    """The company of a case."""
    return PlausibilityFacts(
        year=YEAR,
        figures={key: make_figure(text) for key, text in case.get("figures", {}).items()},
        before={key: make_figure(text) for key, text in case.get("before", {}).items()},
        profile=Profile(
            "Muster GmbH",
            sector=case.get("sector", ""),
            employees=case.get("employees"),
            turnover=parse_cell_quantity(case["turnover"]) if "turnover" in case else None,
            sites=tuple(Site(f"Standort {number}") for number in range(case.get("sites", 0))),
        ),
        lines=[_line(number, line) for number, line in enumerate(case.get("lines", ()), start=1)],
        tables={key: Rows(tuple(map(_cells, rows))) for key, rows in case.get("tables", {}).items()},
        choices=case.get("choices", {}),
    )


def _line(number: int, line: Mapping[str, Any]) -> CalculatorLine:
    calculator, _, activity = line["activity"].partition("/")
    quantities = {key: parse_cell_quantity(text) for key, text in line["quantities"].items()}
    return CalculatorLine(number, calculator, activity, quantities=quantities)


def _cells(row: Mapping[str, str]) -> dict[str, str | Quantity]:
    units = load_plausibility().family_by_unit
    cells: dict[str, str | Quantity] = {}
    for key, text in row.items():
        is_quantity = text.partition(" ")[2] in units and text[0].isdigit()
        cells[key] = parse_cell_quantity(text) if is_quantity else text
    return cells


@dataclass(frozen=True)
class TypedInput:
    """A company as it types, by the judgement of somebody who knows the trade: `is_odd`, and why.

    `at` are the values of which a question should compare one; `fed` those that follow from the line of the
    slip. `warnings` are what the rules ask.
    """

    key: str
    file: str
    is_odd: bool
    why: str
    at: frozenset[str]
    warnings: tuple[PlausibilityWarning, ...]

    @property
    def is_right(self) -> bool:
        """Whether the rules ask at the right place, or ask nothing where nothing is odd."""
        if not self.is_odd:
            return not self.warnings
        return any(not self.at.isdisjoint(_compared_values(warning)) for warning in self.warnings)


def _compared_values(warning: PlausibilityWarning) -> Iterator[str]:
    """What a question compares; a field of a line by the line's own name, too."""
    if warning.line:
        yield from ("line.quantity", f"line-{warning.line}.quantity")
    for value in warning.compared:
        yield value.key
        yield f"{warning.subject}.{value.key.removeprefix('line.')}"


def mended_inputs() -> Iterator[tuple[str, tuple[PlausibilityWarning, ...]]]:
    """The odd inputs of others with what was meant at the slip, and what is asked then."""
    for key, case in _read_cases(INPUTS[1]).items():
        if "meant" in case:
            yield key, plausibility_warnings(load_plausibility(), typed_facts(_mended(case)))


def _mended(case: Mapping[str, Any]) -> dict[str, Any]:
    """The case with what was meant; where two figures were exchanged, the other takes the slip's value."""
    mended = {**case, "figures": dict(case.get("figures", {})), "lines": deepcopy(case.get("lines", []))}
    if "at_line" in case:
        number, _, field = str(case["at_line"]).partition(".")
        mended["lines"][int(number) - 1]["quantities"][field] = case["meant"]
        return mended
    first, *others = case["at"]
    for other in others:
        if mended["figures"].get(other, "").partition(" ")[0] == case["meant"].partition(" ")[0]:
            slipped, unit = case["figures"][first].partition(" ")[0], case["figures"][other].partition(" ")[2]
            mended["figures"][other] = f"{slipped} {unit}"
    if "profile.turnover" in others:
        mended["turnover"] = case["meant"]
    mended["figures"][first] = case["meant"]
    return mended


@cache
def typed_inputs() -> tuple[TypedInput, ...]:
    """All inputs, through lines, factors, formulas and rules as in the product."""
    return tuple(_typed_input(key, name, case) for name in INPUTS for key, case in _read_cases(name).items())


def _typed_input(key: str, file: str, case: Mapping[str, Any]) -> TypedInput:
    lines = _lines_with_factors(case)
    rules, facts = load_plausibility(), typed_facts(case)
    calculation = make_calculation(*lines, figures=make_facts({**case, "lines": ()}).figures, year=YEAR)
    warnings = at_leading_lines(rules, plausibility_warnings(rules, facts), facts, calculation)
    at = set(case.get("at", ()))
    if "at_line" in case:
        number = int(str(case["at_line"]).partition(".")[0])
        at |= {f"line-{case['at_line']}"}
        at |= {result.datapoint for result in make_calculation(*lines).results_of_line(number)}
    return TypedInput(key, file, "asks" in case, case.get("asks") or case["passes"], frozenset(at), warnings)


def typed_facts(case: Mapping[str, Any]) -> PlausibilityFacts:
    """The facts of an input: its figures, and those that follow from its lines."""
    lines, stated = _lines_with_factors(case), make_facts({**case, "lines": ()})
    sector = f"WZ 2025: {case['sector']}"
    calculated = make_calculation(*lines, figures=stated.figures, year=YEAR).results
    return replace(
        stated,
        figures={**{key: result.figure for key, result in calculated.items()}, **stated.figures},
        profile=replace(stated.profile or Profile(""), sector=sector),
        lines=lines,
    )


def _lines_with_factors(case: Mapping[str, Any]) -> Sequence[CalculatorLine]:
    return [
        make_line(line["activity"], number, **{key.replace("-", "_"): text for key, text in fields.items()})
        for number, line in enumerate(case.get("lines", ()), start=1)
        if (fields := line["quantities"])
    ]
