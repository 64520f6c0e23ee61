"""Reads the files of legal texts in the usual encodings, and locks their folder for a change."""

import codecs
import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# No text that is shown needs more; a character takes four bytes at most.
MAX_BYTES = 400_004


@dataclass(frozen=True, slots=True)
class TextFile:
    """What a file says. `version`: the hash of its bytes; `is_cut`: there is more than `MAX_BYTES`."""

    text: str
    version: str
    changed_at: datetime
    is_cut: bool


def read_file(path: Path) -> TextFile | None:
    """The file's text; None if there is no file. Raises OSError for one that cannot be read as a file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is no file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    changed_at = datetime.fromtimestamp(status.st_mtime, UTC)
    is_cut = len(content) > MAX_BYTES
    return TextFile(_decoded(content), hashlib.sha256(content).hexdigest(), changed_at, is_cut)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other writers out of the folder, which is made if it is missing. Raises OSError.

    A file system without locks, such as some network drives, is used without them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or else what Windows editors wrote before."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character that the limit cut in two is no sign of another encoding.
        is_cut_character = len(content) > MAX_BYTES and error.start > MAX_BYTES - 4
        return content.decode("utf-8-sig" if is_cut_character else "cp1252", errors="replace")
