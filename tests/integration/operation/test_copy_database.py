"""Everything moves from an SQLite file into PostgreSQL, and goes on counting there."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dnk_tool.cli.demo import command
from dnk_tool.cli.main import cli
from dnk_tool.domain.declarations.document import canonical_json
from dnk_tool.services.declarations.documents import live_document
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.organisations import Organisation
from tests.support.app import make_organisation


@pytest.fixture(scope="module")
def demo_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo, the fullest instance there is; no test changes it."""
    instance = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DNK_INSTANCE", str(instance))
        patch.setattr(command, "_render_sample", lambda _session, sample, *_given: sample.write_bytes(b""))
        done = CliRunner().invoke(cli, ["demo", "--no-serve"])
    assert done.exit_code == 0, done.output
    return instance


@pytest.fixture
def demo(demo_instance: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the demo's database, which is the one that commands find."""
    monkeypatch.setenv("DNK_INSTANCE", str(demo_instance))
    return f"sqlite:///{demo_instance / 'dnk.sqlite3'}"


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
