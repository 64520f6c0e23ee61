"""Publishes good examples that companies offered to a cluster, and gives them back with a word."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.editing.versions import Version
from dnk_tool.domain.exchange.examples import ExampleState
from dnk_tool.domain.permissions import Actor, Permission, Subject, require
from dnk_tool.services.exchange.examples import (
    ExampleGone,
    ExampleNotOpen,
    present_row,
    record_example_event,
    to_draft,
)
from dnk_tool.store.clusters import queries as clusters
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.exchange import examples
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.exchange.examples import ExampleRow


def publish_example(
    session: Session, cluster: Cluster, example_id: int, *, seen: Version, actor: Actor, now: datetime
) -> None:
    """Show an offered example to the members, and to everybody where its company agreed.

    Raises NotPermitted, ExampleGone, and ExampleNotOpen if it is not the offer that was seen.
    """

    def publish(row: ExampleRow) -> None:
        if row.state is not ExampleState.OFFERED:
            raise ExampleNotOpen(example_id)
        row.state, row.published_at, row.published_by = ExampleState.PUBLISHED, now, actor.user_id

    row = _led(session, cluster, example_id, publish, seen=seen, actor=actor, now=now)
    record_example_event(session, EventKind.EXAMPLE_PUBLISHED, row, actor, now)


def return_example(
    session: Session,
    cluster: Cluster,
    example_id: int,
    reason: str,
    *,
    seen: Version,
    actor: Actor,
    now: datetime,
) -> None:
    """Give an example back to its company with a word; a published one is shown no longer.

    Raises as `publish_example` does.
    """

    def give_back(row: ExampleRow) -> None:
        to_draft(row)
        row.returned_reason = reason

    row = _led(session, cluster, example_id, give_back, seen=seen, actor=actor, now=now)
    record_example_event(session, EventKind.EXAMPLE_RETURNED, row, actor, now)


def _led(
    session: Session,
    cluster: Cluster,
    example_id: int,
    change: Callable[[ExampleRow], None],
    *,
    seen: Version,
    actor: Actor,
    now: datetime,
) -> ExampleRow:
    """Change an example that the cluster has now, as its manager."""
    require(Permission.CLUSTER_LEAD, actor, Subject(cluster_id=cluster.id))
    shown = examples.find_shown(session, [cluster.id], example_id, today=now.date())
    if shown is None:
        raise ExampleGone(example_id)
    # The company first, as everywhere: a member who asks about a residue locks both, too.
    declarations.lock_organisation(session, shown.organisation_id)
    clusters.lock(session, cluster.id)
    row = present_row(session, shown.organisation_id, example_id)
    if examples.find_shown(session, [cluster.id], example_id, today=now.date()) is None:
        raise ExampleGone(example_id)
    if row.version != seen:
        raise ExampleNotOpen(example_id)
    change(row)
    row.version += 1
    return row
