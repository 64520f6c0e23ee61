"""Checks plain texts and CSV tables: refuses files of other types and dangerous spreadsheet formulas."""

import codecs
import re

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.csv_formulas import has_dangerous_formula

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
