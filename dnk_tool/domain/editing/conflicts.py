"""Decides whether a save is written or is a conflict: its sender may have seen an older version."""

import operator
from collections.abc import Callable
from typing import TypeVar

from dnk_tool.domain.editing.outcomes import Conflict, ConflictError, Decision, Unchanged, Write
from dnk_tool.domain.editing.versions import NEVER_STORED, UNKNOWN, Seen, Stored, Version

T = TypeVar("T")


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
