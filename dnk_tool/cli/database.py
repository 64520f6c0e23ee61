"""Opens the configured database for a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool import config
from dnk_tool.cli.output import fail
from dnk_tool.paths import create_instance
from dnk_tool.store import schema
from dnk_tool.store.backup.database_copy import NothingThere, require_installation
from dnk_tool.store.database import make_engine, session_factory


@contextmanager
def open_engine() -> Iterator[Engine]:
    """Open the configured database without migrating it; a wrong configuration ends the command."""
    try:
        settings = config.load_settings()
        create_instance(settings.instance)
        engine = make_engine(settings.database)
    except config.ConfigurationError as error:
        fail(str(error))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_database() -> Iterator[sessionmaker[Session]]:
    """Open and migrate the configured database and yield its session factory.

    A wrong configuration ends the command.
    """
    with open_engine() as engine:
        schema.upgrade(engine)
        yield session_factory(engine)


@contextmanager
def open_installation() -> Iterator[sessionmaker[Session]]:
    """Open and migrate the database of an existing installation; end the command if there is none.

    In a wrong folder it would otherwise begin an empty one, which even a backup takes for real.
    """
    with open_engine() as engine:
        try:
            require_installation(engine)
        except NothingThere:
            instance = config.load_settings().instance.resolve()
            fail(
                f"There is no installation: is DNK_INSTANCE ({instance}) the right folder? "
                "A new one begins with dnk serve or dnk init."
            )
        schema.upgrade(engine)
        yield session_factory(engine)
