"""Everything moves from an SQLite file into PostgreSQL, and goes on counting there."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import make_organisation


@pytest.fixture
def demo(seeded_demo: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the database of a demo, the fullest instance there is, which commands find."""
    shutil.copytree(seeded_demo[0], instance := tmp_path / "instance")
    monkeypatch.setenv("DNK_INSTANCE", str(instance))
    return f"sqlite:///{instance / 'dnk.sqlite3'}"


def empty(url: str) -> str:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def test_a_whole_instance_moves_to_postgresql(demo: str, postgres_url: str) -> None:
    done = CliRunner().invoke(cli, ["copy-database", empty(postgres_url)])
    assert done.exit_code == 0, done.output
    assert "Set DNK_DATABASE_URL" in done.output
    source, target = make_engine(demo), make_engine(postgres_url)
    with source.connect() as before, target.connect() as after:
        for table in schema.metadata().sorted_tables:
            count = select(func.count()).select_from(table)
            assert before.scalar(count) == after.scalar(count), table.name
    with Session(source) as before, session_factory(target)() as after:
        for key in before.scalars(select(Declaration.id)):
            documents = [
                canonical_json(live_document(session, declaration))
                for session in (before, after)
                if (declaration := declarations.by_id(session, key))
            ]
            assert documents[0] == documents[1]
        make_organisation(after, "Später dazu")
        after.commit()
        assert after.scalar(select(func.max(Organisation.id))) == after.scalar(
            select(func.count()).select_from(Organisation)
        )
    again = CliRunner().invoke(cli, ["copy-database", postgres_url])
    assert again.exit_code == 1
    assert "holds something already" in again.output
    source.dispose()
    target.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysterious://host/name"])
def test_what_is_no_database_is_refused(demo: str, url: str) -> None:
    done = CliRunner().invoke(cli, ["copy-database", url])
    assert done.exit_code == 1
    assert "no address of a database" in done.output
