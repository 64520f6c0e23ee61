"""What becomes of content that was sent: it is written, it is stored already, or it meets other content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from dnk_tool.domain.editing.versions import Version

T = TypeVar("T")


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
