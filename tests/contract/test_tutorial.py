"""Tutorial and cookbook name files that exist, and names that stand in them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATH = re.compile(r"`((?:dnk_tool|templates|criteria|tests|docs)/[\w./-]*\w)`(?: \(`(\w+)`\))?")
NAMED = sorted(
    {
        (page, *mention)
        for page in ("tutorial.md", "cookbook.md", "architecture.md")
        for mention in PATH.findall((ROOT / "docs" / page).read_text("utf-8"))
    }
)


@pytest.mark.parametrize(("page", "path", "name"), NAMED)
def test_what_it_names_exists(page: str, path: str, name: str) -> None:
    file = ROOT / path
    assert file.exists(), f"docs/{page} names {path}"
    if name:
        tree = ast.parse(file.read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert name in names, f"docs/{page} looks for {name} in {path}"


@pytest.mark.parametrize("page", ["tutorial.md", "cookbook.md"])
def test_it_names_enough_to_be_followed(page: str) -> None:
    assert len({path for named, path, _ in NAMED if named == page}) >= 15
