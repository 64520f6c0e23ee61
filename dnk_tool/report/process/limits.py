"""What one render may take, how the child process says that it was not enough, and how long it stays."""

from dataclasses import dataclass

OUT_OF_MEMORY = 3

# A child that waits for the next job goes after so many seconds, and a used one is replaced now and then.
LONGEST_IDLE_SECONDS = 300
MOST_JOBS = 100
LARGEST_MB = 500


@dataclass(frozen=True, slots=True)
class RenderLimits:
    """Seconds on the clock, seconds of a processor, bytes of address space."""

    seconds: int = 120
    cpu_seconds: int = 90
    memory: int = 2_000_000_000
