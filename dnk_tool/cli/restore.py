"""The commands `dnk restore` and `dnk resume`: put a backup back, and let the copy write to people again."""

from datetime import UTC, datetime
from pathlib import Path

import click

from dnk_tool import config
from dnk_tool.cli.backup import EXISTING_FILE, IDENTITY, tidy_end, told_problems
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.erasure import reapplied_messages
from dnk_tool.cli.output import fail, progress
from dnk_tool.domain.permissions import SHELL
from dnk_tool.paths import create_instance
from dnk_tool.services.backup import resume as quiet
from dnk_tool.services.backup.restore import ForeignLog, NotEmpty, RestoreReport
from dnk_tool.services.backup.restore import restore as put_back
from dnk_tool.services.backup.resume import DueMails, NotQuiet
from dnk_tool.services.work import Work
from dnk_tool.store.backup.database_copy import DatabaseInUse
from dnk_tool.store.database import write_session


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
