"""A small installation on each kind of database, its backup, and a place to restore it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from dnk_tool import config
from dnk_tool.cli.main import cli
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Actor, Role
from tests.support.app import database_session, declaration_of, make_account, make_organisation
from tests.support.evidence import add_evidence, make_file
from tests.support.postgresql import own_database

Dnk = Callable[..., Result]


@pytest.fixture
def full(any_app: Flask) -> Flask:
    """An installation with people, a company, a file of evidence, own pages and factors, and a seal's key."""
    settings: Settings = any_app.extensions["dnk_settings"]
    with database_session(any_app) as session:
        company = make_organisation(session, "Beck GmbH", petra=Role.OWNER, mehmet=Role.EDITOR)
        make_account(session, "betrieb@example.org", name="Betrieb", is_operator=True)
        session.flush()
        owner = Actor(1, {company.id: Role.OWNER})
        blobs, declaration = any_app.extensions["dnk_blobs"], declaration_of(session, company)
        add_evidence(session, blobs, declaration, owner, make_file(b"a bill " * 1000))
    for name, words in (
        ("pages/imprint.de.txt", "Beck GmbH"),
        ("seal/public/2026.pem", "a key"),
        ("config.toml", "threads = 3\n"),
    ):
        file = settings.instance / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, "utf-8")
    return any_app


@pytest.fixture
def dnk() -> Dnk:
    """Runs a command on an installation, as its operator would."""

    def run(settings: Settings, *arguments: object) -> Result:
        environment = {"DNK_INSTANCE": str(settings.instance), "DNK_DATABASE_URL": settings.database}
        if settings.secret_key:
            environment["DNK_SECRET_KEY"] = settings.secret_key.get_secret_value()
        command = [str(argument) for argument in arguments]
        return CliRunner(env=environment).invoke(cli, command, catch_exceptions=False)

    return run


@pytest.fixture
def elsewhere(full: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of an empty installation on another machine, with a database of the same kind."""
    instance = tmp_path / "elsewhere"
    if full.extensions["dnk_settings"].database.startswith("sqlite"):
        yield config.load_settings(instance=instance)
        return
    with own_database(request.getfixturevalue("postgres_url")) as url:
        yield config.load_settings(instance=instance, database_url=url)


@pytest.fixture
def backup_file(full: Flask, dnk: Dnk, tmp_path: Path) -> Path:
    """A backup of the installation."""
    file = tmp_path / "backup.tar.gz"
    done = dnk(full.extensions["dnk_settings"], "backup", file)
    assert done.exit_code == 0, done.output
    return file
