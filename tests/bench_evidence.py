"""Measures what a page of evidence takes to draw, beside pdftoppm: `python -m tests.bench_evidence`."""

import io
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from dnk_tool.cli.demo.bills import make_bill_pdf
from dnk_tool.domain.evidence import EvidenceFileType
from dnk_tool.services.uploads.decoder import decoded
from dnk_tool.services.uploads.page_images import LIMITS
from tests.support.machine import children_cpu_seconds

ROUNDS = 15
PDFTOPPM = ("-jpeg", "-jpegopt", "quality=85", "-scale-to-x", "1600", "-scale-to-y", "-1", "-l", "1", "-")


def evidence_pages() -> dict[str, Any]:
    """Median milliseconds of a page in its child, of pdftoppm where it is installed, and their ratio."""
    rows = {f"Zähler {number}": f"{number}.400 kWh" for number in range(25)}
    pages = {"bill": make_bill_pdf("Stadtwerke", "Jahresrechnung Strom", rows), "scan": scan()}
    return {name: _both(content) for name, content in pages.items()}


def scan() -> bytes:
    """A page of paper as a scanner hands it out: one picture of 300 dots an inch."""
    rough, target = Image.effect_noise((310, 438), 40).resize((2_480, 3_508)), io.BytesIO()
    rough.convert("RGB").save(target, "PDF", resolution=300, quality=85)
    return target.getvalue()


def _both(content: bytes) -> dict[str, Any]:
    """By turns, as the machine is not always as busy."""
    program = shutil.which("pdftoppm")
    runs: dict[str, Callable[[], Any]] = {
        "child": lambda: decoded(content, EvidenceFileType.PDF, LIMITS, "page", "1"),
        **({"pdftoppm": lambda: _pdftoppm(program, content)} if program else {}),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _round in range(ROUNDS):
        for name, run in runs.items():
            begin, used = time.perf_counter(), children_cpu_seconds()
            run()
            taken[name].append((time.perf_counter() - begin, children_cpu_seconds() - used))
    measured: dict[str, Any] = {
        name: {
            key: round(statistics.median(values) * 1000, 1)
            for key, values in zip(("ms", "cpu_ms"), zip(*times, strict=True), strict=True)
        }
        for name, times in taken.items()
    }
    measured["child"]["kib"] = len(runs["child"]()) // 1024
    if program:
        measured["cpu_to_pdftoppm"] = round(measured["child"]["cpu_ms"] / measured["pdftoppm"]["cpu_ms"], 1)
    return measured


def _pdftoppm(program: str, content: bytes) -> None:
    subprocess.run([program, *PDFTOPPM], input=content, capture_output=True, check=True)


if __name__ == "__main__":
    print(json.dumps(evidence_pages(), indent=2))
