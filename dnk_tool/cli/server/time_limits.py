"""How long a client may take to send a request or to fetch an answer, and how much may wait for slow ones."""

import time
from dataclasses import dataclass, field

HEAD_SECONDS = 10
MAX_HEAD_BYTES = 65_536
KEEPALIVE_SECONDS = 5
LINGER_SECONDS = 2

# Bodies and answers: a minimum rate that the slowest line keeps (32 kbit/s), and an hour in all, in which
# 50 MB take 120 kbit/s.
GRACE_SECONDS = 30
BYTES_PER_SECOND = 4_000
LONGEST_SECONDS = 3_600

# Forms are collected without further questions, larger bodies only if the application wants them.
SMALL_BODY_BYTES = 65_536
MAX_LINGER_BYTES = 300_000_000
MOST_COLLECTED_BYTES = 600_000_000
MOST_UNSENT_BYTES = 300_000_000

MOST_CONNECTIONS = 1_000
# Forty browsers with six connections each may stand behind one address.
MOST_OF_A_NETWORK = 256


@dataclass(slots=True)
class Transfer:
    """The time limit of a body or an answer on its way, in which each byte that moves gives more time."""

    moved: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """When the client has been too slow, on the clock."""
        return self.began + min(GRACE_SECONDS + self.moved / BYTES_PER_SECOND, LONGEST_SECONDS)
