"""A published declaration in the words of schema.org, for machines that read the page."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.formats import MEDIA_TYPES, Format
from dnk_tool.report.view.model import DeclarationView

PDF, JSON, CSV = "application/pdf", "application/json", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OTHER_FORMATS = tuple((one.value, MEDIA_TYPES[one]) for one in (Format.DOCX, Format.HTML))


def linked_data(
    document: Document, view: DeclarationView, *, published_on: date, address: Callable[[str], str]
) -> dict[str, Any]:
    """A Report with its Dataset of figures as JSON-LD; `address` gives where "", "pdf", "json", … stand.

    No licence is claimed: the words are the company's.
    """
    company = _organisation(document)
    year = str(document.reporting_year)
    about = {
        "publisher": company,
        "datePublished": published_on.isoformat(),
        "inLanguage": view.content_language,
        "temporalCoverage": year,
        "isAccessibleForFree": True,
    }
    figures = {
        "@type": "Dataset",
        "name": _("Kennzahlen %(year)s: %(company)s", year=year, company=document.organisation.name),
        "description": _(
            "Kennzahlen der Nachhaltigkeitserklärung von %(company)s für %(year)s mit Einheit und Qualität.",
            year=year,
            company=document.organisation.name,
        ),
        "creator": company,
        **about,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": address(name)}
            for name, kind in (("csv", CSV), ("xlsx", XLSX))
        ],
    }
    return {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": address(""),
        "url": address(""),
        "name": view.title,
        "author": company,
        **about,
        "encoding": [
            {"@type": "MediaObject", "encodingFormat": kind, "contentUrl": address(name)}
            for name, kind in (("pdf", PDF), *OTHER_FORMATS, ("json", JSON))
        ],
        "hasPart": figures,
    }


def _is_web_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:
        return False


def _organisation(document: Document) -> dict[str, Any]:
    company = document.organisation
    found = {"@type": "Organization", "name": company.name}
    if _is_web_address(company.website):
        found["url"] = company.website
    if company.address:
        found["address"] = company.address
    return found
