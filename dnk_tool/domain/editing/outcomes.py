"""The outcomes of a save: content is to be written, is stored already, or is in conflict."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from dnk_tool.domain.editing.versions import Version

T = TypeVar("T")


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
