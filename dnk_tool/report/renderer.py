"""Renders in a child with limits, so that no text can take the server's time, memory or secrets."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Literal

from dnk_tool.domain.document import Document
from dnk_tool.language import Language
from dnk_tool.paths import PACKAGE
from dnk_tool.report.assets import FONTCONFIG
from dnk_tool.report.attachments import Attachment, attachments_of
from dnk_tool.report.compose import compose
from dnk_tool.report.limits import OUT_OF_MEMORY, Limits
from dnk_tool.report.page import render_html
from dnk_tool.report.variants import Edition
from dnk_tool.report.view import Issue

Cause = Literal["busy", "time", "memory", "crash"]

MOST_PLACES = 6
_MEMORY_WORDS = (b"MemoryError", b"failed to allocate", b"Cannot allocate memory", b"out of memory")
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_one_at_a_time = threading.Lock()

# Each one that waits keeps a thread of the server from its other work.
MOST_WAITING, PATIENCE_SECONDS = 2, 10
_places = threading.BoundedSemaphore(1 + MOST_WAITING)


class RenderFailed(Exception):
    """No PDF came about: others were first, a limit of time or memory was reached, or the child crashed.

    `detail` is for the log: it holds no words of the document.
    """

    def __init__(self, reason: Cause, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


def render_pdf(
    document: Document, issue: Issue, *, language: Language | None = None, limits: Limits | None = None
) -> bytes:
    """The declaration as PDF/UA-1 and PDF/A-3a with its data inside, by default in its own language.

    Raises RenderFailed. The same document and issue give the same bytes. One render runs at a time in a
    process; two others wait for it, not for long, and the rest hear at once that the printer is busy.
    """
    with _turn():
        html = render_html(compose(document, issue, Edition(language=language)))
        files = attachments_of(document, issued_on=issue.issued_on, language=language or document.language)
        return render_job(html, issue, limits or Limits(), files)


@contextmanager
def _turn() -> Iterator[None]:
    """Alone in here. Raises RenderFailed where that would take too long."""
    if not _places.acquire(blocking=False):
        raise RenderFailed("busy", f"{MOST_WAITING} are waiting already")
    try:
        if not _one_at_a_time.acquire(timeout=PATIENCE_SECONDS):
            raise RenderFailed("busy", f"another render is still running after {PATIENCE_SECONDS} seconds")
        try:
            yield
        finally:
            _one_at_a_time.release()
    finally:
        _places.release()


def render_job(html: str, issue: Issue, limits: Limits, files: Sequence[Attachment] = ()) -> bytes:
    """The page as PDF with files inside, made by a child that knows nothing else. Raises RenderFailed."""
    job = json.dumps(
        {
            "html": html,
            "fingerprint": issue.fingerprint,
            "issued_on": issue.issued_on.isoformat(),
            "cpu_seconds": limits.cpu_seconds,
            "memory": limits.memory,
            "files": [asdict(one) | {"content": base64.b64encode(one.content).decode()} for one in files],
        }
    )
    with tempfile.TemporaryDirectory(prefix="dnk-report-") as folder:
        return _run(job.encode(), folder, limits.seconds)


def _run(job: bytes, folder: str, seconds: int) -> bytes:
    command = [sys.executable, "-X", "utf8", "-P", "-m", "dnk_tool.report.child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no text of a user in the command
            command,
            input=job,
            capture_output=True,
            cwd=folder,
            env=_environment(folder),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RenderFailed("time", f"no result after {seconds} seconds") from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    raise RenderFailed(_cause(done.returncode, done.stderr), _detail(done.returncode, done.stderr))


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the server's environment but where programs and libraries lie: no secrets, no proxies."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return kept | {
        "PYTHONPATH": str(PACKAGE.parent),
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "XDG_CACHE_HOME": folder,
        "FONTCONFIG_FILE": str(FONTCONFIG),
    }


def _detail(code: int, errors: bytes) -> str:
    """The exit status, the kind of error and where it arose. Its message may hold words of the document."""
    said = errors.decode("utf-8", "replace")
    places = re.findall(r'^  File "(?:[^"]*/)?([^"/]+)", line (\d+), in', said, re.MULTILINE)
    kinds = re.findall(r'^  File "[^"]*", line \d+, in .*\n(?: .*\n)*([\w.]+)', said, re.MULTILINE)
    way = " > ".join(f"{file}:{line}" for file, line in places[-MOST_PLACES:])
    return f"status {code}, {kinds[-1] if kinds else 'no traceback'} {way}".strip()


def _cause(code: int, errors: bytes) -> Cause:
    if code == -signal.SIGXCPU:
        return "time"
    if code == OUT_OF_MEMORY or code == -signal.SIGKILL or any(word in errors for word in _MEMORY_WORDS):
        return "memory"
    return "crash"
