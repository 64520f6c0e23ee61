"""Deletes a declaration, and restores it or erases it for good.

An empty one goes with one click, a filled one after typing its year; both come back with one click.
"""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import RESTORABLE, Permission, restorable_until
from dnk_tool.language import local_day
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.declarations import deletion
from dnk_tool.services.declarations.deletion import StillPublished, StillWithOthers
from dnk_tool.services.declarations.start import YearTaken
from dnk_tool.services.work import Work
from dnk_tool.store import people as memberships
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import (
    current_actor,
    current_declaration,
    current_organisation,
    current_work,
    permit,
)
from dnk_tool.web.http.stored_files import finish_deletion
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.filters import localised_date

blueprint = Blueprint("declaration_deletion", __name__)

YEAR_FIELD = "typed_year"


@blueprint.get("/erklaerungen/<int:declaration_id>/loeschen")
@permit(Permission.DECLARATION_EDIT)
def ask(declaration_id: int) -> ResponseReturnValue:
    return _page()


@blueprint.post("/erklaerungen/<int:declaration_id>/loeschen")
@permit(Permission.ORGANISATION_CLOSE)
def delete(declaration_id: int) -> ResponseReturnValue:
    """Delete any declaration, as an owner."""
    return _delete()


@blueprint.post("/erklaerungen/<int:declaration_id>/verwerfen")
@permit(Permission.DECLARATION_EDIT)
def discard(declaration_id: int) -> ResponseReturnValue:
    """Delete an empty declaration, as anybody who may write."""
    if not deletion.consequences(db(), current_declaration()).is_empty:
        return _page(), 409
    return _delete()


def _delete() -> ResponseReturnValue:
    """Delete the declaration if its year was sent; the form of an empty one brings it along."""
    declaration, typed, now = current_declaration(), request.form.get(YEAR_FIELD, ""), datetime.now(UTC)
    year, organisation_id = declaration.reporting_year, declaration.organisation_id
    if typed.strip() != str(year):
        return _page(_("Geben Sie das Berichtsjahr ein: %(year)s.", year=year), typed), 422
    try:
        deletion.delete_declaration(Work(db(), current_actor(), now), declaration)
    except (StillPublished, StillWithOthers):
        return _page(typed=typed), 409
    security_events.record(SecurityEvent.DELETED, about="declaration", number=str(declaration.id))
    day = localised_date(restorable_until(now))
    flash(
        _(
            "Die Erklärung für %(year)s ist gelöscht. Bis %(day)s können Sie sie hier wiederherstellen.",
            year=year,
            day=day,
        ),
        "success",
    )
    return _redirect_to_list(organisation_id)


@blueprint.get("/unternehmen/<int:organisation_id>/geloescht")
@permit(Permission.ORGANISATION_EDIT)
def index(organisation_id: int) -> ResponseReturnValue:
    rows = deletion.restorable(current_work(), organisation_id)
    return render_template(
        "declarations/deleted.html",
        organisation=current_organisation(),
        days=RESTORABLE.days,
        deleted=[
            {
                "id": row.id,
                "year": row.reporting_year,
                "deleted_on": local_day(row.deleted_at),
                "erased_from": restorable_until(row.deleted_at) + timedelta(days=1),
                "may_restore": may_restore,
            }
            for row, may_restore in rows
            if row.deleted_at is not None
        ],
    )


@blueprint.post("/unternehmen/<int:organisation_id>/geloescht/<int:key>/wiederherstellen")
@permit(Permission.ORGANISATION_EDIT)
def restore(organisation_id: int, key: int) -> ResponseReturnValue:
    declaration = _deleted_or_404(organisation_id, key)
    year = declaration.reporting_year
    try:
        deletion.restore_declaration(current_work(), declaration)
    except YearTaken:
        text = _(
            "Für %(year)s gibt es inzwischen eine andere Erklärung. Löschen Sie diese, oder ändern Sie deren "
            "Berichtsjahr; dann lässt sich die frühere wiederherstellen.",
            year=year,
        )
        flash(text, "warning")
        return _redirect_to_list(organisation_id)
    flash(_("Die Erklärung für %(year)s ist wieder da, so wie sie war.", year=year), "success")
    return redirect(url_for("overview.show", declaration_id=key), 303)


@blueprint.get("/unternehmen/<int:organisation_id>/geloescht/<int:key>/endgueltig")
@permit(Permission.ORGANISATION_CLOSE)
def ask_to_erase(organisation_id: int, key: int) -> ResponseReturnValue:
    return _erasure_page(_deleted_or_404(organisation_id, key))


@blueprint.post("/unternehmen/<int:organisation_id>/geloescht/<int:key>/endgueltig")
@permit(Permission.ORGANISATION_CLOSE)
@requires_step_up
def erase(organisation_id: int, key: int) -> ResponseReturnValue:
    """Erase the deleted declaration for good, then its files after the commit."""
    declaration, typed = _deleted_or_404(organisation_id, key), request.form.get(YEAR_FIELD, "")
    year, now = declaration.reporting_year, datetime.now(UTC)
    if typed.strip() != str(year):
        return _erasure_page(
            declaration, _("Geben Sie das Berichtsjahr ein: %(year)s.", year=year), typed
        ), 422
    erased = deletion.erase_declaration(Work(db(), current_actor(), now), declaration)
    finish_deletion(erased, now=now)
    security_events.record(SecurityEvent.DELETED, about="declaration", number=str(key))
    flash(_("Die Erklärung für %(year)s ist endgültig gelöscht.", year=year), "success")
    return _redirect_to_list(organisation_id)


def _deleted_or_404(organisation_id: int, key: int) -> Declaration:
    return deletion.find_restorable(current_work(), organisation_id, key) or abort(404)


def _redirect_to_list(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for(".index", organisation_id=organisation_id), 303)


def _page(error: str = "", typed: str = "") -> str:
    declaration = current_declaration()
    known = deletion.consequences(db(), declaration)
    people = memberships.active_owners_of_companies(db(), [declaration.organisation_id])
    return render_template(
        "declarations/delete.html",
        declaration=declaration,
        known=known,
        cluster=clusters.by_id(db(), known.cluster_id) if known.cluster_id else None,
        owners=[account.name or account.email for _organisation, account in people],
        days=RESTORABLE.days,
        typed=typed,
        errors=[{"text": error, "href": f"#{YEAR_FIELD}"}] if error else [],
    )


def _erasure_page(declaration: Declaration, error: str = "", typed: str = "") -> str:
    return render_template(
        "declarations/erase.html",
        organisation=current_organisation(),
        declaration=declaration,
        typed=typed,
        errors=[{"text": error, "href": f"#{YEAR_FIELD}"}] if error else [],
    )
