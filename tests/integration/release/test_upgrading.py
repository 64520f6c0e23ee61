"""Every version of the changelog tells operators what it asks of them, in the same order."""

import re
from pathlib import Path

from dnk_tool.store.schema import head_revision
from tests.releasing.sources import UNRELEASED, newest_schema, schemas

ROOT = Path(__file__).parents[3]
HEADING = re.compile(r"^## (\S+)", re.MULTILINE)


def versions(file: str) -> list[str]:
    return HEADING.findall((ROOT / file).read_text("utf-8"))


def test_every_version_has_notes_for_upgrading() -> None:
    assert versions("docs/upgrading.md") == versions("CHANGELOG.md")


def test_no_notes_are_empty() -> None:
    _before, *sections = re.split(
        r"^## ", (ROOT / "docs/upgrading.md").read_text("utf-8"), flags=re.MULTILINE
    )
    assert [section for section in sections if "\n- " not in section] == []


def test_what_the_notes_refer_to_exists() -> None:
    text = (ROOT / "docs/upgrading.md").read_text("utf-8")
    for page, anchor in re.findall(r"\]\((\w+\.md)#([\w-]+)\)", text):
        headings = re.findall(r"^#+ (.*)$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_notes_name_the_present_schema() -> None:
    """A migration that the notes do not tell of would leave operators without a way back that they expect."""
    named = re.findall(r"\bschema (\d{4})\b", (ROOT / "docs/upgrading.md").read_text("utf-8"), re.IGNORECASE)
    assert max(named, default=None) == head_revision() == newest_schema(ROOT)


def test_every_release_says_its_schema() -> None:
    released = [version for version in versions("docs/upgrading.md") if version != UNRELEASED]
    said = schemas(ROOT)
    assert list(said) == released
    assert list(said.values()) == sorted(said.values(), reverse=True)
