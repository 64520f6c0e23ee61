"""Writes the tables of a declaration for a Word document."""

from collections.abc import Iterable, Sequence

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import (
    MAX_COLUMN_WIDTH,
    PADDING,
    PAGE_WIDTH,
    TYPE_SIZE,
    WordCell,
    table,
    widths_with_heads,
)
from dnk_tool.report.files.word.writer import DocxWriter, PartWriter
from dnk_tool.report.text.text_width import text_width, widest_word
from dnk_tool.report.view.parts import (
    FieldRow,
    FieldTable,
    FigureCell,
    LabelledText,
    PrintedTable,
    RowReference,
)

FACT_WIDTHS = (30, 70)
MIN_COLUMN_WIDTH, MIN_LABEL_WIDTH = 38.0, 120.0  # points


def text_cell(said: str, pen: PartWriter, *, is_number: bool = False, is_foreign: bool = False) -> WordCell:
    """A cell with one paragraph; `is_foreign`: in the language of the company's words."""
    style = "CellNumber" if is_number else "CellText"
    language = pen.foreign if is_foreign else ""
    return WordCell(markup.paragraph(style, markup.run(said, language=language)), len(said))


def head_cell(said: str, *, is_number: bool = False) -> WordCell:
    """The head of a column, right-aligned over numbers."""
    return WordCell(markup.paragraph("CellNumberHead" if is_number else "CellHead", markup.run(said)))


def label_cell(said: str, number: str = "") -> WordCell:
    """The head of a row, with its number before it."""
    name = f"{number} {said}".strip()
    return WordCell(markup.paragraph("CellText", markup.run(name, style="Strong")), len(name))


def fact_table(
    title: str,
    entries: Iterable[LabelledText],
    pen: DocxWriter,
    heads: tuple[str, str],
    *,
    is_said: bool = False,
) -> str:
    """A table of labels and texts; `is_said`: the texts are the company's own, in its language."""
    return table(
        title,
        [head_cell(head) for head in heads],
        ((_entry_label(e, pen), _value(e, pen, is_said)) for e in entries),
        FACT_WIDTHS,
    )


def _entry_label(entry: LabelledText, pen: DocxWriter) -> WordCell:
    if not entry.anchor:
        return label_cell(entry.label)
    name = markup.run(entry.label, style="Strong")
    return WordCell(markup.paragraph("CellText", pen.bookmarked(entry.anchor, name)), len(entry.label))


def _value(entry: LabelledText, pen: DocxWriter, is_said: bool) -> WordCell:
    if not entry.prose:
        missing = markup.run(pen.gettext("Noch nicht beantwortet"), style="Missing")
        return WordCell(markup.paragraph("CellText", missing))
    return _prose_cell(entry, pen, pen.foreign if is_said else "")


def _prose_cell(entry: LabelledText, pen: DocxWriter, language: str) -> WordCell:
    length = sum(len(line) for block in entry.prose for line in block.lines)
    said = pen.prose(entry.prose, style="CellText", bullet="CellBullet", language=language)
    return WordCell(said, length)


def printed_table(view_table: PrintedTable, pen: PartWriter) -> str:
    """A table of the view under its caption; cells that are not the tool's words have their language."""
    heads = [head_cell(cell.text, is_number=cell.is_number) for cell in view_table.heads]
    rows = (
        [text_cell(cell.text, pen, is_number=cell.is_number, is_foreign=not cell.is_ours) for cell in row]
        for row in view_table.printed_rows
    )
    caption = markup.paragraph("Caption", markup.run(view_table.caption))
    below = markup.paragraph("Legend", markup.run(view_table.below)) if view_table.below else ""
    below = "".join(_reference(each, pen) for each in view_table.references) + below
    if not view_table.printed_rows:
        return caption + below
    return caption + table(view_table.caption, heads, rows, widths_with_heads(view_table)) + below


def _reference(row: RowReference, pen: PartWriter) -> str:
    said = pen.gettext("Siehe %(ref)s") % {"ref": row.ref}
    there = markup.link(pen.mark(row.anchor), markup.run(said, style="Hyperlink"))
    return markup.paragraph("Legend", there, markup.run(f": {row.name}"))


def indicator_fields(field_table: FieldTable, pen: DocxWriter) -> str:
    """The fields of an indicator: one table of figures by year, then the fields with text."""
    figures = [row for row in field_table.rows if field_table.years and not row.prose]
    said = [row for row in field_table.rows if row not in figures]
    parts = [_figures(field_table, figures, pen)] if figures else []
    if field_table.legend:
        parts.append(markup.paragraph("Legend", markup.run(field_table.legend)))
    return "".join([*parts, *(_prose_field(row, pen) for row in said)])


def _prose_field(row: FieldRow, pen: DocxWriter) -> str:
    name = markup.paragraph("Label", markup.run(f"{row.letter} {row.label}".strip()))
    notes = "".join(markup.paragraph("Normal", markup.run(text)) for text in row.conversions)
    notes += "".join(markup.paragraph("Normal", markup.run(note, language=pen.foreign)) for note in row.notes)
    if row.is_open:
        return name + markup.paragraph("Open", markup.run(pen.gettext("Noch nicht beantwortet"))) + notes
    return name + (pen.prose(row.prose) if row.is_ours else pen.said(row.prose)) + notes


def _figures(field_table: FieldTable, rows: Sequence[FieldRow], pen: DocxWriter) -> str:
    heads = [head_cell(pen.gettext("Angabe")), head_cell(pen.gettext("Einheit"))]
    heads += [head_cell(year, is_number=True) for year in field_table.years]
    heads += [head_cell(field_table.change, is_number=True)] if field_table.change else []
    return table(
        field_table.caption,
        heads,
        ([*_figure_row(row, field_table, pen)] for row in rows),
        _widths(field_table, rows),
    )


def _widths(field_table: FieldTable, rows: Sequence[FieldRow]) -> list[float]:
    """The widths in points of label, unit, years and change: by their text, and the label gets the rest."""
    units = [text_width(f"{row.unit} {row.quality}".strip(), TYPE_SIZE) for row in rows]
    values = [
        text_width(_value_text(figure), TYPE_SIZE, is_bold=True) for row in rows for figure in row.figures
    ]
    changes = [text_width(said, TYPE_SIZE) for row in rows for said in row.change]
    unit = min(max([*units, MIN_COLUMN_WIDTH]), MAX_COLUMN_WIDTH) + PADDING
    year = min(max([*values, MIN_COLUMN_WIDTH]), MAX_COLUMN_WIDTH) + PADDING
    change = (
        max([widest_word(field_table.change, TYPE_SIZE, is_bold=True), *changes]) + PADDING
        if field_table.change
        else 0.0
    )
    label = max(PAGE_WIDTH / 20 - unit - year * len(field_table.years) - change, MIN_LABEL_WIDTH)
    return [label, unit, *[year] * len(field_table.years), *([change] if field_table.change else [])]


def _figure_row(row: FieldRow, field_table: FieldTable, pen: DocxWriter) -> Iterable[WordCell]:
    first = label_cell(row.label, row.letter)
    below = [markup.paragraph("CellText", markup.run(text)) for text in row.conversions]
    below += [markup.paragraph("CellText", markup.run(note, language=pen.foreign)) for note in row.notes]
    if row.is_open:
        below.insert(
            0,
            markup.paragraph("CellText", markup.run(pen.gettext("Noch nicht beantwortet"), style="Missing")),
        )
    yield WordCell(first.xml + "".join(below), first.length + sum(map(len, row.notes)))
    quality = markup.run(f"{' ' if row.unit else ''}{row.quality}", style="Quiet") if row.quality else ""
    yield WordCell(markup.paragraph("CellText", markup.run(row.unit), quality), len(row.unit))
    for place in range(len(field_table.years)):
        yield _figure(row, place)
    if field_table.change:
        yield text_cell(row.change[0] if row.change else "", pen, is_number=True)


def _figure(row: FieldRow, place: int) -> WordCell:
    if place >= len(row.figures):
        return WordCell(markup.paragraph("CellNumber"))
    figure = row.figures[place]
    shown = markup.paragraph("CellNumber", markup.run(_value_text(figure), style="" if place else "Strong"))
    if figure.quality:
        shown += markup.paragraph("CellNumber", markup.run(figure.quality, style="Quiet"))
    return WordCell(shown)


def _value_text(figure: FigureCell) -> str:
    return f"{figure.value}\N{NO-BREAK SPACE}{figure.unit}" if figure.unit else figure.value
