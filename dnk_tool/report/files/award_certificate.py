"""The certificate of an award as one HTML page for the PDF engine."""

from dataclasses import dataclass
from datetime import date

from dnk_tool.domain.text import truncated
from dnk_tool.language import LOCALES, Language, format_long_date
from dnk_tool.report.files.html import print_html
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.compose import page_words

TEMPLATE = "report/cluster/award_certificate.html"
FOOTER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class AwardCertificate:
    """Who won what, and for what: `title` names the nomination, `prize` is in the manager's words."""

    language: Language
    company: str
    title: str
    prize: str
    award: str
    year: int
    cluster: str
    given_on: date


def certificate_html(certificate: AwardCertificate) -> str:
    """The page for the PDF engine, in the certificate's language."""
    language, words = certificate.language, TextFormatter(certificate.language)
    return print_html(
        TEMPLATE,
        language,
        certificate=certificate,
        locale=LOCALES[language].replace("_", "-"),
        look=DEFAULT_BRANDING,
        footer=truncated(words.printable_text(certificate.cluster), FOOTER_LENGTH),
        page_words=page_words(words),
        said=words.printable_text,
        given_on=format_long_date(certificate.given_on, language),
    )
