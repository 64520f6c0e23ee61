"""axe-core as the lock file here pins it; `make .build/test` installs it with `python -m tests.e2e.axe`."""

from pathlib import Path

from dnk_tool.web.assets import build

FOLDER = Path(__file__).parent


def install() -> None:
    build.install_packages(FOLDER, *build.find_node())


def script() -> str:
    """What a page runs to be read. Raises LookupError if it is not there as pinned."""
    done = FOLDER / "node_modules/.dnk-lock"
    pinned = build.fingerprint(FOLDER / "package-lock.json")
    if not done.is_file() or done.read_text("utf-8") != pinned:
        raise LookupError(
            "axe-core is not installed as tests/e2e/package-lock.json pins it: make .build/test"
        )
    return (FOLDER / "node_modules/axe-core/axe.min.js").read_text("utf-8")


if __name__ == "__main__":
    install()
