"""The JSON form of answers, figures and self-assessments, for revisions, documents and exchange."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dnk_tool.catalogue.standard.item_model import Choice, Column, Item, ItemKind
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Quality
from dnk_tool.domain.answers.self_assessment import Assessment, Effect, Measure
from dnk_tool.domain.answers.values import FIRST_YEAR, LAST_YEAR, MAX_ROWS, Cell, Row, Rows, Value
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.text import MAX_LENGTH, normalised


@dataclass(frozen=True, slots=True)
class ValueFault:
    """Why a value is invalid: the path below the item, a code, and the detail that it concerns."""

    path: str
    code: str
    detail: str = ""


class InvalidValue(ValueError):
    """A value does not have the shape its item asks for; `faults` names each place."""

    def __init__(self, faults: list[ValueFault]) -> None:
        self.faults = faults
        super().__init__(str(faults))


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object without empty fields."""
    return without_empty(
        {
            "disclosure": answer.disclosure and answer.disclosure.value,
            "text": answer.text,
            "explanation": answer.explanation,
            "reason": answer.reason,
            "value": None if answer.value is None else value_to_json(answer.value),
            "markup": answer.is_marked_up or None,
        }
    )


def answer_from_json(item: Item | None, content: Mapping[str, Any]) -> Answer:
    """The answer from the JSON of `answer_to_json`; `item` is None for the ref of a whole requirement.

    Raises InvalidValue if the edition no longer offers what was chosen.
    """
    value, disclosure = content.get("value"), content.get("disclosure")
    return Answer(
        Disclosure(disclosure) if disclosure else None,
        content.get("text", ""),
        content.get("explanation", ""),
        content.get("reason", ""),
        value_from_json(item, value) if item and value is not None else None,
        content.get("markup", False),
    )


def figure_to_json(figure: Figure) -> dict[str, Any]:
    """The figure as a JSON object without empty fields; the value is exact text, and only a value has a unit.

    The responsible person is included for the company's own history; a document leaves it out.
    """
    return without_empty(
        {
            "value": None if figure.value is None else numbers.plain(figure.value),
            "unit": "" if figure.value is None else figure.unit,
            "quality": figure.quality and figure.quality.value,
            "note": figure.note,
            "source": figure.source,
            "responsible": figure.responsible,
            "origin": figure.origin.value,
        }
    )


def figure_from_json(content: Mapping[str, Any]) -> Figure:
    """The figure from the JSON of `figure_to_json`."""
    value, quality = content.get("value"), content.get("quality")
    return Figure(
        None if value is None else Decimal(value),
        content.get("unit", ""),
        Quality(quality) if quality else None,
        content.get("note", ""),
        content.get("source", ""),
        content.get("responsible", ""),
        Origin(content.get("origin", "")),
    )


def assessment_to_json(assessment: Assessment) -> dict[str, Any]:
    """The rating of a criterion with its measures, as a JSON object without empty fields."""
    return without_empty(
        {
            "rating": assessment.rating and assessment.rating.value,
            "measures": [_measure_to_json(measure) for measure in assessment.measures],
        }
    )


def _measure_to_json(measure: Measure) -> dict[str, Any]:
    return without_empty(
        {
            "text": measure.text,
            "owner": measure.owner,
            "due": measure.due.isoformat() if measure.due else None,
            "effect": measure.effect and _effect_to_json(measure.effect),
        }
    )


def _effect_to_json(effect: Effect) -> dict[str, str]:
    return {"datapoint": effect.datapoint, **_quantity_to_json(effect.change)}


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """The JSON object without fields that are null, an empty text or an empty list."""
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def value_to_json(value: Value) -> Any:
    """The value as JSON: a text, a year, a list of keys, or a list of row objects."""
    if isinstance(value, Rows):
        return [{key: _cell_to_json(cell) for key, cell in row.items()} for row in value.rows]
    return list(value) if isinstance(value, tuple) else value


def _cell_to_json(cell: Cell) -> Any:
    return _quantity_to_json(cell) if isinstance(cell, Quantity) else cell


def _quantity_to_json(quantity: Quantity) -> dict[str, str]:
    return {"value": numbers.plain(quantity.value), "unit": quantity.unit}


def value_from_json(item: Item, data: Any) -> Value:
    """The typed value of an item that is neither text nor figure. Raises InvalidValue with every fault."""
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
    given = {_choice(entry, choices, f"[{index}]", faults) for index, entry in enumerate(data)}
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
    sharing = [column for column in columns if column.shared_unit]
    for index, row in enumerate(data):
        if not isinstance(row, dict) or not row:
            faults.append(ValueFault(f"[{index}]", "not-a-row"))
            continue
        faults += [ValueFault(f"[{index}].{key}"[:80], "unknown-column") for key in row if key not in known]
        cells = {
            key: _cell(row[key], column, f"[{index}].{key}", faults)
            for key, column in known.items()
            if key in row
        }
        faults += _unit_faults(cells, sharing, f"[{index}]")
        yield cells


def _unit_faults(row: Row, sharing: Sequence[Column], path: str) -> Iterator[ValueFault]:
    """A fault for each cell whose unit differs from the first one of the columns that share its unit."""
    units: dict[str, str] = {}
    for column in sharing:
        cell = row.get(column.key)
        if isinstance(cell, Quantity) and units.setdefault(column.shared_unit, cell.unit) != cell.unit:
            yield ValueFault(f"{path}.{column.key}.unit", "other-unit", units[column.shared_unit])


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
    """The quantity from a JSON object such as {"value": "1234.5", "unit": "kWh"}.

    Faults are added to `faults`, and zero replaces a faulty number.
    """
    if not isinstance(data, dict) or data.keys() != {"value", "unit"}:
        faults.append(ValueFault(path, "not-a-quantity"))
        return Quantity(Decimal(0), "")
    unit = str(data["unit"])
    if unit not in units:
        faults.append(ValueFault(f"{path}.unit", "unknown-unit", unit[:40]))
    return Quantity(decimal_from_json(data["value"], f"{path}.value", faults), unit)


def decimal_from_json(data: Any, path: str, faults: list[ValueFault]) -> Decimal:
    """The number from its canonical text, such as "-1234.50".

    For anything else a fault is added to `faults`, and zero is returned.
    """
    try:
        value = Decimal(data) if isinstance(data, str) and len(data) <= numbers.MAX_LENGTH else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or numbers.plain(value) != data or _is_too_long(data):
        faults.append(ValueFault(path, "not-a-number", str(data)[:60]))
        return Decimal(0)
    return value


def _is_too_long(canonical: str) -> bool:
    whole, _, decimals = canonical.removeprefix("-").partition(".")
    return len(whole) > numbers.MAX_DIGITS or len(decimals) > numbers.MAX_DECIMALS
