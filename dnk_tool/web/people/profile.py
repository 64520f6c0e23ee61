"""A company's profile: name, sector, size, address, sites.

The choice of a sector in the profile: from a list, by words, or as successor of a former code.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField, ValidationError

from dnk_tool.catalogue import editions, load_catalogue, load_sectors
from dnk_tool.catalogue.sectors import Sector
from dnk_tool.catalogue.standard.item_model import UnitFamily
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.organisation import MAX_SITES, STANDING_REFS, Profile, Site
from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.quantities import Quantity
from dnk_tool.services.people.organisations import create_organisation, update_profile
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.people import standing_answers
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import unit_options
from dnk_tool.web.text.form_errors import field_errors
from dnk_tool.web.text.form_fields import (
    LineField,
    NumberField,
    ProseField,
    RowsField,
    WholeNumberField,
    seen_version,
)
from dnk_tool.web.text.form_page import saving
from dnk_tool.web.text.options import Option, choice_options, pair_options
from dnk_tool.web.text.sectors import matching_sectors, sector_text

blueprint = Blueprint("profile", __name__)


STANDING_FIELDS = dict(
    zip(
        ("contact_name", "contact_role", "contact_email", "contact_phone", "boundary"),
        STANDING_REFS,
        strict=True,
    )
)


FIND_SECTOR = "find-sector"
TAKE_SECTOR = "take-sector"


@dataclass(frozen=True)
class SectorChoice:
    """What the page offers: radios after a search or for a split code, else a list of all divisions.

    `former`: the stored sector of the former classification in words; `successor`: the only one it has.
    """

    items: list[Option]
    has_radios: bool
    former: str = ""
    successor: Option | None = None
    is_split: bool = False
    error: str = ""


def sector_choice(chosen: str, words: str, *, is_searched: bool) -> SectorChoice:
    """The options for a profile with the sector `chosen` and the words typed into the search."""
    proposals = load_sectors().proposals(chosen)
    matches = matching_sectors(words) if is_searched and words else []
    details: dict[str, Any] = {
        "former": sector_text(chosen, current_language()) if proposals else "",
        "successor": _option(proposals[0]) if len(proposals) == 1 else None,
        "is_split": len(proposals) > 1,
        "error": str(
            _("Dazu haben wir nichts gefunden. Versuchen Sie ein anderes Wort, oder wählen Sie selbst.")
        )
        if is_searched and words and not matches
        else "",
    }
    if matches or len(proposals) > 1:
        return SectorChoice(_radio_items(matches or proposals, chosen), has_radios=True, **details)
    return SectorChoice(_list_items(chosen), has_radios=False, **details)


def taken_sector(action: str, chosen: str) -> str:
    """The sector after pressing the button that takes over the successor of a former code."""
    proposals = load_sectors().proposals(chosen)
    return proposals[0].stored if action == TAKE_SECTOR and len(proposals) == 1 else chosen


def _option(sector: Sector) -> Option:
    return {"value": sector.stored, "label": f"{sector.code} {sector.label.to(current_language())}"}


def _radio_items(sectors: tuple[Sector, ...] | list[Sector], chosen: str) -> list[Option]:
    items = [_option(sector) for sector in sectors]
    if any(item["value"] == chosen for item in items):
        return items
    label = _("Wie bisher: %(sector)s", sector=sector_text(chosen, current_language())) if chosen else ""
    return [*items, {"value": chosen, "label": label or _("Keine davon")}]


def _list_items(chosen: str) -> list[Option]:
    current, language = load_sectors().current, current_language()
    items = pair_options(
        (
            (load_sectors().current_sector(key).stored, f"{key} {division.label.to(language)}")
            for key, division in current.divisions.items()
        ),
        _("Bitte wählen"),
    )
    if not chosen or any(item["value"] == chosen for item in items):
        return items
    return [*items, {"value": chosen, "label": sector_text(chosen, language)}]


class SiteForm(Form):
    """One site of the company."""

    name = LineField()
    address = ProseField()


class ProfileForm(FlaskForm):
    """The company's profile."""

    name = LineField()
    legal_form = LineField()
    sector = LineField(longest=80)
    sector_words = LineField()
    employees = WholeNumberField()
    turnover = NumberField()
    turnover_unit = SelectField(validate_choice=False)
    address = ProseField()
    website = LineField()
    sites = RowsField(SiteForm, MAX_SITES)
    contact_name = LineField()
    contact_role = LineField()
    contact_email = LineField()
    contact_phone = LineField()
    boundary = ProseField()
    version = HiddenField(default="0")

    def validate_name(self, field: LineField) -> None:
        if not field.data:
            raise ValidationError(_("Geben Sie den Namen des Unternehmens ein."))

    def validate_website(self, field: LineField) -> None:
        """Add "https://" to an address without scheme."""
        if field.data and not field.data.startswith(("https://", "http://")):
            field.data = f"https://{field.data}"
        field.pre_validate(self)


@blueprint.get("/unternehmen/neu")
@permit(Permission.ORGANISATION_CREATE)
def new() -> ResponseReturnValue:
    return _profile_page(ProfileForm(formdata=None), None)


@blueprint.post("/unternehmen/neu")
@permit(Permission.ORGANISATION_CREATE)
@creates
def create() -> ResponseReturnValue:
    form = ProfileForm()
    if _asks_for_sector():
        return _profile_page(form, None)
    if not form.validate():
        return _profile_page(form, None), 422
    organisation = create_organisation(current_work(), _profile(form), standing=_standing(form))
    if _adds_row():
        return redirect(_edit_url(organisation.id, _anchor="sites"), 303)
    flash(_saved_first(), "success")
    return redirect(url_for("settings.new", organisation_id=organisation.id), 303)


@blueprint.get("/unternehmen/<int:organisation_id>/profil")
@permit(Permission.ORGANISATION_VIEW)
def edit(organisation_id: int) -> ResponseReturnValue:
    organisation = current_organisation()
    form = ProfileForm(formdata=None, data=_profile_data(organisation))
    return _profile_page(form, organisation)


@blueprint.post("/unternehmen/<int:organisation_id>/profil")
@permit(Permission.ORGANISATION_EDIT)
def update(organisation_id: int) -> ResponseReturnValue:
    organisation = current_organisation()
    form = ProfileForm()
    if _asks_for_sector():
        return _profile_page(form, organisation)
    form.sector.data = taken_sector(request.form.get("action", ""), form.sector.data or "")
    with saving(form, partial(_profile_page, form, organisation)):
        new_names = update_profile(
            current_work(), organisation, _profile(form), seen=seen_version(form), standing=_standing(form)
        )
    is_first = not declarations.of_organisations(db(), [organisation_id])
    flash(_saved_first() if is_first else _("Gespeichert."), "success")
    for old, new in new_names.items():
        flash(_("Die Zahlen von „%(old)s“ stehen jetzt unter „%(new)s“.", old=old, new=new), "info")
    if _adds_row():
        return redirect(_edit_url(organisation_id, _anchor="sites"), 303)
    onward = "settings.new" if is_first else "company.show"
    return redirect(url_for(onward, organisation_id=organisation_id), 303)


def _saved_first() -> str:
    """What is said while the company has no declaration."""
    return str(_("Das Profil ist gespeichert. Jetzt können Sie Ihre Erklärung anlegen."))


def _asks_for_sector() -> bool:
    return request.form.get("action") == FIND_SECTOR


def _adds_row() -> bool:
    return request.form.get("action") == "add-row:sites"


def _edit_url(organisation_id: int, **values: Any) -> str:
    return url_for("profile.edit", organisation_id=organisation_id, **values)


def _money() -> UnitFamily:
    """The units of turnover, which are the same in all editions."""
    return load_catalogue(editions()[0]).families["money"]


def _profile(form: ProfileForm) -> Profile:
    turnover = None
    if form.turnover.data is not None:
        chosen = form.turnover_unit.data
        turnover = Quantity(form.turnover.data, chosen if chosen in _money().units else _money().base)
    return Profile(
        name=form.name.data,
        legal_form=form.legal_form.data or "",
        sector=form.sector.data or "",
        employees=form.employees.data,
        turnover=turnover,
        address=form.address.data or "",
        website=form.website.data or "",
        sites=tuple(
            # A site without a name gets the first line of its address.
            Site(
                entry.form.name.data or entry.form.address.data.split("\n")[0][:500],
                entry.form.address.data or "",
            )
            for entry in form.sites
            if entry.form.name.data or entry.form.address.data
        ),
    )


def _standing(form: ProfileForm) -> dict[str, str] | None:
    """What the form says for each new declaration, by ref; None from a page that has no such fields."""
    if not request.form.keys() & STANDING_FIELDS.keys():
        return None
    return {ref: form[name].data or "" for name, ref in STANDING_FIELDS.items()}


def _profile_data(organisation: Organisation) -> dict[str, Any]:
    profile = declarations.profile_of(organisation)
    standing = standing_answers(db(), organisation.id)
    return {
        **{name: standing.get(ref, "") for name, ref in STANDING_FIELDS.items()},
        "name": profile.name,
        "legal_form": profile.legal_form,
        "sector": profile.sector,
        "employees": profile.employees,
        "turnover": profile.turnover.value if profile.turnover else None,
        "turnover_unit": profile.turnover.unit if profile.turnover else _money().base,
        "address": profile.address,
        "website": profile.website,
        "sites": [{"name": site.name, "address": site.address} for site in profile.sites],
        "version": str(organisation.version),
    }


def _profile_page(
    form: ProfileForm, organisation: Organisation | None, *, theirs: Profile | None = None
) -> str:
    if all(entry.form.name.data or entry.form.address.data for entry in form.sites):
        form.sites.show_empty_row()
    return render_template(
        "people/profile.html",
        organisation=organisation,
        form=form,
        errors=field_errors(form),
        legal_forms=choice_options(load_sectors().legal_forms.values(), _("Bitte wählen")),
        sector=sector_choice(
            form.sector.data or "", form.sector_words.data or "", is_searched=_asks_for_sector()
        ),
        units=unit_options(_money().key, editions()[0], current_language()),
        theirs=theirs,
        in_review=_in_review(organisation),
    )


def _in_review(organisation: Organisation | None) -> list[int]:
    """Years of declarations with changes requested, in which a new profile is reviewed again."""
    if organisation is None:
        return []
    own = declarations.of_organisations(db(), [organisation.id])
    return sorted(
        declaration.reporting_year for declaration in own if declaration.state is State.CHANGES_REQUESTED
    )
