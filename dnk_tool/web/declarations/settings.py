"""A new declaration, and the settings of one: indicator set, language, options.

What a company's cluster recommends for a new declaration: the year of its cohort, and an indicator set.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, ValidationError

from dnk_tool.catalogue import Catalogue, load_catalogue
from dnk_tool.domain.declarations.states import OPEN_STATES
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import known_language, local_day
from dnk_tool.services.declarations import start as declaration_start
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.editing.settings import DeclarationSettings, settings_of
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.first_day import effort
from dnk_tool.web.http.access import (
    current_declaration,
    current_organisation,
    current_work,
    permit,
)
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import YearField

blueprint = Blueprint("settings", __name__)

# The edition of new declarations.
CURRENT_EDITION = "dnk-2017"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Year, and the key and the name of the set; both "" if the cluster recommends none."""

    cluster: str
    year: int
    indicator_set: str
    set_name: str


def recommendation(organisation_id: int, edition: str) -> Recommendation | None:
    """That of the cohort whose final day comes next; None if there is none, or its year is begun already.

    The last milestone counts as the final day of a cohort that has none.
    """
    today = local_day(datetime.now(UTC))
    begun = {
        row.reporting_year
        for row in declarations.of_organisations(db(), [organisation_id])
        if row.edition == edition
    }
    ahead = [
        (until, own.cluster.name, own.cohort)
        for own in cohorts.of_company(db(), organisation_id)
        if (until := own.cohort.due or max((one.day for one in own.milestones), default=None))
        and until >= today
        and own.cohort.reporting_year not in begun
    ]
    if not ahead:
        return None
    _until, cluster, cohort = min(ahead, key=lambda one: (one[0], one[1]))
    sets = {one.key: one.abbreviation for one in load_catalogue(edition).indicator_sets}
    key = cohort.indicator_set if cohort.indicator_set in sets else ""
    return Recommendation(cluster, cohort.reporting_year, key or "", sets.get(key or "", ""))


class SettingsForm(FlaskForm):
    """The settings. Choices depend on the edition, so the view sets `catalogue`."""

    indicator_set = RadioField(validate_choice=False)
    language = RadioField(choices=["de", "en"], default="de")
    options = SelectMultipleField(validate_choice=False)
    publishes_assessment = BooleanField()
    has_material_flow = BooleanField()
    seen = HiddenField()

    catalogue: Catalogue

    def validate_indicator_set(self, field: RadioField) -> None:
        if field.data not in {indicator_set.key for indicator_set in self.catalogue.indicator_sets}:
            raise ValidationError(_("Wählen Sie ein Indikatorenset."))

    @property
    def settings(self) -> DeclarationSettings:
        """The settings as entered; options unknown to the edition are left out."""
        known = {option.key for option in self.catalogue.options}
        return DeclarationSettings(
            indicator_set=self.indicator_set.data,
            language=known_language(self.language.data),
            options=frozenset(self.options.data or ()) & known,
            publishes_assessment=self.publishes_assessment.data,
            has_material_flow=self.has_material_flow.data,
        )


class DeclarationForm(SettingsForm):
    """Reporting year and settings of a new declaration."""

    reporting_year = YearField()

    def validate_reporting_year(self, field: YearField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Geben Sie das Jahr ein, über das Sie berichten."))


@blueprint.get("/unternehmen/<int:organisation_id>/erklaerungen/neu")
@permit(Permission.ORGANISATION_EDIT)
def new(organisation_id: int) -> ResponseReturnValue:
    wanted, catalogue = (
        recommendation(current_organisation().id, CURRENT_EDITION),
        load_catalogue(CURRENT_EDITION),
    )
    data = {
        "reporting_year": wanted.year if wanted else _proposed_year(),
        "language": current_language(),
        "indicator_set": (wanted.indicator_set if wanted else None) or catalogue.indicator_sets[0].key,
    }
    return _new_page(DeclarationForm(formdata=None, data=data), wanted=wanted)


def _proposed_year() -> int | None:
    """Last year; None if the company has a declaration for it."""
    last_year = local_day(datetime.now(UTC)).year - 1
    taken = declarations.of_year(db(), current_organisation().id, CURRENT_EDITION, last_year)
    return None if taken else last_year


@blueprint.post("/unternehmen/<int:organisation_id>/erklaerungen/neu")
@permit(Permission.ORGANISATION_EDIT)
@creates
def start(organisation_id: int) -> ResponseReturnValue:
    form = DeclarationForm()
    form.catalogue = load_catalogue(CURRENT_EDITION)
    if not form.validate():
        return _new_page(form), 422
    try:
        declaration = declaration_start.start_declaration(
            current_work(),
            current_organisation(),
            edition=CURRENT_EDITION,
            reporting_year=int(form.reporting_year.data or 0),
            settings=form.settings,
        )
    except YearAhead as ahead:
        form.reporting_year.errors = [
            _(
                "So weit voraus kann noch niemand berichten. Möglich ist höchstens %(year)s.",
                year=ahead.latest,
            )
        ]
        return _new_page(form), 422
    except YearTaken as taken:
        form.reporting_year.errors = [_("Für dieses Jahr gibt es schon eine Erklärung.")]
        return _new_page(form, existing=taken.existing.id), 422
    is_first = len(declarations.of_organisations(db(), [organisation_id])) == 1
    page = "first_day.show" if is_first else "overview.show"
    return redirect(url_for(page, declaration_id=declaration.id), 303)


@blueprint.get("/erklaerungen/<int:declaration_id>/einstellungen")
@permit(Permission.DECLARATION_VIEW)
def show(declaration_id: int) -> ResponseReturnValue:
    current = settings_of(current_declaration())
    data = {
        "indicator_set": current.indicator_set,
        "language": current.language,
        "options": sorted(current.options),
        "publishes_assessment": current.publishes_assessment,
        "has_material_flow": current.has_material_flow,
        "seen": current.mark,
    }
    return _page(SettingsForm(formdata=None, data=data))


@blueprint.post("/erklaerungen/<int:declaration_id>/einstellungen")
@permit(Permission.DECLARATION_EDIT)
def change(declaration_id: int) -> ResponseReturnValue:
    declaration = current_declaration()
    form = SettingsForm()
    form.catalogue = load_catalogue(declaration.edition)
    if not form.validate():
        return _page(form), 422
    try:
        declaration_start.change_settings(
            current_work(), declaration, form.settings, seen=form.seen.data or ""
        )
    except ConflictError as error:
        form.seen.data = error.conflict.version
        return _page(form, theirs=error.conflict.theirs), 409
    flash(_("Gespeichert."), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _new_page(
    form: DeclarationForm, *, existing: int | None = None, wanted: Recommendation | None = None
) -> str:
    return render_template(
        "declarations/new.html",
        organisation=current_organisation(),
        form=form,
        errors=field_errors(form),
        catalogue=load_catalogue(CURRENT_EDITION),
        set_options=effort.set_options(load_catalogue(CURRENT_EDITION)),
        existing=existing,
        wanted=wanted,
    )


def _page(form: SettingsForm, *, theirs: DeclarationSettings | None = None) -> str:
    declaration = current_declaration()
    return render_template(
        "declarations/settings.html",
        declaration=declaration,
        form=form,
        errors=field_errors(form),
        catalogue=load_catalogue(declaration.edition),
        set_options=effort.set_options(load_catalogue(declaration.edition)),
        is_open=declaration.state in OPEN_STATES,
        theirs=theirs,
    )
