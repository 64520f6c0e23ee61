"""Checks plain texts and CSV tables: refuses files of other types and dangerous spreadsheet formulas.

Finds formulas in tables as text (CSV), where nothing says which sign stands between the cells.

A formula is looked at up to the end of its cell: the text behind it is no formula, whatever it says.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.formulas import any_dangerous, may_be_reference, refers_elsewhere

# First bytes by which other programs recognise their files, regardless of the name.
_MAGIC_BYTES = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"%PDF-",
    b"PK\x03\x04",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
    b"GIF8",
    b"%!PS",
)
_MARKUP = (
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<script",
    "<svg",
    "<?xml",
    "<?php",
    "<iframe",
    "<img",
    "<!--",
)
# Elements by which a browser runs or fetches something, wherever they stand.
_ACTIVE_MARKUP = re.compile(
    r"<(?:script|iframe|frame|frameset|img|svg|object|embed|applet|html|head|body|meta|base|link|form|style|video|"
    r"audio|template)(?=[\s/>])|<!doctype\s+html|<\?php\b",
    re.IGNORECASE,
)
_LAYOUT = frozenset("\t\n\r\f")


_DELIMITERS = ";,\t|"
# Where a cell with a formula begins; in quotation marks it may go over several lines.
_START = re.compile(r"""(?:^|[;,\t|])[ "']*[=+@-]""")
_START_IN_TEXT = re.compile(r"""(?:^|[;,\t|])[ "']*=""")
_OVER_LINES = re.compile(
    r"""(?<![^;,\t|\r\n])[ ]*"(?:\s{1,20})?[ "']*[=+@-]((?:[^"]|"")*)(?:(?="([^;,\t|\r\n]*)))?"""
)
_BREAK, _OTHER_BREAK = re.compile(r"\r\n?|\n"), re.compile(r"[\f\x85\u2028\u2029]")
# Excel's line that names the delimiter, unless it is one of those above or begins cells or formulas itself.
_SEPARATOR = re.compile(r"""["']?sep=([^;,\t|"'=\r\n])""", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\xad\u200b-\u200f\u2060\ufeff]")
_IN_QUOTES = re.compile(r'(?:[^"]|"")*')
# What a delimiter does not end: a text, the name of a sheet, brackets, a decimal comma, program|'topic'!item.
_PART = re.compile(
    r""" "(?:[^"]|"")*"? | (?<!')'(?:[^']|''){0,505}+'\s{0,20}[!#]
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<end>[;\t] | \|(?!\s{0,20}(?:'|[^|!;\s'"]{1,200}!['\w])) | ,(?=[ ]*(?:[^\W\d]|["';,\t|]|$)))""",
    re.VERBOSE,
)


def has_dangerous_formula(text: str, *, is_table: bool) -> bool:
    """Whether a cell holds a dangerous formula, whichever sign a reader takes for the delimiter.

    A text that `is_table` may begin formulas with + - @, too, which elsewhere begin the lines of lists.
    """
    start = _START if is_table else _START_IN_TEXT
    return any(_is_dangerous_text(reading, start) for reading in _readings(text))


def _readings(text: str) -> Iterator[str]:
    """The text as it is, and as programs read it that take wide signs for plain ones or heed `sep=`."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for reading in dict.fromkeys((text, plain)):
        yield reading
        named = _SEPARATOR.match(reading)
        if named:
            yield reading.replace(named[1], ";")


def _is_dangerous_text(text: str, start: re.Pattern[str]) -> bool:
    lines = _BREAK.split(text)
    if _OTHER_BREAK.search(text):  # to Excel they are signs within a line
        lines += text.splitlines()
    over_lines = (
        cell[1].replace('""', '"') + (cell[2] or "")
        for cell in _OVER_LINES.finditer(text)
        if _BREAK.search(cell[0])
    )
    return any(_is_dangerous_line(line, start) for line in lines) or any_dangerous(over_lines)


def _is_dangerous_line(line: str, start: re.Pattern[str]) -> bool:
    reference_ends = -1
    for cell, end in _cells(line, start):
        if any_dangerous((cell,)):
            return True
        if reference_ends < 0 and may_be_reference(cell):
            reference_ends = end
    # Behind a cell or an area, a delimiter may join another one to it: A1;program|'topic'!item
    if reference_ends >= 0 and refers_elsewhere(line[reference_ends:]):
        return True
    return any_dangerous(set(_cells_between(line, start)))


def _cells(line: str, start: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Each formula with the place where its cell ends; the next one begins there at the earliest."""
    at = 0
    while found := start.search(line, at):
        quoted, begin = _quoted(line, found)
        at = _end_of_cell(line, begin, len(line))
        yield quoted + line[begin:at], at


def _end_of_cell(line: str, at: int, most: int) -> int:
    depth = 0
    for part in _PART.finditer(line, at, most):
        if part.lastgroup == "open":
            depth += 1
        elif part.lastgroup == "close":
            depth = max(depth - 1, 0)
        elif part.lastgroup == "end" and not depth:
            return part.start()
    return most


def _cells_between(line: str, start: re.Pattern[str]) -> Iterator[str]:
    """Each formula up to the next sign like the delimiter before it, also one in brackets or in a string.

    What stands in quotation marks at the cell's beginning belongs to it as a whole.
    """
    for found in start.finditer(line):
        quoted, begin = _quoted(line, found)
        for delimiter in _DELIMITERS if not found.start() else found[0][0]:
            end = line.find(delimiter, begin)
            yield quoted + line[begin : _end_of_cell(line, begin, len(line) if end < 0 else end)]


def _quoted(line: str, start: re.Match[str]) -> tuple[str, int]:
    """What stands in the quotation marks that the cell begins with, if any, and where they end."""
    if start[0].count('"') % 2 == 0:
        return "", start.end()
    inside = _IN_QUOTES.match(line, start.end())
    assert inside  # noqa: S101 - it matches nothing, too
    return inside[0].replace('""', '"'), min(inside.end() + 1, len(line))


def check_text(content: bytes, *, is_table: bool = True) -> None:
    """Raise FileRejected for binary files, markup that a browser would run, and dangerous formulas.

    A text that `is_table` may begin formulas with + - @, too, which elsewhere begin the lines of lists.
    """
    if content.startswith(_MAGIC_BYTES):
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    text = _decoded(content)
    if any(sign < " " and sign not in _LAYOUT for sign in text):
        raise FileRejected(FileRejectionReason.NO_TEXT)
    if text.lstrip("\ufeff \t\r\n\f").lower().startswith(_MARKUP):
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    if _ACTIVE_MARKUP.search(text):
        raise FileRejected(FileRejectionReason.MARKUP)
    if has_dangerous_formula(text, is_table=is_table):
        raise FileRejected(FileRejectionReason.FORMULAS)


def _decoded(content: bytes) -> str:
    """The text, decoded from UTF-16, UTF-8 or Windows-1252. Raises FileRejected for other encodings."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRejected(FileRejectionReason.NO_TEXT)
