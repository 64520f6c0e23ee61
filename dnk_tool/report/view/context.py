"""What every part of the view is made from: the document, its language, and what follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dnk_tool.catalogue.presentation.loader import load_presentation
from dnk_tool.catalogue.presentation.model import Presentation
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Completeness, GapKind, declaration_completeness
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_PALETTE

REPORTED, EXPLAINED, OPEN = "reported", "explained", "open"
YEARS_SHOWN = 3  # the reporting year and the two before


@dataclass
class RenderContext:
    """A document with the language and the accent (`#rrggbb`) of its print, and what is derived once."""

    document: Document
    words: TextFormatter
    accent: str = DEFAULT_PALETTE.text

    @property
    def presentation(self) -> Presentation:
        """Key figures, charts and terms of the edition."""
        return load_presentation(self.document.edition)

    @cached_property
    def sheets(self) -> dict[int, Sheet]:
        return dict(sheets_by_year(self.document))

    @property
    def sheet(self) -> Sheet:
        return self.sheets[self.document.reporting_year]

    @cached_property
    def completeness(self) -> tuple[Completeness, ...]:
        return declaration_completeness(self.sheet)

    @cached_property
    def open_requirements(self) -> frozenset[str]:
        """The refs of the requirements in which something is missing."""
        gaps = (gap for part in self.completeness for gap in part.gaps)
        return frozenset(gap.requirement for gap in gaps if gap.kind is not GapKind.NOT_CONFIRMED)

    def status(self, requirement: Requirement) -> str:
        """`reported`, `explained` or `open`, as the completeness of the domain decides."""
        if requirement.ref in self.open_requirements:
            return OPEN
        return EXPLAINED if self.sheet.is_explained(requirement) else REPORTED

    def status_label(self, requirement: Requirement) -> str:
        """The status in one word."""
        _ = self.words.gettext
        labels = {REPORTED: _("berichtet"), EXPLAINED: _("begründet"), OPEN: _("offen")}
        return labels[self.status(requirement)]


def sheets_by_year(document: Document) -> Mapping[int, Sheet]:
    """The answers beside the figures of the years that are printed, the reporting year first."""
    shown = (document.reporting_year, *document.earlier_years[: YEARS_SHOWN - 1])
    return {year: document.sheet(year) for year in shown}
