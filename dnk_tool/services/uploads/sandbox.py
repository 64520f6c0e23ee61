"""Runs our own modules on what people uploaded, apart from the server and its secrets, and not for ever."""

import os
import subprocess
import sys
from collections.abc import Sequence

from dnk_tool.paths import PACKAGE

_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


def run_module(
    module: str, arguments: Sequence[object], content: bytes, *, seconds: float
) -> subprocess.CompletedProcess[bytes] | None:
    """How the module ended that was given the content on standard input; None if it took too long.

    Nothing of the server's environment is handed on but where programs and libraries lie.
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
