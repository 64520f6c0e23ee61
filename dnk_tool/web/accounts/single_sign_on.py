"""Single sign-on by OpenID Connect: to sign in, to link an account, or as a step-up."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import identities as identity_links
from dnk_tool.services.accounts import signing
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.accounts.single_sign_on import (
    AuthorizationResponse,
    InvalidAuthorizationResponse,
    OidcProvider,
    PendingAuthorization,
    ProviderFailed,
    ProviderUser,
)
from dnk_tool.store.accounts import identities
from dnk_tool.web.accounts import alerts, step_up
from dnk_tool.web.accounts import sign_in as sign_in_flow
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_account, current_actor, current_work, permit
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.safe_urls import is_from_own_page, safe_redirect_path
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, end_transaction

log = logging.getLogger(__name__)

blueprint = Blueprint("single_sign_on", __name__)

RETURN_PATH = "/anmelden/zentral/zurueck"
ATTEMPT_KEY = "away"  # session key of the pending authorization
VALID_FOR_SECONDS = 600
INTENT_SECONDS = 12 * 3600
SIGN_IN, LINK, CONFIRM = "sign-in", "link", "confirm"
VIA = "single-sign-on"  # in the security log


def init_app(app: Flask, settings: Settings) -> None:
    """Configure the provider, if any, and give templates its name and `intent`."""
    back = settings.address + RETURN_PATH
    app.extensions["dnk_provider"] = OidcProvider(settings, back=back) if settings.oidc_issuer else None
    name = settings.oidc_name if settings.oidc_issuer else ""
    app.context_processor(lambda: {"provider_name": name, "intent": signed_intent})


def signed_intent(purpose: str) -> str:
    """Sign the purpose for a link on our own page, so that no other site can start it for this person."""
    return str(_intent_serializer().dumps([purpose, current_account().id]))


@blueprint.get("/anmelden/zentral")
@permit(Permission.SIGN_IN)
def begin() -> ResponseReturnValue:
    """Redirect to the provider; a link on another site leads to a page with a link of our own first.

    A link rather than a form, as the CSP lets forms post to our own site only.
    """
    purpose = _purpose(request.args.get("intent"))
    if purpose == SIGN_IN and current_user.is_authenticated:
        return sign_in_flow.resume_or_redirect()
    if purpose == SIGN_IN and not is_from_own_page():
        after = safe_redirect_path(request.args.get("next"))
        return render_template("accounts/sign_in/leave.html", after=after)
    if purpose == LINK and not step_up.has_recent_proof():
        return redirect(url_for("fresh.show", next=url_for("account.show")))
    try:
        address, attempt = _provider().begin(again=purpose == CONFIRM)
    except ProviderFailed as error:
        return _failure_page(error)
    session[ATTEMPT_KEY] = asdict(attempt) | {
        "purpose": purpose,
        "account": current_actor().user_id,
        "next": safe_redirect_path(request.args.get("next")),
        "at": time.time(),
    }
    return redirect(address)


@blueprint.get(RETURN_PATH)
@permit(Permission.SIGN_IN)
def returned() -> ResponseReturnValue:
    """Receive the provider's redirect. Changes nothing: the page posts code and state to `finish`."""
    _provider()
    away: dict[str, Any] = session.get(ATTEMPT_KEY, {})
    if "error" in request.args or not away:
        return _page("cancelled" if away else "too-late"), 400
    brought = {name: request.args.get(name, "") for name in ("code", "state", "iss")}
    return render_template("accounts/sign_in/returned.html", brought=brought, after=away["next"])


@blueprint.post(RETURN_PATH)
@permit(Permission.SIGN_IN)
def finish() -> ResponseReturnValue:
    """Verify the provider's response and carry out the purpose: sign in, link, or confirm."""
    provider, away = _provider(), session.pop(ATTEMPT_KEY, {})
    if not 0 <= time.time() - away.get("at", 0) < VALID_FOR_SECONDS:
        return _page("too-late"), 400
    if away["account"] != current_actor().user_id:
        return _page("forged"), 400
    attempt = PendingAuthorization(away["state"], away["nonce"], away["verifier"])
    answer = AuthorizationResponse(*(request.form.get(name, "") for name in ("state", "code", "iss")))
    end_transaction()
    try:
        person = provider.finish(attempt, answer)
    except InvalidAuthorizationResponse as error:
        log.warning("an answer of single sign-on was forged: %s (request %s)", error, request_id())
        security_events.record(SecurityEvent.TOKEN_REFUSED, refused="single-sign-on")
        return _page("forged"), 400
    except ProviderFailed as error:
        if away["purpose"] != LINK:
            refused = {SIGN_IN: SecurityEvent.SIGN_IN_REFUSED, CONFIRM: SecurityEvent.STEP_UP_REFUSED}
            security_events.record(refused[away["purpose"]], reason="provider", via=VIA)
        return _failure_page(error)
    ways: dict[str, Callable[[ProviderUser], ResponseReturnValue]] = {
        SIGN_IN: _sign_in,
        LINK: _link,
        CONFIRM: _confirm,
    }
    return ways[away["purpose"]](person)


@blueprint.post("/konto/zentral/trennen")
@permit(Permission.ACCOUNT)
@requires_step_up
def unlink() -> ResponseReturnValue:
    if identity_links.unlink_identity(db(), current_account(), actor=current_actor()):
        alerts.send_sign_in_alert(current_account(), "service-unlinked")
        flash(_("Die Verbindung ist getrennt."), "success")
    return redirect(url_for("account.show"), 303)


def _sign_in(person: ProviderUser) -> ResponseReturnValue:
    settings, now = current_settings(), datetime.now(UTC)
    try:
        account = identity_links.account_for(
            db(), person, settings=settings, language=current_language(), now=now
        )
    except identity_links.EmailNotVerified:
        return _refused("not-vouched-for")
    except identity_links.AccountNotLinked:
        return _refused("link-first")
    except identity_links.RegistrationNotAllowed:
        return _refused("may-not-join")
    if not account.active:
        log.info("a sign-in was refused (request %s)", request_id())
        security_events.record(SecurityEvent.SIGN_IN_REFUSED, account_id=account.id, reason="locked", via=VIA)
        return _page("may-not-join"), 403
    return sign_in_flow.accept_first_factor(account, via=VIA)


def _refused(reason: str) -> ResponseReturnValue:
    """The provider vouches for somebody who does not come in here."""
    security_events.record(SecurityEvent.SIGN_IN_REFUSED, reason=reason, via=VIA)
    return _page(reason), 403


def _link(person: ProviderUser) -> ResponseReturnValue:
    try:
        identity_links.link_identity(current_work(), person, current_account())
    except identity_links.IdentityLinkedElsewhere:
        return _page("linked-elsewhere"), 409
    alerts.send_sign_in_alert(current_account(), "service-linked")
    flash(_("Ihr Konto ist verbunden. Sie können sich jetzt auch so anmelden."), "success")
    return redirect(url_for("account.show"), 303)


def _confirm(person: ProviderUser) -> ResponseReturnValue:
    """Accept the confirmation only for the account's own identity, proved within the last ten minutes."""
    account = identities.account_of(db(), person.issuer, person.subject)
    # The provider must state the time of the proof; without it nothing is proved.
    is_fresh = person.proved_at is not None and time.time() - person.proved_at <= VALID_FOR_SECONDS
    if account is None or account.id != current_account().id or not is_fresh:
        security_events.record(SecurityEvent.STEP_UP_REFUSED, via=VIA)
        return _page("forged"), 403
    after = safe_redirect_path(request.form.get("next"), url_for("account.show"))
    return step_up.continue_after_provider(after, via=VIA)


def _purpose(text: str | None) -> str:
    """Read the signed purpose; without one it is signing in. Aborts with 400 for a foreign or expired one."""
    if not text:
        return SIGN_IN
    try:
        purpose, account_id = _intent_serializer().loads(text, max_age=INTENT_SECONDS)
    except BadSignature:
        abort(400)
    if account_id != current_actor().user_id:
        abort(400)
    return str(purpose)


def _failure_page(error: ProviderFailed) -> ResponseReturnValue:
    """Use 424 instead of 502: a 5xx response would not save the session, and the attempt must end."""
    log.error("single sign-on failed: %s (request %s)", error, request_id())
    return _page("failed"), 424


def _page(reason: str) -> str:
    return render_template("accounts/sign_in/single_sign_on_failed.html", reason=reason)


def _provider() -> OidcProvider:
    """The configured provider; aborts with 404 without one."""
    provider = current_app.extensions["dnk_provider"]
    if provider is None:
        abort(404)
    return cast(OidcProvider, provider)


def _intent_serializer() -> URLSafeTimedSerializer:
    return signing.timed_signer(current_app.config["SECRET_KEY"], "dnk-intent")
