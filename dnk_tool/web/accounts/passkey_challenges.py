"""Keeps passkey challenges in the session between request and answer, and describes the relying party."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from flask import Flask, request, session

from dnk_tool.services.accounts.passkeys import Challenge, PasskeyVerificationFailed, RelyingParty
from dnk_tool.web.http.settings import current_settings

SESSION_KEY = "passkey"


def init_app(app: Flask) -> None:
    """Give templates `passkeys_are_possible()`."""
    app.context_processor(lambda: {"passkeys_are_possible": are_passkeys_possible})


def relying_party() -> RelyingParty:
    """The relying party for this request's host, which has been checked against the allowed hosts."""
    settings = current_settings()
    return RelyingParty(_host(), (settings.address, f"{request.scheme}://{request.host}"))


def are_passkeys_possible() -> bool:
    """Whether browsers can create passkeys here: needs a host name, and https unless it is localhost."""
    settings = current_settings()
    try:
        ip_address(_host().strip("[]"))
    except ValueError:
        return settings.is_https or _host() == "localhost"
    return False


def store_challenge(challenge: Challenge, purpose: str) -> None:
    """Keep the challenge and its purpose in the session."""
    made_at = challenge.made_at.isoformat()
    session[SESSION_KEY] = {
        "for": purpose,
        "text": challenge.text,
        "handle": challenge.handle,
        "made_at": made_at,
    }


def take_challenge(purpose: str) -> Challenge:
    """Remove and return the challenge for this purpose. Raises PasskeyVerificationFailed if there is none."""
    stored_challenge: dict[str, Any] = session.pop(SESSION_KEY, {})
    if stored_challenge.get("for") != purpose:
        raise PasskeyVerificationFailed("nothing was asked")
    made_at = datetime.fromisoformat(stored_challenge["made_at"]).astimezone(UTC)
    return Challenge(stored_challenge["text"], made_at, stored_challenge["handle"])


def _host() -> str:
    return request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
