"""Every store of contents keeps the same promises: a folder, and a real S3 server on a port of its own."""

import errno
import hashlib
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnk_tool import config
from dnk_tool.store.evidence.blob_store import (
    CHUNK_BYTES,
    BlobKey,
    BlobMissing,
    BlobStore,
    StorageDown,
    StorageFull,
    parse_blob_path,
)
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.store.evidence.file_blob_store import FileBlobStore
from dnk_tool.store.evidence.s3_blob_store import S3BlobStore
from tests.support.machine import free_port

SERVER = "from moto.server import main; main()"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of an S3 server that ends with this module."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-c", SERVER, "-H", "127.0.0.1", "-p", str(port)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], **quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(900):
            try:
                urlopen(Request(f"{address}/dnk", method="PUT"), timeout=60).close()
                break
            except URLError:
                assert server.poll() is None
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(60)


def s3_settings(folder: Path, address: str, bucket: str = "dnk") -> config.Settings:
    return config.load_settings(
        instance=folder,
        evidence_store="s3",
        evidence_bucket=bucket,
        evidence_endpoint=address,
        evidence_access_key="key",
        evidence_secret_key="secret",
    )


@pytest.fixture(params=["files", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    if request.param == "files":
        yield open_blob_store(config.load_settings(instance=tmp_path))
        return
    store = open_blob_store(s3_settings(tmp_path, request.getfixturevalue("s3_server")))
    yield store
    for blob in list(store.all()):
        store.delete_path(blob.path)


def key(content: bytes, owner: int = 7) -> BlobKey:
    return BlobKey(owner, hashlib.sha256(content).hexdigest())


def put_content(blobs: BlobStore, content: bytes, owner: int = 7) -> BlobKey:
    blob_key = key(content, owner)
    blobs.put(blob_key, content)
    return blob_key


# ---- The same for every store


def test_what_was_put_comes_back_in_pieces(blobs: BlobStore) -> None:
    content = os.urandom(3 * CHUNK_BYTES + 5)
    pieces = list(blobs.open(put_content(blobs, content)))
    assert b"".join(pieces) == content
    assert len(pieces) > 1


def test_what_is_not_there_is_missing_at_once(blobs: BlobStore) -> None:
    with pytest.raises(BlobMissing):
        blobs.open(key(b"never"))
    assert not blobs.exists(key(b"never"))
    blobs.delete(key(b"never"))


def test_a_look_at_the_store_changes_nothing(blobs: BlobStore) -> None:
    blobs.check()
    put_content(blobs, b"a")
    blobs.check()
    assert [stored.key for stored in blobs.all()] == [key(b"a")]


def test_putting_twice_is_putting_once(blobs: BlobStore) -> None:
    blob_key = put_content(blobs, b"a bill")
    put_content(blobs, b"a bill")
    assert [blob.key for blob in blobs.all()] == [blob_key]


def test_companies_share_nothing(blobs: BlobStore) -> None:
    own, other = put_content(blobs, b"same", 7), put_content(blobs, b"same", 8)
    blobs.delete(own)
    assert not blobs.exists(own)
    assert b"".join(blobs.open(other)) == b"same"


def test_all_names_what_lies_there_and_when_it_came(blobs: BlobStore) -> None:
    keys = {put_content(blobs, text.encode(), owner) for owner in (7, 12) for text in ("a", "b")}
    stored_blobs = list(blobs.all())
    assert {blob.key for blob in stored_blobs} == keys
    assert {blob.path for blob in stored_blobs} == {blob_key.path for blob_key in keys}
    assert all(abs(blob.changed_at.timestamp() - time.time()) < 120 for blob in stored_blobs)
    blobs.delete_path(stored_blobs[0].path)
    assert len(list(blobs.all())) == 3


# ---- The folder


def test_nobody_else_on_the_machine_can_read_a_file(tmp_path: Path) -> None:
    blobs = FileBlobStore(tmp_path / "evidence")
    path = tmp_path / "evidence" / put_content(blobs, b"a bill").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:4]} == {0o700}
    assert [folder.name for folder in (tmp_path / "evidence").iterdir()] == ["7"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, "fsync", full)
    blobs = FileBlobStore(tmp_path)
    with pytest.raises(StorageFull):
        put_content(blobs, b"a bill")
    assert not list(blobs.all())


def test_a_disk_that_fails_is_no_full_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(StorageDown):
        put_content(FileBlobStore(tmp_path), b"a bill")
    assert not list(tmp_path.rglob("new-*"))


@given(st.text(max_size=120))
@settings(max_examples=200)
def test_no_path_but_ours_has_a_key(path: str) -> None:
    assert parse_blob_path(path) is None


def test_a_path_of_ours_has_its_key() -> None:
    blob_key = key(b"a")
    assert parse_blob_path(blob_key.path) == blob_key
    for path in (
        f"7/{blob_key.sha256}",
        f"7/00/00/{blob_key.sha256}",
        f"x/{blob_key.path}",
        blob_key.path.upper(),
    ):
        assert parse_blob_path(path) is None


# ---- The bucket


def test_a_store_that_does_not_answer_is_down(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    blobs = open_blob_store(s3_settings(tmp_path, address))
    for attempt in (lambda: blobs.exists(key(b"a")), lambda: blobs.open(key(b"a")), blobs.check):
        with pytest.raises(StorageDown) as down:
            attempt()
        assert address not in str(down.value)


def test_a_bucket_that_is_not_there_takes_nothing(tmp_path: Path, s3_server: str) -> None:
    blobs = open_blob_store(s3_settings(tmp_path, s3_server, "unknown"))
    with pytest.raises(StorageDown):
        put_content(blobs, b"a")
    with pytest.raises(StorageDown):
        blobs.check()


@pytest.mark.parametrize("verb", ["exists", "delete"])
def test_a_store_that_never_answers_holds_nobody_up(tmp_path: Path, verb: str) -> None:
    """Both are asked while a company, or on SQLite everybody, waits for the turn to write."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = open_blob_store(s3_settings(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}"))
        assert isinstance(store, S3BlobStore)
        with pytest.raises(StorageDown):
            getattr(store, verb)(key(b"x"))
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()  # it was asked once
    waits = store._short_timeout_bucket.client_options
    assert {waits[name] for name in ("connect_timeout", "timeout")} == {"5s"}
