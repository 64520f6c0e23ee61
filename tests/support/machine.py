"""What this machine offers to tests."""

import fcntl
import os
import resource
import shutil
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

# Where files cost no disk: some thousand databases are made, written with every safety, and thrown away.
MEMORY, ENOUGH = Path("/dev/shm"), 3 * 1024**3  # noqa: S108
_kept_ports: list[socket.socket] = []


def is_random() -> bool:
    """Whether values are drawn anew in each run (`make soak`); otherwise a run repeats the last one."""
    return bool(os.environ.get("DNK_TEST_RANDOM"))


def in_memory() -> bool:
    """Whether this machine has a file system in memory that is large enough."""
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process of a run fills with `make`, for all to read; the others wait for it."""
    root = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each process has a folder of its own there
    folder, done = root / f"once-{name}", root / f"once-{name}.done"
    with (root / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def free_port() -> int:
    """A port for a server to come; who connects before it listens is refused.

    It is kept until this process ends: one that is let go may become another test's before the server has it.
    """
    _kept_ports.append(kept_port())
    return int(_kept_ports[-1].getsockname()[1])


def kept_port() -> socket.socket:
    """The same, kept until it is closed."""
    kept = socket.socket()
    kept.bind(("127.0.0.1", 0))
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # only now: another's was refused before
    return kept


def children_cpu_seconds() -> float:
    """The processor's time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_at_once(acts: Iterable[Callable[[], object]]) -> None:
    """Run all at the same time, each in a thread of its own, and wait until all have ended."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "some wait for each other"
