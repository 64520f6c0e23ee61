"""Pages for the second factor: an authenticator app, and recovery codes for a lost device."""

from typing import cast
from urllib.parse import urlsplit

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import encryption, second_factor, signing
from dnk_tool.services.accounts.second_factor import WrongCode
from dnk_tool.store.accounts import second_factors
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts import alerts
from dnk_tool.web.accounts.required_second_factor import demanded_roles
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http.access import current_account, current_actor, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("second_factor", __name__)

SET_UP_WITHIN_SECONDS = 3600


@blueprint.get("/konto/zweiter-faktor")
@permit(Permission.ACCOUNT)
def show() -> ResponseReturnValue:
    account = current_account()
    return render_template(
        "accounts/second_factor.html",
        app=second_factors.app_of(db(), account.id),
        passkeys=second_factors.passkeys_of(db(), account.id),
        codes_left=second_factors.count_recovery_codes(db(), account.id),
        has_any=second_factors.has_any(db(), account.id),
        is_demanded=second_factor.is_second_factor_required(current_actor(), demanded_roles()),
    )


@blueprint.get("/konto/zweiter-faktor/app")
@permit(Permission.ACCOUNT)
@requires_step_up
def begin() -> ResponseReturnValue:
    return _set_up_page(second_factor.new_secret())


@blueprint.post("/konto/zweiter-faktor/app")
@permit(Permission.ACCOUNT)
@creates
@requires_step_up
def add() -> ResponseReturnValue:
    """Store the app's secret once a code proves that the app has it."""
    account, key = current_account(), current_app.config["SECRET_KEY"]
    secret = _offered_secret(request.form.get("secret", ""))
    if secret is None:
        return redirect(url_for("second_factor.begin"), 303)
    try:
        second_factor.add_app(
            current_work(), account, secret=secret, code=request.form.get("code", ""), key=key
        )
    except WrongCode:
        return _set_up_page(
            secret, _("Der Code stimmt nicht. Nehmen Sie den, den Ihre App gerade zeigt.")
        ), 422
    alerts.send_sign_in_alert(account, "app-added")
    flash(_("Ihre Authenticator-App ist eingerichtet."), "success")
    return after_adding_factor(account)


@blueprint.post("/konto/zweiter-faktor/app/entfernen")
@permit(Permission.ACCOUNT)
@requires_step_up
def remove() -> ResponseReturnValue:
    if second_factor.remove_app(db(), current_account(), actor=current_actor()):
        alerts.send_sign_in_alert(current_account(), "app-removed")
        flash(_("Ihre Authenticator-App ist entfernt."), "success")
    return redirect(url_for("second_factor.show"), 303)


@blueprint.post("/konto/zweiter-faktor/codes")
@permit(Permission.ACCOUNT)
@requires_step_up
def renew_codes() -> ResponseReturnValue:
    account = current_account()
    if not second_factors.has_any(db(), account.id):
        return redirect(url_for("second_factor.show"), 303)
    alerts.send_sign_in_alert(account, "codes-renewed")
    return _codes_page(account)


@blueprint.post("/konto/zweiter-faktor/nicht-mehr-zeigen")
@permit(Permission.ACCOUNT)
def decline() -> ResponseReturnValue:
    """Put the offer on the start page away."""
    second_factor.decline_offer(current_account(), actor=current_actor())
    return redirect(url_for("start.show"), 303)


def after_adding_factor(account: Account) -> ResponseReturnValue:
    """Show recovery codes after the first second factor; otherwise return to the overview of factors."""
    if second_factors.count_recovery_codes(db(), account.id):
        return redirect(url_for("second_factor.show"), 303)
    return _codes_page(account)


def _codes_page(account: Account) -> str:
    codes = second_factor.renew_recovery_codes(db(), account, actor=current_actor())
    return render_template("accounts/recovery_codes.html", codes=codes)


def _set_up_page(secret: str, error: str = "") -> str:
    host = urlsplit(current_settings().address).hostname or ""
    address = second_factor.otpauth_uri(
        secret, email=current_account().email, installation=f"dnk-tool {host}"
    )
    return render_template(
        "accounts/authenticator_app.html",
        picture=segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        offered=_serializer().dumps([current_account().id, encryption.encrypt(_key(), secret)]),
        errors=[{"text": error, "href": "#code"}] if error else [],
    )


def _offered_secret(text: str) -> str | None:
    """Decrypt the secret offered to this person within the last hour; None for anything else."""
    try:
        account_id, secret = _serializer().loads(text, max_age=SET_UP_WITHIN_SECONDS)
        return encryption.decrypt(_key(), secret) if account_id == current_account().id else None
    except (BadSignature, encryption.DecryptionFailed):
        return None


def _serializer() -> URLSafeTimedSerializer:
    return signing.timed_signer(_key(), "dnk-app")


def _key() -> str:
    return cast(str, current_app.config["SECRET_KEY"])
