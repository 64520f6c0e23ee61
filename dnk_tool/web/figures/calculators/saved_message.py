"""The message after a line was saved, with warnings about it.

Tells how numbers such as "1.234" in a calculator line were read, where the other reading is likelier.
"""

from decimal import Decimal

from flask import flash
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.calculators.duplicate_bills import is_annual_beside_monthly, is_duplicate
from dnk_tool.domain.numbers import ambiguity
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import LineSaveOutcome, StoredLine
from dnk_tool.services.figures.plausibility import likelier_fields
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.calculators.form import (
    OWN,
    LineForm,
    factor_field_name,
    form_data,
    own_factor_unit,
    quantity_field_name,
)
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.languages import current_language
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


def flash_saved(form: LineForm, outcome: LineSaveOutcome, before: CalculatorLine | None) -> None:
    """Flash what was saved, warnings about the line, and figures that stayed as they are locked."""
    shown = _formatter()
    text = entered_text(outcome.stored, form.activity, shown)
    flash(
        _(
            "Gespeichert: %(title)s: %(text)s",
            title=_line_title(outcome.stored, form.activity, shown),
            text=text,
        ),
        "success",
    )
    mine = outcome.stored.line
    lines = [line.line for line in calculator_lines.lines_of(db(), current_declaration())]
    if is_duplicate(mine, lines):
        flash(
            _("Eine Zeile mit genau diesen Zahlen gibt es schon. Prüfen Sie, ob sie doppelt ist."), "warning"
        )
    elif not form.activity.is_single and is_annual_beside_monthly(mine, lines, form.activity):
        flash(
            _(
                "Eine Zeile dieser Art ist so groß wie alle anderen zusammen. Ist es die Jahresrechnung, und "
                "die anderen sind ihre Monate? Dann zählt der Verbrauch doppelt: Entfernen Sie bitte eins "
                "von beiden."
            ),
            "warning",
        )
    flash_notes(form, outcome, before)


def flash_notes(form: LineForm, outcome: LineSaveOutcome, before: CalculatorLine | None) -> None:
    """Flash numbers that may mean something else, and figures that stayed as they are locked."""
    shown, mine = _formatter(), outcome.stored.line
    if reading := ambiguous_readings_text(form, before, mine, shown):
        flash(reading, "info")
    labels = [shown.catalogue.datapoints[key].label for key in outcome.calculated.locked]
    if labels:
        names = ", ".join(label.to(shown.language) for label in labels)
        flash(_("Nicht geändert, weil gerade gesperrt: %(names)s", names=names), "warning")


def _formatter() -> QuantityFormatter:
    selection = declarations.selection_of(current_declaration())
    return QuantityFormatter(selection.catalogue, current_language())


def _line_title(stored: StoredLine, activity: Activity, shown: QuantityFormatter) -> str:
    """Activity and label of a line."""
    return ", ".join(text for text in (activity.label.to(shown.language), stored.line.label) if text)


def too_many_lines_text() -> str:
    """What a person is told whose year is full of lines."""
    return str(
        _(
            "Mehr Zeilen sind in einem Jahr nicht möglich. "
            "Fassen Sie mehrere Rechnungen zu einer Zeile zusammen."
        )
    )
