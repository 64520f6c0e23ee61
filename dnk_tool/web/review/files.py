"""Files of a submitted version, for reviewers of the cluster that has it."""

from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.report.formats import ExportAudience, ExportFormat, render_file
from dnk_tool.services.declarations import branding
from dnk_tool.services.exports import rendering
from dnk_tool.services.review.round import snapshot_document
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.exports.download_links import DownloadLink, format_links
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


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.<export_format(reviewers):export_format>")
@permit(Permission.REVIEW)
def version_file(
    cluster_id: int, declaration_id: int, version: int, export_format: ExportFormat
) -> ResponseReturnValue:
    """The version in another format."""
    snapshot = _submitted_snapshot_or_404(cluster_id, declaration_id, version)
    document, issue = (
        snapshot_document(snapshot),
        with_verification_url(rendering.issue_of_version(db(), snapshot)),
    )
    look = branding.version_branding(db(), snapshot)
    return rendered_file_response(
        lambda: render_file(document, issue, export_format, look=look),
        _file_name(document, f"V{version}.{export_format.extension}"),
        back=_review_url(cluster_id, declaration_id),
        media_type=export_format.media_type,
    )


@blueprint.get("/<int:declaration_id>/versionen/<int:version>.json")
@permit(Permission.REVIEW)
def version_json(cluster_id: int, declaration_id: int, version: int) -> ResponseReturnValue:
    """The version's redacted data as JSON."""
    document = snapshot_document(_submitted_snapshot_or_404(cluster_id, declaration_id, version))
    return attachment(
        canonical_json(redact_document(document)), JSON, _file_name(document, f"V{version}.json")
    )


def version_links(cluster_id: int, declaration_id: int, version: int) -> list[DownloadLink]:
    """Links to the files of a submitted version, the data last."""
    values: dict[str, Any] = {"cluster_id": cluster_id, "declaration_id": declaration_id, "version": version}
    hint = _("der Version %(version)s", version=version)

    def address(export_format: ExportFormat) -> str:
        if export_format.has_own_routes:
            return url_for("review.version_pdf", **values)
        return url_for("review.version_file", export_format=export_format, **values)

    data = DownloadLink(url_for("review.version_json", **values), "JSON", hint)
    return [*format_links(ExportAudience.REVIEWERS, address, hint=hint), data]


def _submitted_snapshot_or_404(cluster_id: int, declaration_id: int, version: int) -> Snapshot:
    snapshots = declarations.submitted_snapshots(db(), declaration_id, cluster_id)
    return next((snapshot for snapshot in snapshots if snapshot.version == version), None) or abort(404)


def _file_name(document: Document, label: str) -> str:
    return file_name(document.organisation.name, document.reporting_year, label)


def _review_url(cluster_id: int, declaration_id: int) -> str:
    return url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id)
