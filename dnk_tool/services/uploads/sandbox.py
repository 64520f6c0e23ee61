"""Runs our own modules on uploaded files, in a child process with a time limit and without secrets."""

import os
import subprocess
import sys
from collections.abc import Sequence

from dnk_tool.paths import PACKAGE

_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
_START_SECONDS = 20


def run_module(
    module: str, arguments: Sequence[object], content: bytes, *, seconds: float
) -> subprocess.CompletedProcess[bytes] | None:
    """Run the module with the content on standard input; None if it takes longer than `seconds`.

    Of the server's environment the child gets only the search paths of programs and libraries.
    """
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    try:
        return subprocess.run(  # noqa: S603 - our own module, no text of a user in the command
            [sys.executable, "-X", "utf8", "-P", "-m", module, *map(str, arguments)],
            input=content,
            capture_output=True,
            env=environment | {"PYTHONPATH": str(PACKAGE.parent), "LANG": "C.UTF-8"},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def possible_isolation() -> frozenset[str]:
    """What can be taken from children on this machine, asked of one; see `dnk_tool.isolation`."""
    done = run_module("dnk_tool.isolation", (), b"", seconds=_START_SECONDS)
    return frozenset(done.stdout.decode().split()) if done and done.returncode == 0 else frozenset()
