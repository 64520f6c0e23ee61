"""Checks office files, which are archives of parts: refuses macros, scripts and links to external data."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from dnk_tool.domain.evidence import (
    MAX_ARCHIVE_ENTRIES,
    MAX_COMPRESSION_RATIO,
    MAX_UNPACKED_BYTES,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
)

_MAIN = "application/vnd.openxmlformats-officedocument"
_MAIN_PARTS = {
    EvidenceFileType.XLSX: f"{_MAIN}.spreadsheetml.sheet.main+xml",
    EvidenceFileType.DOCX: f"{_MAIN}.wordprocessingml.document.main+xml",
    EvidenceFileType.PPTX: f"{_MAIN}.presentationml.presentation.main+xml",
}
_ODF = {
    EvidenceFileType.ODS: b"application/vnd.oasis.opendocument.spreadsheet",
    EvidenceFileType.ODT: b"application/vnd.oasis.opendocument.text",
}
_HREF = "{http://www.w3.org/1999/xlink}href"
_OLE = b"\xd0\xcf\x11\xe0"  # a file with a password is no archive but an OLE container
_CLICKED_LINKS = frozenset({"a", "bookmark"})  # links that are only followed on a click
_COMMANDS = frozenset({"event-listener", "dde-link", "dde-connection-decl", "dde-source", "script"})
_FIELD_CODE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instr"
_DDE = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)  # a field that asks another program for its text
# The last word of a content type: external data, and objects that only a program can show.
_LINKS = frozenset({"externallink", "connections", "querytable"})
_OBJECTS = frozenset({"oleobject", "activex"})
_MAX_NESTING = 2
_PROGRAMS = ("basic/", "scripts/", "dialogs/")


def check_office(content: bytes, kind: EvidenceFileType, *, depth: int = 0) -> None:
    """Raise FileRejected for an office file of another kind, damaged, encrypted, or with unsafe content.

    Unsafe are macros, scripts and linked data. `depth`: how many office files enclose this one.
    """
    if depth > _MAX_NESTING:
        raise FileRejected(FileRejectionReason.UNPACKED)
    if content.startswith(_OLE):
        raise FileRejected(FileRejectionReason.ENCRYPTED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, content)
            parts = {
                entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()
            }
        if kind in _ODF:
            _check_open_document(parts, _ODF[kind])
        else:
            _check_open_xml(parts, _MAIN_PARTS[kind], depth)
    except zipfile.BadZipFile as error:
        raise FileRejected(
            FileRejectionReason.BROKEN
            if content.startswith(b"PK\x03\x04")
            else FileRejectionReason.OTHER_CONTENT
        ) from error
    except (zlib.error, EOFError, ValueError, KeyError, NotImplementedError, OSError, ParseError) as error:
        raise FileRejected(FileRejectionReason.BROKEN) from error
    except RuntimeError as error:  # raised by zipfile for a part with a password
        raise FileRejected(FileRejectionReason.ENCRYPTED) from error


def _check_archive(archive: zipfile.ZipFile, content: bytes) -> None:
    """Raise FileRejected unless the archive spans the whole file and unpacks to an acceptable size."""
    entries = archive.infolist()
    at = content.rfind(b"PK\x05\x06")
    comment = int.from_bytes(content[at + 20 : at + 22], "little")
    first = min((entry.header_offset for entry in entries), default=1)
    if first or not content.startswith(b"PK\x03\x04") or comment != len(content) - at - 22:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ARCHIVE_ENTRIES or unpacked > min(
        MAX_UNPACKED_BYTES, MAX_COMPRESSION_RATIO * len(content)
    ):
        raise FileRejected(FileRejectionReason.UNPACKED)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) < len(names) or any(map(_is_unsafe_path, names)):
        raise FileRejected(FileRejectionReason.BROKEN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRejected(FileRejectionReason.ENCRYPTED)


def _is_unsafe_path(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _check_open_xml(parts: dict[str, bytes], main: str, depth: int) -> None:
    types = _tree(parts.get("[Content_Types].xml", b""))
    contents = {str(element.get("ContentType", "")) for element in types.iter()}
    lowered = [name.lower() for name in parts]
    if any(
        "macroenabled" in content.lower() or "vbaproject" in content.lower() for content in contents
    ) or any("vbaproject" in name or "activex" in name or "macrosheets/" in name for name in lowered):
        raise FileRejected(FileRejectionReason.MACROS)
    if main not in contents:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    _check_content_types(contents)
    # Only Word runs field codes; reading the sheets of a workbook would take long.
    words = _xml_parts(types) if main == _MAIN_PARTS[EvidenceFileType.DOCX] else None
    for name, part in parts.items():
        lower = name.lower()
        if lower.endswith(".rels"):
            _check_relationships(_tree(part))
        elif "/embeddings/" in f"/{lower}":
            _check_embedded(lower, part, depth)
        elif lower.startswith(("xl/externallinks/", "xl/connections.", "xl/querytables/")):
            raise FileRejected(FileRejectionReason.LINKED)
        elif words and words.fullmatch(lower):
            _check_fields(_tree(part))


def _check_content_types(contents: set[str]) -> None:
    """Raise FileRejected for linked data and objects by content type, which Office heeds instead of names."""
    kinds = {content.lower().removesuffix("+xml").rpartition(".")[2] for content in contents}
    if kinds & _LINKS:
        raise FileRejected(FileRejectionReason.LINKED)
    if kinds & _OBJECTS:
        raise FileRejected(FileRejectionReason.SCRIPTS)


def _xml_parts(types: Element) -> re.Pattern[str]:
    """A pattern for the names of the parts that Office reads as XML, by ending or by content type."""
    patterns = [r".*\.xml"]
    for element in types.iter():
        if str(element.get("ContentType", "")).lower().endswith("xml"):
            name, ending = (str(element.get(key, "")).lower() for key in ("PartName", "Extension"))
            patterns += [re.escape(name.lstrip("/"))] if name else []
            patterns += [rf".*\.{re.escape(ending)}"] if ending else []
    return re.compile("|".join(patterns), re.DOTALL)


def _check_embedded(name: str, part: bytes, depth: int) -> None:
    """Check an embedded file: only office files are allowed, such as the table behind a chart."""
    ending = name.rpartition(".")[2]
    if ending not in (EvidenceFileType.XLSX, EvidenceFileType.DOCX, EvidenceFileType.PPTX):
        raise FileRejected(FileRejectionReason.SCRIPTS)
    check_office(part, EvidenceFileType(ending), depth=depth + 1)


def _check_fields(text: Element) -> None:
    """Raise FileRejected for a DDE field, even if its code is split over several elements."""
    pieces = [element.text or "" for element in text.iter() if element.tag.endswith("}instrText")]
    simple = [
        str(element.get(_FIELD_CODE, "")) for element in text.iter() if element.tag.endswith("}fldSimple")
    ]
    if any(map(_DDE.search, ("".join(pieces), *simple))):
        raise FileRejected(FileRejectionReason.SCRIPTS)


def _check_relationships(relations: Element) -> None:
    """Raise FileRejected for external pictures, templates and the like; hyperlinks are allowed."""
    for relation in relations.iter():
        is_outside = str(relation.get("TargetMode", "")).lower() == "external"
        if is_outside and not str(relation.get("Type", "")).endswith("/hyperlink"):
            raise FileRejected(FileRejectionReason.LINKED)


def _check_open_document(parts: dict[str, bytes], media_type: bytes) -> None:
    if parts.get("mimetype", b"").strip() != media_type:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise FileRejected(FileRejectionReason.ENCRYPTED)
    if any(name.lower().startswith(_PROGRAMS) or "/basic/" in name.lower() for name in parts):
        raise FileRejected(FileRejectionReason.MACROS)
    if "content.xml" not in parts:
        raise FileRejected(FileRejectionReason.BROKEN)
    for name, part in parts.items():
        if name.endswith(("content.xml", "styles.xml")):
            for element in _elements(part):
                _check_element(element)


def _check_element(element: Element) -> None:
    kind = element.tag.rpartition("}")[2]
    if kind in _COMMANDS:
        raise FileRejected(FileRejectionReason.MACROS)
    href = str(element.get(_HREF, ""))
    if href.lower().startswith(("vnd.sun.star.script:", "macro:", "javascript:")):
        raise FileRejected(FileRejectionReason.MACROS)
    is_outside = ":" in href.partition("/")[0] or href.startswith(("//", "\\\\", "../", "/"))
    if is_outside and kind not in _CLICKED_LINKS:
        raise FileRejected(FileRejectionReason.LINKED)


def _elements(part: bytes) -> Iterator[Element]:
    return _tree(part).iter()


class _NoDoctypeBuilder(TreeBuilder):
    """Refuses document types: office programs write none, and one could define exploding entities."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Raise FileRejected."""
        raise FileRejected(FileRejectionReason.BROKEN)


def _tree(part: bytes) -> Element:
    parser = XMLParser(target=_NoDoctypeBuilder())  # noqa: S314  no document type, in a child with limits
    parser.feed(part)
    root = parser.close()
    if not isinstance(root, Element):
        raise ParseError("nothing")
    return root
