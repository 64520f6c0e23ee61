"""Breaks the program in known ways, one at a time, and looks whether a test becomes red: `make mutation`.

The ways stand in tests/data/mutants.toml, each with the tests that must notice. They run in a copy of the
sources, so that the checkout stays as it is. A mutant that no test notices ends the command with 1.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "tests/data/mutants.toml"
# What the build made of the sources, which the copy needs, too.
BUILT = ("dnk_tool/web/static", "dnk_tool/catalogue/parsed.json", "dnk_tool/locale")
SECONDS = 900
RED, GREEN = 1, 0  # of pytest; every other status says that the tests could not run


@dataclass(frozen=True)
class Mutant:
    """One way to break the program, and the tests that must notice."""

    breaks: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


def mutants() -> list[Mutant]:
    """All of tests/data/mutants.toml."""
    rows = tomllib.loads(MUTANTS.read_text("utf-8"))["mutant"]
    return [Mutant(**row | {"tests": tuple(row["tests"])}) for row in rows]


def copy_built_sources(target: Path) -> None:
    """What a commit of this checkout would hold, and what was built of it."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    built = (
        file
        for place in BUILT
        for file in ((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place])
    )
    for file in {*(ROOT / name for name in names if name), *built}:
        if file.is_file():
            copy = target / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def run_tests(root: Path, tests: tuple[str, ...]) -> int:
    """How pytest ends, of the sources at `root`; it stops at the first red test."""
    command = [sys.executable, "-m", "pytest", "-x", "-n0", "-q", *tests]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode not in (RED, GREEN):
        raise RuntimeError(done.stdout + done.stderr)
    return done.returncode


def is_noticed(mutant: Mutant, root: Path) -> bool:
    """Whether a test is red while the copy at `root` is broken so. Raises ValueError without such a place."""
    file = root / mutant.file
    source = file.read_text("utf-8")
    if source.count(mutant.before) != 1:
        raise ValueError(f"{mutant.file} does not hold this once: {mutant.before}")
    file.write_text(source.replace(mutant.before, mutant.after), "utf-8")
    try:
        return run_tests(root, mutant.tests) == RED
    finally:
        file.write_text(source, "utf-8")


def main() -> None:
    survived = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copy_built_sources(root)
        tests = tuple(sorted({test for mutant in mutants() for test in mutant.tests}))
        if run_tests(root, tests) != GREEN:
            sys.exit("The tests are red without any mutant.")
        for mutant in mutants():
            noticed = is_noticed(mutant, root)
            print(f"{'noticed ' if noticed else 'SURVIVED'} {mutant.breaks} ({mutant.file})", flush=True)
            survived += [] if noticed else [mutant]
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
