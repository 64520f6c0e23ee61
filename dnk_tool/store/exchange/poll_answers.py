"""Queries of the answers to polls: texts without a sender, and what members said with their name."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from dnk_tool.domain.exchange.polls import Attribution, PollAnswer, PollResult, count_answers, poll_result
from dnk_tool.store.exchange.polls import question_of
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.exchange.polls import PollCompanyAnswer, PollRow, PollText, PollTicket
from dnk_tool.store.tables.organisations import Organisation


@dataclass(frozen=True, slots=True)
class NamedAnswer:
    """What a member answered."""

    company: str
    row: PollCompanyAnswer

    @property
    def answer(self) -> PollAnswer:
        """The choices or the text."""
        return PollAnswer(tuple(self.row.chosen), self.row.text)

    @property
    def key(self) -> str:
        """Of which member the answer is, in these words: a changed answer has another key."""
        return f"{self.row.consent_id}-{self.row.version}"


def take_ticket(session: Session, poll_id: int, ticket: str) -> bool:
    """Note that the form with this ticket is counted; False if it was before. The poll is locked."""
    digest = sha256(f"{poll_id}:{ticket}".encode()).hexdigest()
    if session.get(PollTicket, digest) is not None:
        return False
    session.add(PollTicket(digest=digest, poll_id=poll_id))
    return True


def remove_tickets(session: Session, poll_id: int) -> None:
    """Forget which forms were counted."""
    session.execute(delete(PollTicket).where(PollTicket.poll_id == poll_id))


def add_text(session: Session, poll_id: int, text: str) -> None:
    """Keep a text without a sender, in no order. The poll is locked.

    All texts of the poll are written anew by their random keys: PostgreSQL keeps rows in the order in which
    they came, each with its transaction, and a backup shows them so.
    """
    kept = session.execute(
        select(PollText.key, PollText.poll_id, PollText.text, PollText.is_released).where(
            PollText.poll_id == poll_id
        )
    )
    rows = [dict(row._mapping) for row in kept]
    rows.append({"key": secrets.token_hex(16), "poll_id": poll_id, "text": text, "is_released": False})
    session.execute(delete(PollText).where(PollText.poll_id == poll_id))
    session.execute(insert(PollText), sorted(rows, key=lambda row: str(row["key"])))


def find_text(session: Session, poll_id: int, key: str) -> PollText | None:
    """The text with this key; None if the poll has none."""
    found = session.get(PollText, key, populate_existing=True)
    return found if found is not None and found.poll_id == poll_id else None


def texts_of(session: Session, poll_id: int) -> Sequence[PollText]:
    """The texts without a sender in the order of their random keys."""
    return session.scalars(select(PollText).where(PollText.poll_id == poll_id).order_by(PollText.key)).all()


def named_answers(session: Session, poll_id: int) -> Sequence[NamedAnswer]:
    """What the members of today answered, by name."""
    return _named_answers(session, (poll_id,)).get(poll_id, [])


def find_answer(session: Session, poll_id: int, consent_id: int) -> PollCompanyAnswer | None:
    """The answer of a member, reread; None if it gave none."""
    return session.get(PollCompanyAnswer, (poll_id, consent_id), populate_existing=True)


def remove_of_consent(session: Session, consent_id: int) -> None:
    """Remove what a company answered as a member."""
    session.execute(delete(PollCompanyAnswer).where(PollCompanyAnswer.consent_id == consent_id))


def results(session: Session, polls: Sequence[PollRow]) -> dict[int, PollResult]:
    """What may be shown of each poll, by id, in two statements for any number of polls and answers."""
    named = _named_answers(session, [poll.id for poll in polls if _is_named(poll)])
    texts = _released_texts(session, [poll.id for poll in polls if not _is_named(poll)])
    return {
        poll.id: _named_result(poll, named.get(poll.id, ()))
        if _is_named(poll)
        else poll_result(question_of(poll), poll.counts, poll.answers, texts.get(poll.id, ()))
        for poll in polls
    }


def _is_named(poll: PollRow) -> bool:
    return poll.attribution is Attribution.NAMED


def _named_result(poll: PollRow, answers: Sequence[NamedAnswer]) -> PollResult:
    question = question_of(poll)
    counts = count_answers(question, (each.answer for each in answers))
    texts = sorted(each.row.text for each in answers if each.row.is_released)
    return poll_result(question, counts, len(answers), texts)


def _named_answers(session: Session, poll_ids: Collection[int]) -> Mapping[int, list[NamedAnswer]]:
    rows = session.execute(
        select(PollCompanyAnswer, Organisation.name)
        .join(Consent, Consent.id == PollCompanyAnswer.consent_id)
        .join(Organisation, Organisation.id == Consent.organisation_id)
        .where(PollCompanyAnswer.poll_id.in_(poll_ids), Consent.withdrawn_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    found: dict[int, list[NamedAnswer]] = defaultdict(list)
    for row, name in rows:
        found[row.poll_id].append(NamedAnswer(name, row))
    return found


def _released_texts(session: Session, poll_ids: Collection[int]) -> Mapping[int, list[str]]:
    rows = select(PollText).where(PollText.poll_id.in_(poll_ids), PollText.is_released)
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.scalars(rows.order_by(PollText.text)):
        found[row.poll_id].append(row.text)
    return found
