"""The PDF of a submitted version, for the reviewers of the cluster that has it."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.services import printing
from dnk_tool.services.standings import document_of
from dnk_tool.store import declarations
from dnk_tool.web.access import permit
from dnk_tool.web.downloads import file_name, frozen_pdf
from dnk_tool.web.review.rounds import blueprint
from dnk_tool.web.transactions import db


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.pdf")
@permit(Permission.REVIEW)
def version_pdf(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    found = declarations.submitted_snapshots(db(), declaration_id, cluster_id)
    snapshot = next((one for one in found if one.version == version), None) or abort(404)
    document = document_of(snapshot)
    return frozen_pdf(
        snapshot,
        printing.issue_of_version(db(), snapshot),
        file_name(document.organisation.name, document.reporting_year, f"V{version}.pdf"),
        back=url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id),
    )
