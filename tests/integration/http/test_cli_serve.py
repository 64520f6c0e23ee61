"""`dnk serve`, `dnk init` and `dnk user`, as an operator runs them."""

import errno
import io
import json
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from gunicorn.config import Config
from sqlalchemy.exc import OperationalError

from dnk_tool.cli import logs
from dnk_tool.cli.main import COMMANDS, cli, main
from dnk_tool.config import ConfigurationError
from dnk_tool.services.accounts import first_start
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine
from tests.support.machine import free_port

DNK = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()"]
RunMain = Callable[..., tuple[object, str, str]]


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("DNK_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.chdir(tmp_path)
    return dict(os.environ)


@pytest.fixture
def run_main(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> RunMain:
    """Runs the program up to its end as its process would: its exit code, and what it said and complained.

    Whatever would show a traceback there is raised here.
    """

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["dnk", *arguments])
        before = os.umask(0o022)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            os.umask(before)
        return ended.value.code, *capsys.readouterr()

    return run


@contextmanager
def served(
    env: dict[str, str], port: int, program: str = DNK[-1]
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A running server and what it printed up to "Stop with"."""
    process = subprocess.Popen(
        [*DNK[:-1], program, "serve", "--port", str(port)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Stop with"):
                break
        yield process, lines
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_first_start_serve_and_stop(env: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    with served(env, port) as (process, lines):
        assert lines[0] == f"dnk-tool is ready: http://localhost:{port}"
        address = re.search(r"http://\S+/einrichten\?token=\S+", lines[1])
        assert address
        with urllib.request.urlopen(address[0]) as page:
            assert page.status == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
            assert json.load(page) == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    instance = tmp_path / "instance"
    for file in instance.iterdir():
        assert file.stat().st_mode & 0o077 == 0 or not file.name.startswith(("secret", "setup")), file


# The moment between the fork and the worker's own handlers lasts until the signal is there; who does not hear
# it is waited for longer than the test waits.
BUSY = """
import signal, time
from gunicorn import util
from dnk_tool.cli.server import application
application.GRACEFUL_SECONDS = application.FORCED_STOP_SECONDS = 600
seed = util.seed
def late():
    while not signal.sigpending():
        time.sleep(0.01)
    seed()
util.seed = late
from dnk_tool.cli.main import main
main()
"""


def worker_of(process: subprocess.Popen[str]) -> int:
    """The server's child, as soon as there is one."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (child_ids := children.read_text().split()):
        assert process.poll() is None
        time.sleep(0.01)
    return int(child_ids[0])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_begins_can_be_stopped(env: dict[str, str], how: signal.Signals) -> None:
    with served(env, free_port(), BUSY) as (process, _lines):
        worker = worker_of(process)
        process.send_signal(how)
        assert process.wait(120) == 0, "well before the patience for requests is at its end"
    assert not Path(f"/proc/{worker}").exists()


def test_a_port_in_use(run_main: RunMain, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said, errors = run_main("serve", "--port", str(port))
    assert code == 1
    assert f"127.0.0.1:{port} is in use" in errors
    assert said == ""
    assert not (tmp_path / "instance").exists(), "nothing was changed"


def test_a_wrong_configuration(run_main: RunMain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_HOST", "0.0.0.0")
    monkeypatch.setenv("DNK_DEBUG", "1")
    code, _said, errors = run_main("serve")
    assert code == 1
    assert "DNK_PUBLIC_URL" in errors
    assert "DNK_DEBUG" in errors


def test_init_and_upgrade(env: dict[str, str], tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(cli, ["init"]).exit_code == 0
    instance = tmp_path / "instance"
    assert {path.name for path in instance.iterdir()} >= {"secret-key", "config.toml", "dnk.sqlite3"}
    (instance / "config.toml").write_text("port = 8123\n")
    assert run(cli, ["init"]).exit_code == run(cli, ["upgrade"]).exit_code == 0
    assert (instance / "config.toml").read_text() == "port = 8123\n"
    engine = make_engine(f"sqlite:///{instance / 'dnk.sqlite3'}")
    assert schema.is_current(engine)
    engine.dispose()


def test_upgrade_says_what_it_did(env: dict[str, str]) -> None:
    run = CliRunner().invoke
    assert run(cli, ["upgrade"]).output == "The database is now up to date.\n"
    assert run(cli, ["upgrade"]).output == "The database was already up to date.\n"


@pytest.mark.parametrize("command", [["init"], ["upgrade"], ["user", "add", "anna@holz.de", "--generate"]])
def test_nobody_else_on_the_machine_can_read_an_instance(
    run_main: RunMain, tmp_path: Path, command: list[str]
) -> None:
    assert run_main(*command)[0] == 0
    instance = tmp_path / "instance"
    files = [instance, *instance.iterdir()]
    assert "dnk.sqlite3" in {file.name for file in files}
    assert [file for file in files if file.stat().st_mode & 0o077] == []


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample declaration of the demo takes seconds, and is no matter here."""
    monkeypatch.setattr("dnk_tool.cli.demo.command._render_sample", lambda *_given: None)


@pytest.fixture
def said_of_demo(env: dict[str, str], no_pdf: None, seeded_demo: tuple[Path, str], tmp_path: Path) -> str:
    """What a first `dnk demo` said, whose instance is the one of this test."""
    instance, said = seeded_demo
    shutil.copytree(instance, copy := tmp_path / "instance")
    return said.replace(str(instance), str(copy))


@pytest.mark.usefixtures("said_of_demo")
def test_a_demo_is_never_served_to_others(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    assert run(cli, ["demo", "--no-serve"]).exit_code == 0, "a second time, as the first"
    with monkeypatch.context() as patch:
        patch.setattr("dnk_tool.cli.serve._listen", lambda _settings: pytest.fail("it listens"))
        for public in (
            {"DNK_HOST": "0.0.0.0", "DNK_PUBLIC_URL": "https://dnk.example.de"},
            {"DNK_PUBLIC_URL": "https://dnk.example.de", "DNK_PROXIES": "1"},
        ):
            refused = run(cli, ["serve"], env=public)
            assert isinstance(refused.exception, ConfigurationError)
            assert "passwords are public" in str(refused.exception)
    port = free_port()
    with served(env, port) as (_process, lines):
        assert lines[0].startswith("dnk-tool is ready")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
            assert page.status == 200


def test_a_second_demo_keeps_what_was_entered(said_of_demo: str, tmp_path: Path) -> None:
    for address in ("betrieb", "karin", "ralf", "jonas", "mehmet"):
        assert f"{address}@demo.example" in said_of_demo
    with closing(sqlite3.connect(tmp_path / "instance" / "dnk.sqlite3")) as connection, connection:
        connection.execute("UPDATE answer SET text = 'Von Hand getippt.' WHERE ref = '10.1'")
    asked = "SELECT count(*), sum(text = 'Von Hand getippt.') FROM answer"
    before = selected(tmp_path, asked)
    assert CliRunner().invoke(cli, ["demo", "--no-serve"]).output == said_of_demo
    assert selected(tmp_path, asked) == before


@pytest.mark.usefixtures("no_pdf")
def test_a_demo_is_never_put_into_an_instance_in_use(env: dict[str, str], tmp_path: Path) -> None:
    run = CliRunner().invoke
    run(cli, ["user", "add", "anna@holz.de", "--generate"])
    refused = run(cli, ["demo", "--no-serve"])
    assert isinstance(refused.exception, ConfigurationError)
    assert "has accounts already" in str(refused.exception)
    assert selected(tmp_path, "SELECT count(*) FROM account") == [(1,)]
    assert not first_start.is_demo(tmp_path / "instance")


def test_adding_users(env: dict[str, str], tmp_path: Path) -> None:
    run = CliRunner().invoke
    options = ["--generate", "--json", "--organisation", "Holz GmbH"]
    done = run(cli, ["user", "add", "Anna@Holz.de", "--name", "Anna", *options])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["email"] == "anna@holz.de"
    assert len(result["password"]) >= 20
    typed = "dachs ofen elf segel\n" * 2
    second = run(
        cli, ["user", "add", "ben@holz.de", "--organisation", "Holz GmbH", "--operator"], input=typed
    )
    assert second.exit_code == 0, second.output
    assert "dachs" not in second.output
    assert selected(tmp_path, "SELECT email, is_operator FROM account ORDER BY id") == [
        ("anna@holz.de", 0),
        ("ben@holz.de", 1),
    ]
    run(cli, ["user", "add", "cem@buch.de", "--generate", "--organisation", "Buch KG", "--role", "viewer"])
    assert selected(tmp_path, "SELECT name FROM organisation ORDER BY id") == [("Holz GmbH",), ("Buch KG",)]
    # Whoever comes with a new company leads it, as nobody else could invite them.
    assert selected(tmp_path, "SELECT role FROM membership ORDER BY id") == [
        ("owner",),
        ("editor",),
        ("viewer",),
    ]


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (["anna@holz.de", "--generate"], "", "There is an account for anna@holz.de already."),
        (["keine-adresse", "--generate"], "", "'keine-adresse' is not an email address."),
        (["neu@holz.de"], "kurz\nkurz\n", "The password needs at least 12 characters."),
    ],
)
def test_users_that_cannot_be_added(
    env: dict[str, str], tmp_path: Path, arguments: list[str], typed: str, message: str
) -> None:
    run = CliRunner().invoke
    run(cli, ["user", "add", "anna@holz.de", "--generate"])
    done = run(cli, ["user", "add", *arguments], input=typed)
    assert done.exit_code == 1
    assert message in done.stderr
    assert selected(tmp_path, "SELECT count(*) FROM account") == [(1,)]


@pytest.mark.parametrize(
    "command",
    [
        ["user", "list"],
        ["user", "lock", "anna@holz.de"],
        ["user", "reset-factors", "anna@holz.de"],
        ["user", "erase", "anna@holz.de"],
        ["cluster", "list"],
        ["cluster", "add", "Nord", "--manager", "mia@holz.de"],
        ["declaration", "list"],
        ["figures", "export", "1", "-o", "figures.csv"],
        ["evidence", "check"],
        ["resume"],
        ["accept-key", "--new"],
        ["backup", "later.tar.gz"],
    ],
    ids=" ".join,
)
def test_a_command_in_the_wrong_folder_begins_no_installation(
    env: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    done = CliRunner().invoke(cli, command, input="y\n")
    assert done.exit_code == 1, done.output
    assert f"is DNK_INSTANCE ({tmp_path / 'instance'})" in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def selected(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(tmp_path / "instance" / "dnk.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_help_is_complete() -> None:
    run = CliRunner().invoke
    overview = run(cli, ["--help"])
    assert overview.exit_code == 0, overview.output
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w", overview.output, re.MULTILINE), name
        assert run(cli, [name, "--help"]).exit_code == 0
    assert run(cli, ["--version"]).output.startswith("dnk, version ")
    assert run(cli, ["unknown"]).exit_code == 2


def test_main_tells_problems_without_a_traceback(run_main: RunMain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DNK_PORT", "x")
    code, _said, errors = run_main("serve")
    assert code == 1
    assert "DNK_PORT" in errors


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "instance/secret-key"), "instance/secret-key"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OperationalError("SELECT 'Kanarie'", {}, Exception("database or disk is full")), "disk is full"),
    ],
    ids=["permission", "disk", "database"],
)
def test_main_sends_to_the_doctor_for_what_an_operator_mends(
    run_main: RunMain, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    def fail(**_given: object) -> None:
        raise error

    monkeypatch.setattr("dnk_tool.cli.main.cli", fail)
    code, _said, errors = run_main()
    assert code == 1
    assert message in errors
    assert "dnk doctor" in errors
    assert "Kanarie" not in errors


def test_a_database_that_does_not_answer_ends_the_start_with_a_message(
    run_main: RunMain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DNK_DATABASE_URL", "postgresql+psycopg://dnk:Kanarie@127.0.0.1:1/dnk")
    code, _said, errors = run_main("user", "list")
    assert code == 1
    assert errors.startswith("The database cannot be used: ")
    assert "Kanarie" not in errors


def test_faulty_own_factors_end_the_start_with_a_message(env: dict[str, str], run_main: RunMain) -> None:
    folder = Path(env["DNK_INSTANCE"]) / "factors"
    folder.mkdir(parents=True)
    (folder / "own-2027.yaml").write_text("nothing: true\n")
    code, said, errors = run_main("serve", "--port", str(free_port()))
    assert code == 1
    assert "factors/own-2027.yaml" in errors
    assert "ready" not in said


def test_f13_gunicorns_warnings_are_json_without_addresses(env: dict[str, str]) -> None:
    port = free_port()
    process = subprocess.Popen(
        [*DNK, "serve", "--port", str(port)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    while not process.stdout.readline().startswith("Stop with"):
        pass
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"GET /einladung/geheimes-wort HTTP/9.9\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    [worker, *_more] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(worker), signal.SIGKILL)
    lines = []
    assert process.stderr
    while not any(line["logger"] == "gunicorn.error" for line in lines):
        lines.append(json.loads(process.stderr.readline()))
    process.terminate()
    _out, errors = process.communicate(timeout=60)
    lines += [json.loads(line) for line in errors.splitlines()]
    told = json.dumps(lines)
    assert "SIGKILL" in told
    assert "geheimes" not in told
    assert "127.0.0.1" not in told


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1"])
def test_f13_gunicorn_names_neither_visitor_nor_page(address: str) -> None:
    logger = logs.GunicornLogger(Config())
    logger.error_log = logging.Logger("gunicorn.error")
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logs.JsonLogFormatter())
    logger.error_log.addHandler(handler)
    logger.warning(f"Invalid request from ip={address}: Invalid HTTP request line: 'GET /einladung/x'")
    logger.exception("Error handling request %s", "/einladung/x")
    lines = [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    assert [line["message"] for line in lines] == [
        "Invalid request: Invalid HTTP request line",
        "Error handling request",
    ]
