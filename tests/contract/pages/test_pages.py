"""Every module with views is in the list of `web/blueprints.py`; a start compiles none of their addresses."""

import re
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from dnk_tool import web
from dnk_tool.config import Settings
from dnk_tool.web.blueprints import PAGES
from tests.support.applications import Applications

VIEW = re.compile(r"^@blueprint\.(get|post|route|app_template_global)\(", re.MULTILINE)
WEB = Path(web.__file__).parent


def test_every_module_with_views_is_listed() -> None:
    with_views = {
        ".".join(file.relative_to(WEB).with_suffix("").parts)
        for file in WEB.rglob("*.py")
        if VIEW.search(file.read_text("utf-8"))
    }
    assert with_views - set(PAGES) == set()
    assert list(PAGES) == sorted(set(PAGES))


def test_an_address_is_compiled_when_it_is_first_built(
    settings: Settings, applications: Applications, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    compile_builder = Rule._compile_builder

    def note(rule: Rule, append_unknown: bool) -> object:
        compiled.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    app = applications.open(settings, is_own=True)
    assert set(compiled) == {"/static/<path:filename>"}, "Flask's own, which is there before ours"
    compiled.clear()
    addresses = app.url_map.bind("localhost")
    assert addresses.build("help.index") == addresses.build("help.index") == "/hilfe"
    assert compiled == ["/hilfe"]
    applications.close(app)
