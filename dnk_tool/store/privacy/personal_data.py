"""Finds everything stored about one person, by the foreign keys to their account and by address."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from dnk_tool.store import schema
from dnk_tool.store.tables.clusters import Cluster
from dnk_tool.store.tables.organisations import Organisation

# Tables that hold a person's address without a foreign key to the account.
EMAIL_COLUMNS = {"invitation": "email", "juror": "email", "mail": "recipient", "registration": "email"}

PersonalDataRow = dict[str, Any]
OmittedColumns = Mapping[str, Collection[str]]


def account_columns() -> dict[str, list[str]]:
    """The columns that refer to an account, by table; tables without any are left out."""
    columns_by_table = {
        name: [account_column.name for account_column in _account_columns(table)]
        for name, table in _tables().items()
    }
    return {name: columns for name, columns in columns_by_table.items() if columns}


def rows_by_account(
    session: Session, account_id: int, left_out: OmittedColumns
) -> dict[str, list[PersonalDataRow]]:
    """All rows that refer to the account, by table, without the columns that are left out."""
    rows_by_table = {}
    for name in account_columns():
        table = _tables()[name]
        refers = or_(*(column == account_id for column in _account_columns(table)))
        rows_by_table[name] = _select_rows(session, table, refers, left_out.get(name, ()))
    return rows_by_table


def rows_by_address(
    session: Session, email: str, left_out: OmittedColumns
) -> dict[str, list[PersonalDataRow]]:
    """All rows with the address, by table of `EMAIL_COLUMNS`, without the columns that are left out."""
    return {
        name: _select_rows(
            session, _tables()[name], _tables()[name].c[column] == email, left_out.get(name, ())
        )
        for name, column in EMAIL_COLUMNS.items()
    }


def account_row(session: Session, account_id: int, left_out: Collection[str]) -> PersonalDataRow:
    """The account's own row, without the columns that are left out."""
    table = _tables()["account"]
    return _select_rows(session, table, table.c.id == account_id, left_out)[0]


def names_by_id(
    session: Session, model: type[Organisation] | type[Cluster], ids: Collection[int]
) -> dict[int, str]:
    """The names of companies or clusters, by id."""
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids)).order_by(model.id))
    return {row.id: row.name for row in rows}


def _tables() -> Mapping[str, Table]:
    return schema.metadata().tables


def _account_columns(table: Table) -> list[Column[Any]]:
    return [
        column for column in table.c if any(key.column.table.name == "account" for key in column.foreign_keys)
    ]


def _select_rows(
    session: Session, table: Table, condition: ColumnElement[bool], left_out: Collection[str]
) -> list[PersonalDataRow]:
    wanted = [column for column in table.c if column.name not in left_out]
    rows = session.execute(select(*wanted).where(condition).order_by(*table.primary_key))
    return [dict(row._mapping) for row in rows]
