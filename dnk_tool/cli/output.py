"""Helpers of all commands, also those without a database: fail, show progress, describe problems."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

import click

from dnk_tool.domain.declarations.document_parser import DocumentProblem

# Messages by code of the problem in a declaration file; `{}` stands for the subject of the problem.
PROBLEMS = {
    "too-large": "the file is larger than {} MB",
    "not-utf-8": "the file is not UTF-8 text",
    "double-key": "this key stands twice",
    "not-json": "the file is not complete JSON (line:column {})",
    "missing": "is missing",
    "unknown-key": "is no key of this format",
    "not-allowed": "is not one of the allowed values {}",
    "not-a-number": 'is not an exact number in quotes, such as "1234.5" {}',
    "too-long": "is too long (at most {})",
    "empty": "is empty",
    "too-many": "has too many entries (at most {})",
    "out-of-range": "is outside of the allowed range ({})",
    "wrong-type": "has the wrong type {}",
    "unknown-edition": "there is no edition '{}'",
    "unknown-indicator-set": "there is no indicator set '{}'",
    "unknown-option": "there is no option '{}'",
    "unknown-ref": "the declaration does not ask for '{}'",
    "figure-as-answer": "is a figure; put it under figures as '{}'",
    "not-explainable": "cannot be explained",
    "no-text-here": "takes no text",
    "no-value-here": "takes no value",
    "unknown-choice": "'{}' cannot be chosen here",
    "not-a-list": "is not a list",
    "double-entry": "'{}' stands twice",
    "not-a-date": "'{}' is not a date such as 2026-12-31",
    "not-a-year": "'{}' is not a year",
    "not-rows": "is not a list of 1 to {} rows",
    "not-a-row": "is not a row",
    "unknown-column": "the table has no such column",
    "not-a-text": "is not a text",
    "not-a-quantity": 'is not a quantity such as {"value": "12.5", "unit": "kWh"}',
    "value-not-available": "says that there is no value, but one is given",
    "unknown-unit": "the unit {} does not fit",
    "other-unit": "has another unit than the same row's first number, which is in {}",
    "unknown-datapoint": "the declaration does not ask for the figure '{}'",
    "double-figure": "the figure {} stands twice",
    "later-than-report": "is later than the reporting year {}",
}


def problem_messages(problems: Iterable[DocumentProblem]) -> Iterator[str]:
    """Yield each problem as a message that begins with its path in the file."""
    for problem in problems:
        text = PROBLEMS.get(problem.code, problem.code).replace("{}", problem.detail).rstrip()
        yield f"{problem.path}: {text}" if problem.path else text


def fail(message: str) -> NoReturn:
    """End the command with the message on standard error and exit status 1."""
    click.echo(message, err=True)
    sys.exit(1)


@contextmanager
def progress(label: str) -> Iterator[None]:
    """Show a moving bar on a terminal during work of unknown length; nothing if stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    done = Event()

    def move() -> None:
        step = 0
        while not done.wait(0.2):
            step += 1
            bar = "·" * (step % 20) + "▪" + "·" * (19 - step % 20)
            click.echo(f"\r{label} {bar}", nl=False, err=True)
        click.echo("\r" + " " * (len(label) + 22) + "\r", nl=False, err=True)

    mover = Thread(target=move, daemon=True)
    mover.start()
    try:
        yield
    finally:
        done.set()
        mover.join()


def write_file(content: bytes, output: Path | None) -> None:
    """Write the content to the file, or to standard output without one; an error ends the command."""
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")
