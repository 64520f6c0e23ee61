"""Rate limits, counted before the request's transaction and stored in the database.

Flask-Limiter would count inside the view, when the request may hold the write lock already.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, g, request, session
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import TooManyRequests

from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.rate_limits import RateLimitStorage
from dnk_tool.web.http import security_events
from dnk_tool.web.http.security_events import network
from dnk_tool.web.http.sessions import SIGNED_IN_KEY
from dnk_tool.web.http.transactions import discard_transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """A number of attempts for each key; an empty key is not counted.

    `only_failures`: an attempt is taken back if its response is no error. `is_cleared_by_success`: a sign-in
    also clears the attempts before it. `scope`: endpoints with the same one share their count.
    """

    item: RateLimitItem
    key: Callable[[], str]
    only_failures: bool = False
    is_cleared_by_success: bool = False
    scope: str = ""


@dataclass(frozen=True)
class CountedAttempt:
    """An attempt of this request: its limit and the names under which it was counted."""

    limit: Limit
    names: tuple[str, str]


def by_network() -> str:
    """Key: the visitor's network, see `security_events.network`."""
    return f"network:{network()}"


def by_person() -> str:
    """Key: the signed-in account; a visitor's network."""
    uniquifier = session.get(SIGNED_IN_KEY)
    return f"person:{hashlib.sha256(uniquifier.encode()).hexdigest()}" if uniquifier else by_network()


def by_link() -> str:
    """Key: a secret link together with the network, so that colleagues do not slow each other."""
    token = str((request.view_args or {}).get("token", ""))
    return f"link:{hashlib.sha256(token.encode()).hexdigest()}:{network()}"


def by_poll() -> str:
    """Key: a poll together with the network, as a keyed hash, so that nobody reads who answered what."""
    said = f"{(request.view_args or {}).get('code', '')}:{network()}"
    secret = current_app.config["SECRET_KEY"].encode()
    return f"poll:{hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()}"


# Unknown secret links tried from one network address.
WRONG_LINKS = parse("30/minute")


def init_app(
    app: Flask, factory: sessionmaker[Session], limits_of_request: Callable[[], Iterable[Limit]]
) -> None:
    """Count before all other handlers. If counting fails, so does the request, to prevent guessing."""
    app.extensions["dnk_limiter"] = FixedWindowRateLimiter(RateLimitStorage(factory))
    app.extensions["dnk_limits"] = limits_of_request
    app.before_request(_count)
    app.after_request(_take_back_successes)


def _count() -> None:
    """Count the attempt before it is judged, so that simultaneous ones cannot exceed the limit."""
    g.counted_attempts = []
    for limit in _limits_of_request():
        names = limit.scope or request.endpoint or "", limit.key()
        _hit(limit.item, *names)
        if names[-1]:
            g.counted_attempts.append(CountedAttempt(limit, names))


def count_wrong_link() -> None:
    """Count an unknown secret link, after discarding the request's transaction.

    Raises TooManyRequests.
    """
    discard_transaction()
    security_events.record(SecurityEvent.TOKEN_REFUSED, refused="link")
    _hit(WRONG_LINKS, "wrong-link", by_network())


def _hit(item: RateLimitItem, *names: str) -> None:
    """Count one attempt; the last name is the key, and "" is not counted. Raises TooManyRequests."""
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    if names[-1] and not limiter.hit(item, *names):
        until = limiter.get_window_stats(item, *names).reset_time
        g.retry_after = max(1, round(until - time.time()))
        security_events.record(SecurityEvent.LIMIT_REACHED, limit=str(item))
        raise TooManyRequests(retry_after=g.retry_after)


def forget_account_attempts() -> None:
    """Clear the earlier attempts at this account, too, if the request succeeds."""
    g.clears_attempts = True


def forgive_attempt() -> None:
    """Take back this request's attempts even if its response is an error, since what is guarded was right."""
    g.is_forgiven = True


def _limits_of_request() -> Iterable[Limit]:
    limits: Callable[[], Iterable[Limit]] = current_app.extensions["dnk_limits"]
    return limits()


def _take_back_successes(response: Response) -> Response:
    """Uncount what succeeded or is forgiven. Runs after the request's transaction was committed."""
    if response.status_code >= 400 and "is_forgiven" not in g:
        return response
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    try:
        for attempt in g.pop("counted_attempts", ()):
            limit, key = attempt.limit, attempt.limit.item.key_for(*attempt.names)
            if limit.is_cleared_by_success and "clears_attempts" in g:
                limiter.storage.clear(key)
            elif limit.only_failures:
                cast(RateLimitStorage, limiter.storage).take_back(key)
    except SQLAlchemyError:
        log.warning("attempts could not be forgotten")
    return response
