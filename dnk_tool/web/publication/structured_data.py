"""A published declaration as schema.org data, for crawlers."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.view.model import DeclarationView
from dnk_tool.web.publication.download_links import Encodings


def linked_data(
    document: Document, view: DeclarationView, *, published_on: date, address: str, files: Encodings
) -> dict[str, Any]:
    """JSON-LD of the declaration: a Report with a Dataset of its figures.

    States no licence, as the content is the company's.
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
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": href}
            for media_type, href in files.figures
        ],
    }
    return {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": address,
        "url": address,
        "name": view.title,
        "author": company,
        **about,
        "encoding": [
            {"@type": "MediaObject", "encodingFormat": media_type, "contentUrl": href}
            for media_type, href in files.declaration
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
    organisation = {"@type": "Organization", "name": company.name}
    if _is_web_address(company.website):
        organisation["url"] = company.website
    if company.address:
        organisation["address"] = company.address
    return organisation
