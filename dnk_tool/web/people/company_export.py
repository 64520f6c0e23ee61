"""An owner takes everything of the company along, before it is deleted or just to have it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.domain.text import normalised
from dnk_tool.services.privacy import company_export
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.accounts.step_up import requires_step_up
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http.access import current_organisation, current_work, permit
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("company_export", __name__)

ZIP = "application/zip"


@blueprint.get("/unternehmen/<int:organisation_id>/mitnehmen")
@permit(Permission.ORGANISATION_CLOSE)
def show(organisation_id: int) -> ResponseReturnValue:
    return render_template(
        "people/take_along.html",
        organisation=current_organisation(),
        declarations=declarations.of_organisations(db(), [organisation_id]),
    )


@blueprint.post("/unternehmen/<int:organisation_id>/mitnehmen")
@permit(Permission.ORGANISATION_CLOSE)
@requires_step_up
def take(organisation_id: int) -> ResponseReturnValue:
    """Download the ZIP file. A POST, as it notes when the export was taken."""
    organisation = current_organisation()
    content = company_export.export_company(current_work(), organisation)
    return attachment(content, ZIP, f"{normalised(organisation.name)[:60] or organisation_id}.zip")
