"""An owner deletes a declaration for good: consequences first, the year typed, identity proved."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.declarations import deletion
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, current_declaration, permit
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("declaration_deletion", __name__)

YEAR_FIELD = "typed_year"


@blueprint.get("/erklaerungen/<int:declaration_id>/loeschen")
@permit(Permission.ORGANISATION_CLOSE)
def ask(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("/erklaerungen/<int:declaration_id>/loeschen")
@permit(Permission.ORGANISATION_CLOSE)
@requires_step_up
def delete(declaration_id: int) -> ResponseReturnValue:
    """Delete the declaration, then its files after the commit."""
    declaration, typed, now = current_declaration(), request.form.get(YEAR_FIELD, ""), datetime.now(UTC)
    year, organisation_id = declaration.reporting_year, declaration.organisation_id
    if typed.strip() != str(year):
        return _page(_("Geben Sie das Berichtsjahr ein: %(year)s.", year=year), typed), 422
    deleted = deletion.delete_declaration(db(), declaration, actor=current_actor(), now=now)
    finish_deletion(deleted, now=now)
    security_events.record(SecurityEvent.DELETED, about="declaration", number=str(declaration_id))
    flash(_("Die Erklärung für %(year)s ist gelöscht.", year=year), "success")
    return redirect(url_for("company.show", organisation_id=organisation_id), 303)


def _page(error: str = "", typed: str = "") -> str:
    declaration = current_declaration()
    known = deletion.consequences(db(), declaration)
    return render_template(
        "declarations/delete.html",
        declaration=declaration,
        known=known,
        cluster=clusters.by_id(db(), known.cluster_id) if known.cluster_id else None,
        typed=typed,
        errors=[{"text": error, "href": f"#{YEAR_FIELD}"}] if error else [],
    )
