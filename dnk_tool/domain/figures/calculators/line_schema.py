"""Converts a line to plain JSON values and back: numbers are exact text, empty values are left out."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from dnk_tool.catalogue.factors.model import Boundary, FactorStatus
from dnk_tool.catalogue.values import Text, Verification
from dnk_tool.domain import numbers
from dnk_tool.domain.figures.calculators.lines import (
    Basis,
    BillPeriod,
    CalculatorLine,
    FactorSnapshot,
    FactorSource,
    InvalidLine,
    LineFault,
)
from dnk_tool.domain.quantities import Quantity

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")

# A factor may be longer than any figure of a company: EBeV products have up to ten decimals.
_MAX_LENGTH = 80
_TEXTS = ("calculator", "activity", "label", "site", "note", "code")


def line_to_json(line: CalculatorLine) -> dict[str, Any]:
    """The line as texts, {"value", "unit"} and snapshots of factors; its id is stored beside it."""
    texts = {name: getattr(line, name) for name in _TEXTS}
    quantities = {key: _quantity_to_json(quantity) for key, quantity in line.quantities.items()}
    factors = {
        key: None if factor is None else _snapshot_to_json(factor) for key, factor in line.factors.items()
    }
    period = line.period and {"first": line.period.first.isoformat(), "last": line.period.last.isoformat()}
    given = {**texts, "quantities": quantities, "basis": line.basis.value, "period": period}
    return {**{key: value for key, value in given.items() if value}, "factors": factors}


def _quantity_to_json(quantity: Quantity) -> dict[str, str]:
    return {"value": numbers.plain(quantity.value), "unit": quantity.unit}


def _snapshot_to_json(factor_snapshot: FactorSnapshot) -> dict[str, Any]:
    data = {
        "key": factor_snapshot.key,
        "edition": factor_snapshot.edition,
        "data_year": factor_snapshot.data_year,
        "label": {"de": factor_snapshot.label.de, "en": factor_snapshot.label.en},
        "value": numbers.plain(factor_snapshot.value),
        "unit": factor_snapshot.unit,
        "result_unit": factor_snapshot.result_unit,
        "gases": factor_snapshot.gases,
        "boundary": factor_snapshot.boundary.value,
        "title": factor_snapshot.source.title,
        "source_edition": factor_snapshot.source.edition,
        "address": factor_snapshot.source.address,
        "reason": factor_snapshot.reason,
        "status": factor_snapshot.status.value,
        "verified": factor_snapshot.verification.value,
        "gwp_set": factor_snapshot.gwp_set,
    }
    return {key: value for key, value in data.items() if value not in ("", None)}


def line_from_json(data: object, *, id: int = 0) -> CalculatorLine:  # noqa: A002 - the name of the field
    """The line from the JSON of `line_to_json`. Raises InvalidLine with every fault, and nothing else."""
    reader = _LineReader(data)
    line = CalculatorLine(
        id=id,
        **{name: reader.text(name, required=name in _TEXTS[:2]) for name in _TEXTS},
        quantities=reader.entries("quantities", _quantity),
        factors=reader.entries("factors", _snapshot_or_none),
        basis=reader.member("basis", Basis, Basis.BILL),
        period=reader.period("period"),
    )
    if reader.faults:
        raise InvalidLine(tuple(reader.faults))
    return line


def _quantity(reader: "_LineReader") -> Quantity:
    return Quantity(reader.number("value"), reader.text("unit", required=True))


def _snapshot_or_none(reader: "_LineReader") -> FactorSnapshot | None:
    if reader.data is None:
        return None
    label = reader.inner("label")
    source = FactorSource(reader.text("title"), reader.text("source_edition"), reader.text("address"))
    return FactorSnapshot(
        key=reader.text("key", required=True),
        edition=reader.text("edition"),
        data_year=reader.year("data_year"),
        label=Text(label.text("de"), label.text("en")),
        value=reader.number("value"),
        unit=reader.text("unit", required=True),
        result_unit=reader.text("result_unit", required=True),
        gases=reader.text("gases"),
        boundary=reader.member("boundary", Boundary, Boundary.DIRECT),
        source=source,
        reason=reader.text("reason"),
        status=reader.member("status", FactorStatus, FactorStatus.FINAL),
        verification=reader.member("verified", Verification, Verification.CONFIRMED),
        gwp_set=reader.text("gwp_set"),
    )


class _LineReader:
    """Reads values from a mapping, and notes faults with their path."""

    def __init__(self, data: object, path: str = "", faults: list[LineFault] | None = None) -> None:
        self.data, self.path = data, path
        self.faults: list[LineFault] = [] if faults is None else faults
        self._mapping: Mapping[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict) and data is not None:
            self._note("not-a-mapping")

    def _note(self, code: str, key: str = "") -> None:
        self.faults.append(LineFault(code, ".".join(part for part in (self.path, key) if part)))

    def text(self, key: str, *, required: bool = False) -> str:
        text = self._mapping.get(key, "")
        if not isinstance(text, str) or (required and not text):
            self._note("not-a-text", key)
            return ""
        return text

    def number(self, key: str) -> Decimal:
        text = self._mapping.get(key)
        try:
            value = Decimal(text) if isinstance(text, str) and len(text) <= _MAX_LENGTH else None
        except InvalidOperation:
            value = None
        # An exponent could ask for more digits than fit anywhere.
        if value is None or not value.is_finite() or "e" in str(text).lower():
            self._note("not-a-number", key)
            return Decimal(0)
        return value

    def year(self, key: str) -> int | None:
        year = self._mapping.get(key)
        if year is not None and type(year) is not int:
            self._note("not-a-year", key)
            return None
        return year

    def period(self, key: str) -> BillPeriod | None:
        if self._mapping.get(key) is None:
            return None
        inner = self.inner(key)
        first, last = inner.day("first"), inner.day("last")
        return BillPeriod(first, last) if first and last else None

    def day(self, key: str) -> date | None:
        try:
            return date.fromisoformat(self.text(key, required=True))
        except ValueError:
            self._note("not-a-day", key)
            return None

    def member(self, key: str, kind: type[E], default: E) -> E:
        value = self._mapping.get(key, default.value)
        if value not in [member.value for member in kind]:
            self._note("unknown", key)
            return default
        return kind(value)

    def inner(self, key: str) -> "_LineReader":
        return _LineReader(self._mapping.get(key), ".".join(p for p in (self.path, key) if p), self.faults)

    def entries(self, key: str, read: Callable[["_LineReader"], V]) -> dict[str, V]:
        inner = self.inner(key)
        return {name: read(inner.inner(name)) for name in inner._mapping}
