"""Compares a file of figures with what is stored: changes, equal rows, and rejected ones."""

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
    """A figure as it is stored, and its version; version 0: there is none."""

    figure: Figure = NO_FIGURE
    version: int = 0


NO_STORED_FIGURE = StoredFigure()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """The change of a figure by one row; `seen` is the version with which the row was compared."""

    update: FigureUpdate
    before: Figure
    after: Figure
    seen: int

    @property
    def place(self) -> FigureKey:
        """The year and the datapoint of the figure."""
        return self.update.year, self.update.datapoint

    @property
    def is_new(self) -> bool:
        """Whether nothing was stored before."""
        return self.before.is_empty


@dataclass(frozen=True)
class FigureFilePreview:
    """The rows of a file, split into changes, the number of equal ones (`same`), and rejected ones."""

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
    """Preview what the file would change.

    `is_open` says whether the figure of a year and datapoint may change; a row for a locked one is rejected
    unless it is equal.
    """
    changes, same, bad = list[FigureChange](), 0, list(read.bad)
    for wish in read.updates:
        stored_figure = stored.get((wish.year, wish.datapoint), NO_STORED_FIGURE)
        point = points.get(wish.datapoint)
        if point is None:
            bad.append(
                RejectedFigureRow(wish.number, FigureRowFault.UNKNOWN_FIGURE, wish.datapoint, wish.datapoint)
            )
            continue
        after = apply_edits(wish.edits, stored_figure.figure, point)
        if isinstance(after, Figure) and after == stored_figure.figure:
            same += 1
        elif not is_open(wish.year, wish.datapoint):
            bad.append(_rejected_row(wish, FigureRowFault.LOCKED, point, read.language, str(wish.year)))
        elif isinstance(after, FigureRowFault):
            bad.append(_rejected_row(wish, after, point, read.language))
        else:
            changes.append(FigureChange(wish, stored_figure.figure, after, stored_figure.version))
    hints = (*read.hints, *_overwrite_hints(changes))
    taken = {change.update.number for change in changes}
    return FigureFilePreview(
        read.language,
        tuple(changes),
        same,
        tuple(sorted(bad, key=lambda row: row.number)),
        tuple(sorted((hint for hint in hints if hint.number in taken), key=lambda hint: hint.number)),
    )


def outdated_changes(
    changes: Collection[FigureChange], seen: Mapping[FigureKey, int]
) -> tuple[FigureChange, ...]:
    """The changes to figures whose version is another one than in `seen`."""
    return tuple(change for change in changes if change.seen != seen.get(change.place))


def apply_edits(edits: CellEdits, before: Figure, point: Datapoint) -> Figure | FigureRowFault:
    """The figure after the edits, or the fault that prevents them. An equal value keeps its notation."""
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
    """The quality after the edits; a value that is cleared takes its quality with it."""
    said = edits.get(FigureColumn.QUALITY)
    quality = before.quality if said is None else Quality(said) if said else None
    is_gone = before.value is not None and value is None
    return None if is_gone and quality is not Quality.NOT_AVAILABLE else quality


def _overwrite_hints(changes: Collection[FigureChange]) -> list[FigureRowHint]:
    """Hints on values from lines or sites that are overwritten by hand."""
    return [
        FigureRowHint(change.update.number, FigureHintKind.BY_HAND, detail=change.before.origin.value)
        for change in changes
        if change.before.origin is not Origin.ENTERED and change.after.origin is Origin.ENTERED
    ]


def _rejected_row(
    wish: FigureUpdate, fault: FigureRowFault, point: Datapoint, language: Language, detail: str = ""
) -> RejectedFigureRow:
    return RejectedFigureRow(wish.number, fault, f"{point.label.to(language)}, {wish.year}", detail)
