"""A page as a browser reads it: its tree, what the HTML standard calls an error, names of its elements."""

import re
from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

CONTROLS = frozenset({"input", "select", "textarea", "button"})
LABELABLE = CONTROLS | {"meter", "output", "progress"}
UNREAD = frozenset({"script", "style", "template", "noscript"})
BUTTONS = frozenset({"submit", "button", "reset", "image"})


class Markup:
    """The tree of a page. Its elements know their parents through it."""

    def __init__(self, html: str) -> None:
        parser = HTMLParser(namespace_html_elements=False)
        self.root: Element = parser.parse(html)
        for it in self.elements:  # pictures have a namespace of their own
            it.tag = it.tag.rpartition("}")[2]
        self.errors = [f"line {place[0]}: {error} {details or ''}" for place, error, details in parser.errors]

    @cached_property
    def elements(self) -> list[Element]:
        return [it for it in self.root.iter() if isinstance(it.tag, str)]

    @cached_property
    def parents(self) -> dict[Element, Element]:
        return {child: parent for parent in self.elements for child in parent}

    @cached_property
    def by_id(self) -> dict[str, Element]:
        return {it.get("id", ""): it for it in reversed(self.elements) if it.get("id")}

    def all(self, *tags: str) -> list[Element]:
        return [it for it in self.elements if it.tag in tags]

    def around(self, element: Element) -> Iterator[Element]:
        """The elements around it, from the inside."""
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent

    def is_hidden(self, element: Element) -> bool:
        """Whether nobody meets it, with eyes or ears, whatever is unfolded."""
        return any("hidden" in it.attrib or it.tag in UNREAD for it in (element, *self.around(element)))

    def is_unspoken(self, element: Element) -> bool:
        """Whether it is not read aloud."""
        silent = (it.get("aria-hidden") == "true" for it in (element, *self.around(element)))
        return self.is_hidden(element) or any(silent)

    def form_of(self, control: Element) -> Element | None:
        if (form := control.get("form")) is not None:
            return self.by_id.get(form)
        return next((it for it in self.around(control) if it.tag == "form"), None)

    @cached_property
    def _labels(self) -> dict[Element, list[Element]]:
        labels: dict[Element, list[Element]] = {}
        for label in self.all("label"):
            control = self.by_id.get(label.get("for", ""))
            if "for" not in label.attrib:
                control = next((it for it in label.iter() if it.tag in LABELABLE), None)
            if control is not None:
                labels.setdefault(control, []).append(label)
        return labels

    def name(self, element: Element) -> str:
        """What a screen reader calls it."""
        by = [self.by_id[ref] for ref in element.get("aria-labelledby", "").split() if ref in self.by_id]
        said = " ".join(map(self.text, by)) or element.get("aria-label", "")
        return _clean(said or self._own_name(element) or element.get("title", ""))

    def _own_name(self, element: Element) -> str:
        tag, kind = element.tag, element.get("type", "")
        if tag == "input" and kind in BUTTONS:
            return element.get("value", "") or element.get("alt", "")
        if labels := self._labels.get(element):
            return " ".join(map(self.text, labels))
        if tag in ("img", "area"):
            return element.get("alt", "")
        inner = {"fieldset": "legend", "table": "caption", "figure": "figcaption", "svg": "title"}
        if tag in inner:
            return self.text(next((it for it in element.iter(inner[tag])), None))
        return "" if tag in CONTROLS - {"button"} else self.text(element)

    def text(self, element: Element | None) -> str:
        """What is read aloud of it."""
        return _clean("".join(self._parts(element))) if element is not None else ""

    def _parts(self, element: Element) -> Iterator[str]:
        yield element.text or ""
        for child in element:
            if isinstance(child.tag, str) and self._is_read(child):
                if spoken := child.get("aria-label") or (child.tag == "img" and child.get("alt")):
                    yield f" {spoken} "
                else:
                    yield from self._parts(child)
            yield child.tail or ""

    def _is_read(self, child: Element) -> bool:
        is_silent = child.get("aria-hidden") == "true" or "hidden" in child.attrib
        return not is_silent and child.tag not in UNREAD | {"select", "textarea"}


def place(element: Element) -> str:
    """An element as one finds it in the page's source."""
    given = " ".join(f'{name}="{value}"' for name, value in list(element.attrib.items())[:5])
    return f"<{element.tag} {given}>"[:160]


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
