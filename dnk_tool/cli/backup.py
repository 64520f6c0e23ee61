"""The command `dnk backup`: make a backup while the server works, and check one."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from dnk_tool import config
from dnk_tool.cli import logs
from dnk_tool.cli.database import open_engine
from dnk_tool.cli.output import fail, progress
from dnk_tool.services.backup.age import AgeFailed, AgeMissing, IdentityNeeded
from dnk_tool.services.backup.create import create_backup
from dnk_tool.services.backup.disk_space import DiskShort, private_folder
from dnk_tool.services.backup.nightly import back_up_to_folder
from dnk_tool.services.backup.verify import check_backup
from dnk_tool.store import installation_state, schema
from dnk_tool.store.backup.archive import DamagedBackup, NewerBackup
from dnk_tool.store.backup.database_copy import DATABASE_ERRORS, NothingThere, OldSchema, require_installation
from dnk_tool.store.database import session_factory
from dnk_tool.store.evidence.blob_store import StorageDown, StorageFull

FILE = click.Path(path_type=Path, dir_okay=False)
EXISTING_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
IDENTITY = click.option("--identity", type=EXISTING_FILE, help="age's key file, for an encrypted backup.")


class _BackupGroup(click.Group):
    """`dnk backup FILE` is short for `dnk backup create FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert `create` unless the first argument names a command or asks for help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["create", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_BackupGroup)
def backup() -> None:
    """Back up everything that this installation keeps: `dnk backup FILE`.

    One file, private to its user, with the database, evidence, keys, settings, own factors and pages. It is
    as secret as the installation itself. To encrypt it: `dnk backup create --help`.
    """


@backup.command()
@click.argument("file", type=FILE)
@click.option("--recipient", default="", help="Encrypt with age for this key, as in age1… or ssh-ed25519 ….")
def create(file: Path, recipient: str) -> None:
    """Write a backup to FILE while the server works. FILE must not be there yet."""
    settings = config.load_settings()
    with open_engine() as engine, tidy_end(), told_problems(file):
        try:
            with progress("Backing up"):
                report = create_backup(engine, settings, file, now=datetime.now(UTC), recipient=recipient)
        except FileExistsError:
            fail(f"{file} is there already. Give the backup a name of its own.")
    for path in report.lost:
        click.echo(f"missing or changed in the store of evidence: {path}", err=True)
    click.echo(
        f"{file}: {_size(report.size)}, {report.rows} rows, {report.contents} files of evidence, "
        f"in {report.seconds:.1f} s."
    )
    if not recipient:
        click.echo("It holds the secret key and is not encrypted: keep it where only you can read it.")


@backup.command()
def nightly() -> None:
    """Make what the server makes each night: a backup in DNK_BACKUP_FOLDER, and delete the oldest."""
    settings = config.load_settings()
    logs.configure_logging()
    with open_engine() as engine, tidy_end(), told_problems():
        require_installation(engine)
        schema.upgrade(engine)
        factory = session_factory(engine)
        with factory() as session:
            if installation_state.quiet_since(session):
                fail("This copy is quiet: its backups would replace the original's. Use dnk backup FILE.")
        file = back_up_to_folder(factory, settings, now=datetime.now(UTC))
    if file is None:
        sys.exit(1)
    click.echo(str(file))


@backup.command()
@click.argument("file", type=EXISTING_FILE)
@IDENTITY
def verify(file: Path, identity: Path | None) -> None:
    """Read FILE to its end and check every part, every row's table and every page of its database."""
    # Not beside the file: its medium need not see what is encrypted in it.
    home = Path(tempfile.gettempdir())
    with tidy_end(), told_problems(file), private_folder(home) as folder, progress("Reading"):
        checked = check_backup(file, folder, identity=identity)
    header = checked.header
    for path in checked.manifest.missing:
        click.echo(f"was missing in the store of evidence when the backup was made: {path}", err=True)
    click.echo(f"{file} is complete and unchanged.")
    click.echo(f"  began       {header.moment:%Y-%m-%d %H:%M:%S} UTC; everything saved before is in it")
    click.echo(f"  made by     dnk-tool {header.program}, schema {header.schema}, on {header.database}")
    click.echo(f"  database    {_size(header.database_bytes)}, {sum(checked.manifest.rows.values())} rows")
    for table in ("organisation", "account", "declaration", "answer", "figure", "snapshot"):
        click.echo(f"    {checked.manifest.rows.get(table, 0):>8}  {table}")
    click.echo(f"  evidence    {checked.contents} files, {_size(header.evidence_bytes)}")


@contextmanager
def told_problems(file: Path | None = None) -> Iterator[None]:
    """End the command with a message for everything that stops a backup or a restore."""
    try:
        yield
    except DamagedBackup as error:
        fail(f"{file} cannot be used: {error}.")
    except NewerBackup as error:
        fail(f"{file} cannot be used here. {error}")
    except DiskShort as error:
        needed, free = _size(error.needed), _size(error.free)
        fail(f"The disk of {error.folder.resolve()} is too full: {needed} are needed, {free} are free.")
    except IdentityNeeded:
        fail(f"{file} is encrypted. Name the key file that opens it: --identity KEYFILE")
    except AgeMissing:
        fail("The program age is not installed; it encrypts and decrypts backups. On Debian: apt install age")
    except AgeFailed as error:
        fail(f"age refuses: {error}")
    except NothingThere:
        instance = config.load_settings().instance.resolve()
        fail(f"There is nothing to back up: is DNK_INSTANCE ({instance}) the installation's folder?")
    except DATABASE_ERRORS as error:
        fail(f"The database cannot be used: {getattr(error, 'orig', None) or error}")
    except OldSchema:
        fail("The database is of an earlier version. Back up with that version, or run dnk upgrade first.")
    except (StorageDown, StorageFull) as error:
        fail(f"The store of evidence cannot be used ({type(error).__name__} {error}).")
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror}")


@contextmanager
def tidy_end() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl+C does, so that nothing half-made is left behind."""
    former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _size(size: int) -> str:
    if size < 1e6:
        return f"{size / 1e3:.0f} kB"
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
