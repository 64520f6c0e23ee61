"""Where backups work: beside nothing that must not see it, and undisturbed by each other."""

import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from dnk_tool.config import Settings
from dnk_tool.services.backup import disk_space, verify
from dnk_tool.services.backup.disk_space import private_folder, remove_leftovers
from dnk_tool.store import database
from dnk_tool.store.backup import database_copy
from dnk_tool.store.backup.archive import HashingReader
from dnk_tool.store.database import UnsafeStorage
from dnk_tool.store.privacy import erasure_log
from tests.integration.backup import drill_steps
from tests.integration.backup.conftest import Dnk


def test_the_plain_database_never_lies_where_the_backup_does(
    full: Flask, dnk: Dnk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An encrypted backup may go to a medium that must not see more, and onto a network mount."""
    settings, medium, seen = full.extensions["dnk_settings"], tmp_path / "medium", list[Path]()
    medium.mkdir()

    def copy(engine: Engine, file: Path) -> None:
        seen.append(file)
        copy_to_file(engine, file)

    def save(content: HashingReader, target: Path) -> None:
        seen.append(target)
        save_part(content, target)

    copy_to_file, save_part = database_copy.copy_to_file, verify._save
    monkeypatch.setattr(database_copy, "copy_to_file", copy)
    monkeypatch.setattr(verify, "_save", save)
    assert dnk(settings, "backup", medium / "b").exit_code == 0
    assert dnk(settings, "backup", "verify", medium / "b").exit_code == 0
    assert len(seen) == 2
    assert not [file for file in seen if file.is_relative_to(medium)]
    assert not [file for file in seen if file.parent.exists()]


def test_leftovers_that_a_process_still_uses_stay(tmp_path: Path) -> None:
    """The nightly backup tidies the folder in which a command may be at work."""
    use = (
        "import sys; from pathlib import Path\n"
        "from dnk_tool.services.backup.disk_space import private_folder\n"
        "with private_folder(Path(sys.argv[1])) as folder:\n"
        "    print(folder, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", use, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        remove_leftovers(tmp_path)
        assert folder.exists()
        process.kill()
        process.wait()
    assert folder.exists()
    remove_leftovers(tmp_path)
    assert not folder.exists()
    with private_folder(tmp_path) as own:
        remove_leftovers(tmp_path)
        assert own.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["verify", "restore"])
def test_a_stopped_command_takes_its_folder_away(full: Flask, dnk: Dnk, tmp_path: Path, command: str) -> None:
    """Stopped while it waits for the rest of the backup, here of a pipe that nobody fills."""
    home = tmp_path / "home"
    home.mkdir()
    settings = full.extensions["dnk_settings"].model_copy(update={"instance": home, "database_url": ""})
    file = tmp_path / "b"
    assert dnk(full.extensions["dnk_settings"], "backup", file).exit_code == 0
    program = (
        "import signal; from dnk_tool.services.backup import verify; from dnk_tool.cli.main import main\n"
        "verify._check_database = lambda *_: (print('reads', flush=True), signal.pause())\n"
        "main()"
    )
    arguments = ["backup", "verify"] if command == "verify" else ["restore"]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments, file],
        env=drill_steps.environment(settings, TMPDIR=str(home)),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == "reads"
        at_work = list(home.glob(".dnk-backup-*"))
        process.send_signal(signal.SIGTERM)
    assert at_work
    assert not list(home.glob(".dnk-backup-*"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", ["backup", "verify", "restore"])
def test_what_a_killed_command_left_goes_with_the_next_one(
    full: Flask,
    backup_file: Path,
    dnk: Dnk,
    tmp_path: Path,
    elsewhere: Settings,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    home = {
        "backup": full.extensions["dnk_settings"].instance,
        "verify": tmp_path,
        "restore": elsewhere.instance,
    }
    left = home[command] / ".dnk-backup-killed"
    left.mkdir(parents=True)
    (left / "database").write_bytes(b"half")
    others = tmp_path / "others"
    others.mkdir()
    (home[command] / ".dnk-backup-elsewhere").symlink_to(others)
    if command == "backup":
        done = dnk(full.extensions["dnk_settings"], "backup", tmp_path / "next")
    else:
        done = dnk(elsewhere, *(["backup", "verify"] if command == "verify" else ["restore"]), backup_file)
    assert done.exit_code == 0, done.output
    assert not left.exists()
    assert not list(others.iterdir()), "nobody leads the program elsewhere"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_instance_on_the_network_works_with_postgresql(
    full: Flask, dnk: Dnk, tmp_path: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite, into which every backup copies, refuses network mounts; PostgreSQL's own data lie elsewhere."""
    settings: Settings = full.extensions["dnk_settings"]
    elsewhere.instance.mkdir()
    mounted = (settings.instance, elsewhere.instance)

    def refuse(folder: Path) -> None:
        if any(folder.is_relative_to(mount) for mount in mounted):
            raise UnsafeStorage

    monkeypatch.setattr(database, "refuse_network_file_system", refuse)
    monkeypatch.setattr(disk_space, "refuse_network_file_system", refuse)
    done = dnk(settings, "backup", tmp_path / "b")
    assert done.exit_code == 0, done.output
    done = dnk(elsewhere, "restore", tmp_path / "b")
    assert done.exit_code == 0, done.output


def test_the_log_of_another_installation_in_the_same_folder_stays(tmp_path: Path) -> None:
    """Thrown away, it could not erase again whom the other's next restore brings back."""
    folder, one, other = tmp_path / "backups", tmp_path / "one", tmp_path / "other"
    for home, name in ((one, "aa"), (other, "bb")):
        home.mkdir()
        (home / "erasures.log").write_text(f"# erasures of {name}\n2026-01-01T00:00:00+00:00 1\n")
    for home in (one, other, one, other):
        erasure_log.log_erasure(home, 2, datetime(2026, 1, 2, tzinfo=UTC))
        erasure_log.copy_log(home, folder)
    for home, name in ((one, "aa"), (other, "bb")):
        lines = set(erasure_log.read_log(home).splitlines())
        assert set(erasure_log.logs_in(folder, name).splitlines()) == lines
