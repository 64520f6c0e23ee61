"""What keeps a line from counting: each missing, impossible or unfit entry by name."""

import re
from collections.abc import Iterator

from dnk_tool.catalogue.calculators.loader import QUANTITY, Activity, Field, Slot
from dnk_tool.domain.figures.calculators.activity_quantity import amount, entered_amount, is_measured, takes
from dnk_tool.domain.figures.calculators.factor_proposals import fits, needs_factor, unit_of
from dnk_tool.domain.figures.calculators.lines import Fault, Line
from dnk_tool.domain.numbers import MAX_DIGITS

_PERCENT = "percent"
_WHOLE = 100
_TOO_LONG = 10**MAX_DIGITS


def line_faults(line: Line, activity: Activity) -> tuple[Fault, ...]:
    """What is wrong with one line; a line without faults counts.

    Codes: "missing", "unit", "negative", "above-whole" (more than the whole that it is part of, or than
    100 %), "below-zero" (a balance), "either-or" (a quantity, and fields that only count without it),
    "unknown-field", "nothing" (no field at all), "no-factor", "unfit-factor", "negative-factor",
    "no-reason" (of an own factor), "code", "too-long" (a quantity that no company has and no record holds).
    """
    found = [
        *_of_fields(line, activity),
        *_of_measure(line, activity),
        *(fault for slot in activity.slots for fault in _of_slot(line, activity, slot)),
        *_of_code(line, activity),
    ]
    return tuple(dict.fromkeys(found))


def _of_fields(line: Line, activity: Activity) -> Iterator[Fault]:
    if activity.fields and not line.quantities:
        yield Fault("nothing", activity.fields[0].key)
    for key in line.quantities:
        if activity.field(key) is None:
            yield Fault("unknown-field", key)
    for field in activity.fields:
        yield from _of_field(line, field)
        if _exceeds(line, activity, field):
            yield Fault("above-whole", field.key)


def _exceeds(line: Line, activity: Activity, field: Field) -> bool:
    part = entered_amount(activity, line.quantities, field.key)
    whole = entered_amount(activity, line.quantities, field.part_of)
    return bool(part and whole and part.family is whole.family and part.exact > whole.exact)


def _of_field(line: Line, field: Field) -> Iterator[Fault]:
    quantity = line.quantities.get(field.key)
    if quantity is None:
        if field.required:
            yield Fault("missing", field.key)
    elif quantity.unit not in field.units:
        yield Fault("unit", field.key)
    elif quantity.value < 0 and not field.is_signed:
        yield Fault("negative", field.key)
    elif quantity.unit == _PERCENT and quantity.value > _WHOLE:
        yield Fault("above-whole", field.key)


def _of_measure(line: Line, activity: Activity) -> Iterator[Fault]:
    """A gas bill in cubic metres needs the other two numbers; a balance cannot end below zero."""
    parts = [key for key in takes(activity.measure) if key != QUANTITY]
    if not is_measured(activity, line.quantities):
        if any(key in line.quantities for key in parts):
            yield Fault("either-or", parts[0])
        return
    for key in parts:
        if key not in line.quantities:
            yield Fault("missing", key)
    measured = amount(activity, line.quantities)
    if measured and measured.exact < 0:
        yield Fault("below-zero", parts[0])
    if measured and measured.exact >= _TOO_LONG:
        yield Fault("too-long", QUANTITY if QUANTITY in line.quantities else parts[0])


def _of_slot(line: Line, activity: Activity, slot: Slot) -> Iterator[Fault]:
    unit, factor = unit_of(line, activity, slot), line.factors.get(slot.key)
    if factor and factor.is_own and not factor.reason.strip():
        yield Fault("no-reason", slot.key)
    if factor and factor.value < 0:
        yield Fault("negative-factor", slot.key)
    if unit is None or slot.value_field in line.quantities or _is_missing(slot.value_field, activity):
        return
    entered = entered_amount(activity, line.quantities, slot.field)
    is_by_entry = factor and entered and factor.unit in entered.family.units
    if factor and not fits(activity, slot, unit, factor) and not is_by_entry:
        yield Fault("unfit-factor", slot.key)
    if factor is None and not slot.is_optional and needs_factor(activity, slot, unit):
        yield Fault("no-factor", slot.key)


def _is_missing(value_field: str, activity: Activity) -> bool:
    """Whether the field of a stated factor, left empty, is a fault of its own."""
    field = activity.field(value_field)
    return field is not None and field.required


def _of_code(line: Line, activity: Activity) -> Iterator[Fault]:
    if line.code and activity.code_pattern and not re.fullmatch(activity.code_pattern, line.code):
        yield Fault("code", "code")
