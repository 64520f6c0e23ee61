"""How numbers were read whose writing another reader would take otherwise, such as "1.234"."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.domain.numbers import ambiguity
from dnk_tool.domain.quantities import Quantity
from dnk_tool.web.calculators.form import LineForm, number_name
from dnk_tool.web.shown import Shown
from dnk_tool.web.wizard.fields import number_language


def ambiguous_readings(form: LineForm, shown: Shown) -> Iterator[str]:
    """A sentence for each number that could have been meant otherwise."""
    for field in form.activity.fields:
        typed = form[number_name(field.key)]
        raw = str(typed.raw_data[0]).strip() if typed.raw_data else ""
        other = ambiguity(raw, number_language()) if raw else None
        if other is None or typed.data is None:
            continue
        unit = form[f"{number_name(field.key)}-unit"].data
        yield _(
            "„%(typed)s“ haben wir als %(read)s gelesen. Falls Sie %(other)s meinten, ändern Sie bitte die "
            "Zeile.",
            typed=raw,
            read=shown.quantity(Quantity(typed.data, unit), is_exact=True),
            other=shown.quantity(Quantity(_plain(other), unit), is_exact=True),
        )


def _plain(value: Decimal) -> Decimal:
    """The value without zeros behind the comma: 86.4, not 86.400."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
