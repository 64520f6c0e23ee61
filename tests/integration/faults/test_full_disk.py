"""The disk is full: who saves hears so and keeps the text, others read on, and nothing confirmed is lost."""

import json
import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event

from dnk_tool.web.http import health
from tests.e2e.driving import Client, Server
from tests.load.writers import Writer, seed_writers

pytestmark = pytest.mark.faults

MEGABYTE = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 100 MB, which only root may make."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_disk(file: Path) -> None:
    """Take all the room that is left."""
    with file.open("wb", buffering=0) as out:
        for size in (MEGABYTE, 4096, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                continue


@pytest.mark.sqlite
def test_r5_a_full_disk_loses_nothing_and_needs_no_new_start(small_disk: Path) -> None:
    server = Server(small_disk)
    try:
        [first, second] = seed_writers(server, 2, are_empty=True)
        server.start()
        writer, other, visitor = Writer(server.port, *first), Writer(server.port, *second), Client(server)
        assert all(writer.save() for _ in range(5))
        assert visitor.request("GET", "/health/ready")[0] == 200
        fill_disk(small_disk / "filling")
        tries = 0
        while writer.save():  # what the log of SQLite has room for already
            tries += 1
            assert tries < 2_000
        assert not other.save()
        assert writer.refused.keys() == other.refused.keys() == {"503 unavailable"}
        assert writer.request("GET", f"/erklaerungen/{first[1]}/")[0] == 200
        status, body = visitor.request("GET", "/health/ready")
        assert (status, json.loads(body)["problems"]) == (503, ["disk"])
        assert visitor.request("GET", "/healthz")[0] == 200
        (small_disk / "filling").unlink()
        assert writer.save()
        assert other.save()
        assert visitor.request("GET", "/health/ready")[0] == 200
        with closing(sqlite.connect(server.instance / "dnk.sqlite3")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            kept = [
                json.loads(row[0])["text"] for row in database.execute("SELECT content FROM answer_revision")
            ]
        assert not {*writer.confirmed, *other.confirmed} - set(kept)
        assert len(kept) == len(writer.confirmed) + len(other.confirmed)
        writer.close()
        other.close()
    finally:
        server.close()


def test_readiness_tells_of_a_full_disk_once_in_the_log(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = app.test_client()
    assert client.get("/health/ready").get_json() == {"status": "ok"}
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 70)
    for _ in range(2):
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.get_json()["problems"]) == (503, ["disk"])
        assert answer.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200
    monkeypatch.undo()
    assert client.get("/health/ready").status_code == 200
    assert [record.getMessage() for record in caplog.records] == ["ready but for: disk", "ready but for: -"]


@pytest.mark.own_app
def test_readiness_tells_of_a_lost_database(app: Flask) -> None:
    app.testing, engine = False, app.extensions["dnk_engine"]
    engine.dispose()

    @event.listens_for(engine, "do_connect")
    def refuse(*_given: object) -> None:
        raise engine.dialect.dbapi.OperationalError("unable to open /secret/path")

    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.get_json()["problems"]) == (503, ["database"])
    event.remove(engine, "do_connect", refuse)
    assert app.test_client().get("/health/ready").status_code == 200
