"""Which parts a page is made of: macros that templates import, layouts, and components of the styles."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jinja2
import pytest
from flask import Flask, request_started
from jinja2 import nodes
from jinja2.runtime import Macro

from dnk_tool.paths import templates_folder
from tests.support.pages.markup import Markup

# What is printed and mailed.
NO_PAGES = re.compile(r"(report|mail)/")
# A component's class, without its elements (__) and kinds (--). The tool's own name looks like one.
COMPONENT = re.compile(r"\b(?!dnk-tool\b)((?:dnk|govuk)(?:-[a-z0-9]+)+)")


@cache
def all_parts() -> frozenset[str]:
    """What the templates say: each macro that one imports as `file:name`, each template that one extends, and
    each component, as `.name`, that two or more of them show.
    """
    shared: set[str] = set()
    components: Counter[str] = Counter()
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    for file in templates_folder().rglob("*.html"):
        source = file.read_text("utf-8")
        if not NO_PAGES.match(file.relative_to(templates_folder()).as_posix()):
            components.update({f".{name}" for name in COMPONENT.findall(source)})
        tree = environment.parse(source)
        shared |= {_constant(it.template) for it in tree.find_all(nodes.Extends)}
        for found in tree.find_all(nodes.FromImport):
            names = (name[0] if isinstance(name, tuple) else name for name in found.names)
            shared |= {f"{_constant(found.template)}:{name}" for name in names}
    shared |= {name for name, count in components.items() if count > 1}
    return frozenset(part for part in shared if not NO_PAGES.match(part))


def _constant(node: nodes.Node) -> str:
    assert isinstance(node, nodes.Const)
    return str(node.value)


def shown_components(page: Markup) -> set[str]:
    """The components that an element of the page is."""
    classes = {name for it in page.elements for name in it.get("class", "").split()}
    return {f".{re.split('__|--', name)[0]}" for name in classes}


@contextmanager
def record_templates(app: Flask) -> Iterator[set[str]]:
    """The macros and templates of the last page that is rendered inside."""
    used: set[str] = set()
    invoke, load = Macro._invoke, jinja2.Environment._load_template
    folder = f"{templates_folder()}/"

    def note_macro(macro: Any, *arguments: Any) -> Any:
        file = macro._func.__code__.co_filename
        used.add(f"{file.removeprefix(folder)}:{macro.name}")
        return invoke(macro, *arguments)

    def note_template(environment: jinja2.Environment, name: Any, *rest: Any) -> jinja2.Template:
        used.add(name)
        return load(environment, name, *rest)

    def begin(_app: Flask, **_given: Any) -> None:
        used.clear()

    with request_started.connected_to(begin, app), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Macro, "_invoke", note_macro)
        patch.setattr(jinja2.Environment, "_load_template", note_template)
        yield used
