"""Keeps all that the company says on one page of remarks, in one go: nothing typed is left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, Side
from dnk_tool.services.review import remarks as remarking
from dnk_tool.services.review.remarks import Reply
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.review import remarks
from dnk_tool.store.review.verdicts import RemarkRow
from dnk_tool.store.tables.declarations import Declaration


@dataclass(frozen=True)
class Said:
    """Answers by thread, and a new remark on the requirement `ref`; empty: on the whole section."""

    text: str = ""
    audience: Audience = Audience.COMPANY
    ref: str = ""
    replies: Mapping[int, Reply] = field(default_factory=dict)


def say(
    session: Session, declaration: Declaration, section: Section, said: Said, *, actor: Actor, now: datetime
) -> RemarkRow | None:
    """Write the answers, then the new remark; gives it, if there is one.

    Raises what `remarking` raises; the caller rolls back.
    """
    declarations.lock(session, declaration.organisation_id, declaration)
    speaker: Any = {"side": Side.COMPANY, "version": declaration.version, "actor": actor, "now": now}
    for thread in remarks.threads(session, declaration.id, Side.COMPANY, sections=[section.ref]):
        if reply := said.replies.get(thread.id):
            remarking.reply(session, declaration, thread, reply, **speaker)
    if not said.text:
        return None
    return remarking.remark(
        session,
        declaration,
        section,
        said.text,
        audience=said.audience,
        ref=said.ref,
        **speaker,
    )
