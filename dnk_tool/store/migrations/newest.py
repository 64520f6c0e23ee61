"""The newest schema in one piece, so that an empty SQLite database need not go the way of all migrations.

`newest.sql` beside this module is what the migrations make, statement by statement. After a new migration
`python -m dnk_tool.store.migrations.write_newest` writes it anew; until then all migrations run as before.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect

FILE = Path(__file__).with_name("newest.sql")
BETWEEN = ";\n\n"


def head_line(revision: str | None) -> str:
    """The first line of the file: whose schema follows."""
    return f"-- {revision}"


def fill_empty(connection: Connection, revision: str | None) -> bool:
    """Make the schema of `revision` in an SQLite database without tables.

    False, and nothing done, if the file holds the schema of another revision, or the database holds anything.
    """
    written_for, *statements = FILE.read_text("utf-8").split(BETWEEN)
    if written_for != head_line(revision) or inspect(connection).get_table_names():
        return False
    for statement in statements:
        connection.exec_driver_sql(statement.rstrip(";\n"))
    return True
