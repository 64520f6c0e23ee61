"""Commands that prepare an installation and bring its database up to date."""

import click

from dnk_tool import config
from dnk_tool.cli.output import database, stored
from dnk_tool.config import Settings, write_private
from dnk_tool.services import erasures
from dnk_tool.store import schema
from dnk_tool.store.database import session_factory


@click.command()
def init() -> None:
    """Create the instance folder with its key, a commented config.toml and the database.

    Existing files are left as they are.
    """
    settings = config.load()
    config.secret_key(settings)
    file = settings.instance / "config.toml"
    if not file.exists():
        write_private(file, sample())
    with stored():
        pass
    click.echo(f"The instance is ready in {settings.instance.resolve()}. Start it with: dnk serve")


@click.command()
def upgrade() -> None:
    """Bring the database to the schema of this version. `dnk serve` does the same at its start."""
    with database() as engine:
        was_current = schema.is_current(engine)
        schema.upgrade(engine)
        erased = erasures.reapply(session_factory(engine), config.load().instance)
    if erased:
        click.echo(f"Erased {erased} accounts once more that a backup had brought back.")
    click.echo(f"The database {'was already' if was_current else 'is now'} up to date.")


def sample() -> str:
    """A config.toml in which every setting stands with its default, commented out."""
    lines = ["# Settings of dnk-tool. The environment (DNK_PORT, ...) goes before this file.", ""]
    for name, field in Settings.model_fields.items():
        if name == "instance":
            continue
        if field.description:
            lines.append(f"# {field.description}")
        lines += [f"# {name} = {_toml(field.default)}", ""]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[]"
    return str(value) if isinstance(value, int) else f'"{value or ""}"'
