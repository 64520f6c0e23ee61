"""`dnk doctor`: the findings in words, without a server or a database, and without changing anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from dnk_tool import config
from dnk_tool.cli.doctor import doctor
from dnk_tool.store.database import make_engine
from dnk_tool.store.inspection import open_for_reading
from tests.support.machine import free_port


def run_doctor(*arguments: str) -> Result:
    return CliRunner().invoke(doctor, arguments)


def findings_as_json() -> dict[str, dict[str, Any]]:
    result = run_doctor("--json")
    findings = json.loads(result.output)
    assert result.exit_code == any(finding["state"] == "problem" for finding in findings)
    return {finding["code"]: finding for finding in findings}


def files_and_modes(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        file.name: (file.read_bytes(), file.stat().st_mode)
        for file in folder.iterdir()
        if file.is_file() and not file.name.endswith(("-wal", "-shm"))
    }


@pytest.fixture
def instance(command_instance: Path) -> Path:
    config.create_secret_key(config.load_settings())
    return command_instance


def test_all_is_said_with_what_to_do_and_nothing_is_changed(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_BACKUP_NIGHTLY", "false")
    before = files_and_modes(instance)
    result = run_doctor()
    assert result.exit_code == 0, "a new installation lacks much, but nothing is broken"
    assert "in order: Version and database" in result.output
    assert "Note: Emails\n  No mail server is" in result.output
    assert "  -> Set DNK_SMTP_HOST" in result.output
    assert files_and_modes(instance) == before
    german = run_doctor("--language", "de").output
    assert "in Ordnung: Version und Datenbank" in german
    assert "%(" not in german + result.output


def test_it_exits_with_1_where_there_is_a_problem(instance: Path) -> None:
    (instance / "secret-key").chmod(0o644)
    result = run_doctor()
    assert result.exit_code == 1
    assert result.output.startswith("PROBLEM: ")
    assert f"-> Take that permission from them: chmod 600 {instance / 'secret-key'}" in result.output


def test_on_postgresql(postgres_store_url: str, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_DATABASE_URL", postgres_store_url)
    found = findings_as_json()
    assert found["database"]["state"] == "ok"
    assert "Database: PostgreSQL" in found["database"]["facts"][1]
    assert found["clock"]["state"] == "ok"
    engine = open_for_reading(postgres_store_url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.execute(text("DELETE FROM installation_state"))
    engine.dispose()


def test_a_database_that_does_not_answer(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("DNK_DATABASE_URL", f"postgresql+psycopg://dnk:canary@127.0.0.1:{port}/dnk")
    found = findings_as_json()
    assert found["database"]["state"] == "problem"
    assert "Is PostgreSQL running" in found["database"]["to_do"]
    assert found["disk"]["state"] == "ok", "the rest is said all the same"
    assert "canary" not in json.dumps(found)


@pytest.mark.parametrize("address", ["canary", "postgresql+psycopg://dnk:canary@127.0.0.1:port/dnk"])
def test_the_address_of_a_database_that_cannot_be_read(
    instance: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DNK_DATABASE_URL", address)
    result = run_doctor()
    assert result.exit_code == 1
    assert "DNK_DATABASE_URL" in result.output
    assert "canary" not in result.output


def test_a_database_that_is_damaged(instance: Path) -> None:
    (instance / "dnk.sqlite3").write_bytes(b"no database" * 1000)
    found = findings_as_json()
    assert found["database"]["state"] == "problem"
    assert "dnk restore" in found["database"]["to_do"]


def test_a_database_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_INSTANCE", str(tmp_path / "mistyped"))
    found = findings_as_json()
    assert "Is DNK_INSTANCE right?" in found["database"]["to_do"]
    assert found["disk"]["state"] == "problem"
    assert not (tmp_path / "mistyped").exists(), "nothing is created"


@pytest.mark.parametrize(
    ("revision", "words"), [("0001", "dnk upgrade"), ("of the future", "Install the newer version again")]
)
def test_a_database_of_another_version(instance: Path, revision: str, words: str) -> None:
    engine = make_engine(f"sqlite:///{instance / 'dnk.sqlite3'}")
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        connection.execute(text("DROP TABLE mail"))
    engine.dispose()
    found = findings_as_json()
    assert found["database"]["state"] == "problem"
    assert words in found["database"]["to_do"]
    assert "mails" not in found


def test_an_empty_file_is_not_up_to_date(instance: Path) -> None:
    (instance / "dnk.sqlite3").write_bytes(b"")
    assert "dnk upgrade" in findings_as_json()["database"]["to_do"]


def test_settings_that_cannot_be_used(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_PUBLIC_ULR", "https://dnk.example.org")
    monkeypatch.setenv("DNK_SECRET_KEY", "canary")
    result = run_doctor()
    assert result.exit_code == 1
    assert "DNK_PUBLIC_ULR is no setting. Is DNK_PUBLIC_URL meant?" in result.output
    assert "DNK_SECRET_KEY must have at least 32 bytes" in result.output
    assert "canary" not in result.output


def test_it_cannot_write(instance: Path) -> None:
    engine = open_for_reading(f"sqlite:///{instance / 'dnk.sqlite3'}")
    with engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("DELETE FROM installation_state"))
