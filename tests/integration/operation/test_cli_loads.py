"""Each command loads in a process of its own, whatever module comes first."""

import subprocess
import sys

import pytest

from dnk_tool.cli.main import COMMANDS


# Others begin in processes of their own elsewhere: `serve` in test_cli_serve, `worker` in test_worker,
# `declaration` in test_wheel, each as `dnk` loads it.
@pytest.mark.parametrize("command", ["figures"])
def test_a_command_loads_by_itself(command: str) -> None:
    module, _, _attribute = COMMANDS[command].partition(":")
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
