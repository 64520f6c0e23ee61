"""The files of a submitted version, for the reviewers of the cluster that has it."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.formats import MEDIA_TYPES, Format, render_file
from dnk_tool.services.declarations import branding
from dnk_tool.services.exports import rendering
from dnk_tool.services.review.round import snapshot_document
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.exports.responses import (
    JSON,
    attachment,
    file_name,
    frozen_pdf_response,
    rendered_file_response,
    with_verification_url,
)
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.pdf")
@permit(Permission.REVIEW)
def version_pdf(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    snapshot = _submitted_snapshot_or_404(cluster_id, declaration_id, version)
    return frozen_pdf_response(
        snapshot,
        rendering.issue_of_version(db(), snapshot),
        _file_name(snapshot_document(snapshot), f"V{version}.pdf"),
        back=_review_url(cluster_id, declaration_id),
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.<any(docx, xlsx, csv, html):ending>")
@permit(Permission.REVIEW)
def version_file(cluster_id: int, declaration_id: int, version: int, ending: str) -> ResponseReturnValue:
    """The same version to work on and calculate with."""
    snapshot, kind = _submitted_snapshot_or_404(cluster_id, declaration_id, version), Format(ending)
    document, issue = (
        snapshot_document(snapshot),
        with_verification_url(rendering.issue_of_version(db(), snapshot)),
    )
    look = branding.version_branding(db(), snapshot)
    return rendered_file_response(
        lambda: render_file(document, issue, kind, look=look),
        _file_name(document, f"V{version}.{kind}"),
        back=_review_url(cluster_id, declaration_id),
        kind=MEDIA_TYPES[kind],
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.json")
@permit(Permission.REVIEW)
def version_json(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    """The data of the version, as far as they are said to its readers."""
    document = snapshot_document(_submitted_snapshot_or_404(cluster_id, declaration_id, version))
    return attachment(
        canonical_json(redact_document(document)), JSON, _file_name(document, f"V{version}.json")
    )


def _submitted_snapshot_or_404(cluster_id: int, declaration_id: int, version: int) -> Snapshot:
    found = declarations.submitted_snapshots(db(), declaration_id, cluster_id)
    return next((one for one in found if one.version == version), None) or abort(404)


def _file_name(document: Document, label: str) -> str:
    return file_name(document.organisation.name, document.reporting_year, label)


def _review_url(cluster_id: int, declaration_id: int) -> str:
    return url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id)
