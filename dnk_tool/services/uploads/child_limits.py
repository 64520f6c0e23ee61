"""The limits that a child process which reads a stranger's file sets to itself."""

import resource
from contextlib import suppress

GRACE_SECONDS = 5


def limit_child(cpu_seconds: int, memory: int) -> None:
    """Limit this process to so many CPU seconds and bytes of address space, and let it write no files.

    Called after the file is read, so that reading it is not cut short.
    """
    limits = ((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0))
    for what, amount in limits:
        with suppress(ValueError, OSError):  # macOS does not know every limit; the clock still holds
            resource.setrlimit(what, (amount, amount + GRACE_SECONDS if amount else 0))
