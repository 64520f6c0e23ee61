"""Compares what is pinned with the published holes: `make audit`.

Ends with 0 if nothing is known, 1 if something is, 3 if a source could not be asked and the rest is fine.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dnk_tool.web.assets.build import find_node
from tests.releasing.locked import LOCK_FILE, python_packages

ROOT = Path(__file__).resolve().parents[2]
# The largest file repeats the versions of the others.
PINNED, ON_A_SERVER = ROOT / "requirements/test.txt", ROOT / "requirements/run.txt"
OSV = "https://api.osv.dev/v1/query"
KNOWN, NOT_ASKED = 1, 3
PATIENCE = 600  # seconds


class NotAsked(Exception):
    """The source gave no answer; the message says why."""


@dataclass(frozen=True)
class Hole:
    """A published fault of a pinned version."""

    package: str
    where: str
    name: str
    repaired_in: str

    def __str__(self) -> str:
        repair = f"repaired in {self.repaired_in}" if self.repaired_in else "no repaired release is named"
        return f"{self.package} ({self.where}): {self.name}; {repair}"


def python_holes(osv_url: str) -> list[Hole]:
    """What OSV knows of the Python packages, else what the package index does. Raises NotAsked."""
    try:
        return read_pip_audit(run_pip_audit("osv", "--osv-url", osv_url))
    except NotAsked as error:
        sys.stderr.write(f"The database OSV cannot be asked: {error}. Asking the package index.\n")
    return read_pip_audit(run_pip_audit("pypi"))


def run_pip_audit(service: str, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json"]
    command += [
        "--progress-spinner",
        "off",
        "--vulnerability-service",
        service,
        *options,
        "--requirement",
        str(PINNED),
    ]
    return run_json(command)


def read_pip_audit(answer: dict[str, Any]) -> list[Hole]:
    """The holes of pip-audit's answer. Raises NotAsked if it left a package out."""
    left_out = [entry["name"] for entry in answer["dependencies"] if "skip_reason" in entry]
    if left_out:
        raise NotAsked(f"no answer about {', '.join(left_out)}")
    on_server = {package.name for package in python_packages(ON_A_SERVER)}
    return [
        Hole(
            f"{entry['name']} {entry['version']}",
            "on every server" if entry["name"] in on_server else "build and tests only",
            ", ".join((fault["id"], *fault["aliases"])),
            ", ".join(fault["fix_versions"]),
        )
        for entry in answer["dependencies"]
        for fault in entry["vulns"]
    ]


def npm_holes() -> list[Hole]:
    """What the npm registry knows of the interface's packages. Raises NotAsked."""
    node, npm = find_node()
    path = os.pathsep.join((str(Path(node[0]).parent), os.environ.get("PATH", "")))
    command = [*npm, "audit", "--package-lock-only", "--json"]
    return list(read_npm_audit(run_json(command, cwd=(ROOT / LOCK_FILE).parent, path=path)))


def read_npm_audit(answer: dict[str, Any]) -> Iterator[Hole]:
    """The holes of npm's answer. Raises NotAsked for an error or a notice without results."""
    if "vulnerabilities" not in answer:
        raise NotAsked(answer.get("error", answer).get("summary") or answer.get("message") or "no results")
    for name, entry in answer["vulnerabilities"].items():
        for fault in entry["via"]:
            if isinstance(fault, dict):  # a text names the package that brings the fault in
                yield Hole(name, "the interface", f"{fault['title']}, {fault['url']}", "")


def run_json(command: list[str], *, cwd: Path = ROOT, path: str | None = None) -> dict[str, Any]:
    """What a program prints as JSON; its exit code says whether there are holes. Raises NotAsked."""
    environment = os.environ | ({"PATH": path} if path else {})
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise NotAsked(f"no answer within {PATIENCE} seconds") from error
    except ValueError as error:
        lines = done.stderr.strip().splitlines() or ["no answer"]
        raise NotAsked(lines[-1]) from error
    if not isinstance(answer, dict):
        raise NotAsked("an answer of another form")
    return answer


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--osv-url", default=OSV, help="the database OSV or a mirror of it")
    osv_url = parser.parse_args().osv_url
    holes: list[Hole] = []
    not_asked = False
    for what, find in (("Python", lambda: python_holes(osv_url)), ("npm", npm_holes)):
        try:
            holes += find()
        except NotAsked as error:
            not_asked = True
            sys.stderr.write(f"NOT CHECKED: {what} packages. {error}\n")
        else:
            sys.stdout.write(f"{what} packages: checked\n")
    for hole in holes:
        sys.stdout.write(f"{hole}\n")
    if holes:
        return KNOWN
    if not_asked:
        return NOT_ASKED
    sys.stdout.write("Nothing is known against the pinned versions.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
