"""The context from which every part of the view is built: document, language and derived values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dnk_tool.catalogue.presentation import Presentation, load_presentation
from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Completeness, GapKind, declaration_completeness
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_PALETTE
from dnk_tool.report.view.units import document_units, sheet_in_units

REPORTED, EXPLAINED, OPEN = "reported", "explained", "open"
YEARS_SHOWN = 3  # the reporting year and the two before


@dataclass
class RenderContext:
    """A document with the language and accent (`#rrggbb`) of its view; derived values are computed once.

    `has_questions`: what each criterion asks of the company is printed. `has_wide_charts`: charts are as wide
    as the page, not as the text beside the gutter.
    """

    document: Document
    words: TextFormatter
    accent: str = DEFAULT_PALETTE.text
    has_questions: bool = True
    has_wide_charts: bool = False

    @property
    def presentation(self) -> Presentation:
        """The key figures, charts and glossary terms of the document's edition."""
        return load_presentation(self.document.edition)

    @cached_property
    def sheets(self) -> dict[int, Sheet]:
        """The sheets of the years shown in the document's units, by year, the reporting year first."""
        return {year: sheet_in_units(sheet, self.units) for year, sheet in self._entered.items()}

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The unit in which the document says all quantities of a family, by the family's key."""
        return document_units([*self._entered.values()], self.document.annex.figures)

    @cached_property
    def _entered(self) -> dict[int, Sheet]:
        shown = (self.document.reporting_year, *self.document.earlier_years[: YEARS_SHOWN - 1])
        return {year: self.document.sheet(year) for year in shown}

    @property
    def sheet(self) -> Sheet:
        """The sheet of the reporting year."""
        return self.sheets[self.document.reporting_year]

    @cached_property
    def completeness(self) -> tuple[Completeness, ...]:
        """The completeness of the reporting year, section by section."""
        return declaration_completeness(self.sheet)

    @cached_property
    def open_requirements(self) -> frozenset[str]:
        """The refs of requirements with a gap; a section that is only not called done has none."""
        gaps = (gap for part in self.completeness for gap in part.gaps)
        return frozenset(gap.requirement for gap in gaps if gap.kind is not GapKind.NOT_CONFIRMED)

    def status(self, requirement: Requirement) -> str:
        """`reported`, `explained` or `open`; open if the domain's completeness has a gap there."""
        if requirement.ref in self.open_requirements:
            return OPEN
        return EXPLAINED if self.sheet.is_explained(requirement) else REPORTED

    def status_label(self, requirement: Requirement) -> str:
        """The status in one word of the view's language."""
        _ = self.words.gettext
        labels = {REPORTED: _("berichtet"), EXPLAINED: _("begründet"), OPEN: _("offen")}
        return labels[self.status(requirement)]
