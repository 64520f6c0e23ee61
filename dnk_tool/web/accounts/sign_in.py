"""The end of every way to sign in: the second step if one is set up, then the interrupted page."""

import logging
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import login_user

from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import devices, pending_sign_in
from dnk_tool.web.accounts.users import User
from dnk_tool.web.http import interrupted_forms, rate_limits
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.safe_urls import safe_redirect_path
from dnk_tool.web.http.transactions import db

log = logging.getLogger(__name__)


class SecondStepPlugin(TfPlugin):
    """Replaces Flask-Security's second factors, which write on GET and keep unfinished sign-ins."""

    def tf_enter(self, user: Any, *_given: Any, **_more: Any) -> Any:
        """Return the second step's response after a correct password; None without a second factor."""
        return pending_sign_in.begin(user.account) if second_factors.has_any(db(), user.account.id) else None


def accept_first_factor(account: Account, *, via: str) -> ResponseReturnValue:
    """Continue after the first factor: with the second step if one is set up, else signed in."""
    if second_factors.has_any(db(), account.id):
        return pending_sign_in.begin(account)
    return complete_sign_in(account, via=via)


def complete_sign_in(account: Account, *, via: str) -> ResponseReturnValue:
    """Sign the account in, all required factors being proved. `via` names the last one."""
    login_user(User(account), authn_via=[via])
    return after_sign_in(account)


def after_sign_in(account: Account) -> ResponseReturnValue:
    """Clear the rate limits, remember the browser, and resume what the sign-in interrupted."""
    log.info("account %s signed in (request %s)", account.id, request_id())
    rate_limits.forget_account_attempts()
    devices.remember_device(account.email)
    return resume_or_redirect()


def resume_or_redirect() -> ResponseReturnValue:
    """Show the interrupted form for sending, or redirect to `next`."""
    page = interrupted_forms.resume_page(interrupted_forms.carried_form())
    return page or redirect(safe_redirect_path(request.values.get("next")), 303)
