"""Checks PDFs: refuses those that are damaged or encrypted, or that do more than show pages.

Finds what a PDF does besides showing pages: actions, targets outside of it, and parts that lie outside.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from dnk_tool.domain.evidence import (
    IMAGE_TYPES,
    TYPES_BY_EXTENSION,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
    file_extension,
)
from dnk_tool.services.uploads.decoding.addresses import is_clickable
from dnk_tool.services.uploads.decoding.office import check_office
from dnk_tool.services.uploads.decoding.texts import check_text

_ATTACHABLE = {*TYPES_BY_EXTENSION, "xml", "json"}  # the data of an electronic invoice or of a declaration
MAX_NESTING = 2
_BLANK = b" \t\r\n\f\0"
ZIP_END = b"PK\x05\x06"


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


def check_pdf(content: bytes, *, depth: int = 0) -> None:
    """Raise FileRejected for a PDF that is damaged or encrypted, does more than show pages, or reaches out.

    `depth`: how many files enclose this one.
    """
    if not content.startswith(b"%PDF-"):
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    _check_end(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise FileRejected(FileRejectionReason.BROKEN)
            for name, embedded in check_objects(pdf):
                _check_embedded(name, embedded, depth)
    except pikepdf.PasswordError as error:
        raise FileRejected(FileRejectionReason.ENCRYPTED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        raise FileRejected(FileRejectionReason.BROKEN) from error


def _check_end(content: bytes) -> None:
    """Raise FileRejected for bytes after the PDF's end, which could be a second file such as an archive."""
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise FileRejected(FileRejectionReason.BROKEN)
    if content[end + len(b"%%EOF") :].strip(_BLANK):
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    # The end record of an archive may also hide in a comment before it.
    at = content.rfind(ZIP_END)
    if at >= 0 and int.from_bytes(content[at + 20 : at + 22], "little") == len(content) - at - 22:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)


def _check_embedded(name: str, content: bytes, depth: int) -> None:
    """Raise FileRejected for an embedded file of another type than allowed, or with active content."""
    extension = file_extension(name)
    if extension not in _ATTACHABLE or depth >= MAX_NESTING:
        raise FileRejected(FileRejectionReason.SCRIPTS)
    kind = TYPES_BY_EXTENSION.get(extension)
    if kind is EvidenceFileType.PDF:
        check_pdf(content, depth=depth + 1)
    elif kind in (EvidenceFileType.CSV, EvidenceFileType.TXT):
        check_text(content, is_table=kind is EvidenceFileType.CSV)
    elif kind and kind not in IMAGE_TYPES:
        check_office(content, kind, depth=depth + 1)
