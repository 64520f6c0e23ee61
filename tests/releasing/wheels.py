"""Builds wheels of packages that the index has as sources alone, so that a server builds nothing."""

import hashlib
import re
import sys
import tempfile
from pathlib import Path

from tests.releasing.locked import python_packages
from tests.releasing.sources import Refused, run_tool

# `make release` installs without any other package's sources, and fails at one that is missing here.
SOURCE_ONLY = ("flask-principal",)


def build_wheels(requirements: Path, files: Path, *, epoch: int) -> str:
    """Build them into `files`, and give the requirements with their hashes.

    Sources and setuptools are those that are pinned. Raises Refused.
    """
    text = requirements.read_text("utf-8")
    pinned = {package.name: package for package in python_packages(requirements)}
    for name in SOURCE_ONLY:
        if name not in pinned:
            raise Refused(f"{requirements.name} has no {name} any more. Take it out of SOURCE_ONLY, too.")
        package = pinned[name]
        hashes = " ".join(f"--hash=sha256:{digest}" for digest in package.sha256)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
            asked.write(f"{name}=={package.version} {hashes}\n")
            asked.flush()
            run_tool(
                *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
                # pip keeps what it built before, with the times of that day.
                *("--no-cache-dir", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"),
                *("--require-hashes", "--wheel-dir", files, "--requirement", asked.name),
                cwd=files,
                SOURCE_DATE_EPOCH=str(epoch),
                PYTHONHASHSEED="0",
            )
        (wheel,) = files.glob(f"{re.sub(r'[-.]+', '_', name)}-{package.version}-*.whl")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        entry = re.compile(rf"^{re.escape(name)}==.*\\\n", re.MULTILINE)
        text = entry.sub(lambda line, own=digest: f"{line[0]}    --hash=sha256:{own} \\\n", text)
    return text
