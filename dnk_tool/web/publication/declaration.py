"""A published declaration as a page, and its files.

How much of a published declaration is reported, criterion by criterion, as its page draws it.
A published declaration as schema.org data, for crawlers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.colours import AREA_COLOURS
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import local_day
from dnk_tool.report.formats import CSV, PDF, XLSX, ExportAudience, ExportFormat, offered_formats
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.charts.trend import trend
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import CountRow, DeclarationView, Issue
from dnk_tool.services.declarations import branding
from dnk_tool.services.exports import rendering
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.publication import publications
from dnk_tool.store.publication.publications import PublicationRecord, PublishedYear
from dnk_tool.store.tables.declarations import Snapshot
from dnk_tool.web.exports.download_links import DownloadLink
from dnk_tool.web.exports.responses import (
    JSON,
    attachment,
    file_name,
    frozen_pdf_response,
    rendered_file_response,
    with_verification_url,
)
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.headers import is_indexing_allowed
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.mail.mails import public_base_url
from dnk_tool.web.publication import files
from dnk_tool.web.publication.lists import blueprint
from dnk_tool.web.publication.responses import public_response


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


MAX_YEARS = 6  # compared beside each other


REPORTED = "reported"


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


@dataclass(frozen=True, slots=True)
class CoverageStripe:
    """A criterion with the indicators printed after it; `share`: the part of its points that is reported."""

    number: str
    area: str
    share: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """The numbers of points reported, explained and asked, as text; the areas, and a stripe per criterion."""

    reported: str
    explained: str
    total: str
    rows: Sequence[CountRow]
    stripes: Sequence[CoverageStripe]

    @property
    def words(self) -> str:
        """What the stripes show."""
        partly = ", ".join(stripe.number for stripe in self.stripes if stripe.share < 1)
        if not partly:
            return str(_("Jedes der 20 Kriterien ist ganz berichtet"))
        return str(_("Nicht alles berichtet: Kriterium %(numbers)s", numbers=partly))


def coverage(view: DeclarationView) -> Coverage:
    """Count the points of each criterion; indicators count with the criterion that they are printed after."""
    *rows, total = view.counts
    return Coverage(total.reported, total.explained, total.total, rows, _stripes(view))


def _stripes(view: DeclarationView) -> list[CoverageStripe]:
    stripes: list[CoverageStripe] = []
    for part in view.parts:
        points: dict[str, list[bool]] = {}
        number = ""
        for chapter in part.chapters:
            number = chapter.number or number
            points.setdefault(number, []).extend(each.status == REPORTED for each in chapter.parts)
        stripes += [
            CoverageStripe(number, part.key, sum(reported) / max(1, len(reported)))
            for number, reported in points.items()
            if number
        ]
    return stripes


@dataclass(frozen=True)
class PublicDeclaration:
    """A published version with what its pages need."""

    record: PublicationRecord
    snapshot: Snapshot
    issue: Issue
    document: Document
    look: Branding

    def name(self, label: str) -> str:
        """A file name ending in version and label, such as V1.pdf."""
        document = self.document
        return file_name(
            document.organisation.name, document.reporting_year, f"V{self.snapshot.version}{label}"
        )


@blueprint.get("/<slug>")
@permit(Permission.PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    it = public_declaration(slug)
    language = current_language()
    view = compose(it.document, it.issue, ExportOptions(language=language), it.look, on_paper=False)
    years = publications.published_years_of(db(), it.record.organisation_id, limit=MAX_YEARS)
    side_by_side = _years(it, years)
    published_on = local_day(it.record.publication.published_at)
    canonical = public_base_url() + url_for("public.show", slug=slug)
    page = render_template(
        "publication/declaration.html",
        view=view,
        slug=slug,
        trend=trend([document for _slug, document in side_by_side], language),
        other_years=[(document.reporting_year, other) for other, document in side_by_side if other != slug],
        areas=AREA_COLOURS,
        coverage=coverage(view),
        unfolded="alles" in request.args,
        is_findable=it.record.is_findable,
        canonical=canonical,
        downloads=downloads(slug),
        linked=linked_data(
            it.document, view, published_on=published_on, address=canonical, files=encodings(slug)
        ),
    )
    return public_response(page, is_findable=it.record.is_findable)


@blueprint.get("/<slug>/erklaerung.pdf")
@permit(Permission.PUBLIC)
def pdf(slug: str) -> ResponseReturnValue:
    return _pdf(slug, FULL_EXPORT, ".pdf")


@blueprint.get("/<slug>/kurzfassung.pdf")
@permit(Permission.PUBLIC)
def short_pdf(slug: str) -> ResponseReturnValue:
    """The short version, for banks and customers."""
    return _pdf(slug, ExportOptions(Variant.SHORT), "-" + _("Kurzfassung") + ".pdf")


def _pdf(slug: str, edition: ExportOptions, label: str) -> Response:
    it = public_declaration(slug)
    is_findable = it.record.is_findable
    response = frozen_pdf_response(
        it.snapshot, it.issue, it.name(label), back=f"/berichte/{slug}", edition=edition
    )
    if not is_findable:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/<slug>/erklaerung.<export_format(public):export_format>")
@permit(Permission.PUBLIC)
def file(slug: str, export_format: ExportFormat) -> ResponseReturnValue:
    """The declaration in another format."""
    it, language = public_declaration(slug), current_language()
    response_return_value = rendered_file_response(
        lambda: files.render_for_visitor(it.document, it.issue, it.look, export_format, language),
        it.name(f".{export_format.extension}"),
        back=f"/berichte/{slug}",
        media_type=export_format.media_type,
    )
    return (
        public_response(response_return_value, is_findable=it.record.is_findable)
        if isinstance(response_return_value, Response)
        else response_return_value
    )


@blueprint.get("/<slug>/erklaerung.json")
@permit(Permission.PUBLIC)
def data(slug: str) -> ResponseReturnValue:
    return _file(slug, ".json", JSON, lambda it: files.document_json(it.document))


@blueprint.get("/<slug>/kennzahlen.xlsx")
@permit(Permission.PUBLIC)
def xlsx(slug: str) -> ResponseReturnValue:
    def write(it: PublicDeclaration) -> bytes:
        return files.as_xlsx(it.document, current_language(), issued_on=it.issue.issued_on)

    return _file(slug, _("-Kennzahlen") + ".xlsx", XLSX.media_type, write)


@blueprint.get("/<slug>/kennzahlen.csv")
@permit(Permission.PUBLIC)
def csv(slug: str) -> ResponseReturnValue:
    def write(it: PublicDeclaration) -> bytes:
        return files.as_csv(it.document, current_language())

    return _file(slug, _("-Kennzahlen") + ".csv", CSV.media_type, write)


def _file(slug: str, label: str, media_type: str, write: Callable[[PublicDeclaration], bytes]) -> Response:
    it = public_declaration(slug)
    response = attachment(write(it), media_type, it.name(label))
    return public_response(response, is_findable=it.record.is_findable)


def public_declaration(slug: str) -> PublicDeclaration:
    """The published version; aborts with 404 if there never was one, with 410 if withdrawn or deleted."""
    record = publications.by_slug(db(), slug)
    if record is None:
        abort(410 if publications.is_gone(db(), slug) else 404)
    publication = record.publication
    snapshot = declarations.snapshot(db(), publication.declaration_id, publication.version)
    if publication.revoked_at is not None or snapshot is None:
        abort(410)
    issue = with_verification_url(rendering.issue_of_version(db(), snapshot))
    # The operator's setting overrides the company's.
    record = replace(record, is_findable=record.is_findable and is_indexing_allowed())
    look = branding.version_branding(db(), snapshot)
    return PublicDeclaration(record, snapshot, issue, read_document(snapshot.content), look)


def _years(it: PublicDeclaration, years: Sequence[PublishedYear]) -> list[tuple[str, Document]]:
    """Address and document of each published year, latest first; includes this version for its year."""
    documents_by_year: dict[int, tuple[str, Any]] = {
        it.document.reporting_year: (it.record.publication.slug, it.document)
    }
    for published_year in years:
        if published_year.year not in documents_by_year:
            documents_by_year[published_year.year] = (
                published_year.slug,
                read_document(published_year.content),
            )
    return [documents_by_year[year] for year in sorted(documents_by_year, reverse=True)]
