"""Rate limits by endpoint, in one list for all packages, as in `blueprints`."""

from collections.abc import Callable, Iterable

from flask import request
from limits import parse

from dnk_tool.web.accounts import pending_sign_in
from dnk_tool.web.accounts.devices import by_account
from dnk_tool.web.http.rate_limits import Limit, by_address, by_link, by_person


def _account_limit(amount: str, key: Callable[[], str]) -> Limit:
    """A limit on attempts at one account, which a success clears."""
    return Limit(parse(amount), key, is_cleared_by_success=True)


# Endpoint -> limits of its POST.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "security.login": (Limit(parse("5/minute"), by_address), _account_limit("20/hour", by_account)),
    "security.forgot_password": (
        Limit(parse("5/minute"), by_address),
        _account_limit("5/hour", by_account),
    ),
    "security.reset_password": (Limit(parse("10/minute"), by_address),),
    "security.change_password": (Limit(parse("10/hour"), by_person),),
    "set_up.show": (Limit(parse("10/minute"), by_address),),
    "second_step.check": (
        Limit(parse("5/minute"), by_address),
        _account_limit("20/hour", pending_sign_in.attempt_key),
    ),
    "passkeys.sign_in": (Limit(parse("10/minute"), by_address),),
    "passkeys.options": (Limit(parse("20/minute"), by_address),),
    "fresh.confirm": (Limit(parse("10/hour"), by_person),),
    "second_factor.add": (Limit(parse("20/hour"), by_person),),
    "single_sign_on.finish": (Limit(parse("10/minute"), by_address),),
    "registration.register": (Limit(parse("5/minute"), by_address), _account_limit("5/hour", by_account)),
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
    "contributions.answer": (Limit(parse("60/minute"), by_link),),  # the page autosaves
}

# Endpoint -> limits of its GET: only where each request renders a file.
READ_LIMITS: dict[str, tuple[Limit, ...]] = {
    "public.file": (Limit(parse("20/minute"), by_address),),
}


def limits_of_request() -> Iterable[Limit]:
    """The limits of the current request: of its endpoint's POST, or of its GET."""
    limits = LIMITS if request.method == "POST" else READ_LIMITS
    return limits.get(request.endpoint or "", ())
