"""Holds what a file of figures wishes against what is stored: new, changed, the same, or not possible."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.file_columns import FigureColumn
from dnk_tool.domain.figures.file_rows import (
    CellEdits,
    FigureHintKind,
    FigureRowFault,
    FigureRowHint,
    FigureUpdate,
    ParsedFigureFile,
    RejectedFigureRow,
)
from dnk_tool.domain.figures.updates import entered_by_hand
from dnk_tool.language import Language

# A figure by its year and datapoint.
FigureKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """A figure as it is kept, and its version; version 0: there is none."""

    figure: Figure = NO_FIGURE
    version: int = 0


NO_STORED_FIGURE = StoredFigure()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """What a row would make of a figure that stands at version `seen`."""

    update: FigureUpdate
    before: Figure
    after: Figure
    seen: int

    @property
    def place(self) -> FigureKey:
        return self.update.year, self.update.datapoint

    @property
    def is_new(self) -> bool:
        """Whether there was nothing before."""
        return self.before.is_empty


@dataclass(frozen=True)
class FigureFilePreview:
    """The rows of a file told apart. `same` rows say what is stored already."""

    language: Language
    changes: tuple[FigureChange, ...]
    same: int
    bad: tuple[RejectedFigureRow, ...]
    hints: tuple[FigureRowHint, ...]


def preview_figure_file(
    read: ParsedFigureFile,
    stored: Mapping[FigureKey, StoredFigure],
    points: Mapping[str, Datapoint],
    *,
    is_open: Callable[[int, str], bool],
) -> FigureFilePreview:
    """What the file would change. A figure of a year that is frozen cannot change, but may say the same."""
    changes, same, bad = list[FigureChange](), 0, list(read.bad)
    for wish in read.updates:
        found = stored.get((wish.year, wish.datapoint), NO_STORED_FIGURE)
        point = points.get(wish.datapoint)
        if point is None:
            bad.append(
                RejectedFigureRow(wish.number, FigureRowFault.UNKNOWN_FIGURE, wish.datapoint, wish.datapoint)
            )
            continue
        after = apply_edits(wish.edits, found.figure, point)
        if isinstance(after, Figure) and after == found.figure:
            same += 1
        elif not is_open(wish.year, wish.datapoint):
            bad.append(_rejected_row(wish, FigureRowFault.LOCKED, point, read.language, str(wish.year)))
        elif isinstance(after, FigureRowFault):
            bad.append(_rejected_row(wish, after, point, read.language))
        else:
            changes.append(FigureChange(wish, found.figure, after, found.version))
    hints = (*read.hints, *_overwrite_hints(changes))
    taken = {change.update.number for change in changes}
    return FigureFilePreview(
        read.language,
        tuple(changes),
        same,
        tuple(sorted(bad, key=lambda one: one.number)),
        tuple(sorted((hint for hint in hints if hint.number in taken), key=lambda one: one.number)),
    )


def outdated_changes(
    changes: Collection[FigureChange], seen: Mapping[FigureKey, int]
) -> tuple[FigureChange, ...]:
    """The changes to figures that have another version by now than somebody saw."""
    return tuple(change for change in changes if change.seen != seen.get(change.place))


def apply_edits(edits: CellEdits, before: Figure, point: Datapoint) -> Figure | FigureRowFault:
    """The figure as it would be, or why it cannot be so. What says the same stays as it was written."""
    value, unit = before.value, before.unit
    if FigureColumn.VALUE in edits:
        value = Decimal(edits[FigureColumn.VALUE]) if edits[FigureColumn.VALUE] else None
        if value is None:
            unit = ""
        else:
            only = next(iter(point.family.units)) if len(point.family.units) == 1 else ""
            unit = edits.get(FigureColumn.UNIT) or before.unit or only
            value = before.value if value == before.value else value
            if not unit:
                return FigureRowFault.NO_UNIT
    elif before.value is not None and edits.get(FigureColumn.UNIT, unit) != unit:
        return FigureRowFault.UNIT_ALONE  # the same number in another unit is rarely meant
    figure = replace(
        before,
        value=value,
        unit=unit,
        quality=_quality(edits, before, value),
        note=edits.get(FigureColumn.NOTE, before.note),
        source=edits.get(FigureColumn.SOURCE, before.source),
        responsible=edits.get(FigureColumn.RESPONSIBLE, before.responsible),
    )
    if figure.is_contradictory:
        return FigureRowFault.VALUE_NOT_AVAILABLE
    return entered_by_hand(figure, before)


def _quality(edits: CellEdits, before: Figure, value: Decimal | None) -> Quality | None:
    """How the value came about; with a value that goes, that goes too."""
    said = edits.get(FigureColumn.QUALITY)
    quality = before.quality if said is None else Quality(said) if said else None
    is_gone = before.value is not None and value is None
    return None if is_gone and quality is not Quality.NOT_AVAILABLE else quality


def _overwrite_hints(changes: Collection[FigureChange]) -> list[FigureRowHint]:
    """Where a value that lines or sites gave is written over by hand."""
    return [
        FigureRowHint(change.update.number, FigureHintKind.BY_HAND, detail=change.before.origin.value)
        for change in changes
        if change.before.origin is not Origin.ENTERED and change.after.origin is Origin.ENTERED
    ]


def _rejected_row(
    wish: FigureUpdate, fault: FigureRowFault, point: Datapoint, language: Language, detail: str = ""
) -> RejectedFigureRow:
    return RejectedFigureRow(wish.number, fault, f"{point.label.to(language)}, {wish.year}", detail)
