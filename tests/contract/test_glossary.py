"""The glossary names what stands in the code: a word that was renamed there is renamed here."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dnk_tool"
CODE = re.compile(r"`([^`]+)`")


def terms() -> Iterator[str]:
    """What stands in backticks in the glossary's third column."""
    for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[2] not in ("in code", "---"):
            yield from CODE.findall(cells[2])


@cache
def definitions() -> dict[str, set[str]]:
    """Every name that the package defines, each with the names that it contains."""
    names: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        if "node_modules" not in file.parts:
            names.setdefault(file.parent.name if file.name == "__init__.py" else file.stem, set())
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                _note_bound(node, names)
    return names


def _note_bound(node: ast.AST, names: dict[str, set[str]]) -> None:
    if isinstance(node, ast.ClassDef):
        members = names.setdefault(node.name, set())
        members.update(name for child in node.body for name in _bound(child))
    for name in _bound(node):
        names.setdefault(name, set())


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
        yield from (argument.arg for argument in (*node.args.args, *node.args.kwonlyargs))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@cache
def catalogue_text() -> str:
    """All files of the catalogue in one text."""
    return "\n".join(file.read_text("utf-8") for file in (ROOT / "criteria").rglob("*.yaml"))


def is_known(term: str) -> bool:
    if term.startswith("templates/"):
        return (ROOT / term).is_file()
    if "/" in term:
        path = PACKAGE / term
        return path.is_dir() or path.with_suffix(".py").is_file()
    owner, _, member = term.partition(".")
    return owner in definitions() and (not member or member in definitions()[owner])


@pytest.mark.parametrize("term", sorted(set(terms())))
def test_each_word_in_code_stands_in_the_code(term: str) -> None:
    if term.startswith('"') or "-" in term:
        assert term.strip('"').partition(".")[0] in catalogue_text(), (
            f"docs/glossary.md names {term}, which no catalogue file does"
        )
        return
    for part in term.split(" / "):
        name = part if "." in part or "." not in term else f"{term.partition('.')[0]}.{part}"
        assert is_known(name), f"docs/glossary.md names {name}, which the package does not define"


def test_the_glossary_is_read() -> None:
    assert len(set(terms())) > 100
