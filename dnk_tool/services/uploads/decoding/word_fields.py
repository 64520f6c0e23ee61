"""Finds fields of Word documents that fetch something from elsewhere or start programs."""

import re
from collections.abc import Iterator

from dnk_tool.services.uploads.decoding.addresses import is_clickable
from dnk_tool.services.uploads.decoding.xml_parts import Element, local_name

_FETCHING = frozenset(
    {"dde", "ddeauto", "include", "includepicture", "includetext", "link", "import", "database", "rd"}
)
_CODE_PARTS = frozenset({"instrText", "delInstrText"})
_KEYWORD = re.compile(r"[\s\"\\]*([a-z]+)", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
# An argument in quotation marks; a switch with the value that some take, such as \l "bookmark" or \* MERGEFORMAT; or
# an argument as a word, which two backslashes may begin: it names another machine.
_PART = re.compile(
    r""" "([^"]*)"? | \\(?:[lot*\#@]\s*(?:"[^"]*"|[^\s\\"]+)?|[^\s\\"]) | ([^\s"\\][^\s"]*|\\\\[^\s"]*) """,
    re.IGNORECASE | re.VERBOSE,
)


def has_fetching_field(text: Element) -> bool:
    """Whether a field fetches a picture, a text or data, or links to another machine or file.

    Its code may be split over several elements, as Word itself does.
    """
    codes = list(_field_codes(text))
    unquoted = "".join(_QUOTED.sub(" ", code) for code in codes)
    return any(map(_is_fetching, codes)) or bool(_DDE.search(unquoted))


def _field_codes(text: Element) -> Iterator[str]:
    """The codes of all fields; those of fields within others are codes of their own."""
    open_codes: list[list[str]] = [[]]  # the first: code outside of any field, which some readers accept
    for element in text.iter():
        name = local_name(element.tag)
        if name == "fldSimple":
            yield _attribute(element, "instr")
        elif name == "fldChar":
            kind = _attribute(element, "fldCharType")
            if kind == "begin":
                open_codes.append([])
            elif kind == "end" and len(open_codes) > 1:
                yield "".join(open_codes.pop())
        elif name in _CODE_PARTS:
            open_codes[-1].append(element.text or "")
    yield from map("".join, open_codes)


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if local_name(key) == name), "")


def _is_fetching(code: str) -> bool:
    keyword = _KEYWORD.match(code)
    if not keyword:
        return False
    name = keyword[1].lower()
    if name == "hyperlink":
        rest = code[keyword.end() :]
        # A quotation mark behind a backslash ends an argument for some readers and belongs to it for others.
        return any(map(_leads_elsewhere, (rest, rest.replace('\\"', " "))))
    return name in _FETCHING


def _leads_elsewhere(arguments: str) -> bool:
    """Whether one of a link's arguments, but for the values of switches, is no address for a click."""
    return not all(is_clickable(part[1] or part[2] or "") for part in _PART.finditer(arguments))
