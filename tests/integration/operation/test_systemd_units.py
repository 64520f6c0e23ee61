"""The units of deploy/systemd/: checked by systemd's own programs, and what they run is run in their sandbox.

Commands run without systemd, but refused the same (`unit_sandbox.py`). Where it manages this
machine and we are root, it also applies the settings itself; elsewhere the skipped test says so.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from dnk_tool.cli.main import cli
from dnk_tool.config import Settings
from tests.integration.operation.unit_sandbox import ROOT, UNITS, command_of, sandboxed, unit_settings
from tests.support.files.evidence_files import logo
from tests.support.machine import free_port

SERVICES = ("dnk-tool.service", "dnk-worker.service", "dnk-backup.service")
PROGRAM, SETTINGS_FILE = "/opt/dnk-tool/bin/dnk", "/etc/dnk-tool/dnk-tool.env"
DNK = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()"]
MOST_EXPOSURE = 20  # of 100; systemd calls everything below 50 good
# Each is refused to a service, whatever a file makes it do.
PROBES = """
import ctypes, mmap, os, socket
def enter_mounts():
    if ctypes.CDLL(None).unshare(0x20000):
        raise OSError
def is_refused(step):
    try:
        step()
    except OSError:
        return True
steps = {
    "memory": lambda: mmap.mmap(-1, 4096, prot=7),
    "packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "listening": lambda: socket.create_server(("127.0.0.1", 0)),
    "mounts": enter_mounts,
    "root": lambda: os.chroot("/"),
    "owner": lambda: os.chown("mine", 1, 1),
}
open("mine", "w").close()
print(*(name for name, step in steps.items() if not is_refused(step)))
"""

CHILD = "from dnk_tool import isolation; print(isolation._leave_network(), *sorted(isolation.isolate()))"

# Whatever the folder lies on counts as a network.
ON_NETWORK = """
from pathlib import Path
from dnk_tool.store import database
folder = Path({folder!r})
kinds = [line.split(" ")[2] for line in Path("/proc/self/mounts").read_text().splitlines()]
database.NETWORK_FILE_SYSTEMS = frozenset(kinds)
try:
    database.refuse_network_file_system(folder)
except database.UnsafeStorage as error:
    print(error)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units in a folder, with a program that exists here."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS.glob("*.*"):
        text = unit.read_text("utf-8").replace(PROGRAM, sys.executable)
        (folder / unit.name).write_text(text, "utf-8")
    return folder


def outside(folder: Path) -> dict[str, str]:
    """What commands get that run in a sandbox which leaves them the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    own = {"DNK_INSTANCE": str(folder / "instance"), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return kept | own


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_systemd_understands_every_line(installed: Path) -> None:
    units = sorted(
        str(path) for path in installed.iterdir() if path.suffix in (".service", ".socket", ".timer")
    )
    assert len(units) == 5
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "dnk-" in line]
    assert (done.returncode, ours) == (0, [])


def test_systemd_finds_little_exposure(installed: Path, service: str) -> None:
    options = ["--no-pager", "--offline=true", f"--threshold={MOST_EXPOSURE}"]
    done = subprocess.run(
        ["systemd-analyze", "security", *options, str(installed / service)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_what_the_units_name_exists(service: str) -> None:
    program, *words = command_of(service)
    assert program == PROGRAM
    command: click.Command | None = cli
    for word in words:
        assert isinstance(command, click.Group), word
        command = command.get_command(click.Context(command), word)
        assert command is not None, word
    environment = dict(word.split("=") for word in unit_settings(service)["Environment"][0].split())
    assert environment["DNK_INSTANCE"] == unit_settings(service)["WorkingDirectory"][0]
    assert environment["DNK_INSTANCE"] == f"/var/lib/{unit_settings(service)['StateDirectory'][0]}"
    assert unit_settings(service)["EnvironmentFile"] == [f"-{SETTINGS_FILE}"]
    for line in unit_settings(service, "Unit").get("Requires", []):
        assert (UNITS / line).is_file()


def test_timer_and_socket_have_their_services() -> None:
    for name in ("dnk-backup.timer", "dnk-tool.socket"):
        assert (UNITS / name).with_suffix(".service").is_file()
    moments = unit_settings("dnk-backup.timer", "Timer")["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", *moments], check=True, capture_output=True)
    assert unit_settings("dnk-tool.socket", "Socket")["ListenStream"] == ["127.0.0.1:8000"]
    assert "127.0.0.1:8000" in (ROOT / "deploy/nginx.conf").read_text("utf-8")


def test_the_sandbox_is_the_same_for_all() -> None:
    names = (
        "Protect",
        "Private",
        "Restrict",
        "SystemCall",
        "ReadWrite",
        "Capability",
        "NoNew",
        "Memory",
        "User",
    )
    sandboxes = [
        {key: value for key, value in unit_settings(service).items() if key.startswith(names)}
        for service in SERVICES
    ]
    assert sandboxes[0] == sandboxes[1] == sandboxes[2]


def test_the_user_and_the_folders_are_made(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", str(UNITS / "sysusers.conf")],
        check=True,
        capture_output=True,
    )
    (user,) = [
        line for line in (tmp_path / "etc/passwd").read_text().splitlines() if line.startswith("dnk-tool:")
    ]
    assert user.split(":")[5:] == ["/var/lib/dnk-tool", "/usr/sbin/nologin"]
    if os.geteuid() == 0:
        made = ["systemd-tmpfiles", f"--root={tmp_path}", "--create", str(UNITS / "tmpfiles.conf")]
        subprocess.run(made, check=True, capture_output=True)
        folders = [tmp_path / "var/lib/dnk-tool", tmp_path / "var/backups/dnk-tool"]
        assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700", "0o700"]
        assert {folder.stat().st_uid for folder in folders} == {int(user.split(":")[2])}


def test_every_setting_of_the_example_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (UNITS / "dnk-tool.env").read_text("utf-8")
    lines = re.findall(r"^(#?)(DNK_\w+)=(.*)$", text, re.MULTILINE)
    assert len(lines) == text.count("\nDNK_") + text.count("\n#DNK_")
    for is_comment, name, value in lines:
        assert name.removeprefix("DNK_").lower() in Settings.model_fields
        assert re.fullmatch(r"'[^'\\]+'", value), "systemd and the shell must read the same"
        if not is_comment:
            monkeypatch.setenv(name, value.strip("'"))
    assert Settings().address == "https://dnk.example.org"


def test_commands_have_the_settings_of_the_services(tmp_path: Path) -> None:
    user = "--reuid=dnk-tool --regid=dnk-tool --init-groups"
    text = (UNITS / "dnk").read_text("utf-8")
    assert (user in text, SETTINGS_FILE in text, PROGRAM in text) == (True, True, True)
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$DNK_INSTANCE" "$DNK_PUBLIC_URL" "$(umask)" "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "dnk"
    text = text.replace(user, "").replace(SETTINGS_FILE, str(UNITS / "dnk-tool.env"))
    script.write_text(text.replace(PROGRAM, str(program)))
    done = subprocess.run(["sh", str(script), "user", "a b"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "/var/lib/dnk-tool",
        "https://dnk.example.org",
        "0077",
        "user",
        "a b",
    ]


def confined(service: str, folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        sandboxed(service, folder, list(command)),
        env=outside(folder),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_sandbox_refuses_what_no_service_needs(tmp_path: Path) -> None:
    done = confined(
        "dnk-tool.service",
        tmp_path,
        sys.executable,
        "-c",
        f"import os; os.chdir({str(tmp_path)!r})\n{PROBES}",
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_children_are_isolated_in_the_sandbox_as_well(tmp_path: Path) -> None:
    """As far as this kernel allows it without: a network of their own, and Landlock."""
    command = [sys.executable, "-c", CHILD]
    possible = subprocess.run(command, env=outside(tmp_path), capture_output=True, text=True, check=True)
    assert confined("dnk-tool.service", tmp_path, *command).stdout == possible.stdout


def test_a_network_file_system_is_noticed_in_the_sandbox(tmp_path: Path) -> None:
    """The kernel shows a service no more of /proc than processes."""
    done = confined(
        "dnk-tool.service", tmp_path, sys.executable, "-c", ON_NETWORK.format(folder=str(tmp_path))
    )
    assert "SQLite needs a local disk" in done.stdout, done.stderr


def test_uploads_and_pdfs_are_made_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(logo())
    done = confined("dnk-tool.service", tmp_path, *DNK, *printing(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


def printing(folder: Path) -> list[str]:
    """Prints one section, with a logo that a child draws anew."""
    files = ["-o", str(folder / "out.pdf"), "--logo", str(folder / "logo.png")]
    return ["declaration", "render", str(ROOT / "tests/data/craft.json"), *files, "--section", "13"]


def test_worker_and_backup_work_in_the_sandbox(tmp_path: Path) -> None:
    assert confined("dnk-backup.service", tmp_path, *DNK, "init").returncode == 0
    backup = confined("dnk-backup.service", tmp_path, *DNK, *command_of("dnk-backup.service")[1:])
    assert backup.returncode == 0, backup.stderr
    assert Path(backup.stdout.strip()).is_file()
    worker = confined("dnk-worker.service", tmp_path, *DNK, *command_of("dnk-worker.service")[1:], "--once")
    assert worker.returncode == 0, worker.stderr


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        yield listener


def test_the_server_takes_the_socket_and_says_when_it_is_ready(
    tmp_path: Path, notified: socket.socket
) -> None:
    """By systemd's own program, in the sandbox, where it could open no socket of its own."""
    port, given = free_port(), outside(tmp_path) | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    names = ["PATH", "DNK_INSTANCE", "TMPDIR", "PYTHONPATH", "NOTIFY_SOCKET"]
    passed = [f"--setenv={name}={given[name]}" for name in names]
    server = sandboxed("dnk-tool.service", tmp_path, [*DNK, *command_of("dnk-tool.service")[1:]])
    process = subprocess.Popen(
        [
            "setpriv",
            "--pdeathsig",
            "TERM",
            "systemd-socket-activate",
            "-l",
            f"127.0.0.1:{port}",
            *passed,
            *server,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = connect_when_ready(port)  # waits in the socket, and starts the server
        ready = notified.recv(1000)
        assert (tmp_path / "instance/dnk.sqlite3").is_file(), "migrated before it is ready"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=60) as answer:
            assert answer.status == 200
        first.close()
    finally:
        process.send_signal(signal.SIGTERM)
        said, logged = process.communicate(timeout=60)
    assert ready.startswith(b"READY=1")
    assert f"dnk-tool is ready: http://localhost:{port}" in said
    assert "keep access to" not in logged
    assert process.returncode == 0


def connect_when_ready(port: int) -> socket.socket:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        time.sleep(0.02)
    raise AssertionError("nothing listens")


# Settings of a unit that say how it is started and ended; the rest is its sandbox.
NOT_SANDBOX = (
    "Type",
    "NotifyAccess",
    "Exec",
    "Timeout",
    "Restart",
    "User",
    "Group",
    "Working",
    "Environment",
)
NOT_SANDBOX += ("StateDirectory", "KillMode", "OOMPolicy", "Nice", "IOScheduling")


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/run/systemd/system").is_dir(),
    reason="systemd does not run here, or we are not root: units were checked offline and in a like sandbox",
)
@pytest.mark.parametrize("name", SERVICES)
def test_systemd_itself_runs_them(name: str) -> None:
    """As transient services with all settings of the sandbox, in a folder of their own."""
    folder = Path(tempfile.mkdtemp(prefix="dnk-units-", dir="/run"))
    try:
        (folder / "logo.png").write_bytes(logo())
        properties = [
            f"--property={key}={value}"
            for key, values in unit_settings(name).items()
            if not key.startswith(NOT_SANDBOX)
            for value in values
        ]
        properties += [f"--property=ReadWritePaths={folder}", f"--property=WorkingDirectory={folder}"]
        programs = {str(ROOT), sys.prefix, sys.base_prefix}
        properties += [f"--property=BindReadOnlyPaths={path}" for path in sorted(programs)]
        given = [f"--setenv={key}={value}" for key, value in outside(folder).items()]
        start = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", *properties, *given]
        probes = subprocess.run(
            [*start, sys.executable, "-c", PROBES], capture_output=True, text=True, check=True
        )
        assert probes.stdout.split() == []
        for command in (printing(folder), ["init"], ["backup", "nightly"], ["worker", "--once"]):
            subprocess.run([*start, *DNK, *command], check=True, timeout=120)
        assert (folder / "out.pdf").read_bytes().startswith(b"%PDF")
    finally:
        shutil.rmtree(folder)
