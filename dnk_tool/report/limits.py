"""What one render may take, and how the child process says that it was not enough."""

from dataclasses import dataclass

OUT_OF_MEMORY = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds on the clock, seconds of a processor, bytes of address space."""

    seconds: int = 120
    cpu_seconds: int = 90
    memory: int = 2_000_000_000
