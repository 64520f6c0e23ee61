"""Finds everything stored about a company, by the foreign keys to it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dnk_tool.store import activity, schema
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.clusters import Consent
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.organisations import Membership

# Declarations are handed out as documents, which say all of it.
AS_DOCUMENTS = frozenset({"declaration"})
# Who of a cluster's team keeps out of the review is that team's business.
OF_REVIEW_TEAMS = frozenset({"review_conflict"})


def company_row(session: Session, organisation_id: int) -> dict[str, Any]:
    """The company's own row."""
    table = schema.metadata().tables["organisation"]
    row = session.execute(select(table).where(table.c.id == organisation_id)).one()
    return dict(row._mapping)


def people(session: Session, organisation_id: int) -> list[dict[str, Any]]:
    """Who has a role in the company, with the number that the other rows name."""
    rows = session.execute(
        select(Account.id, Account.name, Account.email, Membership.role)
        .join(Membership, Membership.user_id == Account.id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Account.id)
    )
    return [dict(row._mapping) for row in rows]


def rows(
    session: Session, organisation_id: int, left_out: Mapping[str, Collection[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Every row that refers to the company, by table, without the columns that are left out.

    Of events only those that the company sees in its activity log: others are between the reviewers.
    """
    by_table = {}
    consents = select(Consent.id).where(Consent.organisation_id == organisation_id)
    for name, table in sorted(schema.metadata().tables.items()):
        if name in AS_DOCUMENTS | OF_REVIEW_TEAMS or not {"organisation_id", "consent_id"} & set(
            table.c.keys()
        ):
            continue
        columns = [column for column in table.c if column.name not in left_out.get(name, ())]
        asked = select(*columns)
        if "organisation_id" in table.c:
            asked = asked.where(table.c.organisation_id == organisation_id)
        else:  # what a cluster keeps about its member
            asked = asked.where(table.c.consent_id.in_(consents))
        if name == Event.__tablename__:
            asked = asked.where(activity.is_shown_to_company())
        by_table[name] = [dict(row._mapping) for row in session.execute(asked)]
    return by_table
