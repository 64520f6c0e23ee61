"""No template is handed more than twenty names: what belongs together comes as one value of its page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dnk_tool"
MOST = 20
RENDERING = {"render_template", "render"}  # Flask's, and that of Jinja's templates
Function = ast.FunctionDef | ast.Lambda


class Sources:
    """All modules of the program, with what is called and defined in them, by name."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.calls: list[tuple[ast.Call, Function | None, str]] = []
        self.functions: dict[str, list[ast.FunctionDef]] = {}
        self.values: dict[str, ast.expr] = {}
        for path, text in texts.items():
            self._read(ast.parse(text), None, path)

    def _read(self, node: ast.AST, inside: Function | None, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                self.functions.setdefault(child.name, []).append(child)
            if isinstance(child, ast.Assign) and inside is None and isinstance(child.targets[0], ast.Name):
                self.values[child.targets[0].id] = child.value
            if isinstance(child, ast.Call):
                self.calls.append((child, inside, path))
            self._read(child, child if isinstance(child, Function) else inside, path)

    def rendering(self) -> Iterator[tuple[str, int]]:
        """Where a template is rendered, and how many names it is handed at most."""
        for call, inside, path in self.calls:
            is_handed = any(one.arg != "template" for one in call.keywords)
            if called(call) in RENDERING and is_handed:
                yield f"{path}:{call.lineno}", self.handed(call, inside, frozenset())

    def handed(self, call: ast.Call, inside: Function | None, seen: frozenset[str]) -> int:
        """How many names the call hands on, those of `**` included."""
        named = sum(one.arg is not None for one in call.keywords)
        return named + sum(self.size(one.value, inside, seen) for one in call.keywords if one.arg is None)

    def size(self, value: ast.expr, inside: Function | None, seen: frozenset[str]) -> int:
        """How many names a mapping has at most."""
        if isinstance(value, ast.Dict):
            nested = (at for key, at in zip(value.keys, value.values, strict=True) if key is None)
            own = sum(key is not None for key in value.keys)
            return own + sum(self.size(at, inside, seen) for at in nested)
        if isinstance(value, ast.BinOp):
            return self.size(value.left, inside, seen) + self.size(value.right, inside, seen)
        if isinstance(value, ast.Call):
            name = called(value)
            if name in seen:
                return 0
            made = [(one, at) for one in self.functions.get(name, ()) for at in returned(one)]
            return max((self.size(at, one, seen | {name}) for one, at in made), default=0)
        if isinstance(value, ast.Name):
            return self._size_of_name(value.id, inside, seen)
        return 0

    def _size_of_name(self, name: str, inside: Function | None, seen: frozenset[str]) -> int:
        if isinstance(inside, ast.FunctionDef) and inside.args.kwarg and inside.args.kwarg.arg == name:
            if inside.name in seen:
                return 0
            own = {one.arg for one in (*inside.args.args, *inside.args.kwonlyargs)}
            callers = [one for one in self.calls if called(one[0]) == inside.name]
            return max(
                (
                    self.handed(call, at, seen | {inside.name})
                    - sum(one.arg in own for one in call.keywords if one.arg)
                    for call, at, _path in callers
                ),
                default=0,
            )
        for node in ast.walk(inside) if inside else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name and name not in seen:
                return self.size(node.value, inside, seen | {name})
        known = self.values.get(name)
        return self.size(known, None, seen) if isinstance(known, ast.Dict) else 0


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]


def test_no_template_is_handed_more_than_twenty_names() -> None:
    texts = {str(path.relative_to(PACKAGE)): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
    found = dict(Sources(texts).rendering())
    assert len(found) > 200, "all pages are seen"
    assert {place: count for place, count in found.items() if count > MOST} == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def page():\n    return render_template('a.html', one=1, two=2)", 2),
        (
            "def page():\n    values = {'one': 1, 'two': 2}\n    return render('a', three=3, **values)",
            3,
        ),
        (
            "def shown():\n    return {'one': 1}\ndef page():\n    return render('a', **shown(), two=2)",
            2,
        ),
        (
            "def page(name, **more):\n    return render_template(name, one=1, **more)\n"
            "def show():\n    return page(name='a.html', two=2, three=3)",
            3,
        ),
        ("LABELS = {'one': 1, 'two': 2}\ndef page():\n    return render_template('a.html', **LABELS)", 2),
        ("def page(**more):\n    return template.render(**{'one': 1, **more})\npage(two=2)", 2),
    ],
)
def test_names_are_counted_wherever_they_come_from(text: str, count: int) -> None:
    assert [number for _place, number in Sources({"page.py": text}).rendering()] == [count]
