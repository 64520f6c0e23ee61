"""Prints a goal that several criteria name once: the others refer to it where they say nothing else of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.goal_records import WORDS, goal_key
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.goals import goal_requirements
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import PrintedTable, RequirementView, RowReference
from dnk_tool.report.view.requirements import requirement_anchor


def with_goals_once(parts: tuple[DocumentPart, ...], source: RenderContext) -> tuple[DocumentPart, ...]:
    """The parts in which a row of a goal is printed only where it says more than an earlier one."""
    known: dict[str, tuple[Requirement, Row]] = {}
    tables: dict[str, list[dict[int, RowReference]]] = {}
    for _number, requirement in goal_requirements(source):
        anchor = requirement_anchor(requirement)
        tables[anchor] = [_repeated(rows, requirement, known, source) for rows in _goals(requirement, source)]
    return tuple(
        replace(part, chapters=tuple(_chapter(chapter, tables) for chapter in part.chapters))
        for part in parts
    )


def _goals(requirement: Requirement, source: RenderContext) -> Iterator[Rows]:
    """The rows of each table that is printed, in its order."""
    for item in requirement.items:
        value = source.sheet.answer(item.ref).value
        if item.table and isinstance(value, Rows) and value.rows:
            yield value


def _repeated(
    rows: Rows, requirement: Requirement, known: dict[str, tuple[Requirement, Row]], source: RenderContext
) -> dict[int, RowReference]:
    """The rows of which an earlier table says all, by their place; the others are `known` from here on."""
    repeated = {}
    for place, row in enumerate(rows.rows):
        key = goal_key(row)
        first, earlier = known.setdefault(key, (requirement, row))
        if key and first is not requirement and _says_no_more(row, earlier):
            goal = source.words.printable_text(str(row[WORDS]))
            repeated[place] = RowReference(first.ref, requirement_anchor(first), goal)
    return repeated


def _says_no_more(row: Row, earlier: Row) -> bool:
    """Whether each cell of a row stands in the earlier one, too; their words may differ in spaces alone."""
    return all(
        _words(earlier.get(column)) == _words(cell) for column, cell in row.items() if cell is not None
    )


def _words(cell: object) -> object:
    return " ".join(cell.split()) if isinstance(cell, str) else cell


def _chapter(chapter: Chapter, tables: Mapping[str, list[dict[int, RowReference]]]) -> Chapter:
    return replace(
        chapter, parts=tuple(_requirement(each, tables.get(each.anchor, [])) for each in chapter.parts)
    )


def _requirement(view: RequirementView, repeated: list[dict[int, RowReference]]) -> RequirementView:
    if not any(repeated) or len(view.tables) != len(repeated):
        return view
    return replace(
        view, tables=tuple(_table(table, each) for table, each in zip(view.tables, repeated, strict=True))
    )


def _table(table: PrintedTable, repeated: dict[int, RowReference]) -> PrintedTable:
    return replace(table, elsewhere=frozenset(repeated), references=tuple(repeated.values()))
