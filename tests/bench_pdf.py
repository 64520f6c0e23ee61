"""Measures the PDF alone, beside two other engines in the same run; a part of `make bench`.

Chromium prints the same HTML; Typst sets the same words and tables. Both are tools of the bench only.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.assets import served_assets
from dnk_tool.report.files.attachments import attachments_of
from dnk_tool.report.files.html import PRINT_STYLE, render_html
from dnk_tool.report.process.client import RenderWorker
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import build_job
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.model import DeclarationView, Issue
from tests.support.documents import full_document
from tests.support.listening.print_contents import page_count
from tests.support.machine import children_cpu_seconds

ISSUE = Issue(1, date(2026, 3, 2), False, "ab12cd34" * 8)
CHILD_LOG = RenderWorker.__module__
TICK = os.sysconf("SC_CLK_TCK")
LIMITS = RenderLimits(seconds=900, cpu_seconds=300)
# The shell alone first: a full browser starts what a print does not need, and that would count, too.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TYPST = "typst==0.15.2"
# Pages, about: characters of each text, and how many areas there are of it.
SIZES = {10: (600, 1), 50: (700, 5), 200: (5_000, 5)}
REFERENCE = 50


# Where a cold child spends its time: noted at each boundary, sent as a line of its log before the file.
PHASES = """
import json, logging, os
from dnk_tool.report.process import worker

taken = {}
seen = 0.0

def note(phase):
    global seen
    now = sum(os.times()[:4])
    taken[phase] = round(taken.get(phase, 0) + now - seen, 2)
    seen = now

def noted(phase, function):
    def timed(*given, **named):
        note("rest")
        result = function(*given, **named)
        note(phase)
        return result
    return timed

note("start")
from dnk_tool.report.engine.speedups import start
start.import_weasyprint()
import weasyprint
from dnk_tool.report.engine import pdf
pdf._prepared("fast")
note("imports")
weasyprint.HTML.render = noted("layout", weasyprint.HTML.render)
weasyprint.Document.write_pdf = noted("painting", weasyprint.Document.write_pdf)
write_pdf = pdf.write_pdf

def telling(*given, **named):
    content = write_pdf(*given, **named)
    note("rest")
    logging.getLogger("dnk_tool").warning(json.dumps(taken))
    return content

pdf.write_pdf = telling
worker.main()
"""


def pdf_beside_others() -> dict[str, Any]:
    """Everything that is said in docs/benchmarks.md of the PDF."""
    views = {pages: view_of_areas(document_of(length), areas) for pages, (length, areas) in SIZES.items()}
    measurements: dict[str, Any] = {
        f"{pages} pages": measure_own_engine(view) for pages, view in views.items()
    }
    for pages in (10, REFERENCE):
        measurements[f"{pages} pages, cold, by phase"] = measure_phases(views[pages])
    view, document = views[REFERENCE], document_of(SIZES[REFERENCE][0])
    measurements["after a change"] = measure_after_change()
    measurements["one criterion"] = measure_one_criterion(document)
    with tempfile.TemporaryDirectory() as folder:
        measurements["chromium"] = measure_chromium(view, Path(folder))
        measurements["typst"] = measure_typst(view, Path(folder))
    other = measurements["chromium"]
    names = [name for name in ("cpu_seconds", "peak_memory_mb") if name in other]
    for way, own in measurements[f"{REFERENCE} pages"].items():
        measurements[f"{way} to chromium"] = {name: round(own[name] / other[name], 2) for name in names}
    return measurements


def document_of(length: int, extra: str = "") -> Document:
    """A declaration in which every text has from a third of `length` to `length` characters."""
    document, answers = full_document(), {}
    for number, (ref, answer) in enumerate(document.answers.items()):
        wanted = length * (1 + number % 3) // 3
        words = f"{answer.text or 'Wir berichten darüber.'} " * (
            wanted // max(20, len(answer.text or "")) + 1
        )
        added = extra if ref == "10.1" else ""
        answers[ref] = replace(answer, text=f"{added}{words[:wanted]}") if answer.text else answer
    return replace(document, answers=answers)


def view_of_areas(document: Document, areas: int = 9) -> DeclarationView:
    """The view; one area alone comes without what stands behind the areas."""
    view = compose(document, ISSUE)
    only = replace(view, parts=view.parts[:1], ratings=(), glossary=(), index=())
    return only if areas == 1 else view


def measure_own_engine(view: DeclarationView) -> dict[str, Any]:
    """A fresh child, the same again in the warm one."""
    job = build_job(render_html(view), ISSUE, LIMITS, ())
    printer = RenderWorker()
    try:
        return {"cold": measure_job(printer, job), "warm": measure_job(printer, job)}
    finally:
        printer.kill()


def measure_phases(view: DeclarationView) -> dict[str, float]:
    """Processor's seconds of a fresh child: Python's start, imports, layout, painting, and the rest."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    worker = RenderWorker("fast", ("-c", PHASES))
    logging.getLogger(CHILD_LOG).addHandler(handler)
    try:
        worker.run_job(build_job(render_html(view), ISSUE, LIMITS, ()), LIMITS.seconds)
    finally:
        logging.getLogger(CHILD_LOG).removeHandler(handler)
        worker.kill()
    phases: dict[str, float] = json.loads(said[-1])
    return phases


def measure_after_change() -> dict[str, Any]:
    """A full file after two lines more in one criterion, in a child that knows the rest."""
    printer = RenderWorker()
    try:
        full, changed = (measure_job(printer, job) for job in changed_jobs())
    finally:
        printer.kill()
    return changed | {"to a full one": round(changed["cpu_seconds"] / full["cpu_seconds"], 2)}


@cache
def changed_jobs() -> tuple[bytes, bytes]:
    """The reference with its files, and the same after two lines more in one criterion."""
    sentence = (
        "Ein neuer Satz, der länger als eine Zeile ist und alles, was ihm folgt, weiter nach unten schiebt. "
    )
    length = SIZES[REFERENCE][0]
    before, after = document_of(length), document_of(length, sentence * 2)
    files = attachments_of(before, issued_on=ISSUE.issued_on, language="de")
    whole, changed = (
        build_job(render_html(compose(document, ISSUE)), ISSUE, LIMITS, files) for document in (before, after)
    )
    return whole, changed


def measure_one_criterion(document: Document) -> dict[str, Any]:
    """The preview of one criterion: in a fresh child, and in one that printed another one before."""
    jobs = [
        build_job(
            render_html(compose(document, ISSUE, ExportOptions(Variant.SECTION, ref))), ISSUE, LIMITS, ()
        )
        for ref in ("11", "12")
    ]
    printer = RenderWorker()
    try:
        cold, warm = (measure_job(printer, job) for job in jobs)
    finally:
        printer.kill()
    return {"cold": cold, "warm": warm}


def measure_job(printer: RenderWorker, job: bytes) -> dict[str, Any]:
    """What one job takes in a child: processor's seconds, with those of its start, and its memory so far."""
    before = _cpu_at_rest(printer.pid) if printer.has_answered else 0.0
    begin = time.perf_counter()
    content = printer.run_job(job, LIMITS.seconds)
    seconds = time.perf_counter() - begin
    return {
        "pages": page_count(content),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_of(printer.pid) - before, 2),
        "peak_memory_mb": peak_of(printer.pid),
        "kib": len(content) // 1024,
    }


def _cpu_at_rest(pid: int) -> float:
    """Processor's seconds of a child that tidied up behind its last job."""
    used = -1.0
    while used != (used := cpu_of(pid)):
        time.sleep(1)
    return used


def measure_chromium(view: DeclarationView, folder: Path) -> dict[str, Any]:
    """Chromium printing the same HTML; the style and its fonts lie beside it."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        return {"skipped": "no Chromium on this machine"}
    html = render_html(view).replace(PRINT_STYLE, '<link rel="stylesheet" href="declaration.css">')
    (folder / "page.html").write_text(html, "utf-8")
    for address, (path, _kind) in served_assets().items():
        target = folder / address.partition(":")[2]
        target.parent.mkdir(exist_ok=True)
        content = path.read_bytes()
        target.write_bytes(content.replace(b"asset:", b"") if path.suffix == ".css" else content)
    output = folder / "chromium.pdf"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--disable-extensions",
    ]
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [program, *options, profile, f"--print-to-pdf={output}", (folder / "page.html").as_uri()]
    return {"program": Path(program).name} | measure_command(command) | _measures_of_file(output)


def measure_typst(view: DeclarationView, folder: Path) -> dict[str, Any]:
    """Typst setting the same words; it is fetched for this and thrown away."""
    venv.create(folder / "typst", with_pip=True)
    python = folder / "typst" / "bin" / "python"
    got = subprocess.run(
        [python, "-m", "pip", "install", "-q", "--only-binary=:all:", TYPST], check=False, capture_output=True
    )
    if got.returncode:
        return {"skipped": f"{TYPST} cannot be installed"}
    source, output = folder / "page.typ", folder / "typst.pdf"
    source.write_text("\n".join(_typst_lines(view)), "utf-8")
    fonts = next(iter(path.parent for path, kind in served_assets().values() if kind == "font/ttf"))
    code = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]])"
    return measure_command(
        [str(python), "-c", code, str(source), str(output), str(fonts)]
    ) | _measures_of_file(output)


def _typst_lines(view: DeclarationView) -> Iterator[str]:
    yield '#set page(paper: "a4", margin: 2.5cm, numbering: "1")'
    yield '#set text(font: "IBM Plex Sans", size: 9.5pt, lang: "de", hyphenate: true)'
    yield f"= {_without_markup(view.title)}\n#outline()"
    for part in view.parts:
        yield f"== {_without_markup(part.title)}"
        for chapter in part.chapters:
            yield f"=== {_without_markup(chapter.number)} {_without_markup(chapter.title)}"
            for requirement in chapter.parts:
                yield f"==== {_without_markup(requirement.number)} {_without_markup(requirement.title)}"
                for block in requirement.prose:
                    yield "\n\n".join(_without_markup(line) for line in block.lines)
                for table in requirement.tables:
                    cells = [*table.heads, *(cell for row in table.rows for cell in row)]
                    yield _typst_table(len(table.heads), [cell.text for cell in cells])
                for fields in requirement.fields:
                    rows = [
                        [row.label, row.unit, *(figure.value for figure in row.figures)]
                        for row in fields.rows
                        if row.figures
                    ]
                    width = max(map(len, rows), default=0)
                    yield _typst_table(width, [c for r in rows for c in [*r, *[""] * (width - len(r))]])


def _typst_table(columns: int, cells: list[str]) -> str:
    return (
        f"#table(columns: {columns}, {', '.join(f'[{_without_markup(cell)}]' for cell in cells)})"
        if cells
        else ""
    )


def _without_markup(words: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]=\-+/~'\"])", r"\\\1", words)


def measure_command(command: list[str]) -> dict[str, Any]:
    """Processor's seconds of a command with all its descendants, and the most memory they hold together.

    Both are looked at again and again; memory that several share is counted once.
    """
    begin, used, peak = time.perf_counter(), {}, 0
    waited_for = children_cpu_seconds()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    looks = 0
    while process.poll() is None:
        family = _descendants(process.pid)
        for pid in family:
            used[pid] = max(used.get(pid, 0.0), cpu_of(pid))
        if looks % 5 == 0:
            peak = max(peak, sum(map(_shared_memory_of, family)))
        looks += 1
        time.sleep(0.01)
    return {
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(max(sum(used.values()), children_cpu_seconds() - waited_for), 2),
        "peak_memory_mb": peak // 1024,
    }


def _descendants(session: int) -> list[int]:
    """Every process of a session that is there now, and what these started in sessions of their own."""
    parents: dict[int, tuple[int, int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (fields := _stat_of(int(path.name))):
            parents[int(path.name)] = int(fields[1]), int(fields[3])
    descendants = {pid for pid, (_parent, its) in parents.items() if its == session}
    while more := {pid for pid, (parent, _its) in parents.items() if parent in descendants} - descendants:
        descendants |= more
    return sorted(descendants)


def _stat_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def cpu_of(pid: int) -> float:
    fields = _stat_of(pid)
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def peak_of(pid: int) -> int:
    """The most megabytes that a process has held so far."""
    status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024


def _shared_memory_of(pid: int) -> int:
    try:
        return int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[0])
    except (OSError, IndexError):
        return 0


def _measures_of_file(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"pages": page_count(content), "kib": len(content) // 1024}


def main() -> None:
    """Print what is measured as JSON: the PDF beside others, or with `--speedups` what each speed-up buys."""
    if sys.argv[1:2] == ["--speedups"]:
        from tests.bench_speedups import speedups  # the speed-ups may have been taken out

        print(json.dumps(speedups(sys.argv[2:]), indent=2))
    else:
        print(json.dumps(pdf_beside_others(), indent=2))


if __name__ == "__main__":
    main()
