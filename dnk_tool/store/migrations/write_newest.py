"""Writes `newest.sql`, the newest schema in one piece: `python -m dnk_tool.store.migrations.write_newest`."""

from itertools import takewhile

from sqlalchemy import Connection

from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from dnk_tool.store.migrations import newest


def newest_text() -> str:
    """What the file is to hold: the schema to which all migrations lead, one after the other."""
    engine = make_engine("sqlite://")
    schema.upgrade(engine, step_by_step=True)
    with engine.connect() as connection:
        return newest.BETWEEN.join(_statements(connection)) + ";\n"


def _statements(connection: Connection) -> list[str]:
    # Tables as they were made, what stands on them by name: a rebuilt table has its indexes in any order.
    made = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type <> 'table', CASE type WHEN 'table' THEN rowid END, type, name"
    ).scalars()
    revision = schema.head_revision()
    mark = f"INSERT INTO alembic_version VALUES ('{revision}')"  # noqa: S608 -- a revision is ours
    return [newest.head_line(revision), *map(_with_sorted_constraints, made), mark]


def _with_sorted_constraints(statement: str) -> str:
    """The same each time: a rebuilt table has its constraints in any order."""
    lines = [line.rstrip(" ,") for line in statement.splitlines() if line.strip()]
    columns = list(takewhile(lambda line: not line.startswith("\tCONSTRAINT "), lines))
    constraints = list(takewhile(lambda line: not line.startswith(")"), lines[len(columns) :]))
    if not constraints or not all(line.startswith("\tCONSTRAINT ") for line in constraints):
        return "\n".join(line.rstrip() for line in statement.splitlines() if line.strip())
    head, *rest = columns
    closing = "\n".join(lines[len(columns) + len(constraints) :])
    return f"{head}\n" + ",\n".join([*rest, *sorted(constraints)]) + f"\n{closing}"


if __name__ == "__main__":
    newest.FILE.write_text(newest_text(), "utf-8")
