"""Imports a declaration of an earlier year, from which answers can then be taken over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.values import YEARS_AHEAD
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.permissions import Permission, Subject, require
from dnk_tool.language import local_day
from dnk_tool.services.declarations.documents import figures_that_differ, import_document
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.figures import queries as figures
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True)
class DeclarationImportPreview:
    """What importing a document would meet.

    `existing`: the company's declaration of that year, which prevents the import. `latest`: the last year
    that can be declared today. `differing`: the company's figures, by year and datapoint, that differ from
    those of the document; the company's stay.
    """

    document: Document
    existing: Declaration | None
    latest: int
    differing: Mapping[tuple[int, str], Figure] = field(default_factory=dict)

    @property
    def is_possible(self) -> bool:
        """Whether there is no declaration of that year yet, and the year is not too far ahead."""
        return self.existing is None and self.document.reporting_year <= self.latest


def preview_declaration_import(
    work: Work, organisation: Organisation, document: Document
) -> DeclarationImportPreview:
    """Say what `import_earlier_declaration` would do, without writing. Raises NotPermitted."""
    require(Permission.ORGANISATION_EDIT, work.actor, Subject(organisation.id))
    known = figures.of_organisation(work.session, organisation.id)
    return DeclarationImportPreview(
        document,
        declarations.of_year(work.session, organisation.id, document.edition, document.reporting_year),
        local_day(work.now).year + YEARS_AHEAD,
        {key: known[key] for key in figures_that_differ(document, known)},
    )


def import_earlier_declaration(work: Work, organisation: Organisation, document: Document) -> Declaration:
    """Store the document as a declaration in work. Figures that the company has already stay.

    Raises NotPermitted, YearAhead and YearTaken; the caller rolls back.
    """
    lock_company(work.session, organisation.id, Permission.ORGANISATION_EDIT, work.actor)
    known = figures.of_organisation(work.session, organisation.id)
    rest = {key: figure for key, figure in document.figures.items() if key not in known}
    return import_document(work, replace(document, figures=rest), organisation=organisation)
