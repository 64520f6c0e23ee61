"""Where the program's own data lies: beside the package in a checkout, inside it in a wheel."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@cache
def _data_folder(name: str) -> Path:
    for candidate in (PACKAGE.parent / name, PACKAGE / "data" / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"dnk-tool is not installed completely: its folder '{name}' is missing")


def criteria_folder() -> Path:
    """The folder of the standards' editions, datapoints and units."""
    return _data_folder("criteria")


def templates_folder() -> Path:
    """The folder of the Jinja templates for pages, mails and the printed declaration."""
    return _data_folder("templates")
