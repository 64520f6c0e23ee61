"""A sign-in between password and second step, kept in the visitor's cookie; grants no access by itself."""

import hashlib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import devices, passkey_challenges
from dnk_tool.web.http import interrupted_forms
from dnk_tool.web.http.safe_urls import safe_redirect_path
from dnk_tool.web.http.transactions import db

SESSION_KEY = "waiting"
VALID_FOR = timedelta(minutes=10)


def begin(account: Account) -> ResponseReturnValue:
    """Ask for the second step; carries an interrupted form along."""
    session[SESSION_KEY] = {
        "id": account.id,
        "mark": _account_hash(account),
        "known": devices.known_device_id(account.email),
        "at": time.time(),
    }
    if interrupted_forms.carried_form():
        return make_response(second_step_page(account))
    return redirect(url_for("second_step.show", next=safe_redirect_path(request.values.get("next"))), 303)


def pending_account() -> Account | None:
    """The account that waits for its second step here; None after ten minutes or a new password."""
    pending_sign_in: dict[str, Any] = session.get(SESSION_KEY, {})
    if not pending_sign_in or not 0 <= time.time() - pending_sign_in["at"] < VALID_FOR.total_seconds():
        return None
    account = db().get(Account, pending_sign_in["id"])
    return (
        account if account and account.active and _account_hash(account) == pending_sign_in["mark"] else None
    )


def attempt_key() -> str:
    """Rate-limit key for second-step attempts; known browsers have a key of their own."""
    pending_sign_in: dict[str, Any] = session.get(SESSION_KEY, {})
    return f"waiting:{pending_sign_in['id']}:{pending_sign_in['known']}" if pending_sign_in else ""


def key_of_strangers() -> str:
    """Rate-limit key of the account; "" for a browser that signed in to it before."""
    pending_sign_in: dict[str, Any] = session.get(SESSION_KEY, {})
    is_counted = pending_sign_in and not pending_sign_in["known"]
    return devices.account_key(pending_sign_in["id"]) if is_counted else ""


def end() -> None:
    """Forget the pending sign-in."""
    session.pop(SESSION_KEY, None)


def second_step_page(account: Account, errors: Sequence[dict[str, str]] = ()) -> str:
    """Render the page that asks for the second factor."""
    kept = interrupted_forms.carried_form()
    return render_template(
        "accounts/sign_in/second_step.html",
        has_app=second_factors.app_of(db(), account.id) is not None,
        has_passkey=passkey_challenges.are_passkeys_possible()
        and bool(second_factors.passkeys_of(db(), account.id)),
        errors=errors,
        after=safe_redirect_path(request.values.get("next")),
        kept=interrupted_forms.sign_form(kept) if kept else "",
    )


def _account_hash(account: Account) -> str:
    return hashlib.sha256(account.fs_uniquifier.encode()).hexdigest()[:32]
