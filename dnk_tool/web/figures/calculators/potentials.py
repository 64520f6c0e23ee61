"""Takes the choice of global warming potentials for the inventory of the year."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.figures.potentials import choose_gwp_set
from dnk_tool.web.figures.calculators.gwp_choice import known_gwp_set
from dnk_tool.web.figures.calculators.routes import blueprint, calculator_or_404
from dnk_tool.web.http.access import current_declaration, current_work, permit


@blueprint.post("/<calculator_key>/treibhauspotenziale")
@permit(Permission.DECLARATION_EDIT)
def choose_potentials(declaration_id: int, calculator_key: str) -> ResponseReturnValue:
    """Store the chosen set; lines that use another one are offered it, and change on request alone."""
    calculator, chosen = calculator_or_404(calculator_key), known_gwp_set(request.form.get("set"))
    if chosen:
        try:
            choose_gwp_set(current_work(), current_declaration(), chosen, seen=request.form.get("seen", ""))
        except ConflictError:
            flash(
                _(
                    "Jemand anderes hat gerade einen anderen Bericht gewählt. Bitte sehen Sie noch "
                    "einmal nach."
                ),
                "warning",
            )
        else:
            flash(
                _(
                    "Für das ganze Jahr gilt jetzt %(report)s. Ihre Zahlen ändern sich erst, wenn Sie die "
                    "neuen Werte übernehmen.",
                    report=chosen,
                ),
                "success",
            )
    return redirect(
        url_for(".show", declaration_id=declaration_id, calculator_key=calculator.key, _anchor="gwp"), 303
    )
