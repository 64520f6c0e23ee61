"""Looks passwords up in lists of leaked ones: the packaged list, and a local copy of Pwned Passwords."""

import hashlib
import logging
import lzma
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)

# Made by `python -m tests.leaked_passwords` from published lists; docs/dependencies.md names them.
LEAKED_PASSWORDS = Path(__file__).with_name("leaked_passwords.txt.xz")
_DIGEST_LENGTH = 40
_LINE = re.compile(rb"[0-9A-Fa-f]{40}(:[0-9]{1,20})?\r?\n?")
_LONGEST_LINE = 128  # bytes of "digest:count" and its line break, with room to spare


class NoPasswordFile(Exception):
    """The file is no sorted list of SHA-1 digests as Pwned Passwords is published."""


def is_widely_known(password: str) -> bool:
    """Whether the password stands in the packaged list, in upper or lower case."""
    return password.casefold() in _widely_known()


def is_in_password_file(password: str, path: Path) -> bool:
    """Whether the file at `path` lists the password. Reads some 40 lines of it, however long it is.

    The file holds lines of "SHA-1:count", sorted, as the downloader of Pwned Passwords writes them. A
    file that cannot be read any more lists nothing and is logged, so that people can still change their
    passwords.
    """
    try:
        with path.open("rb") as file:
            return any(_is_listed(file, digest) for digest in _digests(password))
    except (OSError, NoPasswordFile) as error:
        log.error("DNK_HIBP_FILE cannot be read: %s", type(error).__name__)
        return False


def check_password_file(path: Path) -> None:
    """Raise OSError or NoPasswordFile unless the file's first line is one of Pwned Passwords."""
    with path.open("rb") as file:
        _digest_of(file.readline(_LONGEST_LINE))


def _digests(password: str) -> set[bytes]:
    """The SHA-1 digests of the password as typed and with its letters composed, in capitals."""
    spellings = {password, unicodedata.normalize("NFC", password)}
    return {
        hashlib.sha1(text.encode(errors="replace"), usedforsecurity=False).hexdigest().upper().encode()
        for text in spellings
    }


def _is_listed(file: BinaryIO, digest: bytes) -> bool:
    """Whether a line of the sorted file begins with the digest: bisects by bytes and skips to whole lines."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:  # the line sought begins in [low, high)
        middle = (low + high) // 2
        start = _line_start(file, middle)
        if start >= high:
            high = middle
            continue
        file.seek(start)
        line = file.readline(_LONGEST_LINE)
        listed = _digest_of(line)
        if listed == digest:
            return True
        if listed < digest:
            low = start + len(line)
        else:
            high = middle
    return False


def _line_start(file: BinaryIO, position: int) -> int:
    """Where the first line begins that does not begin before `position`."""
    if not position:
        return 0
    file.seek(position - 1)
    file.readline(_LONGEST_LINE)
    return file.tell()


def _digest_of(line: bytes) -> bytes:
    """The digest that begins the line, in capitals. Raises NoPasswordFile."""
    if not _LINE.fullmatch(line):
        raise NoPasswordFile
    return line[:_DIGEST_LENGTH].upper()


@cache
def _widely_known() -> frozenset[str]:
    return frozenset(lzma.decompress(LEAKED_PASSWORDS.read_bytes()).decode().split("\n"))
