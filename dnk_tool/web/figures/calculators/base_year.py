"""Offers the base year by the inventory's set of global warming potentials, and writes it on request."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.figures import base_year, calculator_lines
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.calculators.gwp_choice import used_gwp_set
from dnk_tool.web.figures.calculators.routes import blueprint, calculator_or_404, known_factors
from dnk_tool.web.http.access import current_declaration, current_work, permit
from dnk_tool.web.http.transactions import db


@blueprint.post("/<calculator_key>/basisjahr")
@permit(Permission.DECLARATION_EDIT)
def recalculate_base_year(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    """Write the base year's emissions as its lines give them with this year's set."""
    declaration, calculator = current_declaration(), calculator_or_404(calculator_key)
    lines = [line.line for line in calculator_lines.lines_of(db(), declaration)]
    content, used = declarations.read_content(db(), declaration), declaration.gwp_set or used_gwp_set(lines)
    update = base_year.base_year_update(db(), declaration, content, known_factors(), used)
    if update:
        seen = request.form.get("version", default=0, type=int)
        saved = base_year.take_base_year(current_work(), declaration, update, seen=seen)
        if saved.conflicts:
            flash(_("Jemand hat diese Kennzahl gerade geändert. Bitte prüfen Sie den neuen Wert."), "warning")
        else:
            flash(
                _(
                    "Das Basisjahr ist neu berechnet. Schreiben Sie bei GRI SRS-305-1 unter d.iii den Anlass "
                    "dazu."
                ),
                "success",
            )
    return redirect(
        url_for(".show", declaration_id=declaration_id, calculator_key=calculator.key, _anchor="gwp"), 303
    )
