"""Room on the disk for what a backup or a restore writes for a while: asked for first, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = ".dnk-backup-"
# What stays free, so that the server itself can go on saving.
RESERVE_BYTES = 64 * 1024 * 1024


class DiskShort(Exception):
    """The disk has not enough space; nothing was written."""

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        self.folder, self.needed, self.free = folder, needed, free
        super().__init__(f"{needed} bytes are needed, {free} are free")


def require_space(folder: Path, size: int) -> None:
    """Raise DiskShort unless so many bytes fit, and some that stay free."""
    needed, free = size + RESERVE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise DiskShort(folder, needed, free)


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A new folder that only the server's user can enter, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=parent))  # mode 0700
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Delete folders that a kill left behind; to be called while no backup is made there."""
    for folder in parent.glob(f"{TEMPORARY}*"):
        shutil.rmtree(folder, ignore_errors=True)
