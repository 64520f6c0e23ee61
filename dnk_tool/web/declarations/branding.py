"""How a company's declarations look: its accent and its logo, with a preview of both."""

import base64
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.colours import parsed
from dnk_tool.domain.evidence import Refused
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.branding import Look
from dnk_tool.services.declarations import branding
from dnk_tool.services.declarations.branding import LARGEST_LOGO, LookChanged
from dnk_tool.services.uploads import inspection
from dnk_tool.web.declarations.branding_text import PETROL, chart_sample, effects, refusal_text
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.transactions import db, let_go

blueprint = Blueprint("look", __name__, url_prefix="/unternehmen/<int:organisation_id>/erscheinungsbild")

CARRIED = "logo"
OWN, USUAL = "own", "usual"


@dataclass
class Choice:
    """What the form says, as it was typed: whose accent, its code, and the logo (empty for none).

    `errors` are sentences by the id of the field that they are about.
    """

    whose: str
    typed: str
    logo: bytes
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> Look:
        """The look as far as it can be read."""
        if self.whose != OWN or "code" in self.errors:
            return Look("", self.logo)
        return Look(parsed(self.typed), self.logo)


@blueprint.get("")
@permit(Permission.ORGANISATION_EDIT)
def show(organisation_id: int) -> ResponseReturnValue:
    look, version = branding.of_company(db(), organisation_id)
    return _page(Choice(OWN if look.accent else USUAL, look.accent, look.logo), look, version)


@blueprint.post("")
@permit(Permission.ORGANISATION_EDIT)
def change(organisation_id: int) -> ResponseReturnValue:
    """Keep the choice, or only show what it would look like; nothing that was chosen gets lost."""
    stored, version = branding.of_company(db(), organisation_id)
    seen = request.form.get("version", 0, type=int)
    let_go()  # nobody waits while the logo is drawn anew
    choice = _choice(stored)
    if choice.errors:
        return _page(choice, stored, seen), 422
    if request.form.get("action") == "preview":
        return _page(choice, stored, seen)
    try:
        branding.change(
            db(), current_organisation(), choice.look, seen=seen, actor=current_actor(), now=datetime.now(UTC)
        )
    except LookChanged:
        text = _(
            "Jemand anderes hat das Erscheinungsbild gerade geändert. Ihre Auswahl steht noch hier; prüfen "
            "Sie sie, und speichern Sie noch einmal."
        )
        choice.errors["whose"] = text
        return _page(choice, stored, version), 409
    flash(_("Gespeichert."), "success")
    return redirect(url_for("look.show", organisation_id=organisation_id), 303)


@blueprint.get("/logo.png")
@permit(Permission.ORGANISATION_EDIT)
def logo(organisation_id: int) -> ResponseReturnValue:
    """The logo as it is printed."""
    look, _version = branding.of_company(db(), organisation_id)
    return Response(look.logo, mimetype="image/png") if look.logo else abort(404)


def _choice(stored: Look) -> Choice:
    whose = OWN if request.form.get("whose") == OWN else USUAL
    choice = Choice(whose, _typed(), _logo_before(stored))
    if whose == OWN:
        try:
            parsed(choice.typed)
        except ValueError:
            choice.errors["code"] = _(
                "Geben Sie den Farbcode mit drei oder sechs Zeichen von 0 bis 9 und A bis F "
                "ein, zum Beispiel "
                "#1F4E79. Er steht in Ihrer Gestaltungsvorlage, oder Ihre Agentur kennt ihn."
            )
    sent = request.files.get("logo")
    if sent and sent.filename:
        with closing(sent):
            try:
                choice.logo = inspection.logo(sent.filename, sent.read(), largest=LARGEST_LOGO)
            except Refused as refused:
                choice.errors["logo"] = refusal_text(sent.filename, refused.why)
    return choice


def _typed() -> str:
    """The code that was changed: typed, or else picked. Without a script nothing keeps both "
    "fields alike."""
    said = {name: request.form.get(name, "") for name in ("code", "code-before", "picked", "picked-before")}
    is_picked = said["picked"] != said["picked-before"] and said["code"] == said["code-before"]
    return (said["picked"] if is_picked else said["code"]).strip()[:20]


def _logo_before(stored: Look) -> bytes:
    """The logo of the page that was sent: chosen before, stored, or none any more."""
    if request.form.get("without-logo"):
        return b""
    carried = signed_payload.unpacked(CARRIED, current_organisation().id, request.form.get("carried", ""))
    return base64.b64decode(carried) if carried else stored.logo


def _page(choice: Choice, stored: Look, version: int) -> str:
    organisation = current_organisation()
    is_new = choice.logo not in (b"", stored.logo)
    carried = base64.b64encode(choice.logo).decode() if is_new else ""
    return render_template(
        "wizard/look.html",
        organisation=organisation,
        choice=choice,
        look=choice.look,
        version=version,
        picked=choice.look.accent or PETROL,
        is_changed=choice.look != stored,
        is_new_logo=is_new,
        effects=effects(choice.look),
        chart=chart_sample(choice.look),
        carried=signed_payload.packed(CARRIED, organisation.id, carried) if is_new else "",
        errors=[{"text": text, "href": f"#{name}"} for name, text in choice.errors.items()],
        drafts=sorted(organisation.declarations, key=lambda one: -one.reporting_year),
    )
