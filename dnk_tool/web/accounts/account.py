"""The account page: name, language, password, second factors and signed-in browsers."""

from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security.utils import logout_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, ValidationError

from dnk_tool.domain.mail import NewsFrequency
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES
from dnk_tool.services.accounts import lifecycle as account_lifecycle
from dnk_tool.services.accounts.lifecycle import MAX_NAME_LENGTH
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.mail import news, reminders
from dnk_tool.store.accounts import identities, second_factors, sign_ins
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http import security_events
from dnk_tool.web.http.access import current_account, current_actor, permit
from dnk_tool.web.http.headers import clear_browser_data
from dnk_tool.web.http.languages import LANGUAGE_NAMES
from dnk_tool.web.http.sessions import TwoPartSession
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors
from dnk_tool.web.text.form_fields import LineField

blueprint = Blueprint("account", __name__)


class AccountForm(FlaskForm):
    """Name, language and reminders, as people change them for their own account."""

    name = LineField(longest=MAX_NAME_LENGTH)
    language = RadioField(choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES])
    wants_reminders = BooleanField()
    cluster_news = RadioField(choices=[each.value for each in NewsFrequency], validate_choice=False)

    def validate_name(self, field: LineField) -> None:
        """Raises ValidationError if the field is missing: an account keeps its name then."""
        if not field.raw_data:
            raise ValidationError(_("Geben Sie Ihren Namen ein, höchstens 200 Zeichen."))


@blueprint.get("/konto")
@permit(Permission.ACCOUNT)
def show() -> ResponseReturnValue:
    return _page(AccountForm(obj=current_account()))


@blueprint.post("/konto")
@permit(Permission.ACCOUNT)
def change() -> ResponseReturnValue:
    form = AccountForm()
    if not form.validate():
        return _page(form), 422
    account_lifecycle.change_account(
        current_account(), name=form.name.data, language=form.language.data, actor=current_actor()
    )
    reminders.set_reminders(current_account(), wants=form.wants_reminders.data)
    if form.cluster_news.data in set(NewsFrequency):
        news.set_frequency(current_account(), NewsFrequency(form.cluster_news.data))
    session.pop("language", None)  # the account's language replaces the one chosen for this visit
    flash(_("Ihre Angaben sind gespeichert."), "success")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/konto/abmelden")
@permit(Permission.ACCOUNT)
@requires_step_up
def sign_out_one() -> ResponseReturnValue:
    """End one of the person's other sign-ins."""
    if account_lifecycle.end_sign_in(db(), current_account(), request.form.get("sign_in", "")):
        security_events.record(SecurityEvent.SIGN_INS_ENDED)
        flash(_("Der andere Browser ist abgemeldet."), "success")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/konto/ueberall-abmelden")
@permit(Permission.ACCOUNT)
@requires_step_up
def sign_out_everywhere() -> ResponseReturnValue:
    account_lifecycle.end_every_sign_in(db(), current_account())
    security_events.record(SecurityEvent.SIGN_INS_ENDED)
    logout_user()
    flash(_("Sie sind in allen Browsern abgemeldet."), "success")
    return clear_browser_data(make_response(redirect(url_for("security.login"), 303)))


def _page(form: AccountForm) -> str:
    settings = current_settings()
    account = current_account()
    sign_in = cast(TwoPartSession, session).sign_in
    own = sign_in.id_hash if sign_in else ""
    rows = sign_ins.of_account(db(), account.id, now=datetime.now(UTC), idle=settings.idle)
    return render_template(
        "accounts/account.html",
        form=form,
        errors=form_errors(form),
        account=account,
        is_staff=bool(current_actor().clusters),
        sign_ins=[{"row": row, "is_this": row.id_hash == own} for row in rows],
        factors=_second_factors(account),
        identity=next(iter(identities.of_account(db(), account.id)), None),
    )


def _second_factors(account: Account) -> list[str]:
    """Describe the account's second factors and remaining recovery codes; empty without a second factor."""
    texts = [_("Authenticator-App")] if second_factors.app_of(db(), account.id) else []
    passkeys = len(second_factors.passkeys_of(db(), account.id))
    if passkeys:
        texts.append(ngettext("%(num)d Passkey", "%(num)d Passkeys", passkeys))
    if texts:
        left = second_factors.count_recovery_codes(db(), account.id)
        texts.append(
            ngettext("noch %(num)d Wiederherstellungscode", "noch %(num)d Wiederherstellungscodes", left)
        )
    return texts
