"""Goals that stand in several tables of a questionnaire: each is one goal, so its changes must agree."""

from collections.abc import Iterable, Iterator, Mapping

from dnk_tool.catalogue.standard.model import Aspect
from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.goal_records import ChangedCells, changed_goals, with_changes
from dnk_tool.domain.declarations.questionnaire.comparison import EntryChange
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry


def holds_goals(entry: Entry) -> bool:
    """Whether the entry is a table of goals."""
    return bool(entry.columns) and isinstance(entry.requirement, Aspect) and entry.requirement.holds_goals


def contradictory_goals(changes: Iterable[EntryChange]) -> frozenset[str]:
    """The refs of tables that change a goal in another way than a table before them."""
    merged: dict[str, dict[str, object]] = {}
    return frozenset(
        change.returned.entry.ref
        for change in changes
        for key, cells in _changed_goals(change.returned.entry, change.before, change.after)
        if not _agrees(merged.setdefault(key, {}), cells)
    )


def with_goals_of_others(
    entry: Entry, content: Content, others: Iterable[tuple[Entry, Content, Content]]
) -> Content:
    """The table with the changes that other tables of the file make to its goals: (entry, before, after)."""
    if not holds_goals(entry) or not isinstance(content, Answer):
        return content
    merged: dict[str, ChangedCells] = {}
    for other, before, after in others:
        if other.ref != entry.ref:
            for key, cells in _changed_goals(other, before, after):
                merged[key] = {**merged.get(key, {}), **cells}
    rows = with_changes(content.value, merged)
    return content if rows is None else Answer(value=rows)


def _changed_goals(entry: Entry, before: Content, after: Content) -> Iterator[tuple[str, ChangedCells]]:
    if holds_goals(entry) and isinstance(before, Answer) and isinstance(after, Answer):
        yield from changed_goals(before.value, after.value).items()


def _agrees(known: dict[str, object], cells: Mapping[str, object]) -> bool:
    """Whether the cells say the same as those known; adds them if so."""
    if any(known.get(column, cell) != cell for column, cell in cells.items()):
        return False
    known.update(cells)
    return True
