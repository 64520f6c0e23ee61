"""Which sites a year's figures include, and why that differs from the year before."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField

from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.figures.site_scope import SiteScope
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.services.figures.sites import save_scope
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.figures import sites
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import ProseField, seen_version


class ScopeForm(FlaskForm):
    """The included sites, and the reason for differing from the year before."""

    sites = SelectMultipleField(validate_choice=False)
    note = ProseField()
    version = HiddenField(default="0")


@blueprint.get("/umfang")
@permit(Permission.DECLARATION_VIEW)
def scope(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    site_scope = _scope(declaration)
    row = sites.scope_row(db(), declaration.organisation_id, declaration.reporting_year)
    data = {
        "sites": list(site_scope.included),
        "note": site_scope.note,
        "version": str(row.version if row else 0),
    }
    return _page(declaration, site_scope, ScopeForm(formdata=None, data=data))


@blueprint.post("/umfang")
@permit(Permission.DECLARATION_EDIT)
def save_the_scope(declaration_id: int) -> ResponseReturnValue:
    declaration, form = current_declaration(), ScopeForm()
    before = _scope(declaration)
    if not form.validate():
        return _page(declaration, before, form), 422
    known = {*before.included, *before.left_out}
    try:
        save_scope(
            db(),
            declaration,
            frozenset(form.sites.data or ()) & known,
            form.note.data or "",
            seen=seen_version(form),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except ConflictError as error:
        form.version.data, form.version.raw_data = str(error.conflict.version), None
        changed_by = accounts.name_of(db(), error.conflict.by) or _("Jemand anderes")
        return _page(declaration, _scope(declaration), form, changed_by=changed_by), 409
    after = _scope(declaration)
    flash(_("Gespeichert. Summen der Standorte sind neu berechnet."), "success")
    if after.has_changed and not after.note:
        flash(_("Bitte schreiben Sie noch, warum der Umfang anders ist als im Vorjahr."), "warning")
        return redirect(url_for("figures.scope", declaration_id=declaration_id), 303)
    return redirect(url_for("figures.index", declaration_id=declaration_id), 303)


def _scope(declaration: Declaration) -> SiteScope:
    return sites.read_scope(db(), declaration.organisation, declaration.reporting_year)


def _page(declaration: Declaration, site_scope: SiteScope, form: ScopeForm, *, changed_by: str = "") -> str:
    may_edit = can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
    return render_template(
        "figures/scope.html",
        declaration=declaration,
        scope=site_scope,
        form=form,
        errors=field_errors(form),
        changed_by=changed_by,
        is_editable=may_edit and declaration.state in EDITABLE_STATES,
    )
