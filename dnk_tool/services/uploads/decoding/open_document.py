"""Checks OpenDocument files: refuses programs, links that are followed by themselves, and active formulas."""

import re

from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.services.uploads.decoding.addresses import is_absolute, is_clickable
from dnk_tool.services.uploads.decoding.formulas import any_dangerous
from dnk_tool.services.uploads.decoding.xml_parts import Element, local_name, parse_tree

_HREF = "{http://www.w3.org/1999/xlink}href"
_OLE = b"\xd0\xcf\x11\xe0"
_CLICKED_LINKS = frozenset({"a", "bookmark"})  # links that are only followed on a click
_COMMANDS = frozenset({"event-listener", "dde-link", "dde-connection-decl", "dde-source", "script"})
_PROGRAMS = ("basic/", "scripts/", "dialogs/")
_READ_PARTS = ("content.xml", "styles.xml", "meta.xml")
_FORMULAS = frozenset({"formula", "condition", "expression", "cell-range-address", "base-cell-address"})
_LOCAL_FILE = re.compile(r"file:///(?![/\\])", re.IGNORECASE)  # with more slashes it names another machine
_SCRIPT_SCHEMES = ("vnd.sun.star.", "macro:", "javascript:", "service:", "slot:", ".uno:")


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
    if any_dangerous(value for key, value in element.items() if local_name(key) in _FORMULAS):
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
