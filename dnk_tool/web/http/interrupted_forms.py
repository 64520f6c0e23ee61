"""Carries form fields through a sign-in that had expired, so that nothing typed is lost."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer

from dnk_tool.services.accounts import signing
from dnk_tool.web.http.input.characters import storable
from dnk_tool.web.http.safe_urls import current_path, is_same_origin, safe_redirect_path
from dnk_tool.web.http.transactions import is_safe

CARRIER_FIELD = "kept"  # field of the sign-in form with signed path and fields
BROWSER_KEY = "browser"  # session key of a random id: only this browser can use what it was given
SECRET_FIELDS = {"password", "password_confirm", "new_password", "code", "recovery_code", "credential"}
ENDPOINTS_WITHOUT_SIGN_IN = frozenset({"contributions.answer", "jury.save"})  # by secret links
LIST_FIELD = "list"  # a pasted list, which is about people: it is pasted again instead
NEVER_CARRIED = frozenset({"csrf_token", "autosave", CARRIER_FIELD, LIST_FIELD, *SECRET_FIELDS})

# Hidden fields and choices. All other fields hold text that people wrote.
CHOICE_FIELDS = re.compile(
    r"(read|done|withdrawn|draft|number|points)-\d+|reply-.+|save_id|w-[0-9a-f]{12}-(?!text).+|ref-.+-(version|disclosure|reason|taken|unit|quality)"
    r"|fact-(?!.+-value$).+|abstains|is_public"
    r"|savings-\d+-carrier|action|agrees|aim|asked|attribution|audience|basis|categories|chosen|cluster|cluster_news|column-[\w-]+|confirmed"
    r"|counts_for|criterion|done|draft|fate|figures|grid|has_material_flow|indicator_set|invitation|is_in_declaration"
    r"|kind|known|kriterium|language|legal_form|mass_unit|member|message_id|neutrality"
    r"|next|number|number-language|offen|options|others_drafts|points|publishes_assessment|quotable|rating|ref|required"
    r"|role|rows|scope[23]|sections|sector|seen|shown|sign_in|signatory|state|step|stock|sure|take|ticket|to|turnover_unit|username|verdict|version"
    r"|viewport|wahl-.+|wants_reminders"
)
# Forms without text that could be lost.
ENDPOINTS_WITHOUT_TEXT = (
    "security.",
    "set_up.",
    "second_step.",
    "fresh.",
    "passkeys.",
    "single_sign_on.",
    "registration.",
    "invitations.",
    "origin.",
)
SECRET_NAME_PARTS = ("password", "secret", "token")


@dataclass(frozen=True)
class InterruptedForm:
    """Path and fields of a form that could not be processed."""

    path: str
    fields: list[tuple[str, str]]


def ask_to_sign_in() -> ResponseReturnValue:
    """Show the sign-in page to a visitor; it returns to this request afterwards."""
    if is_fetch_request():
        return signed_out_response(), 401
    if is_safe():
        return redirect(url_for("security.login", next=current_path()))
    return render_template(
        "accounts/sign_in/sign_in.html", **sign_in_page_values(posted_form(), expired=True)
    ), 401


def refuse_unreadable() -> ResponseReturnValue | None:
    """Show a form with characters that cannot be stored again without them; None if it must not be shown."""
    if is_fetch_request():
        return unreadable_response(), 422
    interrupted_form = posted_form()
    if interrupted_form is None or (request.endpoint or "").startswith(ENDPOINTS_WITHOUT_TEXT):
        return None
    fields = [(storable(name), storable(value)) for name, value in interrupted_form.fields]
    return resume_page(InterruptedForm(interrupted_form.path, fields), "unreadable") or "", 422


def unreadable_response() -> Any:
    """JSON for autosave with characters or values that cannot be stored: the text is kept in the browser."""
    message = _("In Ihren Eingaben steht etwas, das sich nicht speichern lässt. Ihr Text bleibt hier stehen.")
    return jsonify(status="invalid", message=message)


def sign_in_page_values(
    interrupted_form: InterruptedForm | None = None, *, expired: bool = False, **values: Any
) -> dict[str, Any]:
    """Values for the sign-in template. Carries the given form, else the one carried so far."""
    kept = sign_form(interrupted_form or carried_form())
    is_sign_in = request.endpoint in ("security.login", "passkeys.sign_in")
    after = safe_redirect_path(request.values.get("next")) if is_sign_in else "/"
    return {"kept": kept, "expired": expired, "after": after, "errors": (), "email": ""} | values


def is_fetch_request() -> bool:
    """Whether our own script sent the request and reads JSON."""
    return request.headers.get("X-Requested-With") == "fetch"


def signed_out_response() -> Any:
    """JSON for autosave after a sign-out: the text is kept in the browser.

    Includes a new CSRF token if somebody is signed in again or never needed to be, and who that is: a page of
    another person must not go on with it.
    """
    if request.endpoint in ENDPOINTS_WITHOUT_SIGN_IN:
        again = _("Bitte laden Sie die Seite neu. Ihr Text bleibt in diesem Browser gesichert.")
        return jsonify(status="signed-out", message=again, csrf_token=generate_csrf())
    answer = {
        "status": "signed-out",
        "message": _("Sie sind abgemeldet. Ihr Text ist auf diesem Gerät sicher."),
        "action": _("In einem neuen Fenster anmelden"),
        "href": url_for("security.login"),
    }
    if "_user_id" not in session:
        return jsonify(answer | {"csrf_token": None})
    return jsonify(answer | {"csrf_token": generate_csrf(), "person": f"u{g.actor.user_id}"})


def locked_response() -> Any:
    """JSON for autosave once the declaration is locked: the text is kept in the browser."""
    message = _("Dieser Teil ist inzwischen gesperrt. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="conflict", message=message, action=_("Ansehen"))


def archived_response() -> Any:
    """JSON for autosave once the company is archived: the text is kept in the browser."""
    message = _("Das Unternehmen ist inzwischen archiviert. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="conflict", message=message, action=_("Ansehen"))


def unavailable_response() -> Any:
    """JSON for autosave while the database does not answer; the script tries again."""
    message = _("Das Speichern dauert gerade zu lange. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="unavailable", message=message)


def posted_form() -> InterruptedForm | None:
    """Path and fields of this request; None if there is nothing to keep.

    Forms from other sites are never kept, as they would be sent in the person's name.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_CARRIED]
    if request.method != "POST" or not fields or not is_same_origin():
        return None
    return InterruptedForm(current_path(), fields)


def carried_form() -> InterruptedForm | None:
    """The form carried by this sign-in request; None unless it was signed for this browser."""
    return unsign_form(request.form.get(CARRIER_FIELD, "")) if is_same_origin() else None


def sign_form(interrupted_form: InterruptedForm | None) -> str:
    """Sign the form for this browser's sign-in form; "" for None."""
    if interrupted_form is None:
        return ""
    session.setdefault(BROWSER_KEY, secrets.token_hex(16))
    return str(_signer().dumps([session[BROWSER_KEY], interrupted_form.path, interrupted_form.fields]))


def unsign_form(text: str) -> InterruptedForm | None:
    """The form signed for this browser; None for anything else."""
    try:
        browser, path, fields = _signer().loads(text)
    except BadSignature:
        return None
    if browser != session.get(BROWSER_KEY):
        return None
    return InterruptedForm(path, [(name, value) for name, value in fields])


def _signer() -> URLSafeSerializer:
    return signing.signer(current_app.config["SECRET_KEY"], "dnk-kept", accepts_earlier=True)


def resume_page(
    interrupted_form: InterruptedForm | None, reason: str = "signed-in", note: str = ""
) -> str | None:
    """Render a page with one button that sends the fields again, with a new CSRF token.

    `reason` is "signed-in", "confirmed" (after a step-up), "second-factor", "old" (a form from an earlier
    sign-in), "locked" (a finished declaration), "limited" (too often; `note` says how long), "unreadable"
    (its characters), "unfit" (its values; `note` names them) or "unavailable" (the database). None if there
    are no fields.
    """
    if interrupted_form is None:
        return None
    if reason == "old" and request.endpoint in ENDPOINTS_WITHOUT_SIGN_IN:
        reason = "stale"
    return render_template(
        "accounts/sign_in/resume.html",
        path=interrupted_form.path,
        fields=interrupted_form.fields,
        words=typed_texts(interrupted_form.fields),
        reason=reason,
        note=note,
    )


def typed_text_page(why: str = "") -> str | None:
    """Render typed text for copying where it cannot be sent any more, and `why`; None without text."""
    interrupted_form = posted_form()
    words = typed_texts(interrupted_form.fields) if interrupted_form else []
    return render_template("accounts/sign_in/typed_text.html", words=words, why=why) if words else None


def typed_texts(fields: list[tuple[str, str]]) -> list[str]:
    """The texts typed into the fields, each once, without secrets and choices."""
    return list(dict.fromkeys(value for name, value in fields if value.strip() and is_text_field(name)))


def is_text_field(name: str) -> bool:
    """Whether the field holds text that may be shown again."""
    is_secret = name in NEVER_CARRIED or any(word in name for word in SECRET_NAME_PARTS)
    return not is_secret and not CHOICE_FIELDS.fullmatch(name)
