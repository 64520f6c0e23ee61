"""Tells how ambiguous numbers in a calculator line, such as "1.234", were read."""

from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.numbers import ambiguity
from dnk_tool.domain.quantities import Quantity
from dnk_tool.web.figures.calculators.form import (
    OWN,
    LineForm,
    factor_field_name,
    form_data,
    quantity_field_name,
)
from dnk_tool.web.figures.calculators.own_factor import own_factor_unit
from dnk_tool.web.text.form_fields import number_language
from dnk_tool.web.text.quantities import QuantityFormatter


def ambiguous_readings_text(form: LineForm, before: CalculatorLine | None, shown: QuantityFormatter) -> str:
    """One message about all ambiguous numbers; "" without any.

    Numbers unchanged since the stored line `before` are left out, as the page wrote them.
    """
    readings = []
    known = form_data(before, 0) if before else {}
    units = {
        quantity_field_name(field.key): form[f"{quantity_field_name(field.key)}-unit"].data
        for field in form.activity.fields
    }
    # An own factor can be misread just as easily.
    own = [slot for slot in form.slots if form[factor_field_name(slot.key)].data == OWN]
    units |= {f"{factor_field_name(slot.key)}-value": own_factor_unit(slot) for slot in own}
    for name, unit in units.items():
        typed = form[name]
        raw = str(typed.raw_data[0]).strip() if typed.raw_data else ""
        other = ambiguity(raw, number_language()) if raw else None
        if other is None or typed.data is None:
            continue
        if known.get(name) == typed.data and known.get(f"{name}-unit", unit) == unit:
            continue
        read = shown.quantity(Quantity(typed.data, unit), is_exact=True)
        readings.append(
            (raw, read, shown.quantity(Quantity(_without_trailing_zeros(other), unit), is_exact=True))
        )
    if len(readings) < 2:
        return "".join(_single_reading_text(*reading) for reading in readings)
    return str(
        _(
            "So haben wir gelesen: %(readings)s. Falls Sie etwas anderes meinten, ändern Sie bitte die "
            "Zeile.",
            readings="; ".join(
                _("„%(typed)s“ als %(read)s, nicht %(other)s", typed=typed, read=read, other=other)
                for typed, read, other in readings
            ),
        )
    )


def _single_reading_text(typed: str, read: str, other: str) -> str:
    return str(
        _(
            "„%(typed)s“ haben wir als %(read)s gelesen. Falls Sie %(other)s meinten, ändern Sie bitte die "
            "Zeile.",
            typed=typed,
            read=read,
            other=other,
        )
    )


def _without_trailing_zeros(value: Decimal) -> Decimal:
    """The value without trailing zeros after the decimal separator: 86.4, not 86.400."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
