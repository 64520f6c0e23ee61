"""Rate limits, counted before the request's transaction and stored in the database.

Flask-Limiter would count inside the view, when the request may hold the write lock already.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask, current_app, g, request, session
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import TooManyRequests

from dnk_tool.store.rate_limits import RateLimitStorage
from dnk_tool.web.http.sessions import SIGNED_IN_KEY
from dnk_tool.web.http.transactions import discard_transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """A number of attempts for each key; an empty key is not counted.

    `is_cleared_by_success`: a sign-in clears the attempts before it.
    """

    item: RateLimitItem
    key: Callable[[], str]
    is_cleared_by_success: bool = False


def by_address() -> str:
    """Key: the visitor's network address, as reported through the configured number of proxies."""
    return f"address:{request.remote_addr}"


def by_person() -> str:
    """Key: the signed-in account; a visitor's network address."""
    uniquifier = session.get(SIGNED_IN_KEY)
    return f"person:{hashlib.sha256(uniquifier.encode()).hexdigest()}" if uniquifier else by_address()


def by_link() -> str:
    """Key: a secret link together with the network address, so that colleagues do not slow each other."""
    token = str((request.view_args or {}).get("token", ""))
    return f"link:{hashlib.sha256(token.encode()).hexdigest()}:{request.remote_addr}"


# Unknown secret links tried from one network address.
WRONG_LINKS = parse("30/minute")


def init_app(
    app: Flask, factory: sessionmaker[Session], limits_of_request: Callable[[], Iterable[Limit]]
) -> None:
    """Count before all other handlers. If counting fails, so does the request, to prevent guessing."""
    app.extensions["dnk_limiter"] = FixedWindowRateLimiter(RateLimitStorage(factory))
    app.extensions["dnk_limits"] = limits_of_request
    app.before_request(_count)
    app.teardown_request(_clear_attempts)


def _count() -> None:
    for limit in _limits_of_request():
        _hit(limit.item, request.endpoint or "", limit.key())


def count_wrong_link() -> None:
    """Count an unknown secret link, after discarding the request's transaction.

    Raises TooManyRequests.
    """
    discard_transaction()
    _hit(WRONG_LINKS, "wrong-link", by_address())


def _hit(item: RateLimitItem, *names: str) -> None:
    """Count one attempt; the last name is the key, and "" is not counted. Raises TooManyRequests."""
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    if names[-1] and not limiter.hit(item, *names):
        until = limiter.get_window_stats(item, *names).reset_time
        g.retry_after = max(1, round(until - time.time()))
        raise TooManyRequests(retry_after=g.retry_after)


def forget_account_attempts() -> None:
    """Clear the attempts at this account once the request is over."""
    g.limits_to_clear = [
        (limit.item, request.endpoint or "", limit.key())
        for limit in _limits_of_request()
        if limit.is_cleared_by_success
    ]


def _limits_of_request() -> Iterable[Limit]:
    limits: Callable[[], Iterable[Limit]] = current_app.extensions["dnk_limits"]
    return limits()


def _clear_attempts(_error: BaseException | None) -> None:
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    try:
        for names in g.pop("limits_to_clear", ()):
            limiter.clear(*names)
    except SQLAlchemyError:
        log.warning("attempts could not be forgotten")
