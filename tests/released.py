"""What earlier releases made, kept in tests/data/released: how it is read and put back into use."""

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

FOLDER = Path(__file__).parent / "data" / "released"
SQLITE, POSTGRESQL, RECORDED = "sqlite.sql.gz", "postgresql.sql.gz", "recorded.json"
INSTANCE, VERSIONS, DRAFTS, PDFS = "instance", "versions", "drafts", "pdfs"
PUBLIC_URL = "https://dnk.example.de"


@dataclass(frozen=True)
class Version:
    """A frozen version as it was handed out then. `seal` is empty for one without."""

    declaration: int
    number: int
    owner: str
    is_final: bool
    sha256: str
    code: str
    content: bytes
    seal: str

    @property
    def name(self) -> str:
        return f"{self.declaration}-{self.number}"


@dataclass(frozen=True)
class Release:
    """The folder of one release."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def recorded(self) -> dict[str, Any]:
        """What was noted when the folder was made."""
        record: dict[str, Any] = json.loads((self.folder / RECORDED).read_text("utf-8"))
        return record

    @property
    def made_at(self) -> datetime:
        """The moment that was "now" in the instance."""
        return datetime.fromisoformat(self.recorded["made_at"]).astimezone(UTC)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """All frozen versions, in the order of their names."""
        return tuple(self._version(entry) for entry in self.recorded["versions"])

    @property
    def finished(self) -> tuple[Version, ...]:
        """Those that nobody has to decide on any more."""
        return tuple(version for version in self.versions if version.is_final)

    @property
    def drafts(self) -> dict[int, bytes]:
        """What each declaration in work said, as it was exported."""
        return {int(path.stem): path.read_bytes() for path in (self.folder / DRAFTS).glob("*.json")}

    @property
    def pdfs(self) -> dict[str, Path]:
        """Some of the versions as they were printed, by name."""
        return {path.stem: path for path in sorted((self.folder / PDFS).glob("*.pdf"))}

    def put_instance(self, folder: Path) -> Path:
        """Lay the instance folder down as its server had it, without the database."""
        shutil.copytree(self.folder / INSTANCE, folder)
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        return folder

    def fill_sqlite(self, file: Path) -> str:
        """Make the SQLite file; gives its address."""
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_unpacked(self.folder / SQLITE))
        return f"sqlite:///{file}"

    def fill_postgresql(self, url: str) -> str:
        """Fill an empty PostgreSQL database; gives its address."""
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(_unpacked(self.folder / POSTGRESQL).encode())
        return url

    def _version(self, said: dict[str, Any]) -> Version:
        path = self.folder / VERSIONS / f"{said['declaration']}-{said['number']}.json"
        seal = path.with_suffix(".sig")
        return Version(
            **said, content=path.read_bytes(), seal=seal.read_text("utf-8") if seal.exists() else ""
        )


def _unpacked(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


RELEASES = tuple(Release(folder) for folder in sorted(FOLDER.iterdir()) if folder.is_dir())
