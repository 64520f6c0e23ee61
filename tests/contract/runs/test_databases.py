"""On which databases `make test` tests each module of `dnk_tool/store`: SQLite, and PostgreSQL as noted."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.contract.test_asvs import known_tests
from tests.runs import twins

ROOT = Path(__file__).parents[3]
STORE = ROOT / "dnk_tool/store"
# What the databases do in ways of their own, as a module of ours says it.
DIFFERENCE = re.compile(
    r"dialect|with_for_update|on_conflict|skip_locked|\btext\(|exec_driver_sql|\.i?like\(|cast\(|collat"
    r"|order_by\(|group_by\(|distinct\(|\bcase\(|func\."
)
# No twin is noted for these: what `make test` tries on PostgreSQL in place of one, or why nothing need be.
WITHOUT_TWIN = {
    "backup.archive": "files alone",
    "backup.instance_files": "files alone",
    "base": "types of columns: `operation/test_schema.py` on both",
    "clusters.cockpit_sql": "expressions that `clusters/test_cockpit.py` sends",
    "clusters.selection_sql": "expressions that `clusters/test_member_selection.py` sends",
    "database": "the connection of every twin; `http/test_postgresql.py`",
    "declarations.content": "a value made of what others read",
    "evidence.blob_store": "files alone",
    "evidence.configured_blob_store": "files alone",
    "evidence.file_blob_store": "files alone",
    "evidence.s3_blob_store": "files alone",
    "figures.decisions": "rows by key",
    "name_sorting": "the order that `operation/test_people_list.py` reads",
    "write_queue": "SQLite alone: PostgreSQL has locks of rows",
}


@cache
def store_modules() -> dict[str, str]:
    """The sources of the store's modules by name, without tables and migrations."""
    files = (file for file in STORE.rglob("*.py") if file.name != "__init__.py")
    names = {".".join(file.relative_to(STORE).with_suffix("").parts): file for file in files}
    return {
        name: file.read_text("utf-8")
        for name, file in names.items()
        if name.split(".")[0] not in ("tables", "migrations")
    }


def noted_tests(name: str) -> list[str]:
    return twins.noted_twins().get(f"dnk_tool.store.{name}", [])


def test_each_module_of_the_store_says_on_which_databases_it_is_tested() -> None:
    missing = sorted(name for name in store_modules() if not noted_tests(name) and name not in WITHOUT_TWIN)
    assert missing == [], (
        "run `python -m tests.runs.twins`, or name tests that reach them in tests/data/twins.toml"
    )
    assert sorted(name for name in WITHOUT_TWIN if name not in store_modules() or noted_tests(name)) == []
    known = {f"dnk_tool.store.{name}" for name in store_modules()}
    of_store = {name for name in twins.noted_twins() if name.startswith("dnk_tool.store.")}
    assert of_store <= known


def test_where_databases_differ_a_test_runs_on_both() -> None:
    differing = {name for name, source in store_modules().items() if DIFFERENCE.search(source)}
    assert len(differing) > 80
    named = {name for name in differing if IN_BACKTICKS.findall(WITHOUT_TWIN.get(name, ""))}
    assert sorted(name for name in differing - named if not noted_tests(name)) == []


IN_BACKTICKS = re.compile(r"`([\w/]+\.py)`")


@pytest.mark.parametrize("name", WITHOUT_TWIN)
def test_what_stands_for_a_twin_runs_on_both(name: str) -> None:
    chosen = {test for tests in twins.noted_twins().values() for test in tests}
    for file in IN_BACKTICKS.findall(WITHOUT_TWIN[name]):
        source = (ROOT / twins.TESTS / file).read_text("utf-8")
        has_own = '"postgresql"' in source or "postgres_" in source
        assert has_own or any(test.startswith(file) for test in chosen), file


def test_every_twin_is_a_test_on_both_databases() -> None:
    gone, single = [], []
    for test in {test for tests in twins.noted_twins().values() for test in tests}:
        path, _, name = test.partition("::")
        if name not in known_tests(f"{twins.TESTS}/{path}"):
            gone.append(test)
        elif "database_url" not in asked_for(ROOT / twins.TESTS / path, name):
            single.append(test)
    assert gone == [], "change their lines in tests/data/twins.toml, or run `python -m tests.runs.twins`"
    assert single == []


@cache
def fixtures_of(file: Path) -> dict[str, set[str]]:
    """What each function of a file of tests asks for, and of the conftest files above it."""
    found: dict[str, set[str]] = {}
    folders = [folder for folder in file.parents if folder.is_relative_to(ROOT / "tests")]
    for source in (*(folder / "conftest.py" for folder in reversed(folders)), file):
        if source.is_file():
            for node in ast.walk(ast.parse(source.read_bytes())):
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = {argument.arg for argument in node.args.args}
    return found


def asked_for(file: Path, test: str) -> set[str]:
    """Its fixtures, and theirs."""
    known, seen, waiting = fixtures_of(file), set[str](), [test]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += known.get(name, ())
    return seen


@pytest.mark.parametrize("name", [name for name in store_modules() if noted_tests(name)])
def test_a_twin_can_reach_its_module(name: str) -> None:
    """By what it imports, and what that imports; the application imports all by their names."""
    for test in noted_tests(name):
        file = ROOT / twins.TESTS / test.partition("::")[0]
        if "applications" in asked_for(file, test.partition("::")[2]):
            continue
        found = {file}
        waiting = [
            file,
            *(folder / "conftest.py" for folder in file.parents if (folder / "conftest.py").is_file()),
        ]
        while waiting:
            for other in imported(waiting.pop()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        assert STORE / f"{name.replace('.', '/')}.py" in found, test


@cache
def imported(file: Path) -> frozenset[Path]:
    """The files of the repository that a file imports."""
    return frozenset(_imported_modules(file))


def _imported_modules(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("dnk_tool", "tests"):
            module = ROOT / (node.module or "").replace(".", "/")
            for place in (module, *(module / alias.name for alias in node.names)):
                yield from (
                    other for other in (place.with_suffix(".py"), place / "__init__.py") if other.is_file()
                )
