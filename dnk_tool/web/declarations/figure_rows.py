"""Overview rows that lead to the figures: calculators, all figures, evidence."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.figures.states import UNFINISHED_STATES, figure_state
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.tables.declarations import Declaration


def number_rows(declaration: Declaration, sheet: Sheet, lines: Sequence[StoredLine]) -> list[dict[str, str]]:
    """Task-list rows about the year's figures."""
    asked, known = sheet.selection.datapoints, sheet.selection.catalogue.datapoints
    finished = sum(figure_state(sheet, known[key]) not in UNFINISHED_STATES for key in asked)
    entered = ngettext("%(num)d Zeile eingetragen", "%(num)d Zeilen eingetragen", len(lines)) if lines else ""
    return [
        {
            "title": _("Aus Rechnungen berechnen"),
            "href": url_for("bills.show", declaration_id=declaration.id),
            "hint": entered or _("Strom, Gas, Sprit, Abfall: die Rechnung abtippen, das Übrige rechnen wir"),
            "status": "",
            "kind": "",
        },
        {
            "title": _("Alle Kennzahlen"),
            "href": url_for("figures.index", declaration_id=declaration.id),
            "hint": _("%(done)s von %(total)s fertig", done=finished, total=len(asked)),
            "status": "",
            "kind": "",
        },
        {
            "title": _("Belege"),
            "href": url_for("evidence.index", declaration_id=declaration.id),
            "hint": _("Rechnungen, Zertifikate und Listen zu diesem Jahr"),
            "status": "",
            "kind": "",
        },
    ]
