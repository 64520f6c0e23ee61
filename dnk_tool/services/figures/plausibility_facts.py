"""Gathers the facts that plausibility rules compare: a declaration, the year before, and its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dnk_tool.domain.answers.answer import Disclosure, Figure, Sheet
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.figures.plausibility import PlausibilityFacts
from dnk_tool.services.figures.calculator_lines import StoredLine
from dnk_tool.store.declarations.content import DeclarationContent
from dnk_tool.store.tables.declarations import Declaration


def facts_of(
    declaration: Declaration, content: DeclarationContent, lines: Sequence[StoredLine] = ()
) -> PlausibilityFacts:
    """The facts that plausibility rules compare, without figures and tables that the declaration explains."""
    year = declaration.reporting_year
    facts = _facts(content.sheet, year, content.of_year(year), content.of_year(year - 1))
    return replace(facts, lines=[line.line for line in lines])


def facts_of_document(document: Document) -> PlausibilityFacts:
    """The facts of a frozen version. It does not hold what lines say, so no rule about lines applies."""
    year, sheet = document.reporting_year, document.sheet()
    return _facts(sheet, year, sheet.figures, document.sheet(year - 1).figures)


def _facts(
    sheet: Sheet, year: int, now: Mapping[str, Figure], before: Mapping[str, Figure]
) -> PlausibilityFacts:
    return PlausibilityFacts(
        year=year,
        figures=_reported_figures(sheet, now, is_now=True),
        before=_reported_figures(sheet, before, is_now=False),
        profile=sheet.profile,
        tables=_tables(sheet),
    )


def _reported_figures(sheet: Sheet, figures: Mapping[str, Figure], *, is_now: bool) -> dict[str, Figure]:
    """The figures that are part of the declaration: those it asks for, and those that no indicator set does.

    Leaves out figures that only another indicator set asks for and, in the declaration's own year (`is_now`),
    those whose requirements are all explained.
    """
    items = sheet.selection.catalogue.items.values()
    of_sets = {item.datapoint.key for item in items if item.datapoint}
    reported = {}
    for key, figure in figures.items():
        asking = sheet.selection.asked_by.get(key, ())
        is_explained = is_now and all(sheet.is_explained(requirement) for requirement in asking)
        if not is_explained if asking else key not in of_sets:
            reported[key] = figure
    return reported


def _tables(sheet: Sheet) -> Mapping[str, Rows]:
    tables: dict[str, Rows] = {}
    for requirement in sheet.selection.requirements.values():
        if sheet.answer(requirement.ref).disclosure is not Disclosure.EXPLAIN:
            for item in requirement.items:
                value = sheet.answer(item.ref).value
                if isinstance(value, Rows):
                    tables[item.ref] = value
    return tables
