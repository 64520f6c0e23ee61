"""The documents: what they name exists, their links lead somewhere, and the first screen stays one."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dnk_tool.domain.permissions import RESTORABLE
from tests.translations import read_english

ROOT = Path(__file__).parents[2]
PATH = re.compile(r"`((?:dnk_tool|templates|criteria|tests|docs)/[\w./-]*\w)`(?: \(`(\w+)`\))?")
NAMED = sorted(
    {
        (page, *mention)
        for page in ("tutorial.md", "cookbook.md", "architecture.md")
        for mention in PATH.findall((ROOT / "docs" / page).read_text("utf-8"))
    }
)


@pytest.mark.parametrize(("page", "path", "name"), NAMED)
def test_what_it_names_exists(page: str, path: str, name: str) -> None:
    file = ROOT / path
    assert file.exists(), f"docs/{page} names {path}"
    if name:
        tree = ast.parse(file.read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert name in names, f"docs/{page} looks for {name} in {path}"


@pytest.mark.parametrize("page", ["tutorial.md", "cookbook.md"])
def test_it_names_enough_to_be_followed(page: str) -> None:
    assert len({path for named, path, _ in NAMED if named == page}) >= 15


LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')
COMMAND = re.compile(r"^    (\S[^#\n]*?)\s*(?:#.*)?$", re.MULTILINE)
READMES = {"README.md": "docs/features", "README.de.md": "docs/features/de"}
DOCUMENTS = [
    path
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    if path.name != "CHANGELOG.md"
]


def _links_of_document(path: Path) -> list[str]:
    """What a document links to, without what stands as code."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    return [link or source for link, source in LINK.findall(text)]


def _anchors(path: Path) -> set[str]:
    """The anchors that a forge makes of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_leads_somewhere(path: Path) -> None:
    dead = []
    for link in _links_of_document(path):
        if re.match(r"https?://|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("name", READMES)
def test_the_readme_is_one_screen_and_begins_with_two_commands(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert len(text.splitlines()) <= 90
    assert len(text.split()) <= 800
    assert COMMAND.findall(text)[:2] == ["make demo", "make test"]


def test_both_readmes_link_each_other_and_the_same_pages() -> None:
    linked = {}
    for name, features in READMES.items():
        links = _links_of_document(ROOT / name)
        assert (set(READMES) - {name}) <= set(links[:4])
        linked[name] = [link.replace(features, "FEATURES") for link in links if link not in READMES]
    assert linked["README.md"] == linked["README.de.md"]


@pytest.mark.parametrize(("name", "folder"), READMES.items())
def test_each_page_of_features_is_linked(name: str, folder: str) -> None:
    pages = {f"{folder}/{path.name}" for path in (ROOT / folder).glob("*.md")}
    assert len(pages) >= 16
    assert pages <= set(_links_of_document(ROOT / name))


def test_each_page_of_features_has_its_german_counterpart() -> None:
    linked = [
        {
            path.name: [link.replace("../", "") for link in _links_of_document(path)]
            for path in (ROOT / folder).glob("*.md")
        }
        for folder in READMES.values()
    ]
    assert linked[0] == linked[1]


@pytest.mark.parametrize("name", READMES)
def test_each_reader_has_four_lines_with_a_page_each(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    readers = re.findall(r"^\*\*.+\*\*\n((?:- .+\n)+)", text, re.MULTILINE)
    lines = [reader.splitlines() for reader in readers]
    assert [len(reader) for reader in lines] == [4, 4, 4, 4]
    pages = [page for reader in lines for line in reader for page in LINK.findall(line)]
    assert len({page for page, _ in pages}) == 16


def test_every_document_is_reached_from_their_start_page() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        path = waiting.pop().resolve()
        if path.suffix == ".md" and path not in reached:
            reached.add(path)
            waiting += [
                path.parent / link.partition("#")[0] for link in _links_of_document(path) if "://" not in link
            ]
    # Decisions are a folder to look into; German pages are reached from the German README.
    listed = {path for path in DOCUMENTS if path.parent.name not in ("decisions", "de")}
    assert {str(path.relative_to(ROOT)) for path in listed - reached} <= READMES.keys()


def _metadata() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    read = YAML(typ="safe").load
    return project, read(ROOT / "publiccode.yml"), read(ROOT / "CITATION.cff")


def test_package_citation_and_public_code_say_the_same() -> None:
    """Between two releases the package has a version in work, and everything else names the last release."""
    project, public_code, citation = _metadata()
    released = project["version"]
    if ".dev" in released:
        released = re.findall(r"^## ([\d.]+) - ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]
    assert {public_code["softwareVersion"], citation["version"]} == {released}
    assert public_code["releaseDate"] == citation["date-released"]
    assert {project["license"], public_code["legal"]["license"], citation["license"]} == {"MIT"}
    (author,), (other,) = project["authors"], citation["authors"]
    assert author == other == public_code["maintenance"]["contacts"][0]
    for name in READMES:
        wheels = re.findall(r"dnk_tool-([\d.]+)-py3|dnk-tool-([\d.]+)-constraints", (ROOT / name).read_text())
        assert {version for pair in wheels for version in pair if version} == {released}


def test_public_code_has_all_that_its_standard_demands_but_the_address() -> None:
    """The address is not known yet; once it is, all three files name it."""
    project, public_code, citation = _metadata()
    assert public_code["publiccodeYmlVersion"] == "0.4"
    wanted = {"name", "platforms", "categories", "developmentStatus", "softwareType", "releaseDate"}
    wanted |= {"description", "legal", "maintenance", "localisation"}
    assert wanted <= public_code.keys()
    for language in ("de", "en"):
        described = public_code["description"][language]
        assert len(described["shortDescription"]) <= 150
        assert 500 <= len(described["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in described["features"])
        assert all((ROOT / picture).exists() for picture in described["screenshots"])
    assert set(public_code["localisation"]) == {"localisationReady", "availableLanguages"}
    known = ["url" in public_code, "urls" in project, "repository-code" in citation]
    assert len(set(known)) == 1


# How long something deleted can be restored.
DAYS_SAID = {
    "docs/architecture.md": (r"deleted declaration is left out .*, after (\d+) days, erased",),
    "docs/data-classes.md": (
        r"or (\d+) days after somebody deleted it",
        r"removed ones for (\d+) days",
    ),
    "docs/data-protection/loeschkonzept.md": (
        r"\*\*Erklärung\*\* ist nach dem Löschen (\d+) Tage lang wiederherzustellen",
        r"\*\*Gelöschte Maßnahme\*\* .* (\d+) Tage, in keiner Summe",
        r"\*\*Gelöschte Erklärung\*\* .* (\d+) Tage, niemandem gezeigt",
        r"(\d+) Tage lang lässt sie sich wiederherstellen",
    ),
    "docs/decisions/0017-deletion-of-companies.md": (r"restored for (\d+) days",),
    "docs/decisions/0022-deleted-declarations.md": (
        r"can be restored for (\d+) days",
        r"After (\d+) days the daily",
        r"checkable for the (\d+) days",
        r"within the (\d+) days",
    ),
    "docs/decisions/0037-measures-of-the-company.md": (r"can be restored for (\d+) days",),
    "docs/features/de/writing.md": (r"gelöschte Erklärung lässt sich (\d+) Tage lang wiederherstellen",),
    "docs/features/writing.md": (r"deleted can be restored for (\d+) days",),
    "docs/operations.md": (r"erased once (\d+) whole days have passed since a company deleted",),
    "docs/personal-data.md": (r"that can still be restored stays stored for (\d+) days",),
    "docs/upgrading.md": (r"that companies delete are kept for (\d+) days",),
}
OF_RESTORING = re.compile(
    r"(\d+ (days|Tagen?)\b.*(restor|wiederherst)|(restor|wiederherst).*\d+ (days|Tagen?)\b)", re.I
)


@pytest.mark.parametrize("name", DAYS_SAID)
def test_each_document_says_as_many_days_as_the_code(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    for words in DAYS_SAID[name]:
        said = re.findall(words, text)
        assert said, (name, words)
        assert set(said) == {str(RESTORABLE.days)}


def test_no_other_document_says_how_many_days() -> None:
    """A new place belongs into the list above."""
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "criteria").glob("*.yaml"), *ROOT.glob("README*.md")]
    saying = {
        str(page.relative_to(ROOT))
        for page in pages
        if any(OF_RESTORING.search(line) for line in page.read_text("utf-8").splitlines())
    }
    assert saying <= DAYS_SAID.keys()


def test_no_word_of_a_page_has_the_number_in_it() -> None:
    """Pages are given the number."""
    fixed = [message.id for message in read_english() if OF_RESTORING.search(str(message.id))]
    assert fixed == []
