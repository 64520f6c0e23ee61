"""Builds the view of an aspect or indicator: text, tables and figures, or its explanation."""

from dnk_tool.catalogue.standard.item_model import Table
from dnk_tool.catalogue.standard.model import Indicator, Requirement
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.scope3_parts import document_steps
from dnk_tool.domain.figures import scope3
from dnk_tool.report.view.context import EXPLAINED, RenderContext
from dnk_tool.report.view.figures.company_tables import answer_table
from dnk_tool.report.view.figures.field_tables import field_table
from dnk_tool.report.view.figures.status import ALL_SCOPES, scope3_note
from dnk_tool.report.view.parts import FieldTable, PrintedTable, RequirementView


def requirement_anchor(requirement: Requirement) -> str:
    """The anchor of an aspect or indicator, for links."""
    return f"angabe-{requirement.ref}"


def requirement_view(requirement: Requirement, source: RenderContext) -> RequirementView:
    """The aspect or indicator with its content; explained ones have no fields and tables."""
    words, answer = source.words, source.sheet.answer(requirement.ref)
    is_explained = source.sheet.is_explained(requirement)
    prose = words.prose(answer.explanation if is_explained else answer.text, is_marked_up=answer.is_marked_up)
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
    """The fields of an indicator; empty if all of them are open."""
    if not isinstance(requirement, Indicator):
        return ()
    said = scope3_note(ALL_SCOPES, source)
    table = field_table(requirement, source.sheets, source.words, {ALL_SCOPES: said} if said else {})
    if table is None or all(row.is_open for row in table.rows):
        return ()
    return (table,)


def _tables(requirement: Requirement, source: RenderContext) -> tuple[PrintedTable, ...]:
    tables = ((item, item.table, source.sheet.answer(item.ref).value) for item in requirement.items)
    return tuple(
        answer_table(item, table, _all_categories(table, value, source), source.words, requirement)
        for item, table, value in tables
        if table and isinstance(value, Rows) and value.rows
    )


def _all_categories(table: Table, rows: Rows, source: RenderContext) -> Rows:
    """The rows; of the categories of Scope 3 all fifteen."""
    if table.key != scope3.TABLE:
        return rows
    steps = document_steps(source.document)
    return scope3.completed_rows(rows, scope3.proposed_states(steps, source.sheet.figures))


def _reason(key: str, source: RenderContext) -> str:
    return source.words.choice(source.document.selection.catalogue.reasons, key) if key else ""
