"""The files of a submitted version, for the reviewers of the cluster that has it."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.declarations.document import Document, canonical
from dnk_tool.domain.declarations.redaction import only_said
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.formats import MEDIA_TYPES, Format, made
from dnk_tool.services.declarations import branding
from dnk_tool.services.exports import rendering
from dnk_tool.services.review.round import document_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.exports.responses import JSON, addressed, attachment, file_name, frozen_pdf, printed
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.pdf")
@permit(Permission.REVIEW)
def version_pdf(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = _submitted(cluster_id, declaration_id, version)
    return frozen_pdf(
        snapshot,
        rendering.issue_of_version(db(), snapshot),
        _name(document_of(snapshot), f"V{version}.pdf"),
        back=_back(cluster_id, declaration_id),
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.<any(docx, xlsx, csv, html):ending>")
@permit(Permission.REVIEW)
def version_file(cluster_id: int, declaration_id: int, version: int, ending: str) -> ResponseReturnValue:
    """The same version to work on and calculate with."""
    snapshot, kind = _submitted(cluster_id, declaration_id, version), Format(ending)
    document, issue = document_of(snapshot), addressed(rendering.issue_of_version(db(), snapshot))
    look = branding.of_version(db(), snapshot)
    return printed(
        lambda: made(document, issue, kind, look=look),
        _name(document, f"V{version}.{kind}"),
        back=_back(cluster_id, declaration_id),
        kind=MEDIA_TYPES[kind],
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.json")
@permit(Permission.REVIEW)
def version_json(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    """The data of the version, as far as they are said to its readers."""
    document = document_of(_submitted(cluster_id, declaration_id, version))
    return attachment(canonical(only_said(document)), JSON, _name(document, f"V{version}.json"))


def _submitted(cluster_id: int, declaration_id: int, version: int) -> Snapshot:
    found = declarations.submitted_snapshots(db(), declaration_id, cluster_id)
    return next((one for one in found if one.version == version), None) or abort(404)


def _name(document: Document, label: str) -> str:
    return file_name(document.organisation.name, document.reporting_year, label)


def _back(cluster_id: int, declaration_id: int) -> str:
    return url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id)
