"""Figures of single sites, and their sum as the company's figure.

Which sites a year's figures include, and why that differs from the year before.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField, SelectMultipleField

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Quality
from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.figures.site_scope import SiteScope
from dnk_tool.domain.organisation import MAX_SITES
from dnk_tool.domain.permissions import Permission, can
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.figures.sites import (
    SiteAmountEdit,
    SiteFigureSaveOutcome,
    save_scope,
    save_site_figures,
)
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.figures import sites
from dnk_tool.store.figures.sites import rows_of_figure, site_quantity
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.figures.figure_page_values import FigurePage, datapoint_or_404, figure_page
from dnk_tool.web.figures.routes import blueprint
from dnk_tool.web.http.access import current_actor, current_declaration, current_subject, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import amount_text, unit_options
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import LineField, NumberField, ProseField, RowsField, seen_version
from dnk_tool.web.text.options import enum_options

# Sites removed from the profile keep their figures.
MAX_ROWS = 2 * MAX_SITES
# "Not available" applies to the whole figure only.
QUALITIES = tuple(quality for quality in Quality if quality is not Quality.NOT_AVAILABLE)


@blueprint.get("/<datapoint>/standorte")
@permit(Permission.DECLARATION_VIEW)
def by_site(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    page = _summable_figure_or_404(declaration, datapoint)
    form = site_form(declaration.edition, page.point.key)(formdata=None, data=_data(declaration, page))
    return _page(declaration, page, form)


@blueprint.post("/<datapoint>/standorte")
@permit(Permission.DECLARATION_EDIT)
def save_by_site(declaration_id: int, datapoint: str) -> ResponseReturnValue:
    declaration = current_declaration()
    page = _summable_figure_or_404(declaration, datapoint)
    form = site_form(declaration.edition, page.point.key)()
    if not form.validate():
        return _page(declaration, page, form), 422
    quality = form["quality"].data
    saved = save_site_figures(
        current_work(),
        declaration,
        page.point,
        {
            entry.form["name"].data: _given_amount(entry.form)
            for entry in form["sites"]
            if entry.form["name"].data
        },
        quality=Quality(quality) if quality else None,
        seen=seen_version(form),
    )
    if saved.conflicts:
        db().commit()  # saves what does not conflict
        _note_conflicts(form, page.point, saved.conflicts)
        return _page(declaration, page, form), 409
    _flash_saved(page.point, saved)
    return redirect(url_for("figures.show", declaration_id=declaration_id, datapoint=datapoint), 303)


@lru_cache(maxsize=512)
def site_form(edition: str, datapoint: str) -> type[FlaskForm]:
    """Build the form with a row for each site; `seen` is the amount that the page showed."""
    point = load_catalogue(edition).datapoints[datapoint]
    row = type(
        "SiteRow",
        (Form,),
        {
            "name": LineField(),
            "seen": HiddenField(default=""),
            "value": NumberField(),
            "unit": SelectField(choices=list(point.family.units), default=point.default_unit),
        },
    )
    return type(
        "SitesForm",
        (FlaskForm,),
        {
            "sites": RowsField(row, MAX_ROWS),
            "quality": SelectField(choices=["", *(quality.value for quality in QUALITIES)], default=""),
            "version": HiddenField(default="0"),
        },
    )


def _summable_figure_or_404(declaration: Declaration, datapoint: str) -> FigurePage:
    page = figure_page(db(), declaration, datapoint_or_404(declaration, datapoint), current_language())
    if not page.adds_up:
        abort(404)
    return page


def _data(declaration: Declaration, page: FigurePage) -> dict[str, Any]:
    rows = rows_of_figure(db(), declaration.organisation_id, declaration.reporting_year, page.point.key)
    return {
        "sites": [
            {
                "name": site,
                "seen": _seen_text(site_quantity(rows.get(site))),
                "value": rows[site].value if site in rows else None,
                "unit": rows[site].unit if site in rows else page.figure.unit or page.point.default_unit,
            }
            for site in page.scope.included
        ],
        "quality": page.figure.quality if page.figure.quality in QUALITIES else "",
        "version": str(page.version),
    }


def _given_amount(row: Form) -> SiteAmountEdit:
    value = row["value"].data
    return SiteAmountEdit(
        None if value is None else Quantity(value, row["unit"].data), _seen_amount(row["seen"].data or "")
    )


def _seen_text(quantity: Quantity | None) -> str:
    return "" if quantity is None else f"{numbers.plain(quantity.value)} {quantity.unit}"


def _seen_amount(text: str) -> Quantity | None:
    value, _space, unit = text.partition(" ")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    # Infinity and NaN cannot be compared.
    return Quantity(amount, unit) if amount.is_finite() else None


def _note_conflicts(form: FlaskForm, point: Datapoint, conflicts: Mapping[str, Quantity | None]) -> None:
    """Put the other person's amount at each conflicting field; saving again replaces it."""
    for entry in form["sites"]:
        row = entry.form
        if row["name"].data in conflicts:
            theirs = conflicts[row["name"].data]
            row["seen"].data = _seen_text(theirs)
            row["seen"].raw_data = None
            row["value"].errors = [
                _(
                    "Jemand anderes hat hier gerade %(amount)s eingetragen. Ihr Wert steht noch im Feld; "
                    "speichern Sie noch einmal, wenn er gelten soll.",
                    amount=amount_text(point, theirs, current_language()) or _("nichts"),
                )
            ]


def _flash_saved(point: Datapoint, saved: SiteFigureSaveOutcome) -> None:
    if saved.saved.conflicts:
        text = _(
            "Die Werte der Standorte sind gespeichert. Inzwischen hat jemand die Kennzahl selbst geändert; "
            "deshalb liegt die Summe nur im Verlauf."
        )
        flash(text, "warning")
        return
    total = amount_text(point, saved.total.total, current_language())
    flash(
        _("Gespeichert. Summe der Standorte: %(total)s", total=total) if total else _("Gespeichert."),
        "success",
    )
    if total and saved.total.missing:
        flash(_("Noch ohne Wert: %(sites)s", sites=", ".join(saved.total.missing)), "info")


def _page(declaration: Declaration, page: FigurePage, form: FlaskForm) -> str:
    may_edit = can(Permission.DECLARATION_EDIT, current_actor(), current_subject())
    return render_template(
        "figures/sites.html",
        declaration=declaration,
        page=page,
        form=form,
        errors=field_errors(form),
        units=unit_options(page.point.family.key, declaration.edition, current_language()),
        qualities=enum_options(QUALITIES, _("keine Angabe")),
        site_rows=[{"key": site, "value": amount} for site, amount in page.sites],
        is_editable=page.is_open and may_edit,
    )


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
    return _scope_page(declaration, site_scope, ScopeForm(formdata=None, data=data))


@blueprint.post("/umfang")
@permit(Permission.DECLARATION_EDIT)
def save_the_scope(declaration_id: int) -> ResponseReturnValue:
    declaration, form = current_declaration(), ScopeForm()
    before = _scope(declaration)
    if not form.validate():
        return _scope_page(declaration, before, form), 422
    known = {*before.included, *before.left_out}
    try:
        save_scope(
            current_work(),
            declaration,
            frozenset(form.sites.data or ()) & known,
            form.note.data or "",
            seen=seen_version(form),
        )
    except ConflictError as error:
        form.version.data, form.version.raw_data = str(error.conflict.version), None
        changed_by = accounts.name_of(db(), error.conflict.by) or _("Jemand anderes")
        return _scope_page(declaration, _scope(declaration), form, changed_by=changed_by), 409
    after = _scope(declaration)
    flash(_("Gespeichert. Summen der Standorte sind neu berechnet."), "success")
    if after.has_changed and not after.note:
        flash(_("Bitte schreiben Sie noch, warum der Umfang anders ist als im Vorjahr."), "warning")
        return redirect(url_for("figures.scope", declaration_id=declaration_id), 303)
    return redirect(url_for("figures.index", declaration_id=declaration_id), 303)


def _scope(declaration: Declaration) -> SiteScope:
    return sites.read_scope(db(), declaration.organisation, declaration.reporting_year)


def _scope_page(
    declaration: Declaration, site_scope: SiteScope, form: ScopeForm, *, changed_by: str = ""
) -> str:
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
