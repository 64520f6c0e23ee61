"""Remembers browsers of an account's owner, so that attempts by strangers do not lock out the owner.

Known is a browser that signed in before, or set a new password by the link in a mail.
"""

import hashlib
from typing import cast

from flask import Flask, Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature

from dnk_tool.services.accounts import security_log, signing
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.transactions import session_factory

COOKIE_MAX_AGE_SECONDS = 180 * 24 * 3600


def init_app(app: Flask, key: str, *, is_https: bool) -> None:
    """Configure the signed cookie, which holds a hash of the address and grants no access."""
    app.extensions["dnk_devices"] = signing.timed_signer(key, "dnk-device", accepts_earlier=True)
    app.config["DNK_DEVICE_COOKIE"] = "__Host-dnk-device" if is_https else "dnk-device"


def known_device_id(email: str) -> str:
    """Return a short hash of this browser's cookie if it signed in with the address before, else ""."""
    cookie = request.cookies.get(current_app.config["DNK_DEVICE_COOKIE"], "")
    try:
        known = current_app.extensions["dnk_devices"].loads(cookie, max_age=COOKIE_MAX_AGE_SECONDS)
    except BadSignature:
        return ""
    return hashlib.sha256(cookie.encode()).hexdigest()[:16] if known == _email_hash(email) else ""


def by_account() -> str:
    """Rate-limit key for the account named in the form, however its address is spelled; "" without one.

    A browser that signed in to the account before has a key of its own, so strangers cannot lock out the
    owner.
    """
    account = named_account()
    return f"{_hashed(account)}:{known_device_id(_named_address())}" if account else ""


def by_account_of_strangers() -> str:
    """Rate-limit key for the account named in the form; "" for a browser that signed in to it before."""
    account = named_account()
    return "" if not account or known_device_id(_named_address()) else _hashed(account)


def named_account() -> str:
    """The account named in the form, as `security_log` hashes it: by its id, else by its address."""
    email = _named_address()
    if not email:
        return ""
    account = named_account_row()
    return security_log.account_name(account.id) if account else security_log.email_name(email)


def named_account_row() -> Account | None:
    """The account named in the form, read apart from the request's transaction and once for the request."""
    if "named_account" not in g:
        with session_factory()() as session:
            g.named_account = accounts.by_email(session, _named_address())
    return cast(Account | None, g.named_account)


def by_named_account() -> str:
    """Rate-limit key for the account named in the form, the same in every browser; "" without one."""
    account = named_account()
    return _hashed(account) if account else ""


def account_key(account_id: int) -> str:
    """Rate-limit key of an account, as `by_account_of_strangers` makes it."""
    return _hashed(security_log.account_name(account_id))


def _named_address() -> str:
    """The address in the form, in the spelling that is stored; without a valid one the text itself."""
    text = request.form.get("email", "")
    try:
        return normalised_address(text)
    except InvalidAddress:
        return text.strip().lower()


def _hashed(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()


def remember_device(email: str) -> None:
    """Mark this browser as known for the address, by a cookie of this request's response."""
    known = _email_hash(email)

    @after_this_request
    def set_cookie(response: Response) -> Response:
        name = current_app.config["DNK_DEVICE_COOKIE"]
        response.set_cookie(
            name,
            current_app.extensions["dnk_devices"].dumps(known),
            max_age=COOKIE_MAX_AGE_SECONDS,
            path="/",
            secure=name.startswith("__Host-"),
            httponly=True,
            samesite="Lax",
        )
        return response


def _email_hash(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:32]
