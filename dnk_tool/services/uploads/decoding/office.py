"""Checks office files, which are archives of parts: refuses macros, scripts and links to external data.

Checks OpenDocument files: refuses programs, links that are followed by themselves, and active formulas.
Finds fields of Word documents that fetch something from elsewhere or start programs.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from dnk_tool.domain.evidence import (
    MAX_ARCHIVE_ENTRIES,
    MAX_COMPRESSION_RATIO,
    MAX_UNPACKED_BYTES,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
)
from dnk_tool.services.uploads.decoding.addresses import is_absolute, is_clickable
from dnk_tool.services.uploads.decoding.formulas import any_dangerous
from dnk_tool.services.uploads.decoding.xml_parts import Element, ParseError, local_name, parse_tree, texts_of

_HREF = "{http://www.w3.org/1999/xlink}href"
_OLE = b"\xd0\xcf\x11\xe0"
_CLICKED_LINKS = frozenset({"a", "bookmark"})  # links that are only followed on a click
_COMMANDS = frozenset({"event-listener", "dde-link", "dde-connection-decl", "dde-source", "script"})
_PROGRAMS = ("basic/", "scripts/", "dialogs/")
_READ_PARTS = ("content.xml", "styles.xml", "meta.xml")
_OPEN_DOCUMENT_FORMULAS = frozenset(
    {"formula", "condition", "expression", "cell-range-address", "base-cell-address"}
)
_LOCAL_FILE = re.compile(r"file:///(?![/\\])", re.IGNORECASE)  # with more slashes it names another machine
_SCRIPT_SCHEMES = ("vnd.sun.star.", "macro:", "javascript:", "service:", "slot:", ".uno:")


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


def check_open_document(parts: dict[str, bytes], media_type: bytes) -> None:
    """Raise FileRejected for another kind of file, or one with programs, links or formulas that reach out."""
    if parts.get("mimetype", b"").strip() != media_type:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise FileRejected(FileRejectionReason.ENCRYPTED)
    if any(name.lower().startswith(_PROGRAMS) or "/basic/" in name.lower() for name in parts):
        raise FileRejected(FileRejectionReason.MACROS)
    if "content.xml" not in parts:
        raise FileRejected(FileRejectionReason.BROKEN)
    for name, part in parts.items():
        if part.startswith(_OLE):
            raise FileRejected(FileRejectionReason.SCRIPTS)
        if name.lower().endswith(_READ_PARTS):
            for element in parse_tree(part).iter():
                _check_element(element)


def _check_element(element: Element) -> None:
    kind = local_name(element.tag)
    if kind in _COMMANDS:
        raise FileRejected(FileRejectionReason.MACROS)
    if any_dangerous(value for key, value in element.items() if local_name(key) in _OPEN_DOCUMENT_FORMULAS):
        raise FileRejected(FileRejectionReason.FORMULAS)
    href = str(element.get(_HREF, ""))
    if not href:
        return
    if href.strip().lower().startswith(_SCRIPT_SCHEMES):
        raise FileRejected(FileRejectionReason.MACROS)
    if kind in _CLICKED_LINKS:
        is_linked = not is_clickable(href)
    elif kind == "template":  # where the document was made from: only remembered, unless on another machine
        is_linked = is_absolute(href) and not _LOCAL_FILE.match(href)
    else:
        is_linked = is_absolute(href) or href.startswith("../") or kind == "auto-reload"
    if is_linked:
        raise FileRejected(FileRejectionReason.LINKED)


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
# The last word of a content type: external data, and objects that only a program can show.
_LINKS = frozenset({"externallink", "connections", "querytable", "rdrichvaluewebimage"})
_OBJECTS = frozenset({"oleobject", "activex", "webextension", "webextensiontaskpanes"})
_FORMULAS = frozenset(
    {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
)
# Elements of Word: another file that is read in, data of a letter, a web page that plays a film.
_READING, _DATA_SOURCES = frozenset({"altChunk", "webVideoPr"}), frozenset({"connectString", "query"})
_VML, _FETCHED = "{urn:schemas-microsoft-com:vml}", frozenset({"src", "althref"})
# Excel leaves them open in the drawings of notes and buttons, which is no XML.
_LINE_BREAK = re.compile(rb"</?br\s*>", re.IGNORECASE)
_PROGRAM_ACTIONS = ("ppaction://program", "ppaction://macro", "ppaction://ole")
_MAX_NESTING = 2


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
            check_open_document(parts, _ODF[kind])
        else:
            _check_open_xml(parts, _MAIN_PARTS[kind], depth)
    except zipfile.BadZipFile as error:
        raise FileRejected(
            FileRejectionReason.BROKEN
            if content.startswith(b"PK\x03\x04")
            else FileRejectionReason.OTHER_CONTENT
        ) from error
    # Damaged parts: zipfile lets out the faults of what it reads (packed bytes, dates, offsets, versions,
    # names without a part), and the XML of a part may be none.
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
    types = parse_tree(parts.get("[Content_Types].xml", b""))
    contents = {str(element.get("ContentType", "")) for element in types.iter()}
    lowered = [name.lower() for name in parts]
    if any(
        "macroenabled" in content.lower() or "vbaproject" in content.lower() for content in contents
    ) or any("vbaproject" in name or "activex" in name or "macrosheets/" in name for name in lowered):
        raise FileRejected(FileRejectionReason.MACROS)
    if main not in contents:
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    _check_content_types(contents)
    is_xml = _xml_parts(types)
    for name, part in parts.items():
        lower = name.lower()
        if lower.endswith(".rels"):
            _check_relationships(parse_tree(part))
        elif "/embeddings/" in f"/{lower}":
            _check_embedded(lower, part, depth)
        elif lower.startswith(("xl/externallinks/", "xl/connections.", "xl/querytables/")):
            raise FileRejected(FileRejectionReason.LINKED)
        elif part.startswith(_OLE):
            raise FileRejected(FileRejectionReason.SCRIPTS)
        elif lower.endswith(".vml"):
            _check_drawing(parse_tree(_LINE_BREAK.sub(b" ", part)), is_old=True)
        elif is_xml.fullmatch(lower):
            _check_xml_part(part, main)


def _check_xml_part(part: bytes, main: str) -> None:
    """Raise FileRejected for what only one of the programs runs: formulas, fields, or a slide's buttons."""
    if main == _MAIN_PARTS[EvidenceFileType.XLSX]:  # without a tree: sheets are large
        if any_dangerous(texts_of(part, _FORMULAS)):
            raise FileRejected(FileRejectionReason.FORMULAS)
        return
    text = parse_tree(part)
    if main == _MAIN_PARTS[EvidenceFileType.DOCX]:
        _check_words(text)
    elif any(str(element.get("action", "")).lower().startswith(_PROGRAM_ACTIONS) for element in text.iter()):
        raise FileRejected(FileRejectionReason.SCRIPTS)
    _check_drawing(text)


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


def _check_words(text: Element) -> None:
    """Raise FileRejected for fields, parts and data of a letter that are read from elsewhere."""
    if has_fetching_field(text):
        raise FileRejected(FileRejectionReason.FIELDS)
    # Other namespaces are of data that a document may carry along.
    names = {local_name(element.tag) for element in text.iter() if "/word" in element.tag.lower()}
    if names & _READING:
        raise FileRejected(FileRejectionReason.SCRIPTS)
    if names & _DATA_SOURCES:
        raise FileRejected(FileRejectionReason.LINKED)


def _check_drawing(text: Element, *, is_old: bool = False) -> None:
    """Raise FileRejected for what old drawings (VML) show, link to or calculate from elsewhere.

    `is_old`: the part is such a drawing as a whole; otherwise its elements are told by their namespace.
    """
    for element in text.iter():
        if not (is_old or element.tag.lower().startswith(_VML)):
            continue
        for key, value in element.items():
            name = local_name(key).lower()
            if (name in _FETCHED and is_absolute(value)) or (name == "href" and not is_clickable(value)):
                raise FileRejected(FileRejectionReason.LINKED)
        is_formula = local_name(element.tag).lower().startswith("fmla")
        if is_formula and any_dangerous((element.text or "",)):
            raise FileRejected(FileRejectionReason.FORMULAS)


def _check_relationships(relations: Element) -> None:
    """Raise FileRejected for external pictures, templates and the like.

    Allowed are hyperlinks that lead to a web page, a mail or a file beside this one.
    """
    for relation in relations.iter():
        kind, target = str(relation.get("Type", "")).lower(), str(relation.get("Target", ""))
        if kind.endswith(("/afchunk", "/attachedtemplate")):
            raise FileRejected(
                FileRejectionReason.SCRIPTS if kind.endswith("/afchunk") else FileRejectionReason.LINKED
            )
        is_outside = str(relation.get("TargetMode", "")).lower() == "external"
        if is_outside and (not kind.endswith("/hyperlink") or not is_clickable(target)):
            raise FileRejected(FileRejectionReason.LINKED)
        if not is_outside and is_absolute(target.removeprefix("/")):
            raise FileRejected(FileRejectionReason.LINKED)
