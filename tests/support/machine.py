"""What this machine offers to tests."""

import os
import shutil
from pathlib import Path

# Where files cost no disk: some thousand databases are made, written with every safety, and thrown away.
MEMORY, ENOUGH = Path("/dev/shm"), 3 * 1024**3  # noqa: S108


def in_memory() -> bool:
    """Whether this machine has a file system in memory that is large enough."""
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
