"""What makes a page usable for who hears it or uses a keyboard, as far as its HTML tells.

Each rule yields what is wrong. The browser's tests add what only a browser knows: colours, sizes, scripts.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from tests.support.pages import vocabulary
from tests.support.pages.markup import LABELABLE, Markup, place

Rule = Callable[[Markup], Iterator[str]]
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INTERACTIVE = ("a", "button", "input", "select", "textarea", "summary")
SILENT = ("presentation", "none")
# Attributes whose value is the id of another element, or several.
REFERENCES = (
    "for",
    "form",
    "list",
    "headers",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "aria-details",
    "aria-errormessage",
    "aria-activedescendant",
)


def problems(page: Markup) -> list[str]:
    """All that is wrong with a page, the parser's errors first."""
    return [*page.errors, *(f"{rule.__name__}: {found}" for rule in RULES for found in rule(page))]


def html_is_framed(page: Markup) -> Iterator[str]:
    """A title, a language, one main part, at most one banner and footer, and zooming is allowed."""
    if not page.text(next(iter(page.all("title")), None)):
        yield "no title"
    for tag, most in (("main", 1), ("h1", 1)):
        if len(page.all(tag)) != most:
            yield f"{len(page.all(tag))} {tag}"
    for landmark, tag in (("banner", "header"), ("contentinfo", "footer")):
        outer = [it for it in page.all(tag) if not _within(page, it, "main", "section", "article", "aside")]
        if len(outer) > 1:
            yield f"{len(outer)} {landmark}"
    for viewport in (it for it in page.all("meta") if it.get("name") == "viewport"):
        if re.search(r"user-scalable\s*=\s*no|maximum-scale", viewport.get("content", "")):
            yield f"no zoom: {place(viewport)}"
    for it in page.elements:
        if "lang" in it.attrib and not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", it.get("lang", "")):
            yield f"no language: {place(it)}"


def headings_go_down_one_by_one(page: Markup) -> Iterator[str]:
    level = 0
    for heading in (it for it in page.all(*HEADINGS) if not page.is_unspoken(it)):
        own = int(heading.tag[1])
        if level and own > level + 1:
            yield f"h{level} is followed by {place(heading)}"
        if not page.text(heading):
            yield f"says nothing: {place(heading)}"
        level = own


def ids_are_unique(page: Markup) -> Iterator[str]:
    for name, count in Counter(it.get("id") for it in page.elements if "id" in it.attrib).items():
        if count > 1 or not name or re.search(r"\s", name):
            yield f"{count} x {name!r}"


def references_lead_somewhere(page: Markup) -> Iterator[str]:
    for it in page.elements:
        for attribute in REFERENCES:
            for ref in it.get(attribute, "").split():
                if ref not in page.by_id:
                    yield f"{attribute}={ref}: {place(it)}"
        target = page.by_id.get(it.get("for", "")) if it.tag == "label" else None
        if target is not None and (target.tag not in LABELABLE or target.get("type") == "hidden"):
            yield f"labels what cannot be labelled: {place(it)}"
        href = it.get("href", "") if it.tag == "a" else ""
        if href.startswith("#") and href != "#" and unquote(href[1:]) not in page.by_id:
            yield f"leads nowhere on the page: {place(it)}"


def controls_have_names(page: Markup) -> Iterator[str]:
    """Fields, buttons, links and what unfolds; a name begins as the words that one sees."""
    for it in page.all(*INTERACTIVE):
        if it.get("type") == "hidden" or page.is_unspoken(it) or (it.tag == "a" and "href" not in it.attrib):
            continue
        name = page.name(it)
        if not name:
            yield f"no name: {place(it)}"
        shows_words = it.tag in ("a", "button", "summary") and "aria-label" in it.attrib
        if shows_words and _letters(page.text(it)) not in _letters(name):
            yield f"is called otherwise than it looks: {place(it)}"
    for label in page.all("label"):
        if not page.is_hidden(label) and not page.text(label):
            yield f"an empty label: {place(label)}"


def groups_have_names(page: Markup) -> Iterator[str]:
    """Fieldsets, dialogs and other groups; choices of one name stand in one, or in a row with a head."""
    for it in page.elements:
        is_group = it.tag in ("fieldset", "dialog") or it.get("role") in vocabulary.NAMED_ROLES
        if is_group and not page.is_unspoken(it) and not _group_name(page, it):
            yield f"no name: {place(it)}"
        if it.tag == "legend" and list(page.parents[it]).index(it):
            yield f"a legend that is not first: {place(it)}"
    radios = [it for it in page.all("input") if it.get("type") == "radio" and not page.is_unspoken(it)]
    for (form, name), count in Counter((page.form_of(it), it.get("name")) for it in radios).items():
        one = next(it for it in radios if it.get("name") == name and page.form_of(it) is form)
        if count > 1 and not any(map(_is_group, page.around(one))):
            yield f"{count} choices without a group: {place(one)}"
    yield from _same_landmarks(page)


def _is_group(element: Element) -> bool:
    is_row = element.tag == "tr" and any(it.tag == "th" for it in element)
    return is_row or element.tag == "fieldset" or "group" in element.get("role", "")


def _same_landmarks(page: Markup) -> Iterator[str]:
    for tag in ("nav", "aside"):
        there = [it for it in page.all(tag) if not page.is_unspoken(it)]
        for name, count in Counter(_group_name(page, it) for it in there).items():
            if count > 1:
                yield f"{count} x <{tag}> called {name!r}"


def pictures_say_what_they_show(page: Markup) -> Iterator[str]:
    for it in page.elements:
        if it.tag == "img" and "alt" not in it.attrib:
            yield f"no alt: {place(it)}"
        is_picture = it.get("role") == "img" or (it.tag == "svg" and it.get("role") not in SILENT)
        is_part = _within(page, it, "a", "button", "svg")
        if is_picture and not is_part and not page.is_unspoken(it) and not _group_name(page, it):
            yield f"neither named nor silent: {place(it)}"
        if it.tag == "iframe" and not it.get("title"):
            yield f"no title: {place(it)}"


def nothing_is_pressed_within_another(page: Markup) -> Iterator[str]:
    for it in page.all(*INTERACTIVE, "label"):
        if it.get("type") == "hidden" or (it.tag == "a" and "href" not in it.attrib):
            continue
        if _within(page, it, "a", "button") or (
            it.tag in ("label", "summary") and _within(page, it, "label")
        ):
            yield place(it)
    for it in page.elements:
        if int(it.get("tabindex", "0") or 0) > 0:
            yield f"an order of its own: {place(it)}"
        if it.get("aria-hidden") == "true":
            for inner in it.iter():
                can_be_reached = inner.tag in INTERACTIVE and inner.get("type") != "hidden"
                if can_be_reached and inner.get("tabindex") != "-1" and "disabled" not in inner.attrib:
                    yield f"can be reached and is not read aloud: {place(inner)}"


def tables_have_heads(page: Markup) -> Iterator[str]:
    for table in page.all("table"):
        if table.get("role") in SILENT:
            continue
        heads = list(table.iter("th"))
        if not heads:
            yield f"no head: {place(table)}"
        if not page.name(table):
            yield f"no name: {place(table)}"
        for head in heads:
            if not page.text(head):
                yield f"an empty head: {place(head)}"
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"a head of what? {place(head)}"


def lists_hold_items(page: Markup) -> Iterator[str]:
    for it in page.elements:
        inner = {child.tag for child in it if isinstance(child.tag, str)}
        if it.tag in ("ul", "ol", "menu") and inner - {"li", "script", "template"}:
            yield f"{sorted(inner)} in {place(it)}"
        if it.tag == "dl" and inner - {"dt", "dd", "div", "script", "template"}:
            yield f"{sorted(inner)} in {place(it)}"
        if it.tag == "li" and page.parents[it].tag not in ("ul", "ol", "menu"):
            yield f"an item without a list: {place(it)}"
        if it.tag in ("dt", "dd") and page.parents[it].tag not in ("dl", "div"):
            yield f"a term without a list: {place(it)}"


def elements_stand_where_they_may(page: Markup) -> Iterator[str]:
    """Blocks do not stand among words; nothing is used that the standard has given up."""
    for it in page.elements:
        if it.tag in vocabulary.WORDS_ONLY:
            allowed = vocabulary.WORDS_ONLY[it.tag]
            for child in it:
                if child.tag in vocabulary.BLOCKS and child.tag not in allowed:
                    yield f"<{child.tag}> in {place(it)}"
        if it.tag in vocabulary.GIVEN_UP:
            yield f"given up: {place(it)}"
        if given_up := vocabulary.GIVEN_UP_ATTRIBUTES & it.attrib.keys():
            yield f"given up: {sorted(given_up)} in {place(it)}"


def roles_and_attributes_exist(page: Markup) -> Iterator[str]:
    for it in page.elements:
        for role in it.get("role", "").split():
            if role not in vocabulary.ROLES:
                yield f"no role: {place(it)}"
        for name, value in it.attrib.items():
            if name.startswith("aria-"):
                allowed = vocabulary.ARIA.get(name)
                if allowed is None or (allowed and value not in allowed):
                    yield f"{name}={value!r}: {place(it)}"
        if it.get("aria-invalid") == "true" and not it.get("aria-describedby"):
            yield f"does not say what is wrong: {place(it)}"
        if it.tag == "input" and it.get("type", "text") not in vocabulary.TYPES:
            yield f"no type: {place(it)}"
        for token in it.get("autocomplete", "").split():
            if it.tag in ("input", "select", "textarea") and token not in vocabulary.COMPLETIONS:
                yield f"no kind of entry: {place(it)}"


def _within(page: Markup, element: Element, *tags: str) -> bool:
    return any(it.tag in tags for it in page.around(element))


def _group_name(page: Markup, element: Element) -> str:
    """A name that was given, not the words inside."""
    if element.tag in ("fieldset", "svg", "img", "table"):
        return page.name(element)
    if not {"aria-label", "aria-labelledby", "title"} & element.attrib.keys():
        return ""
    return page.name(element)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


RULES: tuple[Rule, ...] = (
    html_is_framed,
    headings_go_down_one_by_one,
    ids_are_unique,
    references_lead_somewhere,
    controls_have_names,
    groups_have_names,
    pictures_say_what_they_show,
    nothing_is_pressed_within_another,
    tables_have_heads,
    lists_hold_items,
    elements_stand_where_they_may,
    roles_and_attributes_exist,
)
