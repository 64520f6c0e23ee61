"""The tests of all shards are those of one run: each once, in parts that take about the same time."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support import selection

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_each_piece_of_each_file_is_in_one_shard(count: int) -> None:
    shards = selection.in_shards(selection.files(), count)
    found = Counter((piece.file, piece.part) for shard in shards for piece in shard)
    assert set(found.values()) == {1}
    assert set(found) == {
        (one.file, one.part) for file in selection.files() for one in selection.pieces(file)
    }


def test_three_shards_take_about_the_same_time() -> None:
    sums = [sum(piece.seconds for piece in shard) for shard in selection.in_shards(selection.files(), 3)]
    assert max(sums) - min(sums) < selection.LONGEST_SECONDS / 10


def test_what_is_named_with_its_seconds_is_a_file_of_tests() -> None:
    known = selection._seconds()
    assert set(known["files"]) <= set(selection.files())
    assert {"/".join(file.split("/")[:2]) for file in selection.files()} == set(known["folders"])


@pytest.mark.parametrize("parts", [1, 2, 5, 9])
def test_the_pieces_of_a_file_hold_each_test_once(parts: int) -> None:
    tests: list[pytest.Item] = [*range(7)]  # type: ignore[list-item]
    cut = [selection.tests_of_piece(tests, selection.Piece("x", part, parts, 1)) for part in range(parts)]
    assert [test for piece in cut for test in piece] == tests


def test_shards_collect_together_what_one_run_collects() -> None:
    """Of a folder, by pytest itself."""
    whole, *parts = ([*collected(shard, "tests/unit/domain")] for shard in ("", "1/2", "2/2"))
    assert Counter(test for part in parts for test in part) == Counter(whole)
    assert all(parts)


def collected(shard: str, *paths: str) -> list[str]:
    """What pytest would run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n0", "-o", "addopts=", *paths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNK_TEST_SHARD", shard)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_a_long_file_is_shared_and_the_nights_tests_are_in_no_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    long = max(selection.files(), key=lambda file: len(selection.pieces(file)))
    tests = [FoundTest(ROOT / long, f"test_{number}", is_nightly=number % 10 == 0) for number in range(40)]
    monkeypatch.delenv("DNK_TEST_FULL", raising=False)
    shares = [kept_tests(tests, f"{number}/3", monkeypatch) for number in (1, 2, 3)]
    assert Counter(name for share in shares for name in share) == Counter(
        test.name for test in tests if not test.is_nightly
    )
    assert sum(bool(share) for share in shares) > 1
    monkeypatch.setenv("DNK_TEST_FULL", "1")
    shares = [kept_tests(tests, f"{number}/3", monkeypatch) for number in (1, 2, 3)]
    assert Counter(name for share in shares for name in share) == Counter(test.name for test in tests)


@dataclass(frozen=True)
class FoundTest:
    """What the choice looks at of a test."""

    path: Path
    name: str
    is_nightly: bool

    def get_closest_marker(self, name: str) -> bool | None:
        return self.is_nightly or None


def kept_tests(tests: list[FoundTest], shard: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that a shard runs; the others are told to pytest."""
    monkeypatch.setenv("DNK_TEST_SHARD", shard)
    left = list[FoundTest]()

    def note(items: list[FoundTest]) -> None:
        left.extend(items)

    hook = SimpleNamespace(pytest_deselected=note)
    items = tests.copy()
    selection.pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)  # type: ignore[arg-type]
    assert Counter(items + left) == Counter(tests)
    return [test.name for test in items]


@pytest.mark.parametrize("said", ["0/3", "4/3", "1", "1/0", "a/b"])
def test_what_is_no_shard_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_TEST_SHARD", said)
    with pytest.raises(pytest.UsageError, match="A shard is written as 1/3"):
        selection.chosen_shard()
