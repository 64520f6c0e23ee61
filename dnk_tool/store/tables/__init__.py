"""Every table of the database. Importing this package registers all of them with `METADATA`.

A declaration that was deleted and can still be restored is in no answer of any query that does not ask for it
(`declarations.WITH_DELETED`), nor are its events. Everything else that it has is found by way of it.
"""

from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Select, event, exists
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.util import LRUCache

from dnk_tool.store.base import Base
from dnk_tool.store.tables import (
    accounts,
    aggregates,
    answers,
    climate_goals,
    clusters,
    consents,
    declarations,
    evidence,
    exchange,
    figures,
    installation,
    invitations,
    joint_goals,
    mail,
    measures,
    organisations,
    publication,
    rate_limits,
    review,
    review_team,
    sent_forms,
)
from dnk_tool.store.tables.exchange import residues

METADATA = Base.metadata  # complete, since the modules above are imported

_records = declarations.Declaration.__table__.alias("deleted_declaration")
_PRESENT = (
    with_loader_criteria(
        declarations.Declaration, declarations.Declaration.deleted_at.is_(None), include_aliases=True
    ),
    with_loader_criteria(
        declarations.Event,
        ~exists().where(
            _records.c.id == declarations.Event.declaration_id, _records.c.deleted_at.is_not(None)
        ),
        include_aliases=True,
    ),
)
_CONCERNED = frozenset((declarations.Declaration.__table__, declarations.Event.__table__))
# The conditions double the time of a small query, so it gets them only where they matter. By SQLAlchemy's own
# key of a statement.
_concerns: LRUCache[tuple[Any, ...], bool] = LRUCache(1000)
# Those statements with the conditions, None without: of one that is built once, the keys are known then, too.
_limited: WeakKeyDictionary[Select[Any], Select[Any] | None] = WeakKeyDictionary()


@event.listens_for(Session, "do_orm_execute")
def _leave_out_deleted(state: ORMExecuteState) -> None:
    is_asked = state.is_select and not state.is_column_load and not state.is_relationship_load
    if not is_asked or state.execution_options.get("with_deleted"):
        return
    statement = cast(Select[Any], state.statement)
    if statement not in _limited:
        _limited[statement] = statement.options(*_PRESENT) if concerns(statement) else None
    if (limited := _limited[statement]) is not None:
        state.statement = limited


def concerns(query: Select[Any]) -> bool:
    """Whether the query mentions declarations or events anywhere; nothing else has a relationship to them."""
    key = query._generate_cache_key()
    if key is None:
        return True
    known = _concerns.get(key.key)
    if known is None:
        known = _concerns[key.key] = any(part in _CONCERNED for part in iterate(query))
    return known


__all__ = [
    "METADATA",
    "accounts",
    "aggregates",
    "answers",
    "climate_goals",
    "clusters",
    "consents",
    "declarations",
    "evidence",
    "exchange",
    "figures",
    "installation",
    "invitations",
    "joint_goals",
    "mail",
    "measures",
    "organisations",
    "publication",
    "rate_limits",
    "residues",
    "review",
    "review_team",
    "sent_forms",
]
