"""Access control: each endpoint declares its permission; endpoints that declare none are refused."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from dnk_tool.domain.permissions import NO_SUBJECT, Actor, Permission, Subject, can_read, lets_in
from dnk_tool.language import LOCAL_TIME_ZONE
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from dnk_tool.web.http import interrupted_forms, security_events
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.input import characters, identifiers
from dnk_tool.web.http.transactions import db, discard_transaction, is_safe

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

# Endpoints of libraries, which cannot be decorated.
LIBRARY_ENDPOINTS = {
    "static": Permission.PUBLIC,
    "security.login": Permission.SIGN_IN,
    "security.logout": Permission.SIGN_IN,
    "security.forgot_password": Permission.SIGN_IN,
    "security.reset_password": Permission.SIGN_IN,
    "security.change_password": Permission.ACCOUNT,
}

# What a look-up leaves in `g`; `_login_user` is Flask-Login's.
_LOOKED_UP = ("actor", "account", "places", "teams", "cluster", "declaration", "organisation", "_login_user")


@dataclass(frozen=True)
class Affiliations:
    """Names of the companies and clusters for which the person may act, by id, alphabetically."""

    organisations: Mapping[int, str] = field(default_factory=dict)
    clusters: Mapping[int, str] = field(default_factory=dict)


def permit(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view needs. Goes below the route: `@blueprint.get(…)`, `@permit(…)`."""

    def mark(view: View) -> View:
        vars(view)["permission"] = permission
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that an endpoint declares; None without one."""
    declared: Permission | None = getattr(app.view_functions.get(endpoint), "permission", None)
    return declared or LIBRARY_ENDPOINTS.get(endpoint)


def init_app(app: Flask) -> None:
    """Check every request. Must come before CSRF protection."""
    app.before_request(_check)


def current_actor() -> Actor:
    """The actor of this request; anonymous if nobody is signed in."""
    return cast(Actor, g.get("actor", Actor()))


def current_work() -> Work:
    """The transaction of this request with its actor, and the moment at which it began."""
    return Work(db(), current_actor(), g.now)


def is_by_oneself(user_id: int | None) -> bool:
    """Whether a change by this account is the reader's own, for example from another window."""
    return user_id is not None and user_id == current_actor().user_id


def current_account() -> Account:
    """The signed-in account. Only for views whose permission requires one."""
    return cast(Account, g.account)


def current_organisation() -> Organisation:
    """The company in the address, or the one that owns the declaration in it."""
    return cast(Organisation, g.organisation)


def current_affiliations() -> Affiliations:
    """Companies and clusters for which the person may act."""
    return cast(Affiliations, g.get("places", Affiliations()))


def current_cluster() -> Cluster:
    """The cluster in the address."""
    return cast(Cluster, g.cluster)


def current_subject() -> Subject:
    """What the address names, for the policy."""
    return cast(Subject, g.get("subject", NO_SUBJECT))


def current_declaration() -> Declaration:
    """The declaration in the address."""
    return cast(Declaration, g.declaration)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        # An unknown address: 404 or 405 follows, on a page that shows who is signed in.
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
    g.actor, g.now = _load_actor(), datetime.now(UTC)
    if unreadable is not None:
        raise unreadable
    if (refused := _refuse_input()) is not None:
        return refused
    subject = _load_subject()
    g.subject = subject or NO_SUBJECT
    if subject is not None and lets_in(permission, g.actor, subject, only_reads=is_safe()):
        return None
    if g.actor.user_id is None:
        return interrupted_forms.ask_to_sign_in()
    security_events.record(SecurityEvent.PERMISSION_DENIED, permission=permission.value)
    log.warning(
        "%s denied to account %s at %s (request %s)",
        permission,
        g.actor.user_id,
        request.endpoint,
        request_id(),
    )
    abort(403 if subject is not None and _can_know_of(g.actor, subject) else 404)


def may_access(permission: Permission) -> bool:
    """Whether the person has the permission now, looked up without the write lock; leaves nothing behind.

    For a decision before the body is read. It is made again afterwards, within the request's transaction.
    """
    g.db = current_app.extensions["dnk_reading_factory"]()
    try:
        g.actor = _load_actor()
        subject = _load_subject()
        return subject is not None and can_read(permission, g.actor, subject)
    finally:
        discard_transaction()
        for name in _LOOKED_UP:
            g.pop(name, None)


def _read_body() -> HTTPException | None:
    """Read the whole body of an unsafe request; return the error if it cannot be read.

    Must come before the first use of the database, which takes the write lock: a slow upload would hold it
    and block all other saves.
    """
    try:
        if not is_safe():
            characters.read_form(request)
    except HTTPException as error:
        return error
    return None


def _refuse_input() -> ResponseReturnValue | None:
    """Refuse what no database could look for or store, before any view reads it.

    Aborts with 404 for such an address and with 400 for such a query. Returns a page with the typed text for
    such a form.
    """
    if not identifiers.has_possible_ids(request.view_args) or not characters.has_readable_path(request):
        abort(404)
    g.has_unreadable_input = not characters.has_readable_address(request)
    if g.has_unreadable_input:
        abort(400)
    if is_safe() or characters.has_readable_form(request):
        return None
    g.has_unreadable_input = True
    return interrupted_forms.refuse_unreadable() or abort(422)


def _is_broken() -> bool:
    """Whether the session could not be read, so that the actor is unknown."""
    return bool(getattr(session, "is_broken", False))


def _load_actor() -> Actor:
    # `current_user` queries the database only if the session names an account.
    if not current_user.is_authenticated:
        return Actor()
    g.account = account = cast(Account, current_user.account)
    today = datetime.now(UTC).astimezone(LOCAL_TIME_ZONE).date()
    memberships = accounts.memberships_of(db(), account.id, today=today)
    staffed = clusters.of_person(db(), account.id)
    g.teams = staffed  # as long as they are held, the session gives them without a statement
    g.places = Affiliations(
        {it.organisation_id: it.company for it in memberships},
        {it.cluster.id: it.cluster.name for it in staffed},
    )
    return Actor(
        user_id=account.id,
        roles={it.organisation_id: it.role for it in memberships},
        sections={it.organisation_id: frozenset(it.sections) for it in memberships},
        clusters={it.cluster.id: it.role for it in staffed},
        archived_companies=frozenset(it.organisation_id for it in memberships if it.is_archived),
        practice_firms=frozenset(it.organisation_id for it in memberships if it.is_practice),
        archived_clusters=frozenset(it.cluster.id for it in staffed if it.cluster.archived_at),
        conflicts={it.cluster.id: it.conflicts for it in staffed if it.conflicts},
        is_operator=account.is_operator,
    )


def _load_subject() -> Subject | None:
    """Load what the address names; None if it does not exist."""
    names = request.view_args or {}
    if not {"organisation_id", "declaration_id", "cluster_id"} & names.keys():
        return NO_SUBJECT
    if current_actor().user_id is None or not identifiers.has_possible_ids(names):
        return None
    subject = NO_SUBJECT
    if "cluster_id" in names:
        g.cluster = clusters.by_id(db(), names["cluster_id"])
        if g.cluster is None:
            return None
        subject = replace(subject, cluster_id=g.cluster.id)
    if "declaration_id" in names:
        return _declaration_subject(subject, names)
    if "organisation_id" in names:
        return _organisation_subject(subject, names["organisation_id"])
    return subject


def _organisation_subject(subject: Subject, organisation_id: int) -> Subject | None:
    g.organisation = db().get(Organisation, organisation_id)
    if g.organisation is None:
        return None
    # A cluster's pages show only companies that consent to it.
    consents = clusters.cluster_ids_of_company(db(), organisation_id) if subject.cluster_id else frozenset()
    if subject.cluster_id and subject.cluster_id not in consents:
        return None
    return replace(subject, organisation_id=organisation_id, consents=consents)


def _declaration_subject(subject: Subject, names: Mapping[str, Any]) -> Subject | None:
    g.declaration = declaration = declarations.by_id(db(), names["declaration_id"])
    if declaration is None or names.get("organisation_id") not in (None, declaration.organisation_id):
        return None
    if subject.cluster_id not in (None, declaration.cluster_id):
        return None
    g.organisation = declaration.organisation
    consents = (
        clusters.cluster_ids_of_company(db(), declaration.organisation_id)
        if subject.cluster_id
        else frozenset()
    )
    return replace(
        subject,
        organisation_id=declaration.organisation_id,
        declaration_id=declaration.id,
        section=_section(declaration, names),
        consents=consents,
        reviewing=declaration.cluster_id,
        signatory=declaration.signatory_id,
    )


def _section(declaration: Declaration, names: Mapping[str, Any]) -> str | None:
    """The section in the address, or the one of the requirement in the address."""
    if "section_ref" in names:
        return str(names["section_ref"])
    section = declarations.selection_of(declaration).section_of.get(names.get("ref", ""))
    return section.ref if section else None


def _can_know_of(actor: Actor, subject: Subject) -> bool:
    """Whether the person may know that the subject exists: decides between 403 and 404."""
    if subject.cluster_id is not None:
        about_company = subject.organisation_id is not None
        is_known = not about_company or subject.cluster_id in subject.consents
        return is_known and subject.cluster_id in actor.clusters
    return subject.organisation_id is None or subject.organisation_id in actor.roles
