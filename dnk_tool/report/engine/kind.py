"""Which engines there are: with speed-ups, without, and with libraries that nobody has checked."""

from typing import Literal

Engine = Literal["plain", "fast", "unchecked"]
