"""The sample declaration that ships with the program: an invented company, in the words of a real one."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.language import Language, translations
from dnk_tool.paths import SAMPLES
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.services.exports.issues import issue_of
from dnk_tool.services.exports.rendering import PdfRequest

SAMPLE_FILE = "tischlerei-sommer.json"


@cache
def sample_document(language: Language) -> Document:
    """The sample; the company's name says on each page, in the language, that it is one."""
    return _renamed(translations(language).gettext("%(company)s (Beispiel)"))


def practice_document(language: Language) -> Document:
    """The sample for a practice firm; the company's name says that it is one wherever it stands.

    Its figures have the decimals of print: without their lines they count as typed.
    """
    document = _renamed(translations(language).gettext("Übungsbetrieb %(company)s"))
    shown = {key: _as_shown(figure) for key, figure in document.figures.items()}
    return replace(document, figures=shown)


def _as_shown(figure: Figure) -> Figure:
    return replace(figure, value=figure.readable.value) if figure.readable else figure


def _renamed(pattern: str) -> Document:
    document = read_document((SAMPLES / SAMPLE_FILE).read_bytes())
    name = pattern % {"company": document.organisation.name}
    return replace(document, organisation=replace(document.organisation, name=name))


def sample_pdf_request(language: Language, *, now: datetime) -> PdfRequest:
    """The request for its PDF, which is rendered once and cached like a draft, but has no marks of one."""
    document = sample_document(language)
    issue = issue_of(document, now=now, is_draft=False)
    return PdfRequest(
        lambda: document, fingerprint(canonical_json(document)), issue, ExportOptions(language=language)
    )
