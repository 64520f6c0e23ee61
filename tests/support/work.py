"""Calls verbs with an actor and a moment that a test holds in a mapping."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.domain.permissions import Actor
from dnk_tool.services.work import Work


def call_verb(
    verb: Callable[..., Any], session: Session, *given: Any, actor: Actor, now: datetime, **more: Any
) -> Any:
    """Call the verb with its work made of session, actor and moment; everything else is handed on."""
    return verb(Work(session, actor, now), *given, **more)
