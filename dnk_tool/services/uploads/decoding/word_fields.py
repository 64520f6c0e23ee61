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
# A switch with its value, such as \l "bookmark", and then the address in quotation marks or as a word.
_SWITCH = re.compile(r'\\[lot]\s*(?:"[^"]*"|[^\s\\"]+)?|\\[mn]\b', re.IGNORECASE)
_ARGUMENT = re.compile(r'"([^"]*)"|(\S+)')


def has_fetching_field(text: Element) -> bool:
    """Whether a field fetches a picture, a text or data, or links to another machine or file.

    Its code may be split over several elements, as Word itself does.
    """
    codes = list(_field_codes(text))
    return any(map(_is_fetching, codes)) or bool(_DDE.search("".join(codes)))


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
        target = _ARGUMENT.search(_SWITCH.sub(" ", code[keyword.end() :]))
        return target is not None and not is_clickable(target[1] if target[2] is None else target[2])
    return name in _FETCHING
