"""Finds what a PDF does besides showing pages: actions, targets outside of it, and parts that lie outside."""

from collections.abc import Iterator, Mapping
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
_HOLDING = (pikepdf.Array, pikepdf.Dictionary)
Entries = Mapping[str, Any]
# Deeper nesting, and more of it, only serves to hide something.
MAX_DEPTH = 40
MAX_VALUES = 1_000_000


def check_objects(pdf: pikepdf.Pdf) -> Iterator[tuple[str, bytes]]:
    """Check every object of the PDF, and yield the names and contents of the files in it.

    Annotations, fields, outlines and trees of names are objects, too. Raises FileRejected for scripts and
    actions that run something (SCRIPTS), actions that start by themselves (ACTIONS), and targets or parts
    outside of the file (ELSEWHERE).
    """
    for entries, is_stream in _dictionaries(pdf):
        _check_scripts(entries)
        _check_starting(entries)
        _check_outside(entries, is_stream=is_stream)
        yield from _embedded_files(entries)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[tuple[Entries, bool]]:
    """The entries of every dictionary, and whether it is one of a stream. Raises FileRejected."""
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
            if isinstance(value, pikepdf.Array):
                pending += [(each, depth + 1) for each in value if _is_direct(each)]
            elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                entries: Entries = dict(value.items())
                yield entries, isinstance(value, pikepdf.Stream)
                pending += [(each, depth + 1) for each in entries.values() if _is_direct(each)]


def _is_direct(value: Any) -> bool:
    """Whether the value can hold others and is no object by itself, which is reached anyway."""
    return isinstance(value, pikepdf.Object) and isinstance(value, _HOLDING) and not value.is_indirect


def _check_scripts(entries: Entries) -> None:
    if (
        not _SCRIPTED.isdisjoint(entries)
        or _name(entries, "/S") in _RUNNING
        or (_name(entries, "/Subtype") in _MEDIA and "/Rect" in entries)
    ):
        raise FileRejected(FileRejectionReason.SCRIPTS)


def _check_starting(entries: Entries) -> None:
    """Raise FileRejected for an action that starts by itself, unless it only turns to a page of the file."""
    starting = [entries["/OpenAction"]] if "/OpenAction" in entries else []
    if isinstance(entries.get("/AA"), pikepdf.Dictionary):
        starting += [action for _event, action in entries["/AA"].items()]
    elif "/AA" in entries:
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
            entries = dict(current.items())
            if _name(entries, "/S") != "/GoTo":
                _check_scripts(entries)
                return False
            following = entries.get("/Next")
            if following is not None:
                pending += [*following] if isinstance(following, pikepdf.Array) else [following]
        elif not isinstance(current, pikepdf.Array | pikepdf.String | pikepdf.Name):
            return False
    return True


def _check_outside(entries: Entries, *, is_stream: bool) -> None:
    is_outside = (
        _name(entries, "/S") in _OUTSIDE
        or _has_foreign_address(entries)
        or _is_foreign_file(entries)
        or "/OPI" in entries
        or (is_stream and _has_foreign_content(entries))
    )
    if is_outside:
        raise FileRejected(FileRejectionReason.ELSEWHERE)


def _has_foreign_address(entries: Entries) -> bool:
    """Whether it links to anything but a web page or a mail; /Base goes before relative addresses."""
    addresses = [entries[key] for key in ("/URI", "/Base") if key in entries]
    return any(
        isinstance(address, pikepdf.String) and not is_clickable(str(address)) for address in addresses
    )


def _is_foreign_file(entries: Entries) -> bool:
    """Whether it names a file that is not embedded: by its address, or by a path."""
    if _name(entries, "/FS") == "/URL":
        return True
    return _name(entries, "/Type") in ("/Filespec", "/F") and "/EF" not in entries and "/RF" not in entries


def _has_foreign_content(entries: Entries) -> bool:
    """Whether the stream's bytes, or the page that it shows, come from another file."""
    return "/F" in entries or "/FFilter" in entries or ("/Ref" in entries and "/F" in entries["/Ref"])


def _embedded_files(entries: Entries) -> Iterator[tuple[str, bytes]]:
    if "/EF" not in entries:
        return
    name = str(entries.get("/UF", entries.get("/F", "")))
    for _key, stream in entries["/EF"].items():
        yield name, bytes(stream.read_bytes())


def _name(entries: Entries, key: str) -> str:
    """The name under the key, as in "/GoTo"; "" for another kind of value."""
    entry = entries.get(key)
    return str(entry) if isinstance(entry, pikepdf.Name) else ""
