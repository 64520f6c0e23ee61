"""Children that read uploads or render reach no other program and no key, where Linux allows it."""

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dnk_tool.cli.server import application
from dnk_tool.isolation import FILES, NETWORK
from dnk_tool.paths import PACKAGE
from dnk_tool.services.uploads import sandbox

# Runs a child's own `main` with something else in place of what it does with a file.
CHILD = """
import os, socket, sys
from dnk_tool.{module} import main
import dnk_tool.{module} as child

def probe(*_given):
    try:
        socket.create_connection(("127.0.0.1", {port}), timeout=10).close()
        print("network", file=sys.stderr)
    except OSError:
        pass
    for place in {places}:
        try:
            open(place).close()
            print("file", place, file=sys.stderr)
        except OSError:
            pass
    sys.stderr.write("done")
    sys.stderr.flush()
    os._exit(0)

child.{name} = probe
main()
"""
CHILDREN = {
    "services.uploads.decoding.worker": ("sanitised", ["pdf", 60, 10**10]),
    "services.uploads.excel_worker": ("read", [60, 10**10, 1, 1, 1, 1]),
    "services.uploads.declaration_worker": ("attached_declaration", [60, 10**10, 1]),
    "services.uploads.document_worker": ("checked", [60, 10**10]),
    "report.process.worker": ("_jobs", ["fast"]),
}


@pytest.fixture(scope="module")
def possible() -> frozenset[str]:
    return sandbox.possible_isolation()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.mark.parametrize("module", CHILDREN)
def test_f18_a_child_reaches_no_program_and_no_key(
    module: str, possible: frozenset[str], listener: socket.socket, tmp_path: Path
) -> None:
    if not possible:
        pytest.skip("this system allows neither namespaces nor Landlock")
    secret = tmp_path / "secret-key"
    secret.write_text("geheim")
    name, arguments = CHILDREN[module]
    places = [str(secret), f"/proc/{os.getpid()}/environ"]
    program = CHILD.format(module=module, name=name, port=listener.getsockname()[1], places=places)
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-P", "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parent)},
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        if module != "report.process.worker":  # which goes as soon as nobody waits for its answer
            child.stdin.close()
        said = child.stderr.read().decode()
    assert said.endswith("done"), said
    assert ("network" in said) != (NETWORK in possible)
    assert (str(secret) in said) != (FILES in possible)


def test_f18_the_log_says_what_is_not_possible(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sandbox, "possible_isolation", lambda: frozenset({FILES}))
    with caplog.at_level(logging.WARNING):
        application._report_isolation()
    assert "keep access to: network." in caplog.text
    caplog.clear()
    monkeypatch.setattr(sandbox, "possible_isolation", lambda: frozenset({FILES, NETWORK}))
    application._report_isolation()
    assert caplog.text == ""
