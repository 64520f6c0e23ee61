"""Every speed-up by its name.

Each can be left out alone: `python -m tests.bench_pdf --speedups` says what it buys.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache

from weasyprint.text.fonts import FontConfiguration

from dnk_tool.report.engine.patches import Patch, apply_if_current
from dnk_tool.report.engine.plan import RenderPlan, make_fonts
from dnk_tool.report.engine.speedups import (
    LEFT_OUT,
    cascade,
    hyphenation,
    sections,
    start,
    styles,
    text,
    writing,
)

SECTIONS, COLLECTOR = "sections", "collector"
SPEEDUPS: Mapping[str, tuple[Patch, ...]] = {
    SECTIONS: sections.PATCHES,
    COLLECTOR: (),
    "lines": text.LINES,
    "drawing": text.DRAWING,
    "pseudo-elements": cascade.PSEUDO_ELEMENTS,
    "page-styles": cascade.PAGE_STYLES,
    "lengths": styles.LENGTHS,
    "words": styles.WORDS,
    "writing": writing.WRITING,
    "hyphenation": hyphenation.HYPHENATION_PATTERNS,
    # In place before anything here is imported, see `start`.
    start.DECLARATIONS: (),
    start.FONT_TOOLS: (),
}

_active: set[str] = set()
_shelf = sections.SectionCache()


def install() -> None:
    """Applies the speed-ups that fit the installed libraries, for the rest of the process."""
    for name, patches in SPEEDUPS.items():
        if name not in LEFT_OUT and apply_if_current(f"Speed-up {name!r}", patches):
            _active.add(name)


@contextmanager
def faster(html: str) -> Iterator[RenderPlan]:
    """While one document is rendered: the plan with what is known of it from earlier ones."""
    plan = _shelf.plan(html) if SECTIONS in _active else sections.SectionPlan(html, ())
    with _without_collector() if COLLECTOR in _active else nullcontext(), sections.using(plan):
        yield RenderPlan(plan.html, _fonts(), lambda: plan.names)
    _shelf.tidy()


@cache
def _fonts() -> FontConfiguration:
    """Boxes that are kept need the fonts that they were measured with."""
    return make_fonts()


@contextmanager
def _without_collector() -> Iterator[None]:
    """The layout makes millions of objects that live to the end; a collector looks at them in vain."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
