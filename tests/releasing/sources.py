"""Whether what is committed may be released, and under which version: `make release` asks before it builds.

Each refusal says what to do. docs/releasing.md has the steps that lead here.
"""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from packaging.version import InvalidVersion, Version

CHANGELOG, NOTES = "CHANGELOG.md", "docs/upgrading.md"
PACKAGE = "dnk_tool/__init__.py"  # says the version, too
MIGRATIONS = "dnk_tool/store/migrations/versions"
RELEASED = "tests/data/released"  # of each release what it made
UNRELEASED = "Unreleased"
NUMBER = r"\d+\.\d+\.\d+"
# Where version, series and day of a release stand, each behind what leads to it; `make version` writes them.
PLACES = (
    ("pyproject.toml", r'^(version = ")([^"]+)', "version"),
    (PACKAGE, r'^(__version__ = ")([^"]+)', "version"),
    ("CITATION.cff", r"^(version: )(\S+)", "version"),
    ("CITATION.cff", r'^(date-released: ")([\d-]+)', "day"),
    ("publiccode.yml", r"^(softwareVersion: )(\S+)", "version"),
    ("publiccode.yml", r'^(releaseDate: ")([\d-]+)', "day"),
    ("README.md", rf"(dnk[-_]tool-)({NUMBER})", "version"),
    ("README.de.md", rf"(dnk[-_]tool-)({NUMBER})", "version"),
    ("docs/operations.md", rf"(dnk[-_]tool-|for version )({NUMBER})", "version"),
    (".github/ISSUE_TEMPLATE/fault.yml", rf"(dnk-tool )({NUMBER})", "version"),
    ("SECURITY.md", r"()(\d+\.\d+\.x)", "series"),
)
# Files and folders that change between the night that a release is built on and the release.
AFTER_THE_NIGHT = {file for file, _pattern, _value in PLACES} | {
    CHANGELOG,
    NOTES,
    "docs/example/",
    "docs/screens/",
    "tests/data/prints/example.json",
}


class Refused(Exception):
    """No release can be made; the message says what to do."""


def run_tool(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a program prints. Raises Refused with its own words if it fails.

    Its files can be read by everybody, as archives note that.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        umask=0o022,
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise Refused(f"'{words}' failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def check_sources(root: Path, tag: str) -> str:
    """The version that may be released under `tag`. Raises Refused."""
    version = str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    if Version(version).is_devrelease:
        final = Version(version).base_version
        raise Refused(f"{version} is in work. `make version VERSION={final}`, look at it, commit it.")
    if tag != f"v{version}":
        raise Refused(f"pyproject.toml says {version}, so the tag to come is v{version}, not '{tag}'.")
    if changed := run_tool("git", "status", "--porcelain", cwd=root):
        raise Refused(f"There are changes that are not committed:\n{changed}")
    _check_number(root, version)
    _check_texts(root, version)
    _check_schema(root, version)
    return version


def check_night(root: Path, night: str) -> None:
    """Raise Refused unless `night` names a commit with the same program and tests: that of a green night."""
    how = "Run `make nightly`, or name the commit of a green nightly workflow with NIGHT_COMMIT=…"
    if not night:
        raise Refused(f"No green night is noted. {how}")
    changed = run_tool("git", "diff", "--name-only", night, "HEAD", "--", cwd=root).splitlines()
    if others := [name for name in changed if not name.startswith(tuple(AFTER_THE_NIGHT))]:
        raise Refused(f"Since the green night of {night} there changed: {', '.join(others)}. {how}")


def commit_id(root: Path, name: str) -> str:
    return run_tool("git", "rev-list", "-n", "1", name, cwd=root).strip()


def series(version: str) -> str:
    """The releases that repairs of a version belong to, such as 0.2.x."""
    return f"{Version(version).major}.{Version(version).minor}.x"


def headed_texts(root: Path, name: str) -> dict[str, str]:
    """The text below each heading of the second level of a document, by the heading."""
    _title, *parts = re.split(r"^## ", (root / name).read_text("utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def newest_schema(root: Path) -> str:
    """The revision of the last migration; their files' names begin with it."""
    return max(path.name[:4] for path in (root / MIGRATIONS).glob("[0-9]*.py"))


def schemas(root: Path) -> dict[str, str]:
    """The schema of each version whose notes for upgrading say one, the newest version first."""
    found = {
        version: re.match(r"Schema (\d{4})\.", text) for version, text in headed_texts(root, NOTES).items()
    }
    return {version: said[1] for version, said in found.items() if said}


def released_versions(root: Path, *tags_that: str) -> dict[str, str]:
    """The versions that were released, each with what shows it: its tag, or what it made.

    `tags_that` narrows the tags down, in the words of `git tag`.
    """
    tags = run_tool("git", "tag", "--list", *tags_that, "v*", cwd=root).split()
    found = {tag.removeprefix("v"): f"the tag {tag}" for tag in tags if _is_version(tag)}
    for record in sorted((root / RELEASED).glob("*/recorded.json")):
        if said := re.search(r'^ "program": "(.+)",$', record.read_text("utf-8"), re.MULTILINE):
            found.setdefault(said[1], f"what it made, {RELEASED}/{record.parent.name}")
    return found


def _check_texts(root: Path, version: str) -> None:
    for name in (CHANGELOG, NOTES):
        if text := headed_texts(root, name).get(UNRELEASED):
            raise Refused(
                f"{name} has {len(text.splitlines())} lines under '{UNRELEASED}' that no release tells of: "
                f"`make version VERSION={version}`; if it has a heading '{version}' already, move them there."
            )
    days = [
        re.fullmatch(rf"{re.escape(version)} - (\d{{4}}-\d\d-\d\d)", h) for h in headed_texts(root, CHANGELOG)
    ]
    if not any(days):
        raise Refused(f"{CHANGELOG} has no heading '## {version} - YYYY-MM-DD'.")
    if version not in headed_texts(root, NOTES):
        raise Refused(f"{NOTES} has no heading '## {version}' with what operators have to do.")
    day = next(found[1] for found in days if found)
    wanted = {"version": version, "series": series(version), "day": day}
    for name, pattern, value in PLACES:
        said = {found[2] for found in re.finditer(pattern, (root / name).read_text("utf-8"), re.MULTILINE)}
        if said != {wanted[value]}:
            raise Refused(
                f"{name} says {', '.join(sorted(said)) or 'nothing'}, not {wanted[value]}. "
                f"`make version VERSION={version} DAY={day}` writes it everywhere."
            )


def _check_number(root: Path, version: str) -> None:
    """A version is released once, and after those of its series and those that it grew out of.

    A repair of an older series comes from a branch that has nothing of the newer one.
    """
    released, tag = released_versions(root), f"v{version}"
    if released.get(version) == f"the tag {tag}":
        if commit_id(root, tag) != commit_id(root, "HEAD"):
            raise Refused(f"The tag {tag} names another commit. Raise the version.")
        return  # made once more
    if version in released:
        raise Refused(f"{version} was released: see {released[version]}. Raise the version.")
    grew_out_of = released_versions(root, "--merged", "HEAD")
    relatives = {name for name in released if series(name) == series(version)} | grew_out_of.keys()
    if newer := sorted(name for name in relatives if Version(name) > Version(version)):
        raise Refused(f"{version} is older than what was released: {', '.join(newer)}. Raise the version.")


def _check_schema(root: Path, version: str) -> None:
    """Notes and migrations agree, and whoever has a release of the same series can go back to it."""
    said, newest = schemas(root), newest_schema(root)
    if version not in said:
        raise Refused(f"{NOTES} does not say which schema {version} has: begin it with 'Schema {newest}.'")
    if said[version] != newest:
        raise Refused(
            f"{NOTES} says that {version} has schema {said[version]}, but the newest migration is {newest}. "
            f"If {version} was released, raise the version; else begin its notes with 'Schema {newest}.'"
        )
    earlier = {name: schema for name, schema in said.items() if Version(name) < Version(version)}
    if not earlier:
        return
    last = max(earlier, key=Version)
    if newest < earlier[last]:
        raise Refused(
            f"{last} had schema {earlier[last]}, but the newest migration is {newest}: one is missing."
        )
    if newest > earlier[last] and series(last) == series(version):
        major, minor = Version(version).major, Version(version).minor
        raise Refused(
            f"The schema goes from {earlier[last]} to {newest}: {last} does not open the database any more. "
            f"That is no repair of {series(last)}: `make version VERSION={major}.{minor + 1}.0`."
        )


def _is_version(tag: str) -> bool:
    try:
        return bool(Version(tag))
    except InvalidVersion:
        return False
