"""The file of a backup: a compressed tar of named parts, closed by a manifest with the SHA-256 of each.

Nothing is ever unpacked by a name that the file gives: readers get names and contents, and decide.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO, Self

from dnk_tool.store.evidence.blob_store import parse_blob_path

FORMAT = 1
HEADER, DATABASE, MANIFEST = "backup.json", "database.sqlite3", "manifest.json"
INSTANCE, EVIDENCE = "instance/", "evidence/"
CHUNK_BYTES = 1024 * 1024
# Texts shrink to a quarter already at the lowest level, which takes a third of the time of the usual one.
COMPRESSION = 1
MOST_NOTE_BYTES = 64 * 1024 * 1024

_SEGMENT = r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*"
_INSTANCE_FILE = re.compile(
    rf"secret-key|config\.toml|environment\.toml|erasures\.log|demo|(factors|pages|seal)(/{_SEGMENT})+"
)


class DamagedBackup(Exception):
    """The file is no backup, is incomplete, or was changed; the message says what is wrong with it."""


class NewerBackup(Exception):
    """The backup was made by a newer version of the program; the message names it."""


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup says of itself before its contents. `began`: everything saved before this time is in it.

    `installation`: the random name of the installation it was made of; `database`: the kind it had there.
    """

    format: int
    program: str
    schema: str
    installation: str
    began: str
    database: str
    database_bytes: int
    evidence_bytes: int

    @property
    def moment(self) -> datetime:
        """When the backup began."""
        return datetime.fromisoformat(self.began)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: (size, SHA-256) by name of the part, rows by table, contents that were missing."""

    parts: dict[str, tuple[int, str]]
    rows: dict[str, int]
    missing: tuple[str, ...] = field(default=())


class HashingReader:
    """Reads a stream and keeps the SHA-256 of what was read. Each method may raise DamagedBackup."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        with _damage_told():
            piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """The hash of everything that was read so far."""
        return self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """The rest in pieces."""
        while piece := self.read(CHUNK_BYTES):
            yield piece


class _AbandonableStream:
    """Passes on what is written, until it is abandoned: what the libraries still write then goes nowhere."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.is_abandoned = stream, False

    def write(self, content: bytes) -> int:
        """Write the bytes, or drop them."""
        return len(content) if self.is_abandoned else self._stream.write(content)

    def flush(self) -> None:
        """Flush the stream."""
        if not self.is_abandoned:
            self._stream.flush()


class ArchiveWriter:
    """Writes parts into a stream, one after the other; without the manifest of `close` they are void.

    A context manager: after an error nothing more reaches the stream.
    """

    def __init__(self, stream: BinaryIO, header: BackupHeader) -> None:
        self._target = _AbandonableStream(stream)
        self._gzip = gzip.GzipFile(
            fileobj=self._target, mode="wb", compresslevel=COMPRESSION, mtime=0, filename=""
        )
        # Closed by `close`, or left void after an error.
        self._tar = tarfile.open(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._parts: dict[str, tuple[int, str]] = {}
        self._header = header

    def __enter__(self) -> Self:
        self.add(HEADER, _json(asdict(self._header)))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is not None:
            self._target.is_abandoned = True
            self._gzip.close()

    def add(self, name: str, content: bytes) -> None:
        """Add a part from memory."""
        self.add_stream(name, len(content), io.BytesIO(content))

    def add_stream(self, name: str, size: int, content: IO[bytes]) -> None:
        """Add a part of exactly this size. Raises OSError if the stream ends before."""
        hashing = HashingReader(content)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, hashing)
        self._parts[name] = (size, hashing.sha256)

    def close(self, rows: dict[str, int], missing: Iterable[str]) -> None:
        """Add the manifest and end the stream's compression; the stream itself stays open."""
        self.add(MANIFEST, _json(asdict(Manifest(self._parts, rows, tuple(missing)))))
        self._tar.close()
        self._gzip.close()


def read_parts(stream: IO[bytes]) -> Iterator[tuple[str, int, HashingReader]]:
    """Yield name, size and content of each part in the order of the file; unread content is skipped.

    Raises DamagedBackup for anything that `ArchiveWriter` does not write: other names, links, folders, a part
    twice, a file that ends early.
    """
    names = set()
    with _damage_told(), gzip.GzipFile(fileobj=stream, mode="rb") as unzipped:
        tar = tarfile.open(fileobj=unzipped, mode="r|", errorlevel=2)  # noqa: SIM115 -- nothing is to be closed
        for entry in tar:
            name, content = entry.name, tar.extractfile(entry) if entry.isreg() else None
            if content is None or not _is_part(name) or name in names:
                raise DamagedBackup(f"it holds something that no backup holds: {name[:100]!r}")
            names.add(name)
            yield name, entry.size, HashingReader(content)
    if MANIFEST not in names:
        raise DamagedBackup("it is incomplete: its end is missing")


def parse_header(content: bytes) -> BackupHeader:
    """Read the header. Raises NewerBackup for a format that this program does not know, and DamagedBackup."""
    values = _parsed(content)
    try:
        if int(values["format"]) > FORMAT:
            raise NewerBackup(
                f"It was made by a newer version of dnk-tool ({values.get('program')}). Install that version."
            )
        header = BackupHeader(**{name: values[name] for name in BackupHeader.__slots__})
        if header.moment.tzinfo is None:
            raise ValueError("a time needs its zone")
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedBackup("its header cannot be read") from error
    return header


def parse_manifest(content: bytes) -> Manifest:
    """Read the manifest. Raises DamagedBackup."""
    values = _parsed(content)
    try:
        parts = {str(name): (int(size), str(sha256)) for name, (size, sha256) in values["parts"].items()}
        rows = {str(name): int(count) for name, count in values["rows"].items()}
        return Manifest(parts, rows, tuple(map(str, values["missing"])))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedBackup("its manifest cannot be read") from error


def is_instance_file(path: str) -> bool:
    """Whether a path, relative to the instance folder, is one that backups hold."""
    return _INSTANCE_FILE.fullmatch(path) is not None


@contextmanager
def _damage_told() -> Iterator[None]:
    """Raise DamagedBackup for what the libraries raise of an incomplete or changed file."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedBackup("it is incomplete or damaged, or no backup at all") from error


def _is_part(name: str) -> bool:
    if name in (HEADER, DATABASE, MANIFEST):
        return True
    if name.startswith(INSTANCE):
        return is_instance_file(name.removeprefix(INSTANCE))
    return name.startswith(EVIDENCE) and parse_blob_path(name.removeprefix(EVIDENCE)) is not None


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1).encode()


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except ValueError as error:
        raise DamagedBackup("its notes cannot be read") from error
    if not isinstance(values, dict):
        raise DamagedBackup("its notes cannot be read")
    return values
