"""Every module with views is in the list of `web/blueprints.py`."""

import re
from pathlib import Path

from dnk_tool import web
from dnk_tool.web.blueprints import PAGES

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
