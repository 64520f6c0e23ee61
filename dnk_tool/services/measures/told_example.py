"""Takes the good example of a measure back from its cluster once the measure is removed or not done."""

from datetime import datetime

from sqlalchemy.orm import Session

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Actor
from dnk_tool.store.answers import history
from dnk_tool.store.exchange import examples
from dnk_tool.store.tables.measures import MeasureRow


def take_back_example(session: Session, measure: MeasureRow, *, actor: Actor, now: datetime) -> bool:
    """Turn the measure's example into a draft; a measure that is done again does not bring the yes back.

    Returns whether a cluster had it.
    """
    title = examples.take_back_of_measure(session, measure.id)
    if title is not None:
        history.record_event(
            session,
            EventKind.EXAMPLE_WITHDRAWN,
            organisation_id=measure.organisation_id,
            actor_id=actor.user_id,
            now=now,
            example=title,
        )
    return title is not None
