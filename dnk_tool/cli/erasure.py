"""The command `dnk user erase`, by which the operator erases people who cannot do so themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from dnk_tool import config
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail
from dnk_tool.domain.permissions import SHELL
from dnk_tool.services.accounts.lifecycle import InvalidAddress, normalised_address
from dnk_tool.services.privacy import erasure as account_erasure
from dnk_tool.services.privacy import erasure_files
from dnk_tool.services.privacy.erasure import SoleResponsibilities, SuccessorNeeded
from dnk_tool.services.privacy.erasure_files import Reapplied
from dnk_tool.services.work import Work
from dnk_tool.store.database import write_session


@click.command()
@click.argument("email")
@click.option("--even-if-needed", is_flag=True, help="Also the last owner, manager or operator.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, even_if_needed: bool, yes: bool) -> None:
    """Erase whatever bears the name or the address of EMAIL; what a declaration needs stays without it.

    Also for people without an account, who were only invited or asked.
    """
    try:
        email = normalised_address(email)
    except InvalidAddress:
        fail(f"'{email}' is not an email address.")
    if not yes:
        click.confirm(f"Erase {email}? This cannot be undone", abort=True)
    settings, now = config.load_settings(), datetime.now(UTC)
    with open_installation() as factory, write_session(factory) as session:
        try:
            erased = account_erasure.erase_address(
                Work(session, SHELL, now), email, even_if_needed=even_if_needed
            )
        except SuccessorNeeded as error:
            fail(_still_needed_message(email, error.needed))
        session.commit()
    if erased is None:
        erasure_files.delete_mails(settings.instance, email)
        click.echo(f"There is no account {email}. Erased mails and invitations to it, if there were any.")
        return
    erasure_files.finish_erasure(settings.instance, erased, now=now, backups=settings.backup_folder)
    click.echo(f"Erased {email}.")


def _still_needed_message(email: str, needed: SoleResponsibilities) -> str:
    places = [name for _, name, _ in needed.companies] + [name for _, name in needed.clusters]
    if needed.installation:
        places.append("this installation")
    return (
        f"Nobody but {email} is responsible for: {', '.join(places)}. "
        "Let somebody take over first, or repeat with --even-if-needed."
    )


def reapplied_messages(done: Reapplied) -> Iterator[str]:
    """Yield what was erased and deleted again, as nobody else would see it."""
    if done.accounts:
        yield f"Erased {done.accounts} accounts once more that the backup had brought back."
    if done.deletions:
        yield f"Deleted {done.deletions} companies, clusters or declarations once more, as they were before."
