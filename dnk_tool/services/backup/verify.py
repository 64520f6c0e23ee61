"""Reads a whole backup and compares everything in it with what it says of itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dnk_tool.services.backup.age import decrypted
from dnk_tool.services.backup.disk_space import require_space
from dnk_tool.store import schema
from dnk_tool.store.backup import database_copy
from dnk_tool.store.backup.archive import (
    DATABASE,
    EVIDENCE,
    HEADER,
    INSTANCE,
    MANIFEST,
    MOST_NOTE_BYTES,
    BackupHeader,
    DamagedBackup,
    HashingReader,
    Manifest,
    NewerBackup,
    parse_header,
    parse_manifest,
    read_parts,
)


@dataclass(frozen=True)
class CheckedBackup:
    """A backup that is what it says. `database` lies in the folder it was read into; `files`: by path."""

    header: BackupHeader
    manifest: Manifest
    database: Path
    files: dict[str, bytes]

    @property
    def contents(self) -> int:
        """How many contents of evidence it holds."""
        return sum(name.startswith(EVIDENCE) for name in self.manifest.parts)


def check_backup(file: Path, folder: Path, *, identity: Path | None = None) -> CheckedBackup:
    """Read the backup to its end, with its database written into the private folder.

    Compares the hash of each part, the rows of each table and the contents that the database needs, and lets
    SQLite check every page. Raises DamagedBackup, NewerBackup, DiskShort, OSError, and what `age.decrypted`
    raises.
    """
    database = folder / "checked.sqlite3"
    seen: dict[str, tuple[int, str]] = {}
    files: dict[str, bytes] = {}
    notes: dict[str, bytes] = {}
    with decrypted(file, identity) as stream:
        for name, size, content in read_parts(stream):
            if not seen and name != HEADER:
                raise DamagedBackup("it is no backup of dnk-tool")
            if name == DATABASE:
                require_space(folder, size)
                _save(content, database)
            elif name.startswith(EVIDENCE):
                for _piece in content.pieces():
                    pass
            else:
                if size > MOST_NOTE_BYTES:
                    raise DamagedBackup(f"{name[:100]!r} is larger than any such file")
                notes[name] = content.read()
                if name == HEADER:
                    _refuse_newer(parse_header(notes[name]))
                elif name.startswith(INSTANCE):
                    files[name.removeprefix(INSTANCE)] = notes[name]
            seen[name] = (size, content.sha256)
    header, manifest = parse_header(notes[HEADER]), parse_manifest(notes[MANIFEST])
    del seen[MANIFEST]
    _compare(seen, manifest)
    _check_database(database, manifest)
    return CheckedBackup(header, manifest, database, files)


@contextmanager
def evidence_of(file: Path, identity: Path | None, count: int) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Path in the store and content of each of the `count` contents of evidence, wherever they stand.

    What comes after the last of them is not read again. Raises as `check_backup` does.
    """
    with decrypted(file, identity) as stream:
        contents = (
            (name.removeprefix(EVIDENCE), content.read())
            for name, _size, content in read_parts(stream)
            if name.startswith(EVIDENCE)
        )
        yield islice(contents, count)


def _refuse_newer(header: BackupHeader) -> None:
    if not schema.is_known_revision(header.schema):
        raise NewerBackup(
            f"It was made by a newer version of dnk-tool ({header.program}, schema {header.schema}). "
            "Install that version, then restore."
        )


def _compare(seen: dict[str, tuple[int, str]], manifest: Manifest) -> None:
    for name, told in manifest.parts.items():
        if name not in seen:
            raise DamagedBackup(f"{name!r} is missing")
        if seen[name] != told:
            raise DamagedBackup(f"{name!r} was changed")
    if additional := seen.keys() - manifest.parts.keys():
        raise DamagedBackup(f"{sorted(additional)[0]!r} was added")
    for name, (_size, sha256) in seen.items():
        if name.startswith(EVIDENCE) and not name.endswith(sha256):
            raise DamagedBackup(f"{name!r} has another content than its name says")
    if DATABASE not in seen:
        raise DamagedBackup("its database is missing")


def _check_database(database: Path, manifest: Manifest) -> None:
    if problem := database_copy.problem_of(database):
        raise DamagedBackup(f"its database is not sound: {problem}")
    if database_copy.count_rows(database) != manifest.rows:
        raise DamagedBackup("its database has other numbers of rows than it says")
    with database_copy.opened_copy(database) as source:
        paths = {key.path for key in database_copy.contents_of(source)}
    held = {name.removeprefix(EVIDENCE) for name in manifest.parts if name.startswith(EVIDENCE)}
    if absent := paths - held - set(manifest.missing):
        raise DamagedBackup(f"the content {sorted(absent)[0]} is missing")


def _save(content: HashingReader, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in content.pieces():
            file.write(piece)
