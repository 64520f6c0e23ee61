"""Invites jurors by a secret link, and keeps what they say; a juror sees what was nominated, nothing else."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import Version, is_change
from dnk_tool.domain.exchange.awards import POINTS, AwardState, JurorSheet, opens_sheets
from dnk_tool.domain.mail import MailDelivery
from dnk_tool.domain.permissions import Actor
from dnk_tool.language import Language, local_day
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.services.accounts.lifecycle import normalised_address, one_line
from dnk_tool.services.exchange.awards import AwardGone, AwardMoved, locked_award
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import awards, jury, nominations
from dnk_tool.store.exchange.nominations import ShownNomination
from dnk_tool.store.invitations.queries import hash_token
from dnk_tool.store.mail import outbox
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.awards import AwardRow, JurorRow

MOST_JURORS = 20


class JurorLinkUnknown(Exception):
    """No juror has this link, or has it no longer."""


class JuryClosed(Exception):
    """The jury does not judge (any more): the link opens nothing. `language`: that of the juror's mail."""

    def __init__(self, language: str) -> None:
        self.language = language
        super().__init__(language)


class NominationGone(Exception):
    """What is judged was taken back meanwhile; nothing was written."""


class TooManyJurors(Exception):
    """The round has as many jurors as its page can show."""


@dataclass(frozen=True, slots=True)
class JurorVisit:
    """Who opened a link, and the round that it belongs to."""

    juror: JurorRow
    award: AwardRow
    cluster: Cluster


def invite_juror(
    work: Work, cluster: Cluster, award_id: int, *, email: str, name: str, language: Language
) -> tuple[JurorRow, str]:
    """Invite somebody to the jury; returns them and the token for the mail, of which the hash alone is kept.

    Who is in it already gets a new link: the one before opens nothing any more, and a mail with it that still
    waits is not sent. Raises NotPermitted, AwardGone, AwardMoved once the round is decided, TooManyJurors,
    InvalidAddress and ActionLimitReached.
    """
    award = locked_award(work.session, cluster, award_id, actor=work.actor)
    if award.state is AwardState.DECIDED:
        raise AwardMoved(award.state)
    address, token = normalised_address(email), secrets.token_urlsafe(32)
    row = jury.find_by_email(work.session, award.id, address)
    if row is None and len(jury.of_award(work.session, award.id)) >= MOST_JURORS:
        raise TooManyJurors
    action_limits.count_mails(
        work.session, LimitedAction.INVITATION, sender=work.actor.user_id, recipients=[address], now=work.now
    )
    row = row or JurorRow(award_id=award.id, email=address)
    _cancel_mail(work.session, row)
    row.name, row.language, row.token_hash = one_line(name), language, hash_token(token)
    row.invited_at, row.invited_by = work.now, work.actor.user_id
    row.delivery, row.refusal, row.mail_id = MailDelivery.WAITING, None, None
    work.session.add(row)
    work.session.flush()
    _record(work, award)
    return row, token


def _record(work: Work, award: AwardRow) -> None:
    history.record_event(
        work.session,
        EventKind.JUROR_INVITED,
        cluster_id=award.cluster_id,
        actor_id=work.actor.user_id,
        now=work.now,
        year=award.year,
    )


def remove_juror(session: Session, cluster: Cluster, award_id: int, juror_id: int, *, actor: Actor) -> None:
    """Take somebody out of the jury with all that they said; the link opens nothing any more.

    A mail with it that still waits is not sent. Raises NotPermitted, and AwardGone also without that juror.
    """
    award = locked_award(session, cluster, award_id, actor=actor)
    juror = jury.find_juror(session, award.id, juror_id)
    if juror is None:
        raise AwardGone(award_id)
    _cancel_mail(session, juror)
    session.delete(juror)


def _cancel_mail(session: Session, juror: JurorRow) -> None:
    if juror.mail_id is not None:
        outbox.cancel(session, juror.mail_id)


def open_sheets(session: Session, token: str, *, now: datetime) -> JurorVisit:
    """Who visits by the link. Raises JurorLinkUnknown, and JuryClosed while the jury does not judge."""
    found = jury.find_by_token(session, token)
    if found is None:
        raise JurorLinkUnknown
    visit = JurorVisit(*found)
    if visit.cluster.archived_at is not None or not _is_judging(visit.award, now):
        raise JuryClosed(visit.juror.language)
    return visit


def judged_nominations(session: Session, visit: JurorVisit) -> list[ShownNomination]:
    """All that the juror sees: what stands and is agreed, by the name of the company."""
    return nominations.of_award(session, visit.award.id, agreed_only=True)


def save_sheet(
    session: Session, token: str, nomination_id: int, sheet: JurorSheet, *, seen: Version, now: datetime
) -> None:
    """Keep what a juror says of one nomination, whole or not.

    Raises JurorLinkUnknown, JuryClosed, NominationGone, ValueError for points that are none, and
    ConflictError without writing anything.
    """
    awards.lock_award(session, open_sheets(session, token, now=now).award.id)
    # Again: meanwhile the juror may have been taken out.
    visit = open_sheets(session, token, now=now)
    nominations.lock_rows(session, visit.award.id)
    shown = nominations.find_shown(session, visit.award.id, nomination_id)
    if shown is None or not shown.is_agreed:
        raise NominationGone(nomination_id)
    kept = _checked(sheet, len(visit.award.criteria))
    stored = jury.stored_sheet(jury.find_sheet(session, visit.juror.id, nomination_id))
    if is_change(stored, seen, kept):
        jury.write_sheet(session, visit.juror.id, nomination_id, kept, now=now)


def _checked(sheet: JurorSheet, criteria: int) -> JurorSheet:
    """The sheet as it is kept: who abstains gives no points."""
    if len(sheet.points) != criteria or any(one is not None and one not in POINTS for one in sheet.points):
        raise ValueError("points from 1 to 5, one for each criterion")
    points = (None,) * criteria if sheet.abstains else sheet.points
    return JurorSheet(points, sheet.abstains, sheet.word)


def _is_judging(award: AwardRow, now: datetime) -> bool:
    return opens_sheets(award.state, award.judge_until, local_day(now))
