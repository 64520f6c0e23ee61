"""The sandbox of a systemd unit without systemd: what the kernel refuses a service, refused to a command.

As a program (`python -m` with this module) it takes a policy and a command, gives up what the policy says and
becomes the command. It does so through libseccomp, as systemd does.
"""

import ctypes
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[3]
UNITS = ROOT / "deploy" / "systemd"
# From seccomp.h, linux/sched.h and linux/prctl.h.
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_EQUAL, _MASKED_EQUAL = 4, 7
_NAMESPACES = {"mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000}
_NAMESPACES |= {"pid": 0x20000000, "net": 0x40000000, "time": 0x80}
_NO_NEW_PRIVILEGES, _NO_WRITE_EXECUTE = 38, 65


def unit_settings(name: str, section: str = "Service") -> dict[str, list[str]]:
    """What a section of a unit says, each setting with all its lines."""
    settings: dict[str, list[str]] = {}
    current = ""
    for line in (UNITS / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section and line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


def command_of(name: str) -> list[str]:
    """What the unit runs."""
    (line,) = unit_settings(name)["ExecStart"]
    return line.split()


def sandboxed(name: str, folder: Path, command: list[str]) -> list[str]:
    """The command in the sandbox of the unit; only the folder can be written where we are root."""
    policy = folder / f"{name}.json"
    policy.write_text(json.dumps(_policy(unit_settings(name))))
    launched = [sys.executable, "-m", "tests.integration.operation.unit_sandbox", str(policy), *command]
    if os.geteuid() != 0:
        return launched
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && mount -t tmpfs -o ro none /home && '
    script += "mount -t proc -o ro,nosuid,subset=pid,hidepid=invisible none /proc && "
    script += 'cd "$0" && exec setpriv --bounding-set=-all --inh-caps=-all -- "$@"'
    return ["unshare", "--mount", "--propagation=private", "sh", "-c", script, str(folder), *launched]


def _policy(settings: dict[str, list[str]]) -> dict[str, object]:
    allowed: set[str] = set()
    for line in settings["SystemCallFilter"]:
        names = set(_system_calls(line.removeprefix("~").split()))
        allowed = allowed - names if line.startswith("~") else allowed | names
    return {
        "calls": sorted(allowed - ({"bind"} if settings.get("SocketBindDeny") == ["any"] else set())),
        "families": [int(getattr(socket, name)) for name in settings["RestrictAddressFamilies"][0].split()],
        "namespaces": settings["RestrictNamespaces"][0].split(),
        "write_execute": settings.get("MemoryDenyWriteExecute") != ["yes"],
    }


def _system_calls(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if not name.startswith("@"):
            yield name
            continue
        command = ["systemd-analyze", "--no-pager", "syscall-filter", name]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        words = (line.strip() for line in listed.splitlines()[1:])
        yield from _system_calls(word for word in words if word and not word.startswith("#"))


def _confine(policy: dict[str, list[str]]) -> None:
    libc, library = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    refused = _REFUSE | errno.EPERM
    context = ctypes.c_void_p(library.seccomp_init(refused))
    calls = {name: library.seccomp_syscall_resolve_name(name.encode()) for name in policy["calls"]}
    for name, number in calls.items():
        # clone3 hides its flags, so whoever restricts namespaces refuses it, as systemd does.
        if name not in ("clone", "clone3", "unshare", "setns", "socket") and number >= 0:
            _rule(library, context, _ALLOW, number)
    _rule(library, context, _REFUSE | errno.ENOSYS, library.seccomp_syscall_resolve_name(b"clone3"))
    forbidden = sum(flag for name, flag in _NAMESPACES.items() if name not in policy["namespaces"])
    for name in ("clone", "unshare"):
        # time shares its flag with the signal of clone
        mask = forbidden if name == "unshare" else forbidden & ~_NAMESPACES["time"]
        _rule(library, context, _ALLOW, calls[name], (0, _MASKED_EQUAL, mask, 0))
    for family in policy["families"]:
        _rule(library, context, _ALLOW, calls["socket"], (0, _EQUAL, family, 0))
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if not policy["write_execute"] and libc.prctl(_NO_WRITE_EXECUTE, 1, 0, 0, 0):
        print("this kernel cannot refuse memory that is writable and executable", file=sys.stderr)
    if library.seccomp_load(context):
        sys.exit("the filter cannot be loaded")


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _rule(
    library: ctypes.CDLL, context: ctypes.c_void_p, action: int, call: int, *wanted: tuple[int, int, int, int]
) -> None:
    array = (_Comparison * len(wanted))(*(_Comparison(*comparison) for comparison in wanted))
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    )
    if code := library.seccomp_rule_add_array(context, action, call, len(wanted), array):
        sys.exit(f"a rule for system call {call} is refused: {os.strerror(-code)}")


def main() -> None:
    """Confine this process and become the command."""
    _confine(json.loads(Path(sys.argv[1]).read_text()))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 -- the command of a test


if __name__ == "__main__":
    main()
