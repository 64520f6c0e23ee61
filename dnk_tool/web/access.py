"""Nobody reaches a view that they may not use: every endpoint names its permission, the rest is refused."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from dnk_tool.domain.permissions import NOTHING, Actor, Permission, Subject, can
from dnk_tool.store import accounts, declarations
from dnk_tool.store.accounts import Account
from dnk_tool.store.models import Declaration, Organisation
from dnk_tool.web import resuming
from dnk_tool.web.headers import request_id
from dnk_tool.web.transactions import db, is_safe

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_ID = 2**31 - 1

# Endpoints that others wrote. Whatever is in no list and has no decorator is refused.
OF_LIBRARIES = {
    "static": Permission.PUBLIC,
    "security.login": Permission.SIGN_IN,
    "security.logout": Permission.SIGN_IN,
    "security.forgot_password": Permission.SIGN_IN,
    "security.reset_password": Permission.SIGN_IN,
    "security.change_password": Permission.ACCOUNT,
}


def permit(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs: `@blueprint.get(…)` above, `@permit(…)` below it."""

    def mark(view: View) -> View:
        vars(view)["permission"] = permission
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that an endpoint declares."""
    declared: Permission | None = getattr(app.view_functions.get(endpoint), "permission", None)
    return declared or OF_LIBRARIES.get(endpoint)


def init_app(app: Flask) -> None:
    """Check every request. Must come before the protection against forged requests."""
    app.before_request(_check)


def current_actor() -> Actor:
    """Who acts in this request."""
    return cast(Actor, g.get("actor", Actor()))


def current_account() -> Account:
    """The signed-in person's account, where a permission demands one."""
    return cast(Account, g.account)


def current_organisation() -> Organisation:
    """The company that the address names, or that owns the declaration that it names."""
    return cast(Organisation, g.organisation)


def current_declaration() -> Declaration:
    """The declaration that the address names."""
    return cast(Declaration, g.declaration)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        # No such address: 404 or 405 follows, on a page that knows who is signed in.
        g.actor = Actor() if _is_broken() else _load_actor()
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        log.critical("the endpoint %s declares no permission", request.endpoint)
        abort(500)
    if request.endpoint == "static":
        return None
    if _is_broken():
        abort(503)
    unreadable = _read_body()
    g.actor = _load_actor()
    if unreadable is not None:
        raise unreadable
    subject = _load_subject()
    if subject is not None and can(permission, g.actor, subject):
        return None
    if g.actor.user_id is None:
        return resuming.ask_to_sign_in()
    log.warning(
        "%s denied to account %s at %s (request %s)",
        permission,
        g.actor.user_id,
        request.endpoint,
        request_id(),
    )
    abort(403 if subject is not None and _knows(g.actor, subject) else 404)


def _read_body() -> HTTPException | None:
    """Have the whole body of an unsafe request here; gives what is wrong with it.

    Must come before the first use of the database, which takes the write lock: whoever uploads slowly would
    hold it, and nobody else could save.
    """
    try:
        if not is_safe():
            request.form  # noqa: B018 -- parsing it reads the body
    except HTTPException as error:
        return error
    return None


def _is_broken() -> bool:
    """Whether the sign-in could not be read: then it is unknown who asks."""
    return bool(getattr(session, "is_broken", False))


def _load_actor() -> Actor:
    # The session may be no one's; `current_user` asks the database only if it names someone.
    if not current_user.is_authenticated:
        return Actor()
    g.account = account = cast(Account, current_user.account)
    return Actor(account.id, accounts.roles_of(db(), account.id), account.is_operator)


def _load_subject() -> Subject | None:
    """What the address names, loaded once; None if there is no such thing."""
    names = request.view_args or {}
    if not {"organisation_id", "declaration_id"} & names.keys():
        return NOTHING
    too_large = any(isinstance(value, int) and value > LARGEST_ID for value in names.values())
    if current_actor().user_id is None or too_large:
        return None
    organisation_id = names.get("organisation_id")
    if "declaration_id" in names:
        g.declaration = declaration = declarations.by_id(db(), names["declaration_id"])
        if declaration is None or organisation_id not in (None, declaration.organisation_id):
            return None
        organisation_id = declaration.organisation_id
        g.organisation = declaration.organisation
    else:
        g.organisation = db().get(Organisation, organisation_id)
    return Subject(organisation_id) if g.organisation else None


def _knows(actor: Actor, subject: Subject) -> bool:
    """Whether the person may know of the thing: then the answer is "not allowed", else "not found"."""
    return subject.organisation_id is None or subject.organisation_id in actor.roles
