"""Erasure of somebody's account by the operator, who reads the consequences and types the address."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.accounts import administration
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.privacy.erasure import SuccessorNeeded
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.overviews import AccountOverview
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.http.access import current_actor, permit
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db
from dnk_tool.web.operation.overview import blueprint
from dnk_tool.web.operation.people import name_of, others_overview, record, shown_address

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
