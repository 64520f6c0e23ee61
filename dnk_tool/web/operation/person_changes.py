"""Deeds of the operator that are asked about first: lock, reset second factors, add or remove operators."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import administration
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.store.accounts.overviews import AccountOverview
from dnk_tool.web.accounts import alerts
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http.access import current_account, current_actor, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail import mails
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.operation.person import (
    back_to_person,
    by_operator,
    name_of,
    note,
    others_overview,
    record,
    shown_address,
)

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
