"""Lays out the HTML of a declaration and writes a file that is PDF/UA-1 and PDF/A-3a, always the same.

Only the child process imports this module, and only through `engine.render`.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from itertools import chain
from typing import Any, Protocol

import weasyprint

from dnk_tool.report.engine import (
    archive,
    chart_text,
    fetcher,
    hyphenation,
    page_ends,
    page_numbers,
    painting_order,
    patches,
    progress,
    tagging,
    text_layer,
)
from dnk_tool.report.engine.kind import Engine
from dnk_tool.report.engine.plan import RenderPlan, make_fonts

log = logging.getLogger(__name__)

VARIANT = "pdf/a-3a"  # archive.identify makes it PDF/UA-1, too
_SPEEDUPS = "dnk_tool.report.engine.speedups.registry"
_TAGS = "Repair of tags"
# Each is applied as a whole, and works without the others.
_REPAIRS = {
    _TAGS: (*tagging.PATCHES, *text_layer.PATCHES),
    "Repair of the order of painting": painting_order.PATCHES,
    "Repair of texts in charts": chart_text.PATCHES,
    "Repair of the ends of streams": archive.PATCHES,
}


def write_pdf(
    html: str,
    *,
    fingerprint: str,
    issued_on: date,
    files: Sequence[Mapping[str, Any]],
    on_progress: progress.Progress,
    engine: Engine,
) -> bytes:
    """See `engine.render`."""
    plan_for, has_tags = _prepared(engine)
    with (
        plan_for(page_numbers.with_room(text_layer.with_plain_hyphens(html))) as plan,
        _clock_at(issued_on),
        progress.telling(on_progress) as will_paint,
    ):

        def finish(document: Any, pdf: Any) -> None:
            """Completes the file before it is written: tags for listeners, PDF/UA-1, attachments."""
            if has_tags:
                tagging.finish(document, pdf, plan.names())
            archive.identify(pdf, fingerprint, is_checked=engine != "unchecked")
            archive.attach(pdf, files, issued_on)

        source = weasyprint.HTML(string=plan.html, url_fetcher=fetcher.AssetFetcher())
        document = source.render(pdf_variant=VARIANT, font_config=plan.fonts)
        will_paint(len(document.pages))
        page_numbers.write(document)
        if has_tags:
            tagging.prepare(document)
        tagging.bleed(document)
        content: bytes = document.write_pdf(
            finisher=finish, pdf_variant=VARIANT, pdf_identifier=fingerprint.encode("ascii")
        )
    return content


class _Plans(Protocol):
    """What makes the plan of a render from its HTML, and keeps it right for as long as the render takes."""

    def __call__(self, html: str) -> AbstractContextManager[RenderPlan]: ...


@cache
def _prepared(engine: Engine) -> tuple[_Plans, bool]:
    """What plans each render, with the libraries repaired and, where wanted, made faster.

    Also whether tags are repaired. Raises EngineChanged.
    """
    if engine == "unchecked":
        applied = {name: patches.apply_if_current(name, group) for name, group in _REPAIRS.items()}
        has_tags = applied[_TAGS]
    else:
        patches.repair(chain.from_iterable(_REPAIRS.values()))
        has_tags = True
    hyphenation.install()
    patches.apply_if_current("Progress", progress.PATCHES)
    patches.apply_if_current("Whole words at the ends of pages", page_ends.PATCHES)
    if engine != "fast":
        return _plain, has_tags
    try:
        registry = import_module(_SPEEDUPS)
    except ModuleNotFoundError:  # the speed-ups can be taken out of the program
        log.warning("There are no speed-ups in this program: the engine is the plain one")
        return _plain, has_tags
    registry.install()
    plans: _Plans = registry.faster
    return plans, has_tags


def _plain(html: str) -> AbstractContextManager[RenderPlan]:
    """Plans a render that knows nothing of earlier ones: the whole HTML, and fonts of its own."""
    return nullcontext(RenderPlan(html, make_fonts(), dict))


@contextmanager
def _clock_at(day: date) -> Iterator[None]:
    """The time that goes into the embedded fonts."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
