"""Each command loads in a process of its own, whatever module comes first."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from dnk_tool.cli.declarations import group
from dnk_tool.cli.lazy import LazyCommand
from dnk_tool.cli.main import COMMANDS, cli

CRAFT = Path(__file__).parents[2] / "data" / "craft.json"
# Prints what is loaded at the end of a command, behind what the command says itself.
LOADED = """
import atexit, sys
heavy = ("sqlalchemy", "alembic", "weasyprint", "flask")
atexit.register(lambda: print("loaded:", *(name for name in heavy if name in sys.modules)))
from dnk_tool.cli.main import main
main()
"""


# Others begin in processes of their own elsewhere: `serve` in test_cli_serve, `worker` in test_worker,
# `declaration` in test_wheel, each as `dnk` loads it.
@pytest.mark.parametrize("command", ["figures"])
def test_a_command_loads_by_itself(command: str) -> None:
    module, _, _attribute = COMMANDS[command].place.partition(":")
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("declaration", "--help"),
        ("catalogue", "check"),
        ("factors", "list"),
        ("declaration", "render", str(CRAFT), "-o", "craft.csv"),
        ("declaration", "render", str(CRAFT), "-o", "craft.pdf", "--section", "12"),
    ],
    ids=["version", "help", "help of a group", "catalogue", "factors", "csv", "pdf"],
)
def test_a_command_without_a_database_loads_none(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].rstrip() == "loaded:"


@pytest.mark.parametrize("commands", [COMMANDS, group.COMMANDS], ids=["dnk", "dnk declaration"])
def test_the_help_of_a_group_says_what_each_command_says(commands: Mapping[str, LazyCommand]) -> None:
    parent = cli if commands is COMMANDS else group.declaration
    context = click.Context(parent)
    for name, lazy in commands.items():
        command = parent.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(limit=400) == lazy.help
