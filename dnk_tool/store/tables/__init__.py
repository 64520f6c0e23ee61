"""Every table of the database. Importing this package registers all of them with `METADATA`.

A declaration that was deleted and can still be restored is in no answer of any query that does not ask for it
(`declarations.WITH_DELETED`), nor are its events. Everything else that it has is found by way of it.
"""

from sqlalchemy import event, exists
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from dnk_tool.store.base import Base
from dnk_tool.store.tables import (
    accounts,
    answers,
    clusters,
    declarations,
    evidence,
    figures,
    installation,
    invitations,
    mail,
    organisations,
    publication,
    rate_limits,
    review,
    sent_forms,
)

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


@event.listens_for(Session, "do_orm_execute")
def _leave_out_deleted(state: ORMExecuteState) -> None:
    is_asked = state.is_select and not state.is_column_load and not state.is_relationship_load
    if is_asked and not state.execution_options.get("with_deleted"):
        state.statement = state.statement.options(*_PRESENT)


__all__ = [
    "METADATA",
    "accounts",
    "answers",
    "clusters",
    "declarations",
    "evidence",
    "figures",
    "installation",
    "invitations",
    "mail",
    "organisations",
    "publication",
    "rate_limits",
    "review",
    "sent_forms",
]
