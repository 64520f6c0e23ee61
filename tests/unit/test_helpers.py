"""Helpers of tests: no name is defined twice, and no helper is written twice.

What two files need goes to `tests/support`, or beside the tests of its room; what means something else gets a
name that says so. Fixtures are not counted: a folder's or file's own is meant to take the place of another.
"""

import ast
from collections import defaultdict
from copy import deepcopy
from functools import cache

from dnk_tool.paths import PACKAGE

TESTS = PACKAGE.parent / "tests"

Helper = tuple[str, ast.FunctionDef]


@cache
def parsed() -> dict[str, ast.Module]:
    """The tree of each file of the tests, by its path."""
    files = sorted(TESTS.rglob("*.py"))
    return {file.relative_to(TESTS).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


@cache
def helpers() -> list[Helper]:
    """The functions of modules that are neither tests nor fixtures, with the file of each.

    `main` is what a program starts with, and is left out.
    """
    return [
        (path, node)
        for path, tree in parsed().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name != "main"
        and not node.name.startswith(("test_", "pytest_"))
        and not any("fixture" in ast.dump(decorator) for decorator in node.decorator_list)
    ]


def body_of(helper: ast.FunctionDef) -> str:
    """What the helper does, whatever it, its arguments and its variables are called and said to be."""
    copy = deepcopy(helper)
    if ast.get_docstring(copy) and len(copy.body) > 1:
        del copy.body[0]
    copy.name, copy.returns = "", None
    copy.decorator_list = []
    nodes = list(ast.walk(copy))
    own = [node.arg for node in nodes if isinstance(node, ast.arg)]
    own += [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names = {name: f"own {number}" for number, name in enumerate(dict.fromkeys(own))}
    for node in nodes:
        if isinstance(node, ast.arg):
            node.arg, node.annotation = names[node.arg], None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.dump(copy)


def test_no_name_is_defined_twice() -> None:
    places = defaultdict[str, set[str]](set)
    for path, node in helpers():
        places[node.name].add(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_no_helper_is_written_twice() -> None:
    alike, found = defaultdict[object, list[Helper]](list), defaultdict[str, list[str]](list)
    for path, node in helpers():
        parts = [type(part).__name__ for part in ast.walk(node.body[-1])]
        alike[tuple(parts)].append((path, node))
    for group in alike.values():
        for path, node in group if len(group) > 1 else ():
            found[body_of(node)].append(f"{path}: {node.name}")
    assert [places for places in found.values() if len(places) > 1] == []
