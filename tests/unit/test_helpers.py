"""Helpers of tests: what several files use has a name of its own, and no helper is written twice.

A helper that its own file alone uses may be called what it does there, such as `save`: its neighbour stands
beside it. What two files need goes to `tests/support`, or beside the tests of its room.
"""

import ast
from collections import defaultdict
from copy import deepcopy
from functools import cache

from dnk_tool.paths import PACKAGE

TESTS = PACKAGE.parent / "tests"
# Names that mean something else in several files each; may only become fewer.
MOST_NAMES_TWICE = 60
# Shared names that mean something else in a file or two besides: to be parted when those are next rewritten.
SEVERAL_MEANINGS = {
    "add_company",
    "add_evidence",
    "add_examples",
    "add_numbers",
    "add_residues",
    "check",
    "confirmed",
    "finished",
    "follow",
    "handed_in",
    "letters",
    "listed",
    "locked",
    "main",
    "place",
    "press",
    "problems",
    "save",
    "tables",
    "text_of",
}

Helper = tuple[str, ast.FunctionDef]


@cache
def parsed() -> dict[str, ast.Module]:
    """The tree of each file of the tests, by its path."""
    files = sorted(TESTS.rglob("*.py"))
    return {file.relative_to(TESTS).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


@cache
def helpers() -> list[Helper]:
    """The functions of modules that are neither tests nor fixtures, with the file of each."""
    return [
        (path, node)
        for path, tree in parsed().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith(("test_", "pytest_"))
        and not any("fixture" in ast.dump(decorator) for decorator in node.decorator_list)
    ]


def files_by_name() -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for path, node in helpers():
        found[node.name].add(path)
    return found


def shared_names() -> dict[str, set[str]]:
    """The helpers that other files import, each with the files it is imported from."""
    places, found = files_by_name(), defaultdict[str, set[str]](set)
    for tree in parsed().values():
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
                origin = f"{str(node.module).removeprefix('tests.').replace('.', '/')}.py"
                for name in node.names:
                    if origin in places.get(name.name, ()):
                        found[name.name].add(origin)
    return found


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


def test_a_helper_that_several_files_use_has_a_name_of_its_own() -> None:
    places = files_by_name()
    found = {
        name: sorted(places[name])
        for name, origins in shared_names().items()
        if len(origins) > 1 or places[name] - origins
    }
    assert {name: paths for name, paths in found.items() if name not in SEVERAL_MEANINGS} == {}
    assert found.keys() == SEVERAL_MEANINGS, "what has one meaning by now is no exception"


def test_no_helper_is_written_twice() -> None:
    alike, found = defaultdict[object, list[Helper]](list), defaultdict[str, list[str]](list)
    for path, node in helpers():
        parts = [type(part).__name__ for part in ast.walk(node.body[-1])]
        alike[tuple(parts)].append((path, node))
    for group in alike.values():
        for path, node in group if len(group) > 1 else ():
            found[body_of(node)].append(f"{path}: {node.name}")
    assert [places for places in found.values() if len(places) > 1] == []


def test_fewer_names_than_ever_mean_several_things() -> None:
    twice = {name: paths for name, paths in files_by_name().items() if len(paths) > 1}
    assert len(twice) <= MOST_NAMES_TWICE
