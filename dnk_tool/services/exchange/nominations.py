"""Nominates for awards: a member itself, or a manager, whose proposal is nothing without the member's yes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError, Stored, Version, conflict
from dnk_tool.domain.exchange.awards import AwardState, NominationContent, missing_lines, takes_nominations
from dnk_tool.domain.exchange.examples import ExamplePart
from dnk_tool.domain.permissions import Actor, Permission, Role
from dnk_tool.language import local_day
from dnk_tool.services.accounts import action_limits
from dnk_tool.services.accounts.action_limits import LimitedAction
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.exchange.awards import AwardGone, locked_award
from dnk_tool.services.work import Work
from dnk_tool.store.accounts.queries import people_with_roles
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.exchange import awards, nominations
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.awards import AwardRow, NominationRow
from dnk_tool.store.tables.exchange.examples import ExampleRow


class NominationsClosed(Exception):
    """The round takes no nominations today; nothing was written."""


class NominationIncomplete(Exception):
    """The nomination lacks `parts`."""

    def __init__(self, parts: tuple[ExamplePart, ...]) -> None:
        self.parts = parts
        super().__init__(", ".join(parts))


class ExampleNotShown(Exception):
    """The example that is to be nominated is not published (any more)."""


class AlreadyNominated(Exception):
    """The member stands in the round already, or was asked to."""


def open_awards(session: Session, cluster_ids: Sequence[int]) -> Sequence[AwardRow]:
    """The rounds of these clusters that members know of, latest first."""
    return awards.of_clusters(session, cluster_ids, frozenset(AwardState) - {AwardState.DRAFT})


def nominate(
    work: Work,
    organisation_id: int,
    award_id: int,
    content: NominationContent,
    *,
    example_id: int | None,
    seen: Version,
) -> None:
    """Nominate the company itself: one of its published examples, or its own words; also as a yes.

    `seen`: the version of what stood there, 0 for nothing. Sending again what stands there changes nothing.
    Raises NotPermitted, Archived, AwardGone, NominationsClosed, NominationIncomplete, ExampleNotShown, and
    ConflictError without writing anything.
    """
    lock_company(work.session, organisation_id, Permission.ORGANISATION_OWN, work.actor)
    award, consent = _open(work.session, organisation_id, award_id, work.now)
    example = _example(work.session, consent.id, example_id)
    if example is None and (missing := missing_lines(content)):
        raise NominationIncomplete(missing)
    row = nominations.find_row(work.session, award.id, consent.id)
    if row is not None and _stands(row, content, example):
        return
    # Gone since the form was opened: withdrawn, it is not nominated again by an answer from before.
    stored = nominations.stored_nomination(row) if row is not None else Stored(NominationContent(), 0)
    if stored.version != seen:
        raise ConflictError(conflict(stored, content))
    row = row or nominations.add(work.session, award.id, consent.id, work.now)
    nominations.write(row, content, example, by=work.actor.user_id, now=work.now)
    row.agreed_at = work.now
    _record(work, EventKind.AWARD_NOMINATED, organisation_id, award)


def propose(
    work: Work, cluster: Cluster, award_id: int, consent_id: int, title: str, *, example_id: int | None
) -> int:
    """Ask a member whether it wants to stand in the round; the id of its company.

    Counts as an invitation of its owners, so that nobody is asked again and again after a no. Raises
    NotPermitted, AwardGone, NominationsClosed, AlreadyNominated, ExampleNotShown and ActionLimitReached.
    """
    award = locked_award(work.session, cluster, award_id, actor=work.actor)
    _refuse_closed(award, work.now)
    consent = work.session.get(Consent, consent_id, populate_existing=True)
    if consent is None or consent.cluster_id != cluster.id or consent.withdrawn_at is not None:
        raise AwardGone(award_id)
    example = _example(work.session, consent.id, example_id)
    row = nominations.find_row(work.session, award.id, consent.id)
    if row is not None and nominations.find_shown(work.session, award.id, row.id) is not None:
        raise AlreadyNominated
    row = row or nominations.add(work.session, award.id, consent.id, work.now)
    nominations.write(row, NominationContent(title=title), example, by=work.actor.user_id, now=work.now)
    row.agreed_at, row.prize = None, ""
    owners = people_with_roles(
        work.session, consent.organisation_id, (Role.OWNER,), today=local_day(work.now)
    )
    addresses = [owner.email for owner in owners]
    invitation = LimitedAction.INVITATION
    action_limits.count_mails(
        work.session, invitation, sender=work.actor.user_id, recipients=addresses, now=work.now
    )
    return consent.organisation_id


def withdraw_nomination(work: Work, organisation_id: int, award_id: int) -> None:
    """Take the company's nomination back at any time, or say no to a proposal; sheets and prize go with it.

    Raises NotPermitted, and AwardGone for a round that the company cannot know. Nothing happens without a
    nomination.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    award = awards.lock_award(work.session, award_id)
    consent = clusters.find_consent(work.session, organisation_id, award.cluster_id) if award else None
    if award is None or consent is None or award.state is AwardState.DRAFT:
        raise AwardGone(award_id)
    row = nominations.find_row(work.session, award_id, consent.id)
    if row is not None:
        work.session.delete(row)
        _record(work, EventKind.AWARD_WITHDRAWN, organisation_id, award)


def remove_nomination(
    session: Session, cluster: Cluster, award_id: int, nomination_id: int, *, actor: Actor
) -> None:
    """Take a nomination out of the manager's round.

    Raises NotPermitted, and AwardGone also without that nomination.
    """
    award = locked_award(session, cluster, award_id, actor=actor)
    shown = nominations.find_shown(session, award.id, nomination_id)
    if shown is None:
        raise AwardGone(award_id)
    session.delete(session.get_one(NominationRow, shown.id))


def _open(session: Session, organisation_id: int, award_id: int, now: datetime) -> tuple[AwardRow, Consent]:
    """The round for a nomination, locked below its company, and the membership under which it is made."""
    if (cluster_id := awards.cluster_of(session, award_id)) is None:
        raise AwardGone(award_id)
    clusters.lock(session, cluster_id)  # before the round, as managers do
    award = awards.lock_award(session, award_id)
    consent = clusters.find_consent(session, organisation_id, award.cluster_id) if award else None
    if award is None or consent is None or award.state is AwardState.DRAFT:
        raise AwardGone(award_id)
    _refuse_closed(award, now)
    return award, consent


def _stands(row: NominationRow, content: NominationContent, example: ExampleRow | None) -> bool:
    """Whether the company agreed to exactly this already."""
    kept = NominationContent(is_public=content.is_public) if example else content
    named = (example.id, example.published_at) if example else (None, None)
    return (
        row.agreed_at is not None
        and (row.example_id, row.example_published_at) == named
        and nominations.content_of(row) == kept
    )


def _refuse_closed(award: AwardRow, now: datetime) -> None:
    if not takes_nominations(award.state, award.nominate_until, local_day(now)):
        raise NominationsClosed


def _example(session: Session, consent_id: int, example_id: int | None) -> ExampleRow | None:
    if example_id is None:
        return None
    found = nominations.find_published_example(session, consent_id, example_id)
    if found is None:
        raise ExampleNotShown(example_id)
    return found


def _record(work: Work, kind: EventKind, organisation_id: int, award: AwardRow) -> None:
    history.record_event(
        work.session,
        kind,
        organisation_id=organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        cluster=award.cluster_id,
        year=award.year,
    )
