"""The registry of file formats in which a declaration is handed out, all made from the same view.

A new format is a writer and an entry in `FORMATS`: pages, addresses and the command line read the registry.
The data of a declaration (JSON) is no entry: it is what the formats are made from.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from dnk_tool.domain.declarations.document import Document
from dnk_tool.labels import N_
from dnk_tool.language import Language
from dnk_tool.report.files.cluster_docx import cluster_report_to_docx
from dnk_tool.report.files.cluster_workbook import cluster_report_to_xlsx
from dnk_tool.report.files.declaration_spreadsheet import to_csv, to_xlsx
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.process.size_limit import size_limit
from dnk_tool.report.renderer import render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.cluster.composition import compose_cluster_report
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import DeclarationView, Issue

# The largest document accepted takes some seconds of one processor and must not occupy all threads.
MAX_WAIT_SECONDS = 10
_slots = threading.BoundedSemaphore(2)

FormatWriter = Callable[[Document, Issue, ExportOptions, Branding], bytes]


class ExportAudience(StrEnum):
    """The readers to whom a page offers files. The command line makes every format."""

    COMPANY = "company"
    REVIEWERS = "reviewers"
    PUBLIC = "public"


ALL_VARIANTS = frozenset(Variant)
DATA_VARIANTS = frozenset({Variant.FULL})  # tables hold data and not pages: always of the whole declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A file format of a declaration. Texts are German message ids.

    `extension` is used in addresses and file names, `label` in lists of formats, `file_label` for single
    links. `purpose` tells the company what the format is good for. `variants` are those that `write`
    can make, `audiences` those whose pages offer it. `has_own_routes`: made by the render queue, which shows
    its progress at addresses of its own.
    """

    extension: str
    label: str
    file_label: str
    media_type: str
    write: FormatWriter
    variants: frozenset[Variant]
    audiences: frozenset[ExportAudience]
    purpose: str = ""
    has_own_routes: bool = False


def from_view(write: Callable[[Document, DeclarationView], bytes]) -> FormatWriter:
    """Make a format's writer from a function of the document and its view composed for the screen.

    At most two run at a time in a process. The writer raises RenderFailed for a document that is too large,
    and if no place gets free within `MAX_WAIT_SECONDS`.
    """

    def write_document(document: Document, issue: Issue, edition: ExportOptions, look: Branding) -> bytes:
        with size_limit(document), _slot():
            return write(document, compose(document, issue, edition, look, on_paper=False))

    return write_document


def _write_pdf(document: Document, issue: Issue, edition: ExportOptions, look: Branding) -> bytes:
    return render_pdf(document, issue, edition=edition, look=look)


PDF = ExportFormat(
    extension="pdf",
    label="PDF",
    file_label="PDF",
    media_type="application/pdf",
    write=_write_pdf,
    variants=ALL_VARIANTS,
    audiences=frozenset(ExportAudience),
    has_own_routes=True,
)
DOCX = ExportFormat(
    extension="docx",
    label="Word",
    file_label=N_("Word-Datei"),
    media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    write=from_view(lambda _document, view: to_docx(view)),
    variants=ALL_VARIANTS,
    audiences=frozenset(ExportAudience),
    purpose=N_(
        "Zum Weiterbearbeiten oder im eigenen Layout. Die Seitenzahlen im Inhalt sind vorausberechnet. Nach "
        "einer Änderung zählt Word sie neu, wenn Sie alles markieren (Strg+A) und F9 drücken."
    ),
)
XLSX = ExportFormat(
    extension="xlsx",
    label="Excel",
    file_label=N_("Excel-Datei"),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=from_view(to_xlsx),
    variants=DATA_VARIANTS,
    audiences=frozenset({ExportAudience.COMPANY, ExportAudience.REVIEWERS}),
    purpose=N_(
        "Zum Auswerten: Antworten, Kennzahlen mit Einheit und Jahr, Ziele und Indikatoren, je ein Blatt."
    ),
)
CSV = ExportFormat(
    extension="csv",
    label="CSV",
    file_label=N_("CSV-Datei"),
    media_type="text/csv",
    write=from_view(to_csv),
    variants=DATA_VARIANTS,
    audiences=frozenset({ExportAudience.COMPANY, ExportAudience.REVIEWERS}),
    purpose=N_("Dieselben Antworten und Kennzahlen als eine Tabelle, für andere Programme."),
)
HTML = ExportFormat(
    extension="html",
    label="HTML",
    file_label=N_("Seite für den Browser (HTML)"),
    media_type="text/html",
    write=from_view(lambda _document, view: standalone_html(view).encode()),
    variants=ALL_VARIANTS,
    audiences=frozenset({ExportAudience.REVIEWERS, ExportAudience.PUBLIC}),
)

# In the order in which pages list them.
FORMATS: dict[str, ExportFormat] = {
    export_format.extension: export_format for export_format in (PDF, DOCX, XLSX, CSV, HTML)
}


def offered_formats(
    audience: ExportAudience, *, variant: Variant = Variant.FULL, own_routes: bool = False
) -> list[ExportFormat]:
    """The formats that pages for an audience offer of a variant.

    Formats with routes of their own are left out unless `own_routes` is set.
    """
    return [
        export_format
        for export_format in FORMATS.values()
        if audience in export_format.audiences
        and variant in export_format.variants
        and (own_routes or not export_format.has_own_routes)
    ]


def render_file(
    document: Document,
    issue: Issue,
    export_format: ExportFormat,
    *,
    edition: ExportOptions = FULL_EXPORT,
    look: Branding = DEFAULT_BRANDING,
) -> bytes:
    """An edition of the declaration as a file, by default all of it. Raises RenderFailed.

    A variant that the format cannot hold is replaced by the whole declaration. The same arguments give the
    same bytes.
    """
    is_possible = edition.variant in export_format.variants
    shown = edition if is_possible else replace(edition, variant=Variant.FULL, section="")
    return export_format.write(document, issue, shown, look)


def render_cluster_report(
    content: ClusterReportContent, language: Language, export_format: ExportFormat
) -> bytes:
    """A cluster's report as Word document, or its numbers as a workbook. Raises RenderFailed and KeyError.

    The same content gives the same bytes. The PDF is made by the queue (`services/aggregates/report`).
    """
    with _slot():
        return _CLUSTER_REPORTS[export_format.extension](content, language)


def _cluster_docx(content: ClusterReportContent, language: Language) -> bytes:
    return cluster_report_to_docx(compose_cluster_report(content, language, on_paper=False))


_CLUSTER_REPORTS = {DOCX.extension: _cluster_docx, XLSX.extension: cluster_report_to_xlsx}


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=MAX_WAIT_SECONDS):
        raise RenderFailed("busy", f"two other files are still being made after {MAX_WAIT_SECONDS} seconds")
    try:
        yield
    finally:
        _slots.release()
