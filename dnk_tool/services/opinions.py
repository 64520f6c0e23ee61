"""Keeps all that a reviewer says on one page, in one go: nothing that was typed is left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.catalogue import Section
from dnk_tool.domain.permissions import Actor
from dnk_tool.domain.review import Audience, Side, Verdict
from dnk_tool.domain.text import normalised
from dnk_tool.services import remarking, reviewing
from dnk_tool.store import declarations, remarks
from dnk_tool.store.models import Declaration
from dnk_tool.store.remarks import Thread


@dataclass(frozen=True)
class Reply:
    """An answer to one thread, whether it is done, and how many remarks of it the sender had read."""

    text: str = ""
    resolves: bool = False
    read: int = 0


@dataclass(frozen=True)
class Opinion:
    """What a reviewer says on one page. No verdict: the one that stands is left alone.

    `seen` is the number of the verdict and `version` the version that they had before them; `ref` is the
    requirement that the new remark is about, empty for the whole section.
    """

    version: int
    verdict: Verdict | None = None
    seen: int = 0
    text: str = ""
    audience: Audience = Audience.SHARED
    ref: str = ""
    replies: Mapping[int, Reply] = field(default_factory=dict)


class MoreWasSaid(Exception):
    """Somebody wrote in the thread meanwhile; it is not called done unread."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has grown")


class Unanswered(Exception):
    """The thread was to be called done, but nobody has answered it."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        super().__init__(f"thread {thread.id} has no answer")


def give_opinion(
    session: Session,
    declaration: Declaration,
    section: Section,
    opinion: Opinion,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the answers, then the new remark, then the verdict, which may need it.

    The same text sent twice by the same person, as a double click does, is kept once. Raises what
    `reviewing.give_verdict` and `remarking` raise, MoreWasSaid and Unanswered; the caller rolls back.
    """
    declarations.lock(session, declaration.organisation_id, declaration)
    found = remarks.threads(
        session,
        declaration.id,
        Side.REVIEWERS,
        cluster_id=declaration.cluster_id,
        sections=[section.ref],
    )
    for thread in found:
        if reply := opinion.replies.get(thread.id):
            _reply(session, declaration, thread, reply, opinion.version, actor=actor, now=now)
    if opinion.text and not _is_repeated(found, opinion, actor):
        remarking.remark(
            session,
            declaration,
            section,
            opinion.text,
            audience=opinion.audience,
            side=Side.REVIEWERS,
            version=opinion.version,
            actor=actor,
            now=now,
            ref=opinion.ref,
        )
    if opinion.verdict:
        reviewing.give_verdict(
            session,
            declaration,
            section,
            opinion.verdict,
            seen=opinion.seen,
            version=opinion.version,
            actor=actor,
            now=now,
        )


def _reply(
    session: Session,
    declaration: Declaration,
    thread: Thread,
    reply: Reply,
    version: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    last, text = thread.remarks[-1], normalised(reply.text)
    is_repeated = (last.by, last.text) == (actor.user_id, text)
    if reply.resolves and thread.is_open and len(thread.remarks) != reply.read:
        raise MoreWasSaid(thread)
    if text and not is_repeated:
        remarking.answer(
            session,
            declaration,
            thread,
            text,
            side=Side.REVIEWERS,
            version=version,
            actor=actor,
            now=now,
        )
    if reply.resolves and thread.is_open:
        try:
            remarking.resolve(session, declaration, thread, side=Side.REVIEWERS, actor=actor, now=now)
        except remarking.NoAnswer as error:
            raise Unanswered(thread) from error


def _is_repeated(found: list[Thread], opinion: Opinion, actor: Actor) -> bool:
    said = (actor.user_id, normalised(opinion.text), opinion.audience, opinion.ref)
    return any((one.first.by, one.first.text, one.audience, one.ref) == said for one in found if one.is_open)
