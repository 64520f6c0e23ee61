"""How declarations are printed now: tests/data/prints. `python -m tests.prints` notes it anew.

Pages and words must not change without anybody wanting it. The bytes are compared only where the libraries
that make them are the same.
"""

import ctypes
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pikepdf
from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.paths import PACKAGE, templates_folder
from dnk_tool.report import renderer
from dnk_tool.report.engine import Engine
from dnk_tool.report.process.client import RenderWorker
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import declaration_job, render_pdf
from dnk_tool.report.view.branding import DEFAULT_BRANDING
from dnk_tool.report.view.edition import FULL_EXPORT, ExportOptions, Variant
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports.rendering import issue_of_version, version_pdf_request
from dnk_tool.services.publication.verification import with_verification_url
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.declarations import queries as declarations
from tests import released
from tests.released import RELEASES, Version
from tests.support.documents import stored_document
from tests.support.listening import print_contents

DATA = Path(__file__).parent / "data"
FOLDER = DATA / "prints"
RECORDED = FOLDER / "prints.json"
# Besides the page and the libraries: the programs and files with which the child prints it.
PRINTERS = (
    "paths.py",
    "isolation.py",
    "report/*.py",
    "report/assets/**/*",
    "report/engine/**/*",
    "report/process/**/*",
)
STYLES = ("report/**/*.css",)
DAY = date(2026, 3, 2)
DRAFT, SHORT = "draft", "craft-short"
SHORT_EDITION = ExportOptions(Variant.SHORT, language="en")
LIBRARIES = (
    "weasyprint",
    "pydyf",
    "tinycss2",
    "cssselect2",
    "pyphen",
    "fonttools",
    "pillow",
    "babel",
    "jinja2",
    "xlsxwriter",
)


@dataclass(frozen=True)
class Printed:
    """What is noted of a PDF. Its words stand in a file of their own, to be read where they differ."""

    sha256: str
    pages: int


@dataclass(frozen=True)
class Print:
    """A declaration that may be printed, and `inputs`, the mark of all that decides what comes of it.

    The same inputs give the same bytes: what was noted of one print holds for the next.
    """

    inputs: str
    make: Callable[[], bytes]


def of_file(name: str) -> Print:
    """The print of a declaration of tests/data, or of the short form in English."""
    return Print(inputs_of(job_of_file(name)), lambda: printed(*_source_of(name)))


def job_of_file(name: str) -> bytes:
    """What the child is given to print it."""
    return job(*_source_of(name))


def _source_of(name: str) -> tuple[str, ExportOptions]:
    return (name, FULL_EXPORT) if name != SHORT else ("craft", SHORT_EDITION)


def names() -> list[str]:
    """The declarations of tests/data."""
    return sorted(path.stem for path in DATA.glob("*.json"))


@cache
def printed(name: str, edition: ExportOptions = FULL_EXPORT) -> bytes:
    """One of them as PDF, made once a process for all who look at it."""
    document, issue = issued(name)
    return render_pdf(document, issue, edition=edition)


@cache
def job(name: str, edition: ExportOptions = FULL_EXPORT) -> bytes:
    """What the child is given to print one of them."""
    document, issue = issued(name)
    return declaration_job(document, issue, edition, DEFAULT_BRANDING, RenderLimits())


def inputs_of(job: bytes, *, engine: Engine = "fast") -> str:
    """The mark of a page with its files, of the programs that print it, and of their libraries."""
    return hashlib.sha256(f"{engine} {printers()} {hashlib.sha256(job).hexdigest()}".encode()).hexdigest()


@cache
def printers() -> str:
    """The mark of our programs and files that print a page, and of the libraries that they use."""
    digest = hashlib.sha256(json.dumps(made_with(), sort_keys=True).encode())
    for root, patterns in ((PACKAGE, PRINTERS), (templates_folder(), STYLES)):
        for file in sorted(file for pattern in patterns for file in root.glob(pattern)):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(
                    f"\n{file.relative_to(root)} ".encode() + hashlib.sha256(file.read_bytes()).digest()
                )
    return digest.hexdigest()


def issued(name: str) -> tuple[Document, Issue]:
    """One of them, and what its print says of itself."""
    document = stored_document(name)
    is_draft = name == DRAFT
    return document, Issue(None if is_draft else 2, DAY, is_draft, fingerprint(canonical_json(document)))


def of_version(session: Session, earlier_version: Version) -> Print:
    """A version of an earlier release, to be printed by this one."""
    snapshot = declarations.snapshot(session, earlier_version.declaration, earlier_version.number)
    if snapshot is None:
        raise LookupError(earlier_version.name)
    issue = with_verification_url(issue_of_version(session, snapshot), released.PUBLIC_URL)
    wanted = version_pdf_request(session, snapshot, issue)
    document, issue, edition, look = wanted.document(), wanted.issue, wanted.edition, wanted.look
    inputs = inputs_of(declaration_job(document, issue, edition, look, RenderLimits()))
    return Print(inputs, lambda: render_pdf(document, issue, edition=edition, look=look))


def noted(content: bytes) -> Printed:
    """What is to be noted of a PDF."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return Printed(hashlib.sha256(content).hexdigest(), len(pdf.pages))


def is_noted(name: str, inputs: str) -> bool:
    """Whether what was noted of this print was made of the same page by the same programs."""
    return bool(recorded()["prints"].get(name, {}).get("inputs") == inputs)


def noted_of_plain(name: str) -> dict[str, str]:
    """The marks of what was seen in the plain engine's print; empty unless it would print the same again."""
    noted: dict[str, str] = recorded()["plain"].get(name, {})
    return noted if noted.get("inputs") == inputs_of_plain(name) else {}


def inputs_of_plain(name: str) -> str:
    """The mark of all that decides what is seen in the plain engine's print of it."""
    return f"{inputs_of(job(name), engine='plain')} {print_contents.reader()}"


def can_be_read() -> bool:
    """Whether the program is here that reads the words of a PDF."""
    return shutil.which("pdftotext") is not None


def page_words(content: bytes) -> str:
    """All that is printed, in the order in which it was written, page after page."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return done.stdout.decode().replace("\f", "\n----\n")


def letters(words: str) -> str:
    """The words without what depends on where a line or a page ends."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", words)


@cache
def recorded() -> dict[str, Any]:
    """What was noted last: `made_with` and `prints`."""
    record: dict[str, Any] = json.loads(RECORDED.read_text("utf-8"))
    return record


def differing() -> list[str]:
    """The libraries that are others than those with which the bytes were noted."""
    then, now = recorded()["made_with"], made_with()
    names = [name for name in then | now if then.get(name) != now.get(name)]
    return [f"{name} {then.get(name)} -> {now.get(name)}" for name in names]


@cache
def made_with() -> dict[str, str]:
    """All that the bytes depend on besides our own program."""
    versions = {name: version(name) for name in LIBRARIES}
    return versions | {
        "pango": _told("libpango-1.0.so.0", "pango_version_string"),
        "harfbuzz": _told("libharfbuzz.so.0", "hb_version_string"),
        "harfbuzz-subset": _told("libharfbuzz-subset.so.0", "hb_version_string"),
        "fontconfig": _fontconfig(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "machine": platform.machine(),
    }


def _told(library: str, function: str) -> str:
    """What a library says of its version; empty where the system has it under another name."""
    try:
        ask = getattr(ctypes.CDLL(library), function)
    except (OSError, AttributeError):
        return ""
    ask.restype = ctypes.c_char_p
    return str(ask().decode())


def _fontconfig() -> str:
    try:
        return str(ctypes.CDLL("libfontconfig.so.1").FcGetVersion())
    except OSError:
        return ""


def main() -> None:
    """Note how everything is printed now."""
    renderer.keep_warm()
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    prints = {}
    for name, wanted in _every():
        content = wanted.make()
        now = noted(content)
        prints[name] = {"sha256": now.sha256, "pages": now.pages, "inputs": wanted.inputs}
        if "/" not in name:
            (FOLDER / f"{name}.txt").write_text(page_words(content), "utf-8")
        print(f"{name}: {now.pages} pages")
    said = {"made_with": made_with(), "prints": prints, "plain": _noted_plainly()}
    RECORDED.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    sys.exit(_look_at_all())


def _look_at_all() -> int:
    """Run every test that looks at prints, and note with what it passed: it is skipped until that changes."""
    tests = Path(__file__).parent
    files = [file for file in sorted(tests.rglob("test_*.py")) if "unless_seen" in file.read_text("utf-8")]
    wanted = {"DNK_TEST_FULL": "1", "DNK_TEST_NOTE_PRINTS": "1"}
    command = [sys.executable, "-m", "pytest", "-n0", *map(str, files)]
    return subprocess.run(command, env=os.environ | wanted, cwd=tests.parent, check=False).returncode


def _noted_plainly() -> dict[str, dict[str, str]]:
    """What is seen of each declaration as the plain engine prints it."""
    noted = {}
    for name in names():
        worker = RenderWorker("plain")
        content = worker.run_job(job(name), RenderLimits().seconds)
        worker.kill()
        seen = {kind: print_contents.mark_of(see(content)) for kind, see in print_contents.SEEN.items()}
        noted[name] = {"inputs": inputs_of_plain(name), **seen}
        print(f"{name}: by the plain engine")
    return noted


def _every() -> Iterator[tuple[str, Print]]:
    for name in (*names(), SHORT):
        yield name, of_file(name)
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as place, _opened(release.fill_sqlite(Path(place) / "x")) as now:
            for earlier_version in release.finished:
                yield f"{release.name}/{earlier_version.name}", of_version(now, earlier_version)


@contextmanager
def _opened(url: str) -> Iterator[Session]:
    engine = make_engine(url)
    schema.upgrade(engine)
    with session_factory(engine)() as session:
        yield session
    engine.dispose()


if __name__ == "__main__":
    main()
