"""The owner's setting whether search engines may show what the company published."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.publication import publish as publishing_steps
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.headers import is_indexing_allowed

blueprint = Blueprint("findable", __name__, url_prefix="/unternehmen/<int:organisation_id>/suchmaschinen")

ANSWERS = {"no": False, "yes": True}


@blueprint.get("")
@permit(Permission.ORGANISATION_OWN)
def show(organisation_id: int) -> ResponseReturnValue:
    return _page("yes" if current_organisation().is_findable else "no")


@blueprint.post("")
@permit(Permission.ORGANISATION_OWN)
def change(organisation_id: int) -> ResponseReturnValue:
    answer = request.form.get("findable", "")
    if answer not in ANSWERS:
        return _page("", error=_("Wählen Sie eine der beiden Antworten.")), 422
    publishing_steps.set_findable(current_work(), current_organisation(), is_findable=ANSWERS[answer])
    flash(_("Gespeichert."), "success")
    return redirect(url_for("findable.show", organisation_id=organisation_id), 303)


def _page(answer: str, *, error: str = "") -> str:
    return render_template(
        "publication/search_engines.html",
        organisation=current_organisation(),
        answer=answer,
        may_be_indexed=is_indexing_allowed(),
        error=error,
        errors=[{"text": error, "href": "#findable"}] if error else [],
    )
