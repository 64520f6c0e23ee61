"""Reads declaration files for commands, and ends the command with a message for faulty ones."""

from collections.abc import Mapping
from pathlib import Path

from dnk_tool.cli.output import fail, problem_messages
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_parser import MAX_BYTES
from dnk_tool.services.uploads.declarations import (
    MAX_FILE_BYTES,
    DeclarationFileFault,
    UnreadableDeclaration,
    read_declaration_file,
)

# Messages, to be printed after the file's name.
FAULTS: Mapping[DeclarationFileFault, str] = {
    DeclarationFileFault.EMPTY: "is empty.",
    DeclarationFileFault.TOO_LARGE: f"is too large: a PDF may have {MAX_FILE_BYTES // 1_000_000} MB, the "
    f"data in it or in a file {MAX_BYTES // 1_000_000} MB.",
    DeclarationFileFault.OTHER_KIND: "is neither a declaration's PDF nor a dnk-declaration file.",
    DeclarationFileFault.LOCKED: "is locked with a password; save it without one.",
    DeclarationFileFault.NO_ATTACHMENT: "carries no data. It may be an excerpt, or printed or saved anew by "
    "another program; take the PDF of the whole declaration as it was downloaded, or the JSON file.",
    DeclarationFileFault.NOT_OURS: "carries files, but no data of a declaration.",
    DeclarationFileFault.DAMAGED: "is damaged or incomplete; its data cannot be read. Fetch it once more.",
    DeclarationFileFault.NEWER: "was made by a newer version of this program; update this one first.",
    DeclarationFileFault.INVALID: "is not a valid declaration.",
    DeclarationFileFault.INFECTED: "is refused by the virus scanner.",
    DeclarationFileFault.NOT_SCANNED: "cannot be scanned for viruses now.",
    DeclarationFileFault.TOO_LARGE_TO_SCAN: "is too large for the virus scanner.",
    DeclarationFileFault.BUSY: "cannot be read now, since others are being read; try again in a minute.",
}


def read_file(file: Path) -> Document:
    """The declaration in a JSON file or in a PDF with embedded data; ends the command if it is unreadable."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            fail(f"{file} {FAULTS[DeclarationFileFault.TOO_LARGE]}")
        return read_declaration_file(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except UnreadableDeclaration as error:
        if not error.problems:
            fail(f"{file} {FAULTS[error.fault]}")
        listed = "\n".join(f"  {problem_message}" for problem_message in problem_messages(error.problems))
        fail(f"{file} is not a valid declaration:\n{listed}")
