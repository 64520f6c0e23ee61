"""An upgrade: the server ends and begins anew, and whoever comes meanwhile waits instead of being refused."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.driving import WITH_US

pytestmark = pytest.mark.faults

# As a service manager does it: the socket is descriptor 3, and the variables name this very process.
HANDED_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=sys.argv[2])
sys.argv[:] = ["dnk", "serve"]
from dnk_tool.cli.main import main
main()
"""


def serve(folder: Path, handed: socket.socket, number: int = 1) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    return subprocess.Popen(
        [*WITH_US, sys.executable, "-c", HANDED_OVER, str(handed.fileno()), str(number)],
        env=env | {"DNK_INSTANCE": str(folder / "instance"), "DNK_BACKGROUND": "false"},
        cwd=folder,
        pass_fds=[handed.fileno()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_server((host, 0), backlog=128) as listener:
        yield listener


def test_nobody_is_refused_while_the_server_starts_anew(tmp_path: Path) -> None:
    codes: list[int] = []
    failures: list[OSError] = []
    ends = threading.Event()

    def visit(port: int) -> None:
        while not ends.is_set():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as page:
                    codes.append(page.status)
            except OSError as error:
                failures.append(error)
            time.sleep(0.02)

    with listening() as listener:
        port = listener.getsockname()[1]
        process = serve(tmp_path, listener)
        visitors = [threading.Thread(target=visit, args=(port,), daemon=True) for _ in range(3)]
        try:
            for visitor in visitors:
                visitor.start()
            _await_answers(process, codes, 5)
            process.terminate()
            process.communicate(timeout=60)
            process = serve(tmp_path, listener)
            _await_answers(process, codes, 5)
            ends.set()
            for visitor in visitors:
                visitor.join(60)
        finally:
            ends.set()
            process.terminate()
            said = process.communicate(timeout=60)[0]
    assert f"dnk-tool is ready: http://localhost:{port}" in said
    assert failures == []
    assert set(codes) == {200}


def _await_answers(process: "subprocess.Popen[str]", codes: list[int], number: int) -> None:
    until, before = time.monotonic() + 120, len(codes)
    while len(codes) < before + number:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)


def refusal(folder: Path, handed: socket.socket, number: int = 1) -> str:
    process = serve(folder, handed, number)
    _said, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert not (folder / "instance").exists(), "nothing was changed"
    return errors


def test_a_socket_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with listening() as listener:
        assert "one listening socket is needed, LISTEN_FDS says 2" in refusal(tmp_path, listener, 2)
    with socket.socket() as silent:
        assert "must be a TCP socket that listens" in refusal(tmp_path, silent)


def test_a_socket_open_to_others_needs_what_a_host_would_need(tmp_path: Path) -> None:
    with listening("0.0.0.0") as listener:
        assert "DNK_PUBLIC_URL" in refusal(tmp_path, listener)
