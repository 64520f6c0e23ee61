"""Words of HTML and WAI-ARIA, as far as the pages may use them: what is not here is a slip of the pen."""

BOOLEAN = frozenset({"true", "false"})
ROLES = frozenset(
    {
        "alert", "alertdialog", "banner", "button", "checkbox", "complementary", "contentinfo", "dialog",
        "figure", "form", "group", "heading", "img", "link", "list", "listbox", "listitem", "log", "main",
        "meter", "navigation", "none", "note", "option", "presentation", "progressbar", "radio", "radiogroup",
        "region", "search", "separator", "status", "tab", "tablist", "tabpanel", "term", "timer", "tooltip",
        "table", "rowgroup", "row", "columnheader", "rowheader", "cell",
    }
)  # fmt: skip
# Groups that a name tells apart.
NAMED_ROLES = frozenset({"group", "radiogroup", "region", "dialog", "alertdialog", "progressbar", "meter"})
# Each attribute with its values; an empty set: any.
ARIA: dict[str, frozenset[str]] = {
    **{f"aria-{name}": BOOLEAN for name in ("atomic", "busy", "disabled", "modal", "multiselectable")},
    **{f"aria-{name}": BOOLEAN for name in ("readonly", "required", "expanded", "hidden", "selected")},
    **{f"aria-{name}": frozenset() for name in ("label", "labelledby", "describedby", "controls", "owns")},
    **{f"aria-{name}": frozenset() for name in ("details", "errormessage", "activedescendant")},
    **{f"aria-{name}": frozenset() for name in ("valuemin", "valuemax", "valuenow", "valuetext", "level")},
    **{f"aria-{name}": frozenset() for name in ("keyshortcuts", "roledescription", "setsize", "posinset")},
    "aria-autocomplete": frozenset({"inline", "list", "both", "none"}),
    "aria-checked": BOOLEAN | {"mixed"},
    "aria-current": BOOLEAN | {"page", "step", "location", "date", "time"},
    "aria-haspopup": BOOLEAN | {"menu", "listbox", "tree", "grid", "dialog"},
    "aria-invalid": BOOLEAN | {"grammar", "spelling"},
    "aria-live": frozenset({"off", "polite", "assertive"}),
    "aria-orientation": frozenset({"horizontal", "vertical"}),
    "aria-pressed": BOOLEAN | {"mixed"},
    "aria-sort": frozenset({"ascending", "descending", "none", "other"}),
}
TYPES = frozenset(
    {
        "button", "checkbox", "color", "date", "email", "file", "hidden", "number", "password", "radio",
        "range", "reset", "search", "submit", "tel", "text", "time", "url",
    }
)  # fmt: skip
COMPLETIONS = frozenset(
    {
        "on", "off", "name", "email", "username", "new-password", "current-password", "one-time-code",
        "organization", "organization-title", "street-address", "postal-code", "tel", "url", "webauthn",
    }
)  # fmt: skip
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol",
        "p", "pre", "section", "table", "ul",
    }
)  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Elements among words, each with the blocks that it may hold nevertheless.
WORDS_ONLY: dict[str, frozenset[str]] = {
    **dict.fromkeys(("p", "span", "button", "label", "strong", "em", "b", "i", "small", "abbr"), frozenset()),
    **dict.fromkeys(("code", "time", "output", "cite", "q", "kbd", "mark", "sub", "sup"), frozenset()),
    **dict.fromkeys(_HEADINGS, frozenset()),
    "legend": _HEADINGS,
    "summary": _HEADINGS,
    "th": BLOCKS - _HEADINGS - {"article", "aside", "nav", "section", "footer", "header"},
    "dt": BLOCKS - _HEADINGS - {"article", "aside", "nav", "section", "footer", "header"},
}
GIVEN_UP = frozenset({"center", "font", "big", "strike", "tt", "marquee", "blink", "frame", "acronym"})
GIVEN_UP_ATTRIBUTES = frozenset({"align", "bgcolor", "border", "cellpadding", "cellspacing", "valign"})
