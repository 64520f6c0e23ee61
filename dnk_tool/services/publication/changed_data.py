"""Finds the published version that a changed file was made from, and what the file says otherwise."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dnk_tool.catalogue.standard.model import Section
from dnk_tool.domain.answers.encoding import figure_to_json
from dnk_tool.domain.declarations.comparison import changed_sections
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_parser import DocumentError
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.version_code import fingerprint_prefix
from dnk_tool.services.publication.publish import search_name
from dnk_tool.services.review.round import snapshot_document
from dnk_tool.services.uploads.declarations import MAX_BYTES_HERE
from dnk_tool.store.publication import publications
from dnk_tool.store.publication.publications import PublishedContent

# What a document holds beside sections and figures, as far as it is printed.
OTHER_PARTS = (
    "reporting_year",
    "language",
    "assessments",
    "gwp_set",
    "climate_path",
    "material_flow",
    "annex",
)


@dataclass(frozen=True)
class ChangedData:
    """How a file differs from the version that is published under `slug`.

    `figures`: (year, datapoint). `others`: those of OTHER_PARTS that differ. `has_other_frame`: it follows
    another edition or indicator set, so that its parts cannot be compared.
    """

    published: Document
    version: int
    slug: str
    sections: tuple[Section, ...] = ()
    figures: tuple[tuple[int, str], ...] = ()
    others: tuple[str, ...] = ()
    has_other_frame: bool = False


def find_changed_data(session: Session, data: bytes, code: str) -> ChangedData | None:
    """What the data say otherwise than a published version; None if they resemble none.

    Looked for is the version of the check address (`code`), then the company's of the same year. Only what
    everybody can read is compared. `data`: of a declaration that was found to be valid.
    """
    if len(data) > MAX_BYTES_HERE:
        return None
    try:
        document = read_document(data)
    except DocumentError:
        return None
    content = _published(session, document, code)
    if content is None:
        return None
    published, version = snapshot_document(content.snapshot), content.snapshot.version
    if (published.edition, published.indicator_set) != (document.edition, document.indicator_set):
        return ChangedData(published, version, content.slug, has_other_frame=True)
    refs = changed_sections(published, document) | changed_sections(document, published)
    sections = [*document.selection.sections, *published.selection.sections]
    figures = published.figures.keys() | document.figures.keys()
    return ChangedData(
        published,
        version,
        content.slug,
        tuple({section.ref: section for section in sections if section.ref in refs}.values()),
        tuple(sorted(key for key in figures if _figure(published, key) != _figure(document, key))),
        tuple(part for part in OTHER_PARTS if getattr(published, part) != getattr(document, part)),
    )


def _published(session: Session, document: Document, code: str) -> PublishedContent | None:
    prefix = fingerprint_prefix(code) if code else ""
    versions = publications.published_with_fingerprint(session, prefix) if prefix else []
    if len(versions) != 1:
        name = search_name(document.organisation.name)
        versions = publications.published_of_company(session, name, document.reporting_year)
    return versions[0] if len(versions) == 1 else None


def _figure(document: Document, key: tuple[int, str]) -> object:
    figure = document.figures.get(key)
    return None if figure is None or figure.is_empty else figure_to_json(figure)
