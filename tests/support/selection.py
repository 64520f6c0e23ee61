"""Which tests a run takes: `make test` leaves out what only the night needs, and a shard takes its part.

`DNK_TEST_FULL=1` takes everything (`make nightly`). `DNK_TEST_SHARD=2/3` takes the second of three parts;
together they are exactly the tests of one run without a shard.
"""

import os
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.runs.twins import is_left_to_the_night

ROOT = Path(__file__).parents[2]
SECONDS = ROOT / "tests/data/seconds.toml"
LONGEST_SECONDS = 60  # of a piece: a file that takes longer is cut, and each piece makes its fixtures anew


class Shard(NamedTuple):
    """The part of a run that one of several runners takes, counted from 1."""

    number: int
    count: int


class Piece(NamedTuple):
    """A file, or a part of a long one, counted from 0."""

    file: str
    part: int
    parts: int
    seconds: float


def is_full() -> bool:
    """Whether this is a run of everything, as every night."""
    return bool(os.environ.get("DNK_TEST_FULL"))


def chosen_shard() -> Shard:
    """What `DNK_TEST_SHARD` says; without it all is one shard. Raises pytest.UsageError."""
    said = os.environ.get("DNK_TEST_SHARD") or "1/1"
    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", said)
    if not found or int(found[1]) > int(found[2]):
        raise pytest.UsageError(f"A shard is written as 1/3, 2/3 or 3/3, not '{said}'.")
    return Shard(int(found[1]), int(found[2]))


def files() -> list[str]:
    """Every file of tests, from the root of the repository."""
    return sorted(str(file.relative_to(ROOT)) for file in (ROOT / "tests").rglob("test_*.py"))


def pieces(file: str) -> list[Piece]:
    """A file in as many pieces as it needs to be taken by several runners."""
    known = _seconds()
    folder = "/".join(file.split("/")[:2])
    of_size = (ROOT / file).stat().st_size / 1000 * known["folders"].get(folder, 1)
    seconds = known["files"].get(file, of_size)
    parts = max(1, ceil(seconds / LONGEST_SECONDS))
    return [Piece(file, part, parts, seconds / parts) for part in range(parts)]


def in_shards(files: Iterable[str], count: int) -> list[list[Piece]]:
    """All pieces in so many parts that take about the same time; the longest go first to who has least."""
    shards: list[list[Piece]] = [[] for _ in range(count)]
    taken = [0.0] * count
    every = (piece for file in files for piece in pieces(file))
    for piece in sorted(every, key=lambda piece: (-piece.seconds, piece)):
        least = taken.index(min(taken))
        shards[least].append(piece)
        taken[least] += piece.seconds
    return shards


def tests_of_piece(tests: list[pytest.Item], piece: Piece) -> list[pytest.Item]:
    """The tests of a piece among all of its file: those that stand beside each other share fixtures."""
    cuts = [len(tests) * at // piece.parts for at in (piece.part, piece.part + 1)]
    return tests[slice(*cuts)]


def is_nightly(item: pytest.Item) -> bool:
    """Whether `make test` does without it: it is marked so, or is a twin that shows nothing of its own."""
    is_twin_left = is_left_to_the_night(item) and os.environ.get("DNK_TEST_ENGINE") != "postgresql"
    return item.get_closest_marker("nightly") is not None or is_twin_left


@cache
def _seconds() -> dict[str, dict[str, float]]:
    return tomllib.loads(SECONDS.read_text("utf-8"))


@cache
def _own_pieces(shard: Shard) -> dict[str, list[Piece]]:
    own: dict[str, list[Piece]] = {}
    for piece in in_shards(files(), shard.count)[shard.number - 1]:
        own.setdefault(piece.file, []).append(piece)
    return own


def is_another_shards(file: Path) -> bool:
    """Whether all of this file of tests is taken by other shards, so that nobody need read it here."""
    own = _own_pieces(chosen_shard())
    return file.match("test_*.py") and str(file.resolve().relative_to(ROOT)) not in own


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: runs in `make nightly` alone; `make test` has a lighter one")
    chosen_shard()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if is_another_shards(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what this run leaves out."""
    wanted = [item for item in items if is_full() or not is_nightly(item)]
    by_file: dict[Path, list[pytest.Item]] = {}
    for item in wanted:
        by_file.setdefault(item.path, []).append(item)
    own = _own_pieces(chosen_shard())
    taken = {
        item
        for file, tests in by_file.items()
        for piece in own.get(str(file.relative_to(ROOT)), ())
        for item in tests_of_piece(tests, piece)
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in taken])
    items[:] = [item for item in items if item in taken]
