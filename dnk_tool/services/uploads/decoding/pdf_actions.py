"""Finds what a PDF does besides showing pages: actions, targets outside of it, and parts that lie outside."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.addresses import is_clickable

# Actions that run something on the reader's machine.
_RUNNING = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/Rendition",
        "/RichMediaExecute",
        "/SubmitForm",
        "/Movie",
        "/Sound",
    }
)
_OUTSIDE = frozenset({"/GoToR", "/GoToE", "/Thread"})  # actions that open another file
_MEDIA = frozenset({"/Movie", "/RichMedia", "/Screen", "/Sound"})  # annotations that play something
_SCRIPTED = frozenset({"/JS", "/OnInstantiate", "/XFA"})
# Deeper nesting, and more of it, only serves to hide something.
MAX_DEPTH = 40
MAX_VALUES = 5_000_000


def check_objects(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    """Check every object of the PDF, and yield the names and contents of the files in it.

    Annotations, fields, outlines and trees of names are objects, too. Raises FileRejected for scripts and
    actions that run something (SCRIPTS), actions that start by themselves (ACTIONS), and targets or parts
    outside of the file (ELSEWHERE).
    """
    for value, _depth in _values(pdf):
        if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            _check_scripts(value)
            _check_starting(value)
            _check_outside(value)
            yield from _embedded_files(value)


def _values(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, int]]:
    """Every object and every value within, with its depth. Raises FileRejected beyond the limits."""
    number = 0
    for pdf_object in pdf.objects:
        pending = [(pdf_object, 0)]
        while pending:
            value, depth = pending.pop()
            number += 1
            if depth > MAX_DEPTH:
                raise FileRejected(FileRejectionReason.SCRIPTS)
            if number > MAX_VALUES:
                raise FileRejected(FileRejectionReason.TOO_MUCH)
            yield value, depth
            if isinstance(value, pikepdf.Array):
                pending += [(each, depth + 1) for each in value if _is_direct(each)]
            elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                pending += [(each, depth + 1) for _key, each in value.items() if _is_direct(each)]


def _is_direct(value: Any) -> bool:
    """Whether the value can hold others and is no object by itself, which is reached anyway."""
    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect


def _check_scripts(value: Any) -> None:
    if (
        any(key in value for key in _SCRIPTED)
        or _name(value, "/S") in _RUNNING
        or (_name(value, "/Subtype") in _MEDIA and "/Rect" in value)
    ):
        raise FileRejected(FileRejectionReason.SCRIPTS)


def _check_starting(value: Any) -> None:
    """Raise FileRejected for an action that starts by itself, unless it only turns to a page of the file."""
    starting = [value["/OpenAction"]] if "/OpenAction" in value else []
    if isinstance(value.get("/AA"), pikepdf.Dictionary):
        starting += [action for _event, action in value["/AA"].items()]
    elif "/AA" in value:
        raise FileRejected(FileRejectionReason.ACTIONS)
    for action in starting:
        if not _only_turns_pages(action):
            raise FileRejected(FileRejectionReason.ACTIONS)


def _only_turns_pages(action: Any) -> bool:
    """Whether the action, and each that follows it, goes to a place in the file. Raises FileRejected."""
    pending, steps = [action], 0
    while pending:
        current, steps = pending.pop(), steps + 1
        if steps > MAX_DEPTH:
            return False
        if isinstance(current, pikepdf.Dictionary):
            if _name(current, "/S") != "/GoTo":
                _check_scripts(current)
                return False
            following = current.get("/Next")
            if following is not None:
                pending += [*following] if isinstance(following, pikepdf.Array) else [following]
        elif not isinstance(current, pikepdf.Array | pikepdf.String | pikepdf.Name):
            return False
    return True


def _check_outside(value: Any) -> None:
    is_outside = (
        _name(value, "/S") in _OUTSIDE
        or _has_foreign_address(value)
        or _is_foreign_file(value)
        or "/OPI" in value
        or (isinstance(value, pikepdf.Stream) and _has_foreign_content(value))
    )
    if is_outside:
        raise FileRejected(FileRejectionReason.ELSEWHERE)


def _has_foreign_address(value: Any) -> bool:
    """Whether it links to anything but a web page or a mail; /Base goes before relative addresses."""
    addresses = [value.get(key) for key in ("/URI", "/Base")]
    return any(
        isinstance(address, pikepdf.String) and not is_clickable(str(address)) for address in addresses
    )


def _is_foreign_file(value: Any) -> bool:
    """Whether it names a file that is not embedded: by its address, or by a path."""
    if _name(value, "/FS") == "/URL":
        return True
    return _name(value, "/Type") in ("/Filespec", "/F") and "/EF" not in value and "/RF" not in value


def _has_foreign_content(stream: Any) -> bool:
    """Whether the stream's bytes, or the page that it shows, come from another file."""
    return "/F" in stream or "/FFilter" in stream or ("/Ref" in stream and "/F" in stream.get("/Ref", {}))


def _embedded_files(value: Any) -> Iterator[tuple[str, bytes]]:
    if "/EF" not in value:
        return
    name = str(value.get("/UF", value.get("/F", "")))
    for _key, stream in value["/EF"].items():
        yield name, bytes(stream.read_bytes())


def _name(value: Any, key: str) -> str:
    """The name under the key, as in "/GoTo"; "" for another kind of value."""
    entry = value.get(key)
    return str(entry) if isinstance(entry, pikepdf.Name) else ""
