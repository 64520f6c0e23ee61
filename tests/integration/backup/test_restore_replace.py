"""`dnk restore --replace`: what was there before is kept, and what was damaged is whole again."""

import subprocess
import sys
import tarfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dnk_tool.config import Settings
from dnk_tool.services.accounts import first_start
from dnk_tool.services.backup import restore as restoring
from tests.integration.backup.conftest import Dnk
from tests.integration.backup.test_restore import ON_SQLITE, emails, erase_person

HOLD = (
    "import sys; from dnk_tool.store.database import make_engine; from sqlalchemy import text;"
    "c = make_engine(sys.argv[1]).connect(); c.execute(text('SELECT count(*) FROM account'));"
    "c.rollback(); print('held', flush=True); sys.stdin.read()"
)
HOLD_WITHOUT_WAL = (
    "import sys, sqlite3; c = sqlite3.connect(sys.argv[1].removeprefix('sqlite:///'), isolation_level=None);"
    "c.execute('PRAGMA journal_mode=TRUNCATE'); c.execute('BEGIN IMMEDIATE');"
    "print('held', flush=True); sys.stdin.read()"
)


def hold(url: str, program: str = HOLD) -> "subprocess.Popen[bytes]":
    """Another process that has the database open, as a server does."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline().strip() == b"held"
    return process


def unnamed(file: Path, target: Path) -> Path:
    """The backup as it was made of an installation from before installations had names."""
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as tar:
        parts = {entry.name: source.extractfile(entry).read() for entry in source}  # type: ignore[union-attr]
        header = loads(parts["backup.json"]) | {"installation": ""}
        manifest = loads(parts["manifest.json"])
        manifest["parts"].pop("instance/erasures.log")
        parts.pop("instance/erasures.log")
        parts |= {"backup.json": dumps(header).encode()}
        parts["manifest.json"] = dumps(_described(manifest, "backup.json", parts["backup.json"])).encode()
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    return target


def _described(manifest: dict[str, Any], name: str, content: bytes) -> dict[str, Any]:

    return manifest | {"parts": manifest["parts"] | {name: (len(content), sha256(content).hexdigest())}}


@ON_SQLITE
def test_every_replaced_file_is_kept_privately_and_in_no_backup(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    (settings.instance / "seal/private.pem").write_text("the backup's")
    assert dnk(settings, "backup", tmp_path / "b").exit_code == 0
    (settings.instance / "seal/private.pem").write_text("the newer")
    (settings.instance / "pages/imprint.de.txt").write_text("newer words")
    log = (settings.instance / "erasures.log").read_bytes() + b"2026-01-01T00:00:00+00:00 77\n"
    (settings.instance / "erasures.log").write_bytes(log)
    full.extensions["dnk_engine"].dispose()
    done = dnk(settings, "restore", "--replace", tmp_path / "b")
    assert done.exit_code == 0, done.output
    [before] = settings.instance.glob("before-*")
    assert before.stat().st_mode & 0o777 == 0o700
    kept = {str(file.relative_to(before)): file for file in before.rglob("*") if file.is_file()}
    assert {"seal/private.pem", "pages/imprint.de.txt"} <= set(kept)
    assert "seal/public/2026.pem" not in kept, "it did not change"
    assert kept["seal/private.pem"].read_text() == "the newer"
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept.values())
    assert "private.pem" in done.output
    assert (settings.instance / "seal/private.pem").read_text() == "the backup's"
    assert "00:00+00:00 77" in (settings.instance / "erasures.log").read_text()
    assert dnk(settings, "backup", tmp_path / "next").exit_code == 0
    with tarfile.open(tmp_path / "next") as tar:
        assert not [name for name in tar.getnames() if "before-" in name]


@ON_SQLITE
def test_a_log_of_erasures_that_is_replaced_is_kept(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    elsewhere.instance.mkdir()
    foreign = "# erasures of another\n2026-01-01T00:00:00+00:00 1\n"
    (elsewhere.instance / "erasures.log").write_text(foreign)
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    [before] = elsewhere.instance.glob("before-*")
    assert (before / "erasures.log").read_text() == foreign


@ON_SQLITE
@pytest.mark.parametrize("is_given", [True, False], ids=["given", "own"])
def test_a_backup_from_before_installations_had_names_takes_the_log(
    full: Flask, backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings, is_given: bool
) -> None:
    """Whoever was erased after it was made stays so, though the backup cannot say whose log it is."""
    old = unnamed(backup_file, tmp_path / "old")
    erase_person(full, "petra@example.org")
    log = full.extensions["dnk_settings"].instance / "erasures.log"
    elsewhere.instance.mkdir()
    if not is_given:
        (elsewhere.instance / "erasures.log").write_bytes(log.read_bytes())
    done = dnk(elsewhere, "restore", *(["--erasures", log] if is_given else []), old)
    assert done.exit_code == 0, done.output
    assert "petra@example.org" not in emails(elsewhere)
    assert ("No erasure after" in done.output) == is_given
    assert " 1\n" in (elsewhere.instance / "erasures.log").read_text()


def test_a_server_started_while_the_backup_is_read_is_noticed(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    put: Callable[..., None] = restoring._put_evidence
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: Any) -> None:
        put(*arguments)
        started.append(hold(elsewhere.database))

    monkeypatch.setattr(restoring, "_put_evidence", start)
    (elsewhere.instance / "pages/imprint.de.txt").write_text("newer words")
    done = dnk(elsewhere, "restore", "--replace", backup_file)
    started[0].communicate(b"")
    assert done.exit_code == 1, done.output
    assert "Stop the server" in done.output
    assert (elsewhere.instance / "pages/imprint.de.txt").read_text() == "newer words"
    assert not list(elsewhere.instance.glob("*before-*"))


@ON_SQLITE
def test_a_transaction_without_wal_is_noticed(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    """As on machines whose SQLite is too old for WAL."""
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    process = hold(elsewhere.database, HOLD_WITHOUT_WAL)
    done = dnk(elsewhere, "restore", "--replace", backup_file)
    process.communicate(b"")
    assert done.exit_code == 1, done.output
    assert "Stop the server" in done.output


@ON_SQLITE
def test_damaged_evidence_is_whole_again(
    full: Flask, backup_file: Path, dnk: Dnk, elsewhere: Settings
) -> None:
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    [content] = [file for file in (elsewhere.instance / "evidence").rglob("*") if file.is_file()]
    whole = content.read_bytes()
    content.write_bytes(whole[:-1] + b"?")
    assert dnk(elsewhere, "evidence", "check").exit_code == 1
    assert dnk(elsewhere, "restore", "--replace", backup_file).exit_code == 0
    assert content.read_bytes() == whole


@ON_SQLITE
def test_the_mark_of_a_demo_goes_with_the_demo(
    full: Flask, backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    assert dnk(elsewhere, "restore", backup_file).exit_code == 0
    first_start.mark_as_demo(elsewhere.instance)
    assert dnk(elsewhere, "backup", tmp_path / "demo").exit_code == 0
    assert dnk(elsewhere, "restore", "--replace", backup_file).exit_code == 0
    assert not first_start.is_demo(elsewhere.instance)
    assert dnk(elsewhere, "restore", "--replace", tmp_path / "demo").exit_code == 0
    assert first_start.is_demo(elsewhere.instance)
