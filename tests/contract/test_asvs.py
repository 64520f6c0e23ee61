"""The mapping of OWASP ASVS 5.0.0 in docs/asvs.csv: whole, with reasons of its own and tests that exist.

The tests that the threat model, the table of who sees what and the promises name exist, too. One that runs
every night alone does not count: `make test` shows each of them.

`applies` is `yes` (it applies and is met), `partly` (it applies, and the answer names what is missing after
"Missing:") or `no` (there is nothing of the kind here). Files in backticks are paths from the root of the
repository or from `dnk_tool/`.
"""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "docs/asvs.csv"
COLUMNS = ["id", "level", "topic", "applies", "answer", "test"]

# Chapter of the standard: its requirements of level 1 and of level 2.
REQUIREMENTS: dict[int, tuple[int, int]] = {
    1: (8, 19),  # encoding and sanitization
    2: (4, 7),  # validation and business logic
    3: (8, 11),  # web frontend
    4: (2, 8),  # API and web service
    5: (4, 5),  # files
    6: (13, 22),  # authentication
    7: (6, 12),  # sessions
    8: (4, 3),  # authorization
    9: (4, 3),  # self-contained tokens
    10: (5, 24),  # OAuth and OIDC
    11: (3, 11),  # cryptography
    12: (3, 6),  # communication
    13: (1, 12),  # configuration
    14: (2, 7),  # data protection
    15: (3, 10),  # coding and architecture
    16: (0, 16),  # logs and errors
    17: (0, 7),  # WebRTC
}

ID = re.compile(r"v5\.0\.0-(\d+)\.(\d+)\.(\d+)")
IN_BACKTICKS = re.compile(r"`([^`]+)`")
FILE_NAME = re.compile(
    r"[\w.-]+(/[\w.-]+)*(/|\.(py|md|json|csv|txt|html|js|toml|yaml|conf))|Makefile|Caddyfile"
)
DOCUMENT = re.compile(r"`([\w./-]+\.(md|json|txt)|deploy/)`")
MISSING = "Missing:"
# A test in the text of a document; without a file it is in the one that is named before it.
NAMED_TEST = re.compile(r"`([\w/]+/test_\w+\.py)?::(\w+)`")
NIGHTLY = "pytest.mark.nightly"
# A file of tests that the promises name; without a folder it is in `tests/integration/faults/`.
NAMED_FILE = re.compile(r"`((?:[\w/]+/)?test_\w+\.py)`")
FOLDERS = ("tests", "tests/integration")  # from which documents name files of tests


@cache
def mapped_rows() -> list[dict[str, str]]:
    """The rows of the mapping by column."""
    with MAPPING.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = list(reader)
        assert reader.fieldnames == COLUMNS
    return found


def numbers(row: dict[str, str]) -> tuple[int, ...]:
    """Chapter, section and number of the requirement."""
    found = ID.fullmatch(row["id"])
    assert found, row["id"]
    return tuple(map(int, found.groups()))


@cache
def known_tests(path: str) -> frozenset[str]:
    """The names of a file's tests in `make test`, those of a class as `TestClass::test_name`."""
    file = ROOT / path
    if not (path.startswith("tests/") and file.name.startswith("test_") and file.is_file()):
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    if any("pytestmark" in ast.unparse(node) and NIGHTLY in ast.unparse(node) for node in tree.body):
        return frozenset()
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    return frozenset(
        [
            *own_tests(tree),
            *(f"{node.name}::{name}" for node in classes for name in own_tests(node)),
        ]
    )


def own_tests(node: ast.Module | ast.ClassDef) -> list[str]:
    """The functions of a module or class that `make test` runs, at least with some of their parameters."""
    functions = (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return [one.name for one in functions if one.name.startswith("test_") and not is_left_out(one)]


def is_left_out(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether `make test` leaves it out as a whole."""
    return any(ast.unparse(decorator) == NIGHTLY for decorator in function.decorator_list)


def is_in_repository(path: str) -> bool:
    """Whether it is a file or folder of the repository, as it is or within the package."""
    return any((root / path).exists() for root in (ROOT, ROOT / "dnk_tool"))


def id_if(condition: bool, row: dict[str, str]) -> list[str]:
    """The row's id if the condition holds, for a list of what is wrong."""
    return [row["id"]] if condition else []


def test_every_requirement_of_levels_1_and_2_has_one_row_in_order() -> None:
    ids = [numbers(row) for row in mapped_rows()]
    assert [one for one, count in Counter(ids).items() if count > 1] == [], "doubled"
    assert ids == sorted(ids)
    counts = Counter((numbers(row)[0], row["level"]) for row in mapped_rows())
    expected = {
        (chapter, str(level)): amount
        for chapter, amounts in REQUIREMENTS.items()
        for level, amount in enumerate(amounts, start=1)
        if amount
    }
    assert dict(counts) == expected


def test_every_row_has_a_topic_of_few_words() -> None:
    assert [row["id"] for row in mapped_rows() if not 3 <= len(row["topic"].split()) <= 8] == []


def test_every_row_has_an_answer_of_its_own() -> None:
    assert [row["id"] for row in mapped_rows() if len(row["answer"].split()) < 5] == []
    answers = Counter(" ".join(row["answer"].casefold().split()) for row in mapped_rows())
    assert [answer for answer, count in answers.items() if count > 1] == []


def test_what_is_missing_is_named_where_a_requirement_is_met_in_part() -> None:
    assert {row["applies"] for row in mapped_rows()} <= {"yes", "no", "partly"}
    wrong = [
        row["id"] for row in mapped_rows() if (MISSING in row["answer"]) is not (row["applies"] == "partly")
    ]
    assert wrong == []


def test_what_applies_has_a_test_or_is_a_document() -> None:
    wrong = []
    for row in mapped_rows():
        is_empty = not row["test"].strip()
        if row["applies"] == "no":
            wrong += id_if(not is_empty, row)
        else:
            wrong += id_if(is_empty and not DOCUMENT.search(row["answer"]), row)
    assert wrong == []


def test_every_test_exists() -> None:
    gone = []
    for row in mapped_rows():
        for name in row["test"].split():
            path, _, test = name.partition("::")
            if re.sub(r"\[.*\]$", "", test) not in known_tests(path):
                gone.append(f"{row['id']}: {name}")
    assert gone == []


@pytest.mark.parametrize("document", ["docs/threat-model.md", "docs/who-sees-what.md"])
def test_every_test_that_a_document_names_exists(document: str) -> None:
    found = NAMED_TEST.findall((ROOT / document).read_text("utf-8"))
    file, gone = "", list[str]()
    for named_file, test in found:
        file = named_file or file
        if not any(test in known_tests(f"{folder}/{file}") for folder in FOLDERS):
            gone.append(f"{file}::{test}")
    assert found
    assert gone == []


def test_every_file_of_tests_that_the_promises_name_runs() -> None:
    found = NAMED_FILE.findall((ROOT / "docs/promises.md").read_text("utf-8"))
    assert len(found) > 8
    paths = {name if "/" in name else f"tests/integration/faults/{name}" for name in found}
    assert sorted(path for path in paths if not known_tests(path)) == []


def test_what_only_the_night_runs_shows_nothing() -> None:
    tree = ast.parse(
        "@pytest.mark.nightly\ndef test_whole(): ...\n"
        "@pytest.mark.parametrize('x', [pytest.param(2, marks=pytest.mark.nightly)])\ndef test_part(x): ..."
    )
    assert own_tests(tree) == ["test_part"]


def test_every_file_in_backticks_exists() -> None:
    gone = [
        f"{row['id']}: {path}"
        for row in mapped_rows()
        for path in IN_BACKTICKS.findall(row["answer"])
        if FILE_NAME.fullmatch(path) and not is_in_repository(path)
    ]
    assert gone == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/contract/test_routes.py", "test_matrix"),
        ("tests/unit/domain/test_text.py", "test_keeps_what_was_meant"),
    ],
)
def test_tests_are_found_by_their_names(path: str, expected: str) -> None:
    """Parametrised ones and those with fixtures, too."""
    assert expected in known_tests(path)
    assert known_tests("tests/contract/test_gone.py") == frozenset()
