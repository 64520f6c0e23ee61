"""Takes the network and most of the file system from a child process, where the kernel allows it.

For children that read files of strangers or render: whatever such a file makes them do, they reach no other
program and read no database and no key. `python -m dnk_tool.isolation` prints what is possible here.
"""

import ctypes
import os
import site
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from dnk_tool.paths import PACKAGE

# From linux/sched.h, linux/landlock.h, linux/prctl.h and asm-generic/unistd.h.
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _RULE_PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FOLDER, _REFER, _TRUNCATE = 1 << 4, 1 << 13, 1 << 14
_ALL_FILE_RIGHTS_OF_FIRST_VERSION = (1 << 13) - 1
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_VERSION_WITH_REFER, _VERSION_WITH_TRUNCATE, _VERSION_WITH_NETWORK = 2, 3, 4

_SYSTEM_PATHS = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store", "/proc/self", "/dev/urandom"),
    *("/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/alternatives"),
)

NETWORK, FILES = "network", "files"


def isolate(*, readable: Iterable[str | Path] = (), writable: Iterable[str | Path] = ()) -> frozenset[str]:
    """Take from this process the network, and all files but the program's, `readable` and `writable`.

    Empty folders beside `writable` ones may be removed, too, because the right to remove one is its parent's.

    Must come before the process has threads. Returns what could be taken: NETWORK, FILES.
    """
    if not sys.platform.startswith("linux"):
        return frozenset()
    taken = set()
    if _leave_network():
        taken.add(NETWORK)
    taken |= _restrict(readable, writable)
    return frozenset(taken)


def _leave_network() -> bool:
    """Enter a network of one's own, in which there is nothing."""
    return bool(_libc().unshare(_NEW_USER | _NEW_NETWORK) == 0)


def _restrict(readable: Iterable[str | Path], writable: Iterable[str | Path]) -> set[str]:
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return set()
    files = _ALL_FILE_RIGHTS_OF_FIRST_VERSION
    files |= _REFER if version >= _VERSION_WITH_REFER else 0
    files |= _TRUNCATE if version >= _VERSION_WITH_TRUNCATE else 0
    has_network = version >= _VERSION_WITH_NETWORK
    ruleset = struct.pack("=QQ", files, _BIND_TCP | _CONNECT_TCP) if has_network else struct.pack("=Q", files)
    number = libc.syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(len(ruleset)), 0)
    if number < 0:
        return set()
    try:
        for path in (*_program_paths(), *readable):
            _allow(number, Path(path), _EXECUTE | _READ_FILE | _READ_FOLDER)
        _allow(number, Path("/dev/null"), files)
        for path in writable:
            _allow(number, Path(path), files)
            _allow(number, Path(path).parent, _REMOVE_FOLDER)  # the folder itself may go in the end
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(_RESTRICT_SELF, number, 0):
            return set()
    finally:
        os.close(number)
    return {FILES, NETWORK} if has_network else {FILES}


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        number = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE
        _libc().syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, number), 0)
    finally:
        os.close(number)


def _program_paths() -> list[Path]:
    """Where Python, its libraries, fonts and this package lie; not the folder around an installed package."""
    of_python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    prefixes = [sys.base_prefix, *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        prefixes.append(site.getusersitepackages())
    searched = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    named = [Path(path) for path in (*of_python, *prefixes, *searched, *_SYSTEM_PATHS) if path]
    return [PACKAGE, PACKAGE.parent / "criteria", PACKAGE.parent / "templates", *named]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    print(*sorted(isolate()))
