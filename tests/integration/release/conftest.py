"""One release of these sources, made once for all tests of a run."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

import dnk_tool
from tests.releasing import release
from tests.releasing.version import write_version
from tests.support.machine import made_once

ROOT = Path(__file__).parents[3]
# What is released here: higher than what any release was called, whatever these sources are called now.
VERSION = f"{Version(dnk_tool.__version__).major}.{Version(dnk_tool.__version__).minor + 1}.0"
DAY = date(2026, 11, 27)
# Commits as nobody in particular, and at a time of its own for each.
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True)


def commit_all(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Edit")


def make_key(folder: Path) -> Path:
    """A key without a passphrase; its line of allowed_signers lies beside it."""
    key = folder / "key"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    public = " ".join((folder / "key.pub").read_text().split()[:2])
    (folder / release.SIGNERS).write_text(f'{release.SIGNER} namespaces="{release.NAMESPACE}" {public}\n')
    return key


@dataclass(frozen=True)
class Release:
    """What `make release` makes of these sources, as if they were committed and ready."""

    sources: Path
    files: Path
    programs: Path


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """To be read; who changes something changes a copy."""
    folder = made_once(tmp_path_factory, "release", make_release)
    return Release(folder / "repository", folder / "workspace/files", folder / "workspace/trial/env/bin")


def make_release(folder: Path) -> None:
    sources = folder / "repository"
    copy_sources(sources)
    key = make_key(folder)
    shutil.copyfile(folder / release.SIGNERS, sources / release.SIGNERS)
    git(sources, "init", "--quiet")
    begin_notes(sources)
    commit_all(sources)
    write_version(sources, VERSION, DAY)
    commit_all(sources)
    workspace = folder / "workspace"
    workspace.mkdir()
    release.release(sources, f"v{VERSION}", key, workspace, built=ROOT)


def begin_notes(sources: Path) -> None:
    """Write a note of something new; a commit that was just released has none."""
    for name in ("CHANGELOG.md", "docs/upgrading.md"):
        title, line, text = (sources / name).read_text("utf-8").partition("\n")
        if "\n## Unreleased\n" not in text:
            (sources / name).write_text(f"{title}{line}\n## Unreleased\n\n- New.\n{text}", "utf-8")


def copy_sources(target: Path) -> None:
    """What a commit of this checkout would hold."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
