"""Records security events of requests, and names the network that a request came from."""

from flask import current_app, g, request

from dnk_tool.addresses import network_of
from dnk_tool.services.accounts import security_log
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.web.http.headers import request_id


def record(event: SecurityEvent, *, account_id: int | None = None, account: str = "", **facts: str) -> None:
    """Log the event with hashes of the account and of the network address.

    `account_id`: by default whoever is signed in. `account`: for an address without an account, see
    `security_log.email_name`.
    """
    actor = g.get("actor")
    known_id = account_id if account_id is not None else getattr(actor, "user_id", None)
    security_log.record(
        event,
        current_app.config["SECRET_KEY"],
        account=account or (security_log.account_name(known_id) if known_id is not None else ""),
        address=network(),
        request=request_id(),
        endpoint=request.endpoint or "",
        **facts,
    )


def network() -> str:
    """The network of the visitor, as reported through the configured number of proxies."""
    return network_of(request.remote_addr or "")
