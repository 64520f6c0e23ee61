"""Parses a marked-up text: lists, subheadings, tables, bold words and links. All other signs stay as written.

Lines are grouped by the rules that a plain text has: what was a list stays one, and no word is lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.report.text.marked_line import LineBuilder, Print
from dnk_tool.report.text.prose import Block, BlockKind, Prose

BULLETS = "-•–*▪■●◆►▶➔➢❖◦○"
MOST_COLUMNS, MOST_ROWS = 6, 30  # rows below the head

# Word puts a tab behind its signs, and "o" before the entries of an inner list.
_ENTRY = re.compile(rf"([ \t]*)(?:([{BULLETS}])[ \t]|(o)\t|(\d{{1,3}})[.)][ \t])[ \t]*([^\s][^\t]*)")
_INNER_BULLETS = "◦○o"
_LABEL = re.compile(
    r"^([ \t]*(?:\d{1,3}|[a-zA-Z]|[ivx]{2,4})[.)])\t(?=[^\t]*$)"
)  # such as "a)", which Word numbers with
_HEADING = re.compile(r"#{1,6}[ \t]+(\S.*)")
_PIPED = re.compile(r"[ \t]*\|(.+)\|")
_RULE = re.compile(r"[ \t]*\|(?=[ \t:|]*-)[ \t:|-]*\|")  # which other programs draw below the head
_QUOTED_CELL = re.compile(r'(?:\A|(?<=[\t\n]))"((?:[^"\t]|"")*)"(?=\t|\n|\Z)')


@dataclass
class _Entry:
    text: str
    below: list["_Lines"] = field(default_factory=list)


@dataclass
class _Lines:
    """Lines that make one block; `source` as they were written. `follows`: no empty line stands before."""

    kind: BlockKind
    source: list[str]
    entries: list[_Entry] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    follows: bool = False

    @property
    def width(self) -> int:
        return max(map(len, self.rows))


def marked_prose(text: str, printed: Print = str) -> Prose:
    """The blocks of the text; `printed` gives the printable characters of a part of it."""
    return tuple(_block(lines, printed) for lines in _grouped(text))


def has_marks(text: str) -> bool:
    """Whether the text has a sign that a plain text has no meaning for; an address counts, too."""
    return any(
        block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST)
        or block.bold
        or block.links
        or any(block.below)
        for block in marked_prose(text)
    )


def without_signs(answer: Answer) -> Answer:
    """The answer with plain texts: of the signs only bullets and numbers are left."""
    if not answer.is_marked_up:
        return answer
    text, explanation = (_plain(marked_prose(said)) for said in (answer.text, answer.explanation))
    return replace(answer, text=text, explanation=explanation, is_marked_up=False)


def _plain(blocks: Prose) -> str:
    return "\n\n".join("\n".join(_plain_lines(block)) for block in blocks)


def _plain_lines(block: Block) -> Iterator[str]:
    if block.kind is BlockKind.TABLE:
        yield from ("; ".join(block.lines[cell] for cell in row) for row in block.rows)
        return
    for place, line in enumerate(block.lines):
        number = {BlockKind.LIST: "- ", BlockKind.NUMBERED: f"{place + 1}. "}.get(block.kind, "")
        yield f"{number}{line}"
        for inner in block.below[place] if block.below else ():
            yield from (f"  {below}" for below in _plain_lines(inner))


def oversized_table(text: str) -> tuple[int, int] | None:
    """Columns and rows below the head of the first table that is too large to be one; None without any."""
    for lines in _grouped(text, keeps_oversized=True):
        if lines.kind is BlockKind.TABLE and _is_oversized(lines):
            return lines.width, len(lines.rows) - 1
    return None


def _grouped(text: str, *, keeps_oversized: bool = False) -> list[_Lines]:
    groups: list[_Lines] = []
    is_gap = True
    for line in _with_whole_cells(text).split("\n"):
        if not line.strip():
            is_gap = True
            continue
        before = len(groups)
        _add(line, groups, is_gap=is_gap)
        if len(groups) > before:
            groups[-1].follows = not is_gap
        is_gap = False
    return list(_settled(groups, keeps_oversized=keeps_oversized))


def _with_whole_cells(text: str) -> str:
    """The text with one line for each row: Excel puts a cell with line ends into quotes."""
    if "\t" not in text:
        return text
    return _QUOTED_CELL.sub(
        lambda cell: " ".join(cell[1].replace('""', '"').split()) if "\n" in cell[1] else cell[0], text
    )


def _add(line: str, groups: list[_Lines], *, is_gap: bool) -> None:
    """Add a line to the last group or begin the next one."""
    last = groups[-1] if groups else None
    if last and not is_gap and last.kind is BlockKind.TABLE and (cells := _cells(line)):
        last.source.append(line)
        if not _RULE.fullmatch(line):
            last.rows.append(cells)
        return
    line = _LABEL.sub(r"\1 ", line)
    if (entry := _ENTRY.fullmatch(line)) and _add_entry(entry, line, groups):
        return
    if heading := _HEADING.fullmatch(line):
        groups.append(_Lines(BlockKind.HEADING, [line], [_Entry(_unclosed(heading[1]))]))
    elif last and _is_list(last) and not is_gap and line.startswith(("  ", "\t")):
        last.source.append(line)
        inner = last.entries[-1].below
        continued = inner[-1].entries[-1] if inner else last.entries[-1]
        continued.text += f" {line.strip()}"
    elif cells := _cells(line):
        groups.append(_Lines(BlockKind.TABLE, [line], rows=[cells]))
    elif last and not is_gap and last.kind is BlockKind.PARAGRAPH:
        last.source.append(line)
    else:
        groups.append(_Lines(BlockKind.PARAGRAPH, [line]))


def _unclosed(heading: str) -> str:
    """The subheading without the signs that some programs close it with."""
    words = heading.rstrip("#")
    return words.rstrip() if words.endswith((" ", "\t")) else heading


def _is_list(lines: _Lines) -> bool:
    return lines.kind in (BlockKind.LIST, BlockKind.NUMBERED)


def _add_entry(entry: re.Match[str], line: str, groups: list[_Lines]) -> bool:
    """Add the entry of a list. Returns False for a number that does not follow the last: it is text."""
    indent, bullet, inner_bullet, number, text = entry.groups()
    kind = BlockKind.NUMBERED if number else BlockKind.LIST
    last = groups[-1] if groups and _is_list(groups[-1]) else None
    is_indented = len(indent.expandtabs(4)) >= 2
    is_inner = is_indented or (bullet or inner_bullet or "-") in _INNER_BULLETS
    if last and is_inner and (is_indented or last.source[0].lstrip()[0] not in _INNER_BULLETS):
        lists = last.entries[-1].below
    else:
        lists, last = groups, None
    own = lists[-1] if lists and lists[-1].kind is kind and number != "1" else None
    if number and int(number) != (len(own.entries) + 1 if own else 1):
        return False
    if own is None:
        own = _Lines(kind, [])
        lists.append(own)
    own.source.append(line)
    own.entries.append(_Entry(text.strip()))
    if last:
        last.source.append(line)
    return True


def _cells(line: str) -> list[str]:
    """The cells of a row of a table; empty for another line."""
    cells = piped[1].split("|") if (piped := _PIPED.fullmatch(line)) else line.split("\t")
    return [cell.strip() for cell in cells] if len(cells) > 1 else []


def _settled(groups: list[_Lines], *, keeps_oversized: bool) -> Iterator[_Lines]:
    """The groups; what is no list or table after all is a paragraph, with those beside it."""
    paragraph = None
    for place, lines in enumerate(groups):
        if lines.kind is BlockKind.TABLE:
            if place == 0:  # the empty cells before its first head went with the space around the text
                lines.rows[0][:0] = [""] * (lines.width - len(lines.rows[0]))
            if len(lines.rows) < 2 or (_is_oversized(lines) and not keeps_oversized):
                lines = _Lines(BlockKind.PARAGRAPH, lines.source, follows=lines.follows)
        elif lines.kind is BlockKind.NUMBERED and len(lines.entries) == 1 and not lines.entries[0].below:
            lines = _Lines(BlockKind.PARAGRAPH, lines.source, follows=lines.follows)
        if paragraph and lines.kind is BlockKind.PARAGRAPH and lines.follows:
            paragraph.source += lines.source
            continue
        if paragraph:
            yield paragraph
        paragraph = lines if lines.kind is BlockKind.PARAGRAPH else None
        if not paragraph:
            yield lines
    if paragraph:
        yield paragraph


def _is_oversized(lines: _Lines) -> bool:
    return lines.width > MOST_COLUMNS or len(lines.rows) - 1 > MOST_ROWS


def _block(lines: _Lines, printed: Print) -> Block:
    if lines.kind is BlockKind.PARAGRAPH:
        texts = ["\n".join(line.strip() for line in lines.source)]
    elif lines.kind is BlockKind.TABLE:
        texts = [cell for row in lines.rows for cell in (*row, *[""] * (lines.width - len(row)))]
    else:
        texts = [entry.text for entry in lines.entries]
    line = LineBuilder(printed)
    for text in texts:
        line.add(text)
    below = tuple(tuple(_block(inner, printed) for inner in entry.below) for entry in lines.entries)
    return Block(
        lines.kind,
        tuple(line.lines),
        tuple(line.links),
        tuple(line.bold),
        below if any(below) else (),
        lines.width if lines.kind is BlockKind.TABLE else 0,
        _source(lines),
    )


def _source(lines: _Lines) -> str:
    """What was written; a table without its tabs, which a cell of another table cannot hold."""
    if lines.kind is BlockKind.TABLE:
        return "\n".join(f"| {' | '.join(row)} |" for row in lines.rows)
    return "\n".join(lines.source)
