"""Reads what is pinned: Python packages in requirements/, packages of the interface in package-lock.json."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"\s+--hash=sha256:(?P<digest>[0-9a-f]{64})(?: \\)?$")
LOCK_FILE = "dnk_tool/web/assets/package-lock.json"


@dataclass(frozen=True)
class PythonPackage:
    """A package as a server installs it: any one of the files with these SHA-256 hashes."""

    name: str
    version: str
    marker: str
    sha256: tuple[str, ...]


@dataclass(frozen=True)
class NpmPackage:
    """A package of the interface. Build tools leave nothing of themselves in the result."""

    name: str
    version: str
    license: str
    sha512: str
    is_build_tool: bool


def python_packages(requirements: Path) -> list[PythonPackage]:
    """The packages of a requirements file. Raises ValueError for a line that pins nothing."""
    packages: list[PythonPackage] = []
    for line in requirements.read_text("utf-8").splitlines():
        if match := REQUIREMENT.fullmatch(line):
            packages.append(PythonPackage(match["name"], match["version"], match["marker"] or "", ()))
        elif packages and (match := HASH.fullmatch(line)):
            last = packages.pop()
            sha256 = (*last.sha256, match["digest"])
            packages.append(PythonPackage(last.name, last.version, last.marker, sha256))
        else:
            raise ValueError(f"{requirements.name}: not a pinned package with hashes: {line}")
    return packages


def npm_packages(root: Path) -> Iterator[NpmPackage]:
    """The packages of the interface, with the tools that compile it."""
    lock = json.loads((root / LOCK_FILE).read_text("utf-8"))
    for path, entry in lock["packages"].items():
        if not path:
            continue  # the interface itself
        algorithm, digest = entry["integrity"].split("-", 1)
        if algorithm != "sha512":
            raise ValueError(f"{LOCK_FILE}: {path} has no SHA-512")
        yield NpmPackage(
            path.rpartition("node_modules/")[2],
            entry["version"],
            entry["license"],
            base64.b64decode(digest).hex(),
            bool(entry.get("dev")),
        )
