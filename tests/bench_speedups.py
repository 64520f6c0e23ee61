"""Measures what each speed-up of the PDF engine buys, and says which of them pay for themselves.

`python -m tests.bench_pdf --speedups [NAME[,NAME] ...]` renders the reference of 50 pages in fresh children,
with everything and without one speed-up by turns: the whole file (cold), then the file after a change of two
lines (again). Each child without one is compared with the child with everything right before or right after
it. A speed-up pays if the lower bound of the 95 % interval over all pairs is at least 5 % of the processor's
time of either render, or 10 % of the most memory.
"""

import json
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from dnk_tool.report.engine.speedups.registry import SPEEDUPS
from dnk_tool.report.process.client import RenderWorker
from tests.bench_pdf import LIMITS, changed_jobs, cpu_of, peak_of

PAIRS = 15
STUDENT_T = 2.145  # two-sided 95 % of 15 pairs; of more it is smaller
LEAST = {"cold": 0.05, "again": 0.05, "memory": 0.10}
REST_SECONDS = 0.2
NONE: tuple[str, ...] = ()

Names = tuple[str, ...]
Taken = dict[str, float]  # processor's seconds of both renders, and the most megabytes


def speedups(names: Sequence[str] = (), pairs: int = PAIRS) -> dict[str, Any]:
    """What each speed-up buys, by default of all, as shares of what is taken without it.

    A name such as `words,copies` stands for what several buy together.
    """
    sets = [tuple(name.split(",")) for name in names or SPEEDUPS]
    gains: dict[Names, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number in range(pairs):
        turn = number % len(sets)  # whoever comes first changes
        for left_out, without, with_all in _pairs([*sets[turn:], *sets[:turn]]):
            print(json.dumps([number, left_out, without, with_all]), file=sys.stderr, flush=True)
            for key, value in without.items():
                gains[left_out][key].append(1 - with_all[key] / value)
    return {",".join(left_out): summary(gains[left_out]) for left_out in sets}


def _pairs(sets: Sequence[Names]) -> Iterator[tuple[Names, Taken, Taken]]:
    """Each set of speed-ups with what is taken without it, and with everything next to it."""
    before = measure_renders(NONE)
    for start in range(0, len(sets), 2):
        two = sets[start : start + 2]
        without = [measure_renders(left_out) for left_out in two]
        after = measure_renders(NONE)
        yield from zip(two, without, (before, after), strict=False)
        before = after


def measure_renders(left_out: Names) -> Taken:
    """What a fresh child takes for both renders."""
    code = (
        "from dnk_tool.report.engine import speedups\n"
        f"speedups.LEFT_OUT.update({left_out!r})\n"
        "from dnk_tool.report.process import worker\n"
        "worker.main()"
    )
    whole, changed = changed_jobs()
    worker = RenderWorker("fast", ("-c", code))
    try:
        worker.run_job(whole, LIMITS.seconds)
        cold = cpu_of(worker.pid)
        begin = _cpu_when_idle(worker.pid)
        worker.run_job(changed, LIMITS.seconds)
        return {"cold": cold, "again": cpu_of(worker.pid) - begin, "memory": peak_of(worker.pid)}
    finally:
        worker.kill()


def _cpu_when_idle(pid: int) -> float:
    used = -1.0
    while used != (used := cpu_of(pid)):
        time.sleep(REST_SECONDS)
    return used


def summary(gains: dict[str, list[float]]) -> dict[str, Any]:
    """The mean of each kind of gain with its interval, and whether one of them is enough."""
    said: dict[str, Any] = {}
    pays = False
    for key, shares in gains.items():
        mean = statistics.mean(shares)
        half = STUDENT_T * statistics.stdev(shares) / math.sqrt(len(shares))
        said[key] = {"mean": round(mean, 3), "from": round(mean - half, 3), "to": round(mean + half, 3)}
        pays = pays or mean - half >= LEAST[key]
    return {"pairs": len(shares)} | said | {"pays": pays}
