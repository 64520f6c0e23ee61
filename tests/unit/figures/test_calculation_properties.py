"""Whatever is entered, results are exact and the same in any order and unit, and no float comes near them."""

import ast
import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dnk_tool.domain
from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.figures import formulas
from dnk_tool.domain.figures.calculators import (
    Basis,
    CalculatorLine,
    evaluate_lines,
    line_faults,
    line_from_json,
    line_to_json,
    with_proposed_factors,
)
from dnk_tool.domain.figures.calculators.units import DECIMALS, rounded_for_figure
from dnk_tool.domain.numbers import MAX_DIGITS
from dnk_tool.domain.quantities import Quantity, from_base, in_base
from tests.support.calculator_lines import DATAPOINTS, YEAR

quick = settings(max_examples=60, deadline=None, database=None)

DOMAIN = Path(dnk_tool.domain.__file__).parent
FAMILIES = load_catalogue("dnk-2017").families
KINDS = [
    (key, activity) for key, calculator in load_calculators().items() for activity in calculator.activities
]
numbers = st.decimals(min_value=0, max_value=10**9, places=4)


@st.composite
def any_lines(draw: st.DrawFn) -> tuple[CalculatorLine, ...]:
    """Lines of any kind with any entries, each with an id of its own."""
    drawn = []
    for number in range(draw(st.integers(1, 8))):
        calculator, activity = draw(st.sampled_from(KINDS))
        quantities = {
            field.key: Quantity(draw(numbers), draw(st.sampled_from(sorted(field.units))))
            for field in activity.fields
            if field.required or draw(st.booleans())
        }
        line = CalculatorLine(
            number, calculator, activity.key, quantities=quantities, basis=draw(st.sampled_from(Basis))
        )
        drawn.append(with_proposed_factors(line, activity, load_factors(), YEAR))
    return tuple(drawn)


def _evaluate(calculator_lines: "tuple[CalculatorLine, ...] | list[CalculatorLine]") -> Any:
    return evaluate_lines(calculator_lines, load_calculators(), datapoints=DATAPOINTS)


@quick
@given(calculator_lines=any_lines(), data=st.data())
def test_results_do_not_depend_on_the_order_of_lines(
    calculator_lines: tuple[CalculatorLine, ...], data: st.DataObject
) -> None:
    assert _evaluate(data.draw(st.permutations(calculator_lines))) == _evaluate(calculator_lines)


@quick
@given(calculator_lines=any_lines(), data=st.data())
def test_results_do_not_depend_on_the_unit_of_entry(
    calculator_lines: tuple[CalculatorLine, ...], data: st.DataObject
) -> None:
    """As far as another unit of the same family writes the number exactly."""
    changed = []
    for line in calculator_lines:
        activity = load_calculators()[line.calculator].activity(line.activity)
        assert activity is not None
        quantities = dict(line.quantities)
        for key, quantity in line.quantities.items():
            field = activity.field(key)
            assert field is not None
            family = next(family for family in field.families if quantity.unit in family.units)
            unit = data.draw(st.sampled_from(sorted(set(family.units) & set(field.units))))
            other = Quantity(from_base(in_base(quantity, family.units), unit, family), unit)
            if in_base(other, family.units) == in_base(quantity, family.units):
                quantities[key] = other
        changed.append(replace(line, quantities=quantities))
    before, after = _evaluate(calculator_lines).results, _evaluate(changed).results
    assert {key: result.exact for key, result in before.items()} == {
        key: result.exact for key, result in after.items()
    }
    assert {key: result.value for key, result in before.items()} == {
        key: result.value for key, result in after.items()
    }


@quick
@given(calculator_lines=any_lines())
def test_results_are_exact_sums_that_a_figure_can_store(calculator_lines: tuple[CalculatorLine, ...]) -> None:
    calculation = _evaluate(calculator_lines)
    for key, result in calculation.results.items():
        point = DATAPOINTS[key]
        assert result.value.unit == point.default_unit
        assert rounded_for_figure(result.exact) == result.value.value
        assert abs(Fraction(result.value.value) - result.exact) <= Fraction(1, 2 * 10**DECIMALS)
        if result.steps:
            base = sum((step.exact for step in result.steps), Fraction(0))
            assert base / Fraction(point.family.units[point.default_unit].factor) == result.exact
    assert [number for number in _values(calculation) if isinstance(number, float)] == []


def _values(value: object) -> Iterator[object]:
    """Everything inside a value, however deep."""
    yield value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _values(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (*_values(key), *_values(inner))
    elif isinstance(value, tuple | list | set | frozenset) and not isinstance(value, Enum):
        for inner in value:
            yield from _values(inner)


@quick
@given(calculator_lines=any_lines())
def test_a_line_survives_being_stored(calculator_lines: tuple[CalculatorLine, ...]) -> None:
    for line in calculator_lines:
        stored = json.loads(json.dumps(line_to_json(line)))
        assert line_from_json(stored, id=line.id) == line
        assert [number for number in _values(stored) if isinstance(number, float)] == []


@quick
@given(calculator_lines=any_lines())
def test_a_line_without_faults_leads_to_something(calculator_lines: tuple[CalculatorLine, ...]) -> None:
    for line in calculator_lines:
        activity = load_calculators()[line.calculator].activity(line.activity)
        assert activity is not None
        calculation = _evaluate([line])
        codes = {note.code for note in calculation.notes}
        if line_faults(line, activity):
            assert calculation.results == {}
            assert codes == {"faulty-line"}
        else:
            assert "faulty-line" not in codes
            assert calculation.results or codes or not activity.slots or not _has_slot_entry(line, activity)


def _has_slot_entry(line: CalculatorLine, activity: Any) -> bool:
    return any(slot.field in line.quantities for slot in activity.slots)


@quick
@given(value=st.fractions(min_value=-(10**22), max_value=10**22))
def test_rounding_is_commercial_and_limited(value: Fraction) -> None:
    rounded = rounded_for_figure(value)
    if rounded is None:
        assert abs(value) >= 10**MAX_DIGITS - 1
        return
    assert "E" not in str(rounded)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**DECIMALS)
    assert rounded_for_figure(-value) == -rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.0000005", "0.000001"),
        ("-0.0000005", "-0.000001"),
        ("0.00000049", "0"),
        ("2.5", "2.5"),
        ("-0", "0"),
    ],
)
def test_a_half_goes_away_from_zero(value: str, text: str) -> None:
    assert str(rounded_for_figure(Fraction(Decimal(value)))) == text


@quick
@given(value=numbers, data=st.data())
def test_every_unit_comes_back_from_every_other(value: Decimal, data: st.DataObject) -> None:
    for family in FAMILIES.values():
        unit, other = (data.draw(st.sampled_from(sorted(family.units))) for _ in range(2))
        base = in_base(Quantity(value, unit), family.units)
        there = from_base(base, other, family)
        error = abs(in_base(Quantity(there, other), family.units) - base)
        assert error <= base / 10**27


@pytest.mark.parametrize("value", [0.5, 1.0, True, "1", None])
def test_a_formula_takes_exact_numbers_only(value: Any) -> None:
    with pytest.raises(TypeError):
        formulas(value)


SOURCES = sorted(
    [
        *(DOMAIN / "figures/formulas").glob("*.py"),
        *(DOMAIN / "figures/calculators").glob("*.py"),
        DOMAIN / "quantities.py",
    ]
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_float_is_written_anywhere(source: Path) -> None:
    """Neither a float literal nor `float`, nor `/` between whole numbers that are both written out."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), ast.unparse(node)
        assert not (isinstance(node, ast.Name) and node.id == "float"), ast.unparse(node)
        is_division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        if is_division and isinstance(node, ast.BinOp):
            assert not (isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant))
