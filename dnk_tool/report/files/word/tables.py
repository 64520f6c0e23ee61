"""Tables of a Word document: heads that repeat on each page, rows that no page end divides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.writer import Pen
from dnk_tool.report.text.text_width import widest_word, width
from dnk_tool.report.view.parts import Entry, FieldRow, FieldTable, FigureCell, TableView

ROOM = 9354  # twentieths of a point between the margins
# A row with more than this many characters may need a page of its own: it may be divided.
LONGEST_ROW = 1500
FACTS = (30, 70)
# Points: the size of type in cells, the room around it, and columns of figures and units.
SIZE, PADDING = 9.0, 11.0
NARROWEST, BROADEST, LABEL = 38.0, 100.0, 120.0


@dataclass(frozen=True, slots=True)
class Cell:
    """The paragraphs of a cell, and about how many characters they have."""

    xml: str
    length: int = 0


def words(said: str, pen: Pen, *, is_number: bool = False, is_foreign: bool = False) -> Cell:
    """A cell with one text."""
    style = "CellNumber" if is_number else "CellText"
    language = pen.foreign if is_foreign else ""
    return Cell(markup.paragraph(style, markup.run(said, language=language)), len(said))


def head(said: str, *, is_number: bool = False) -> Cell:
    """The head of a column."""
    return Cell(markup.paragraph("CellNumberHead" if is_number else "CellHead", markup.run(said)))


def label(said: str, number: str = "") -> Cell:
    """The head of a row."""
    name = f"{number} {said}".strip()
    return Cell(markup.paragraph("CellText", markup.run(name, style="Strong")), len(name))


def table(title: str, heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], widths: Sequence[float]) -> str:
    """A table across the page; `widths` are shares of it, `title` is what a screen reader calls it.

    A paragraph follows, without which a word processor would join two tables.
    """
    columns = _columns(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    first = _row(heads, columns, "<w:cantSplit/><w:tblHeader/>")
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Declaration"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        f' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={markup.attribute(title)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{first}{''.join(_body_row(row, columns) for row in rows)}</w:tbl>"
        f"{markup.paragraph('AfterTable')}"
    )


def _columns(widths: Sequence[float]) -> list[int]:
    total = sum(widths)
    columns = [round(ROOM * one / total) for one in widths]
    return [*columns[:-1], ROOM - sum(columns[:-1])]


def _body_row(cells: Sequence[Cell], columns: Sequence[int]) -> str:
    is_whole = sum(one.length for one in cells) <= LONGEST_ROW
    return _row(cells, columns, "<w:cantSplit/>" if is_whole else "")


def _row(cells: Sequence[Cell], columns: Sequence[int], properties: str) -> str:
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell.xml}</w:tc>'
        for cell, width in zip(cells, columns, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inside}</w:tr>"


def facts(
    title: str, entries: Iterable[Entry], pen: Pen, heads: tuple[str, str], *, is_said: bool = False
) -> str:
    """Labels with what is said about them; `is_said` where the company itself says it."""
    return table(
        title,
        [head(one) for one in heads],
        ((label(e.label), _value(e, pen, is_said)) for e in entries),
        FACTS,
    )


def _value(entry: Entry, pen: Pen, is_said: bool) -> Cell:
    if not entry.prose:
        missing = markup.run(pen.gettext("Noch nicht beantwortet"), style="Missing")
        return Cell(markup.paragraph("CellText", missing))
    return _prose_cell(entry, pen.foreign if is_said else "")


def _prose_cell(entry: Entry, language: str) -> Cell:
    length = sum(len(line) for block in entry.prose for line in block.lines)
    return Cell(markup.prose(entry.prose, style="CellText", bullet="CellBullet", language=language), length)


def filled(one: TableView, pen: Pen) -> str:
    """A table that the company filled, under its caption."""
    heads = [head(cell.text, is_number=cell.is_number) for cell in one.heads]
    rows = (
        [words(cell.text, pen, is_number=cell.is_number, is_foreign=not cell.is_ours) for cell in row]
        for row in one.rows
    )
    return markup.paragraph("Caption", markup.run(one.caption)) + table(
        one.caption, heads, rows, _with_room_for_heads(one)
    )


def _with_room_for_heads(one: TableView) -> list[float]:
    """The widths of the print in points; heads are larger here, and wide columns give what they need."""
    printed = [ROOM / 20 * share / sum(one.widths) for share in one.widths]
    least = [min(widest_word(cell.text, SIZE, is_bold=True), BROADEST) + PADDING for cell in one.heads]
    needed = sum(max(wanted - had, 0.0) for wanted, had in zip(least, printed, strict=True))
    spare = sum(max(had - wanted, 0.0) for wanted, had in zip(least, printed, strict=True)) or 1.0
    part = min(needed / spare, 1.0)
    return [
        max(had, wanted) - max(had - wanted, 0.0) * part for wanted, had in zip(least, printed, strict=True)
    ]


def fields(one: FieldTable, pen: Pen) -> str:
    """The fields of an indicator: its figures as one table under their years, then what is said in words."""
    figures = [row for row in one.rows if one.years and not row.prose]
    said = [row for row in one.rows if row not in figures]
    parts = [_figures(one, figures, pen)] if figures else []
    if one.legend:
        parts.append(markup.paragraph("Legend", markup.run(one.legend)))
    return "".join([*parts, *(_said(row, pen) for row in said)])


def _said(row: FieldRow, pen: Pen) -> str:
    name = markup.paragraph("Label", markup.run(f"{row.letter} {row.label}".strip()))
    notes = "".join(markup.paragraph("Normal", markup.run(note, language=pen.foreign)) for note in row.notes)
    if row.is_open:
        return name + markup.paragraph("Open", markup.run(pen.gettext("Noch nicht beantwortet"))) + notes
    return name + pen.said(row.prose) + notes


def _figures(one: FieldTable, rows: Sequence[FieldRow], pen: Pen) -> str:
    heads = [head(pen.gettext("Angabe")), head(pen.gettext("Einheit"))]
    heads += [head(year, is_number=True) for year in one.years]
    heads += [head(one.change, is_number=True)] if one.change else []
    return table(one.caption, heads, ([*_figure_row(row, one, pen)] for row in rows), _widths(one, rows))


def _widths(one: FieldTable, rows: Sequence[FieldRow]) -> list[float]:
    """Label, unit, years and change, as wide as their words; the label has what is left."""
    units = [width(row.unit, SIZE) for row in rows]
    values = [width(_value_of(figure), SIZE, is_bold=True) for row in rows for figure in row.figures]
    changes = [width(said, SIZE) for row in rows for said in row.change]
    unit = min(max([*units, NARROWEST]), BROADEST) + PADDING
    year = min(max([*values, NARROWEST]), BROADEST) + PADDING
    change = max([widest_word(one.change, SIZE, is_bold=True), *changes]) + PADDING if one.change else 0.0
    label = max(ROOM / 20 - unit - year * len(one.years) - change, LABEL)
    return [label, unit, *[year] * len(one.years), *([change] if one.change else [])]


def _figure_row(row: FieldRow, one: FieldTable, pen: Pen) -> Iterable[Cell]:
    first = label(row.label, row.letter)
    below = [markup.paragraph("CellText", markup.run(note, language=pen.foreign)) for note in row.notes]
    if row.is_open:
        below.insert(
            0,
            markup.paragraph("CellText", markup.run(pen.gettext("Noch nicht beantwortet"), style="Missing")),
        )
    yield Cell(first.xml + "".join(below), first.length + sum(map(len, row.notes)))
    yield words(row.unit, pen)
    for place in range(len(one.years)):
        yield _figure(row, place)
    if one.change:
        yield words(row.change[0] if row.change else "", pen, is_number=True)


def _figure(row: FieldRow, place: int) -> Cell:
    if place >= len(row.figures):
        return Cell(markup.paragraph("CellNumber"))
    figure = row.figures[place]
    shown = markup.paragraph("CellNumber", markup.run(_value_of(figure), style="" if place else "Strong"))
    if figure.quality:
        shown += markup.paragraph("CellNumber", markup.run(figure.quality, style="Quiet"))
    return Cell(shown)


def _value_of(figure: FigureCell) -> str:
    return f"{figure.value}\N{NO-BREAK SPACE}{figure.unit}" if figure.unit else figure.value
