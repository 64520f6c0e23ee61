"""The versions of content: the stored one, the one that a sender had seen, and the one they sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")

# A counter that rises with each write; without one, the content itself or a value derived from it.
Version: TypeAlias = Any
NEVER_STORED: Final = 0


class Unknown(Enum):
    """The type of `UNKNOWN`: content of an earlier version that is no longer known."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """The content that is stored now, with its version and its last change. `ref` names it among others."""

    content: T
    version: Version = NEVER_STORED
    at: datetime | None = None
    by: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """The version that the sender had seen, and its content where it is known."""

    version: Version
    content: T | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True)
class VersionedEdit(Generic[T]):
    """New content for one ref, and the version that the sender had seen (0: none).

    `is_whole`: the sender saw all fields of a figure. Otherwise they saw value, unit, quality and note, and
    the other fields stay unchanged.
    """

    value: T
    seen: int
    is_whole: bool = True
