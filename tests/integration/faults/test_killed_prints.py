"""A child that renders is killed from outside, idle or at work: who ordered a PDF gets it all the same."""

import os
import random
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from dnk_tool.report import renderer
from dnk_tool.report.files.attachments import Attachment
from dnk_tool.report.process.client import RenderFailed
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.renderer import render_job
from dnk_tool.report.view.model import Issue
from dnk_tool.services.exports.render_queue import RenderQueue, RenderStage

pytestmark = pytest.mark.faults

ISSUE = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
# More than a pipe takes: nobody has the whole answer before the progress that came before it was told.
LARGE = Attachment(
    "zufall.bin", "application/octet-stream", "Data", "Zufall", random.Random(1).randbytes(1 << 18)
)
PAGE = '<html lang=de><title>x</title><link rel=stylesheet href="asset:declaration.css">' + "<p>Absatz" * 40
SOON = 120.0


@pytest.fixture(autouse=True)
def idle_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[renderer._IdleWorker]:
    """As in a server of its own: a child stays for the next job."""
    worker = renderer._IdleWorker()
    worker.is_enabled = True
    monkeypatch.setattr(renderer, "_idle_worker", worker)
    yield worker
    worker.shut_down()


def kill_new_children(before: set[int]) -> None:
    """Kill the children that render and were not there before."""
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)


def children() -> set[int]:
    """The processes of this one that render."""
    threads = Path("/proc/self/task").iterdir()
    pids = {int(pid) for thread in threads for pid in _said_by_process(thread / "children").split()}
    return {
        pid
        for pid in pids
        if b"dnk_tool.report.process.worker" in _said_by_process(Path(f"/proc/{pid}/cmdline"))
    }


def _said_by_process(path: Path) -> bytes:
    """What a file of a process or thread says; nothing once that is gone."""
    with suppress(OSError):
        return path.read_bytes()
    return b""


def test_r3_an_idle_child_that_was_killed_is_replaced(idle_worker: renderer._IdleWorker) -> None:
    assert render_job(PAGE, ISSUE, RenderLimits())
    for how in (signal.SIGKILL, signal.SIGTERM):
        waiting = idle_worker.take()
        assert waiting is not None
        idle_worker.give_back(waiting)
        os.kill(waiting.pid, how)
        assert render_job(PAGE, ISSUE, RenderLimits()).startswith(b"%PDF-")
    assert not waiting.is_alive


def test_r3_a_job_killed_in_the_middle_is_made_once_more() -> None:
    others, killed = children(), list[int]()

    def kill_once(_done: int, _steps: int) -> None:
        if not killed:
            killed.extend(children() - others)
            kill_new_children(others)

    queue = RenderQueue()
    made: list[bytes] = []
    order = queue.enqueue(
        "a",
        lambda _progress: made.append(render_job(PAGE, ISSUE, RenderLimits(), [LARGE], kill_once)),
        owner="jonas",
    )
    assert order.wait(SOON)
    assert order.stage is RenderStage.READY
    assert len(killed) == len(made) == 1
    queue.stop()


def test_r3_memory_of_the_server_is_none_of_the_child() -> None:
    """The kernel tells the peak of the parent as the child's: a large server is no reason to say "memory"."""
    others, most = children(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    with pytest.raises(RenderFailed) as caught:
        render_job(
            PAGE,
            ISSUE,
            RenderLimits(memory=most + 150_000_000),
            [LARGE],
            lambda *_: kill_new_children(others),
        )
    assert caught.value.reason == "killed"


def test_r3_one_that_is_killed_each_time_is_told_once_and_may_be_ordered_again() -> None:
    others, queue, is_killing = children(), RenderQueue(), threading.Event()
    is_killing.set()

    def make(_progress: object) -> None:
        render_job(
            PAGE,
            ISSUE,
            RenderLimits(),
            [LARGE],
            lambda *_: is_killing.is_set() and kill_new_children(others),
        )

    order = queue.enqueue("a", make, owner="jonas")
    assert order.wait(SOON)
    assert isinstance(order.failure, RenderFailed)
    assert order.failure.reason == "killed"
    assert queue.enqueue("a", make, owner="jonas") is order, "a page that asks by itself is told first"
    order.failure_shown_to.add("jonas")
    is_killing.clear()
    again = queue.enqueue("a", make, owner="jonas")
    assert again is not order
    assert again.wait(SOON)
    assert again.stage is RenderStage.READY
    queue.stop()
