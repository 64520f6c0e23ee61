"""A group of commands that are loaded only when they are asked for."""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import click


class LazyCommand(NamedTuple):
    """Where a command is, and its line in the help of its group, so that the help loads none."""

    place: str  # "module:attribute"
    help: str


class LazyGroup(click.Group):
    """Imports a command only when it is called: `dnk serve` does not wait for the PDF library."""

    commands_by_name: Mapping[str, LazyCommand] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, without importing any."""
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name; None if there is none."""
        if cmd_name not in self.commands_by_name:
            return None
        module, _, attribute = self.commands_by_name[cmd_name].place.partition(":")
        # What is loaded stays: looking through it for garbage again and again would take a sixth of the time.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(module), attribute)
        finally:
            gc.freeze()
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their lines, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self.commands_by_name.items()])
