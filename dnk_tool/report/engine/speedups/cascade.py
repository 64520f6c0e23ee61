"""Styles less: pages of a kind once, and no parts that show nothing."""

from copy import copy
from typing import Any

from weasyprint import html

from dnk_tool.report.engine.patches import Patch

_NOTES = ("footnote-", "note-")  # what the names of their parts begin with


def _styled_once(style: Any) -> Any:
    """Pages of one name look the same in our design, but for those that are left blank."""

    def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
        """Styles a page as ever if it is the first of its kind, else gives it the styles of that one."""
        known = style_for.__dict__.setdefault("kept_pages", {})
        key = page_type.side, page_type.blank, page_type.name, page_type.index == 0
        computed, cascaded = style_for.get_computed_styles(), style_for.get_cascaded_styles()
        if key not in known:
            style(page_type, html, style_for)
            known[key] = {
                pseudo: (computed.get((styled_type, pseudo)), rules)
                for (styled_type, pseudo), rules in cascaded.items()
                if styled_type == page_type
            }
            return
        for pseudo, (values, rules) in known[key].items():
            computed[page_type, pseudo], cascaded[page_type, pseudo] = values, rules

    return set_page_type_computed_styles


def _with_less(given: Any) -> Any:
    """Leaves out notes, which are no part of our design, and marks of what is no entry of a list.

    The engine's own style has a rule for six of these for every element, and each gets a style of its own.
    """
    sheet = copy(html.UA_STYLESHEET)
    sheet.matcher = copy(sheet.matcher)
    sheet.matcher.other_selectors = [
        (_is_entry, *rest) if rest[2] == "marker" else (test, *rest)
        for test, *rest in sheet.matcher.other_selectors
        if not str(rest[2]).startswith(_NOTES)
    ]

    def ua_stylesheets(self: Any, forms: bool = False) -> Any:
        """Returns the thinned style; that of forms, which no declaration has, is the engine's own."""
        return given(self, forms) if forms else [sheet]

    return ua_stylesheets


def _is_entry(element: Any) -> bool:
    """Tells whether an element is an entry of a list, the only one that shows a mark."""
    return bool(element.local_name == "li")


PAGE_STYLES = (
    Patch(
        "weasyprint.layout.page:set_page_type_computed_styles",
        "0763b68b18627369f3dfc86d366a2a045465649c225ee71b73707c0f4e21c30d",
        _styled_once,
    ),
)
PSEUDO_ELEMENTS = (
    Patch(
        "weasyprint:HTML._ua_stylesheets",
        "c3dce3c90b578d245b791f32d7aaa9f2582a7c880034a99b3c3f9209a5cc621b",
        _with_less,
        relies_on=(
            "cssselect2:Matcher.match",
            "cssselect2:Matcher.add_selector",
            "cssselect2:Matcher.add_relevant_selectors",
        ),
    ),
)
