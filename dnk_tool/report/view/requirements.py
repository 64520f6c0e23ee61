"""One aspect or indicator as printed: reported in words, tables and figures, explained, or still open."""

from dataclasses import dataclass
from functools import cached_property

from dnk_tool.catalogue.presentation.loader import load_presentation
from dnk_tool.catalogue.presentation.model import Presentation
from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.answers.completeness import Completeness, GapKind, declaration_completeness
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.view.branding import DEFAULT_PALETTE
from dnk_tool.report.view.figures.company_tables import answer_table
from dnk_tool.report.view.figures.field_tables import field_table, sheets_by_year
from dnk_tool.report.view.parts import FieldTable, PrintedTable, RequirementView

REPORTED, EXPLAINED, OPEN = "reported", "explained", "open"


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


def requirement_anchor(requirement: Requirement) -> str:
    """The name under which links find an aspect or indicator."""
    return f"angabe-{requirement.ref}"


def requirement_view(requirement: Requirement, source: RenderContext) -> RequirementView:
    """The aspect or indicator with everything that is printed under its heading."""
    words, answer = source.words, source.sheet.answer(requirement.ref)
    is_explained = source.sheet.is_explained(requirement)
    prose = words.prose(answer.explanation if is_explained else answer.text)
    fields = () if is_explained else _fields(requirement, source)
    tables = () if is_explained else _tables(requirement, source)
    is_silent = not (prose or fields or tables)
    return RequirementView(
        anchor=requirement_anchor(requirement),
        number=requirement.code if isinstance(requirement, Indicator) else requirement.ref,
        title=words.catalogue_text(requirement.title),
        status=EXPLAINED if is_explained and prose else source.status(requirement),
        status_label=source.status_label(requirement),
        prose=prose,
        reason=_reason(answer.reason, source) if is_explained else "",
        fields=fields,
        tables=tables,
        open_label=words.gettext("Noch nicht beantwortet") if is_silent else "",
    )


def _fields(requirement: Requirement, source: RenderContext) -> tuple[FieldTable, ...]:
    """The fields of an indicator, unless nothing at all was said about it."""
    if not isinstance(requirement, Indicator):
        return ()
    table = field_table(requirement, source.sheets, source.words)
    if table is None or all(row.is_open for row in table.rows):
        return ()
    return (table,)


def _tables(requirement: Requirement, source: RenderContext) -> tuple[PrintedTable, ...]:
    found = ((item, item.table, source.sheet.answer(item.ref).value) for item in requirement.items)
    return tuple(
        answer_table(item, table, value, source.words, requirement)
        for item, table, value in found
        if table and isinstance(value, Rows) and value.rows
    )


def _reason(key: str, source: RenderContext) -> str:
    return source.words.choice(source.document.selection.catalogue.reasons, key) if key else ""
