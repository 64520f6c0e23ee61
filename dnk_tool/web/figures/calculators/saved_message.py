"""The message after a line was saved, with warnings about it."""

from flask import flash
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.model import Activity
from dnk_tool.domain.figures.calculators import CalculatorLine
from dnk_tool.domain.figures.calculators.duplicate_bills import is_annual_beside_monthly, is_duplicate
from dnk_tool.services.figures import calculator_lines
from dnk_tool.services.figures.calculator_lines import LineSaveOutcome, StoredLine
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.calculators.form import LineForm
from dnk_tool.web.figures.calculators.number_notes import ambiguous_readings_text
from dnk_tool.web.figures.calculators.page import entered_text
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.quantities import QuantityFormatter


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
