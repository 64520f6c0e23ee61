"""Compares a questionnaire that came back with what is stored: new, changed, equal, or changed by both.

Goals that stand in several tables of a questionnaire: each is one goal, so its changes must agree.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dnk_tool.catalogue.standard.model import Aspect
from dnk_tool.domain.answers.answer import Answer, Figure, is_same_answer
from dnk_tool.domain.answers.goal_records import ChangedCells, changed_goals, with_changes
from dnk_tool.domain.declarations.questionnaire.cells import FieldFault
from dnk_tool.domain.declarations.questionnaire.fields import Content, Entry
from dnk_tool.domain.editing import (
    UNKNOWN,
    Conflict,
    Decision,
    Seen,
    Stored,
    Unchanged,
    Unknown,
    VersionedEdit,
    decide,
)
from dnk_tool.domain.figures.updates import decide_figure, intended_figure


class EntryStatus(StrEnum):
    """How an entry of the file differs from what is stored; CHANGED_HERE: somebody else changed it, too."""

    NEW = "new"
    CHANGED = "changed"
    CHANGED_HERE = "changed-here"


@dataclass(frozen=True, slots=True)
class ReturnedEntry:
    """What the file says for an entry. `made_at`: the entry's version when the file was made."""

    entry: Entry
    content: Content
    made_at: int


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that differs from what is stored: `before`, at `version`; `after` is what the file says."""

    returned: ReturnedEntry
    status: EntryStatus
    before: Content
    after: Content
    version: int
    by: int | None = None


@dataclass(frozen=True, slots=True)
class RejectedField:
    """What is left out of a file, and why; `entry` is None for what belongs to no entry, `shown` names it."""

    fault: FieldFault
    detail: str = ""
    row: int = 0
    entry: Entry | None = None
    shown: str = ""


@dataclass(frozen=True)
class QuestionnairePreview:
    """A file beside what is stored: changes, the number of equal entries, and what is left out."""

    changes: tuple[EntryChange, ...]
    same: int
    rejected: tuple[RejectedField, ...] = ()


@dataclass(frozen=True)
class StoredContents:
    """The stored answers by ref and figures by datapoint, and their contents when the file was made."""

    answers: Mapping[str, Stored[Answer]] = field(default_factory=dict)
    figures: Mapping[str, Stored[Figure]] = field(default_factory=dict)
    earlier: Mapping[tuple[str, int], Content] = field(default_factory=dict)

    def at(self, entry: Entry, version: int) -> Content | Unknown:
        """The content of an entry at a version; UNKNOWN if there was none."""
        current: Stored[Answer] | Stored[Figure] = self.of(entry)
        if version == current.version:
            return current.content
        if version == 0:
            return Figure() if entry.datapoint else Answer()
        return self.earlier.get((entry.key, version), UNKNOWN)

    def of(self, entry: Entry) -> Stored[Answer] | Stored[Figure]:
        """What is stored of an entry; version 0 if there is nothing."""
        if entry.datapoint:
            return self.figures.get(entry.key, Stored(Figure(), ref=entry.key))
        return self.answers.get(entry.key, Stored(Answer(), ref=entry.key))


def compare(returned: Iterable[ReturnedEntry], stored: StoredContents) -> QuestionnairePreview:
    """Compare each entry with what is stored, as a save would decide about it."""
    changes, same = list[EntryChange](), 0
    for one in returned:
        change = _change(one, stored)
        if change is None:
            same += 1
        else:
            changes.append(change)
    return QuestionnairePreview(tuple(changes), same)


def _change(returned: ReturnedEntry, stored: StoredContents) -> EntryChange | None:
    entry, content = returned.entry, returned.content
    current, seen = stored.of(entry), stored.at(entry, returned.made_at)
    decision: Decision[Answer] | Decision[Figure]
    if isinstance(content, Figure):
        figure = stored.figures.get(entry.key, Stored(Figure(), ref=entry.key))
        edit = VersionedEdit(content, returned.made_at, is_whole=False)
        known = seen if isinstance(seen, Figure) else UNKNOWN
        decision = decide_figure(figure, Seen(returned.made_at, known), edit)
        after: Content = intended_figure(edit, figure.content)
    else:
        answer = stored.answers.get(entry.key, Stored(Answer(), ref=entry.key))
        said = seen if isinstance(seen, Answer) else UNKNOWN
        decision = decide(answer, Seen(returned.made_at, said), content, is_same=is_same_answer)
        after = content
    if isinstance(decision, Unchanged):
        return None
    status = EntryStatus.NEW if current.content.is_empty else EntryStatus.CHANGED
    if isinstance(decision, Conflict):
        status = EntryStatus.CHANGED_HERE
    return EntryChange(returned, status, current.content, after, current.version, current.by)


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
