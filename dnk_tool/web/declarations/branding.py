"""The branding of a company's declarations: accent, logo and portrait, with a preview."""

import base64
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.colours import AREA_COLOURS, parse_hex
from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.branding import Branding
from dnk_tool.services.declarations import branding
from dnk_tool.services.uploads import inspection
from dnk_tool.services.uploads.inspection import MAX_LOGO_BYTES, MAX_PORTRAIT_BYTES
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.branding_text import (
    DEFAULT_ACCENT_CODE,
    branding_effects,
    logo_rejection_text,
    portrait_rejection_text,
    sample_chart,
)
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.request_limits import DEFAULT_MAX_REQUEST_BYTES, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.uploads import record_refused_file

blueprint = Blueprint("look", __name__, url_prefix="/unternehmen/<int:organisation_id>/erscheinungsbild")

LOGO, PORTRAIT = "logo", "portrait"  # names of the fields, and kinds of the signed payloads
CARRIED = {LOGO: "carried", PORTRAIT: "carried-portrait"}
OWN_ACCENT, DEFAULT_ACCENT = "own", "usual"


@dataclass
class BrandingChoice:
    """The form as typed: own or default accent, its code, pictures (empty for none), printed questions.

    `errors`: messages by id of their field.
    """

    whose: str
    typed: str
    logo: bytes
    has_questions: bool = False
    portrait: bytes = b""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> Branding:
        """The branding; without an accent while its code cannot be read."""
        if self.whose != OWN_ACCENT or "code" in self.errors:
            return Branding("", self.logo, self.has_questions, self.portrait)
        return Branding(parse_hex(self.typed), self.logo, self.has_questions, self.portrait)


def _too_large_text() -> tuple[str, str]:
    return _("Diese Datei ist zu groß"), _(
        "Möglich sind %(most)s MB. Gehen Sie zurück, und wählen Sie ein kleineres Bild.",
        most=MAX_PORTRAIT_BYTES // 1_000_000,
    )


@blueprint.get("")
@permit(Permission.ORGANISATION_EDIT)
def show(organisation_id: int) -> ResponseReturnValue:
    look, version = branding.company_branding(db(), organisation_id)
    return _page(
        BrandingChoice(
            OWN_ACCENT if look.accent else DEFAULT_ACCENT,
            look.accent,
            look.logo,
            look.has_questions,
            look.portrait,
        ),
        look,
        version,
    )


@blueprint.post("")
@permit(Permission.ORGANISATION_EDIT)
@accepts_upload(MAX_LOGO_BYTES + MAX_PORTRAIT_BYTES + DEFAULT_MAX_REQUEST_BYTES, too_large=_too_large_text)
def change(organisation_id: int) -> ResponseReturnValue:
    """Save the choice or preview it; chosen pictures are carried along."""
    stored, version = branding.company_branding(db(), organisation_id)
    seen = request.form.get("version", 0, type=int)
    end_transaction()  # releases the lock while pictures are redrawn
    choice = _read_choice(stored)
    if choice.errors:
        return _page(choice, stored, seen), 422
    if request.form.get("action") == "preview":
        return _page(choice, stored, seen)
    try:
        branding.change_branding(current_work(), current_organisation(), choice.look, seen=seen)
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


@blueprint.get("/portraet.jpg")
@permit(Permission.ORGANISATION_VIEW)
def portrait(organisation_id: int) -> ResponseReturnValue:
    """The portrait beside the foreword as printed, as JPEG."""
    look, _version = branding.company_branding(db(), organisation_id)
    return Response(look.portrait, mimetype="image/jpeg") if look.portrait else abort(404)


def _read_choice(stored: Branding) -> BrandingChoice:
    whose = OWN_ACCENT if request.form.get("whose") == OWN_ACCENT else DEFAULT_ACCENT
    has_questions = bool(request.form.get("with-questions"))
    logo, portrait = _previous_picture(LOGO, stored.logo), _previous_picture(PORTRAIT, stored.portrait)
    choice = BrandingChoice(whose, _read_accent_code(), logo, has_questions, portrait)
    if whose == OWN_ACCENT:
        try:
            parse_hex(choice.typed)
        except ValueError:
            choice.errors["code"] = _(
                "Geben Sie den Farbcode mit drei oder sechs Zeichen von 0 bis 9 und A bis F "
                "ein, zum Beispiel "
                "#1F4E79. Er steht in Ihrer Gestaltungsvorlage, oder Ihre Agentur kennt ihn."
            )
    choice.logo = _sent_picture(LOGO, choice, _inspect_logo, logo_rejection_text) or choice.logo
    choice.portrait = (
        _sent_picture(PORTRAIT, choice, _inspect_portrait, portrait_rejection_text) or choice.portrait
    )
    return choice


def _inspect_logo(name: str, content: bytes) -> bytes:
    return inspection.inspect_logo(name, content, largest=MAX_LOGO_BYTES)


def _inspect_portrait(name: str, content: bytes) -> bytes:
    return inspection.inspect_portrait(name, content, largest=MAX_PORTRAIT_BYTES)


def _sent_picture(
    field_name: str,
    choice: BrandingChoice,
    inspect: Callable[[str, bytes], bytes],
    rejection_text: Callable[[str, FileRejectionReason], str],
) -> bytes:
    """The picture that was chosen, as it is printed; empty if there is none, or one that is refused."""
    sent = request.files.get(field_name)
    if not sent or not sent.filename:
        return b""
    with closing(sent):
        try:
            return inspect(sent.filename, sent.read())
        except FileRejected as refused:
            record_refused_file(refused.why)
            choice.errors[field_name] = rejection_text(sent.filename, refused.why)
            return b""


def _read_accent_code() -> str:
    """The colour code from the field that was changed: typed, else picked.

    Without a script nothing keeps both fields alike.
    """
    said = {name: request.form.get(name, "") for name in ("code", "code-before", "picked", "picked-before")}
    is_picked = said["picked"] != said["picked-before"] and said["code"] == said["code-before"]
    return (said["picked"] if is_picked else said["code"]).strip()[:20]


def _previous_picture(field_name: str, stored: bytes) -> bytes:
    """The picture of the posted page: chosen before or stored; empty if it is to be removed."""
    if request.form.get(f"without-{field_name}"):
        return b""
    carried = signed_payload.unsign_payload(
        field_name, current_organisation().id, request.form.get(CARRIED[field_name], "")
    )
    return base64.b64decode(carried) if carried else stored


def _carried(field_name: str, chosen: bytes, stored: bytes) -> str:
    """A chosen picture for the form to send again, signed; "" if it is stored already."""
    if chosen in (b"", stored):
        return ""
    return signed_payload.sign_payload(
        field_name, current_organisation().id, base64.b64encode(chosen).decode()
    )


def _page(choice: BrandingChoice, stored: Branding, version: int) -> str:
    organisation = current_organisation()
    carried = {
        CARRIED[LOGO]: _carried(LOGO, choice.logo, stored.logo),
        CARRIED[PORTRAIT]: _carried(PORTRAIT, choice.portrait, stored.portrait),
    }
    return render_template(
        "declarations/branding.html",
        organisation=organisation,
        choice=choice,
        look=choice.look,
        version=version,
        picked=choice.look.accent or DEFAULT_ACCENT_CODE,
        is_changed=choice.look != stored,
        is_new_logo=bool(carried[CARRIED[LOGO]]),
        is_new_portrait=bool(carried[CARRIED[PORTRAIT]]),
        areas=AREA_COLOURS,
        effects=branding_effects(choice.look),
        chart=sample_chart(choice.look),
        carried=carried,
        errors=[{"text": text, "href": f"#{name}"} for name, text in choice.errors.items()],
        drafts=declarations.of_organisations(db(), [organisation.id]),
    )
