"""Each fault that we tell a library of is still there; where one is mended, our workaround goes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
FILES = sorted((DOCS / "upstream").glob("*.py"))
# Shows what an import does, so it comes first in the process that runs all of them.
FIRST = "weasyprint-names-of-libraries"
RUN = """
import contextlib, io, json, runpy, sys
printed = {}
for file in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        runpy.run_path(file, run_name="__main__")
    printed[file] = output.getvalue()
json.dump(printed, sys.stdout)
"""


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """What each file prints, by its path: in a process without anything of ours."""
    in_order = sorted(FILES, key=lambda file: file.stem != FIRST)
    command = [sys.executable, "-I", "-c", RUN, *map(str, in_order)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    outputs: dict[str, str] = json.loads(done.stdout)
    return outputs


def indented_part(file: Path, name: str) -> list[str]:
    """The indented lines below a word of the file's first text."""
    text = file.read_text("utf-8").split('"""')[1]
    found = re.search(rf"^{name}:\n((?:    .*\n)+)", text, re.MULTILINE)
    assert found, f"{file.name} has no lines below '{name}:'"
    return [line.removeprefix("    ") for line in found[1].splitlines()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_prints_what_it_says_is_seen(file: Path, printed: dict[str, str]) -> None:
    seen = indented_part(file, "Seen")
    assert indented_part(file, "Expected") != seen
    assert printed[str(file)].splitlines() == seen, "is it mended? then our workaround goes"


def test_each_file_has_its_place_in_the_list() -> None:
    linked = re.findall(r"\(upstream/([\w-]+)\.py\)", (DOCS / "upstream.md").read_text("utf-8"))
    assert sorted(linked) == [file.stem for file in FILES]
