"""Takes the answers to a poll: of a device, which are only counted, and of members with their name."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from dnk_tool.domain.editing import NEVER_STORED, Stored, is_change
from dnk_tool.domain.exchange.polls import (
    Attribution,
    PollAnswer,
    PollKind,
    PollState,
    add_answer,
    check_answer,
)
from dnk_tool.domain.permissions import Actor, NotPermitted, Permission, Subject, can, require
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import poll_answers, polls
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow


class PollClosed(Exception):
    """The poll takes no answers now, or is gone."""


class PollChanged(Exception):
    """The question is another one than the sender has read."""


def count_device_answer(
    session: Session, poll_id: int, chosen: Sequence[int], text: str, *, seen: int, ticket: str
) -> bool:
    """Count an anonymous answer and keep nothing else of it but a text; False if its form was counted before.

    `seen`: the version of the question that was read; `ticket`: random signs of the form. Raises PollClosed,
    PollChanged, and PollRefused for an answer that the poll has not.
    """
    row = _open_poll(session, poll_id, Attribution.ANONYMOUS, seen)
    answer = check_answer(polls.question_of(row), chosen, text)
    if not poll_answers.take_ticket(session, row.id, ticket):
        return False
    row.answers += 1
    row.counts = add_answer(row.counts, answer)
    if row.kind is PollKind.TEXT:
        poll_answers.add_text(session, row.id, answer.text)
    return True


def save_company_answer(
    session: Session,
    poll_id: int,
    organisation_id: int,
    chosen: Sequence[int],
    text: str,
    *,
    seen: int,
    seen_answer: int,
    actor: Actor,
) -> None:
    """Keep or change what a member answers, until the poll is closed.

    `seen_answer`: the version of the company's answer that the sender had seen, 0 for none. Raises
    NotPermitted, PollClosed, PollChanged, PollRefused, and ConflictError if a colleague answered otherwise.
    """
    lock_company(session, organisation_id, Permission.ORGANISATION_EDIT, actor)  # so no membership ends
    row = _open_poll(session, poll_id, Attribution.NAMED, seen)
    answer = check_answer(polls.question_of(row), chosen, text)
    consent = _consent(session, organisation_id, row)
    stored = poll_answers.find_answer(session, row.id, consent.id)
    if not is_change(_stored(stored), seen_answer, answer):
        return
    if stored is None:
        stored = PollCompanyAnswer(poll_id=row.id, consent_id=consent.id, version=0)
        session.add(stored)
    stored.chosen, stored.text, stored.is_released = list(answer.chosen), answer.text, False
    stored.version += 1


def withdraw_company_answer(session: Session, poll_id: int, organisation_id: int, *, actor: Actor) -> None:
    """Take a member's answer back, also after the poll was closed or its cluster archived.

    Raises NotPermitted.
    """
    require(Permission.ORGANISATION_EDIT, actor, Subject(organisation_id=organisation_id))
    row = polls.lock_poll(session, poll_id)
    if row is None:
        return
    stored = poll_answers.find_answer(session, row.id, _consent(session, organisation_id, row).id)
    if stored is not None:
        session.delete(stored)


def is_open(poll: PollRow, cluster: Cluster) -> bool:
    """Whether the poll of that cluster takes answers now."""
    return poll.state is PollState.OPEN and cluster.archived_at is None


def answering_companies(session: Session, poll: PollRow, actor: Actor) -> list[int]:
    """The ids of the members of the poll's cluster for which the person may answer."""
    allowed = [key for key in actor.roles if can(Permission.ORGANISATION_EDIT, actor, Subject(key))]
    return [key for key in allowed if clusters.find_consent(session, key, poll.cluster_id)]


def _open_poll(session: Session, poll_id: int, attribution: Attribution, seen: int) -> PollRow:
    row = polls.lock_poll(session, poll_id)
    if row is None or not is_open(row, session.get_one(Cluster, row.cluster_id)):
        raise PollClosed
    if row.version != seen or row.attribution is not attribution:
        raise PollChanged
    return row


def _consent(session: Session, organisation_id: int, poll: PollRow) -> Consent:
    consent = clusters.find_consent(session, organisation_id, poll.cluster_id)
    if consent is None:
        raise NotPermitted(Permission.ORGANISATION_EDIT)
    return consent


def _stored(row: PollCompanyAnswer | None) -> Stored[PollAnswer | None]:
    if row is None:
        return Stored(None, NEVER_STORED)
    return Stored(PollAnswer(tuple(row.chosen), row.text), row.version)
