"""Typed values: one JSON shape, there and back, and a fault for each place that does not fit."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Column, Item, ItemKind
from dnk_tool.domain.answers import values
from dnk_tool.domain.answers.encoding import InvalidValue, ValueFault, value_from_json, value_to_json
from dnk_tool.domain.answers.values import Rows, Value
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.text import normalised

quick = settings(max_examples=100, deadline=None, database=None)

ITEMS = load_catalogue("dnk-2017").items
VALUED = [i for i in ITEMS.values() if i.kind not in (ItemKind.TEXT, ItemKind.QUANTITY)]
GOALS, MATERIALS = ITEMS["3.1.goals"], ITEMS["GRI-SRS-301-1.a-i"]
LISTED, GASES, BASE_YEAR = ITEMS["general.listed"], ITEMS["GRI-SRS-305-1.b"], ITEMS["GRI-SRS-305-1.d"]

texts = st.text(max_size=20).map(normalised).filter(bool)
years = st.integers(values.FIRST_YEAR, values.LAST_YEAR)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=3).filter(
    lambda value: bool(value) or not value.is_signed()
)


def cells(column: Column) -> st.SearchStrategy[Any]:
    if column.kind is ItemKind.YEAR:
        return years
    if column.kind is ItemKind.CHOICE:
        return st.sampled_from([choice.key for choice in column.choices])
    if column.kind is ItemKind.QUANTITY:
        return st.builds(Quantity, decimals, st.sampled_from(sorted(column.units)))
    return texts


def fitting(item: Item) -> st.SearchStrategy[Value]:
    """Every value that the item can have."""
    keys = [choice.key for choice in item.choices]
    if item.kind is ItemKind.YEAR:
        return years
    if item.kind is ItemKind.CHOICE:
        return st.sampled_from(keys)
    if item.kind is ItemKind.CHOICES:
        return st.sets(st.sampled_from(keys), min_size=1).map(lambda s: tuple(k for k in keys if k in s))
    assert item.table
    row = st.fixed_dictionaries({}, optional={c.key: cells(c) for c in item.table.columns}).filter(bool)
    shared = {c.key for c in item.table.columns if c.shared_unit}

    def in_one_unit(cells: dict[str, Any]) -> dict[str, Any]:
        """The row with the unit of the first cell that shares it in all others."""
        unit = next((cell.unit for key, cell in cells.items() if key in shared), "")
        return {key: Quantity(cell.value, unit) if key in shared else cell for key, cell in cells.items()}

    row = row.map(in_one_unit)
    return st.lists(row, min_size=1, max_size=3).map(lambda rows: Rows(tuple(rows)))


def value_and_faults(item: Item, data: Any) -> tuple[Value | None, list[ValueFault]]:
    try:
        return value_from_json(item, data), []
    except InvalidValue as error:
        return None, error.faults


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@quick
@given(data=st.data(), item=st.sampled_from(VALUED))
def test_a_value_survives_json(data: st.DataObject, item: Item) -> None:
    value = data.draw(fitting(item))
    assert value_from_json(item, json.loads(json.dumps(value_to_json(value)))) == value


@quick
@given(item=st.sampled_from(list(ITEMS.values())), data=json_values)
def test_any_json_fits_or_is_refused(item: Item, data: Any) -> None:
    value, faults = value_and_faults(item, data)
    if value is None:
        assert faults
    else:
        assert value_from_json(item, value_to_json(value)) == value


@quick
@given(wild=json_values, key=st.sampled_from(["material", "amount", "note"]))
def test_a_wild_cell_is_refused_alone(wild: Any, key: str) -> None:
    row = {"material": "Stein", "amount": {"value": "1", "unit": "t"}, "note": "grau"}
    _, faults = value_and_faults(MATERIALS, [row, {**row, key: wild}])
    assert all(fault.path.startswith(f"[1].{key}") for fault in faults)


def test_choices_stand_once_in_the_order_of_the_catalogue() -> None:
    assert value_from_json(GASES, ["ch4", "co2", "ch4"]) == ("co2", "ch4")


@pytest.mark.parametrize(
    ("item", "data", "faults"),
    [
        (LISTED, "maybe", [ValueFault("", "unknown-choice", "maybe")]),
        (LISTED, True, [ValueFault("", "unknown-choice", "True")]),
        (LISTED, ["yes"], [ValueFault("", "unknown-choice", "['yes']")]),
        (LISTED, None, [ValueFault("", "unknown-choice", "None")]),
        (GASES, "co2", [ValueFault("", "not-a-list")]),
        (GASES, [], [ValueFault("", "not-a-list")]),
        (GASES, ["co2", {"a": 1}], [ValueFault("[1]", "unknown-choice", "{'a': 1}")]),
        (BASE_YEAR, True, [ValueFault("", "not-a-year", "True")]),
        (BASE_YEAR, "2023", [ValueFault("", "not-a-year", "2023")]),
        (BASE_YEAR, 2023.0, [ValueFault("", "not-a-year", "2023.0")]),
        (BASE_YEAR, 1899, [ValueFault("", "not-a-year", "1899")]),
        (GOALS, {}, [ValueFault("", "not-rows", "200")]),
        (GOALS, [], [ValueFault("", "not-rows", "200")]),
        (GOALS, [{"goal": "x"}] * 201, [ValueFault("", "not-rows", "200")]),
        (GOALS, [{}, 5], [ValueFault("[0]", "not-a-row"), ValueFault("[1]", "not-a-row")]),
        (GOALS, [{"goal": " \n"}], [ValueFault("[0].goal", "not-a-text")]),
        (GOALS, [{"goal": "x" * 100_001}], [ValueFault("[0].goal", "not-a-text")]),
        (
            GOALS,
            [{"zoll": 1, "ziel": 2}],
            [ValueFault("[0].zoll", "unknown-column"), ValueFault("[0].ziel", "unknown-column")],
        ),
        (MATERIALS, [{"amount": "5 t"}], [ValueFault("[0].amount", "not-a-quantity")]),
        (MATERIALS, [{"amount": {"value": "5"}}], [ValueFault("[0].amount", "not-a-quantity")]),
        (ITEMS["1.1"], "Text", [ValueFault("", "no-value-here")]),
    ],
)
def test_names_each_fault(item: Item, data: Any, faults: list[ValueFault]) -> None:
    with pytest.raises(InvalidValue) as caught:
        value_from_json(item, data)
    assert caught.value.faults == faults


NOT_CANONICAL = [
    "1e3",
    "1.",
    ".5",
    "01",
    "1,5",
    "-0",
    "-0.00",
    "NaN",
    "Infinity",
    "1_000",
    "",
    " 1",
    "٣",
    "+1",
]
TOO_LONG = ["1" * 21, "0." + "1" * 11, "12345678901234567890." + "1" * 11]


@pytest.mark.parametrize("number", [*NOT_CANONICAL, *TOO_LONG, 5, True, None, [1]])
def test_takes_only_canonical_numbers(number: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        value_from_json(MATERIALS, [{"amount": {"value": number, "unit": "t"}}])
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [
        ("[0].amount.value", "not-a-number")
    ]


@pytest.mark.parametrize("unit", ["kWh", "", "T", None, ["t"], {"t": 1}])
def test_takes_only_units_of_the_column(unit: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        value_from_json(MATERIALS, [{"amount": {"value": "1", "unit": unit}}])
    assert [(fault.path, fault.code) for fault in caught.value.faults] == [
        ("[0].amount.unit", "unknown-unit")
    ]


def test_keeps_value_and_unit_as_entered() -> None:
    rows = value_from_json(MATERIALS, [{"material": "Holz", "amount": {"value": "2.50", "unit": "m3"}}])
    assert rows == Rows(({"material": "Holz", "amount": Quantity(Decimal("2.50"), "m3")},))
    assert value_to_json(rows) == [{"material": "Holz", "amount": {"value": "2.50", "unit": "m3"}}]
