"""Finds formulas of spreadsheets that start programs or fetch something from elsewhere."""

import re
from collections.abc import Iterable

# In English, as files store them, and in German, as a table in CSV names them.
_FUNCTIONS = (
    "WEBSERVICE WEBDIENST IMAGE BILD FILTERXML XMLFILTERN DDE RTD RTZ CALL AUFRUFEN EXEC AUSFÜHREN REGISTER "
    r"REGISTER\.ID REGISTER\.KENNUMMER REGISTRIEREN SQL\.REQUEST SQL\.FORDERN IMPORT[A-Z]+ STOCKHISTORY"
).replace(" ", "|")
_STRING = re.compile(r'"(?:[^"]|"")*"')
# A quotation mark in the name of a sheet begins no string.
_STRING_OR_NAME = re.compile(r""""(?:[^"]|"")*"|('(?:[^']|'')*')""")
# With or without _xlfn. before.
_CALL = re.compile(rf"(?<![\w.])(?:\w{{1,30}}\.){{0,4}}(?:{_FUNCTIONS})\s*\(", re.IGNORECASE)
_REFERENCE = re.compile(
    r"[a-z_][\w.]{0,60}\s{0,20}\|\s{0,20}(?:'|[^|!;\s'\"]{1,200}!['\w])"  # program|'topic'!item
    r"|(?<!')'(?:[^']|''){1,500}+'\s{0,20}#"  # 'file:///table.ods'#$Sheet
    r"|\[[^\[\]'!]{1,250}\.(?:xl[a-z]{1,2}|ods|csv|slk|dbf)\]"  # [workbook.xlsx]Sheet!A1
    r"|'(?:[a-z]:)?[^'!\[]{0,250}[\\/][^'!]{0,250}'!",  # 'C:\folder\[workbook]Sheet'!A1
    re.IGNORECASE,
)
_NAMED = re.compile(r"[^\W\d]|[:'\[]")
_ELSEWHERE = re.compile(
    r"\\\\[\w.$@-]|(?<![a-z0-9+.-])(?:file:\s{0,20}[\\/]|smb://|ftps?://|ldaps?://|javascript:)",
    re.IGNORECASE,
)


def is_dangerous(formula: str) -> bool:
    """Whether the formula starts a program, or fetches from an address, another file or another machine.

    A link to a web page is not, as it is only followed on a click.
    """
    plain = {_STRING.sub('""', formula), _STRING_OR_NAME.sub(lambda part: part[1] or '""', formula)}
    return any(_CALL.search(text) or refers_elsewhere(text) for text in plain) or bool(
        _ELSEWHERE.search(formula)
    )


def refers_elsewhere(text: str) -> bool:
    """Whether a cell of another program or file is named in it."""
    return bool(_REFERENCE.search(text))


def may_be_reference(formula: str) -> bool:
    """Whether the formula may stand for cells; numbers alone do not."""
    return bool(_NAMED.search(formula))


def any_dangerous(formulas: Iterable[str]) -> bool:
    """Whether one of the formulas is dangerous."""
    return any(map(is_dangerous, formulas))
