"""The migrated schema is the one of the models, on both databases, and a broken migration leaves no trace."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from dnk_tool.domain.declarations.states import EventKind
from dnk_tool.domain.permissions import Role
from dnk_tool.store import schema
from dnk_tool.store.base import Base
from dnk_tool.store.clusters import cohorts
from dnk_tool.store.database import NewerDatabase, make_engine, session_factory, write_session
from dnk_tool.store.mail.outbox import claim_due
from dnk_tool.store.migrations import newest
from dnk_tool.store.migrations.draft import draft
from dnk_tool.store.rate_limits import RateLimitStorage
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Event
from dnk_tool.store.tables.organisations import Membership, Organisation
from tests.support.app import make_account, make_organisation
from tests.support.postgresql import own_database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    else:
        engine = make_engine(request.getfixturevalue("postgres_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield engine
    engine.dispose()


def test_migrated_schema_is_the_models_schema(engine: Engine) -> None:
    assert not schema.is_current(engine)
    schema.upgrade(engine, step_by_step=True)
    assert schema.is_current(engine)
    with engine.connect() as connection:
        assert schema.differences(connection) == []
    schema.upgrade(engine)  # a second time does nothing


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An SQLite database that went the way of all migrations."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('schema') / 'migrated.sqlite3'}")
    schema.upgrade(engine, step_by_step=True)
    yield engine
    engine.dispose()


def test_checks_and_names_are_the_same_too(migrated: Engine, tmp_path: Path) -> None:
    """Alembic compares no check constraints, so SQLite's own text of each table is compared."""
    created = make_engine(f"sqlite:///{tmp_path / 'c.sqlite3'}")
    Base.metadata.create_all(created)
    assert _definitions(migrated) == _definitions(created)
    assert any(
        "CHECK (role IN ('owner', 'editor', 'contributor', 'viewer'))" in line
        for line in _definitions(created)["membership"]
    )
    created.dispose()


def test_in_one_piece_an_empty_database_gets_what_all_migrations_make(
    migrated: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where this fails, `python -m dnk_tool.store.migrations.write_newest` was not run after a migration."""
    monkeypatch.setattr(command, "upgrade", lambda *_given: pytest.fail("it was migrated step by step"))
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    schema.upgrade(engine)
    assert _definitions(engine, but_for="") == _definitions(migrated, but_for="")
    for table in inspect(migrated).get_table_names():
        in_order = [column["name"] for column in inspect(migrated).get_columns(table)]
        assert [column["name"] for column in inspect(engine).get_columns(table)] == in_order, table
        assert _rows_of_table(engine, table) == _rows_of_table(migrated, table), table
    engine.dispose()


def _rows_of_table(engine: Engine, table: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return list(map(tuple, connection.execute(select(text("*")).select_from(text(f'"{table}"')))))


def test_a_database_with_anything_in_it_is_migrated(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(schema._config(connection), "0001")
        assert not newest.fill_empty(connection, schema.head_revision())
    engine.dispose()


def test_a_file_of_another_schema_is_not_taken(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        assert not newest.fill_empty(connection, "9999")
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def _definitions(
    engine: Engine, but_for: str = "AND name <> 'alembic_version' AND type <> 'trigger'"
) -> dict[str, set[str]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT name, sql FROM sqlite_master "  # noqa: S608
                f"WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' {but_for}"
            )
        )
        # A table that a migration rebuilt has its name in quotes.
        return {
            name: {part.strip(" ,") for part in sql.replace('"', "").splitlines() if part.strip()}
            for name, sql in rows
        }


def test_every_constraint_has_a_name() -> None:
    for table in schema.metadata().tables.values():
        for constraint in table.constraints:
            assert constraint.name, table.name


def test_nothing_is_left_to_migrate() -> None:
    assert "op." not in draft("next", "nothing")


@pytest.mark.parametrize("step_by_step", [True, False])
def test_a_migration_that_fails_leaves_nothing(
    step_by_step: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    monkeypatch.setattr(schema, "_refuse_broken_references", lambda _connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        schema.upgrade(engine, step_by_step=step_by_step)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


OF_AN_EARLIER_INSTANCE = (
    "INSERT INTO organisation VALUES (1, 'Beck GmbH', '', '', 3, NULL, '', '', '', '[]', 1, :now, false)",
    "INSERT INTO declaration (id, organisation_id, edition, reporting_year, indicator_set, language, options,"
    " publishes_assessment, state, version, created_at, changed_at, criteria_done)"
    " VALUES (1, 1, 'dnk-2017', 2025, 'gri', 'de', '[]', false, 'draft', 1, :now, :now, 0)",
    "INSERT INTO figure (id, organisation_id, year, datapoint, value, unit, quality, note, version,"
    " changed_at)"
    " VALUES (1, 1, 2025, 'ghg.scope1.gross', '12.5', 't-co2e', 'measured', '', 1, :now)",
    "INSERT INTO answer (id, declaration_id, ref, text, explanation, reason, version, changed_at)"
    " VALUES (1, 1, '1.1', 'Wir …', '', '', 1, :now)",
    "INSERT INTO event (id, declaration_id, kind, detail, happened_at, organisation_id, by_account)"
    " VALUES (1, 1, 'created', '{}', :now, 1, false)",
)


PUBLISHED_EARLIER = (
    "INSERT INTO organisation (id, name, legal_form, sector, turnover_unit, address, website, sites,"
    " requires_sign_off, version, created_at)"
    " VALUES (2, 'Heute AG', '', '99', '', '', '', '[]', true, 1, :now)",
    "INSERT INTO declaration (id, organisation_id, edition, reporting_year, indicator_set, language, options,"
    " publishes_assessment, state, version, created_at, changed_at, criteria_done)"
    " VALUES (2, 2, 'dnk-2017', 2024, 'gri', 'de', '[]', false, 'finished', 1, :now, :now, 0)",
    "INSERT INTO snapshot (id, declaration_id, version, content, sha256, finished_at)"
    " VALUES (1, 2, 1, :content, :sha256, :now)",
    "INSERT INTO publication (id, declaration_id, version, slug, published_at)"
    " VALUES (1, 2, 1, 'damals', :now)",
)


# Two companies, of which one joined before events said under which words.
JOINED_EARLIER = (
    "INSERT INTO cluster (id, name, contact, has_public_list, created_at) VALUES (1, 'Nord', '', true, :now)",
    *(
        statement.format(company=company, consent=consent, event=event, detail=detail)
        for company, consent, event, detail in ((3, 1, 2, ":agreed"), (4, 2, 3, "'{}'"))
        for statement in (
            "INSERT INTO organisation (id, name, legal_form, sector, turnover_unit, address, website, sites,"
            " requires_sign_off, version, created_at, is_findable)"
            " VALUES ({company}, 'Nord AG', '', '99', '', '', '', '[]', true, 1, :now, false)",
            "INSERT INTO consent (id, cluster_id, organisation_id, granted_at)"
            " VALUES ({consent}, 1, {company}, :now)",
            "INSERT INTO event (id, organisation_id, cluster_id, kind, detail, happened_at, by_account)"
            " VALUES ({event}, {company}, 1, 'consent-granted', {detail}, :now, true)",
        )
    ),
)

ENDING_EARLIER = (
    "INSERT INTO cluster (id, name, contact, has_public_list, created_at)"
    " VALUES (2, 'Netz', '', false, :now)",
    "INSERT INTO deadline VALUES (2, 2025, :due)",
)

# What people wrote while the schema was the one of a revision.
WRITTEN_EARLIER = {
    "0003": OF_AN_EARLIER_INSTANCE,
    "0010": PUBLISHED_EARLIER,
    "0012": JOINED_EARLIER,
    "0026": ENDING_EARLIER,
}
PUBLISHED_COMPANY = {"name": "Müßig  & Söhne", "sector": "23", "employees": 49}
PUBLISHED_DOCUMENT = {"organisation": PUBLISHED_COMPANY, "reporting_year": 2024, "indicator_set": "gri"}
VALUES = {
    "now": NOW,
    "content": json.dumps(PUBLISHED_DOCUMENT, ensure_ascii=False).encode(),
    "sha256": "0" * 64,
    "agreed": '{"wording": "2026-11b", "language": "de"}',
    "due": date(2026, 12, 2),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def grown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind that was in use since figures had no source, and is migrated now."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('grown') / 'x.sqlite3'}"
        if request.param == "postgresql":
            url = stack.enter_context(own_database(request.getfixturevalue("postgres_url")))
        engine = make_engine(url)
        stack.callback(engine.dispose)
        with engine.execution_options(writes=True).connect() as connection:
            if request.param == "sqlite":
                schema._foreign_keys(connection, "OFF")
            with connection.begin():
                write_earlier_rows(connection)
        engine.dispose()
        schema.upgrade(engine)
        yield engine


def write_earlier_rows(connection: Connection) -> None:
    for revision, statements in WRITTEN_EARLIER.items():
        command.upgrade(schema._config(connection), revision)
        for statement in statements:
            used = {key: value for key, value in VALUES.items() if f":{key}" in statement}
            connection.execute(text(statement), used)


def test_an_earlier_instance_keeps_what_it_holds(grown: Engine) -> None:
    """Begun before figures had a source: with a figure, an answer and an event of that time."""
    with grown.connect() as connection:
        assert schema.differences(connection) == []
        figure = connection.execute(text("SELECT value, source, responsible, origin FROM figure")).one()
        assert tuple(figure) == ("12.5", "", "", "")
        assert connection.execute(text("SELECT text, taken_from FROM answer")).one() == ("Wir …", None)
    with write_session(session_factory(grown)) as session:
        session.add(Event(id=9, declaration_id=1, kind=EventKind.LINE_SAVED, detail={}, happened_at=NOW))
        session.commit()
    with (
        pytest.raises(DatabaseError, match="events are only added"),
        grown.execution_options(writes=True).begin() as connection,
    ):
        connection.execute(text("UPDATE event SET kind = 'finished' WHERE kind = 'created'"))


def test_what_was_published_earlier_is_listed_as_its_version_says(grown: Engine) -> None:
    with grown.connect() as connection:
        asked = "SELECT company, search_name, sector, size, indicator_set, reporting_year FROM publication"
        assert [tuple(row) for row in connection.execute(text(f"{asked} ORDER BY id"))] == [
            ("Müßig  & Söhne", "muessig & soehne", "23", "small", "gri", 2024),
        ]
        assert not connection.scalar(text("SELECT is_findable FROM organisation WHERE id = 2"))
        assert connection.scalars(text("SELECT quotable_refs FROM publication")).all() == [None], "not asked"
        assert not connection.scalar(text("SELECT has_material_flow FROM declaration WHERE id = 2"))


def test_what_was_agreed_to_earlier_comes_out_of_the_trail(grown: Engine) -> None:
    with grown.connect() as connection:
        editions = connection.execute(text("SELECT id, edition FROM consent ORDER BY id"))
        assert [tuple(row) for row in editions] == [(1, "2026-11b"), (2, "")]


def test_each_deadline_becomes_the_cohort_of_all_members(grown: Engine) -> None:
    with session_factory(grown)() as session:
        cohort = cohorts.default_of(session, 2, 2025)
        assert cohort is not None
        assert (cohort.due, cohort.name) == (date(2026, 12, 2), "")
        assert cohort.created_at.tzinfo is UTC


def test_a_database_of_a_newer_version_is_left_alone(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match=r"schema 9999.*put back the backup"):
        schema.upgrade(engine)
    engine.dispose()


def test_broken_references_are_refused(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM alembic_version")
        for table in ("account", "organisation"):
            driver.execute(f"DROP TABLE {table}")
    with pytest.raises(Exception, match=r"already exists|refer to nothing"):
        schema.upgrade(engine)
    engine.dispose()


def test_what_is_kept_comes_back(session: Session) -> None:
    make_organisation(session, "Müller & Söhne", anna=Role.OWNER)
    session.commit()
    session.expire_all()
    assert session.scalars(select(Organisation)).one().created_at.tzinfo is UTC
    assert session.scalars(select(Membership)).one().role is Role.OWNER


def test_addresses_are_unique_in_any_spelling(session: Session) -> None:
    make_account(session, "Anna@Example.org")
    session.add(
        Account(email="ANNA@example.org", password_hash="x", fs_uniquifier="y", language="de", created_at=NOW)
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_deleted_account_takes_its_memberships_along(session: Session) -> None:
    make_organisation(session, "A", anna=Role.OWNER)
    session.delete(session.scalars(select(Account)).one())
    session.commit()
    assert session.scalars(select(Membership)).all() == []
    assert session.scalars(select(Organisation)).one().name == "A"


def test_attempts_are_counted_on_both_databases(store: sessionmaker[Session]) -> None:
    storage = RateLimitStorage(store)
    assert [storage.incr("k", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr("other", 60, amount=5) == storage.get("other") == 5
    assert storage.get_expiry("k") > NOW.timestamp()
    storage.clear("k")
    assert storage.get("k") == 0
    assert storage.incr("gone", -1) == storage.incr("gone", 60) == 1, "a window that is over begins anew"
    assert storage.reset() == 2


def test_an_empty_outbox_has_nothing_due(session: Session) -> None:
    assert claim_due(session, now=NOW) is None
