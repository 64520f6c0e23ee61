"""A company's profile, its declarations, and a new declaration."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)

from dnk_tool.catalogue import editions, load, load_sectors
from dnk_tool.domain.organisation import MAX_SITES, Profile, Site
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services import declarations as declaring
from dnk_tool.services.declarations import Settings, YearTaken
from dnk_tool.services.organisations import ProfileCollision, create_organisation, update_profile
from dnk_tool.store import declarations
from dnk_tool.store.models import Organisation
from dnk_tool.web.access import (
    current_actor,
    current_declaration,
    current_organisation,
    permit,
)
from dnk_tool.web.languages import current_language
from dnk_tool.web.transactions import db
from dnk_tool.web.wizard.fields import (
    LineField,
    NumberField,
    ProseField,
    WholeNumberField,
    YearField,
)
from dnk_tool.web.wizard.pages import form_errors

blueprint = Blueprint("organisations", __name__)

CURRENT_EDITION = "dnk-2017"


class SiteForm(Form):
    name = LineField()
    address = ProseField()


class ProfileForm(FlaskForm):
    name = LineField()
    legal_form = SelectField(validate_choice=False)
    sector = SelectField(validate_choice=False)
    employees = WholeNumberField()
    turnover = NumberField()
    turnover_unit = SelectField(validate_choice=False)
    address = ProseField()
    website = LineField()
    sites = FieldList(FormField(SiteForm), max_entries=MAX_SITES)
    version = HiddenField(default="0")

    def validate_name(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie den Namen des Unternehmens ein."))

    def validate_website(self, field: LineField) -> None:
        if field.data and not field.data.startswith(("https://", "http://")):
            field.data = f"https://{field.data}"


class SettingsForm(FlaskForm):
    indicator_set = RadioField(validate_choice=False)
    language = RadioField(choices=["de", "en"], default="de")
    options = SelectMultipleField(validate_choice=False)
    publishes_assessment = BooleanField()

    def validate_indicator_set(self, field: RadioField) -> None:
        if field.data not in {one.key for one in load(CURRENT_EDITION).indicator_sets}:
            raise ValidationError(_("Wählen Sie ein Indikatorenset."))


class DeclarationForm(SettingsForm):
    reporting_year = YearField()

    def validate_reporting_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Jahr ein, über das Sie berichten."))


@blueprint.get("/unternehmen/neu")
@permit(Permission.ORGANISATION_CREATE)
def new() -> ResponseReturnValue:
    return _profile_page(ProfileForm(formdata=None), None)


@blueprint.post("/unternehmen/neu")
@permit(Permission.ORGANISATION_CREATE)
def create() -> ResponseReturnValue:
    form = ProfileForm()
    if not form.validate():
        return _profile_page(form, None), 422
    organisation = create_organisation(db(), _profile(form), actor=current_actor(), now=datetime.now(UTC))
    if _adds_row():
        return redirect(_edit_url(organisation.id, _anchor="sites"), 303)
    flash(_("Das Profil ist gespeichert. Jetzt können Sie Ihre Erklärung anlegen."), "success")
    return redirect(url_for("organisations.new_declaration", organisation_id=organisation.id), 303)


@blueprint.get("/unternehmen/<int:organisation_id>")
@permit(Permission.ORGANISATION_VIEW)
def edit(organisation_id: int) -> ResponseReturnValue:
    organisation = current_organisation()
    form = ProfileForm(formdata=None, data=_profile_data(organisation))
    return _profile_page(form, organisation)


@blueprint.post("/unternehmen/<int:organisation_id>")
@permit(Permission.ORGANISATION_EDIT)
def update(organisation_id: int) -> ResponseReturnValue:
    organisation = current_organisation()
    form = ProfileForm()
    if not form.validate():
        return _profile_page(form, organisation), 422
    seen = form.version.data or "0"
    try:
        update_profile(
            db(),
            organisation,
            _profile(form),
            seen=int(seen) if seen.isdigit() else 0,
            actor=current_actor(),
        )
    except ProfileCollision as collision:
        db().rollback()
        form.version.data = str(collision.version)
        return _profile_page(form, current_organisation(), theirs=collision.theirs), 409
    flash(_("Gespeichert."), "success")
    if _adds_row():
        return redirect(_edit_url(organisation_id, _anchor="sites"), 303)
    return redirect(url_for("start.show"), 303)


@blueprint.get("/unternehmen/<int:organisation_id>/erklaerungen/neu")
@permit(Permission.ORGANISATION_EDIT)
def new_declaration(organisation_id: int) -> ResponseReturnValue:
    last_year = datetime.now(UTC).year - 1
    form = DeclarationForm(formdata=None, data={"reporting_year": last_year, "language": current_language()})
    return _declaration_page(form)


@blueprint.post("/unternehmen/<int:organisation_id>/erklaerungen/neu")
@permit(Permission.ORGANISATION_EDIT)
def start_declaration(organisation_id: int) -> ResponseReturnValue:
    form = DeclarationForm()
    if not form.validate():
        return _declaration_page(form), 422
    try:
        declaration = declaring.start_declaration(
            db(),
            current_organisation(),
            edition=CURRENT_EDITION,
            reporting_year=int(form.reporting_year.data or 0),
            settings=_settings(form),
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except YearTaken as taken:
        existing = taken.existing.id
        db().rollback()
        form.reporting_year.errors = [_("Für dieses Jahr gibt es schon eine Erklärung.")]
        return _declaration_page(form, existing=existing), 422
    return redirect(url_for("overview.show", declaration_id=declaration.id), 303)


@blueprint.get("/erklaerungen/<int:declaration_id>/einstellungen")
@permit(Permission.DECLARATION_VIEW)
def settings(declaration_id: int) -> ResponseReturnValue:
    current = declaring.settings_of(current_declaration())
    data = {
        "indicator_set": current.indicator_set,
        "language": current.language,
        "options": sorted(current.options),
        "publishes_assessment": current.publishes_assessment,
    }
    return _settings_page(SettingsForm(formdata=None, data=data))


@blueprint.post("/erklaerungen/<int:declaration_id>/einstellungen")
@permit(Permission.DECLARATION_EDIT)
def change_settings(declaration_id: int) -> ResponseReturnValue:
    form = SettingsForm()
    if not form.validate():
        return _settings_page(form), 422
    declaring.change_settings(
        db(), current_declaration(), _settings(form), actor=current_actor(), now=datetime.now(UTC)
    )
    flash(_("Gespeichert."), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _adds_row() -> bool:
    return request.form.get("action") == "add-row:sites"


def _edit_url(organisation_id: int, **values: Any) -> str:
    return url_for("organisations.edit", organisation_id=organisation_id, **values)


def _settings(form: SettingsForm) -> Settings:
    known = {one.key for one in load(CURRENT_EDITION).options}
    return Settings(
        indicator_set=form.indicator_set.data,
        language="en" if form.language.data == "en" else "de",
        options=frozenset(form.options.data or ()) & known,
        publishes_assessment=form.publishes_assessment.data,
    )


def _profile(form: ProfileForm) -> Profile:
    sectors = load_sectors()
    turnover = None
    if form.turnover.data is not None:
        units = load(CURRENT_EDITION).families["money"].units
        unit = form.turnover_unit.data if form.turnover_unit.data in units else "EUR"
        turnover = Quantity(form.turnover.data, unit)
    return Profile(
        name=form.name.data,
        legal_form=form.legal_form.data if form.legal_form.data in sectors.legal_forms else "",
        sector=form.sector.data if form.sector.data in sectors.divisions else "",
        employees=form.employees.data,
        turnover=turnover,
        address=form.address.data or "",
        website=form.website.data or "",
        sites=tuple(
            Site(entry.form.name.data or entry.form.address.data, entry.form.address.data or "")
            for entry in form.sites
            if entry.form.name.data or entry.form.address.data
        ),
    )


def _profile_data(organisation: Organisation) -> dict[str, Any]:
    profile = declarations.profile_of(organisation)
    return {
        "name": profile.name,
        "legal_form": profile.legal_form,
        "sector": profile.sector,
        "employees": profile.employees,
        "turnover": profile.turnover.value if profile.turnover else None,
        "turnover_unit": profile.turnover.unit if profile.turnover else "EUR",
        "address": profile.address,
        "website": profile.website,
        "sites": [{"name": site.name, "address": site.address} for site in profile.sites],
        "version": str(organisation.version),
    }


def _profile_page(
    form: ProfileForm, organisation: Organisation | None, *, theirs: Profile | None = None
) -> str:
    if not any(not (entry.form.name.data or entry.form.address.data) for entry in form.sites):
        form.sites.append_entry()
    return render_template(
        "wizard/profile.html",
        organisation=organisation,
        form=form,
        errors=form_errors(form),
        sectors=load_sectors(),
        money=load(CURRENT_EDITION).families["money"],
        theirs=theirs,
    )


def _declaration_page(form: DeclarationForm, *, existing: int | None = None) -> str:
    return render_template(
        "wizard/declaration_new.html",
        organisation=current_organisation(),
        form=form,
        errors=form_errors(form),
        catalogue=load(CURRENT_EDITION),
        editions=editions(),
        existing=existing,
    )


def _settings_page(form: SettingsForm) -> str:
    declaration = current_declaration()
    return render_template(
        "wizard/settings.html",
        declaration=declaration,
        form=form,
        errors=form_errors(form),
        catalogue=load(declaration.edition),
    )
