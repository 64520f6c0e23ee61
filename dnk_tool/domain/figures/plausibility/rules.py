"""Applies the rules; one that lacks a value gives no warning, because a missing value is not zero."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dnk_tool.catalogue.plausibility.model import (
    PlausibilityRules,
    RangeRule,
    RateRule,
    RuleAmount,
    RuleCondition,
    RuleKind,
    SumRule,
    YearRule,
)
from dnk_tool.domain.figures.plausibility.facts import (
    ComparedValue,
    FactLookup,
    PlausibilityFacts,
    display_decimal,
)
from dnk_tool.domain.figures.plausibility.line_rules import (
    THOUSAND,
    is_outside,
    limit_params,
    line_warnings,
    slip_beyond_limits,
    slip_by_factor,
)
from dnk_tool.domain.figures.plausibility.warning import MessageParam, PlausibilityWarning, Slip
from dnk_tool.domain.numbers import decimals
from dnk_tool.domain.quantities import Quantity


def plausibility_warnings(
    rules: PlausibilityRules, facts: PlausibilityFacts
) -> tuple[PlausibilityWarning, ...]:
    """All warnings, in the order of the rules.

    Exact arithmetic on base units, so it does not matter in which unit a figure was entered.
    """
    known = FactLookup(rules, facts)
    warnings = [warning for rule in rules.rules for warning in _CHECKS[rule.kind](rule, known)]
    slips = {warning.subject for warning in warnings if rules.by_key[warning.rule].kind is RuleKind.SLIP}
    # A slip is a jump, too; only its warning is kept, because it asks about the unit.
    return tuple(
        warning
        for warning in warnings
        if rules.by_key[warning.rule].kind is not RuleKind.JUMP or warning.subject not in slips
    )


def _range_warnings(rule: RangeRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    limits = known.fitting(rule.limits)
    if limits is None or not _applies(rule, known):
        return
    per = known.amount(rule.per) if rule.per else None
    if rule.per and (per is None or per[0] <= 0):
        return
    for amount in rule.amounts:
        total = known.amount(amount)
        # Values below zero have a rule of their own.
        if total is None or (per is not None and total[0] < 0):
            continue
        value = total[0] / per[0] if per else total[0]
        if value == 0 and rule.is_zero_fine:
            continue
        if rule.is_by_hand and known.is_calculated(_keys(amount) | _keys(rule.per)):
            continue
        if is_outside(value, limits.low, limits.high):
            compared = (*total[1], *(per[1] if per else ()))
            yield PlausibilityWarning(
                rule.key,
                amount.keys[0],
                total[1][0].key,
                compared,
                {
                    "figure": known.rules.label(total[1][0].key),
                    "entered": total[1][0].readable,
                    "value": display_decimal(value),
                    **limit_params(limits.low, limits.high),
                },
                limits,
                slip_beyond_limits(value, limits.low, limits.high, total[1][0].quantity, known.rules)
                if per
                else None,
            )


def _keys(amount: RuleAmount | None) -> frozenset[str]:
    return frozenset((*amount.keys, *amount.less)) if amount else frozenset()


def _applies(rule: RangeRule, known: FactLookup) -> bool:
    if rule.unless_given and known.values(rule.unless_given) is not None:
        return False
    if any(_holds(condition, known) is True for condition in rule.unless):
        return False
    if any(known.facts.choices.get(chosen.item) != chosen.choice for chosen in rule.when_chosen):
        return False
    return all(_holds(condition, known) is True for condition in rule.when)


def _holds(condition: RuleCondition, known: FactLookup) -> bool | None:
    """Whether the amount lies within the limits; None if it is not known."""
    total = known.amount(condition.amount)
    return None if total is None else not is_outside(total[0], condition.low, condition.high)


def _sum_warnings(rule: SumRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    total = known.value(rule.total) if rule.total else None
    given = [part for key in rule.parts if (part := known.value(key)) is not None]
    less = known.values(rule.minus)
    value = _expected_total(rule, total, known)
    if value is None or not given or less is None or not _are_same_family(known, [*given, *less, total]):
        return
    deducted = [part for key in rule.deductible if (part := known.value(key)) is not None]
    added = _sum_of_values(given) - _sum_of_values(less)
    is_whole = len(given) == len(rule.parts)

    def fits(parts: Fraction, whole: Fraction) -> bool:
        tolerance = abs(whole) * Fraction(rule.relative)
        if rule.absolute:
            tolerance += Fraction(rule.absolute) * known.factor(rule.unit)
        is_too_much = parts - _sum_of_values(deducted) > whole + tolerance
        # While a part is missing, nobody knows whether the others are too little.
        is_too_little = is_whole and not rule.is_at_most and parts < whole - tolerance
        return not (is_too_much or is_too_little)

    if not fits(added, value):
        unit = total.quantity.unit if total else rule.unit
        compared = (*given, *less, *deducted, *((total,) if total else ()))
        yield PlausibilityWarning(
            rule.key,
            rule.figure,
            rule.figure,
            compared,
            {"figure": known.rules.label(rule.figure), **_sum_params(added, value, unit, compared, known)},
            slip=_slip_in_sum(given, total, added, value, fits, known) if is_whole else None,
        )


def _slip_in_sum(
    given: Iterable[ComparedValue],
    total: ComparedValue | None,
    added: Fraction,
    value: Fraction,
    fits: Callable[[Fraction, Fraction], bool],
    known: FactLookup,
) -> Slip | None:
    """The slip of the one value that makes the sum right if multiplied or divided by a thousand."""
    for times in (Fraction(1, THOUSAND), Fraction(THOUSAND)):
        for part in given:
            changed = added + part.exact * (times - 1)
            # Nearly anything fits below a limit; a slip keeps the part near to the whole.
            if part.exact > 0 and fits(changed, value) and changed * 10 >= value:
                return replace(slip_by_factor(times, part.quantity, known.rules), about=part.key)
        if (
            total is not None
            and total.exact > 0
            and fits(added, value * times)
            and added * 10 >= value * times
        ):
            return replace(slip_by_factor(times, total.quantity, known.rules), about=total.key)
    return None


def _expected_total(rule: SumRule, total: ComparedValue | None, known: FactLookup) -> Fraction | None:
    """What the parts should add up to, in base units."""
    if rule.total_value is not None:
        return Fraction(rule.total_value) * known.factor(rule.unit)
    return None if total is None else total.exact


def _sum_params(
    added: Fraction, value: Fraction, unit: str, compared: Sequence[ComparedValue], known: FactLookup
) -> dict[str, MessageParam]:
    """Sum, total and their difference in the unit, with no more decimals than the values have for readers."""
    factor, difference = known.factor(unit), abs(value - added)
    share = Fraction(round(difference / abs(value) * 1000), 10) if value else None
    places = max(decimals(one.readable.value) for one in compared)
    is_like = all(one.quantity.unit == unit for one in compared)
    amounts = {"sum": added / factor, "total": value / factor, "difference": difference / factor}
    rounded = {key: Fraction(round(amount * 10**places), 10**places) for key, amount in amounts.items()}
    if is_like and rounded["difference"]:
        rounded["difference"] = abs(rounded["total"] - rounded["sum"])
        amounts = rounded
    shown = {key: Quantity(display_decimal(amount), unit) for key, amount in amounts.items()}
    return {**shown, "percent": "–" if share is None else display_decimal(share)}


def _sum_of_values(values: Iterable[ComparedValue]) -> Fraction:
    return sum((value.exact for value in values), Fraction(0))


def _are_same_family(known: FactLookup, values: Iterable[ComparedValue | None]) -> bool:
    """Whether all are measured in one family: a table may hold litres and kilograms."""
    known_values = [value for value in values if value is not None]
    return all(known.is_alike(value, known_values[0].quantity.unit) for value in known_values)


def _rate_warnings(rule: RateRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    rate, dividend, divisor = (known.amount(amount) for amount in (rule.rate, rule.dividend, rule.divisor))
    if rate is None or dividend is None or divisor is None or divisor[0] <= 0:
        return
    expected = dividend[0] / divisor[0] * Fraction(rule.times)
    if abs(rate[0] - expected) <= expected * Fraction(rule.relative):
        return
    entered = rate[1][0].quantity
    in_unit = expected * known.factor(rule.rate.unit) / known.factor(entered.unit)
    yield PlausibilityWarning(
        rule.key,
        rule.rate.keys[0],
        rule.rate.keys[0],
        (*rate[1], *dividend[1], *divisor[1]),
        {
            "figure": known.rules.label(rule.rate.keys[0]),
            "entered": rate[1][0].readable,
            "expected": Quantity(display_decimal(in_unit), entered.unit),
        },
    )


def _year_warnings(rule: YearRule, known: FactLookup) -> Iterator[PlausibilityWarning]:
    for key in rule.figures:
        now, before = known.figure(key), known.before(key)
        if now is None or before is None:
            continue
        is_slip = rule.kind is RuleKind.SLIP
        finding = (
            _slip_against_last_year(rule, now, before, known.rules)
            if is_slip
            else _jump_against_last_year(rule, now, before)
        )
        if finding is None:
            continue
        params, slip = finding
        year = known.facts.year
        shared: dict[str, MessageParam] = {
            "figure": known.rules.label(key),
            "entered": now.readable,
            "before": before.readable,
            "year": str(year),
            "year_before": str(year - 1),
        }
        yield PlausibilityWarning(rule.key, key, key, (now, before), {**shared, **params}, None, slip)


def _slip_against_last_year(
    rule: YearRule, now: ComparedValue, before: ComparedValue, rules: PlausibilityRules
) -> tuple[dict[str, MessageParam], Slip] | None:
    if now.exact <= 0 or before.exact <= 0:
        return None
    times, within = Fraction(rule.times), Fraction(rule.within)
    ratio = now.exact / before.exact
    is_large = times / within <= ratio <= times * within
    is_small = times / within <= 1 / ratio <= times * within
    if not (is_large or is_small):
        return None
    # Limits around last year's value: so the question names the unit that would lead there.
    low, high = Decimal(1) / rule.within, rule.within
    slip = slip_beyond_limits(ratio, low, high, now.quantity, rules) or Slip()
    return {"times": display_decimal(ratio if is_large else 1 / ratio)}, slip


def _jump_against_last_year(
    rule: YearRule, now: ComparedValue, before: ComparedValue
) -> tuple[dict[str, MessageParam], Slip | None] | None:
    if rule.points is not None:
        difference = now.exact - before.exact
        if abs(difference) <= Fraction(rule.points):
            return None
        return {"percent": _rounded_to_tenths(difference)}, None
    if before.exact <= 0 or now.exact < 0:
        return None
    change = (now.exact - before.exact) / before.exact
    if abs(change) <= Fraction(rule.half):
        return None
    return {"percent": _rounded_to_tenths(change * 100)}, None


def _rounded_to_tenths(value: Fraction) -> Decimal:
    return display_decimal(Fraction(round(value * 10), 10))


_CHECKS: Mapping[RuleKind, Callable[[Any, FactLookup], Iterator[PlausibilityWarning]]] = {
    RuleKind.RANGE: _range_warnings,
    RuleKind.SUM: _sum_warnings,
    RuleKind.RATE: _rate_warnings,
    RuleKind.SLIP: _year_warnings,
    RuleKind.JUMP: _year_warnings,
    RuleKind.LINE: line_warnings,
}
