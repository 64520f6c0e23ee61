"""Commands that prepare an installation, bring its database up to date, and take another secret key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from dnk_tool import config
from dnk_tool.cli.database import open_database, open_engine, open_installation
from dnk_tool.cli.erasure import reapplied_messages
from dnk_tool.cli.output import fail
from dnk_tool.cli.user import record
from dnk_tool.config import Settings
from dnk_tool.paths import write_private_file
from dnk_tool.services.accounts import installation_key
from dnk_tool.services.accounts.installation_key import KeyProblem
from dnk_tool.services.accounts.security_log import SecurityEvent
from dnk_tool.services.operation import legal_texts
from dnk_tool.services.privacy import erasure_files
from dnk_tool.store import schema
from dnk_tool.store.copy_database import DatabaseNotEmpty, copy_all_tables
from dnk_tool.store.database import make_engine, session_factory, write_session


@click.command()
def init() -> None:
    """Create the instance folder with its key, a commented config.toml and the database.

    Existing files are left as they are.
    """
    settings = config.load_settings()
    with open_engine() as engine:
        installation_key.require_key(engine, settings)
    file = settings.instance / "config.toml"
    if not file.exists():
        write_private_file(file, sample_config())
    with open_database():
        pass
    folder = settings.instance.resolve()
    click.echo(f"The instance is ready in {folder}. Start it with: dnk serve")
    if legal_texts.missing_texts(folder):
        click.echo(
            f"Imprint and privacy notice are still to be written: in the browser under Betrieb, Texte, "
            f"or as files in {folder / legal_texts.FOLDER} (imprint.de.txt, privacy.de.txt)."
        )


@click.command()
def upgrade() -> None:
    """Bring the database to the schema of this version. `dnk serve` does the same at its start."""
    with open_engine() as engine:
        was_current = schema.is_current(engine)
        schema.upgrade(engine)
        erased = erasure_files.reapply_erasures(session_factory(engine), config.load_settings().instance)
    for line in reapplied_messages(erased):
        click.echo(line)
    click.echo(f"The database {'was already' if was_current else 'is now'} up to date.")


@click.command("accept-key")
@click.option("--new", is_flag=True, help="Make a new key where there is none.")
@click.option(
    "--reset-apps",
    is_flag=True,
    help="Also remove the authenticator apps that the key cannot read: the password alone signs in then.",
)
def accept_key(new: bool, reset_apps: bool) -> None:
    """Take another secret key than before for this installation, and sign everybody out.

    For a key that was lost for good or changed on purpose: links for a new password and to stop reminders
    end, and authenticator apps must be set up anew. Stop the server and its workers first.
    """
    settings, now = config.load_settings(), datetime.now(UTC)
    with open_installation() as factory, write_session(factory) as session:
        problem = installation_key.key_problem(session, settings)
        if problem is None and not reset_apps:
            click.echo("The secret key is the installation's own. Nothing was changed.")
            return
        if problem is KeyProblem.MISSING and not new:
            fail(installation_key.problem_text(problem, settings))
        key = config.create_secret_key(settings)
        accepted = installation_key.accept_key(session, key, is_resetting_apps=reset_apps, now=now)
        session.commit()
        for account in accepted.void if reset_apps else ():
            record(SecurityEvent.FACTORS_CHANGED, account, change="reset")
    click.echo(
        "The secret key is the installation's own from now on. Everybody is signed out. Start: dnk serve"
    )
    if reset_apps:
        click.echo(f"Authenticator apps that were removed: {len(accepted.void)}.")
    elif accepted.void:
        click.echo(
            f"Authenticator apps that no longer count: {len(accepted.void)}. Their people sign in with a "
            "recovery code or a passkey and set up the app anew. To remove these apps: "
            "dnk accept-key --reset-apps"
        )
        for account in accepted.without_another:
            click.echo(f"  has neither: dnk user reset-factors {account.email}")


@click.command("copy-database")
@click.argument("url")
def copy_database(url: str) -> None:
    """Copy everything into the empty database URL, such as postgresql+psycopg://user:secret@host/name.

    Stop the server first. This instance's own database is only read; set DNK_DATABASE_URL to URL afterwards.
    Key, evidence and mails stay in the instance folder.
    """
    total = 0
    try:
        with open_engine() as source, _target_engine(url) as target:
            schema.upgrade(source)
            for table, count in copy_all_tables(source, target):
                total += count
                if count:
                    click.echo(f"{count:>8}  {table}")
    except DatabaseNotEmpty:
        fail("That database holds something already. Give an empty one.")
    except (ArgumentError, NoSuchModuleError):
        fail("This is no address of a database, such as postgresql+psycopg://user:secret@host/name")
    except OperationalError as error:
        fail(f"The database cannot be filled: {str(error.orig).strip()}")
    click.echo(f"Copied {total} rows. Set DNK_DATABASE_URL, then: dnk evidence check, dnk serve")


@contextmanager
def _target_engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def sample_config() -> str:
    """A config.toml that lists every setting with its default, commented out."""
    lines = ["# Settings of dnk-tool. The environment (DNK_PORT, ...) goes before this file.", ""]
    for name, field in Settings.model_fields.items():
        if name == "instance":
            continue
        if field.description:
            lines.append(f"# {field.description}")
        lines += [f"# {name} = {_toml_value(field.default)}", ""]
    return "\n".join(lines)


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[]"
    return str(value) if isinstance(value, int) else f'"{value or ""}"'
