"""The command `dnk declaration`, whose `render` needs no database and loads none."""

import click

from dnk_tool.cli.lazy import LazyCommand, LazyGroup

COMMANDS = {
    "export": LazyCommand(
        "dnk_tool.cli.declarations.commands:export_declaration",
        "Write a declaration as a dnk-declaration file (canonical JSON).",
    ),
    "import": LazyCommand(
        "dnk_tool.cli.declarations.commands:import_declaration",
        "Store a dnk-declaration file, or a declaration's own PDF, as a declaration in progress.",
    ),
    "list": LazyCommand(
        "dnk_tool.cli.declarations.commands:list_declarations",
        "List all declarations with their state; no answers are shown.",
    ),
    "render": LazyCommand(
        "dnk_tool.cli.declarations.render:render_declaration",
        "Render a dnk-declaration file, or a declaration's own PDF anew: "
        "as the extension of the output says.",
    ),
    "verify": LazyCommand(
        "dnk_tool.cli.declarations.commands:verify_declaration",
        "Print the fingerprint of the data in a PDF or JSON file, and whether its seal is valid.",
    ),
}


class DeclarationGroup(LazyGroup):
    """The commands for declarations."""

    commands_by_name = COMMANDS


@click.group(cls=DeclarationGroup)
def declaration() -> None:
    """List, import, export, render and verify declarations."""
