"""The page of a cluster's report: what it holds, what is missing, and its files in both languages."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dnk_tool.domain.permissions import Permission
from dnk_tool.report.formats import DOCX, XLSX, render_cluster_report
from dnk_tool.report.view.cluster.composition import report_preview
from dnk_tool.services.aggregates.report import report_content, report_pdf_request
from dnk_tool.services.exports.page_requests import PagePdfRequest
from dnk_tool.web.aggregates.report.choice import ReportChoice, requested_language, requested_report
from dnk_tool.web.aggregates.report.contents import report_parts
from dnk_tool.web.exports.responses import queued_pdf_response, rendered_file_response
from dnk_tool.web.http.access import current_cluster, permit
from dnk_tool.web.http.cluster_pages import ClusterTab, cluster_page
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db

blueprint = Blueprint("cluster_report", __name__, url_prefix="/cluster/<int:cluster_id>/bericht")

FORMATS = {export_format.extension: export_format for export_format in (DOCX, XLSX)}
FILE_WORDS = {"de": "Bericht", "en": "Report"}  # the files of both languages stand beside each other


@blueprint.get("")
@cluster_page(_l("Bericht"), Permission.CLUSTER_LEAD, position=42, tab=ClusterTab.RESULTS)
def show(cluster_id: int) -> ResponseReturnValue:
    choice = requested_report()
    content = report_content(db(), current_cluster(), choice.view)
    return render_template(
        "aggregates/report/page.html",
        cluster=current_cluster(),
        choice=choice,
        content=content,
        parts=report_parts(content, cluster_id),
        first=report_preview(content, current_language()),
        pdf=url_for(".pdf", cluster_id=cluster_id, year=choice.year, sprache=choice.language),
        files=_file_links(cluster_id, choice),
    )


def _file_links(cluster_id: int, choice: ReportChoice) -> list[tuple[str, str]]:
    """Label and address of the report's files beside the PDF."""
    values: dict[str, Any] = {"cluster_id": cluster_id, "year": choice.year, "sprache": choice.language}
    return [
        (_("Word-Datei zum Weiterbearbeiten"), url_for(".file", export_format=DOCX.extension, **values)),
        (_("Excel-Datei mit allen Zahlen"), url_for(".file", export_format=XLSX.extension, **values)),
    ]


@blueprint.get("/<int:year>.pdf")
@permit(Permission.CLUSTER_LEAD)
def pdf(cluster_id: int, year: int) -> ResponseReturnValue:
    """The report as PDF, made on order and kept for a day; numbers that were withdrawn since are in none."""

    def wanted() -> PagePdfRequest:
        choice = requested_report(year)
        return report_pdf_request(report_content(db(), current_cluster(), choice.view), choice.language)

    name, back = _file_name(year, "pdf"), _back(cluster_id, year)
    return queued_pdf_response(wanted, name, back=back, is_always_current=True)


@blueprint.get("/<int:year>.<any(docx, xlsx):export_format>")
@permit(Permission.CLUSTER_LEAD)
def file(cluster_id: int, year: int, export_format: str) -> ResponseReturnValue:
    """The report as Word document, or its numbers as a workbook."""
    choice, chosen = requested_report(year), FORMATS[export_format]
    content = report_content(db(), current_cluster(), choice.view)
    return rendered_file_response(
        lambda: render_cluster_report(content, choice.language, chosen),
        _file_name(year, export_format),
        back=_back(cluster_id, year),
        media_type=chosen.media_type,
    )


def _back(cluster_id: int, year: int) -> str:
    return url_for("cluster_report.show", cluster_id=cluster_id, jahr=year)


def _file_name(year: int, extension: str) -> str:
    name = "".join(sign if sign.isalnum() else "-" for sign in current_cluster().name)[:60].strip("-")
    return f"{FILE_WORDS[requested_language()]}-{year}-{name}.{extension}"
