"""Checks PDFs: refuses those that are damaged or encrypted, or that do more than show pages."""

import io

import pikepdf

from dnk_tool.domain.evidence import (
    IMAGE_TYPES,
    TYPES_BY_EXTENSION,
    EvidenceFileType,
    FileRejected,
    FileRejectionReason,
    file_extension,
)
from dnk_tool.services.uploads.decoding.office import check_office
from dnk_tool.services.uploads.decoding.pdf_actions import check_objects
from dnk_tool.services.uploads.decoding.texts import check_text

_ATTACHABLE = {*TYPES_BY_EXTENSION, "xml", "json"}  # the data of an electronic invoice or of a declaration
MAX_NESTING = 2
_BLANK = b" \t\r\n\f\0"
ZIP_END = b"PK\x05\x06"


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
