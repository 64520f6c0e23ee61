"""Finds the faults that keep a line from counting: each missing, impossible or unfit entry.

Compares the waste code of a line with the list of its year, and its mark with the kind of line.
"""

import re
from collections.abc import Iterator

from dnk_tool.catalogue.calculators.model import QUANTITY_FIELD, Activity, ActivityField, Slot
from dnk_tool.catalogue.waste_codes import load_waste_codes
from dnk_tool.domain.figures.calculators.activity_quantity import (
    entered_amount,
    fields_of_method,
    is_measured,
    measured_amount,
)
from dnk_tool.domain.figures.calculators.factor_proposals import factor_fits, needs_factor, slot_unit
from dnk_tool.domain.figures.calculators.lines import CalculatorLine, LineFault
from dnk_tool.domain.numbers import MAX_DIGITS

_PERCENT = "percent"
_WHOLE = 100
_TOO_LONG = 10**MAX_DIGITS
# Two years and a month: bills come late, but not later.
MAX_BILL_DAYS = 762


def line_faults(line: CalculatorLine, activity: Activity) -> tuple[LineFault, ...]:
    """The faults of one line; a line without faults counts.

    Codes: "missing", "unit", "negative", "above-whole" (more than the whole that it is part of, or than 100
    %), "below-zero" (a balance), "either-or" (a quantity, and fields that only count without it),
    "unknown-field", "nothing" (no field at all), "no-factor", "unfit-factor", "negative-factor", "no-reason"
    (of an own factor), "code", "too-long" (a quantity that no company has and no record holds), "period" (a
    bill that ends before it begins, or covers more than MAX_BILL_DAYS), "credit" (a credit note of something
    that has no bills).
    """
    faults = [
        *_field_faults(line, activity),
        *_measure_faults(line, activity),
        *(fault for slot in activity.slots for fault in _slot_faults(line, activity, slot)),
        *_code_faults(line, activity),
        *_period_faults(line),
        *([LineFault("credit", "basis")] if line.is_credit and not activity.takes_credits else []),
    ]
    return tuple(dict.fromkeys(faults))


def _field_faults(line: CalculatorLine, activity: Activity) -> Iterator[LineFault]:
    if activity.fields and not line.quantities:
        yield LineFault("nothing", activity.fields[0].key)
    for key in line.quantities:
        if activity.field(key) is None:
            yield LineFault("unknown-field", key)
    for field in activity.fields:
        yield from _single_field_faults(line, field)
        if _exceeds(line, activity, field):
            yield LineFault("above-whole", field.key)


def unasked_faults(line: CalculatorLine, activity: Activity) -> Iterator[LineFault]:
    """The fields that a line has to fill when it is saved and does not. A stored line counts all the same."""
    for field in activity.fields:
        if field.is_asked and field.key not in line.quantities:
            yield LineFault("missing", field.key)


def _exceeds(line: CalculatorLine, activity: Activity, field: ActivityField) -> bool:
    part = entered_amount(activity, line.quantities, field.key)
    whole = entered_amount(activity, line.quantities, field.part_of)
    return bool(part and whole and part.family is whole.family and part.exact > whole.exact)


def _single_field_faults(line: CalculatorLine, field: ActivityField) -> Iterator[LineFault]:
    quantity = line.quantities.get(field.key)
    if quantity is None:
        if field.required:
            yield LineFault("missing", field.key)
    elif quantity.unit not in field.units:
        yield LineFault("unit", field.key)
    elif quantity.value < 0 and not field.is_signed:
        yield LineFault("negative", field.key)
    elif quantity.unit == _PERCENT and quantity.value > _WHOLE:
        yield LineFault("above-whole", field.key)


def _measure_faults(line: CalculatorLine, activity: Activity) -> Iterator[LineFault]:
    """A gas bill in cubic metres needs two more numbers; a balance cannot end below zero."""
    parts = [key for key in fields_of_method(activity.measure) if key != QUANTITY_FIELD]
    if not is_measured(activity, line.quantities):
        if any(key in line.quantities for key in parts):
            yield LineFault("either-or", parts[0])
        return
    for key in parts:
        if key not in line.quantities:
            yield LineFault("missing", key)
    measured = measured_amount(activity, line.quantities)
    if measured and measured.exact < 0:
        yield LineFault("below-zero", parts[0])
    if measured and measured.exact >= _TOO_LONG:
        yield LineFault("too-long", QUANTITY_FIELD if QUANTITY_FIELD in line.quantities else parts[0])


def _slot_faults(line: CalculatorLine, activity: Activity, slot: Slot) -> Iterator[LineFault]:
    unit, factor = slot_unit(line, activity, slot), line.factors.get(slot.key)
    if factor and factor.is_own and not factor.reason.strip():
        yield LineFault("no-reason", slot.key)
    if factor and factor.value < 0:
        yield LineFault("negative-factor", slot.key)
    if unit is None or slot.value_field in line.quantities or _is_required_field(slot.value_field, activity):
        return
    entered = entered_amount(activity, line.quantities, slot.field)
    is_by_entry = factor and entered and factor.unit in entered.family.units
    if factor and not factor_fits(activity, slot, unit, factor) and not is_by_entry:
        yield LineFault("unfit-factor", slot.key)
    if factor is None and not slot.is_optional and needs_factor(activity, slot, unit):
        yield LineFault("no-factor", slot.key)


def _is_required_field(value_field: str, activity: Activity) -> bool:
    """Whether the field of a stated factor is required: left empty, it is a fault of its own."""
    field = activity.field(value_field)
    return field is not None and field.required


def _code_faults(line: CalculatorLine, activity: Activity) -> Iterator[LineFault]:
    if line.code and activity.code_pattern and not re.fullmatch(activity.code_pattern, line.code):
        yield LineFault("code", "code")


def _period_faults(line: CalculatorLine) -> Iterator[LineFault]:
    if line.period and not 0 < line.period.days <= MAX_BILL_DAYS:
        yield LineFault("period", "period_first")


HAZARDOUS_WASTE = "waste.hazardous"


def is_hazardous_kind(activity: Activity) -> bool:
    """Whether lines of this kind count as hazardous waste."""
    return HAZARDOUS_WASTE in activity.datapoints


def normalised_waste_code(text: str, activity: Activity, year: int) -> str:
    """The code as the list writes it: "15 01 10*" for "150110"; what has not six digits stays as it is."""
    digits = re.sub(r"[\s*]", "", text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return text
    key = f"{digits[:2]} {digits[2:4]} {digits[4:]}"
    is_marked = any(code.is_hazardous for code in load_waste_codes().of_year(key, year))
    return f"{key}*" if is_marked and is_hazardous_kind(activity) else key


def waste_code_faults(line: CalculatorLine, activity: Activity, year: int) -> Iterator[LineFault]:
    """What is wrong with a code that has the right form. A stored line counts all the same.

    Codes: "unknown-code", "later-code" and "earlier-code" (it does not hold in this year), "hazardous-code"
    and "harmless-code" (it contradicts the kind of line). In a year of change both lists are right.
    """
    key = line.code.rstrip("* ")
    versions = load_waste_codes().by_key.get(key, ())
    held = load_waste_codes().of_year(key, year)
    if not key:
        return
    if not versions:
        yield LineFault("unknown-code", "code")
    elif not held:
        is_later = all(code.valid_from and code.valid_from.year > year for code in versions)
        yield LineFault("later-code" if is_later else "earlier-code", "code")
    elif is_hazardous_kind(activity) not in {code.is_hazardous for code in held}:
        yield LineFault("harmless-code" if is_hazardous_kind(activity) else "hazardous-code", "code")
