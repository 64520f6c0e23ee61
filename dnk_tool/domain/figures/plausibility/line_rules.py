"""Applies rules to single lines and table rows, such as to the price that a bill implies.

Compares a value with limits, and finds out whether a factor of a thousand explains a value beyond them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from dnk_tool.catalogue.plausibility.model import (
    COMPANY_VALUE_FAMILIES,
    LineRule,
    PlausibilityLimits,
    PlausibilityRules,
)
from dnk_tool.catalogue.values import NO_TEXT, Text
from dnk_tool.domain.figures.plausibility.facts import ComparedValue, FactLookup, display_decimal
from dnk_tool.domain.figures.plausibility.warning import MessageParam, PlausibilityWarning, Slip
from dnk_tool.domain.quantities import Quantity

LONGEST_SUBJECT = 80


THOUSAND = 1000
# A range with one limit is taken to be this many times as high as low.
WIDTH_OF_OPEN_RANGE = 30


Limit: TypeAlias = Decimal | Fraction | None


def is_outside(value: Fraction, low: Limit, high: Limit) -> bool:
    """Whether the value is beyond one of the limits; a limit itself is still plausible."""
    return (low is not None and low > value) or (high is not None and high < value)


def limit_params(low: Decimal | None, high: Decimal | None) -> dict[str, MessageParam]:
    """The limits as parameters of a message; an open limit is a dash."""
    return {"low": "–" if low is None else low, "high": "–" if high is None else high}


def slip_beyond_limits(
    value: Fraction,
    low: Limit,
    high: Limit,
    entered: Quantity,
    rules: PlausibilityRules,
    usual: Sequence[str] = (),
) -> Slip | None:
    """The slip that explains a value beyond its limits; None if a factor of a thousand does not."""
    if value <= 0:
        return None
    is_large = high is not None and value > Fraction(high)
    times = Fraction(1, THOUSAND) if is_large else Fraction(THOUSAND)
    if is_large and high is not None and low is None:
        # A range without an end would explain every value by a thousandth, even one just above the limit.
        low = Fraction(high) / WIDTH_OF_OPEN_RANGE
    elif not is_large and low is not None and high is None:
        high = Fraction(low) * WIDTH_OF_OPEN_RANGE
    return None if is_outside(value * times, low, high) else slip_by_factor(times, entered, rules, usual)


def slip_by_factor(
    times: Fraction, entered: Quantity, rules: PlausibilityRules, usual: Sequence[str] = ()
) -> Slip:
    """The slip by a lost comma, or by the unit that is `times` the entered one, if it is in use.

    A rare unit is in use where it is among the `usual` ones.
    """
    # "1,234": nobody writes thousands as "0,234" or "1.234,567".
    if times == THOUSAND and entered.value.as_tuple().exponent == -3 and 1 <= entered.value < THOUSAND:
        return Slip(entered.unit, typed=entered, times=times)
    family = rules.family_by_unit.get(entered.unit)
    if family is None:
        return Slip(entered.unit, times=times)
    wanted = Fraction(family.units[entered.unit].factor) * times
    for symbol, unit in family.units.items():
        if Fraction(unit.factor) == wanted and (symbol not in rules.slip.rare or symbol in usual):
            return Slip(entered.unit, symbol, times=times)
    return Slip(entered.unit, times=times)


@dataclass(frozen=True, slots=True)
class _CheckedLine:
    """A line of a calculator or a row of a table: its name, and its quantities by field."""

    subject: str
    name: str | Text
    quantities: Mapping[str, Quantity]


def line_warnings(rule: LineRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    """One warning for each line whose field lies beyond the limits of the year."""
    limits = PlausibilityLimits(rule.low_in(known.facts.year), rule.high)
    for entry in _checked_rows(rule, known) if rule.table else _checked_lines(rule, known):
        values = (_field_value(entry, field, rule.units, known) for field in (rule.field, *rule.plus))
        of = [value for value in values if value]
        per = _per_value(entry, rule, known)
        if not of or (rule.per and (per is None or per[0] <= 0)):
            continue
        total = sum((one[0] for one in of), Fraction(0))
        value = total / per[0] if per else total
        if value == 0 and rule.is_zero_fine:
            continue
        if is_outside(value, limits.low, limits.high):
            yield PlausibilityWarning(
                rule.key,
                entry.subject,
                rule.figure,
                (*(one[1] for one in of), *((per[1],) if per else ())),
                {
                    "line": entry.name,
                    "value": display_decimal(value),
                    **limit_params(limits.low, limits.high),
                },
                limits,
                _slip(value, rule, limits, of[0][1].quantity, per[1].quantity if per else None, known),
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
    value: Fraction,
    rule: LineRule,
    limits: PlausibilityLimits,
    of: Quantity,
    per: Quantity | None,
    known: FactLookup,
) -> Slip | None:
    """The slip; in a price, the quantity is more likely to be in the wrong unit than the money."""
    if per is None or value <= 0 or rule.per in COMPANY_VALUE_FAMILIES:
        return slip_beyond_limits(value, limits.low, limits.high, of, known.rules, rule.units)
    return slip_beyond_limits(1 / value, _inverse(limits.high), _inverse(limits.low), per, known.rules)


def _inverse(limit: Decimal | None) -> Fraction | None:
    return 1 / Fraction(limit) if limit else None


def _per_value(
    entry: _CheckedLine, rule: LineRule, known: FactLookup
) -> tuple[Fraction, ComparedValue] | None:
    """What the field is compared with: another field, or a value of the company; None if it is not known."""
    if rule.per not in COMPANY_VALUE_FAMILIES:
        return _field_value(entry, rule.per, rule.per_units, known) if rule.per else None
    value = known.value(rule.per)
    return None if value is None else (value.exact / known.factor(rule.per_units[0]), value)


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
