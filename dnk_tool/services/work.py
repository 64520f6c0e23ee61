"""What a verb is handed first: session, actor and moment, made once where a transaction begins."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class Work:
    """One request or command: all that it writes was done by one actor at one moment."""

    session: Session
    actor: Actor
    now: datetime

    def by(self, actor: Actor) -> "Work":
        """The same work, done by somebody else."""
        return replace(self, actor=actor)
