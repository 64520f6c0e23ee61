"""What the largest declarations take: `python -m tests.bounds [case ...]` prints a table.

Each cell is made in a process of its own, so that its memory is its own, too.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from dnk_tool.catalogue.standard.item_model import Column, ItemKind
from dnk_tool.catalogue.standard.model import Aspect
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.answers.self_assessment import Assessment, Measure
from dnk_tool.domain.answers.values import MAX_ROWS, Cell, Rows
from dnk_tool.domain.declarations.annex import AnnexLine, AnnexStep, ListedEvidence, UsedFactor
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.formats import FORMATS, ExportFormat, render_file
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.view.model import Issue
from tests.support.documents import YEAR, full_document

ISSUE = Issue(1, date(2026, 3, 2), False, "ab" * 32)
SENTENCE = "Wir messen den Verbrauch von Strom und Gas in jeder Halle und prüfen ihn im Quartal. "
SECONDS = 200


def long_answers(text: str, most: int) -> Document:
    """As many aspects as wanted, answered with the text."""
    document = full_document()
    refs = [
        ref for ref, requirement in document.selection.requirements.items() if isinstance(requirement, Aspect)
    ]
    said = {ref: Answer(Disclosure.COMPLY, text=text) for ref in refs[:most]}
    return replace(document, answers={**document.answers, **said})


def long_tables(rows: int, cell: str) -> Document:
    """Every table with so many rows, whose cells of words hold the text."""
    document = full_document()
    answers = dict(document.answers)
    for item in document.selection.items.values():
        held = answers.get(item.ref, Answer()).value
        if item.table and isinstance(held, Rows):
            columns = {column.key: column for column in item.table.columns}
            row = {key: _longer_cell(columns[key], value, cell) for key, value in held.rows[0].items()}
            answers[item.ref] = Answer(value=Rows((row,) * rows))
    return replace(document, answers=answers)


def _longer_cell(column: Column, held: Cell, cell: str) -> Cell:
    return cell if column.kind is ItemKind.TEXT else held


def many_figures(count: int, note: str) -> Document:
    """So many figures over as many years as that takes, each with the note."""
    document = full_document()
    now = {key: figure for (year, key), figure in document.figures.items() if year == YEAR}
    places = [(YEAR - back, key) for back in range(1 + count // len(now)) for key in now][:count]
    said: dict[tuple[int, str], Figure] = {(year, key): replace(now[key], note=note) for year, key in places}
    return replace(document, figures=said)


def many_bills(count: int) -> Document:
    """So many lines of fuel bills."""
    used = UsedFactor("Diesel", Decimal("2.6"), "l", "kg-co2e", "CO2", "direct", "UBA", "2025", 2024)
    step = AnnexStep("ghg.scope1.gross", Quantity(Decimal(50), "l"), Quantity(Decimal(130), "kg-co2e"), used)
    annex_lines = (AnnexLine("energy", "diesel", "Diesel", f"Beleg {n}", steps=(step,)) for n in range(count))
    document = full_document()
    return replace(document, annex=replace(document.annex, calculations=tuple(annex_lines)))


def evidence(count: int) -> Document:
    """So many files on the printed list of evidence."""
    files = (ListedEvidence(f"Beleg {n}", f"b{n}.pdf", f"{n:064x}", ("13.1",), True) for n in range(count))
    document = full_document()
    return replace(document, annex=replace(document.annex, evidence=tuple(files)))


def measures(count: int) -> Document:
    """So many measures for each criterion."""
    assessment = Assessment(None, (Measure(SENTENCE * 4, "Leitung"),) * count)
    return replace(full_document(), assessments=dict.fromkeys(range(1, 21), assessment))


CASES: Mapping[str, Callable[[], Document]] = {
    "usual": full_document,
    "one word of 100,000": lambda: long_answers("x" * 100_000, 1),
    "one text of 100,000": lambda: long_answers((SENTENCE * 1_200)[:100_000], 1),
    "10,000 nested lists": lambda: long_answers(
        "\n".join("  " * (n % 5) + "- > - x" for n in range(8_000)), 1
    ),
    "25,000 entries": lambda: long_answers("- a\n" * 25_000, 1),
    "33,000 paragraphs": lambda: long_answers("a\n\n" * 33_000, 1),
    "100,000 accents": lambda: long_answers("e" + "\u0301\u0323" * 49_000, 1),
    "every text 20,000": lambda: long_answers((SENTENCE * 250)[:20_000], 999),
    "every text 100,000": lambda: long_answers((SENTENCE * 1_200)[:97_000], 96),
    "every table full": lambda: long_tables(MAX_ROWS, "Zelle mit drei Worten"),
    "every cell 100,000": lambda: long_tables(1, "x" * 100_000),
    "5,000 figures": lambda: many_figures(5_000, ""),
    "5,000 notes": lambda: many_figures(5_000, "n" * 1_700),
    "5,000 lines": lambda: many_bills(5_000),
    "2,000 files": lambda: evidence(2_000),
    "2,000 measures": lambda: measures(100),
    "too large": lambda: long_answers((SENTENCE * 1_200)[:100_000], 999),
}


def main() -> None:
    """Print the table, or, given a case and a format, one cell of it."""
    if len(sys.argv) == 3 and sys.argv[2] in FORMATS:
        print(_measure(CASES[sys.argv[1]](), FORMATS[sys.argv[2]]), flush=True)
        return
    print(f"{'case':22}{'format':7}{'MB of data':>10}{'cpu s':>8}{'memory MB':>11}  result")
    for case in sys.argv[1:] or CASES:
        for extension in FORMATS:
            command = [sys.executable, "-m", "tests.bounds", case, extension]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
                said = done.stdout.strip() or f"crashed: {done.stderr[-200:]}"
            except subprocess.TimeoutExpired:
                said = f"no end after {SECONDS} seconds"
            print(f"{case:22}{extension:7}{said}", flush=True)


def _measure(document: Document, export_format: ExportFormat) -> str:
    size, begin = len(canonical_json(document)) / 1_000_000, time.process_time()
    try:
        result = f"{len(render_file(document, ISSUE, export_format)) / 1_000_000:.1f} MB"
    except RenderFailed as error:
        result = f"refused ({error.reason}): {'; '.join(part.display_name('de') for part in error.longest)}"
    own, child = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() - begin + child.ru_utime + child.ru_stime
    memory = max(own.ru_maxrss, child.ru_maxrss) / 1024
    return f"{size:10.1f}{seconds:8.1f}{memory:11.0f}  {result}"


if __name__ == "__main__":
    main()
