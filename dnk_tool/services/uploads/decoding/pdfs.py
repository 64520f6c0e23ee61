"""Checks PDFs: refuses those that are damaged or encrypted, or that do more than show pages."""

import io
from typing import Any

import pikepdf

from dnk_tool.domain.evidence import TYPES_BY_EXTENSION, FileRejected, FileRejectionReason, file_extension

# Actions that run or open something on the reader's machine.
_FORBIDDEN = frozenset({"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/RichMediaExecute"})
_ATTACHABLE = {*TYPES_BY_EXTENSION, "xml"}  # an electronic invoice carries its data as XML
# Deeper nesting only serves to hide something.
MAX_DEPTH = 40
_BLANK = b" \t\r\n\f\0"
ZIP_END = b"PK\x05\x06"


def check_pdf(content: bytes) -> None:
    """Raise FileRejected for a PDF that is damaged or encrypted, runs scripts or embeds other file types."""
    if not content.startswith(b"%PDF-"):
        raise FileRejected(FileRejectionReason.OTHER_CONTENT)
    _check_end(content)
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise FileRejected(FileRejectionReason.BROKEN)
            if any(_is_active(pdf_object) for pdf_object in pdf.objects) or "/XFA" in pdf.Root.get(
                "/AcroForm", {}
            ):
                raise FileRejected(FileRejectionReason.SCRIPTS)
            _check_attachments(pdf)
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


def _is_active(pdf_object: Any) -> bool:
    if not isinstance(pdf_object, pikepdf.Dictionary | pikepdf.Stream):
        return False
    return _has_forbidden_action(pdf_object, 0)


def _has_forbidden_action(pdf_object: Any, depth: int) -> bool:
    """Whether the object or one nested in it holds a script, a forbidden action or a forbidden file."""
    if depth > MAX_DEPTH:
        return True
    if isinstance(pdf_object, pikepdf.Array):
        return any(_has_forbidden_action(each, depth + 1) for each in pdf_object if _is_direct(each))
    if not isinstance(pdf_object, pikepdf.Dictionary | pikepdf.Stream):
        return False
    if "/JS" in pdf_object or str(pdf_object.get("/S", "")) in _FORBIDDEN or _embeds_program(pdf_object):
        return True
    return any(
        _has_forbidden_action(each, depth + 1) for _key, each in pdf_object.items() if _is_direct(each)
    )


def _embeds_program(pdf_object: Any) -> bool:
    """Whether the object embeds a file of a type that is not allowed; annotations and media do so, too."""
    return (
        "/EF" in pdf_object
        and file_extension(str(pdf_object.get("/UF", pdf_object.get("/F", "")))) not in _ATTACHABLE
    )


def _is_direct(pdf_object: Any) -> bool:
    """Whether the object is nested directly; referenced ones are checked by themselves."""
    return isinstance(pdf_object, pikepdf.Object) and not pdf_object.is_indirect


def _check_attachments(pdf: pikepdf.Pdf) -> None:
    for name, file in pdf.attachments.items():
        if file_extension(file.filename or name) not in _ATTACHABLE:
            raise FileRejected(FileRejectionReason.SCRIPTS)
