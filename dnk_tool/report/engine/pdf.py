"""Lays out the HTML of a declaration and writes a file that is PDF/UA-1 and PDF/A-3a, always the same.

Only the child process imports this module: WeasyPrint takes a third of a second and 60 MB.
"""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration

from dnk_tool.report.engine import archive, fetcher, hyphenation, page_numbers, progress, tagging
from dnk_tool.report.engine.speedups import layout, quadratic, sections, styles, text

_shelf = sections.SectionCache()

VARIANT = "pdf/a-3a"  # archive.identify makes it PDF/UA-1, too


def write_pdf(
    html: str,
    *,
    fingerprint: str,
    issued_on: date,
    files: Sequence[Mapping[str, Any]] = (),
    on_progress: progress.Progress = lambda _done, _of: None,
) -> bytes:
    """The HTML as PDF/UA-1 and PDF/A-3a with `files` inside (see archive.attach).

    The same arguments give the same bytes.

    Only in a process that renders nothing else at the same time: WeasyPrint's fonts are not safe among
    threads, and the repairs and the hyphenation count for the whole process.
    """
    for one in (
        hyphenation,
        tagging,
        quadratic,
        styles,
        sections,
        layout,
        text,
        progress,
    ):
        one.install()
    plan = _shelf.plan(page_numbers.with_room(html))

    def finish(document: Any, pdf: Any) -> None:
        tagging.finish(document, pdf, plan.names)
        archive.identify(pdf)
        archive.attach(pdf, files, issued_on)

    with (
        _without_collector(),
        _clock_at(issued_on),
        sections.using(plan),
        progress.telling(on_progress) as will_paint,
    ):
        source = weasyprint.HTML(string=plan.html, url_fetcher=fetcher.AssetFetcher())
        document = source.render(pdf_variant=VARIANT, font_config=_fonts())
        will_paint(len(document.pages))
        page_numbers.write(document)
        tagging.prepare(document)
        tagging.bleed(document)
        content: bytes = document.write_pdf(
            finisher=finish, pdf_variant=VARIANT, pdf_identifier=fingerprint.encode("ascii")
        )
    _shelf.tidy()
    return content


@cache
def _fonts() -> FontConfiguration:
    """Boxes that are kept need the fonts that they were measured with."""
    return FontConfiguration()


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
