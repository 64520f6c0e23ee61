"""Files of a published declaration: formats, data, and figures as a table."""

import threading
from datetime import date

from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language
from dnk_tool.report.files import figure_spreadsheet
from dnk_tool.report.files.figure_spreadsheet import FigureFileLabels, FigureFileRow
from dnk_tool.report.files.workbook_labels import published_table_labels
from dnk_tool.report.formats import ExportFormat, render_file
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Issue

SLOT_TIMEOUT_SECONDS = 3.0
# Two files can be rendered at a time; visitors use at most one of these slots.
_visitor_slot = threading.BoundedSemaphore(1)


def render_for_visitor(
    document: Document, issue: Issue, look: Branding, export_format: ExportFormat, language: Language
) -> bytes:
    """Render the declaration for a visitor. Raises RenderFailed, also if the visitors' slot stays busy."""
    if not _visitor_slot.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise RenderFailed(
            "busy", f"another visitor's file is still being made after {SLOT_TIMEOUT_SECONDS} s"
        )
    try:
        edition = ExportOptions(language=language)
        return render_file(document, issue, export_format, edition=edition, look=look)
    finally:
        _visitor_slot.release()


def document_json(document: Document) -> bytes:
    """The redacted document as canonical JSON."""
    return canonical_json(redact_document(document))


def as_csv(document: Document, language: Language) -> bytes:
    """The published figures as CSV."""
    return figure_spreadsheet.to_csv(_rows(document), _labels(document, language))


def as_xlsx(document: Document, language: Language, *, issued_on: date) -> bytes:
    """The published figures as XLSX; equal arguments give equal bytes."""
    return figure_spreadsheet.to_xlsx(_rows(document), _labels(document, language), made_on=issued_on)


def _labels(document: Document, language: Language) -> FigureFileLabels:
    return published_table_labels(language, document.reporting_year)


def _rows(document: Document) -> list[FigureFileRow]:
    """Rows of the redacted figures, without those still open."""
    said = redact_document(document)
    figure_file_rows = figure_spreadsheet.figure_file_rows(said.sheet(), said.figures, said.reporting_year)
    return [
        figure_file_row
        for figure_file_row in figure_file_rows
        if figure_file_row.state is not FigureState.OPEN
    ]
