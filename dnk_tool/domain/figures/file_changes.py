"""Holds what a file of figures wishes against what is stored: new, changed, the same, or not possible."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from dnk_tool.catalogue.standard.model import Datapoint
from dnk_tool.domain.answers.answer import NO_FIGURE, Figure, Origin, Quality
from dnk_tool.domain.figures.file_columns import Column
from dnk_tool.domain.figures.file_rows import BadRow, Edits, Hint, Read, RowFault, RowHint, Wish
from dnk_tool.domain.figures.updates import by_hand
from dnk_tool.language import Language

# A figure by its year and datapoint.
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A figure as it is kept, and its version; version 0: there is none."""

    figure: Figure = NO_FIGURE
    version: int = 0


NOTHING_STORED = Stored()


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would make of a figure that stands at version `seen`."""

    wish: Wish
    before: Figure
    after: Figure
    seen: int

    @property
    def place(self) -> Place:
        return self.wish.year, self.wish.datapoint

    @property
    def is_new(self) -> bool:
        """Whether there was nothing before."""
        return self.before.is_empty


@dataclass(frozen=True)
class Sifted:
    """The rows of a file told apart. `same` rows say what is stored already."""

    language: Language
    changes: tuple[Change, ...]
    same: int
    bad: tuple[BadRow, ...]
    hints: tuple[Hint, ...]


def sift(
    read: Read,
    stored: Mapping[Place, Stored],
    points: Mapping[str, Datapoint],
    *,
    is_open: Callable[[int, str], bool],
) -> Sifted:
    """What the file would change. A figure of a year that is frozen cannot change, but may say the same."""
    changes, same, bad = list[Change](), 0, list(read.bad)
    for wish in read.wishes:
        found = stored.get((wish.year, wish.datapoint), NOTHING_STORED)
        point = points.get(wish.datapoint)
        if point is None:
            bad.append(BadRow(wish.number, RowFault.UNKNOWN_FIGURE, wish.datapoint, wish.datapoint))
            continue
        after = applied(wish.edits, found.figure, point)
        if isinstance(after, Figure) and after == found.figure:
            same += 1
        elif not is_open(wish.year, wish.datapoint):
            bad.append(_bad(wish, RowFault.LOCKED, point, read.language, str(wish.year)))
        elif isinstance(after, RowFault):
            bad.append(_bad(wish, after, point, read.language))
        else:
            changes.append(Change(wish, found.figure, after, found.version))
    hints = (*read.hints, *_overruled(changes))
    taken = {one.wish.number for one in changes}
    return Sifted(
        read.language,
        tuple(changes),
        same,
        tuple(sorted(bad, key=lambda one: one.number)),
        tuple(sorted((one for one in hints if one.number in taken), key=lambda one: one.number)),
    )


def outdated(changes: Collection[Change], seen: Mapping[Place, int]) -> tuple[Change, ...]:
    """The changes to figures that have another version by now than somebody saw."""
    return tuple(one for one in changes if one.seen != seen.get(one.place))


def applied(edits: Edits, before: Figure, point: Datapoint) -> Figure | RowFault:
    """The figure as it would be, or why it cannot be so. What says the same stays as it was written."""
    value, unit = before.value, before.unit
    if Column.VALUE in edits:
        value = Decimal(edits[Column.VALUE]) if edits[Column.VALUE] else None
        if value is None:
            unit = ""
        else:
            only = next(iter(point.family.units)) if len(point.family.units) == 1 else ""
            unit = edits.get(Column.UNIT) or before.unit or only
            value = before.value if value == before.value else value
            if not unit:
                return RowFault.NO_UNIT
    elif before.value is not None and edits.get(Column.UNIT, unit) != unit:
        return RowFault.UNIT_ALONE  # the same number in another unit is rarely meant
    figure = replace(
        before,
        value=value,
        unit=unit,
        quality=_quality(edits, before, value),
        note=edits.get(Column.NOTE, before.note),
        source=edits.get(Column.SOURCE, before.source),
        responsible=edits.get(Column.RESPONSIBLE, before.responsible),
    )
    if figure.is_contradictory:
        return RowFault.VALUE_NOT_AVAILABLE
    return by_hand(figure, before)


def _quality(edits: Edits, before: Figure, value: Decimal | None) -> Quality | None:
    """How the value came about; with a value that goes, that goes too."""
    said = edits.get(Column.QUALITY)
    quality = before.quality if said is None else Quality(said) if said else None
    is_gone = before.value is not None and value is None
    return None if is_gone and quality is not Quality.NOT_AVAILABLE else quality


def _overruled(changes: Collection[Change]) -> list[Hint]:
    """Where a value that lines or sites gave is written over by hand."""
    return [
        Hint(one.wish.number, RowHint.BY_HAND, one.before.origin.value)
        for one in changes
        if one.before.origin is not Origin.ENTERED and one.after.origin is Origin.ENTERED
    ]


def _bad(wish: Wish, fault: RowFault, point: Datapoint, language: Language, detail: str = "") -> BadRow:
    return BadRow(wish.number, fault, f"{point.label.to(language)}, {wish.year}", detail)
