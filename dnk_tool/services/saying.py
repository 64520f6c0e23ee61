"""Keeps all that the company says on one page of remarks, in one go: nothing typed is left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, Side
from dnk_tool.services import remarking
from dnk_tool.services.opinions import Reply
from dnk_tool.services.remarking import MoreWasSaid
from dnk_tool.store import declarations, remarks
from dnk_tool.store.models import Declaration
from dnk_tool.store.remarks import Thread
from dnk_tool.store.reviews import RemarkRow


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
    for thread in remarks.threads(session, declaration.id, Side.COMPANY, sections=[section.ref]):
        if reply := said.replies.get(thread.id):
            _reply(session, declaration, thread, reply, actor=actor, now=now)
    if not said.text:
        return None
    return remarking.remark(
        session,
        declaration,
        section,
        said.text,
        audience=said.audience,
        side=Side.COMPANY,
        version=declaration.version,
        actor=actor,
        now=now,
        ref=said.ref,
    )


def _reply(
    session: Session,
    declaration: Declaration,
    thread: Thread,
    reply: Reply,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    is_closing, read = reply.resolves and thread.is_open, reply.read
    if is_closing and len(thread.remarks) != read:
        raise MoreWasSaid(thread)
    if reply.text:
        written = remarking.answer(
            session,
            declaration,
            thread,
            reply.text,
            side=Side.COMPANY,
            version=declaration.version,
            actor=actor,
            now=now,
        )
        read += written.id not in {one.id for one in thread.remarks}
    if is_closing:
        remarking.resolve(session, declaration, thread, read=read, side=Side.COMPANY, actor=actor, now=now)
