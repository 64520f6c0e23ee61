"""Requires a second factor for roles that need one: until it is set up, all other pages are closed."""

from typing import cast

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.services.accounts import second_factor
from dnk_tool.services.accounts.second_factor import is_second_factor_required
from dnk_tool.store.accounts import second_factors
from dnk_tool.web.http import interrupted_forms
from dnk_tool.web.http.access import current_actor
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, is_safe

EXTENSION = "dnk_second_factor_for"

# Open without a second factor: setting one up, signing out, and the pages that the law requires.
EXEMPT_ENDPOINTS = frozenset(
    {
        "static",
        "health.show",
        "health.ready",
        "languages.choose",
        "help.index",
        "notices.imprint",
        "notices.privacy",
        "notices.accessibility",
        "security.logout",
        "fresh.show",
        "fresh.confirm",
        "second_factor.show",
        "second_factor.begin",
        "second_factor.add",
        "passkeys.new",
        "passkeys.options_for_new",
        "passkeys.options",
        "passkeys.add",
        "single_sign_on.begin",
        "single_sign_on.returned",
        "single_sign_on.finish",
        # Opened by a secret link, no matter who is signed in.
        "contributions.answer",
        "jury.show",
        "jury.sheet",
        "jury.save",
    }
)


def init_app(app: Flask) -> None:
    """Check every request. Must come after `access.init_app`, which determines the actor."""
    app.before_request(_check)


def demanded_roles() -> tuple[str, ...]:
    """The roles that need a second factor; read from the database once, as only an upgrade changes it."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = second_factor.demanded_roles(db(), current_settings())
    return cast("tuple[str, ...]", current_app.extensions[EXTENSION])


def _check() -> ResponseReturnValue | None:
    actor = current_actor()
    if (
        actor.user_id is None
        or request.endpoint in EXEMPT_ENDPOINTS
        or not is_second_factor_required(actor, demanded_roles())
    ):
        return None
    if second_factors.has_any(db(), actor.user_id):
        return None
    if interrupted_forms.is_fetch_request():
        return interrupted_forms.signed_out_response(), 401
    page = (
        None if is_safe() else interrupted_forms.resume_page(interrupted_forms.posted_form(), "second-factor")
    )
    return (page, 403) if page else redirect(url_for("second_factor.show"), 303)
