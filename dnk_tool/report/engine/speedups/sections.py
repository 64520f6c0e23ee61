"""Keeps the boxes of sections from one document to the next: what says the same is not read or styled again.

The HTML of a declaration is a row of sections. A section with the same words, in the same place of the same
design, gives the same boxes; they are kept with all that was remembered of their layout (`kept_layout`).
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dnk_tool.report.assets import SCHEME
from dnk_tool.report.engine.patches import Patch
from dnk_tool.report.engine.speedups import layout

_IS_KEPT = re.compile(r'<(?:section|nav) class="(?!part\b)')
_TAG = re.compile(r"<(/?)(?:section|nav)\b[^>]*>")
_DESIGN = re.compile(r"<html\b[^>]*>|<body\b[^>]*>|<style\b.*?</style>", re.DOTALL)
_KIND = re.compile(r'<(?:section|nav) class="[^"]*"')
_MARK = "data-kept"
MOST_WEIGHT = 1_000_000  # characters of HTML, each of which takes some hundred bytes of memory


@dataclass(slots=True, eq=False)
class CachedSection:
    """The boxes in a section, what can be linked to in them, and the texts of elements by their ids."""

    weight: int
    children: list[Any] | None = None
    anchors: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A document in which known sections are empty; `sections` are those that are marked, in order."""

    html: str
    sections: tuple[CachedSection, ...]

    @property
    def names(self) -> dict[str, str]:
        """The texts of elements by their ids, as far as they stand in sections."""
        return {name: text for section in self.sections for name, text in section.names.items()}


class SectionCache:
    """Sections that were made before, as many as there is room for; those used last stay."""

    def __init__(self, room: int = MOST_WEIGHT) -> None:
        """Takes `room` in characters of HTML."""
        self._room = room
        self._sections: OrderedDict[bytes, CachedSection] = OrderedDict()

    def plan(self, html: str) -> SectionPlan:
        """The document without the words of sections that are known."""
        # What may change how a section looks: it may look different beside another.
        kinds = sorted({*_KIND.findall(html)})
        design = hashlib.sha256("".join([*_DESIGN.findall(html), *kinds]).encode()).digest()
        pieces: list[str] = []
        sections: list[CachedSection] = []
        done = 0
        for place, start, end in _kept_parts(html):
            tag = html[start : html.index(">", start)]
            key = hashlib.sha256(design + f"{place}\n{tag}\n{html[start:end]}".encode()).digest()
            section = self._sections.get(key) or CachedSection(end - start)
            pieces += [html[done:start], f'{tag} {_MARK}="{len(sections)}">']
            done = end if section.children is not None else start + len(tag) + 1
            self._sections[key] = section
            self._sections.move_to_end(key)
            sections.append(section)
        return SectionPlan("".join([*pieces, html[done:]]), tuple(sections))

    def tidy(self) -> None:
        """Makes room, and forgets what no document came of."""
        self._sections = OrderedDict(
            (key, section) for key, section in self._sections.items() if section.children is not None
        )
        weight = sum(section.weight for section in self._sections.values())
        while weight > self._room:
            _key, oldest = self._sections.popitem(last=False)
            weight -= oldest.weight


def _kept_parts(html: str) -> Iterator[tuple[str, int, int]]:
    """For each section to keep: the tags around it, where it starts, and where its end tag starts.

    Text of people is escaped, so that every tag is one of ours.
    """
    around: list[str] = []
    start, depth = -1, 0
    for tag in _TAG.finditer(html):
        if tag[1]:
            if around:
                around.pop()
            if len(around) == depth and start >= 0:
                yield "".join(around), start, tag.start()
                start = -1
            continue
        if start < 0 and _IS_KEPT.match(tag[0]):
            start, depth = tag.start(), len(around)
        around.append(tag[0])


_plan: SectionPlan | None = None


@contextmanager
def using(plan: SectionPlan) -> Iterator[None]:
    """While a document is rendered from the HTML of a plan."""
    global _plan  # noqa: PLW0603 - one render at a time in this process
    _plan = plan
    try:
        yield
    finally:
        _plan = None


def _taking_known(make: Any) -> Any:
    """Replaces the building of boxes by one that fills known sections instead of building them."""

    def build_formatting_structure(
        element_tree: Any, style_for: Any, get_image: Any, base_url: Any, target_collector: Any, *rest: Any
    ) -> Any:
        """Builds the boxes of the document and fills in those of known sections, with their anchors."""
        if _plan is None:
            return make(element_tree, style_for, get_image, base_url, target_collector, *rest)
        for section in _plan.sections:
            for name, box in section.anchors.items():
                target_collector.collect_anchor(name)
                target_collector.store_target(name, {}, box)
        root = make(element_tree, style_for, get_image, base_url, target_collector, *rest)
        for box in _marked(root):
            _fill(box, _plan.sections[int(box.element.get(_MARK))])
        return root

    return build_formatting_structure


def _marked(box: Any) -> Iterator[Any]:
    """The boxes of sections to keep."""
    for child in getattr(box, "children", ()):
        if child.element is not None and child.element.get(_MARK) and child.element_tag in ("section", "nav"):
            yield child
        else:
            yield from _marked(child)


def _fill(box: Any, section: CachedSection) -> None:
    """Gives a marked box the children that are kept, or keeps those that it has for the next document."""
    if section.children is not None:
        box.children = section.children
        return
    memo = layout.LayoutCache()
    for descendant in (inner for child in box.children for inner in child.descendants()):
        memo.adopt(descendant)
        if descendant.style["anchor"]:
            section.anchors[descendant.style["anchor"]] = descendant
    section.names = {
        element.get("id"): " ".join("".join(element.itertext()).split())
        for element in box.element.iter()
        if isinstance(element.tag, str) and element.get("id")
    }
    section.children = box.children


def _read_once(read: Any) -> Any:
    """Reads our own style for the first document only.

    Kept boxes need the fonts that they were measured with, and to read the style again would add them again.
    """
    known: dict[str, Any] = {}

    def stylesheet(*given: Any, **named: Any) -> Any:
        """Reads a style sheet; one of ours only the first time, so that its page rules are kept with it."""
        address = str(named.get("url"))
        if not address.startswith(f"{SCHEME}:"):
            return read(*given, **named)
        if address not in known:
            known[address] = read(*given, **named | {"page_rules": None, "layers": None})
        return known[address]

    return stylesheet


PATCHES = (
    Patch(
        "weasyprint.document:build_formatting_structure",
        "239834cbf4e68151ead5b795473d0ed3dd1f15d61c104952305a29f7bdb127cf",
        _taking_known,
        relies_on=("weasyprint.css.targets:TargetCollector",),
    ),
    Patch(
        "weasyprint.css:CSS", "69972a85603ed79c8d4d45096fa3f05da2c1b2a301379aa80125d3bd323ba75e", _read_once
    ),
    *layout.PATCHES,
)
