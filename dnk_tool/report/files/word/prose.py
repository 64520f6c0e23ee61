"""Writes what a company says: paragraphs, lists, subheadings and tables."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dnk_tool.report.files.word import markup
from dnk_tool.report.files.word.grid import WordCell, table, widths_with_heads
from dnk_tool.report.text.prose import Block, BlockKind, Prose
from dnk_tool.report.view.figures.company_tables import said_table

INDENT = 284  # twentieths of a point by which each level of a list is indented


@dataclass(frozen=True, slots=True)
class ProseWriter:
    """Writes blocks in the styles given, in a language if it differs from the document's.

    `mark` names the bookmark of an anchor, `new_list` begins a numbered list and returns its number.
    `subheading` is the style of subheadings.
    """

    mark: Callable[[str], str]
    new_list: Callable[[], int]
    style: str = "Normal"
    bullet: str = "ListBullet"
    subheading: str = "Label"
    language: str = ""

    def write(self, prose: Prose) -> str:
        """The paragraphs and tables of the blocks."""
        return "".join(part for block in prose for part in self._block(block))

    def _block(self, block: Block) -> Iterator[str]:
        if block.is_list:
            yield from self._list(block, 0)
        elif block.kind is BlockKind.TABLE:
            yield self._table(block)
        else:
            style = self.subheading if block.kind is BlockKind.HEADING else self.style
            yield markup.paragraph(style, *self._runs(block, 0))

    def _list(self, block: Block, level: int) -> Iterator[str]:
        is_numbered = block.kind is BlockKind.NUMBERED
        properties = ""
        if is_numbered or level:
            place = f'<w:ilvl w:val="{level}"/><w:numId w:val="{self.new_list() if is_numbered else 1}"/>'
            indent = f'<w:ind w:left="{INDENT * (level + 1)}" w:hanging="{INDENT}"/>'
            properties = f"<w:numPr>{place}</w:numPr>{indent}"
        for line in range(len(block.lines)):
            yield markup.paragraph(self.bullet, *self._runs(block, line), properties=properties)
            for inner in block.below[line] if block.below else ():
                yield from self._list(inner, level + 1)

    def _table(self, block: Block) -> str:
        laid_out = said_table(block)
        head, *rows = block.rows
        styles = [("CellNumber" if cell.is_number else "CellText") for cell in laid_out.heads]
        heads = [
            WordCell(markup.paragraph(style.replace("Text", "") + "Head", *self._runs(block, cell)))
            for style, cell in zip(styles, head, strict=True)
        ]
        cells = (
            [
                WordCell(markup.paragraph(style, *self._runs(block, cell)), len(block.lines[cell]))
                for style, cell in zip(styles, row, strict=True)
            ]
            for row in rows
        )
        return table(laid_out.caption, heads, cells, widths_with_heads(laid_out))

    def _runs(self, block: Block, line: int) -> Iterator[str]:
        return markup.line_runs(block, self.mark, line=line, language=self.language)
