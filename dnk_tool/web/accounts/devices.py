"""Browsers that have signed in before: strangers' attempts at an account must not lock its owner out."""

import hashlib

from flask import Flask, Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE_MAX_AGE_SECONDS = 180 * 24 * 3600


def init_app(app: Flask, key: str, *, is_https: bool) -> None:
    """The cookie names the account by a hash and is signed; it opens nothing."""
    app.extensions["dnk_devices"] = URLSafeTimedSerializer(key, salt="dnk-device")
    app.config["DNK_DEVICE_COOKIE"] = "__Host-dnk-device" if is_https else "dnk-device"


def known_device_id(email: str) -> str:
    """A mark of this browser if it has signed in with the address before, else nothing."""
    cookie = request.cookies.get(current_app.config["DNK_DEVICE_COOKIE"], "")
    try:
        known = current_app.extensions["dnk_devices"].loads(cookie, max_age=COOKIE_MAX_AGE_SECONDS)
    except BadSignature:
        return ""
    return hashlib.sha256(cookie.encode()).hexdigest()[:16] if known == _email_hash(email) else ""


def by_account() -> str:
    """The account that is tried.

    A browser that signed in with it before has a count of its own: strangers cannot lock the owner out.
    """
    email = request.form.get("email", "").strip().lower()
    if not email:
        return ""
    return f"account:{hashlib.sha256(email.encode()).hexdigest()}:{known_device_id(email)}"


def remember_device(response: Response, email: str) -> None:
    """Note that this browser signed in with the address."""
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
