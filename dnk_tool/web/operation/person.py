"""The operator's page of a person, and deeds that can be undone: unlock, sign out, send a link."""

import logging
from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.accounts import administration, security_log
from dnk_tool.services.accounts.administration import AccountGone, CannotSignIn, OwnAccount
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.store.accounts import identities, overviews, second_factors, sign_ins
from dnk_tool.store.accounts.overviews import AccountOverview
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import reset_links
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.overview import blueprint

log = logging.getLogger(__name__)


@blueprint.get("/personen/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def person(key: int) -> ResponseReturnValue:
    overview, now = overview_or_gone(key), datetime.now(UTC)
    account = overview.account
    return render_template(
        "operation/person.html",
        person=overview,
        name=name_of(account),
        is_own=key == current_actor().user_id,
        can_sign_in=administration.can_sign_in(db(), account),
        lacks_factor=overview.lacks_factor(demanded_roles()),
        factors=_second_factors(account) if overview.has_second_factor else [],
        is_linked=bool(identities.of_account(db(), key)),
        sign_ins=sign_ins.of_account(db(), key, now=now, idle=current_settings().idle),
    )


@blueprint.post("/personen/<int:key>/entsperren")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def unlock_person(key: int) -> ResponseReturnValue:
    account = administration.unlock(db(), key, shown_address(), actor=current_actor())
    record(SecurityEvent.ACCOUNT_UNLOCKED, account)
    text = _(
        "%(name)s kann sich wieder anmelden. Links von vor der Sperre gelten nicht mehr.",
        name=name_of(account),
    )
    return back_to_person(account, text)


@blueprint.post("/personen/<int:key>/abmelden")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def end_sign_ins(key: int) -> ResponseReturnValue:
    account = administration.end_sign_ins(db(), key, shown_address(), actor=current_actor())
    record(SecurityEvent.SIGN_INS_ENDED, account)
    return back_to_person(account, _("%(name)s ist überall abgemeldet.", name=name_of(account)))


@blueprint.post("/personen/<int:key>/passwort-link")
@permit(Permission.INSTALLATION_RUN)
@creates
def send_password_link(key: int) -> ResponseReturnValue:
    """Send a link for a new password. It goes to the person's address only, so it asks for no proof."""
    account = administration.account_for_new_password(db(), key, shown_address(), actor=current_actor())
    reset_links.send_reset_link(account, recipient=account.email, is_from_operator=True)
    note("a link for a new password was sent", account)
    text = _(
        "Der Link für ein neues Passwort ist unterwegs an %(email)s. Er gilt zwei Stunden.",
        email=account.email,
    )
    return back_to_person(account, text)


@blueprint.errorhandler(AccountGone)
def _account_gone(_error: AccountGone) -> ResponseReturnValue:
    return render_template("operation/person_gone.html"), 404


@blueprint.errorhandler(OwnAccount)
def _own_account(_error: OwnAccount) -> ResponseReturnValue:
    text = _("Das ist Ihr eigenes Konto. Hier ändern Sie nur die Konten anderer Personen.")
    return _refused(text)


@blueprint.errorhandler(CannotSignIn)
def _cannot_sign_in(_error: CannotSignIn) -> ResponseReturnValue:
    return _refused(_("Das geht erst, wenn sich die Person anmelden kann. Es wurde nichts geändert."))


def _refused(text: str) -> ResponseReturnValue:
    flash(text, "error")
    return redirect(url_for("operation.person", key=(request.view_args or {})["key"]), 303)


def overview_or_gone(key: int) -> AccountOverview:
    """The account with its roles. Raises AccountGone."""
    overview = overviews.of_account(db(), key, today=local_day(datetime.now(UTC)))
    if overview is None:
        raise AccountGone(key)
    return overview


def others_overview(key: int) -> AccountOverview:
    """The account of somebody else, for a page that asks first. Raises AccountGone and OwnAccount."""
    if key == current_actor().user_id:
        raise OwnAccount
    return overview_or_gone(key)


def shown_address() -> str:
    """The address that stood on the page whose form was sent."""
    return request.form.get("email", "")


def name_of(account: Account) -> str:
    """The person's name, else the address."""
    return account.name or account.email


def record(event: SecurityEvent, account: Account, **facts: str) -> None:
    """Record what was done to the account, and by which operator."""
    security_events.record(event, account_id=account.id, **by_operator(), **facts)
    note(facts.get("change") or event.value, account)


def by_operator() -> dict[str, str]:
    """Facts for the security log: that an operator did it, and a hash that tells which."""
    name = security_log.account_name(current_actor().user_id or 0)
    return {"by": "operator", "operator": security_log.keyed_hash(current_app.config["SECRET_KEY"], name)}


def note(what: str, account: Account) -> None:
    """Log what was done, with the numbers of both accounts."""
    log.info(
        "account %s: %s, by account %s (request %s)", account.id, what, current_actor().user_id, request_id()
    )


def back_to_person(account: Account, text: str) -> ResponseReturnValue:
    """Redirect to the person's page, which says what was done."""
    flash(text, "success")
    return redirect(url_for("operation.person", key=account.id), 303)


def _second_factors(account: Account) -> list[str]:
    app, passkeys = second_factors.app_of(db(), account.id), second_factors.passkeys_of(db(), account.id)
    codes: Any = second_factors.count_recovery_codes(db(), account.id)
    return [
        *([_("Authenticator-App")] if app else []),
        *([ngettext("%(num)d Passkey", "%(num)d Passkeys", len(passkeys))] if passkeys else []),
        ngettext("noch %(num)d Wiederherstellungscode", "noch %(num)d Wiederherstellungscodes", codes),
    ]
