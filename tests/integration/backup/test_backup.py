"""`dnk backup`: one private file with everything in it, or nothing at all."""

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool.config import Settings
from dnk_tool.services.backup import disk_space
from dnk_tool.store.evidence.blob_store import BlobKey
from dnk_tool.store.tables.evidence import EvidenceFile
from tests.integration.backup import drill_steps
from tests.integration.backup.conftest import Dnk
from tests.support.app import database_session

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def names_in_archive(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def rewritten(file: Path, target: Path, *, change: str = "", add: tarfile.TarInfo | None = None) -> Path:
    """The backup with a part's last byte changed, or with an entry more."""
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as tar:
        for entry in source:
            content = source.extractfile(entry)
            assert content
            read = content.read()
            if change and entry.name.startswith(change):
                read = read[:-1] + bytes([read[-1] ^ 1])
            tar.addfile(entry, io.BytesIO(read))
            if add and entry.name == "backup.json":
                tar.addfile(add, io.BytesIO(b"x" * add.size))
    return target


def test_r12_a_backup_holds_everything_in_one_private_file(full: Flask, backup_file: Path, dnk: Dnk) -> None:
    assert backup_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup_file.parent.glob(".dnk-backup-*")] == []
    with database_session(full) as session:
        evidence = session.scalars(select(EvidenceFile)).one()
        key = BlobKey(evidence.organisation_id, evidence.sha256)
    held = names_in_archive(backup_file)
    assert {
        "database.sqlite3",
        "instance/secret-key",
        "instance/config.toml",
        "instance/environment.toml",
        "instance/erasures.log",
        "instance/pages/imprint.de.txt",
        "instance/seal/public/2026.pem",
        f"evidence/{key.path}",
    } < set(held)
    assert (held[0], held[-1]) == ("backup.json", "manifest.json")
    done = dnk(full.extensions["dnk_settings"], "backup", "verify", backup_file)
    assert done.exit_code == 0, done.output
    assert "complete and unchanged" in done.output
    assert "3  account" in done.output
    assert "1 files" in done.output


def test_r12_the_file_is_private_from_its_first_byte(
    full: Flask, dnk: Dnk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the umask: even while it is written, nobody else could open it."""
    seen: list[int] = []
    open_file = os.open

    def watch(path: object, flags: int, mode: int = 0o777, **more: int) -> int:
        descriptor = open_file(str(path), flags, mode, **more)
        if flags & os.O_CREAT and ".dnk-backup-" in str(path):
            seen.append(os.fstat(descriptor).st_mode & 0o777)
            seen.append(Path(str(path)).parent.stat().st_mode & 0o777)
        return descriptor

    monkeypatch.setattr(os, "open", watch)
    former = os.umask(0)
    try:
        assert dnk(full.extensions["dnk_settings"], "backup", tmp_path / "b").exit_code == 0
    finally:
        os.umask(former)
    assert seen
    assert set(seen) == {0o600, 0o700}
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_never_replaced(full: Flask, backup_file: Path, dnk: Dnk) -> None:
    before = backup_file.read_bytes()
    done = dnk(full.extensions["dnk_settings"], "backup", backup_file)
    assert done.exit_code == 1
    assert "there already" in done.output
    assert backup_file.read_bytes() == before


def test_a_file_system_without_links_takes_a_backup(
    full: Flask, dnk: Dnk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a memory stick's; what is there already is not replaced there either."""

    def refuse(_source: Path, target: Path) -> None:
        if target.exists():
            raise FileExistsError(target)
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr("dnk_tool.services.backup.create.os.link", refuse)
    settings, file = full.extensions["dnk_settings"], tmp_path / "stick.dnk"
    assert dnk(settings, "backup", file).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert dnk(settings, "backup", "verify", file).exit_code == 0
    before = file.read_bytes()
    assert dnk(settings, "backup", file).exit_code == 1
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_too_little_space_is_said_before_anything_is_written(
    full: Flask, dnk: Dnk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_space, "RESERVE_BYTES", shutil.disk_usage(tmp_path).total)
    done = dnk(full.extensions["dnk_settings"], "backup", tmp_path / "b")
    assert done.exit_code == 1
    assert "too full" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing(full: Flask, dnk: Dnk, tmp_path: Path) -> None:
    done = dnk(full.extensions["dnk_settings"], "backup", "--recipient", "nonsense", tmp_path / "b")
    assert done.exit_code == 1
    assert "age" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_stopped_leaves_nothing(full: Flask, tmp_path: Path) -> None:
    """Stopped as soon as it writes: it either ends before, or takes away what it began."""
    settings: Settings = full.extensions["dnk_settings"]
    environment = drill_steps.environment(settings)
    with subprocess.Popen([*drill_steps.DNK, "backup", tmp_path / "b"], env=environment) as process:
        while not list(tmp_path.iterdir()) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGTERM)
    assert {path.name for path in tmp_path.iterdir()} <= {"b"}


def test_a_missing_file_of_evidence_is_named_and_the_rest_is_backed_up(
    full: Flask, dnk: Dnk, tmp_path: Path
) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    [content] = [path for path in (settings.instance / "evidence").rglob("*") if path.is_file()]
    content.unlink()
    done = dnk(settings, "backup", tmp_path / "b")
    assert done.exit_code == 0
    assert content.name in done.output
    done = dnk(settings, "backup", "verify", tmp_path / "b")
    assert done.exit_code == 0
    assert content.name in done.output


@pytest.mark.parametrize("part", ["database.sqlite3", "evidence/", "instance/pages", "instance/secret-key"])
def test_a_changed_part_is_found(full: Flask, backup_file: Path, dnk: Dnk, tmp_path: Path, part: str) -> None:
    changed = rewritten(backup_file, tmp_path / "changed", change=part)
    done = dnk(full.extensions["dnk_settings"], "backup", "verify", changed)
    assert done.exit_code == 1
    assert "was changed" in done.output


def outside_link(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return entry


def file_named(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = 3
    return entry


OUTSIDE = (
    file_named("../outside"),
    file_named("/etc/outside"),
    file_named("instance/pages/../../outside"),
    file_named("instance/pages/.hidden"),
    file_named("instance/setup-token"),
    file_named("evidence/1/../../outside"),
    outside_link("instance/pages/imprint.en.txt"),
    outside_link("instance/factors/x"),
)


def test_an_archive_cannot_lead_outside(
    backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    for entry in OUTSIDE:
        forged = rewritten(backup_file, tmp_path / "forged", add=entry)
        done = dnk(elsewhere, "restore", forged)
        assert done.exit_code == 1, entry.name
        assert "no backup holds" in done.output, entry.name
        assert {path.name for path in elsewhere.instance.rglob("*")} == set(), entry.name
        assert {path.name for path in tmp_path.iterdir()} == {"backup.tar.gz", "elsewhere", "forged"}


def test_what_is_cut_off_or_no_backup_is_refused(
    full: Flask, backup_file: Path, dnk: Dnk, tmp_path: Path
) -> None:
    whole = backup_file.read_bytes()
    unzipped = gzip.decompress(whole)
    cases = {
        "cut": whole[: len(whole) // 2],
        "cut between two parts": gzip.compress(unzipped[: unzipped.rindex(b"manifest.json")]),
        "empty": b"",
        "text": b"no backup",
        "zipped text": gzip.compress(b"no backup"),
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        done = dnk(full.extensions["dnk_settings"], "backup", "verify", tmp_path / name)
        assert done.exit_code == 1, name
        assert "cannot be used" in done.output, name


def test_encrypted_with_age_it_opens_with_the_key_alone(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    if shutil.which("age") is None:
        pytest.skip("the program age is not installed")
    key, file, settings = tmp_path / "key", tmp_path / "b.age", full.extensions["dnk_settings"]
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    told = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
    assert dnk(settings, "backup", "--recipient", told.stdout.strip(), file).exit_code == 0
    assert b"Beck" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    done = dnk(settings, "backup", "verify", file)
    assert done.exit_code == 1
    assert "--identity" in done.output
    assert dnk(settings, "backup", "verify", "--identity", key, file).exit_code == 0
    (tmp_path / "cut.age").write_bytes(file.read_bytes()[:-100])
    assert dnk(settings, "backup", "verify", "--identity", key, tmp_path / "cut.age").exit_code == 1
    assert dnk(elsewhere, "restore", "--identity", key, file).exit_code == 0


def test_without_age_an_encrypted_backup_says_what_is_missing(
    full: Flask, dnk: Dnk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    done = dnk(full.extensions["dnk_settings"], "backup", "--recipient", "age1x", tmp_path / "b")
    assert done.exit_code == 1
    assert "age is not installed" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_a_newer_program_is_refused(
    backup_file: Path, dnk: Dnk, tmp_path: Path, elsewhere: Settings
) -> None:
    newer = tmp_path / "newer"
    with tarfile.open(backup_file) as source, tarfile.open(newer, "w:gz") as tar:
        for entry in source:
            content = source.extractfile(entry)
            assert content
            read = content.read()
            if entry.name == "backup.json":
                read = json.dumps(json.loads(read) | {"schema": "9999", "program": "7.0"}).encode()
                entry.size = len(read)
            tar.addfile(entry, io.BytesIO(read))
    done = dnk(elsewhere, "restore", newer)
    assert done.exit_code == 1
    assert "newer version of dnk-tool (7.0" in done.output
    assert not list(elsewhere.instance.rglob("*.sqlite3"))


@pytest.mark.parametrize("command", ["nightly", "file"])
def test_a_mistyped_instance_is_no_success(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings, command: str
) -> None:
    done = dnk(elsewhere, "backup", "nightly" if command == "nightly" else tmp_path / "b")
    assert done.exit_code == 1
    assert f"DNK_INSTANCE ({elsewhere.instance})" in done.output
    assert not (tmp_path / "b").exists()
    assert list(elsewhere.instance.iterdir()) == []


def test_a_damaged_database_is_told_without_a_traceback(full: Flask, dnk: Dnk, tmp_path: Path) -> None:
    settings: Settings = full.extensions["dnk_settings"]
    full.extensions["dnk_engine"].dispose()
    (settings.instance / "broken").mkdir()
    broken = Settings(instance=settings.instance / "broken")
    (broken.instance / "dnk.sqlite3").write_bytes(b"no database " * 1000)
    done = dnk(broken, "backup", tmp_path / "b")
    assert done.exit_code == 1
    assert "The database cannot be used: file is not a database" in done.output
