"""Finds formulas in tables as text (CSV), where nothing says which sign stands between the cells.

A formula is looked at up to the end of its cell: the text behind it is no formula, whatever it says.
"""

import re
from collections.abc import Iterator

from dnk_tool.services.uploads.decoding.formulas import any_dangerous, may_be_reference, refers_elsewhere

# Where a cell with a formula begins; in quotation marks it may go over several lines.
_START = re.compile(r"""(?:^|[;,\t|])[ "']*[=+@-]""")
_START_IN_TEXT = re.compile(r"""(?:^|[;,\t|])[ "']*=""")
_OVER_LINES = re.compile(r"""(?:^|[;,\t|\r\n])[ ]*"[ "']*[=+@-](?:[^"]|"")*""")
_IN_QUOTES = re.compile(r'(?:[^"]|"")*')
_UP_TO_DELIMITER = re.compile(r"[^;,\t|]*")
# What a delimiter does not end: a text, the name of a sheet, brackets, a decimal comma, program|'topic'!item.
_PART = re.compile(
    r""" "(?:[^"]|"")*"? | '(?:[^']|''){0,505}'\s{0,20}[!#]
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<end>[;\t] | \|(?!\s{0,20}(?:'|[^|!;\s'"]{1,200}!['\w])) | ,(?=[ ]*(?:[^\W\d]|["';,\t|]|$)))""",
    re.VERBOSE,
)


def has_dangerous_formula(text: str, *, is_table: bool) -> bool:
    """Whether a cell holds a dangerous formula, whichever sign a reader takes for the delimiter.

    A text that `is_table` may begin formulas with + - @, too, which elsewhere begin the lines of lists.
    """
    start = _START if is_table else _START_IN_TEXT
    over_lines = (cell[0].replace('""', '"') for cell in _OVER_LINES.finditer(text) if _has_break(cell[0]))
    return any(_is_dangerous_line(line, start) for line in text.splitlines()) or any_dangerous(over_lines)


def _is_dangerous_line(line: str, start: re.Pattern[str]) -> bool:
    reference_ends = -1
    for cell, end in _cells(line, start):
        if any_dangerous((cell,)):
            return True
        if reference_ends < 0 and may_be_reference(cell):
            reference_ends = end
    # Behind a cell or an area, a delimiter may join another one to it: A1;program|'topic'!item
    if 0 <= reference_ends and refers_elsewhere(line[reference_ends:]):
        return True
    return any_dangerous(_short_cells(line, start))


def _cells(line: str, start: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Each formula with the place where its cell ends; the next one begins there at the earliest."""
    at = 0
    while found := start.search(line, at):
        begin, quoted = found.end(), ""
        if found[0].count('"') % 2:
            inside = _IN_QUOTES.match(line, begin)
            assert inside  # noqa: S101 - it matches nothing, too
            quoted, begin = inside[0].replace('""', '"'), min(inside.end() + 1, len(line))
        at = _end_of_cell(line, begin)
        yield quoted + line[begin:at], at


def _end_of_cell(line: str, at: int) -> int:
    depth = 0
    for part in _PART.finditer(line, at):
        if part.lastgroup == "open":
            depth += 1
        elif part.lastgroup == "close":
            depth = max(depth - 1, 0)
        elif part.lastgroup == "end" and not depth:
            return part.start()
    return len(line)


def _short_cells(line: str, start: re.Pattern[str]) -> Iterator[str]:
    """Each formula up to the next delimiter, for readers to whom brackets and quotation marks mean nothing."""
    for found in start.finditer(line):
        rest = _UP_TO_DELIMITER.match(line, found.end())
        yield rest[0] if rest else ""


def _has_break(text: str) -> bool:
    return "\n" in text or "\r" in text
