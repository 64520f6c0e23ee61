"""Nothing typed is lost when a sign-in has run out: the fields travel along and are sent again afterwards."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer

from dnk_tool.web.http.safe_urls import is_from_here, own_path, this_path
from dnk_tool.web.http.transactions import is_safe

FIELD = "kept"  # carries path and fields through the sign-in form
BROWSER = "browser"  # names this browser in its own cookie, so that nobody else's words come back in it
SECRETS = {"password", "password_confirm", "new_password", "code", "recovery_code", "credential"}
WITHOUT_SIGN_IN = frozenset({"contributions.answer"})  # a secret link opens these
NEVER_KEPT = frozenset({"csrf_token", "autosave", FIELD, *SECRETS})

# Fields in which nobody writes: what a page carries along, and what is chosen on it. All others hold words.
CHOSEN = re.compile(
    r"(read|done|withdrawn)-\d+|reply-.+|w-[0-9a-f]{12}-(?!text).+|ref-.+-(version|disclosure|reason|taken|unit|quality)"
    r"|action|agrees|audience|cluster|confirmed|done|figures|indicator_set|known|kriterium|language|legal_form"
    r"|message_id|next|number-language|options|points|publishes_assessment|rating|ref|required|role|rows"
    r"|sections|sector|seen|shown|sign_in|signatory|step|stock|sure|to|turnover_unit|username|verdict|version"
    r"|viewport|wants_reminders"
)
NEVER_SHOWN = ("password", "secret", "token")


@dataclass(frozen=True)
class Fields:
    """What a form sent, and where to."""

    path: str
    fields: list[tuple[str, str]]


def ask_to_sign_in() -> ResponseReturnValue:
    """The answer to a signed-out visitor: the sign-in page, which knows the way back."""
    if is_script():
        return script_answer(), 401
    if is_safe():
        return redirect(url_for("security.login", next=this_path()))
    return render_template("security/login_user.html", **sign_in_page(posted(), expired=True)), 401


def sign_in_page(found: Fields | None = None, *, expired: bool = False, **values: Any) -> dict[str, Any]:
    """What the sign-in template needs. The fields to carry are the given ones, else those carried so far."""
    kept = packed(found or carried())
    is_sign_in = request.endpoint in ("security.login", "passkeys.sign_in")
    after = own_path(request.values.get("next")) if is_sign_in else "/"
    return {"kept": kept, "expired": expired, "after": after, "errors": (), "email": ""} | values


def is_script() -> bool:
    """Whether our own script asks, which reads JSON."""
    return request.headers.get("X-Requested-With") == "fetch"


def script_answer() -> Any:
    """What the autosave is told: the text waits in the browser. A new token serves who is signed in again,
    and who never needed to be.
    """
    if request.endpoint in WITHOUT_SIGN_IN:
        again = _("Bitte laden Sie die Seite neu. Ihr Text bleibt in diesem Browser gesichert.")
        return jsonify(status="signed-out", message=again, csrf_token=generate_csrf())
    message = _(
        "Sie sind nicht mehr angemeldet. Ihr Text bleibt hier: Melden Sie sich in einem neuen Fenster an."
    )
    return jsonify(
        status="signed-out", message=message, csrf_token=generate_csrf() if "_user_id" in session else None
    )


def locked_answer() -> Any:
    """What the autosave is told once the declaration is finished: the text waits in the browser."""
    message = _("Dieser Teil ist inzwischen gesperrt. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="conflict", message=message)


def unavailable_answer() -> Any:
    """What the autosave is told while the database does not answer: it tries again."""
    message = _("Das Speichern dauert gerade zu lange. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="unavailable", message=message)


def posted() -> Fields | None:
    """The fields of this request with their address; None if there is nothing to keep.

    Another site's form is never kept, or its words would be sent in the person's name.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    if request.method != "POST" or not fields or not is_from_here():
        return None
    return Fields(this_path(), fields)


def carried() -> Fields | None:
    """The fields that the sign-in form of this request carries; None unless this browser was given them."""
    return unpacked(request.form.get(FIELD, "")) if is_from_here() else None


def packed(found: Fields | None) -> str:
    """The fields as they travel through the sign-in form of this browser, and of no other; empty for None."""
    if found is None:
        return ""
    session.setdefault(BROWSER, secrets.token_hex(16))
    return str(_signer().dumps([session[BROWSER], found.path, found.fields]))


def unpacked(text: str) -> Fields | None:
    """What was packed for this browser; None for anything else."""
    try:
        browser, path, fields = _signer().loads(text)
    except BadSignature:
        return None
    if browser != session.get(BROWSER):
        return None
    return Fields(path, [(name, value) for name, value in fields])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="dnk-kept")


def resume_page(found: Fields | None, reason: str = "signed-in") -> str | None:
    """A page with one button that sends the fields to where they were meant for, with a token of today.

    `reason` is "signed-in", "old" (a form of an earlier sign-in), "locked" (a finished declaration) or
    "unavailable" (the database). None if there are no fields.
    """
    if found is None:
        return None
    if reason == "old" and request.endpoint in WITHOUT_SIGN_IN:
        reason = "stale"
    return render_template(
        "security/resume.html",
        path=found.path,
        fields=found.fields,
        words=words_of(found.fields),
        reason=reason,
    )


def words_page() -> str | None:
    """A page that shows what somebody wrote to where they may not go, or not any more, so that they can
    copy it; None if they wrote nothing.
    """
    found = posted()
    words = words_of(found.fields) if found else []
    return render_template("security/words.html", words=words) if words else None


def words_of(fields: list[tuple[str, str]]) -> list[str]:
    """What somebody wrote into the fields, each text once, and neither secrets nor what was only chosen."""
    return list(dict.fromkeys(value for name, value in fields if value.strip() and is_written(name)))


def is_written(name: str) -> bool:
    """Whether it is a field in which people write words that they may see again."""
    is_secret = name in NEVER_KEPT or any(word in name for word in NEVER_SHOWN)
    return not is_secret and not CHOSEN.fullmatch(name)
