"""Every kind of file that a declaration can be handed out as, made from the same view."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.files.declaration_spreadsheet import to_csv, to_xlsx
from dnk_tool.report.files.docx import to_docx
from dnk_tool.report.files.html import standalone_html
from dnk_tool.report.process.size_limit import size_limit
from dnk_tool.report.renderer import RenderFailed, render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING, Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue


class Format(StrEnum):
    """A kind of file by its ending."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"


SPREADSHEET_FORMATS = (Format.XLSX, Format.CSV)
MEDIA_TYPES: Mapping[Format, str] = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.HTML: "text/html",
}
# The largest document that is read takes some seconds of one processor: it must not take all threads.
MAX_WAIT_SECONDS = 10
_slots = threading.BoundedSemaphore(2)


def render_file(
    document: Document,
    issue: Issue,
    kind: Format,
    *,
    edition: ExportOptions = FULL_EXPORT,
    look: Branding = DEFAULT_BRANDING,
) -> bytes:
    """An edition of the declaration as a file, by default all of it. Raises RenderFailed.

    Tables (`SHEETS`) hold data and not pages: they are always of the whole declaration. The same arguments
    give the same bytes.
    """
    if kind is Format.PDF:
        return render_pdf(document, issue, edition=edition, look=look)
    shown = replace(edition, variant=Variant.FULL, section="") if kind in SPREADSHEET_FORMATS else edition
    with size_limit(document), _slot():
        view = compose(document, issue, shown, look, on_paper=False)
        if kind is Format.DOCX:
            return to_docx(view)
        if kind is Format.HTML:
            return standalone_html(view).encode()
        return to_xlsx(document, view) if kind is Format.XLSX else to_csv(document, view)


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=MAX_WAIT_SECONDS):
        raise RenderFailed("busy", f"two other files are still being made after {MAX_WAIT_SECONDS} seconds")
    try:
        yield
    finally:
        _slots.release()
