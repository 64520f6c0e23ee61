"""Remembers browsers that signed in before, so that attempts by strangers do not lock out the owner."""

import hashlib

from flask import Flask, Response, current_app, request
from itsdangerous import BadSignature

from dnk_tool.services.accounts import signing

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
    """Rate-limit key for the account named in the sign-in form; "" without an address.

    A browser that signed in to the account before has a key of its own, so strangers cannot lock out the
    owner.
    """
    email = request.form.get("email", "").strip().lower()
    if not email:
        return ""
    return f"account:{hashlib.sha256(email.encode()).hexdigest()}:{known_device_id(email)}"


def remember_device(response: Response, email: str) -> None:
    """Set the cookie that marks this browser as known for the address."""
    response.set_cookie(
        current_app.config["DNK_DEVICE_COOKIE"],
        current_app.extensions["dnk_devices"].dumps(_email_hash(email)),
        max_age=COOKIE_MAX_AGE_SECONDS,
        path="/",
        secure=current_app.config["DNK_DEVICE_COOKIE"].startswith("__Host-"),
        httponly=True,
        samesite="Lax",
    )


def _email_hash(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()[:32]
