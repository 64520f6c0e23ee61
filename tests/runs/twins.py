"""Which tests run on PostgreSQL, too, in `make test`: tests/data/twins.toml.

Many integration tests run on either database; on PostgreSQL they take twice as long. All these twins run
every night. `make test` has those that together send each statement whose meaning can differ (`DIFFERS`) and
reach each module of `dnk_tool/store`, and those of `ALWAYS`. `python -m tests.runs.twins` notes them anew.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TESTS = "tests/integration"
NOTED = ROOT / "tests/data/twins.toml"
FOLDER = "DNK_TEST_NOTE_TWINS"
# Locks, upserts, orders, groups, casts and comparisons of text, which the databases do in ways of their own.
DIFFERS = re.compile(
    r"FOR UPDATE|FOR SHARE|ON CONFLICT|LIKE|CAST|ORDER BY|GROUP BY|DISTINCT|->|json|UNION|OVER \("
    r"|lower\(|COLLATE|max\(|sum\(|count\(|EXISTS|CASE"
)
VALUES = re.compile(r"%\(\w+\)s(::[A-Z]+( [A-Z]+)*)?(, %\(\w+\)s(::[A-Z]+( [A-Z]+)*)?)*")
# Races, outages and hostile forms are about the database itself.
STORE = "dnk_tool.store."
ALWAYS = (
    "answers/test_concurrent_saves.py",
    "exchange/test_residue_races.py",
    "faults/",
    "http/test_fuzzed_forms.py",
    "http/test_postgresql.py",
)
HEAD = """\
# By module: the tests whose PostgreSQL twin runs in `make test`, as they send its statements that can differ.
# Noted by `python -m tests.runs.twins`; who renames a test changes its line, and a new module gets one.
# All twins run every night (docs/testing.md).
"""


@cache
def noted_twins() -> dict[str, list[str]]:
    """The tests by the module that they show: from `tests/integration/`, without parameters."""
    return tomllib.loads(NOTED.read_text("utf-8"))["twins"]  # type: ignore[no-any-return]


@cache
def _chosen() -> frozenset[str]:
    return frozenset(test for tests in noted_twins().values() for test in tests)


def is_left_to_the_night(item: pytest.Item) -> bool:
    """Whether it is a test's twin on PostgreSQL that `make test` does without."""
    return is_twin(item) and not (
        noted_name(item.nodeid).startswith(ALWAYS) or noted_name(item.nodeid) in _chosen()
    )


def is_twin(item: pytest.Item) -> bool:
    """Whether it is a test of either database, on PostgreSQL."""
    given = getattr(item, "callspec", None)
    return given is not None and given.params.get("database_url") == "postgresql"


def noted_name(nodeid: str) -> str:
    """A test as it is noted."""
    return nodeid.partition("[")[0].removeprefix(f"{TESTS}/")


# ---- Noting which statements each twin sends


class Recorder:
    """The statements that each test sends to PostgreSQL, with the modules of ours that ask."""

    def __init__(self) -> None:
        self.test = ""
        self.sent: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.seconds: dict[str, float] = defaultdict(float)
        from sqlalchemy import Engine, event  # tests of the domain begin without it

        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        if self.test and connection.dialect.name == "postgresql":
            self.sent[self.test][VALUES.sub("?", statement)] = [*_modules()]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.test, begin = noted_name(item.nodeid) if is_twin(item) else "", time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[self.test] += time.process_time() - begin
            self.test = ""

    def pytest_sessionfinish(self) -> None:
        place = Path(os.environ[FOLDER]) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"
        place.write_text(json.dumps({"sent": self.sent, "seconds": self.seconds}), "utf-8")


def _modules() -> Iterator[str]:
    frame = sys._getframe(2)
    while frame := frame.f_back:  # type: ignore[assignment]
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("dnk_tool.") and not name.startswith("dnk_tool.store.migrations."):
            yield name


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(FOLDER):
        config.pluginmanager.register(Recorder())


def main() -> None:
    """Run all twins, some minutes, and note the cheapest ones that show all that can differ."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = {"DNK_TEST_FULL": "1", FOLDER: folder}
        command = [sys.executable, "-m", "pytest", "-n2", "-p", "tests.runs.twins", "-k", "postgresql", TESTS]
        if status := subprocess.run(command, env=os.environ | wanted, cwd=ROOT, check=False).returncode:
            sys.exit(status)
        sent: dict[str, dict[str, list[str]]] = {}
        seconds: dict[str, float] = {}
        for file in sorted(Path(folder).glob("*.json")):
            part = json.loads(file.read_text("utf-8"))
            for test, statements in part["sent"].items():
                sent.setdefault(test, {}).update(statements)
            for test, taken in part["seconds"].items():
                seconds[test] = seconds.get(test, 0) + taken
    write_twins(sent, seconds)


def write_twins(sent: dict[str, dict[str, list[str]]], seconds: dict[str, float]) -> None:
    """Note the test that shows most for its time, until all is shown that those of `ALWAYS` do not."""
    every = {test: {*facts(statements)} for test, statements in sorted(sent.items())}
    shows = {test: shown for test, shown in every.items() if not test.startswith(ALWAYS)}
    left = set[tuple[str, str]]().union(*shows.values())
    chosen: dict[str, list[str]] = {}
    while left:
        best = max(shows, key=lambda test: len(shows[test] & left) / max(seconds[test], 0.02))
        counts: dict[str, int] = defaultdict(int)
        for module, _fact in shows[best] & left:
            counts[module] += 1
        chosen.setdefault(max(sorted(counts), key=lambda module: counts[module]), []).append(best)
        left -= shows[best]
    for module in sorted({module for facts in shows.values() for module, _fact in facts} - set(chosen)):
        if module.startswith(STORE):
            found = (test for tests in chosen.values() for test in tests)
            reaching = [test for test in found if any(module == one for one, _fact in shows[test])]
            chosen[module] = [min(reaching, key=lambda test: (seconds[test], test))]
    text = f"{HEAD}[twins]\n"
    for module, tests in sorted(chosen.items()):
        text += "\n".join((f'"{module}" = [', *(f'  "{test}",' for test in sorted(tests)), "]", ""))
    NOTED.write_text(text, "utf-8")


def facts(statements: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """What a test shows: what can differ, with the innermost module of ours; modules of the store."""
    for statement, modules in statements.items():
        if modules and DIFFERS.search(statement):
            yield modules[0], statement
        yield from ((module, "") for module in modules if module.startswith(STORE))


if __name__ == "__main__":
    main()
