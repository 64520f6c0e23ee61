"""Turns a declaration into rows: answers, cells of its tables, goals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.report.text.prose import Prose
from dnk_tool.report.view.context import EXPLAINED
from dnk_tool.report.view.model import Chapter, DeclarationView, DocumentPart
from dnk_tool.report.view.parts import FieldRow, PrintedTable, RequirementView
from dnk_tool.report.view.requirements import requirement_anchor

GetText = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class AnswerExportRow:
    """One answer or field: its place in the declaration, whether it is reported, and its text."""

    area: str
    chapter: str
    code: str
    title: str
    status: str
    reason: str
    field: str
    text: str

    @staticmethod
    def heading(_: GetText) -> tuple[str, ...]:
        """The headings of the columns, in the language of `_`."""
        return (
            _("Bereich"),
            _("Kapitel"),
            _("Kennung"),
            _("Titel"),
            _("Art der Angabe"),
            _("Grund"),
            _("Feld"),
            _("Text"),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """The values in the order of the headings."""
        said = (self.area, self.chapter, self.code, self.title)
        return (*said, self.status, self.reason, self.field, self.text)


def prose_text(prose: Prose) -> str:
    """Plain text: an empty line between paragraphs, a bullet before each entry of a list.

    A marked-up text has the signs with which it was written.
    """
    return "\n\n".join(
        block.source or ("\n".join(f"• {line}" for line in block.lines) if block.is_list else block.lines[0])
        for block in prose
    )


def answer_rows(view: DeclarationView, _: GetText) -> Iterator[AnswerExportRow]:
    """Rows of the general information, then of every aspect and indicator with its text fields and tables.

    Figures are left out: they are exported as rows of their own.
    """
    title = view.general_title
    general = (*view.cover.listed, *view.foreword.entries, *view.general.entries)
    for entry in (*general, *(each for each in view.contact if each not in general)):
        status = "" if entry.prose else _("offen")
        yield AnswerExportRow(title, title, "", entry.label, status, "", "", prose_text(entry.prose))
    for part in view.parts:
        for chapter in part.chapters:
            for answered in chapter.parts:
                yield from _requirement_rows(answered, chapter, part)


def _requirement_rows(
    requirement_view: RequirementView, chapter: Chapter, part: DocumentPart
) -> Iterator[AnswerExportRow]:
    called = f"{chapter.number} {chapter.title}".strip()
    said = [("", prose_text(requirement_view.prose))] if requirement_view.prose else []
    if requirement_view.status != EXPLAINED:
        said += [
            (_name(row), prose_text(row.prose))
            for table in requirement_view.fields
            for row in table.rows
            if row.prose and not row.is_zeros
        ]
        said += [(table.caption, text) for table in requirement_view.tables for text in _table_lines(table)]
    for field, text in said or [("", "")]:
        yield AnswerExportRow(
            part.title,
            called,
            requirement_view.number,
            requirement_view.title,
            requirement_view.status_label,
            requirement_view.reason,
            field,
            text,
        )


def _name(row: FieldRow) -> str:
    return f"{row.letter} {row.label}".strip()


def _table_lines(table: PrintedTable) -> Iterator[str]:
    for row in table.rows:
        yield "; ".join(f"{head.text}: {cell.text}" for head, cell in zip(table.heads, row, strict=True))


def table_rows(view: DeclarationView, _: GetText) -> Iterator[tuple[str | int, ...]]:
    """One row per cell of every table: requirement or annex, caption, row number, column and content."""
    for name, table in _tables(view, _("Anhang")):
        for number, row in enumerate(table.rows, start=1):
            for head, cell in zip(table.heads, row, strict=True):
                yield name, table.caption, number, head.text, cell.text


def _tables(view: DeclarationView, annex: str) -> Iterator[tuple[str, PrintedTable]]:
    for part in view.parts:
        for chapter in part.chapters:
            for requirement_view in chapter.parts:
                for table in requirement_view.tables:
                    yield requirement_view.number, table
    behind = view.annex
    calculated = tuple(calculation.table for calculation in behind.calculations)
    for table in (*behind.further, *calculated, *behind.sums, *behind.entries, *behind.evidence):
        yield annex, table


def goal_rows(
    view: DeclarationView, selection: Selection, _: GetText
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and rows of all goals; the columns are those of all aspects, which differ."""
    holding = {
        requirement_anchor(requirement)
        for requirement in selection.requirements.values()
        if getattr(requirement, "holds_goals", False)
    }
    goal_tables = [
        (chapter, requirement_view, table)
        for part in view.parts
        for chapter in part.chapters
        for requirement_view in chapter.parts
        if requirement_view.anchor in holding
        for table in requirement_view.tables
    ]
    heads = tuple(
        dict.fromkeys(head.text for _chapter, _requirement_view, table in goal_tables for head in table.heads)
    )
    rows = []
    for chapter, requirement_view, table in goal_tables:
        for row in table.rows:
            cells = {head.text: cell.text for head, cell in zip(table.heads, row, strict=True)}
            called = f"{chapter.number} {chapter.title}".strip()
            rows.append((called, requirement_view.number, *(cells.get(head, "") for head in heads)))
    return (_("Kriterium"), _("Kennung"), *heads), rows
