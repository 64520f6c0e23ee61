"""What is replaced in the engine is what it was when it was replaced; a new version is read anew first."""

import ast
import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

REPLACED = {
    "weasyprint.layout.percent:resolve_radii_percentages": "ed586755ee14",
    "weasyprint.layout.preferred:inline_line_widths": "c7b1f0e9af48",
    "weasyprint.layout.preferred:trailing_whitespace_size": "6b4ed765bc93",
    "weasyprint.layout.percent:percentage": "17996ecb7fea",
    "weasyprint.layout.percent:resolve_one_percentage": "903912bb7087",
    "weasyprint.layout.percent:resolve_percentages": "a60d44c1e1c2",
    "weasyprint.layout.percent:adjust_box_sizing": "78ead05679cf",
    "weasyprint.text.line_break:strut": "9a9c6c44b33e",
    "weasyprint.text.line_break:_font_style_cache_key": "24ee38ac8b26",
    "weasyprint.text.line_break:Layout.setup": "dcd90e61d910",
    "weasyprint.text.fonts:get_font_description": "aa053f028636",
    "weasyprint.formatting_structure.boxes:Box.is_in_normal_flow": "5c64f93458ea",
    "weasyprint.formatting_structure.boxes:Box.copy": "70c5c25bb61b",
    "pyphen:HyphDict.__init__": "64258d2a9152",
    "pyphen:Pyphen.__init__": "2481dc98bed6",
    "weasyprint.urls:URLFetcher.__init__": "d74f51e4d3fa",
}


def source_of(name: str) -> str:
    """The code of a function or method, as the file has it, without regard to what replaces it now."""
    module, _colon, path = name.partition(":")
    spec = find_spec(module)
    assert spec is not None
    body = ast.parse(Path(str(spec.origin)).read_bytes()).body
    found: ast.stmt | None = None
    for part in path.split("."):
        (found,) = [one for one in body if getattr(one, "name", "") == part]
        body = getattr(found, "body", [])
    assert found is not None
    return ast.unparse(found)


@pytest.mark.parametrize("name", REPLACED)
def test_the_engine_still_does_the_same(name: str) -> None:
    assert hashlib.sha256(source_of(name).encode()).hexdigest()[:12] == REPLACED[name]
