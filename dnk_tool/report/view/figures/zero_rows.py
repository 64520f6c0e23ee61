"""Folds figures that are zero in all years into one line that lists them.

What is shown beside them decides: a sum that is zero stays while a part of it is not, and so does a figure
with a note. A single zero stays a row of its own, and so does what readers look for by name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain.answers.answer import Figure, Sheet
from dnk_tool.language import format_alternatives
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.typography import NO_BREAK, with_no_break_spaces

LEAST_FOLDED = 2
# Zero is news here: nobody should have to search for it in a line.
NEVER_FOLDED = frozenset(
    {
        "safety.employees.fatalities",
        "safety.employees.ill-health-fatalities",
        "safety.other-workers.fatalities",
        "safety.other-workers.ill-health-fatalities",
        "workforce.discrimination-incidents",
        "governance.corruption.incidents",
        "governance.compliance.fines",
        "diversity.board.women-share",
        "diversity.employees.women-share",
        "diversity.leadership.women-share-fte",
    }
)
_GROUP = ": "  # between the group of a label and what is counted, as in "Beschäftigte: Todesfälle"


@dataclass(frozen=True, slots=True)
class ZeroFigure:
    """A figure that is zero in `years`, the latest first; `group`: what its label begins with."""

    letter: str
    label: str
    group: str
    quality: tuple[str, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoldedZeros:
    """Figures that one line stands for: their common letter, what they are called together, and the line.

    The letter is empty if they have several. `members`: their places among all rows.
    """

    letter: str
    label: str
    text: str
    members: tuple[int, ...]


def zero_years(
    point: Datapoint, figures: Mapping[int, Figure], sheets: Mapping[int, Sheet]
) -> tuple[int, ...]:
    """The years in which the figure is zero; empty if it is anything else in one of them, or has a note.

    Empty, too, for a figure that is never folded.
    """
    if point.key in NEVER_FOLDED:
        return ()
    stated = {year: figure for year, figure in figures.items() if figure.is_stated}
    if next(iter(figures)) not in stated or any(figure.note for figure in figures.values()):
        return ()
    if any(figure.value is None or figure.value for figure in stated.values()):
        return ()
    if point.computed and any(
        _is_above_zero(sheets[year], key)
        for year in stated
        for key in (*point.computed.plus, *point.computed.minus)
    ):
        return ()
    return tuple(stated)


def _is_above_zero(sheet: Sheet, key: str) -> bool:
    figure = sheet.figures.get(key)
    return bool(figure and figure.value)


def zero_figure(letter: str, label: str, quality: Iterable[str], years: tuple[int, ...]) -> ZeroFigure:
    """The zero with the group that its label names."""
    group, sign, name = label.partition(_GROUP)
    return ZeroFigure(
        letter,
        f"{name[:1].upper()}{name[1:]}" if sign else label,
        group if sign else "",
        tuple(dict.fromkeys(filter(None, quality))),
        years,
    )


def fold_zeros(figures: Sequence[ZeroFigure | None], words: TextFormatter) -> tuple[FoldedZeros, ...]:
    """The lines by the order of their first members: groups, and what is left over of the same years.

    `figures`: all rows in their order, None for one that stays.
    """
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for place, figure in enumerate(figures):
        if figure:
            groups.setdefault((figure.group, figure.years), []).append(place)
    left: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    whole = []
    for (group, years), places in groups.items():
        if group and len(places) >= LEAST_FOLDED:
            whole.append(places)
        else:
            left.setdefault(("", years), []).extend(places)
    whole += [sorted(places) for places in left.values() if len(places) >= LEAST_FOLDED]
    return tuple(_folded(places, figures, words) for places in sorted(whole))


def _folded(places: Sequence[int], figures: Sequence[ZeroFigure | None], words: TextFormatter) -> FoldedZeros:
    zeros = [figure for place in places if (figure := figures[place])]
    groups, letters = {zero.group for zero in zeros}, {top_letter(zero.letter) for zero in zeros}
    group, letter = (each.pop() if len(each) == 1 else "" for each in (groups, letters))
    named = [
        NO_BREAK.join(filter(None, ("" if letter else zero.letter, _name(zero, group)))) for zero in zeros
    ]
    others = words.gettext("Alle Angaben") if len(zeros) == len(figures) else words.gettext("Weitere Angaben")
    return FoldedZeros(letter, group or others, zeros_text(zeros, named, words), tuple(places))


def top_letter(letter: str) -> str:
    """The letter of which this one is a part, such as "a" of "a.iv"."""
    return letter.split(".", maxsplit=1)[0]


def _name(zero: ZeroFigure, group: str) -> str:
    return zero.label if zero.group == group else f"{zero.group}{_GROUP}{zero.label}"


def zeros_text(zeros: Sequence[ZeroFigure], named: Sequence[str], words: TextFormatter) -> str:
    """What the line says, such as "0 in 2023 bis 2025 (2 Angaben, gemessen: Todesfälle; schwere Unfälle)"."""
    quality = dict.fromkeys(word for zero in zeros for word in zero.quality)
    said = words.gettext("0 in %(years)s (%(count)s Angaben%(quality)s: %(names)s)") % {
        "years": _years_text(zeros[0].years, words),
        "count": words.number(Decimal(len(zeros))),
        "quality": f", {format_alternatives([*quality], words.language)}" if quality else "",
        "names": "; ".join(named),
    }
    return with_no_break_spaces(said)


def _years_text(years: Sequence[int], words: TextFormatter) -> str:
    """The years as a span, or one by one where one is missing."""
    first, last = min(years), max(years)
    if len(years) > 1 and last - first == len(years) - 1:
        span = (
            words.gettext("%(first)s bis %(last)s")
            if len(years) > 2
            else words.gettext("%(first)s und %(last)s")
        )
        return (span % {"first": first, "last": last}).replace(" ", NO_BREAK)
    return ", ".join(str(year) for year in sorted(years))
