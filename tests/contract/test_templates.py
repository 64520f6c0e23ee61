"""Templates walk what views hand over: short lines, no lists built in Jinja, and none that nothing uses."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from dnk_tool.paths import templates_folder

TEMPLATES = templates_folder()
PACKAGE = Path(__file__).parents[2] / "dnk_tool"
LONGEST_LINE = 140
NAMES = frozenset(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
STYLES = frozenset(name for name in NAMES if name.endswith(".css"))
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])


@cache
def _tree(name: str) -> nodes.Template:
    return ENVIRONMENT.parse((TEMPLATES / name).read_text("utf-8"))


def test_lines_are_short() -> None:
    """A long text is written as several strings beside each other, which Jinja and Babel read as one."""
    long = [
        f"templates/{name}:{number}: {len(line)}"
        for name in sorted(NAMES)
        for number, line in enumerate((TEMPLATES / name).read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long


def test_no_list_grows_in_a_template() -> None:
    """Without the extension `do` a list could still grow by addition, or by a method."""
    grown = [f"templates/{name}:{line}" for name in sorted(NAMES - STYLES) for line in _grown(_tree(name))]
    assert not grown


def _grown(tree: nodes.Template) -> Iterator[int]:
    for loop in tree.find_all(nodes.For):
        for assigned in loop.find_all(nodes.Assign):
            value = assigned.node
            if isinstance(value, nodes.Add) and any(value.find_all((nodes.List, nodes.Dict))):
                yield assigned.lineno
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in {
            "append",
            "extend",
            "update",
            "insert",
        }:
            yield call.lineno


def test_no_environment_knows_statements() -> None:
    """A template with a statement then does not even compile."""
    sources = [*PACKAGE.rglob("*.py"), PACKAGE.parent / "pyproject.toml"]
    assert not [path for path in sources if "jinja2.ext.do" in path.read_text("utf-8")]


def test_every_template_is_used() -> None:
    """Python names it, or a template that is used includes, imports or extends it."""
    used: set[str] = set()
    names = _named_in_python()
    while names:
        used |= names
        patterns = {pattern for name in names - STYLES for pattern in _named_in_template(name)}
        names = {name for name in NAMES - used if any(re.fullmatch(pattern, name) for pattern in patterns)}
    assert sorted(NAMES - used) == []


def _named_in_python() -> set[str]:
    """What stands in the package as a text: mails without folder and ending, styles without their folder."""
    nodes_of_package = [
        node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    texts = {
        node.value
        for node in nodes_of_package
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    patterns = {_pattern_of_text(node) for node in nodes_of_package if isinstance(node, ast.JoinedStr)}
    return {name for name in NAMES if _is_named(name, texts, patterns)}


def _is_named(name: str, texts: set[str], patterns: set[str]) -> bool:
    mail = name.removeprefix("mail/").removesuffix(".txt")
    if name in texts or mail in texts:
        return True
    if name in STYLES:
        return any(text.endswith(name.rpartition("/")[2]) for text in texts)
    return any(re.fullmatch(pattern, known) for pattern in patterns for known in (name, mail))


def _pattern_of_text(text: ast.JoinedStr) -> str:
    """A name that is put together, such as "sign_off/sign_off_" and a word; its folder must be fixed."""
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+" for part in text.values
    ]
    return "".join(parts) if re.match(r"[a-z_]+/", parts[0]) else "(?!)"


def _named_in_template(name: str) -> Iterator[str]:
    """Patterns of the names that a template asks for."""
    for node in _tree(name).find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield _pattern(node.template)


def _pattern(name: nodes.Expr) -> str:
    """A name, or a pattern where parts of it are known only when the page is rendered."""
    if isinstance(name, nodes.Const):
        return re.escape(name.value)
    if isinstance(name, nodes.Concat):
        return "".join(_pattern(part) for part in name.nodes)
    return r"[\w-]+"
