"""Nothing typed is lost when a sign-in has run out: the fields travel along and are sent again afterwards."""

import json
from typing import Any

from flask import jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from dnk_tool.web.addresses import is_from_here, own_path, this_path
from dnk_tool.web.transactions import is_safe

FIELD = "kept"  # carries path and fields through the sign-in form
LARGEST = 2_500_000
NEVER_KEPT = frozenset({"csrf_token", "autosave", "password", "password_confirm", "new_password", FIELD})


def ask_to_sign_in() -> ResponseReturnValue:
    """The answer to a signed-out visitor: the sign-in page, which knows the way back."""
    if is_script():
        return script_answer(), 401
    if is_safe():
        return redirect(url_for("security.login", next=this_path()))
    return render_template("security/login_user.html", **sign_in_page(kept=posted(), expired=True)), 401


def sign_in_page(*, kept: str = "", expired: bool = False, **values: Any) -> dict[str, Any]:
    """What the sign-in template needs."""
    after = own_path(request.values.get("next")) if request.endpoint == "security.login" else "/"
    return {"kept": kept, "expired": expired, "after": after, "errors": (), "email": ""} | values


def is_script() -> bool:
    """Whether our own script asks, which reads JSON."""
    return request.headers.get("X-Requested-With") == "fetch"


def script_answer() -> Any:
    """What the autosave is told: the text waits in the browser. A new token serves who is signed in again."""
    message = _(
        "Sie sind nicht mehr angemeldet. Ihr Text bleibt hier: Melden Sie sich in einem neuen Fenster an."
    )
    return jsonify(
        status="signed-out", message=message, csrf_token=generate_csrf() if "_user_id" in session else None
    )


def locked_answer() -> Any:
    """What the autosave is told once the declaration is finished: the text waits in the browser."""
    message = _("Diese Erklärung ist inzwischen abgeschlossen. Ihr Text bleibt in diesem Browser gesichert.")
    return jsonify(status="conflict", message=message)


def posted() -> str:
    """The fields of this request with their address, ready to travel; empty if there is nothing to keep.

    Another site's form is never kept, or its words would be sent in the person's name.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    if request.method != "POST" or not fields or not is_from_here():
        return ""
    packed = json.dumps({"path": this_path(), "fields": fields}, ensure_ascii=False)
    return packed if len(packed.encode()) <= LARGEST else ""


def unpacked(packed: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Address and fields as they were packed; None for anything else."""
    try:
        content = json.loads(packed)
        path = own_path(content["path"], default="")
        fields = [(str(name), str(value)) for name, value in content["fields"]]
    except (ValueError, TypeError, KeyError):
        return None
    return (path, [field for field in fields if field[0] not in NEVER_KEPT]) if path else None


def resume_page(packed: str, reason: str = "signed-in") -> str | None:
    """A page with one button that sends the fields to where they were meant for, with a token of today.

    `reason` is "signed-in", "old" (a form of an earlier sign-in), "locked" (a finished declaration) or
    "unavailable" (the database).
    """
    found = unpacked(packed)
    if found is None:
        return None
    return render_template("security/resume.html", path=found[0], fields=found[1], reason=reason)
