"""Tells how numbers such as "1.234" in a calculator line were read, where the other reading is likelier."""

from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.numbers import ambiguity
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures.readings import likelier_fields
from dnk_tool.web.figures.calculators.form import (
    OWN,
    LineForm,
    factor_field_name,
    form_data,
    quantity_field_name,
)
from dnk_tool.web.figures.calculators.own_factor import own_factor_unit
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_fields import number_language
from dnk_tool.web.text.quantities import QuantityFormatter


def ambiguous_readings_text(
    form: LineForm, before: CalculatorLine | None, saved: CalculatorLine, shown: QuantityFormatter
) -> str:
    """One message about all numbers whose other reading is likelier; "" without any.

    Numbers unchanged since the stored line `before` are left out, as the page wrote them. An own factor has
    nothing to be compared with and is always told.
    """
    readings, others = [], dict[str, Quantity]()
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
        meant = Quantity(_without_trailing_zeros(other), unit)
        read = shown.quantity(Quantity(typed.data, unit), is_exact=True)
        readings.append((name, (raw, read, shown.quantity(meant, is_exact=True))))
        others |= {key: meant for key in saved.quantities if quantity_field_name(key) == name}
    likelier = {
        quantity_field_name(key) for key in likelier_fields(db(), current_declaration(), saved, others)
    }
    compared = {quantity_field_name(key) for key in others}
    told = [texts for name, texts in readings if name in likelier or name not in compared]
    return _readings_text(told)


def _readings_text(readings: list[tuple[str, str, str]]) -> str:
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
