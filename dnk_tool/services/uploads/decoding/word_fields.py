"""Finds fields of Word documents that fetch something from elsewhere or start programs."""

import re
from collections.abc import Iterator

from dnk_tool.services.uploads.decoding.addresses import is_clickable
from dnk_tool.services.uploads.decoding.xml_parts import Element, local_name

_FETCHING = frozenset(
    {"dde", "ddeauto", "include", "includepicture", "includetext", "link", "import", "database", "rd"}
)
# What may belong to a code: its text, text that was deleted from it, and text beside it; readers differ.
_CODE_PARTS = ("instrText", "delInstrText", "t")
_READINGS = (_CODE_PARTS, _CODE_PARTS[:2], _CODE_PARTS[::2], _CODE_PARTS[:1])
# Word's own sign for the beginning of a field, which no XML can hold: it stands for a field within a code.
_FIELD = "\x13"
_CURLY = str.maketrans(dict.fromkeys("\u201c\u201d\u201e", '"'))
_KEYWORD = re.compile(r"[\s\"\\]*([a-z]+)", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
# An argument in quotation marks; a switch with the value that some take, such as \l "bookmark" or
# \* MERGEFORMAT; or an argument as a word, which two backslashes may begin: it names another machine.
_PART = re.compile(
    r""" "([^"]*)"? | \\(?:[lot*\#@]\s*(?:"[^"]*"|[^\s\\"]+)?|[^\s\\"]) | ([^\s"\\][^\s"]*|\\\\[^\s"]*) """,
    re.IGNORECASE | re.VERBOSE,
)


class _Code:
    """The parts of a field's code, each with its element's name, and whether the field's result has begun."""

    def __init__(self, text: str = "") -> None:
        self.parts = [(_CODE_PARTS[0], text)]
        self.has_result = False

    def read(self, names: tuple[str, ...]) -> str:
        return "".join(text for name, text in self.parts if name in (_FIELD, *names))


def has_fetching_field(text: Element) -> bool:
    """Whether a field fetches a picture, a text or data, or links to another machine or file.

    Its code may be split over several elements, as Word itself does.
    """
    fields = list(_fields(text))
    readings = dict.fromkeys(tuple(code.read(names) for code in fields) for names in _READINGS)
    return any(any(map(_is_fetching, codes)) or _names_dde(codes) for codes in readings)


def _fields(text: Element) -> Iterator[_Code]:
    """The codes of all fields; those of fields within others are codes of their own."""
    outside = _Code()  # code outside of any field, which some readers accept
    open_codes = [outside]
    for element in text.iter():
        name, code = local_name(element.tag), open_codes[-1]
        is_inside = code is not outside and not code.has_result
        if name == "fldSimple":
            yield _Code(_attribute(element, "instr"))
        elif name == "fldChar":
            kind = _attribute(element, "fldCharType")
            if kind == "begin":
                code.parts += [(_FIELD, _FIELD)] if is_inside else []
                open_codes.append(_Code())
            elif kind == "separate":
                code.has_result = code is not outside
            elif kind == "end" and code is not outside:
                yield open_codes.pop()
        elif name in _CODE_PARTS[:2] or (is_inside and name in _CODE_PARTS):
            code.parts.append((name, element.text or ""))
    yield from open_codes


def _names_dde(codes: tuple[str, ...]) -> bool:
    unquoted = [_QUOTED.sub(" ", code.replace(_FIELD, "")) for code in codes]
    return any(_DDE.search(sign.join(unquoted)) for sign in ("", " "))


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if local_name(key) == name), "")


def _is_fetching(code: str) -> bool:
    plain = code.replace(_FIELD, "")
    keyword = _KEYWORD.match(plain)
    if not keyword:
        return False
    name = keyword[1].lower()
    if name != "hyperlink":
        return name in _FETCHING
    rest = plain[keyword.end() :]
    # A quotation mark behind a backslash ends an argument for some readers and belongs to it for others.
    readings = {rest, rest.replace('\\"', " ")}
    readings |= {reading.translate(_CURLY) for reading in readings}
    # What a field within it gives, such as QUOTE with the numbers of signs, is known to Word alone.
    return _FIELD in code or any(map(_leads_elsewhere, readings))


def _leads_elsewhere(arguments: str) -> bool:
    """Whether one of a link's arguments, but for the values of switches, is no address for a click."""
    return not all(is_clickable(part[1] or part[2] or "") for part in _PART.finditer(arguments))
