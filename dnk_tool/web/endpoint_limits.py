"""Rate limits by endpoint, in one list for all packages, as in `blueprints`."""

from collections.abc import Callable, Iterable

from flask import request
from limits import parse

from dnk_tool.web.accounts import pending_sign_in
from dnk_tool.web.accounts.devices import by_account, by_account_of_strangers, by_named_account
from dnk_tool.web.http.rate_limits import Limit, by_link, by_network, by_person, by_poll


def _failures(amount: str, key: Callable[[], str] = by_network) -> Limit:
    """A limit on failures; many people behind one network address may succeed."""
    return Limit(parse(amount), key, only_failures=True)


def _account_limit(amount: str, key: Callable[[], str]) -> Limit:
    """A limit on failures at one account, which a sign-in clears."""
    return Limit(parse(amount), key, only_failures=True, is_cleared_by_success=True)


def _stranger_limit(key: Callable[[], str]) -> Limit:
    """The ceiling for all guesses at one account from browsers that never signed in to it."""
    return Limit(parse("100/day"), key, only_failures=True, scope="account")


# Links by mail, each of which reaches somebody who may not have asked for it.
LINK_LIMITS = (
    Limit(parse("60/hour"), by_network),
    Limit(parse("5/hour"), by_named_account),
    Limit(parse("10/day"), by_named_account, scope="links-by-mail"),
)

# The eight signs of a workshop's room, typed or tried as an address; a room full of people may be right.
WRONG_CODES = (Limit(parse("20/hour"), by_network, only_failures=True, scope="room-code"),)

# Endpoint -> limits of its POST.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "security.login": (
        _failures("200/hour"),
        _account_limit("20/hour", by_account),
        _stranger_limit(by_account_of_strangers),
    ),
    "security.forgot_password": LINK_LIMITS,
    "security.reset_password": (_failures("60/hour"),),
    "security.change_password": (_failures("10/hour", by_person),),
    "set_up.show": (_failures("10/minute"),),
    "second_step.check": (
        _failures("200/hour"),
        _account_limit("20/hour", pending_sign_in.attempt_key),
        _stranger_limit(pending_sign_in.key_of_strangers),
    ),
    "passkeys.sign_in": (_failures("200/hour"),),
    "passkeys.options": (Limit(parse("120/minute"), by_network),),
    "fresh.confirm": (_failures("10/hour", by_person),),
    "second_factor.add": (_failures("20/hour", by_person),),
    "single_sign_on.finish": (_failures("60/minute"),),
    "registration.register": LINK_LIMITS,
    "registration.confirm": (_failures("60/hour"),),
    "invitations.show": (_failures("30/minute"),),
    # Many in one room behind one address; a script without a cookie gets no further.
    "poll.answer": (Limit(parse("300/hour"), by_poll),),
    "room.enter": WRONG_CODES,
    "room.ask": WRONG_CODES,
    "company_invitation.show": (_failures("30/minute"),),
    "declined_invitation.show": (_failures("30/minute"),),
    "evidence.upload": (Limit(parse("120/hour"), by_person),),
    "company_list.check": (Limit(parse("60/hour"), by_person),),
    "figure_files.check": (Limit(parse("60/hour"), by_person),),
    "offline.check": (Limit(parse("60/hour"), by_person),),
    "from_file.check": (Limit(parse("60/hour"), by_person),),
    "operation.send_password_link": (
        Limit(parse("30/hour"), by_person),
        Limit(parse("10/day"), by_named_account, scope="links-by-mail"),
    ),
    "outbox.send_test": (Limit(parse("10/hour"), by_person),),
    "outbox.check_sender": (Limit(parse("30/hour"), by_person),),
    "origin.check": (Limit(parse("10/minute"), by_network), Limit(parse("60/hour"), by_network)),
    "sign_offs.answer": (Limit(parse("30/minute"), by_network),),
    "sign_off.remind": (Limit(parse("20/hour"), by_person),),
    "finish.submit": (Limit(parse("60/hour"), by_person),),
    "contributions.ask": (Limit(parse("30/hour"), by_person),),
    "contributions.remind": (Limit(parse("30/hour"), by_person),),
    "awards.invite": (Limit(parse("60/hour"), by_person),),
    "jury.save": (Limit(parse("60/minute"), by_link),),
    "contributions.answer": (Limit(parse("60/minute"), by_link),),  # the page autosaves
}

# Endpoint -> limits of its GET: only where each request renders a file, or tries a code.
READ_LIMITS: dict[str, tuple[Limit, ...]] = {
    "room.ask": WRONG_CODES,
    "room.sent": WRONG_CODES,
    "public.file": (Limit(parse("20/minute"), by_network),),
}


def limits_of_request() -> Iterable[Limit]:
    """The limits of the current request: of its endpoint's POST, or of its GET."""
    limits = LIMITS if request.method == "POST" else READ_LIMITS
    return limits.get(request.endpoint or "", ())
