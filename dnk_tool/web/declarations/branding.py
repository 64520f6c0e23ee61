"""The branding of a company's declarations: accent and logo, with a preview."""

import base64
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.colours import AREA_COLOURS, parse_hex
from dnk_tool.domain.editing.outcomes import ConflictError
from dnk_tool.domain.evidence import FileRejected
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.declarations import branding
from dnk_tool.services.declarations.branding import MAX_LOGO_BYTES
from dnk_tool.services.uploads import inspection
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.branding_text import (
    DEFAULT_ACCENT_CODE,
    branding_effects,
    logo_rejection_text,
    sample_chart,
)
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_organisation, permit
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.uploads import record_refused_file

blueprint = Blueprint("look", __name__, url_prefix="/unternehmen/<int:organisation_id>/erscheinungsbild")

PAYLOAD_KIND = "logo"
OWN_ACCENT, DEFAULT_ACCENT = "own", "usual"


@dataclass
class BrandingChoice:
    """The form as typed: own or default accent, its code, the logo (empty for none), printed questions.

    `errors`: messages by id of their field.
    """

    whose: str
    typed: str
    logo: bytes
    has_questions: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> Branding:
        """The branding; without an accent while its code cannot be read."""
        if self.whose != OWN_ACCENT or "code" in self.errors:
            return Branding("", self.logo, self.has_questions)
        return Branding(parse_hex(self.typed), self.logo, self.has_questions)


def _too_large_text() -> tuple[str, str]:
    return _("Diese Datei ist zu groß"), _(
        "Möglich sind %(most)s MB. Gehen Sie zurück, und wählen Sie ein kleineres Bild.",
        most=MAX_LOGO_BYTES // 1_000_000,
    )


@blueprint.get("")
@permit(Permission.ORGANISATION_EDIT)
def show(organisation_id: int) -> ResponseReturnValue:
    look, version = branding.company_branding(db(), organisation_id)
    return _page(
        BrandingChoice(
            OWN_ACCENT if look.accent else DEFAULT_ACCENT, look.accent, look.logo, look.has_questions
        ),
        look,
        version,
    )


@blueprint.post("")
@permit(Permission.ORGANISATION_EDIT)
@accepts_upload(MAX_LOGO_BYTES + DEFAULT_MAX_REQUEST_BYTES, too_large=_too_large_text)
def change(organisation_id: int) -> ResponseReturnValue:
    """Save the choice or preview it; a chosen logo is carried along."""
    stored, version = branding.company_branding(db(), organisation_id)
    seen = request.form.get("version", 0, type=int)
    end_transaction()  # releases the lock while the logo is redrawn
    choice = _read_choice(stored)
    if choice.errors:
        return _page(choice, stored, seen), 422
    if request.form.get("action") == "preview":
        return _page(choice, stored, seen)
    try:
        branding.change_branding(
            db(), current_organisation(), choice.look, seen=seen, actor=current_actor(), now=datetime.now(UTC)
        )
    except ConflictError:
        text = _(
            "Jemand anderes hat das Erscheinungsbild gerade geändert. Ihre Auswahl steht noch hier; prüfen "
            "Sie sie, und speichern Sie noch einmal."
        )
        choice.errors["whose"] = text
        return _page(choice, stored, version), 409
    flash(_("Gespeichert."), "success")
    return redirect(url_for("look.show", organisation_id=organisation_id), 303)


@blueprint.get("/logo.png")
@permit(Permission.ORGANISATION_VIEW)
def logo(organisation_id: int) -> ResponseReturnValue:
    """The logo as printed, as PNG."""
    look, _version = branding.company_branding(db(), organisation_id)
    return Response(look.logo, mimetype="image/png") if look.logo else abort(404)


def _read_choice(stored: Branding) -> BrandingChoice:
    whose = OWN_ACCENT if request.form.get("whose") == OWN_ACCENT else DEFAULT_ACCENT
    has_questions = bool(request.form.get("with-questions"))
    choice = BrandingChoice(whose, _read_accent_code(), _previous_logo(stored), has_questions)
    if whose == OWN_ACCENT:
        try:
            parse_hex(choice.typed)
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
                choice.logo = inspection.inspect_logo(sent.filename, sent.read(), largest=MAX_LOGO_BYTES)
            except FileRejected as refused:
                record_refused_file(refused.why)
                choice.errors["logo"] = logo_rejection_text(sent.filename, refused.why)
    return choice


def _read_accent_code() -> str:
    """The colour code from the field that was changed: typed, else picked.

    Without a script nothing keeps both fields alike.
    """
    said = {name: request.form.get(name, "") for name in ("code", "code-before", "picked", "picked-before")}
    is_picked = said["picked"] != said["picked-before"] and said["code"] == said["code-before"]
    return (said["picked"] if is_picked else said["code"]).strip()[:20]


def _previous_logo(stored: Branding) -> bytes:
    """The logo of the posted page: chosen before or stored; empty if it is to be removed."""
    if request.form.get("without-logo"):
        return b""
    carried = signed_payload.unsign_payload(
        PAYLOAD_KIND, current_organisation().id, request.form.get("carried", "")
    )
    return base64.b64decode(carried) if carried else stored.logo


def _page(choice: BrandingChoice, stored: Branding, version: int) -> str:
    organisation = current_organisation()
    is_new = choice.logo not in (b"", stored.logo)
    carried = base64.b64encode(choice.logo).decode() if is_new else ""
    return render_template(
        "declarations/branding.html",
        organisation=organisation,
        choice=choice,
        look=choice.look,
        version=version,
        picked=choice.look.accent or DEFAULT_ACCENT_CODE,
        is_changed=choice.look != stored,
        is_new_logo=is_new,
        areas=AREA_COLOURS,
        effects=branding_effects(choice.look),
        chart=sample_chart(choice.look),
        carried=signed_payload.sign_payload(PAYLOAD_KIND, organisation.id, carried) if is_new else "",
        errors=[{"text": text, "href": f"#{name}"} for name, text in choice.errors.items()],
        drafts=declarations.of_organisations(db(), [organisation.id]),
    )
