"""The measures of every year's self-assessment become the company's, and none is lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, insert, select, text

from dnk_tool.store import schema
from dnk_tool.store.database import make_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEUTRAL: dict[type, Any] = {str: "", int: 0, bool: False, datetime: NOW, dict: {}, list: []}


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind with the schema before measures were the company's."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        command.upgrade(schema._config(connection), "0037")
    yield engine
    engine.dispose()


def add(connection: Connection, table_name: str, **values: Any) -> None:
    """Insert a row; what must be there and is not given is empty."""
    table = Table(table_name, MetaData(), autoload_with=connection)
    for column in table.c:
        if column.name not in values and not column.nullable and not column.primary_key:
            values[column.name] = NEUTRAL.get(column.type.python_type, "")
    connection.execute(insert(table).values(**values))


def add_year(connection: Connection, number: int, company: int, year: int, **values: Any) -> None:
    settings = {"state": "draft", "edition": "dnk-2017", "language": "de", "version": 1, "options": []}
    add(
        connection,
        "declaration",
        id=number,
        organisation_id=company,
        reporting_year=year,
        **settings,
        **values,
    )
    add(connection, "assessment", declaration_id=number, criterion=12, version=1, changed_at=NOW)


def test_texts_of_all_years_are_kept_once_with_the_latest_word(before: Engine) -> None:
    with before.execution_options(writes=True).begin() as connection:
        for company in (1, 2):
            add(connection, "organisation", id=company, name=f"Firma {company}", version=1, created_at=NOW)
        add_year(connection, 1, 1, 2024)
        add_year(connection, 2, 1, 2025)
        add_year(connection, 3, 2, 2024)
        add_year(connection, 4, 2, 2025, deleted_at=NOW)
        for number, position, words, owner, due in (
            (1, 0, "LED in der Halle", "Alt", None),
            (1, 1, "Nur im alten Jahr", "", None),
            (2, 0, "LED  in der Halle", "Anna", date(2026, 6, 30)),
            (2, 1, "Gleich", "", None),
            (2, 2, "Gleich", "", None),
            (3, 0, "Bleibt", "", None),
            (4, 0, "Bleibt", "", None),
            (4, 1, "Nur im gelöschten Jahr", "", None),
        ):
            row = {"position": position, "text": words, "owner": owner, "due": due}
            add(connection, "measure", declaration_id=number, criterion=12, **row)
    schema.upgrade(before)
    with before.connect() as connection:
        table = Table("company_measure", MetaData(), autoload_with=connection)
        rows = connection.execute(select(table).order_by(table.c.organisation_id, table.c.text)).all()
    assert [(r.organisation_id, r.text, r.owner, r.state, r.removed_at is not None) for r in rows] == [
        (1, "Gleich", "", "idea", False),
        (1, "Gleich", "", "idea", False),
        (1, "LED  in der Halle", "Anna", "planned", False),
        (1, "Nur im alten Jahr", "", "idea", False),
        (2, "Bleibt", "", "idea", False),
        (2, "Nur im gelöschten Jahr", "", "idea", True),
    ]
    assert rows[2].due == date(2026, 6, 30)
