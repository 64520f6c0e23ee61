"""Commands for the operator's seal on finished versions: make a key, list the keys, seal what is due."""

import json
from datetime import UTC, datetime

import click

from dnk_tool import config
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail
from dnk_tool.language import local_day
from dnk_tool.paths import create_instance
from dnk_tool.services.publication import seal_keys, seals
from dnk_tool.services.publication.seal_keys import FOLDER, PRIVATE, KeyExists, NoKeyName, UnreadableKey


@click.group()
def seal() -> None:
    """Seal finished versions with a key of your own, so that anybody can verify where they come from."""


@seal.command("new-key")
@click.argument("name")
@click.option("--replace", is_flag=True, help="Seal with a new key from now on. Earlier seals stay valid.")
def new_key(name: str, replace: bool) -> None:
    """Make the key that seals. NAME says who vouches, such as "IHK Musterstadt", and stands beside each seal.

    The key lies in seal/ in the instance folder, readable by the server's user only. Keep a copy of it.
    """
    settings = config.load_settings()
    create_instance(settings.instance)
    try:
        made = seal_keys.new_key(settings.instance, name, on=local_day(datetime.now(UTC)), replace=replace)
    except NoKeyName:
        fail(f"A key needs a name of one line and at most {seal_keys.MAX_NAME_LENGTH} characters.")
    except KeyExists:
        fail("There is a key already. --replace makes a new one; seals of the old one stay valid.")
    click.echo(f"{made.number}  {made.name}")
    click.echo(
        f"{settings.instance / FOLDER / PRIVATE} seals from now on. Keep a copy of this folder.", err=True
    )


@seal.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array for scripts.")
def list_keys(as_json: bool) -> None:
    """List the keys whose seals are trusted here, the latest first; * marks the one that seals."""
    instance = config.load_settings().instance
    try:
        keys, present = seal_keys.public_keys(instance), seal_keys.signing_key(instance)
    except UnreadableKey as error:
        fail(f"This file holds no Ed25519 key: {error}")
    rows = [
        {
            "key": key.number,
            "name": key.name,
            "since": key.since.isoformat() if key.since else None,
            "seals": present is not None and present.public.number == key.number,
        }
        for key in keys.values()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{'*' if row['seals'] else ' '} {row['key']}  {row['since'] or '':10}  {row['name']}")


@seal.command("versions")
@click.option("--again", is_flag=True, help="Also seal anew what no trusted key verifies any more.")
def seal_versions(again: bool) -> None:
    """Seal now what is finished or approved and has no seal yet. The server does so every minute."""
    instance, now = config.load_settings().instance, datetime.now(UTC)
    try:
        if seal_keys.signing_key(instance) is None:
            fail("There is no key that seals. `dnk seal new-key NAME` makes one.")
        with open_installation() as factory:
            count = seals.seal_due(factory, instance, now=now)
            count += seals.reseal(factory, instance, now=now) if again else 0
    except UnreadableKey as error:
        fail(f"This file holds no Ed25519 key: {error}")
    click.echo(f"{count} versions sealed.")
