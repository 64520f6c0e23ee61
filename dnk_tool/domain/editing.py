"""The versions of content: the stored one, the one that a sender had seen, and the one they sent.

The outcomes of a save: content is to be written, is stored already, or is in conflict.
Decides whether a save is written or is a conflict: its sender may have seen an older version.
"""

import operator
from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing is to be written: the content is stored already, or only others changed it.

    `newer`: its stored version, if the sender knew another one; the sender must adopt it.
    """

    newer: Version | None = None


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """The content is to be written."""

    content: T


@dataclass(frozen=True, slots=True)
class Conflict(Generic[T]):
    """Somebody else stored other content in the meantime: `theirs`, at `version`; `mine` is not written.

    `parts`: the keys of the parts that both changed, if the content is merged part by part.
    """

    mine: T
    theirs: T
    version: Version
    at: datetime | None = None
    by: int | None = None
    ref: str = ""
    parts: frozenset[str] = frozenset()


Decision: TypeAlias = Unchanged | Write[T] | Conflict[T]


class ConflictError(Exception):
    """Content that is saved alone meets other content; nothing is written. `conflict` holds both."""

    def __init__(self, conflict: Conflict[Any]) -> None:
        self.conflict = conflict
        super().__init__(f"changed meanwhile, now at version {conflict.version}")


def decide(
    current: Stored[T], seen: Seen[T], given: T, *, is_same: Callable[[T, T], bool] = operator.eq
) -> Decision[T]:
    """Decide whether `given` is written, by a sender who had seen `seen` while `current` is stored.

    Sending the stored content again is never a conflict, and neither is sending the content that was seen.
    """
    has_changed = current.version not in (NEVER_STORED, seen.version)
    if is_same(given, current.content):
        return Unchanged(newer=current.version if has_changed else None)
    if not has_changed:
        return Write(given)
    if seen.content is not UNKNOWN and is_same(given, seen.content):
        return Unchanged()
    return conflict(current, given)


def conflict(current: Stored[T], given: T, *, parts: frozenset[str] = frozenset()) -> Conflict[T]:
    """The conflict between the given content and what is stored."""
    return Conflict(given, current.content, current.version, current.at, current.by, current.ref, parts)


def is_change(current: Stored[T], seen: Version, given: T) -> bool:
    """Whether content that is saved alone is to be written. Raises ConflictError."""
    return isinstance(without_conflict(decide(current, Seen(seen), given)), Write)


def without_conflict(decision: Decision[T]) -> Unchanged | Write[T]:
    """The decision about content that is saved alone. Raises ConflictError if it is a conflict."""
    if isinstance(decision, Conflict):
        raise ConflictError(decision)
    return decision
