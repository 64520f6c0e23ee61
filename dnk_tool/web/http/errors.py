"""Error pages in both languages: they say what to do next and reveal no internals."""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    SecurityError,
    ServiceUnavailable,
)

from dnk_tool.domain.permissions import Actor, Archived, ArchivedYear, Deleted, NotPermitted
from dnk_tool.domain.text import normalised
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.editing.locks import Locked
from dnk_tool.tracebacks import redacted_traceback
from dnk_tool.web.http import conflict_of_interest, interrupted_forms, request_limits, security_events
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.input.identifiers import MAX_ID
from dnk_tool.web.http.transactions import discard_transaction, will_be_repeated

log = logging.getLogger(__name__)

RETRY_SECONDS = 10
_MACHINE_ENDINGS = (".json", ".atom", ".ics")
LENGTH_LIMIT = re.compile(r"character varying\((\d+)\)")  # in PostgreSQL's message
SHOWN_LETTERS = 60
PLAIN_ERROR_PAGE = """<!DOCTYPE html>
<html lang="de"><meta charset="utf-8"><title>dnk-tool</title>
<h1>Das hat nicht geklappt</h1>
<p>Bitte versuchen Sie es in einigen Minuten noch einmal.</p>
<p lang="en">Something went wrong. Please try again in a few minutes.</p></html>
"""


def init_app(app: Flask) -> None:
    """Turn every error into a page."""
    # Flask would log the address, which may hold a secret link; errors are logged below without it.
    app.log_exception = _log_nothing  # type: ignore[method-assign]  # the only place to turn it off
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(Archived, _archived)
    app.register_error_handler(Deleted, lambda _error: inaccessible_page(404))
    app.register_error_handler(Locked, _locked)
    app.register_error_handler(DataError, _unfit_data)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(InterfaceError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)


def _log_nothing(exc_info: Any) -> None:
    pass


def error_page(status: int) -> Response:
    """Render the page for a status; JSON where a program asked for a file, plain HTML if rendering fails."""
    g.error_page = True
    title, text = _title_and_text(status)
    if request.path.endswith(_MACHINE_ENDINGS) and "text/html" not in request.headers.get("Accept", ""):
        return _problem(status, title, text)
    values: dict[str, Any] = {"title": title, "text": text, "request_id": "", "status": status}
    if status >= 500:
        # Messages of the step before stay in the cookie, which no such response changes, for the next page.
        values |= {"request_id": request_id(), "flashes": ()}
    try:
        page = render_template("error.html", **values)
    except Exception:
        log.exception("the error page %s cannot be shown (request %s)", status, request_id())
        page = PLAIN_ERROR_PAGE
    return _with_retry(make_response(page, status))


def _problem(status: int, title: str, text: str) -> Response:
    """The error as RFC 9457 has it, for the programs that fetch data, feeds and calendars."""
    problem = {"type": "about:blank", "title": title, "status": status, "detail": text}
    if status >= 500:
        problem["request"] = request_id()
    response = make_response(json.dumps(problem, ensure_ascii=False), status)
    response.mimetype = "application/problem+json"
    return _with_retry(response)


def _with_retry(response: Response) -> Response:
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _title_and_text(status: int) -> tuple[str, str]:
    titles = {
        400: (_("Da fehlte etwas"), _("Laden Sie die Seite neu und versuchen Sie es noch einmal.")),
        403: (
            _("Dazu fehlen Ihnen hier die Rechte"),
            _("Fragen Sie die Person, der die Erklärung gehört, wenn Sie mehr Rechte brauchen."),
        ),
        404: (_("Diese Seite gibt es nicht"), _("Prüfen Sie die Adresse, oder gehen Sie zur Startseite.")),
        405: (_("Diese Seite lässt sich so nicht öffnen"), _("Gehen Sie zur Startseite.")),
        409: (_("Jemand war schneller"), _("Laden Sie die Seite neu, um den neuen Stand zu sehen.")),
        410: (_("Diese Seite gibt es nicht mehr"), _("Gehen Sie zur Startseite.")),
        413: (
            _("Das ist zu viel auf einmal"),
            _(
                "Gehen Sie zurück, kürzen Sie Ihren Text und senden Sie ihn noch einmal. "
                "Er steht noch im Formular."
            ),
        ),
        422: (
            _("Diese Angaben können wir nicht lesen"),
            _("Gehen Sie zurück, prüfen Sie Ihre Eingaben und senden Sie sie noch einmal."),
        ),
        429: (_("Zu viele Versuche"), _("Warten Sie etwas, und versuchen Sie es dann noch einmal.")),
        503: (_("Das dauert gerade zu lange"), _("Versuchen Sie es in einer halben Minute noch einmal.")),
    }
    if g.get("is_archived"):
        return _archived_words()
    if status == 403 and conflict_of_interest.has_conflict_of_interest():
        return _("Das prüft jemand anderes"), conflict_of_interest.conflict_message()
    if status == 413 and (too_large := request_limits.too_large_text()) is not None:
        return too_large
    if status in (400, 422) and g.get("has_unreadable_input"):
        text = _(
            "In der Adresse oder in Ihren Eingaben stehen Zeichen, die sich nicht speichern lassen. Gehen "
            "Sie zurück, entfernen Sie diese Zeichen, und versuchen Sie es noch einmal."
        )
        return titles[422][0], text
    general = (
        _("Das hat nicht geklappt"),
        _("Der Fehler liegt bei uns. Ihre gespeicherten Angaben sind sicher."),
    )
    return titles.get(status, general if status >= 500 else titles[400])


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error  # a redirect of the router
    if isinstance(error, SecurityError):
        security_events.record(SecurityEvent.HOST_REFUSED)
        return make_response(PLAIN_ERROR_PAGE, 400)  # no addresses for a foreign host
    original = getattr(error, "original_exception", None)
    if isinstance(original, OperationalError | InterfaceError | PoolTimeout):
        return _database_error(original)
    if isinstance(error, InternalServerError):
        log.error("request %s failed", request_id(), exc_info=original)
    if isinstance(error, ServiceUnavailable):
        return unavailable()
    response = inaccessible_page(status) if status in (403, 404) else error_page(status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def inaccessible_page(status: int) -> Response:
    """Show the error page, or typed text, for copying, if the request has any."""
    g.error_page = True
    is_about_words = not (request.endpoint or "").startswith(interrupted_forms.ENDPOINTS_WITHOUT_TEXT)
    page = interrupted_forms.typed_text_page() if is_about_words else None
    return make_response(page, status) if page else error_page(status)


def _unfit_data(error: DataError) -> ResponseReturnValue:
    """What was sent fits into no column: nothing is saved, and the typed text is shown for sending it again.

    The log names the statement's table, not its values.
    """
    log.warning("request %s: data do not fit: %s", request_id(), redacted_traceback(error).splitlines()[-1])
    discard_transaction()
    if interrupted_forms.is_fetch_request():
        return interrupted_forms.unreadable_response(), 422
    return resume_response("unfit", 422, _unfit_words(error)) or error_page(422)


def _unfit_words(error: DataError) -> str:
    """The typed values that the statement could not store, each shortened; "" if none is recognised."""
    limit = LENGTH_LIMIT.search(str(error.orig))
    refused = set(_unfit_values(error.params, int(limit[1]) if limit else None))
    typed = (value for name, value in request.form.items(multi=True) if interrupted_forms.is_text_field(name))
    words = dict.fromkeys(normalised(value) for value in typed if normalised(value) in refused)
    return ", ".join(
        f"„{text[:SHOWN_LETTERS]}…“" if len(text) > SHOWN_LETTERS else f"„{text}“" for text in words
    )


def _unfit_values(values: Any, limit: int | None) -> Iterator[str]:
    """The texts longer than the limit, and the numbers beyond what a column of whole numbers holds."""
    if isinstance(values, str):
        if limit is not None and len(values) > limit:
            yield values
    elif isinstance(values, int) and not -MAX_ID <= values <= MAX_ID:
        yield str(values)
    elif isinstance(values, Mapping):
        yield from _unfit_values(list(values.values()), limit)
    elif isinstance(values, Sequence) and not isinstance(values, bytes):
        for value in values:
            yield from _unfit_values(value, limit)


def _database_error(error: Exception) -> ResponseReturnValue:
    if will_be_repeated(error):
        return Response(status=503)
    # SQLite's error name tells, for example, a full disk or a lock.
    why = getattr(getattr(error, "orig", None), "sqlite_errorname", type(error).__name__)
    log.error("request %s: the database does not answer (%s)", request_id(), why)
    return unavailable()


def unavailable() -> ResponseReturnValue:
    """Return 503 with the typed text and a button to send it again. Does not use the database."""
    discard_transaction()
    if will_be_repeated():
        return Response(status=503)
    _forget_actor()
    session.pop("_flashes", None)  # may say "saved" although the commit failed
    if interrupted_forms.is_fetch_request():
        return make_response(
            interrupted_forms.unavailable_response(), 503, {"Retry-After": str(RETRY_SECONDS)}
        )
    return resume_response("unavailable", 503) or error_page(503)


def _forget_actor() -> None:
    """Render as for a visitor, since reading the account needs the database."""
    g.actor = Actor()
    for name in ("account", "organisation", "declaration"):
        g.pop(name, None)
    current_app.extensions["security"].login_manager._update_request_context_with_user()


def _not_permitted(_error: NotPermitted) -> ResponseReturnValue:
    security_events.record(SecurityEvent.PERMISSION_DENIED)
    return inaccessible_page(403)


def _archived(error: Archived) -> ResponseReturnValue:
    """Say that it can only be read, and show the typed text for copying. Who tries has not done wrong."""
    g.is_archived, g.error_page = True, True
    g.is_archived_year = isinstance(error, ArchivedYear)
    if interrupted_forms.is_fetch_request():
        return interrupted_forms.archived_response(), 409
    page = interrupted_forms.typed_text_page(_archived_words()[1])
    return make_response(page, 403) if page else error_page(403)


def _archived_words() -> tuple[str, str]:
    text = _(
        "Das ist archiviert: Was hier steht, lässt sich lesen, aber nicht ändern. "
        "Wer diese Installation betreibt, kann es aus dem Archiv zurückholen."
    )
    if g.get("is_archived_year"):
        text = _(
            "Dieses Berichtsjahr ist archiviert: Was hier steht, lässt sich lesen, aber nicht ändern. Wer "
            "das Cluster leitet, kann es unter „Team“, „Jahre archivieren“ zurückholen."
        )
    return _("Das ist archiviert"), text


def _locked(_error: Locked) -> ResponseReturnValue:
    """The declaration was finished meanwhile: keep the typed text for when it is open again."""
    if interrupted_forms.is_fetch_request():
        return interrupted_forms.locked_response(), 409
    return resume_response("locked", 409) or error_page(409)


def _csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Show a form from an earlier sign-in again with a new token; refuse forms from other sites."""
    security_events.record(SecurityEvent.TOKEN_REFUSED, refused="form")
    if interrupted_forms.is_fetch_request():
        return interrupted_forms.signed_out_response(), 400
    if request.endpoint == "security.login":
        return _sign_in_again()
    return resume_response("old", 400) or error_page(400)


def _sign_in_again() -> ResponseReturnValue:
    if "account" in g:
        page = interrupted_forms.resume_page(interrupted_forms.carried_form())
        return make_response(page, 400) if page else error_page(400)
    message = _("Die Seite war zu lange offen. Bitte geben Sie Ihr Passwort noch einmal ein.")
    return make_response(sign_in_page(message), 400)


def sign_in_page(message: str) -> str:
    """The sign-in page with the message and the typed address."""
    errors = [{"text": message, "href": "#email"}]
    values = interrupted_forms.sign_in_page_values(errors=errors, email=request.form.get("email", ""))
    return render_template("accounts/sign_in/sign_in.html", **values)


def resume_response(reason: str, status: int, note: str = "") -> Response | None:
    """The form's fields with a button to send them again; None for a form without text."""
    if (request.endpoint or "").startswith(interrupted_forms.ENDPOINTS_WITHOUT_TEXT):
        return None
    page = interrupted_forms.resume_page(interrupted_forms.posted_form(), reason, note)
    if page is None:
        return None
    response = make_response(page, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
