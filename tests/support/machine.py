"""What this machine offers to tests."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

# Where files cost no disk: some thousand databases are made, written with every safety, and thrown away.
MEMORY, ENOUGH = Path("/dev/shm"), 3 * 1024**3  # noqa: S108


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
