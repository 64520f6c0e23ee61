"""Room on the disk for what a backup or a restore writes for a while: asked for first, gone afterwards."""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dnk_tool.store.database import UnsafeStorage, refuse_network_file_system

TEMPORARY = ".dnk-backup-"
_UNLOCKED, _LOCK = ".dnk-new-", ".lock"
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


def require_spaces(first: Path, second: Path, size: int) -> None:
    """Raise DiskShort unless so many bytes fit into each folder, twice as many if both lie on one disk."""
    is_one_disk = first.stat().st_dev == second.stat().st_dev
    require_space(first, size)
    require_space(second, 2 * size if is_one_disk else size)


def work_home(instance: Path) -> Path:
    """Where a database is copied for a while: the instance folder, or another if SQLite cannot work there."""
    try:
        refuse_network_file_system(instance)
    except UnsafeStorage:
        return Path(tempfile.gettempdir())
    return instance


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A new folder that only the server's user can enter, gone afterwards.

    It is locked before it gets its name and while it is used, so that another process leaves it alone. What
    others left behind when they were killed is deleted.
    """
    remove_leftovers(parent)
    name = secrets.token_hex(8)
    unlocked, folder = parent / f"{_UNLOCKED}{name}", parent / f"{TEMPORARY}{name}"
    try:  # begins before there is anything, as a signal may come at any moment
        unlocked.mkdir(mode=0o700)
        with _locked(unlocked / _LOCK):
            unlocked.rename(folder)
            yield folder
    finally:
        for path in (unlocked, folder):
            shutil.rmtree(path, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Delete the user's folders that a kill left behind, but none that a process still uses."""
    for folder in parent.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
                continue
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
