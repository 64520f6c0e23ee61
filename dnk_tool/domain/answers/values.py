"""The typed values behind the kinds of item, and their one JSON shape for storage and exchange."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from dnk_tool.catalogue.standard.item_model import Choice, Column, Item, ItemKind
from dnk_tool.domain import numbers
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.text import MAX_LENGTH, normalised

FIRST_YEAR, LAST_YEAR = 1900, 2100
# So many years ahead of today's a declaration may be begun; goals and forecasts reach further.
YEARS_AHEAD = 1
MAX_ROWS = 200

Cell: TypeAlias = str | int | Quantity
Row: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table; a cell that was left empty is absent, and a table without rows says nothing."""

    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.rows)


Value: TypeAlias = str | int | tuple[str, ...] | Rows


@dataclass(frozen=True, slots=True)
class ValueFault:
    """Why a value does not fit: the path below the item, and a code with what it concerns."""

    path: str
    code: str
    detail: str = ""


class InvalidValue(ValueError):
    """A value does not have the shape its item asks for; `faults` names each place."""

    def __init__(self, faults: list[ValueFault]) -> None:
        self.faults = faults
        super().__init__(str(faults))


def value_to_json(value: Value) -> Any:
    """The value as JSON: a text, a year, a list of keys, or a list of row objects."""
    if isinstance(value, Rows):
        return [{key: _cell_to_json(cell) for key, cell in row.items()} for row in value.rows]
    return list(value) if isinstance(value, tuple) else value


def _cell_to_json(cell: Cell) -> Any:
    if isinstance(cell, Quantity):
        return {"value": numbers.plain(cell.value), "unit": cell.unit}
    return cell


def value_from_json(item: Item, data: Any) -> Value:
    """The typed value of an item that is neither text nor figure. Raises UnfitValue with every fault."""
    faults: list[ValueFault] = []
    value: Value
    if item.kind is ItemKind.CHOICE:
        value = _choice(data, item.choices, "", faults)
    elif item.kind is ItemKind.CHOICES:
        value = _choices(data, item.choices, faults)
    elif item.kind is ItemKind.YEAR:
        value = _year(data, "", faults)
    elif item.kind is ItemKind.TABLE and item.table:
        value = Rows(tuple(_rows(data, item.table.columns, faults)))
    else:
        value, faults = "", [ValueFault("", "no-value-here")]
    if faults:
        raise InvalidValue(faults)
    return value


def _choice(data: Any, choices: tuple[Choice, ...], path: str, faults: list[ValueFault]) -> str:
    if not isinstance(data, str) or data not in {choice.key for choice in choices}:
        faults.append(ValueFault(path, "unknown-choice", str(data)[:60]))
        return ""
    return data


def _choices(data: Any, choices: tuple[Choice, ...], faults: list[ValueFault]) -> tuple[str, ...]:
    if not isinstance(data, list) or not data:
        faults.append(ValueFault("", "not-a-list"))
        return ()
    given = {_choice(one, choices, f"[{index}]", faults) for index, one in enumerate(data)}
    return tuple(choice.key for choice in choices if choice.key in given)


def _year(data: Any, path: str, faults: list[ValueFault]) -> int:
    if type(data) is not int or not FIRST_YEAR <= data <= LAST_YEAR:
        faults.append(ValueFault(path, "not-a-year", str(data)[:60]))
        return 0
    return data


def _rows(data: Any, columns: tuple[Column, ...], faults: list[ValueFault]) -> Iterator[Row]:
    if not isinstance(data, list) or not 0 < len(data) <= MAX_ROWS:
        faults.append(ValueFault("", "not-rows", str(MAX_ROWS)))
        return
    known = {column.key: column for column in columns}
    for index, row in enumerate(data):
        if not isinstance(row, dict) or not row:
            faults.append(ValueFault(f"[{index}]", "not-a-row"))
            continue
        faults += [ValueFault(f"[{index}].{key}"[:80], "unknown-column") for key in row if key not in known]
        yield {
            key: _cell(row[key], column, f"[{index}].{key}", faults)
            for key, column in known.items()
            if key in row
        }


def _cell(data: Any, column: Column, path: str, faults: list[ValueFault]) -> Cell:
    if column.kind is ItemKind.YEAR:
        return _year(data, path, faults)
    if column.kind is ItemKind.CHOICE:
        return _choice(data, column.choices, path, faults)
    if column.kind is ItemKind.QUANTITY:
        return quantity_from_json(data, column.units.keys(), path, faults)
    text = normalised(data) if isinstance(data, str) else ""
    if not 0 < len(text) <= MAX_LENGTH:
        faults.append(ValueFault(path, "not-a-text"))
    return text


def quantity_from_json(data: Any, units: Collection[str], path: str, faults: list[ValueFault]) -> Quantity:
    """A quantity out of {"value": "1234.5", "unit": "kWh"}; a fault is noted and zero stands in."""
    if not isinstance(data, dict) or data.keys() != {"value", "unit"}:
        faults.append(ValueFault(path, "not-a-quantity"))
        return Quantity(Decimal(0), "")
    unit = str(data["unit"])
    if unit not in units:
        faults.append(ValueFault(f"{path}.unit", "unknown-unit", unit[:40]))
    return Quantity(decimal_from_json(data["value"], f"{path}.value", faults), unit)


def decimal_from_json(data: Any, path: str, faults: list[ValueFault]) -> Decimal:
    """An exact number out of its canonical text, such as "-1234.50"; a fault is noted and zero stands in."""
    try:
        value = Decimal(data) if isinstance(data, str) and len(data) <= numbers.MAX_LENGTH else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or numbers.plain(value) != data or _is_too_long(value):
        faults.append(ValueFault(path, "not-a-number", str(data)[:60]))
        return Decimal(0)
    return value


def _is_too_long(value: Decimal) -> bool:
    whole, _, decimals = numbers.plain(value.copy_abs()).partition(".")
    return len(whole) > numbers.MAX_DIGITS or len(decimals) > numbers.MAX_DECIMALS
