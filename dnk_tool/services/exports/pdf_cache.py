"""Caches finished PDFs in a folder, by a hash of all their content, and evicts those long unused.

A file's name is `<fingerprint>-<copy>-<variant>-<mark>-<rest>.pdf`. `copy`: the version, such as `v2`, or
`draft`; `mark`: a hash of what came after the freezing (sign-off, review); `rest`: a hash of everything.
A PDF that cannot be written to disk is held in memory for IN_MEMORY_SECONDS.
"""

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = "rendered"  # in the folder of the instance
MAX_BYTES, MAX_FILES = 150_000_000, 1_500
# Drafts have limits of their own: many are made and few are read again.
MAX_DRAFT_BYTES, MAX_DRAFTS = 50_000_000, 500
VERSION_LIFETIME, DRAFT_LIFETIME = timedelta(days=180), timedelta(days=1)  # since the last read
PARTIAL_FILE_LIFETIME = timedelta(hours=1)
DRAFT = "draft"
MAX_IN_MEMORY, IN_MEMORY_SECONDS = 5, 600.0
_NAME = re.compile(r"[0-9a-f]{64}(-[0-9a-z]+){4}\.pdf")


def read(folder: Path, name: str) -> bytes | None:
    """The cached PDF, marked as used now; None if it is not cached or cannot be read."""
    file = folder / name
    if not _NAME.fullmatch(name):
        return None
    try:
        content = file.read_bytes()
    except OSError:
        return _memory_cache.read(file)
    with suppress(OSError):  # the folder may be read-only
        os.utime(file)
    return content


def has(folder: Path, name: str) -> bool:
    """Whether a PDF of this name is cached, on disk or in memory."""
    file = folder / name
    return bool(_NAME.fullmatch(name)) and (file.is_file() or _memory_cache.read(file) is not None)


def store(folder: Path, name: str, content: bytes) -> None:
    """Write a PDF to the cache atomically, readable by the server only; deletes outdated ones and evicts.

    Raises OSError, and ValueError for a name of another form.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a kept PDF: {name}")
    folder.mkdir(exist_ok=True, mode=0o700)
    fresh = folder / f"{name}.{secrets.token_hex(4)}.part"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        fresh.replace(folder / name)
    finally:
        fresh.unlink(missing_ok=True)
    _delete_outdated(folder, name)
    evict(folder, now=datetime.now(UTC), spare=name)


def store_in_memory(folder: Path, name: str, content: bytes) -> None:
    """Hold in memory a PDF that cannot be stored, so that a full disk does not prevent its download."""
    _memory_cache.put(folder / name, content)


def delete(folder: Path, name: str) -> None:
    """Delete one PDF from disk and memory, if it is there."""
    _memory_cache.forget(lambda file: file == folder / name)
    if _NAME.fullmatch(name):
        (folder / name).unlink(missing_ok=True)


def delete_version(folder: Path, fingerprint: str, version: int | None = None) -> None:
    """Delete every PDF of a version; without `version`, of all versions with this fingerprint."""
    start = f"{fingerprint}-v{version}-" if version else f"{fingerprint}-v"
    _memory_cache.forget(lambda file: file.parent == folder and file.name.startswith(start))
    for file in folder.glob(f"{start}*"):
        file.unlink(missing_ok=True)


def delete_drafts(folder: Path) -> None:
    """Delete every PDF of a draft."""
    _memory_cache.forget(lambda file: file.parent == folder and _is_draft(file))
    for file in folder.glob(f"*-{DRAFT}-*"):
        file.unlink(missing_ok=True)


def evict(folder: Path, *, now: datetime, spare: str = "") -> None:
    """Delete PDFs past their lifetime, then the least recently used beyond the limits; never `spare`."""
    room = {True: MAX_DRAFT_BYTES, False: MAX_BYTES}
    places = {True: MAX_DRAFTS, False: MAX_FILES}
    for used, size, file in sorted(_files(folder), reverse=True):
        kind = _is_draft(file)
        room[kind] -= size
        places[kind] -= 1
        is_over = now - used > _lifetime(file) or room[kind] < 0 or places[kind] < 0
        if is_over and file.name != spare:
            file.unlink(missing_ok=True)


def fingerprints(folder: Path) -> set[str]:
    """The fingerprints of the versions that have a PDF on disk."""
    return {file.name[:64] for file in folder.glob("*.pdf") if not _is_draft(file)}


def _files(folder: Path) -> Iterator[tuple[datetime, int, Path]]:
    for file in folder.glob("*.p*"):
        with suppress(FileNotFoundError):  # another process may delete it
            stat = file.stat()
            yield datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, file


def _lifetime(file: Path) -> timedelta:
    if file.suffix == ".part":
        return PARTIAL_FILE_LIFETIME
    return DRAFT_LIFETIME if _is_draft(file) else VERSION_LIFETIME


def _is_draft(file: Path) -> bool:
    return f"-{DRAFT}-" in file.name


def _delete_outdated(folder: Path, name: str) -> None:
    """Delete PDFs of the same version with another `mark`: they may name a person erased since."""
    fingerprint, copy, _variant, mark, _rest = name.split("-")
    for file in folder.glob(f"{fingerprint}-{copy}-*.pdf"):
        parts = file.name.split("-")
        if len(parts) != len(name.split("-")) or parts[3] != mark:
            file.unlink(missing_ok=True)


class _MemoryCache:
    """The last MAX_IN_MEMORY PDFs that could not be written to disk, in the memory of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[Path, tuple[bytes, float]] = {}

    def put(self, file: Path, content: bytes) -> None:
        """Keeps the PDF, and drops the oldest ones beyond MAX_IN_MEMORY."""
        with self._lock:
            self._files.pop(file, None)
            self._files[file] = content, time.monotonic()
            while len(self._files) > MAX_IN_MEMORY:
                del self._files[next(iter(self._files))]

    def read(self, file: Path) -> bytes | None:
        """Returns the PDF; None if it was never kept, or was dropped since."""
        self.forget(lambda _file: False)
        with self._lock:
            entry = self._files.get(file)
        return entry[0] if entry else None

    def forget(self, is_meant: Callable[[Path], bool]) -> None:
        """Drop the files that `is_meant` names, and those held for longer than IN_MEMORY_SECONDS."""
        oldest = time.monotonic() - IN_MEMORY_SECONDS
        with self._lock:
            self._files = {
                file: (content, since)
                for file, (content, since) in self._files.items()
                if since >= oldest and not is_meant(file)
            }


_memory_cache = _MemoryCache()
