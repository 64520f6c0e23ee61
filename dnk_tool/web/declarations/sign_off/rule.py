"""The owner's rule whether each version needs a sign-off by a named person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.declarations import sign_off as sign_off_steps
from dnk_tool.web.http.access import current_organisation, current_work, permit

blueprint = Blueprint("sign_off_rule", __name__, url_prefix="/unternehmen/<int:organisation_id>/bestaetigung")

ANSWERS = {"yes": True, "no": False}


@blueprint.get("")
@permit(Permission.ORGANISATION_OWN)
def show(organisation_id: int) -> ResponseReturnValue:
    return _page("yes" if current_organisation().requires_sign_off else "no")


@blueprint.post("")
@permit(Permission.ORGANISATION_OWN)
def change(organisation_id: int) -> ResponseReturnValue:
    answer = request.form.get("required", "")
    if answer not in ANSWERS:
        return _page("", error=_("Wählen Sie eine der beiden Antworten.")), 422
    sign_off_steps.change_sign_off_rule(current_work(), current_organisation(), is_required=ANSWERS[answer])
    flash(_("Gespeichert."), "success")
    return redirect(url_for("sign_off_rule.show", organisation_id=organisation_id), 303)


def _page(answer: str, *, error: str = "") -> str:
    return render_template(
        "declarations/sign_off/rule.html",
        organisation=current_organisation(),
        answer=answer,
        error=error,
        errors=[{"text": error, "href": "#required"}] if error else [],
    )
