"""Links to a published declaration's files, for its page and for its structured data."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.report.formats import CSV, PDF, XLSX, ExportAudience, offered_formats
from dnk_tool.web.exports.download_links import DownloadLink
from dnk_tool.web.exports.responses import JSON
from dnk_tool.web.mail.mails import public_base_url


@dataclass(frozen=True, slots=True)
class PublicDownloads:
    """The links on the page besides the PDF: declaration, figures, data."""

    declaration: Sequence[DownloadLink]
    figures: Sequence[DownloadLink]
    data: Sequence[DownloadLink]


@dataclass(frozen=True, slots=True)
class Encodings:
    """Media type and absolute address of each file of the declaration and of its figures."""

    declaration: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, str]]


def downloads(slug: str) -> PublicDownloads:
    """The links on a declaration's page, in the language of the page."""
    short = DownloadLink(url_for("public.short_pdf", slug=slug), _("Kurzfassung (PDF)"))
    formats = [
        DownloadLink(
            url_for("public.file", slug=slug, export_format=offered_format), _(offered_format.file_label)
        )
        for offered_format in offered_formats(ExportAudience.PUBLIC)
    ]
    figures = [
        DownloadLink(url_for("public.xlsx", slug=slug), _(XLSX.file_label)),
        DownloadLink(url_for("public.csv", slug=slug), _(CSV.file_label)),
    ]
    data = DownloadLink(url_for("public.data", slug=slug), _("JSON-Datei"))
    return PublicDownloads([short, *formats], figures, [data])


def encodings(slug: str) -> Encodings:
    """The files of a declaration, for structured data."""
    base = public_base_url()
    formats = [
        (offered_format.media_type, base + url_for("public.file", slug=slug, export_format=offered_format))
        for offered_format in offered_formats(ExportAudience.PUBLIC)
    ]
    pdf = PDF.media_type, base + url_for("public.pdf", slug=slug)
    data = JSON, base + url_for("public.data", slug=slug)
    csv = CSV.media_type, base + url_for("public.csv", slug=slug)
    xlsx = XLSX.media_type, base + url_for("public.xlsx", slug=slug)
    return Encodings([pdf, *formats, data], [csv, xlsx])
