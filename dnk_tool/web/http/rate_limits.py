"""How often something may be tried. Counted before the request's own transaction, and kept in the database.

Flask-Limiter would count inside the view, where the request may hold the write lock already.
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
    """So many attempts for each key; without a key none is counted.

    `is_cleared_by_success`: once somebody signed in, the attempts before count no longer.
    """

    item: RateLimitItem
    key: Callable[[], str]
    is_cleared_by_success: bool = False


def by_address() -> str:
    """The visitor's network address; behind proxies, as the configured number of them tells it."""
    return f"address:{request.remote_addr}"


def by_person() -> str:
    """The account that is signed in, whatever else the browser sends; a visitor by the address."""
    uniquifier = session.get(SIGNED_IN_KEY)
    return f"person:{hashlib.sha256(uniquifier.encode()).hexdigest()}" if uniquifier else by_address()


def by_link() -> str:
    """One secret link from one network address: colleagues behind the same address do not slow each other."""
    token = str((request.view_args or {}).get("token", ""))
    return f"link:{hashlib.sha256(token.encode()).hexdigest()}:{request.remote_addr}"


# Links that nobody was sent, tried from one network address.
WRONG_LINKS = parse("30/minute")


def init_app(
    app: Flask, factory: sessionmaker[Session], limits_of_request: Callable[[], Iterable[Limit]]
) -> None:
    """Count first of all. If counting fails, so does the request: nobody guesses meanwhile."""
    app.extensions["dnk_limiter"] = FixedWindowRateLimiter(RateLimitStorage(factory))
    app.extensions["dnk_limits"] = limits_of_request
    app.before_request(_count)
    app.teardown_request(_clear_attempts)


def _count() -> None:
    for limit in _limits_of_request():
        _hit(limit.item, request.endpoint or "", limit.key())


def count_wrong_link() -> None:
    """Somebody came with a link that does not exist; nothing of the request is kept.

    Raises TooManyRequests.
    """
    discard_transaction()
    _hit(WRONG_LINKS, "wrong-link", by_address())


def _hit(item: RateLimitItem, *names: str) -> None:
    """Count one more; without a key, the last of the names, none is counted. Raises TooManyRequests."""
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    if names[-1] and not limiter.hit(item, *names):
        until = limiter.get_window_stats(item, *names).reset_time
        g.retry_after = max(1, round(until - time.time()))
        raise TooManyRequests(retry_after=g.retry_after)


def forget_account_attempts() -> None:
    """After a success the attempts at this account count no longer, once the request is over."""
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
