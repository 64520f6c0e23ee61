"""Where things lie: the program's own data beside the package or inside a wheel, and the instance folder."""

from functools import cache
from pathlib import Path

DATABASE_FILE = "dnk.sqlite3"
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


def create_instance(folder: Path) -> None:
    """Create the instance folder for the server's user alone.

    A checkout brings the folder with a page about it, open to everybody on the machine; that one is closed
    before anything is kept in it. Later the rights are the operator's affair.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_fresh = not any((folder / name).exists() for name in ("secret-key", DATABASE_FILE))
    if is_fresh and (folder / "README.md").exists():
        folder.chmod(0o700)
