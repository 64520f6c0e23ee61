"""Upgrades a database to the schema of this version of the program, wholly or not at all."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

from dnk_tool.store.database import NewerDatabase
from dnk_tool.store.migrations import newest
from dnk_tool.store.tables import METADATA

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"

MIGRATION_LOCK = 20_17_20  # an arbitrary number: one process migrates a PostgreSQL database at a time


class BrokenReferences(Exception):
    """A migration would leave rows that refer to nothing; it was rolled back."""


def head_revision() -> str | None:
    """The revision of the newest schema."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def metadata() -> MetaData:
    """All tables, as the models describe them."""
    return METADATA


def upgrade(engine: Engine, *, step_by_step: bool = False) -> None:
    """Migrate to the newest schema in one transaction: an interruption leaves the old or the new one.

    An empty SQLite database gets it in one piece, which saves seconds, unless `step_by_step`. Raises
    NewerDatabase if the schema is of a newer program, and on SQLite BrokenReferences.
    """
    with engine.execution_options(writes=True).connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            # With foreign keys on, rebuilding a table would delete the rows of its children.
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
                _refuse_newer(connection)
                if MigrationContext.configure(connection).get_current_revision() == head_revision():
                    return  # the check of all references would only take long
                if step_by_step or not (is_sqlite and newest.fill_empty(connection, head_revision())):
                    command.upgrade(_config(connection), "head")
                if is_sqlite:
                    _refuse_broken_references(connection)
        finally:
            if is_sqlite:
                _foreign_keys(connection, "ON")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head_revision()


def differences(connection: Connection) -> list[Any]:
    """The differences between database and models, as Alembic describes them; empty if there are none."""
    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata())
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    return config


def _foreign_keys(connection: Connection, state: str) -> None:
    # On the driver's connection: inside a transaction SQLite silently ignores the pragma.
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA foreign_keys={state}")


def is_known_revision(revision: str) -> bool:
    """Whether this version of the program can migrate a database with this revision."""
    script = ScriptDirectory.from_config(_config())
    return revision in {walk_revision.revision for walk_revision in script.walk_revisions()}


def _refuse_newer(connection: Connection) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and not is_known_revision(revision):
        raise NewerDatabase(
            f"The database belongs to a newer version of dnk-tool (schema {revision}). Install that version "
            f"again, or put back the backup from before the upgrade."
        )


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise BrokenReferences(f"{len(broken)} rows, the first in table {broken[0][0]}")
