"""The files embedded in a declaration's PDF: its data, and a workbook of all its figures."""

from dataclasses import dataclass, field, replace
from datetime import date

from dnk_tool.domain.declarations import attachment_names
from dnk_tool.domain.declarations.document import FORMAT_NAME, Document, canonical_json, format_version
from dnk_tool.domain.declarations.redaction import redact_document
from dnk_tool.domain.figures.states import FigureState
from dnk_tool.language import Language, translations
from dnk_tool.report.files import figure_spreadsheet
from dnk_tool.report.files.workbook_labels import attached_workbook_labels
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file embedded in the PDF. `relation`: its AFRelationship of PDF/A-3; `says`: its description."""

    name: str
    kind: str
    relation: str
    says: str
    content: bytes = field(repr=False)


def attachments_of(
    document: Document, *, issued_on: date, language: Language, edition: ExportOptions = FULL_EXPORT
) -> tuple[Attachment, ...]:
    """The redacted document as canonical JSON, and its figures as a workbook.

    Every variant embeds the whole declaration, so that it can be verified and imported. An excerpt embeds
    nothing: its readers may not read all. The same arguments give the same bytes.
    """
    if edition.variant is Variant.SECTION:
        return ()
    _, said, year = translations(language).gettext, redact_document(document), document.reporting_year
    return (
        Attachment(
            attachment_names.data_file_name(year),
            attachment_names.DATA_MEDIA_TYPE,
            attachment_names.SOURCE_RELATIONSHIP,
            _("Die Erklärung als Daten (%(format)s, Version %(version)s)")
            % {"format": FORMAT_NAME, "version": format_version(said)},
            canonical_json(said),
        ),
        Attachment(
            attachment_names.figures_file_name(year),
            attachment_names.FIGURES_MEDIA_TYPE,
            attachment_names.DATA_RELATIONSHIP,
            _("Alle Kennzahlen als Tabelle"),
            _workbook(said, issued_on, language),
        ),
    )


def _workbook(document: Document, issued_on: date, language: Language) -> bytes:
    rows = figure_spreadsheet.figure_file_rows(document.sheet(), document.figures, document.reporting_year)
    words = attached_workbook_labels(language, document.reporting_year)
    words = replace(words, author=document.organisation.name)
    told = [row for row in rows if row.state is not FigureState.OPEN]
    return figure_spreadsheet.to_xlsx(told, words, made_on=issued_on)
