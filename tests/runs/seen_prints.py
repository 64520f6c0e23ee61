"""What was printed and found good is not printed again while page, programs and checks are the same.

`unless_seen` skips a test whose inputs are those with which it passed last: tests/data/prints/seen.json,
noted by `python -m tests.prints`. Other inputs print, libraries of another machine included; so does a run
of everything.
"""

import ast
import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.selection import is_full

ROOT = Path(__file__).parents[2]
SEEN = ROOT / "tests/data/prints/seen.json"
NOTE = "DNK_TEST_NOTE_PRINTS"
_INPUTS = pytest.StashKey[str]()
_passed = pytest.StashKey[dict[str, str]]()


@pytest.fixture
def unless_seen(request: pytest.FixtureRequest) -> Callable[[bytes], None]:
    """Skip the test if it passed with the same page; call it with the page before printing it."""

    def skip_if_seen(page: bytes) -> None:
        from tests import prints

        inputs = hashlib.sha256(f"{prints.inputs_of(page)} {checks_of(request.path)}".encode()).hexdigest()
        request.node.stash[_INPUTS] = inputs
        if not is_full() and seen().get(request.node.nodeid) == inputs:
            pytest.skip("found good when the same page was printed by the same programs (tests/data/prints)")

    return skip_if_seen


@cache
def seen() -> dict[str, str]:
    """The mark of the inputs with which a test passed, by its id."""
    noted: dict[str, str] = json.loads(SEEN.read_text("utf-8"))
    return noted


@cache
def checks_of(file: Path) -> str:
    """The mark of a file of tests and of all of `tests` that it imports: other checks look anew."""
    digest = hashlib.sha256()
    for path in sorted(_with_imports(file)):
        digest.update(f"\n{path.relative_to(ROOT)} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _with_imports(file: Path) -> set[Path]:
    found, waiting = set[Path](), [file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
    return found


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests":
            module = ROOT / (node.module or "").replace(".", "/")
            names = (module / alias.name for alias in node.names)
            yield from (other for name in (module, *names) if (other := name.with_suffix(".py")).is_file())


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_passed] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.passed and _INPUTS in item.stash:
        item.config.stash[_passed][item.nodeid] = item.stash[_INPUTS]
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note what passed, where that is wanted: in one process, of all tests that ask.

    A run that saw nothing, as one that could not begin, leaves the notes as they are.
    """
    noted = dict(sorted(session.config.stash[_passed].items()))
    if os.environ.get(NOTE) and noted:
        SEEN.write_text(json.dumps(noted, indent=1) + "\n", "utf-8")
