"""The child that renders: it stays for the next job, and what goes wrong neither stays nor tells a word."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from dnk_tool.report import renderer
from dnk_tool.report.process import client as printer_module
from dnk_tool.report.process.client import RenderFailed, RenderWorker, WorkerExited, worker_environment
from dnk_tool.report.process.limits import RenderLimits
from dnk_tool.report.process.protocol import encode_job
from dnk_tool.report.renderer import declaration_job, render_job, render_pdf
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.edition import FULL_EXPORT
from dnk_tool.report.view.model import Issue
from tests.support.documents import full_document

ISSUE = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
HEAD = '<html lang=de><title>x</title><link rel=stylesheet href="asset:declaration.css">'
SLOW = HEAD + "<p style='overflow-wrap:anywhere'>" + "x" * 200_000


def encoded_job(html: str, *, cpu_seconds: int = 90, memory: int = 2_000_000_000) -> bytes:
    said = {"html": html, "fingerprint": ISSUE.fingerprint, "issued_on": "2026-03-02", "files": []}
    return encode_job(said | {"cpu_seconds": cpu_seconds, "memory": memory})


@pytest.fixture
def printer() -> Iterator[RenderWorker]:
    printer = RenderWorker()
    yield printer
    printer.kill()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def comes_true(condition: Callable[[], bool], seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_it_answers_one_job_after_the_other_and_tells_how_far_it_is(printer: RenderWorker) -> None:
    told: list[tuple[int, int]] = []
    pages = [HEAD + "".join(f"<p>Absatz {n}" for n in range(length)) for length in (100, 10)]
    answers = [printer.run_job(encoded_job(page), 60, lambda *steps: told.append(steps)) for page in pages]
    assert all(answer.startswith(b"%PDF-") for answer in answers)
    assert told[-1] == (100, 100)
    assert len(told) > 4
    printer.shut_down()
    assert not is_there(printer.pid)


def test_one_that_leaves_after_a_declaration_does_so_without_a_crash() -> None:
    """Whoever asks it just then gets another one: a status that is not 0 would be told as a crash."""
    largest = "from dnk_tool.report.process import worker as w; w.LARGEST_MB = 0; w.main()"
    printer = RenderWorker("fast", ("-c", largest))
    printer.run_job(declaration_job(full_document(), ISSUE, FULL_EXPORT, Branding(), RenderLimits()), 60)
    assert comes_true(lambda: not printer.is_alive)
    with pytest.raises(WorkerExited):
        printer.run_job(encoded_job(HEAD + "<p>kurz"), 60)


def test_each_job_has_a_limit_of_its_own(printer: RenderWorker) -> None:
    assert printer.run_job(encoded_job(HEAD + "<p>kurz", cpu_seconds=60), 60)
    assert printer.run_job(encoded_job(HEAD + "<p>kurz", cpu_seconds=60), 60)
    with pytest.raises(RenderFailed) as caught:
        printer.run_job(encoded_job(SLOW, cpu_seconds=1), 60)
    assert caught.value.reason == "time"
    assert not printer.is_alive


def test_one_that_was_killed_is_followed_by_a_fresh_one(monkeypatch: pytest.MonkeyPatch) -> None:
    spare = renderer._IdleWorker()
    monkeypatch.setattr(renderer, "_idle_worker", spare)
    spare.is_enabled = True
    assert render_job(HEAD + "<p>eins", ISSUE, RenderLimits())
    waiting = spare.take()
    assert waiting is not None
    spare.give_back(waiting)
    with pytest.raises(RenderFailed) as caught:
        render_job("<p>" + "<p>Absatz" * 200_000, ISSUE, RenderLimits(memory=300_000_000))
    assert caught.value.reason == "memory"
    with pytest.raises(RenderFailed) as caught:
        render_job(SLOW, ISSUE, RenderLimits(seconds=1))
    assert caught.value.reason == "time"
    assert not is_there(waiting.pid), "it was not given back"
    assert render_job(HEAD + "<p>zwei", ISSUE, RenderLimits())
    other = spare.take()
    assert other is not None
    spare.give_back(other)
    assert other.pid != waiting.pid
    os.kill(other.pid, signal.SIGKILL)
    assert comes_true(lambda: not is_there(other.pid)), "nobody is left behind as a zombie"
    spare.shut_down()


@pytest.mark.parametrize("code", [-signal.SIGSEGV, -signal.SIGTRAP, 1])
def test_whatever_ends_a_full_child_it_was_the_memory(code: int) -> None:
    """Libraries that get no memory crash, stop, or leave Python without an error."""
    assert printer_module._failure_cause(code, b"", is_full=True) == "memory"
    assert printer_module._failure_cause(code, b"", is_full=False) == "crash"


def test_one_that_left_for_want_of_work_is_nothing_to_complain_of() -> None:
    code = "from dnk_tool.report.process import worker as w; w.LONGEST_IDLE_SECONDS = 0.2; w.main()"
    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 0


def test_it_goes_with_whoever_started_it_even_in_the_middle_of_a_job(tmp_path: Path) -> None:
    code = (
        "import sys, threading\n"
        "from dnk_tool.report.process.client import RenderWorker\n"
        "printer = RenderWorker()\n"
        "print(printer.pid, flush=True)\n"
        "printer.run_job(sys.stdin.buffer.read(), 60, lambda *steps: print(steps, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        child = int(server.stdout.readline())
        server.stdin.write(encoded_job(HEAD + "<p>Absatz" * 100 + SLOW.removeprefix(HEAD)))
        server.stdin.close()
        assert server.stdout.readline(), "it has begun"
        assert is_there(child)
        assert server.poll() is None, "it is not done"
        server.kill()
        server.wait()
    assert comes_true(lambda: not is_there(child) or is_zombie(child))
    assert comes_true(lambda: not list(tmp_path.iterdir())), "its folder goes with it"


def is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits to be counted, by whoever adopted it here."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_fork_leaves_the_child_to_its_owner(printer: RenderWorker) -> None:
    spare = renderer._IdleWorker()
    spare.is_enabled = True
    assert printer.run_job(encoded_job(HEAD + "<p>eins"), 60)
    spare.give_back(printer)
    if (pid := os.fork()) == 0:
        spare.detach()
        os._exit(0 if spare.take() is None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert printer.run_job(encoded_job(HEAD + "<p>zwei"), 60)


def test_it_knows_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_SECRET_KEY", "geheim")
    assert "geheim" not in worker_environment("/tmp").values()  # noqa: S108 - only a word


def test_one_renders_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = [0], [0]

    def run(*_given: object) -> bytes:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.05)
        running[0] -= 1
        return b"%PDF-"

    monkeypatch.setattr(renderer, "_run", run)
    document = full_document()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(render_pdf, document, ISSUE) for _ in range(4)]
    assert [future.result() for future in asked] == [b"%PDF-"] * 4
    assert most[0] == 1


def test_what_went_wrong_is_told_without_words_of_the_document() -> None:
    html = "<html lang=de><title>x</title><p>Betriebsgeheimnis<img alt=x src='https://geheim.example/'>"
    with pytest.raises(RenderFailed) as caught:
        render_job(html, ISSUE, RenderLimits())
    assert "ForbiddenAddress" in caught.value.detail
    assert "fetcher.py:" in caught.value.detail
    assert "geheim" not in str(caught.value).lower()
