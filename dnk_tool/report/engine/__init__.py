"""The PDF engine behind one door: `render` is all that others use, and nobody else imports WeasyPrint.

Behind it: `pdf` (one render); `tagging`, `text_layer`, `tag_tree`, `archive`, `chart_text`, `page_numbers`,
`page_ends`, `hyphenation`, `fetcher` (what makes a file true); `progress`; `patches` (the one way to replace
functions of libraries); `speedups` (time, nothing else).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from importlib import import_module
from typing import Any

from dnk_tool.report.engine.kind import Engine

__all__ = ["Engine", "render"]

_QUICK_START = "dnk_tool.report.engine.speedups.start"


def render(
    html: str,
    *,
    fingerprint: str,
    issued_on: date,
    files: Sequence[Mapping[str, Any]] = (),
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    engine: Engine = "fast",
) -> bytes:
    """The HTML as PDF/UA-1 and PDF/A-3a with `files` inside (see `archive.attach`).

    The same arguments give the same bytes. `plain` leaves all speed-ups out. Raises EngineChanged where
    WeasyPrint is not the release that the repairs were written for; `unchecked` leaves out those that do not
    fit, too, and does not say of the file that it is PDF/UA-1.

    Only in a process that renders nothing else at the same time, and always with the same engine: the fonts
    of WeasyPrint are not safe among threads, and what is replaced counts for the whole process.
    """
    if engine == "fast":
        with suppress(ModuleNotFoundError):  # the speed-ups can be taken out of the program
            import_module(_QUICK_START).import_weasyprint()
    from dnk_tool.report.engine.pdf import write_pdf  # noqa: PLC0415 - takes a third of a second and 60 MB

    return write_pdf(
        html,
        fingerprint=fingerprint,
        issued_on=issued_on,
        files=files,
        on_progress=on_progress,
        engine=engine,
    )
