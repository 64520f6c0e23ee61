"""The child process that renders, as the server sees it: started, asked, kept for the next job, ended."""

import compileall
import contextlib
import logging
import os
import re
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from dnk_tool.domain.declarations.size import PartSize
from dnk_tool.paths import PACKAGE
from dnk_tool.report.assets import FONTCONFIG
from dnk_tool.report.engine import Engine
from dnk_tool.report.process.engine_choice import chosen_engine
from dnk_tool.report.process.limits import OUT_OF_MEMORY
from dnk_tool.report.process.protocol import DONE, FOLDER_PREFIX, LOG, FrameDecoder, decode_progress

log = logging.getLogger(__name__)

FailureCause = Literal["busy", "time", "memory", "crash", "size", "killed"]
Progress = Callable[[int, int], None]

MAX_TRACEBACK_FRAMES = 6
SHUTDOWN_SECONDS = 2
WORKER = ("-m", "dnk_tool.report.process.worker")
_CHUNK = 1 << 16
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes
_MEMORY_WORDS = (b"MemoryError", b"failed to allocate", b"Cannot allocate memory", b"out of memory")
# Signals that we never send to end a job: the system was short of memory, or somebody else sent them.
_FOREIGN_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP})
_UNFILLED = 200_000_000  # address space that a child takes and never fills
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


class RenderFailed(Exception):
    """No file came about: others were first, a limit was reached, the child crashed or somebody killed it.

    `detail` is for the log: it holds no words of the document. `longest` are the parts to shorten, the
    longest first, where the document is too large; trying again does not help then.
    """

    def __init__(self, reason: FailureCause, detail: str = "", *, longest: tuple[PartSize, ...] = ()) -> None:
        self.reason = reason
        self.detail = detail
        self.longest = longest
        super().__init__(f"{reason}: {detail}" if detail else reason)


class WorkerExited(Exception):
    """The child had had nothing to do and went just now: nothing is wrong, ask another one."""


class RenderWorker:
    """One child process. One thread asks at a time; any failure ends the child.

    It prints with `engine`, by default the one that was chosen. `program` is what Python runs.
    """

    def __init__(self, engine: Engine | None = None, program: Sequence[str] = WORKER) -> None:
        """Starts the child, in a folder of its own. Raises OSError where it cannot be started."""
        self.engine = engine or chosen_engine()
        _compile_engine()
        self._folder = tempfile.mkdtemp(prefix=FOLDER_PREFIX)
        self._errors = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed with the child
        process = subprocess.Popen(  # noqa: S603 - Python itself, with a module of ours
            [sys.executable, "-X", "utf8", "-P", *program, self.engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=self._folder,
            env=worker_environment(self._folder),
            bufsize=0,
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        for pipe in (self._stdin, self._stdout):
            os.set_blocking(pipe.fileno(), False)
        self.has_answered = False
        self._most_bytes = 0
        # The kernel counts what this process filled as the child's until the child fills more.
        self._inherited_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
        # A child that goes by itself does not stay behind as a zombie.
        self._reaper = threading.Thread(target=self._reap, name="dnk-printer", daemon=True)
        self._reaper.start()

    @property
    def pid(self) -> int:
        """The number of the child process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the child is still there to be asked."""
        return self._reaper.is_alive()

    def run_job(
        self, question: bytes, seconds: float, on_progress: Progress | None = None, *, memory: int = 0
    ) -> bytes:
        """The answer to the frame of a job within so many seconds. Raises RenderFailed, WorkerExited.

        `memory` is what the job may take, in bytes: a child that had taken it failed for want of it.
        """
        try:
            answer = self._answer(question, time.monotonic() + seconds, on_progress)
        except TimeoutError:
            self.kill()
            raise RenderFailed("time", f"no result after {seconds} seconds") from None
        except EOFError:
            code, errors = self._exit_result()
            if code == 0 and self.has_answered:
                raise WorkerExited from None
            is_full = bool(memory) and self._most_bytes + _UNFILLED >= memory
            raise RenderFailed(_failure_cause(code, errors, is_full), _failure_detail(code, errors)) from None
        except BaseException:
            self.kill()
            raise
        self.has_answered = True
        return answer

    def kill(self) -> None:
        """Ends the child now, in the middle of whatever it does."""
        self._process.kill()
        self._reaper.join()
        self._close()

    def shut_down(self) -> None:
        """Tells the child that there is nothing more to do, and waits until it is gone."""
        self._stdin.close()
        self._reaper.join(SHUTDOWN_SECONDS)
        self.kill()

    def detach(self) -> None:
        """After a fork, in the new process: the child belongs to the other one."""
        self._stdin.close()
        self._stdout.close()

    def _answer(self, question: bytes, until: float, on_progress: Progress | None) -> bytes:
        """Writes and reads at once, so that no full pipe stops either side. Raises EOFError, TimeoutError."""
        rest, ear = memoryview(question), FrameDecoder()
        with selectors.DefaultSelector() as ready:
            ready.register(self._stdout, selectors.EVENT_READ)
            ready.register(self._stdin, selectors.EVENT_WRITE)
            while True:
                pipes = {key.fileobj for key, _mask in ready.select(max(0.0, until - time.monotonic()))}
                if not pipes:
                    raise TimeoutError
                if self._stdin in pipes:
                    rest = self._write_some(rest)
                    if not rest:
                        ready.unregister(self._stdin)
                if self._stdout in pipes:
                    piece = self._stdout.read(_CHUNK)
                    if not piece:
                        raise EOFError
                    for kind, content in ear.feed(piece):
                        if kind == DONE:
                            return content
                        if kind == LOG:
                            log.warning("%s", content.decode())
                        elif on_progress is not None:
                            on_progress(*decode_progress(content))

    def _write_some(self, rest: memoryview) -> memoryview:
        """What is still to be written; nothing to a child that is gone."""
        try:
            return rest[self._stdin.write(rest[:_CHUNK]) or 0 :]
        except BrokenPipeError:
            return rest[:0]

    def _exit_result(self) -> tuple[int, bytes]:
        """Exit status and errors of a child that closed its side."""
        self._reaper.join(SHUTDOWN_SECONDS)
        self._process.kill()
        self._reaper.join()
        self._errors.seek(0)
        errors = self._errors.read()
        self._close()
        return self._process.returncode, errors

    def _reap(self) -> None:
        """Waits for the end of the child, notes its exit status and most memory, and removes its folder."""
        with contextlib.suppress(ChildProcessError):  # whoever ended it may have been told first
            _pid, status, used = os.wait4(self._process.pid, 0)
            most = used.ru_maxrss * _MAXRSS_UNIT
            self._most_bytes = most if most > self._inherited_bytes else 0
            self._process.returncode = os.waitstatus_to_exitcode(status)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close(self) -> None:
        """Closes the pipes and the file of errors, however often it is called."""
        for file in (self._stdin, self._stdout, self._errors):
            with contextlib.suppress(OSError):
                file.close()


@cache
def _compile_engine() -> None:
    """Compiles what only children import, where a checkout has it uncompiled: they may write no such file."""
    folder = PACKAGE / "report" / "engine"
    if not sys.dont_write_bytecode and os.access(folder, os.W_OK):
        compileall.compile_dir(folder, quiet=2)
        compileall.compile_file(PACKAGE / "isolation.py", quiet=2)


def worker_environment(folder: str) -> dict[str, str]:
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
        "SSL_CERT_FILE": os.devnull,  # it fetches nothing, and WeasyPrint would read all certificates
    }


def _failure_detail(code: int, errors: bytes) -> str:
    """The exit status, the kind of error and where it arose. Its message may hold words of the document."""
    said = errors.decode("utf-8", "replace")
    places = re.findall(r'^  File "(?:[^"]*/)?([^"/]+)", line (\d+), in', said, re.MULTILINE)
    kinds = re.findall(r'^  File "[^"]*", line \d+, in .*\n(?: .*\n)*([\w.]+)', said, re.MULTILINE)
    way = " > ".join(f"{file}:{line}" for file, line in places[-MAX_TRACEBACK_FRAMES:])
    return f"status {code}, {kinds[-1] if kinds else 'no traceback'} {way}".strip()


def _failure_cause(code: int, errors: bytes, is_full: bool) -> FailureCause:
    """Tells from exit status and errors which limit was reached, or that the child crashed."""
    if code == -signal.SIGXCPU:
        return "time"
    if code == OUT_OF_MEMORY or any(word in errors for word in _MEMORY_WORDS):
        return "memory"
    # A library that is given no memory ends in ways of its own, often without a word.
    if is_full:
        return "memory"
    return "killed" if -code in _FOREIGN_SIGNALS else "crash"
