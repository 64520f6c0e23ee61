"""How often something may be tried. Counted before the request's own transaction, and kept in the database.

Flask-Limiter would count inside the view, where the request may hold the write lock already.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, g, request, session
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import TooManyRequests

from dnk_tool.store.rate_limits import RateLimitStorage
from dnk_tool.web.accounts import devices, pending_sign_in
from dnk_tool.web.http.sessions import SIGNED_IN_KEY
from dnk_tool.web.http.transactions import discard_transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """So many attempts for each key; without a key none is counted."""

    item: RateLimitItem
    key: Callable[[], str]


def by_address() -> str:
    """The visitor's network address; behind proxies, as the configured number of them tells it."""
    return f"address:{request.remote_addr}"


def by_account() -> str:
    """The account that is tried.

    A browser that signed in with it before has a count of its own: strangers cannot lock the owner out.
    """
    email = request.form.get("email", "").strip().lower()
    if not email:
        return ""
    return f"account:{hashlib.sha256(email.encode()).hexdigest()}:{devices.known_device_id(email)}"


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

# Endpoint -> limits of its POST.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "security.login": (Limit(parse("5/minute"), by_address), Limit(parse("20/hour"), by_account)),
    "security.forgot_password": (
        Limit(parse("5/minute"), by_address),
        Limit(parse("5/hour"), by_account),
    ),
    "security.reset_password": (Limit(parse("10/minute"), by_address),),
    "security.change_password": (Limit(parse("10/hour"), by_person),),
    "set_up.show": (Limit(parse("10/minute"), by_address),),
    "second_step.check": (
        Limit(parse("5/minute"), by_address),
        Limit(parse("20/hour"), pending_sign_in.attempt_key),
    ),
    "passkeys.sign_in": (Limit(parse("10/minute"), by_address),),
    "passkeys.options": (Limit(parse("20/minute"), by_address),),
    "fresh.confirm": (Limit(parse("10/hour"), by_person),),
    "second_factor.add": (Limit(parse("20/hour"), by_person),),
    "single_sign_on.finish": (Limit(parse("10/minute"), by_address),),
    "registration.register": (Limit(parse("5/minute"), by_address), Limit(parse("5/hour"), by_account)),
    "registration.confirm": (Limit(parse("10/minute"), by_address),),
    "invitations.show": (Limit(parse("30/minute"), by_address),),
    "company_invitation.show": (Limit(parse("30/minute"), by_address),),
    "evidence.upload": (Limit(parse("120/hour"), by_person),),
    "company_list.check": (Limit(parse("60/hour"), by_person),),
    "figure_files.check": (Limit(parse("60/hour"), by_person),),
    "from_file.check": (Limit(parse("60/hour"), by_person),),
    "origin.check": (Limit(parse("10/minute"), by_address), Limit(parse("60/hour"), by_address)),
    "sign_offs.answer": (Limit(parse("30/minute"), by_address),),
    "sign_off.remind": (Limit(parse("20/hour"), by_person),),
    "finish.submit": (Limit(parse("60/hour"), by_person),),
    "contributions.ask": (Limit(parse("30/hour"), by_person),),
    "contributions.remind": (Limit(parse("30/hour"), by_person),),
    "contributions.answer": (Limit(parse("60/minute"), by_link),),  # the page saves by itself
}


# Endpoint -> limits of its GET: only where an answer is worked out anew for anybody who asks.
READ_LIMITS: dict[str, tuple[Limit, ...]] = {
    "public.file": (Limit(parse("20/minute"), by_address),),
}


def init_app(app: Flask, factory: sessionmaker[Session]) -> None:
    """Count first of all. If counting fails, so does the request: nobody guesses meanwhile."""
    app.extensions["dnk_limiter"] = FixedWindowRateLimiter(RateLimitStorage(factory))
    app.before_request(_count)
    app.teardown_request(_clear_attempts)


def _count() -> None:
    limits = LIMITS if request.method == "POST" else READ_LIMITS
    for limit in limits.get(request.endpoint or "", ()):
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
        for limit in LIMITS.get(request.endpoint or "", ())
        if limit.key in (by_account, pending_sign_in.attempt_key)
    ]


def _clear_attempts(_error: BaseException | None) -> None:
    limiter: FixedWindowRateLimiter = current_app.extensions["dnk_limiter"]
    try:
        for names in g.pop("limits_to_clear", ()):
            limiter.clear(*names)
    except SQLAlchemyError:
        log.warning("attempts could not be forgotten")
