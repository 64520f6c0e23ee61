"""Rights under data protection law: export of one's personal data, and erasure of the account."""

from datetime import UTC, datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import logout_user

from dnk_tool.domain.permissions import Permission
from dnk_tool.services.privacy import data_export, erasure_files
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy.erasure import SoleResponsibilities, SuccessorNeeded
from dnk_tool.services.work import Work
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.exports.responses import JSON, attachment
from dnk_tool.web.http.access import current_account, current_actor, current_work, permit
from dnk_tool.web.http.headers import clear_browser_data
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.settings import current_settings
from dnk_tool.web.http.transactions import db, is_safe

blueprint = Blueprint("privacy", __name__, url_prefix="/konto")

CONFIRMATION = "sure"


@blueprint.post("/daten")
@permit(Permission.ACCOUNT)
@requires_step_up
def export() -> ResponseReturnValue:
    """Download the person's data. A POST, so that other sites cannot trigger it."""
    content = data_export.export_personal_data(current_work(), current_account())
    return attachment(content, JSON, "dnk-tool-meine-daten.json")


@blueprint.route("/loeschen", methods=["GET", "POST"])
@permit(Permission.ACCOUNT)
@requires_step_up
def erase() -> ResponseReturnValue:
    """GET explains what is erased and what stays; POST erases the account."""
    if is_safe():
        return _page(account_erasure.sole_responsibilities(db(), current_account()))
    if not request.form.get(CONFIRMATION):
        message = _("Bestätigen Sie bitte, dass Sie Ihr Konto löschen wollen.")
        return _page(account_erasure.sole_responsibilities(db(), current_account()), message), 422
    language = current_language()
    try:
        _erase()
    except SuccessorNeeded as error:
        return _page(error.needed), 409
    logout_user()
    # The account's language is gone with it.
    session["language"] = language
    flash(_("Ihr Konto ist gelöscht."), "success")
    return clear_browser_data(make_response(redirect(url_for("start.show"), 303)))


def _erase() -> None:
    """Erase the account, then clean up files. Raises SuccessorNeeded."""
    now = datetime.now(UTC)
    erased = account_erasure.erase(Work(db(), current_actor(), now), current_account())
    # Files may be touched only after the commit.
    db().commit()
    settings = current_settings()
    erasure_files.finish_erasure(settings.instance, erased, now=now, backups=settings.backup_folder)


def _page(needed: SoleResponsibilities, error: str = "") -> str:
    return render_template(
        "accounts/erase.html",
        needed=needed,
        errors=[{"text": error, "href": f"#{CONFIRMATION}"}] if error else [],
        links=_links(needed),
    )


def _links(needed: SoleResponsibilities) -> dict[str, dict[int, str]]:
    """Addresses where a company or a cluster can be handed over, by id."""
    return {
        "companies": {key: url_for("people.show", organisation_id=key) for key, *_rest in needed.companies},
        "clusters": {key: url_for("cluster_team.show", cluster_id=key) for key, *_rest in needed.clusters},
    }
