"""Optimistic locking: what becomes of content whose sender may have seen an older version than is stored.

Everything that several people edit goes through `decide`: answers, figures, goals, assessments, settings,
profiles, sites, quick checks, reusable remarks, verdicts. Content that is saved alone raises `ConflictError`.
Content that is saved with other content comes back as a `Conflict` in the outcome, so that the rest is kept.
"""

import operator
from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing is to be written: the content is stored already, or only others changed it.

    `newer`: the version at which it is stored, though the sender knew another one and must adopt this.
    """

    newer: Version | None = None


@dataclass(frozen=True, slots=True)
class Write(Generic[T]):
    """The content is to be written."""

    content: T


@dataclass(frozen=True, slots=True)
class Conflict(Generic[T]):
    """Somebody else stored other content meanwhile: `theirs`, at `version`; `mine` is not written over it.

    `parts`: the keys of what both changed, where content is merged part by part.
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

    Sending the same content again is never a conflict, and neither is sending what one had seen.
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
    """The conflict of what was given with what is stored."""
    return Conflict(given, current.content, current.version, current.at, current.by, current.ref, parts)


def is_change(current: Stored[T], seen: Version, given: T) -> bool:
    """Whether content that is saved alone is to be written. Raises ConflictError."""
    return isinstance(without_conflict(decide(current, Seen(seen), given)), Write)


def without_conflict(decision: Decision[T]) -> Unchanged | Write[T]:
    """The decision about content that is saved alone. Raises ConflictError."""
    if isinstance(decision, Conflict):
        raise ConflictError(decision)
    return decision
