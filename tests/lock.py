"""Pins every dependency with its hashes for all supported Pythons: `make lock`."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "requirements"


def main() -> None:
    """Write requirements/run.txt and requirements/test.txt; no registry's address goes into them."""
    for name in ("run", "test"):
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--upgrade"]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
        command += ["--no-emit-find-links", "--no-annotate", "--no-header"]
        command += ["../pyproject.toml", "--extra", "build"]
        if name == "test":
            command += ["--extra", "dev", "--constraints", "run.txt"]
        command += ["--output-file", f"{name}.txt"]
        subprocess.run(command, cwd=FOLDER, check=True)


if __name__ == "__main__":
    main()
