"""PDFs that are kept: private, whole, bounded in size and age, and gone with what they must not say."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dnk_tool.services.exports import pdf_cache
from dnk_tool.services.exports.pdf_cache import DRAFT_LIFETIME, PARTIAL_FILE_LIFETIME, VERSION_LIFETIME

HASH = "ab" * 32
NOW = datetime.now(UTC)  # reading sets the time of a file by the clock of the machine


def cached_name(
    number: int = 1, copy: str = "v1", variant: str = "full", mark: str = "0", start: str = "ab"
) -> str:
    return f"{start * 32}-{copy}-{variant}-{mark}-{number:020d}.pdf"


def put_pdf(folder: Path, name: str, *, age: timedelta = timedelta(), size: int = 10) -> str:
    """A file that somebody fetched so long before NOW."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(b"x" * size)
    moment = (NOW - age).timestamp()
    os.utime(file, (moment, moment))
    return name


def file_names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_a_file_is_kept_whole_and_for_the_server_alone(tmp_path: Path) -> None:
    folder = tmp_path / "rendered"
    assert pdf_cache.read(folder, cached_name()) is None
    pdf_cache.store(folder, cached_name(), b"%PDF-1")
    assert pdf_cache.read(folder, cached_name()) == b"%PDF-1"
    assert pdf_cache.has(folder, cached_name())
    assert file_names(folder) == {cached_name()}, "nothing half written stays"
    assert (folder / cached_name()).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    pdf_cache.delete(folder, cached_name())
    assert not pdf_cache.has(folder, cached_name())


@pytest.mark.parametrize("name", ["../secret-key", "", "a.pdf", f"{HASH}-v1-full-0-../x.pdf", f"{HASH}.pdf"])
def test_no_other_name_is_read_or_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("secret")
    folder = tmp_path / "rendered"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-")
    assert pdf_cache.read(folder, name) is None
    assert not pdf_cache.has(folder, name)
    pdf_cache.delete(folder, name)
    with pytest.raises(ValueError, match="no name of a kept PDF"):
        pdf_cache.store(folder, name, b"")
    assert (folder / "a.pdf").exists()


def test_editions_of_a_version_stand_side_by_side_but_no_older_mark(tmp_path: Path) -> None:
    old = f"{HASH}-v1-mark-0.1.0.pdf"
    other = (
        cached_name(copy="v2", mark="old"),
        cached_name(start="cd", mark="old"),
        cached_name(copy="v11", mark="old"),
    )
    for name in (old, cached_name(1, mark="old"), cached_name(2, variant="short", mark="old"), *other):
        put_pdf(tmp_path, name)
    pdf_cache.store(tmp_path, cached_name(3, mark="new"), b"%PDF-")
    pdf_cache.store(tmp_path, cached_name(4, variant="short", mark="new"), b"%PDF-")
    assert file_names(tmp_path) == {
        cached_name(3, mark="new"),
        cached_name(4, variant="short", mark="new"),
        *other,
    }


def test_what_nobody_fetches_is_forgotten(tmp_path: Path) -> None:
    second = timedelta(seconds=1)
    fresh = {
        put_pdf(tmp_path, cached_name(1), age=VERSION_LIFETIME - second),
        put_pdf(tmp_path, cached_name(2, copy="draft"), age=DRAFT_LIFETIME - second),
        put_pdf(tmp_path, f"{cached_name(3)}.0a.part", age=PARTIAL_FILE_LIFETIME - second),
    }
    put_pdf(tmp_path, cached_name(4), age=VERSION_LIFETIME + second)
    put_pdf(tmp_path, cached_name(5, copy="draft"), age=DRAFT_LIFETIME + second)
    put_pdf(tmp_path, f"{cached_name(6)}.0a.part", age=PARTIAL_FILE_LIFETIME + second)
    pdf_cache.evict(tmp_path, now=NOW)
    assert file_names(tmp_path) == fresh
    pdf_cache.evict(tmp_path / "nowhere", now=NOW)


def test_reading_counts_as_use(tmp_path: Path) -> None:
    name = put_pdf(tmp_path, cached_name(), age=VERSION_LIFETIME)
    pdf_cache.read(tmp_path, name)
    pdf_cache.evict(tmp_path, now=NOW + timedelta(days=1))
    assert file_names(tmp_path) == {name}


@pytest.mark.parametrize(
    ("bound", "value", "copy", "other"),
    [
        ("MAX_BYTES", 25, "v1", "draft"),
        ("MAX_FILES", 2, "v1", "draft"),
        ("MAX_DRAFT_BYTES", 25, "draft", "v1"),
        ("MAX_DRAFTS", 2, "draft", "v1"),
    ],
)
def test_of_too_many_those_go_that_were_not_used_for_longest(
    bound: str, value: int, copy: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafts push out drafts only, and versions versions."""
    monkeypatch.setattr(pdf_cache, bound, value)
    for number in (3, 1, 4, 2):
        put_pdf(tmp_path, cached_name(number, copy), age=timedelta(hours=number))
    others = {put_pdf(tmp_path, cached_name(number, other), age=timedelta(hours=5)) for number in range(3)}
    pdf_cache.evict(tmp_path, now=NOW)
    assert file_names(tmp_path) == {cached_name(1, copy), cached_name(2, copy)} | others


def test_what_was_just_made_stays_however_large_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_cache, "MAX_BYTES", 25)
    put_pdf(tmp_path, cached_name(1))
    pdf_cache.store(tmp_path, cached_name(2), b"x" * 30)
    assert file_names(tmp_path) == {cached_name(2)}


def test_a_version_or_all_drafts_are_forgotten_on_demand(tmp_path: Path) -> None:
    others = {put_pdf(tmp_path, cached_name(copy="v11")), put_pdf(tmp_path, cached_name(start="cd"))}
    for name in (
        cached_name(),
        cached_name(variant="internal"),
        cached_name(mark="1"),
        f"{HASH}-v1-mark-0.1.0.pdf",
    ):
        put_pdf(tmp_path, name)
    drafts = {
        put_pdf(tmp_path, cached_name(copy="draft")),
        put_pdf(tmp_path, cached_name(copy="draft", start="cd")),
    }
    pdf_cache.delete_version(tmp_path, HASH, 1)
    assert file_names(tmp_path) == others | drafts
    pdf_cache.delete_drafts(tmp_path)
    assert file_names(tmp_path) == others
    assert pdf_cache.fingerprints(tmp_path) == {HASH, "cd" * 32}
    pdf_cache.delete_version(tmp_path, HASH)
    assert file_names(tmp_path) == {cached_name(start="cd")}


def test_what_no_disk_takes_is_held_for_a_while_and_forgotten_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other, now = tmp_path / "rendered", tmp_path / "other", [1000.0]
    monkeypatch.setattr(pdf_cache.time, "monotonic", lambda: now[0])
    version, draft = cached_name(1), cached_name(2, "draft")
    for name in (version, draft):
        pdf_cache.store_in_memory(folder, name, b"%PDF-1")
    assert pdf_cache.read(folder, version) == b"%PDF-1"
    assert not pdf_cache.has(other, version), "it belongs to one installation"
    pdf_cache.delete_version(folder, HASH, 2)
    assert pdf_cache.has(folder, version)
    pdf_cache.delete_version(folder, HASH, 1)
    assert not pdf_cache.has(folder, version)
    pdf_cache.delete_drafts(folder)
    assert not pdf_cache.has(folder, draft)
    held = [cached_name(number) for number in range(pdf_cache.MAX_IN_MEMORY + 1)]
    for name in held:
        pdf_cache.store_in_memory(folder, name, b"%PDF-1")
    assert [pdf_cache.has(folder, name) for name in held] == [False] + [True] * pdf_cache.MAX_IN_MEMORY
    pdf_cache.delete(folder, held[1])
    assert not pdf_cache.has(folder, held[1])
    now[0] += pdf_cache.IN_MEMORY_SECONDS + 1
    assert not any(pdf_cache.has(folder, name) for name in held)
