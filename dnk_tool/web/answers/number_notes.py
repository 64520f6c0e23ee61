"""Tells how numbers were read right after saving; asks only where another reading is the more plausible."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup, escape

from dnk_tool.catalogue import Section
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language, format_number
from dnk_tool.services.answers.save import SectionEdit
from dnk_tool.services.figures.plausibility import likelier_figures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import reading_text
from dnk_tool.web.text.form_fields import field_name, number_language


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A figure just saved: the text typed, and the other number if that is the more plausible reading."""

    point: Datapoint
    figure: Figure
    typed: str
    other: Decimal | None


def number_readings(
    declaration: Declaration,
    section: Section,
    form: FlaskForm,
    submission: SectionEdit,
    saved: Collection[str],
) -> tuple[NumberReading, ...]:
    """The readings of all figures that this save wrote; `saved` holds their datapoints."""
    language = number_language()
    readings: dict[str, NumberReading] = {}
    for requirement in section.all_requirements:
        for item in requirement.items:
            point = item.datapoint
            if point and point.key in saved and point.key in submission.figures:
                typed = form[field_name(item.ref)].form["value"].raw_data or [""]
                readings[point.key] = NumberReading(
                    point,
                    submission.figures[point.key].value,
                    str(typed[0]).strip(),
                    numbers.ambiguity(str(typed[0]), language),
                )
    others = {
        key: Quantity(reading.other, reading.figure.unit)
        for key, reading in readings.items()
        if reading.other is not None and reading.figure.value is not None
    }
    likelier = likelier_figures(db(), declaration, others)
    return tuple(
        reading if key in likelier else replace(reading, other=None) for key, reading in readings.items()
    )


def reading_sentences(readings: Iterable[NumberReading], language: Language) -> dict[str, str]:
    """How each number was read, by datapoint, for autosave; "" where a figure has no value."""
    return {reading.point.key: _reading_sentence(reading, language) for reading in readings}


def _reading_sentence(number_reading: NumberReading, language: Language) -> str:
    text = reading_text(number_reading.point, number_reading.figure.quantity, language)
    if not text:
        return ""
    said = _("Gelesen als %(reading)s.", reading=text)
    if number_reading.other is None:
        return str(said)
    other = format_number(number_reading.other, language, grouping=False)
    return f"{said} {_('Meinten Sie etwas anderes? Dann schreiben Sie %(other)s.', other=other)}"


def ambiguity_notice(
    readings: Iterable[NumberReading], language: Language, *, declaration_id: int | None
) -> Markup:
    """The message about ambiguous numbers; empty without any.

    With `declaration_id` it links to each figure's page, where one click corrects the number.
    """
    lines = [
        _notice_line(reading, language, declaration_id) for reading in readings if reading.other is not None
    ]
    return Markup("<br>").join(lines) if lines else Markup()


def _notice_line(number_reading: NumberReading, language: Language, declaration_id: int | None) -> Markup:
    said = escape(
        _(
            "%(label)s: „%(typed)s“ haben wir so gelesen: %(reading)s.",
            label=number_reading.point.label.to(language),
            typed=number_reading.typed,
            reading=reading_text(number_reading.point, number_reading.figure.quantity, language),
        )
    )
    if declaration_id is None:
        return said
    href = url_for(
        "figures.show",
        declaration_id=declaration_id,
        datapoint=number_reading.point.key,
        gelesen=number_reading.typed,
    )
    return said + Markup(' <a class="govuk-link" href="{}">{}</a>').format(href, _("Anders gemeint?"))
