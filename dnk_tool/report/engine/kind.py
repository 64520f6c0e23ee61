"""Which engines there are: with speed-ups, and without."""

from typing import Literal

Engine = Literal["plain", "fast"]
