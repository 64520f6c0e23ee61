"""The answers of a declaration chapter by chapter, all of them or those of one kind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, Section
from dnk_tool.domain.answers.answer import Sheet
from dnk_tool.domain.text import truncated
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.whole.points import Point, PointMark, section_points
from dnk_tool.web.http.languages import current_language

# How many characters of answers a page holds, so that it stays light; points and gaps take some themselves.
ALL_CHARACTERS, POINT_CHARACTERS, GAP_CHARACTERS = 11_000, 55, 70
# An answer has its beginning, two lines where there is room, a paragraph where a chapter is read alone.
FEWEST_CHARACTERS, TWO_LINES, PARAGRAPH = 50, 210, 600
ANCHOR = "antworten"


@dataclass(frozen=True, slots=True)
class ChapterAnswers:
    """An area with the `numbers` of its criteria, or a section beside them, whose `key` is empty.

    `href` shows it alone.
    """

    key: str
    title: str
    numbers: tuple[int, ...]
    points: tuple[Point, ...]
    href: str = ""

    @property
    def explained(self) -> int:
        """How many of its points are explained instead of reported."""
        return sum(PointMark.EXPLAINED in point.marks for point in self.points)


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A link that shows one kind of what a page lists, or all."""

    text: str
    count: int
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class WholeDeclaration:
    """The chapters shown and the filters. `most`: how many characters of an answer the page shows."""

    chapters: tuple[ChapterAnswers, ...]
    filters: tuple[FilterLink, ...]
    is_filtered: bool
    most: int

    def shortened(self, point: Point) -> str:
        """The beginning of the answer, as much as the page has room for."""
        return truncated(point.answer, self.most)


def whole_declaration(
    declaration: Declaration, sheet: Sheet, odd: Collection[str], wanted: str, *, gaps: int
) -> WholeDeclaration:
    """The answers as they stand now. `odd`: keys of odd figures.

    `wanted`: the value of a PointMark or the key of an area, to show only those answers; else all are shown.
    `gaps`: how many lines of gaps the page has, too.
    """
    chapters = tuple(chapter for chapter in _chapters(declaration, sheet, odd) if chapter.points)
    points = [point for chapter in chapters for point in chapter.points]
    mark = PointMark(wanted) if wanted in set(PointMark) else None
    read = next((chapter for chapter in chapters if chapter.key and chapter.key == wanted), None)
    shown = (read,) if read else tuple(_restricted_to(chapter, mark) for chapter in chapters)
    count = sum(len(chapter.points) for chapter in shown)
    is_filtered = read is not None or mark is not None
    return WholeDeclaration(
        tuple(chapter for chapter in shown if chapter.points),
        tuple(_filters(declaration, points, mark, is_all=not is_filtered)),
        is_filtered,
        _most_characters(count, gaps, PARAGRAPH if read else TWO_LINES),
    )


def _most_characters(points: int, gaps: int, most: int) -> int:
    """How many characters of each answer the page has room for."""
    room = (ALL_CHARACTERS - GAP_CHARACTERS * gaps) // max(points, 1) - POINT_CHARACTERS
    return min(most, max(FEWEST_CHARACTERS, room))


def _chapters(declaration: Declaration, sheet: Sheet, odd: Collection[str]) -> list[ChapterAnswers]:
    """The general information, the areas in their order, then what is reported beyond the criteria."""
    selection, language = sheet.selection, current_language()
    by_number = {section.number: section for section in selection.sections if isinstance(section, Criterion)}
    beside = [section for section in selection.sections if not isinstance(section, Criterion)]
    general = [section for section in beside if section.ref == selection.catalogue.general.ref]

    def chapter(key: str, title: str, sections: Sequence[Section]) -> ChapterAnswers:
        numbers = tuple(section.number for section in sections if isinstance(section, Criterion))
        points = (point for section in sections for point in section_points(declaration, sheet, section, odd))
        alone = _filter_url(declaration, key) if key else ""
        return ChapterAnswers(key, title, numbers, tuple(points), alone)

    return [
        *(chapter("", section.title.to(language), [section]) for section in general),
        *(
            chapter(area.key, area.title.to(language), [by_number[number] for number in area.criteria])
            for area in selection.catalogue.areas
        ),
        *(chapter("", section.title.to(language), [section]) for section in beside if section not in general),
    ]


def _restricted_to(chapter: ChapterAnswers, mark: PointMark | None) -> ChapterAnswers:
    points = tuple(point for point in chapter.points if mark is None or mark in point.marks)
    return replace(chapter, points=points)


def _filter_url(declaration: Declaration, wanted: str | None) -> str:
    return url_for("finish.check", declaration_id=declaration.id, nur=wanted, _anchor=ANCHOR)


def _filters(
    declaration: Declaration, points: Sequence[Point], current: PointMark | None, *, is_all: bool
) -> list[FilterLink]:
    """A link to all, and one for each kind that occurs."""
    kinds: dict[PointMark | None, str] = {
        None: _("Alle"),
        PointMark.EXPLAINED: _("Erklärt"),
        PointMark.SHORT: _("Unter dem Richtwert"),
        PointMark.TAKEN_OVER: _("Übernommen und ungeprüft"),
        PointMark.ODD: _("Auffällig"),
    }
    links = [
        FilterLink(
            text,
            sum(mark is None or mark in point.marks for point in points),
            _filter_url(declaration, mark),
            is_all if mark is None else mark is current,
        )
        for mark, text in kinds.items()
    ]
    return [link for link in links if link.count or link.is_current]
