"""The command `dnk`: each subcommand is loaded only when it is asked for."""

import errno
import os
import sys

import click

from dnk_tool import __version__
from dnk_tool.cli.lazy import LazyCommand, LazyGroup

COMMANDS = {
    "serve": LazyCommand(
        "dnk_tool.cli.serve:serve", "Bring the database up to date and serve the tool until Ctrl+C."
    ),
    "worker": LazyCommand(
        "dnk_tool.cli.worker:worker",
        "Deliver mails, send reminders and tidy up, apart from the server, until Ctrl+C.",
    ),
    "init": LazyCommand(
        "dnk_tool.cli.installation:init",
        "Create the instance folder with its key, a commented config.toml and the database.",
    ),
    "upgrade": LazyCommand(
        "dnk_tool.cli.installation:upgrade", "Bring the database to the schema of this version."
    ),
    "accept-key": LazyCommand(
        "dnk_tool.cli.installation:accept_key",
        "Take another secret key than before for this installation, and sign everybody out.",
    ),
    "doctor": LazyCommand(
        "dnk_tool.cli.doctor:doctor",
        'Say how the installation stands and what to do, as the page "Betrieb" does.',
    ),
    "backup": LazyCommand(
        "dnk_tool.cli.backup:backup", "Back up everything that this installation keeps: `dnk backup FILE`."
    ),
    "restore": LazyCommand(
        "dnk_tool.cli.backup:restore", "Put the backup FILE into this installation, which must be stopped."
    ),
    "resume": LazyCommand(
        "dnk_tool.cli.backup:resume", "Let a restored copy send mails and reminders again."
    ),
    "copy-database": LazyCommand(
        "dnk_tool.cli.installation:copy_database",
        "Copy everything into the empty database URL, such as postgresql+psycopg://user:secret@host/name.",
    ),
    "user": LazyCommand(
        "dnk_tool.cli.user:user",
        "Create accounts, list, lock and erase them, and help people who lost what they sign in with.",
    ),
    "cluster": LazyCommand(
        "dnk_tool.cli.cluster:cluster", "Create clusters and see how many members they have."
    ),
    "declaration": LazyCommand(
        "dnk_tool.cli.declarations.group:declaration", "List, import, export, render and verify declarations."
    ),
    "seal": LazyCommand(
        "dnk_tool.cli.declarations.seal:seal",
        "Seal finished versions with a key of your own, so that anybody can verify where they come from.",
    ),
    "figures": LazyCommand(
        "dnk_tool.cli.figures:figures",
        "Hand out the figures of a declaration as a file, and take such a file in.",
    ),
    "catalogue": LazyCommand(
        "dnk_tool.cli.catalogue:catalogue",
        "Look after the catalogue: the editions of the standard in criteria/.",
    ),
    "factors": LazyCommand(
        "dnk_tool.cli.factors:factors",
        "Look after emission factors: the editions in criteria/factors/ and your own in instance/factors/.",
    ),
    "evidence": LazyCommand(
        "dnk_tool.cli.evidence:evidence", "Look after the files that companies keep as evidence."
    ),
    "demo": LazyCommand(
        "dnk_tool.cli.demo.command:demo",
        "Seed a demo once, render a sample declaration, and serve it on this machine only.",
    ),
}

# What an operator can mend: a disk that is full or read-only, and a folder that belongs to somebody else.
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
ASK_THE_DOCTOR = "What is wrong and what to do says: dnk doctor"


class DnkGroup(LazyGroup):
    """All commands."""

    commands_by_name = COMMANDS


@click.group(cls=DnkGroup)
@click.version_option(__version__, prog_name="dnk")
def cli() -> None:
    """Guided sustainability declarations after the 20 criteria of the DNK.

    Settings come from the environment (DNK_...) and from config.toml in the instance folder
    (DNK_INSTANCE, default: ./instance).
    """


def main() -> None:
    """Run a command. Errors that the operator can correct end it with a message instead of a traceback.

    The umask keeps all files that it creates (database, outbox) private to its user.
    """
    os.umask(0o077)
    try:
        cli(prog_name="dnk")
    except Exception as error:
        message = _message_for_operator(error)
        if message is None:
            raise
        click.echo(message, err=True)
        sys.exit(1)


def _message_for_operator(error: Exception) -> str | None:
    """The message of an error that the operator can correct; None for any other.

    Only now loads what knows the database: `dnk --version` and others do without.
    """
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - for a failed command alone

    from dnk_tool.catalogue import CatalogueError  # noqa: PLC0415 - likewise
    from dnk_tool.config import ConfigurationError  # noqa: PLC0415 - likewise
    from dnk_tool.store.database import NewerDatabase, UnsafeStorage  # noqa: PLC0415 - likewise

    if isinstance(error, CatalogueError | ConfigurationError | UnsafeStorage | NewerDatabase):
        return str(error)
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {str(error.orig).strip()}\n{ASK_THE_DOCTOR}"
    if isinstance(error, OSError) and error.errno in STORAGE_ERRORS:
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{place}\n{ASK_THE_DOCTOR}"
    return None
