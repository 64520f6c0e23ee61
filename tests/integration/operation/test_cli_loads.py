"""Each command loads in a process of its own, whatever module comes first."""

import subprocess
import sys

import pytest

from dnk_tool.cli.main import COMMANDS


@pytest.mark.parametrize("command", ["declaration", "figures", "serve", "worker"])
def test_a_command_loads_by_itself(command: str) -> None:
    module, _, _attribute = COMMANDS[command].partition(":")
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
