"""What people see when a limit is reached: how long to wait, and what they typed."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import TooManyRequests

from dnk_tool.language import format_timestamp
from dnk_tool.services.accounts.action_limits import ActionLimitReached, LimitedAction
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.web.http import errors, interrupted_forms, security_events
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import discard_transaction

SHOWN_AS_SECONDS = 120  # longer waits are named in minutes

LimitPage = Callable[[str], str]


def init_app(app: Flask) -> None:
    """Show these pages instead of the general one."""
    app.register_error_handler(TooManyRequests, _attempts_page)
    app.register_error_handler(ActionLimitReached, _action_page)
    show_on_form(app, "security.login", errors.sign_in_page)
    show_on_form(app, "security.forgot_password", _forgot_password_page)


def show_on_form(app: Flask, endpoint: str, page: LimitPage) -> None:
    """Show a reached limit on the form of this endpoint; `page` renders it with the message."""
    app.extensions.setdefault("dnk_limit_pages", {})[endpoint] = page


def _attempts_page(_error: TooManyRequests) -> ResponseReturnValue:
    """Too many attempts: on the page of the form, if it has one that keeps what was typed."""
    g.error_page = True
    seconds, page = g.get("retry_after", 0), _form_page()
    if page is not None:
        response = make_response(page(_("Zu viele Versuche.") + " " + _wait_message(seconds)), 429)
    elif interrupted_forms.is_fetch_request():
        response = errors.error_page(429)
    else:
        text = _wait_message(seconds)
        response = errors.resume_response("limited", 429, text) or make_response(
            render_template("error.html", title=_("Zu viele Versuche"), text=text, request_id="", status=429),
            429,
        )
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response


def _action_page(error: ActionLimitReached) -> ResponseReturnValue:
    """Too many mails or companies: when it goes on, with a button that sends again what was typed."""
    discard_transaction()
    g.error_page = True
    whom = "recipient" if error.is_recipient else "sender"
    security_events.record(SecurityEvent.LIMIT_REACHED, limit=f"{error.action.value} by {whom}")
    text = _reason(error) + " " + _("Ab %(when)s geht es wieder.", when=_moment(error.until))
    page = interrupted_forms.resume_page(interrupted_forms.posted_form(), "limited", text)
    if page is None:
        title = _("Das war zu oft in kurzer Zeit")
        page = render_template("error.html", title=title, text=text, request_id="", status=429)
    response = make_response(page, 429)
    seconds = max(1, round((error.until - datetime.now(UTC)).total_seconds()))
    response.headers["Retry-After"] = str(seconds)
    return response


def _form_page() -> LimitPage | None:
    pages: dict[str, LimitPage] = current_app.extensions["dnk_limit_pages"]
    return pages.get(request.endpoint or "") if request.method == "POST" else None


def _wait_message(seconds: int) -> str:
    if not seconds:
        return str(_("Warten Sie etwas, und versuchen Sie es dann noch einmal."))
    if seconds < SHOWN_AS_SECONDS:
        time = ngettext("%(num)d Sekunde", "%(num)d Sekunden", seconds)
    else:
        time = ngettext("%(num)d Minute", "%(num)d Minuten", -(-seconds // 60))
    return str(_("Warten Sie noch %(time)s, und versuchen Sie es dann noch einmal.", time=time))


def _reason(error: ActionLimitReached) -> str:
    if error.is_recipient:
        return str(_("Diese Person hat heute schon viele E-Mails von hier bekommen."))
    if error.action is LimitedAction.COMPANY:
        return str(_("Sie haben heute schon viele Unternehmen angelegt."))
    return str(_("Sie haben in kurzer Zeit schon viele E-Mails gesendet."))


def _moment(until: datetime) -> str:
    return format_timestamp(until, current_language())


def _forgot_password_page(message: str) -> str:
    shown = [{"text": message, "href": "#email"}]
    email = request.form.get("email", "")
    return render_template("accounts/sign_in/forgot_password.html", errors=shown, email=email)
