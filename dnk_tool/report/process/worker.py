"""The child process that renders PDFs, job by job: `python -m dnk_tool.report.process.worker ENGINE`.

A job is a frame of JSON on standard input: `html`, `fingerprint`, `issued_on`, `cpu_seconds`, `memory`, and
`files` with their content in base64. It goes when nothing comes for a while, when standard input ends, even
in the middle of a job, and by an exception that ends the process when a job fails.
"""

import atexit
import base64
import gc
import json
import logging
import os
import resource
import select
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, NoReturn, get_args

from dnk_tool.isolation import isolate
from dnk_tool.report.engine import Engine, render
from dnk_tool.report.process.limits import LARGEST_MB, LONGEST_IDLE_SECONDS, MOST_JOBS, OUT_OF_MEMORY
from dnk_tool.report.process.protocol import (
    DONE,
    FOLDER_PREFIX,
    JOB,
    FrameDecoder,
    encode_frame,
    encode_log,
    encode_progress,
)

HEADROOM = 200_000_000
MEMORY_POLL_SECONDS = 0.05
_IN, _OUT = 0, 1
_ADDRESS_SPACE, _RESIDENT = 0, 1  # places in statm
_CHUNK = 1 << 20


def main() -> None:
    """Answers one job after the other until there is a reason to go."""
    isolate(writable=[os.getcwd()] if _has_own_folder() else [])
    engine: Engine = next((name for name in get_args(Engine) if sys.argv[1:] == [name]), "fast")
    logging.getLogger("dnk_tool").addHandler(_LogToServer())
    atexit.register(_remove_folder)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    gc.freeze()  # what is loaded stays: after each job only what that left is looked through
    for number, job in enumerate(_jobs(), start=1):
        _set_limit(resource.RLIMIT_CPU, _used_seconds() + job["cpu_seconds"])
        _set_limit(resource.RLIMIT_AS, job["memory"] + HEADROOM)
        try:
            with _memory_limited(job["memory"]):
                content = render(
                    job["html"],
                    fingerprint=job["fingerprint"],
                    issued_on=date.fromisoformat(job["issued_on"]),
                    files=[file | {"content": base64.b64decode(file["content"])} for file in job["files"]],
                    on_progress=lambda done, of: _send(encode_progress(done, of)),
                    engine=engine,
                )
        except MemoryError:
            _leave(OUT_OF_MEMORY)
        _send(encode_frame(DONE, content))
        del job, content
        gc.collect()
        if number == MOST_JOBS or _resident_megabytes() > LARGEST_MB:
            break
    _leave(0)


def _leave(code: int) -> NoReturn:
    """Ends the process at once: the text engine may crash where Python takes down what it held."""
    _remove_folder()
    os._exit(code)


class _LogToServer(logging.Handler):
    """Hands what the engine logs to the server: nobody reads the child's own output unless it fails."""

    def emit(self, record: logging.LogRecord) -> None:
        """Sends the message of a record, without level, place or traceback."""
        _send(encode_log(record.getMessage()))


def _jobs() -> Iterator[dict[str, Any]]:
    """What is asked; ends with the input or when nothing comes any more."""
    ear = FrameDecoder()
    while select.select([_IN], [], [], LONGEST_IDLE_SECONDS)[0]:
        piece = os.read(_IN, _CHUNK)
        if not piece:
            return
        for kind, content in ear.feed(piece):
            if kind == JOB:
                yield json.loads(content)


def _send(words: bytes) -> None:
    """Writes all of a frame, also when the pipe takes it in pieces."""
    rest = memoryview(words)
    while rest:
        rest = rest[os.write(_OUT, rest) :]


def _exit_with_parent() -> None:
    """Goes as soon as nobody is there any more who could want the answer."""
    poll = select.poll()
    poll.register(_IN, 0)  # only whether the other side is closed, which is always told
    poll.poll()
    _leave(0)


def _remove_folder() -> None:
    """Takes its folder away, with copies of fonts: whoever started it would, but may be gone."""
    with suppress(OSError):  # it is gone already
        if _has_own_folder():
            shutil.rmtree(os.getcwd(), ignore_errors=True)


def _has_own_folder() -> bool:
    """Whether it was started in a folder that is there for it alone."""
    return os.path.basename(os.getcwd()).startswith(FOLDER_PREFIX)


@contextmanager
def _memory_limited(memory: int) -> Iterator[None]:
    """Ends the process above so many bytes of address space, before an allocation fails.

    The text engine does not survive one that does: it crashes, or waits for ever for a lock.
    """
    over = threading.Event()
    threading.Thread(target=_watch_memory, args=(memory, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch_memory(memory: int, over: threading.Event) -> None:
    """Ends the process with OUT_OF_MEMORY once its address space exceeds `memory` bytes."""
    while not over.wait(MEMORY_POLL_SECONDS):
        if _pages_held(_ADDRESS_SPACE) * resource.getpagesize() > memory:
            _leave(OUT_OF_MEMORY)


def _used_seconds() -> int:
    """Returns the seconds of processor that the process has used, rounded up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _set_limit(kind: int, amount: int) -> None:
    """Sets the limit of this job; one of the next may be higher."""
    with suppress(ValueError, OSError):  # macOS does not know every limit; the clock still holds
        _soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (amount, hard))


def _resident_megabytes() -> int:
    """What the process holds in memory now; 0 where the system does not tell."""
    return _pages_held(_RESIDENT) * resource.getpagesize() // 1_000_000


def _pages_held(place: int) -> int:
    """Reads a number of memory pages from `statm`; 0 where the system has no such file."""
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[place])
    return 0


if __name__ == "__main__":
    main()
