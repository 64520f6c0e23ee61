"""Collects the goals of a declaration with their progress, and the outcomes of earlier goals.

Prints a goal that several criteria name once: the others refer to it where they say nothing else of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dnk_tool.catalogue.standard.model import Requirement
from dnk_tool.domain.answers.goal_records import WORDS, goal_key
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.report.text.spoken import NO_VALUE
from dnk_tool.report.view.annex import outcome_label
from dnk_tool.report.view.context import EXPLAINED, REPORTED, RenderContext
from dnk_tool.report.view.figures.company_tables import goal_number_texts, lay_out_table, row_cells
from dnk_tool.report.view.model import Chapter, DocumentPart
from dnk_tool.report.view.parts import PrintedTable, RequirementView, RowReference
from dnk_tool.report.view.requirements import requirement_anchor

GOAL_COLUMNS = ("due", "baseline-year", "baseline", "status")
NUMBER_COLUMNS = NUMBERS_COLUMN, PROGRESS_COLUMN = ("numbers", "progress")


@dataclass(frozen=True, slots=True)
class DeclaredGoal:
    """A goal as entered, with the numbers of all criteria that name it; unknown fields are empty."""

    criteria: tuple[int, ...]
    goal: str
    due: str = ""
    baseline: str = ""
    status: str = ""
    numbers: str = ""
    progress: str = ""


def goal_requirements(source: RenderContext) -> Iterator[tuple[int, Requirement]]:
    """The aspects that ask for goals and are not explained, with the number of their criterion."""
    for criterion in source.document.selection.criteria:
        for aspect in criterion.aspects:
            if aspect.holds_goals and not source.sheet.is_explained(aspect):
                yield criterion.number, aspect


def entered_goals(requirement: Requirement, source: RenderContext) -> Iterator[dict[str, str]]:
    """The goals entered in an aspect's tables, as text by column; rows without a goal are left out."""
    words = source.words
    for item in requirement.items:
        value = source.sheet.answer(item.ref).value
        if item.table is None or not isinstance(value, Rows):
            continue
        for row in value.rows:
            goal = row.get("goal")
            if isinstance(goal, str) and goal.strip():
                said = {key: row[key] for key in GOAL_COLUMNS if key in row}
                yield {
                    "goal": goal,
                    **{key: str(cell).strip() for key, cell in said.items()},
                    **dict(zip(NUMBER_COLUMNS, goal_number_texts(item.table, row, words), strict=True)),
                }


def declared_goals(source: RenderContext) -> tuple[DeclaredGoal, ...]:
    """Every goal once, in the order of the criteria; a later mention fills fields empty in an earlier one."""
    goals: dict[str, DeclaredGoal] = {}
    for number, requirement in goal_requirements(source):
        for row in entered_goals(requirement, source):
            key = " ".join(row["goal"].casefold().split())
            had = goals.get(key, DeclaredGoal((), row["goal"]))
            baseline = ", ".join(part for part in (row.get("baseline"), row.get("baseline-year")) if part)
            goals[key] = DeclaredGoal(
                criteria=had.criteria if number in had.criteria else (*had.criteria, number),
                goal=had.goal,
                due=had.due or row.get("due", ""),
                baseline=had.baseline or baseline,
                status=had.status or row.get("status", ""),
                numbers=had.numbers or row.get(NUMBERS_COLUMN, ""),
                progress=had.progress or row.get(PROGRESS_COLUMN, ""),
            )
    return tuple(goals.values())


def goals_table(source: RenderContext) -> tuple[PrintedTable, ...]:
    """All goals with baseline and status as one table; nothing if no goal is entered in a table."""
    words, goals = source.words, declared_goals(source)
    _ = words.gettext
    if not goals:
        return ()
    heads = (_("Ziel"), _("bis"), _("Ausgangswert"), _("Stand"), _("Kriterium"))
    rows = tuple(
        (
            words.printable_text(goal.goal),
            goal.due or NO_VALUE,
            words.printable_text(goal.baseline) or NO_VALUE,
            words.printable_text("; ".join(filter(None, (goal.status, goal.numbers, goal.progress))))
            or NO_VALUE,
            ", ".join(map(str, goal.criteria)),
        )
        for goal in goals
    )
    return (lay_out_table(_("Ziele"), row_cells(heads), tuple(map(row_cells, rows))),)


def earlier_goals_table(source: RenderContext) -> tuple[PrintedTable, ...]:
    """The outcomes of the goals of earlier declarations as one table; nothing if there are none."""
    words = source.words
    _ = words.gettext
    rows = tuple(
        (
            words.printable_text(goal.goal),
            str(goal.year),
            outcome_label(goal.outcome, words),
            words.printable_text(goal.reason or goal.outlook) or NO_VALUE,
        )
        for goal in source.document.annex.goals
    )
    if not rows:
        return ()
    heads = (_("Ziel"), _("Jahr"), _("Ergebnis"), _("Warum"))
    return (
        lay_out_table(
            _("Was aus früheren Zielen wurde"),
            row_cells(heads),
            tuple(row_cells(row, ours=frozenset({2})) for row in rows),
        ),
    )


def goals_note(source: RenderContext, *, is_short: bool = False) -> str:
    """The sentence printed if no goal is entered in a table; `is_short`: the chapters are not printed."""
    _ = source.words.gettext
    asked = [
        requirement
        for requirement in source.document.selection.requirements.values()
        if getattr(requirement, "holds_goals", 0)
    ]
    statuses = {source.status(requirement) for requirement in asked}
    if REPORTED in statuses and is_short:
        return _("Die Ziele sind in Worten beschrieben; sie stehen in der vollständigen Erklärung.")
    if REPORTED in statuses:
        return _("Die Ziele sind in Worten beschrieben; sie stehen bei den Kriterien 3 und 12 bis 17.")
    if EXPLAINED in statuses:
        return _("Ziele nennt das Unternehmen noch nicht; die Begründung steht bei den Kriterien.")
    return _("Zu Zielen steht hier noch nichts.")


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
