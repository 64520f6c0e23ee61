"""The operator's list of people: searched and filtered, with what they may do and how they sign in.

The operator's page of a person, and deeds that can be undone: unlock, sign out, send a link.
Deeds of the operator that are asked about first: lock, reset second factors, add or remove operators.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.services.accounts import administration, security_log
from dnk_tool.services.accounts.administration import AccountGone, CannotSignIn, OwnAccount
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address, one_line
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.privacy.erasure import SuccessorNeeded
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import identities, overviews, second_factors, sign_ins
from dnk_tool.store.accounts.overviews import AccountFilter, AccountGroup, AccountOverview
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import alerts, security
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_account, current_actor, permit
from dnk_tool.web.http.headers import request_id
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.text.options import pair_options
from dnk_tool.web.text.paging import PAGE_SIZE, paginate

MAX_SEARCH_LENGTH = 200

GROUPS = {
    AccountGroup.OPERATORS: _l("Betreiben diese Installation"),
    AccountGroup.LOCKED: _l("Gesperrt"),
    AccountGroup.LACKS_FACTOR: _l("Zweiter Faktor fehlt"),
    AccountGroup.NEVER_SIGNED_IN: _l("Noch nie angemeldet"),
}


@blueprint.get("/personen")
@permit(Permission.INSTALLATION_RUN)
def people() -> ResponseReturnValue:
    wanted, demanded, today = _requested_filter(), demanded_roles(), local_day(datetime.now(UTC))
    part = paginate(overviews.count(db(), wanted, demanded=demanded, today=today), "seite")
    return render_template(
        "operation/people/list.html",
        wanted=wanted,
        groups=pair_options(((group.value, label) for group, label in GROUPS.items()), str(_l("alle"))),
        people=overviews.list_page(
            db(), wanted, demanded=demanded, today=today, offset=part.offset, limit=PAGE_SIZE
        ),
        demanded=demanded,
        part=part,
    )


def _requested_filter() -> AccountFilter:
    """The filter of the address; a group that is none means all."""
    group = request.args.get("gruppe")
    return AccountFilter(
        one_line(request.args.get("suche", ""))[:MAX_SEARCH_LENGTH],
        AccountGroup(group) if group in set(AccountGroup) else None,
    )


log = logging.getLogger(__name__)


@blueprint.get("/personen/<int:key>")
@permit(Permission.INSTALLATION_RUN)
def person(key: int) -> ResponseReturnValue:
    overview, now = overview_or_gone(key), datetime.now(UTC)
    account = overview.account
    return render_template(
        "operation/people/person.html",
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
    security.send_reset_link(account, recipient=account.email, is_from_operator=True)
    note("a link for a new password was sent", account)
    text = _(
        "Der Link für ein neues Passwort ist unterwegs an %(email)s. Er gilt zwei Stunden.",
        email=account.email,
    )
    return back_to_person(account, text)


@blueprint.errorhandler(AccountGone)
def _account_gone(_error: AccountGone) -> ResponseReturnValue:
    return render_template("operation/people/gone.html"), 404


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


IS_SURE = "sure"


@blueprint.get("/personen/<int:key>/sperren")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def ask_to_lock_person(key: int) -> ResponseReturnValue:
    person = others_overview(key)
    needed = account_erasure.sole_responsibilities(db(), person.account)
    return render_template(
        "operation/people/lock.html", person=person, name=name_of(person.account), needed=needed
    )


@blueprint.post("/personen/<int:key>/sperren")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def lock_person(key: int) -> ResponseReturnValue:
    account = administration.lock(db(), key, shown_address(), actor=current_actor())
    record(SecurityEvent.ACCOUNT_LOCKED, account)
    return back_to_person(account, _("%(name)s ist gesperrt und überall abgemeldet.", name=name_of(account)))


@blueprint.get("/personen/<int:key>/zweiter-faktor")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def ask_to_reset_factors(key: int) -> ResponseReturnValue:
    return _factors_page(others_overview(key))


@blueprint.post("/personen/<int:key>/zweiter-faktor")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def reset_factors(key: int) -> ResponseReturnValue:
    """Take all second factors away, once the operator says that it is the person who asks, and tell them."""
    if not request.form.get(IS_SURE):
        text = _("Bestätigen Sie bitte, dass Sie sich vergewissert haben, wer darum bittet.")
        return _factors_page(others_overview(key), text), 422
    account = administration.reset_factors(db(), key, shown_address(), actor=current_actor())
    alerts.send_sign_in_alert(account, "reset", **by_operator())
    note("second factors reset", account)
    text = _(
        "%(name)s hat keinen zweiten Faktor mehr und ist überall abgemeldet. "
        "Die Person bekommt eine E-Mail, in der das steht.",
        name=name_of(account),
    )
    return back_to_person(account, text)


@blueprint.get("/personen/<int:key>/betrieb")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def ask_to_change_operator(key: int) -> ResponseReturnValue:
    person = others_overview(key)
    return render_template(
        "operation/people/operator.html",
        person=person,
        name=name_of(person.account),
        is_factor_demanded="operator" in demanded_roles() and not person.has_second_factor,
    )


@blueprint.post("/personen/<int:key>/betrieb")
@permit(Permission.INSTALLATION_RUN)
@creates
@requires_step_up
def change_operator(key: int) -> ResponseReturnValue:
    """Let the person run the installation, or no longer, and tell them by mail."""
    is_operator = request.form.get("action") == "add"
    account, is_changed = administration.set_operator(
        db(), key, shown_address(), is_operator=is_operator, actor=current_actor()
    )
    if is_changed:
        record(SecurityEvent.OPERATOR_ADDED if is_operator else SecurityEvent.OPERATOR_REMOVED, account)
        by = name_of(current_account())
        mails.notify_accounts("accounts/operator", [account], reply_to=mails.NOBODY, by=by)
    if is_operator:
        text = _("%(name)s betreibt diese Installation jetzt mit.", name=name_of(account))
    else:
        text = _(
            "%(name)s betreibt diese Installation nicht mehr. Das gilt ab sofort.", name=name_of(account)
        )
    return back_to_person(account, text)


def _factors_page(person: AccountOverview, error: str = "") -> str:
    return render_template(
        "operation/people/factors.html",
        person=person,
        name=name_of(person.account),
        errors=[{"text": error, "href": f"#{IS_SURE}"}] if error else [],
    )


TYPED_ADDRESS, EVEN_IF_NEEDED = "typed_address", "sure"


@blueprint.get("/personen/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def ask_to_erase_person(key: int) -> ResponseReturnValue:
    return _page(others_overview(key))


@blueprint.post("/personen/<int:key>/loeschen")
@permit(Permission.INSTALLATION_RUN)
@requires_step_up
def erase_person(key: int) -> ResponseReturnValue:
    """Erase the account as `dnk user erase` does."""
    actor, now, is_sure = current_actor(), datetime.now(UTC), bool(request.form.get(EVEN_IF_NEEDED))
    account = administration.account_for_change(db(), key, shown_address(), actor=actor)
    if _typed_address() != account.email:
        text = _("Geben Sie die Adresse des Kontos ein: %(email)s.", email=account.email)
        return _page(others_overview(key), {TYPED_ADDRESS: text}), 422
    try:
        erased = account_erasure.erase(Work(db(), actor, now), account, even_if_needed=is_sure)
    except SuccessorNeeded:
        text = _(
            "Bestätigen Sie bitte, dass danach niemand mehr dafür zuständig ist, "
            "oder löschen Sie das Konto später."
        )
        return _page(others_overview(key), {EVEN_IF_NEEDED: text}), 422
    db().commit()  # files may be touched only after the commit
    settings = current_settings()
    erasure_files.finish_erasure(settings.instance, erased, now=now, backups=settings.backup_folder)
    record(SecurityEvent.ACCOUNT_ERASED, account)
    flash(_("Das Konto von %(email)s ist gelöscht.", email=erased.email), "success")
    return redirect(url_for("operation.people"), 303)


def _typed_address() -> str:
    try:
        return normalised_address(request.form.get(TYPED_ADDRESS, ""))
    except InvalidAddress:
        return ""


def _page(person: AccountOverview, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "operation/people/erase.html",
        person=person,
        name=name_of(person.account),
        needed=account_erasure.sole_responsibilities(db(), person.account),
        typed=request.form.get(TYPED_ADDRESS, ""),
        is_sure=bool(request.form.get(EVEN_IF_NEEDED)),
        by_field=errors or {},
        errors=[{"text": text, "href": f"#{field}"} for field, text in (errors or {}).items()],
    )
