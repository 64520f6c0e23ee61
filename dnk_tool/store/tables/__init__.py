"""Every table of the database. Importing this package registers all of them with `METADATA`."""

from dnk_tool.store.base import Base
from dnk_tool.store.tables import (
    accounts,
    answers,
    clusters,
    declarations,
    evidence,
    figures,
    invitations,
    mail,
    organisations,
    publication,
    rate_limits,
    review,
    sent_forms,
)

METADATA = Base.metadata  # complete, since the modules above are imported

__all__ = [
    "METADATA",
    "accounts",
    "answers",
    "clusters",
    "declarations",
    "evidence",
    "figures",
    "invitations",
    "mail",
    "organisations",
    "publication",
    "rate_limits",
    "review",
    "sent_forms",
]
