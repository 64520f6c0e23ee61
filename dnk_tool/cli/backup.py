"""The commands `dnk backup`, `dnk restore`, `dnk resume`: make and check a backup, put it back, resume."""

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
from dnk_tool.cli.database import open_engine, open_installation
from dnk_tool.cli.erasure import reapplied_messages
from dnk_tool.cli.output import fail, progress
from dnk_tool.domain.permissions import SHELL
from dnk_tool.paths import create_instance
from dnk_tool.services.backup import resume as quiet
from dnk_tool.services.backup.age import AgeFailed, AgeMissing, IdentityNeeded
from dnk_tool.services.backup.create import create_backup
from dnk_tool.services.backup.disk_space import DiskShort, private_folder
from dnk_tool.services.backup.nightly import back_up_to_folder
from dnk_tool.services.backup.restore import ForeignLog, NotEmpty, RestoreReport
from dnk_tool.services.backup.restore import restore as put_back
from dnk_tool.services.backup.resume import DueMails, NotQuiet
from dnk_tool.services.backup.verify import check_backup
from dnk_tool.services.work import Work
from dnk_tool.store import installation_state, schema
from dnk_tool.store.backup.archive import DamagedBackup, NewerBackup
from dnk_tool.store.backup.database_copy import (
    DATABASE_ERRORS,
    DatabaseInUse,
    NothingThere,
    OldSchema,
    require_installation,
)
from dnk_tool.store.database import session_factory, write_session
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


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option("--replace", is_flag=True, help="Put it in the place of what this installation holds.")
@IDENTITY
@click.option("--erasures", type=EXISTING_FILE, help="A newer erasures.log, such as from another server.")
def restore(file: Path, replace: bool, identity: Path | None, erasures: Path | None) -> None:
    """Put the backup FILE into this installation, which must be stopped.

    The backup may be of this or an earlier version, and of SQLite or PostgreSQL alike. It is read and checked
    as a whole before anything is changed. The copy starts quiet: until `dnk resume` it sends no mails.
    """
    settings = config.load_settings()
    create_instance(settings.instance)
    with tidy_end(), told_problems(file):
        try:
            with progress("Restoring"):
                report = put_back(
                    file,
                    settings,
                    now=datetime.now(UTC),
                    is_replacing=replace,
                    identity=identity,
                    erasures=erasures,
                )
        except NotEmpty:
            fail("This installation holds something already. To put the backup in its place: --replace")
        except ForeignLog:
            fail(f"{erasures} belongs to another installation than the backup.")
        except DatabaseInUse:
            fail("The database is in use. Stop the server and its workers first.")
    for line in _told(report):
        click.echo(line)


def _told(report: RestoreReport) -> list[str]:
    header = report.backup.header
    lines = [
        f"Restored: everything saved before {header.moment:%Y-%m-%d %H:%M:%S} UTC "
        f"({sum(report.backup.manifest.rows.values())} rows, {report.backup.contents} files of evidence)."
    ]
    if report.former:
        lines.append(f"The former database is kept as {report.former}. Delete it when nobody needs it.")
    if report.kept:
        names = ", ".join(file.relative_to(report.kept_in).as_posix() for file in report.kept)
        lines.append(f"The former files that were replaced are kept in {report.kept_in}: {names}.")
    if report.has_replaced_seal:
        lines.append(
            "The seal's private key is the backup's now. If it is not the one that is to seal here, put "
            f"private.pem from {report.kept_in} back into seal/."
        )
    lines += [
        f"Check {file}: these settings are not used, as they may not fit here." for file in report.aside
    ]
    if report.has_other_key:
        lines.append(
            "DNK_SECRET_KEY is not the backup's: authenticator apps and links in mails would not work, and "
            "dnk serve refuses it. Set the one of the backup, in secret-key; to take another: dnk accept-key"
        )
    lines += reapplied_messages(report.erased)
    if report.erasures_known_until:
        lines.append(
            f"No erasure after {report.erasures_known_until:%Y-%m-%d %H:%M:%S} UTC is known here. If the "
            "original's erasures.log is anywhere, restore again with --replace --erasures FILE; otherwise "
            "erase again (dnk user erase) whoever asked for it since."
        )
    lines += [
        "The copy is quiet: it sends no mails and no reminders. Check it with dnk serve, then: dnk resume",
        "It takes everything that became due since the backup as sent by the original. If the original did "
        "not work any more after it, nobody was reminded: dnk resume --send-waiting",
    ]
    return lines


@click.command()
@click.option(
    "--send-waiting", is_flag=True, help="Also send what waited in the backup or became due since then."
)
def resume(send_waiting: bool) -> None:
    """Let a restored copy send mails and reminders again.

    Mails that were waiting when the backup was made, and reminders and news that became due between then and
    now, are not sent, as the original may have sent them.
    """
    with open_installation() as factory, write_session(factory) as session, session.begin():
        try:
            report = quiet.resume(Work(session, SHELL, datetime.now(UTC)), is_sending_old=send_waiting)
        except NotQuiet:
            fail("This installation is not quiet: it sends mails already.")
    click.echo(f"Mails and reminders are sent again; {report.waiting} are waiting.")
    if report.withheld:
        click.echo(f"{report.withheld} from before the backup are not sent: the original may have sent them.")
    if report.passed_over.total:
        click.echo(
            f"{report.passed_over.total} reminders and news that became due since then are not sent either: "
            f"{_told_by_kind(report.passed_over)}."
        )
    if report.erasures_known_until:
        click.echo(f"No erasure after {report.erasures_known_until:%Y-%m-%d %H:%M:%S} UTC is known here.")


def _told_by_kind(mails: DueMails) -> str:
    counts = (
        ("of final days", mails.reminders),
        ("of milestones", mails.milestones),
        ("of invitations", mails.invitations),
        ("news of the day", mails.news),
    )
    return ", ".join(f"{what} {count}" for what, count in counts if count)
