"""Applies rules to single lines and table rows, such as to the price that a bill implies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dnk_tool.catalogue.plausibility.model import LineRule, PlausibilityLimits
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.domain.figures.plausibility.facts import ComparedValue, FactLookup, display_decimal
from dnk_tool.domain.figures.plausibility.limits import is_outside, limit_params, slip_beyond_limits
from dnk_tool.domain.figures.plausibility.warning import PlausibilityWarning, Slip
from dnk_tool.domain.quantities import Quantity

LONGEST_SUBJECT = 80


@dataclass(frozen=True, slots=True)
class _CheckedLine:
    """A line of a calculator or a row of a table: its name, and its quantities by field."""

    subject: str
    name: str | Text
    quantities: Mapping[str, Quantity]


def line_warnings(rule: LineRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    """One warning for each line whose field lies beyond the limits."""
    for entry in _checked_rows(rule, known) if rule.table else _checked_lines(rule, known):
        field_value = _field_value(entry, rule.field, rule.units, known)
        per = _field_value(entry, rule.per, rule.per_units, known) if rule.per else None
        if field_value is None or (rule.per and (per is None or per[0] <= 0)):
            continue
        value = field_value[0] / per[0] if per else field_value[0]
        if is_outside(value, rule.low, rule.high):
            yield PlausibilityWarning(
                rule.key,
                entry.subject,
                rule.figure,
                (field_value[1], *((per[1],) if per else ())),
                {"line": entry.name, "value": display_decimal(value), **limit_params(rule.low, rule.high)},
                PlausibilityLimits(rule.low, rule.high),
                _slip(value, rule, field_value[1].quantity, per[1].quantity if per else None, known),
            )


def _checked_lines(rule: LineRule, known: FactLookup) -> Iterator[_CheckedLine]:
    for line in known.facts.lines:
        kind = f"{line.calculator}/{line.activity}"
        if kind in rule.activities:
            name = line.label or known.rules.activities.get(kind, NO_TEXT)
            yield _CheckedLine(f"line-{line.id}", name, line.quantities)


def _checked_rows(rule: LineRule, known: FactLookup) -> Iterator[_CheckedLine]:
    """The rows whose name fits; each name once, because it tells their warnings apart."""
    told: set[str] = set()
    table = known.facts.tables.get(rule.table)
    for row in table.rows if table else ():
        name = str(row.get(rule.naming, ""))
        subject = f"{rule.table}:{name}"[:LONGEST_SUBJECT]
        if subject not in told and any(word in name.casefold() for word in rule.names):
            told.add(subject)
            cells = {key: cell for key, cell in row.items() if isinstance(cell, Quantity)}
            yield _CheckedLine(subject, name, cells)


def _slip(
    value: Fraction, rule: LineRule, of: Quantity, per: Quantity | None, known: FactLookup
) -> Slip | None:
    """The slip; in a price, the quantity is more likely to be in the wrong unit than the money."""
    if per is None or value <= 0:
        return slip_beyond_limits(value, rule.low, rule.high, of, known.rules)
    return slip_beyond_limits(1 / value, _inverse(rule.high), _inverse(rule.low), per, known.rules)


def _inverse(limit: Decimal | None) -> Fraction | None:
    return 1 / Fraction(limit) if limit else None


def _field_value(
    entry: _CheckedLine, field: str, units: Sequence[str], known: FactLookup
) -> tuple[Fraction, ComparedValue] | None:
    """The field in the first of the units that measures the same; None if the line does not have it."""
    quantity = entry.quantities.get(field)
    if quantity is None:
        return None
    value = known.compared(f"line.{field}", quantity)
    unit = next((unit for unit in units if known.family(unit) is known.family(quantity.unit)), None)
    return None if value is None or unit is None else (value.exact / known.factor(unit), value)
