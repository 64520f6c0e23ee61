"""Writes a questionnaire as a Word document: each field is a content control with its mark as tag."""

from collections.abc import Iterator, Sequence
from itertools import count, groupby

from dnk_tool.domain.declarations.questionnaire.fields import TEXT, TICK, FieldKind
from dnk_tool.report.files.questionnaire.outline import (
    CHOOSE,
    WRITE_HERE,
    EntryOutline,
    FilledField,
    PointOutline,
    QuestionnaireOutline,
)
from dnk_tool.report.files.word import markup, package
from dnk_tool.report.files.word.grid import PAGE_WIDTH

LANGUAGE_TAGS = {"de": "de-DE", "en": "en-GB"}
LONGEST_ALIAS = 64
MOST_COLUMNS = 6  # a table of more is written row by row
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8B979C"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_BOXES = {True: "\N{BALLOT BOX WITH X}", False: "\N{BALLOT BOX}"}
_LABEL_SHARE = 32  # percent of the width for the label beside a field
_LEAST_HEIGHT = 1100  # of a field for a text, in twentieths of a point


def to_docx(outline: QuestionnaireOutline) -> bytes:
    """The outline as DOCX. The same outline gives the same bytes."""
    document = package.new_document(LANGUAGE_TAGS[outline.language])
    package.set_body(document, _QuestionnaireWriter(outline).body())
    package.set_header_and_footer(
        document, mark="", footer=outline.company, edition=outline.title, page_words=("", " / ")
    )
    package.set_properties(
        document,
        title=outline.title,
        author=outline.company,
        language=LANGUAGE_TAGS[outline.language],
        subject=outline.title,
        day=outline.made_on,
    )
    return package.to_bytes(document)


class _QuestionnaireWriter:
    """Writes the body; numbers the content controls, whose ids must differ."""

    def __init__(self, outline: QuestionnaireOutline) -> None:
        self.outline, self.ids = outline, count(1)

    def body(self) -> str:
        """The whole body."""
        return "".join(self._pieces())

    def _pieces(self) -> Iterator[str]:
        outline = self.outline
        yield markup.paragraph("Title", markup.run(outline.title))
        yield markup.paragraph("Subtitle", markup.run(outline.company))
        for line in outline.instructions:
            yield markup.paragraph("ListBullet", markup.run(line))
        for chapter in outline.chapters:
            yield markup.paragraph("Heading1", markup.run(chapter.title))
            for point in chapter.points:
                yield from self._point(point)

    def _point(self, point: PointOutline) -> Iterator[str]:
        yield markup.paragraph("Heading2", markup.run(point.title))
        if point.hint:
            yield markup.paragraph("Normal", markup.run(point.hint))
        for is_figure, entries in groupby(point.entries, lambda entry: entry.entry.datapoint is not None):
            if is_figure:
                yield self._figures(list(entries))
                continue
            for entry in entries:
                yield from self._rows(entry) if entry.is_table else self._answer(entry, point.title)

    def _answer(self, entry: EntryOutline, title: str) -> Iterator[str]:
        """A text has the whole width; the rest stands beside its label."""
        item = entry.entry.item
        for field in entry.fields:
            if field.field.part == TEXT:
                if item and entry.label != title:
                    yield markup.paragraph("Label", markup.run(entry.label))
                yield _table([100], [[self._cell(field)]], is_high=item is None or not item.is_short)
        others = [field for field in entry.fields if field.field.part != TEXT]
        beside = [field for field in others if field.field.kind is not FieldKind.TICK_BOX]
        if beside:
            rows = [[_label_cell(field.label), self._cell(field)] for field in beside]
            yield _table([_LABEL_SHARE, 100 - _LABEL_SHARE], rows)
        elif others:
            boxes = "".join(
                markup.paragraph("CellText", self._control(field), markup.run(f" {field.label}"))
                for field in others
            )
            yield _table([_LABEL_SHARE, 100 - _LABEL_SHARE], [[_label_cell(entry.label), boxes]])

    def _figures(self, entries: Sequence[EntryOutline]) -> str:
        """Several figures below each other."""
        heads = ["", *(field.label for field in entries[0].fields)]
        rows = [[_label_cell(head) for head in heads]]
        rows += [
            [_label_cell(entry.label), *(self._cell(field) for field in entry.fields)] for entry in entries
        ]
        return _table([32, 17, 15, 16, 20], rows, has_head=True)

    def _rows(self, entry: EntryOutline) -> Iterator[str]:
        if not entry.rows:  # no more fit into the table
            return
        yield markup.paragraph("Label", markup.run(entry.label))
        if len(entry.rows[0]) <= MOST_COLUMNS:
            rows = [[_label_cell(field.label) for field in entry.rows[0]]]
            rows += [[self._cell(field) for field in row] for row in entry.rows]
            yield _table([1] * len(rows[0]), rows, has_head=True)
            return
        for row in entry.rows:
            yield _table(
                [_LABEL_SHARE, 100 - _LABEL_SHARE],
                [[_label_cell(field.label), self._cell(field)] for field in row],
            )

    def _cell(self, field: FilledField) -> str:
        return markup.paragraph("CellText", self._control(field))

    def _control(self, field: FilledField) -> str:
        """A content control. Its mark cannot be deleted by mistake, and its content can be edited."""
        kind, is_filled = field.field.kind, bool(field.text)
        if kind is FieldKind.TICK_BOX:
            state = field.text == TICK
            inside = f"<w:r><w:t>{_BOXES[state]}</w:t></w:r>"
            special = (
                f'<w14:checkbox {_W14}><w14:checked w14:val="{state:d}"/>'
                '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
                '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
            )
            is_filled = True
        else:
            is_choice = kind is FieldKind.CHOICE
            words = CHOOSE if is_choice else WRITE_HERE
            hint = markup.run(words.to(self.outline.language), style="Quiet")
            inside = markup.exact_run(field.text) if is_filled else hint
            special = _list(field.options) if is_choice else '<w:text w:multiLine="1"/>'
        empty = "" if is_filled else "<w:showingPlcHdr/>"
        return (
            f"<w:sdt><w:sdtPr><w:alias w:val={markup.attribute(field.label[:LONGEST_ALIAS])}/>"
            f'<w:tag w:val="{field.mark}"/><w:id w:val="{next(self.ids)}"/><w:lock w:val="sdtLocked"/>'
            f"{empty}{special}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"
        )


def _list(options: Sequence[str]) -> str:
    items = "".join(
        f"<w:listItem w:displayText={markup.attribute(option)} w:value={markup.attribute(option)}/>"
        for option in dict.fromkeys((*options, "\N{EN DASH}"))
    )
    return f"<w:dropDownList>{items}</w:dropDownList>"


def _label_cell(label: str) -> str:
    return markup.paragraph("CellText", markup.run(label, style="Strong"))


def _table(
    shares: Sequence[int], rows: Sequence[Sequence[str]], *, has_head: bool = False, is_high: bool = False
) -> str:
    """A table with borders; an empty paragraph follows, as without one Word joins adjacent tables."""
    widths = [PAGE_WIDTH * share // sum(shares) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    height = f'<w:trHeight w:val="{_LEAST_HEIGHT}" w:hRule="atLeast"/>' if is_high else ""
    body = ""
    for number, row in enumerate(rows):
        head = "<w:tblHeader/>" if has_head and not number else ""
        properties = f"<w:trPr>{height}{head}</w:trPr>" if height or head else ""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
            for width, cell in zip(widths, row, strict=True)
        )
        body += f"<w:tr>{properties}{cells}</w:tr>"
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="57" w:type="dxa"/>'
        '<w:left w:w="85" w:type="dxa"/><w:bottom w:w="57" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
        f"{markup.paragraph('AfterTable')}"
    )
