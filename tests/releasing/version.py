"""Writes a version wherever it stands: `make version VERSION=0.2.0`, before a release and after it.

A version in work, such as 0.3.0.dev0, stands in pyproject.toml and the package alone. Everything else names
what was released last.
"""

import argparse
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from packaging.version import InvalidVersion, Version

from tests.releasing.sources import (
    CHANGELOG,
    NOTES,
    NUMBER,
    PACKAGE,
    PLACES,
    UNRELEASED,
    Refused,
    headed_texts,
    newest_schema,
    released_versions,
    series,
)

ROOT = Path(__file__).resolve().parents[2]


def write_version(root: Path, version: str, day: date) -> list[str]:
    """Write version and day to every place; give the changed files. Raises Refused before it writes."""
    _check(root, version)
    values = {"version": version, "series": series(version), "day": day.isoformat()}
    texts = {name: (root / name).read_text("utf-8") for name, _pattern, _value in PLACES}
    for name, pattern, value in PLACES:
        if name in ("pyproject.toml", PACKAGE) or not Version(version).is_devrelease:
            texts[name] = re.sub(pattern, rf"\g<1>{values[value]}", texts[name], flags=re.MULTILINE)
    if not Version(version).is_devrelease:
        begin = f"{version}\n\nSchema {newest_schema(root)}."
        texts[CHANGELOG] = _headed(root, CHANGELOG, version, f"{version} - {day}")
        texts[NOTES] = _headed(root, NOTES, version, begin)
    changed = [name for name, text in texts.items() if text != (root / name).read_text("utf-8")]
    for name in changed:
        (root / name).write_text(texts[name], "utf-8")
    return changed


def _check(root: Path, version: str) -> None:
    try:
        in_order = re.fullmatch(rf"{NUMBER}(\.dev\d+)?", version) and Version(version)
    except InvalidVersion:
        in_order = None
    if not in_order:
        raise Refused(f"'{version}' is no version such as 0.2.0, or 0.3.0.dev0 for one in work.")
    released = released_versions(root, "--merged", "HEAD")
    if newer := sorted(name for name in released if Version(name) >= in_order):
        raise Refused(f"{', '.join(newer)} was released already: {version} has to be higher.")
    if in_order.is_devrelease:
        return
    for name in (CHANGELOG, NOTES):
        headings = {heading.split(" ")[0] for heading in headed_texts(root, name)}
        if {version, UNRELEASED} <= headings:
            raise Refused(
                f"{name} has both '{version}' and '{UNRELEASED}': move what is new under '{version}'."
            )
        if not {version, UNRELEASED} & headings:
            raise Refused(f"{name} has nothing under '{UNRELEASED}' that {version} could bring.")


def _headed(root: Path, name: str, version: str, heading: str) -> str:
    """A document with this heading in place of what is unreleased, or of the version's earlier one."""
    own = rf"{re.escape(version)}\b.*(?:\n\nSchema \d{{4}}\.)?"
    return re.sub(
        rf"^## (?:{UNRELEASED}|{own})$", f"## {heading}", (root / name).read_text("utf-8"), flags=re.MULTILINE
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version")
    parser.add_argument("--day", type=date.fromisoformat, help="the day of the release; today unless given")
    arguments = parser.parse_args()
    try:
        changed = write_version(ROOT, arguments.version, arguments.day or datetime.now(UTC).date())
    except Refused as error:
        sys.exit(f"No version: {error}")
    sys.stdout.writelines(f"{name}\n" for name in changed)


if __name__ == "__main__":
    main()
