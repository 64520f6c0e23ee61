"""Writes, offers, withdraws and deletes a company's good examples; nothing is shown that it did not offer.

Publishes good examples that companies offered to a cluster, and gives them back with a word.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing import ConflictError, Stored, Version, conflict, is_change
from dnk_tool.domain.exchange.examples import (
    MAX_OFFERS_A_DAY,
    ExampleContent,
    ExamplePart,
    ExampleState,
    can_become_example,
    example_number,
    missing_example_parts,
)
from dnk_tool.domain.permissions import Deleted, Permission, Subject, require
from dnk_tool.services.editing.locks import lock_company
from dnk_tool.services.work import Work
from dnk_tool.store.answers import history
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import examples
from dnk_tool.store.measures import measures
from dnk_tool.store.tables.clusters import Cluster, Consent
from dnk_tool.store.tables.exchange.examples import ExampleRow
from dnk_tool.store.tables.measures import MeasureRow


class ExampleGone(Deleted):
    """The example, or the measure that it tells of, is not there any more; nothing was written."""


class ExampleNotOpen(Exception):
    """The example is not as expected: a company changes only a draft, a manager only what they saw."""


class MeasureNotDone(Exception):
    """An example is told only of a measure that is done."""


class ClusterNotAllowed(Exception):
    """The company does not allow this cluster to show examples."""


class TooManyOffers(Exception):
    """The company offered examples MAX_OFFERS_A_DAY times within a day, each with a mail to managers."""


class ExampleIncomplete(Exception):
    """The example lacks `parts`, so it cannot be offered yet."""

    def __init__(self, parts: tuple[ExamplePart, ...]) -> None:
        self.parts = parts
        super().__init__(", ".join(parts))


def begin_example(work: Work, organisation_id: int, measure_id: int, content: ExampleContent) -> ExampleRow:
    """Begin the example of a measure that is done; one that was begun already is returned as it is.

    Raises NotPermitted, ExampleGone and MeasureNotDone.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    measure = _done_measure(work.session, organisation_id, measure_id)
    if (begun := examples.find_of_measure(work.session, measure_id)) is not None:
        return begun
    row = examples.add(work.session, organisation_id, measure_id, work.now)
    number = example_number(measures.measure_of(measure))
    examples.write(row, content, number, by=work.actor.user_id, now=work.now)
    record_example_event(work, EventKind.EXAMPLE_SAVED, row)
    return row


def change_example(
    work: Work,
    organisation_id: int,
    example_id: int,
    content: ExampleContent,
    *,
    picture: bytes | None,
    is_contact: bool | None,
    seen: Version,
) -> None:
    """Write a draft with the number that its measure has now.

    `picture`: a new one as JPEG, empty for none, None to keep what is there. `is_contact`: whether the actor
    is the person to ask; None keeps who is. Raises NotPermitted, ExampleGone, ExampleNotOpen,
    MeasureNotDone, and ConflictError without writing anything.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = present_row(work.session, organisation_id, example_id)
    _refuse_shown(work.session, row)
    measure = _done_measure(work.session, organisation_id, row.measure_id)
    number = example_number(measures.measure_of(measure))
    contact_id = row.contact_id if is_contact is None else (work.actor.user_id if is_contact else None)
    has_news = picture is not None or contact_id != row.contact_id or number != examples.number_of(row)
    if has_news:
        _refuse_unseen(row, content, seen)
    elif not is_change(examples.stored_example(row), seen, content):
        return
    examples.write(row, content, number, by=work.actor.user_id, now=work.now)
    row.contact_id = contact_id
    if picture is not None:
        examples.replace_picture(work.session, row.id, picture)
    record_example_event(work, EventKind.EXAMPLE_SAVED, row)


def offer_example(
    work: Work, organisation_id: int, example_id: int, cluster_id: int, *, seen: Version
) -> Cluster:
    """Offer a draft to a cluster, whose managers read it now. An owner's word, as for a publication.

    Raises NotPermitted, Archived for a cluster that rests, ExampleGone, ExampleNotOpen, MeasureNotDone,
    ClusterNotAllowed, ExampleIncomplete, TooManyOffers, and ConflictError where the text is not the one that
    was seen.
    """
    lock_company(work.session, organisation_id, Permission.DECLARATION_PUBLISH, work.actor)
    row = present_row(work.session, organisation_id, example_id)
    _refuse_shown(work.session, row)
    _refuse_unseen(row, examples.content_of(row), seen)
    _done_measure(work.session, organisation_id, row.measure_id)
    consent = _allowing_consent(work.session, organisation_id, cluster_id)
    clusters.lock(work.session, cluster_id)
    _refuse_incomplete(work.session, row)
    kind, day_before = EventKind.EXAMPLE_OFFERED, work.now - timedelta(days=1)
    if history.count_events_since(work.session, kind, organisation_id, day_before) >= MAX_OFFERS_A_DAY:
        raise TooManyOffers
    row.state, row.consent_id, row.offered_at, row.returned_reason = (
        ExampleState.OFFERED,
        consent.id,
        work.now,
        "",
    )
    row.version += 1
    record_example_event(work, kind, row)
    return work.session.get_one(Cluster, cluster_id)


def withdraw_example(work: Work, organisation_id: int, example_id: int) -> None:
    """Take an example back: nobody else sees it any more. Raises NotPermitted and ExampleGone."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = present_row(work.session, organisation_id, example_id)
    if row.state is not ExampleState.DRAFT:
        to_draft(row)
        row.version += 1
        record_example_event(work, EventKind.EXAMPLE_WITHDRAWN, row)


def remove_example(work: Work, organisation_id: int, example_id: int) -> None:
    """Delete an example with its picture, for good. Raises NotPermitted and ExampleGone."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = present_row(work.session, organisation_id, example_id)
    record_example_event(work, EventKind.EXAMPLE_REMOVED, row)
    examples.replace_picture(work.session, row.id, b"")
    work.session.delete(row)
    work.session.flush()


def remove_contact(work: Work, organisation_id: int, example_id: int) -> None:
    """No longer name the person to ask, in any state of the example. Raises NotPermitted and ExampleGone."""
    lock_company(work.session, organisation_id, Permission.DECLARATION_EDIT, work.actor)
    row = present_row(work.session, organisation_id, example_id)
    if row.contact_id is not None:
        row.contact_id, row.version = None, row.version + 1
        record_example_event(work, EventKind.EXAMPLE_SAVED, row)


def present_row(session: Session, organisation_id: int, example_id: int) -> ExampleRow:
    """The example of that company, reread. Raises ExampleGone."""
    row = examples.find_row(session, organisation_id, example_id)
    if row is None:
        raise ExampleGone(example_id)
    return row


def _refuse_shown(session: Session, row: ExampleRow) -> None:
    """Raises ExampleNotOpen while a cluster has the example; one whose cluster is gone becomes a draft."""
    if row.state is ExampleState.DRAFT:
        return
    if examples.cluster_of_offer(session, row) is not None:
        raise ExampleNotOpen(row.id)
    to_draft(row)


def _done_measure(session: Session, organisation_id: int, measure_id: int) -> MeasureRow:
    row = measures.find_row(session, organisation_id, measure_id)
    if row is None or row.removed_at is not None:
        raise ExampleGone(measure_id)
    if not can_become_example(measures.measure_of(row)):
        raise MeasureNotDone(measure_id)
    return row


def _allowing_consent(session: Session, organisation_id: int, cluster_id: int) -> Consent:
    consent = clusters.find_consent(session, organisation_id, cluster_id)
    if consent is None or cluster_id not in examples.clusters_allowed(session, organisation_id):
        raise ClusterNotAllowed(cluster_id)
    return consent


def _refuse_incomplete(session: Session, row: ExampleRow) -> None:
    has_picture = examples.has_picture(session, row.id)
    missing = missing_example_parts(
        examples.content_of(row), examples.number_of(row), has_picture=has_picture
    )
    if missing:
        raise ExampleIncomplete(missing)


def _refuse_unseen(row: ExampleRow, content: ExampleContent, seen: Version) -> None:
    if row.version != seen:
        stored: Stored[ExampleContent] = examples.stored_example(row)
        raise ConflictError(conflict(stored, content))


def to_draft(row: ExampleRow) -> None:
    """Make a draft of an example, so that no cluster has it any more."""
    row.state, row.consent_id = ExampleState.DRAFT, None
    row.offered_at = row.published_at = row.published_by = None


def record_example_event(work: Work, kind: EventKind, row: ExampleRow) -> None:
    """Record what happened to an example, for its company; a cluster's log tells nothing of it."""
    work.session.flush()
    history.record_event(
        work.session,
        kind,
        organisation_id=row.organisation_id,
        actor_id=work.actor.user_id,
        now=work.now,
        example=row.title,
    )


def publish_example(work: Work, cluster: Cluster, example_id: int, *, seen: Version) -> None:
    """Show an offered example to the members, and to everybody where its company agreed.

    Raises NotPermitted, ExampleGone, and ExampleNotOpen if it is not the offer that was seen.
    """

    def publish(row: ExampleRow) -> None:
        if row.state is not ExampleState.OFFERED:
            raise ExampleNotOpen(example_id)
        row.state, row.published_at, row.published_by = ExampleState.PUBLISHED, work.now, work.actor.user_id

    row = _led(work, cluster, example_id, publish, seen=seen)
    record_example_event(work, EventKind.EXAMPLE_PUBLISHED, row)


def return_example(work: Work, cluster: Cluster, example_id: int, reason: str, *, seen: Version) -> None:
    """Give an example back to its company with a word; a published one is shown no longer.

    Raises as `publish_example` does.
    """

    def give_back(row: ExampleRow) -> None:
        to_draft(row)
        row.returned_reason = reason

    row = _led(work, cluster, example_id, give_back, seen=seen)
    record_example_event(work, EventKind.EXAMPLE_RETURNED, row)


def _led(
    work: Work, cluster: Cluster, example_id: int, change: Callable[[ExampleRow], None], *, seen: Version
) -> ExampleRow:
    """Change an example that the cluster has now, as its manager."""
    require(Permission.CLUSTER_LEAD, work.actor, Subject(cluster_id=cluster.id))
    shown = examples.find_shown(work.session, [cluster.id], example_id, today=work.now.date())
    if shown is None:
        raise ExampleGone(example_id)
    # The company first, as everywhere: a member who asks about a residue locks both, too.
    declarations.lock_organisation(work.session, shown.organisation_id)
    clusters.lock(work.session, cluster.id)
    row = present_row(work.session, shown.organisation_id, example_id)
    if examples.find_shown(work.session, [cluster.id], example_id, today=work.now.date()) is None:
        raise ExampleGone(example_id)
    if row.version != seen:
        raise ExampleNotOpen(example_id)
    change(row)
    row.version += 1
    return row
