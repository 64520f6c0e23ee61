"""Pins every dependency with its hashes for all supported Pythons: `make lock`."""

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "requirements"

# Each file, its extras in pyproject.toml, and the files whose versions it repeats. A server needs run.txt.
FILES = {
    "run.txt": ((), ()),
    "build.txt": (("build",), ("run.txt",)),
    "release.txt": (("build", "release"), ("build.txt",)),
    "test.txt": (("build", "release", "dev"), ("release.txt",)),
}


def main(*options: str) -> None:
    """Write the files of requirements/; no registry's address goes into them."""
    for name, (extras, constraints) in FILES.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", *options]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
        command += ["--no-emit-find-links", "--no-annotate", "--no-header"]
        command += ["../pyproject.toml"]
        for extra in extras:
            command += ["--extra", extra]
        for constraint in constraints:
            command += ["--constraints", constraint]
        subprocess.run([*command, "--output-file", name], cwd=FOLDER, check=True)
    (FOLDER / "uv.txt").write_text(pinned("uv", (FOLDER / "test.txt").read_text("utf-8")), "utf-8")


def pinned(package: str, requirements: str) -> str:
    """The lines of one package: uv's install it before it installs the others."""
    (lines,) = re.findall(rf"^{package}==.*\n(?: .*\n)*", requirements, re.M)
    return str(lines)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["--upgrade"]))
