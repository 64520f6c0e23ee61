"""The command `dnk`: each subcommand is loaded only when it is asked for."""

import errno
import gc
import os
import sys
from importlib import import_module

import click
from sqlalchemy.exc import OperationalError

from dnk_tool import __version__
from dnk_tool.catalogue import CatalogueError
from dnk_tool.config import ConfigurationError
from dnk_tool.store.database import NewerDatabase, UnsafeStorage

# Name -> module and attribute of the click command.
COMMANDS = {
    "serve": "dnk_tool.cli.serve:serve",
    "worker": "dnk_tool.cli.worker:worker",
    "init": "dnk_tool.cli.installation:init",
    "upgrade": "dnk_tool.cli.installation:upgrade",
    "doctor": "dnk_tool.cli.doctor:doctor",
    "backup": "dnk_tool.cli.backup:backup",
    "restore": "dnk_tool.cli.restore:restore",
    "resume": "dnk_tool.cli.restore:resume",
    "copy-database": "dnk_tool.cli.installation:copy_database",
    "user": "dnk_tool.cli.user:user",
    "cluster": "dnk_tool.cli.cluster:cluster",
    "declaration": "dnk_tool.cli.declarations.commands:declaration",
    "seal": "dnk_tool.cli.declarations.seal:seal",
    "figures": "dnk_tool.cli.figures:figures",
    "catalogue": "dnk_tool.cli.catalogue:catalogue",
    "factors": "dnk_tool.cli.factors:factors",
    "evidence": "dnk_tool.cli.evidence:evidence",
    "demo": "dnk_tool.cli.demo.command:demo",
}

# What an operator can mend: a disk that is full or read-only, and a folder that belongs to somebody else.
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
ASK_THE_DOCTOR = "What is wrong and what to do says: dnk doctor"


class LazyGroup(click.Group):
    """Imports a command only when it is called, so that `dnk serve` does not wait for the PDF library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, without importing any."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        # What is loaded stays: looking through it for garbage again and again would take a sixth of the time.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(module), attribute)
        finally:
            gc.freeze()
            gc.enable()
        return command


@click.group(cls=LazyGroup)
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
    except (CatalogueError, ConfigurationError, UnsafeStorage, NewerDatabase) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OperationalError as error:
        click.echo(f"The database cannot be used: {str(error.orig).strip()}\n{ASK_THE_DOCTOR}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno not in STORAGE_ERRORS:
            raise
        place = f": {error.filename}" if error.filename else ""
        click.echo(f"{error.strerror}{place}\n{ASK_THE_DOCTOR}", err=True)
        sys.exit(1)
