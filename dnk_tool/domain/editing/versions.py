"""The versions of content: what is stored, what a sender had seen, and what they sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")

# A counter that rises with each write. Where nothing counts, the content itself, or a mark of it.
Version: TypeAlias = Any
NEVER_STORED: Final = 0


class Unknown(Enum):
    """The type of `UNKNOWN`: content that nobody can tell any more."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """The content that is stored now, with its version and its last change. `ref` tells it from others."""

    content: T
    version: Version = NEVER_STORED
    at: datetime | None = None
    by: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """The version that a sender had before them, and its content where it is known."""

    version: Version
    content: T | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True)
class VersionedEdit(Generic[T]):
    """What was sent for one ref, and the version that the sender had seen (0: none).

    `is_whole`: the sender saw all of a figure. Otherwise it saw value, unit, quality and note, and what it
    did not see stays as it is.
    """

    value: T
    seen: int
    is_whole: bool = True
