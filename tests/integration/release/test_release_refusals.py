"""F15: what `make release` refuses, and what `make version` writes, in a small repository of a few files."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.integration.release.conftest import ROOT, VERSION, begin_notes, commit_all, git
from tests.releasing import sources, version
from tests.releasing.sources import Refused, check_night, check_sources

DAY = date(2026, 12, 1)
FILES = {
    "pyproject.toml": '[project]\nversion = "0.2.0.dev0"\n',
    "dnk_tool/__init__.py": '__version__ = "0.2.0.dev0"\n',
    "CITATION.cff": 'cff-version: 1.2.0\nversion: 0.1.0\ndate-released: "2026-11-27"\n',
    "publiccode.yml": 'publiccodeYmlVersion: "0.4"\nsoftwareVersion: 0.1.0\nreleaseDate: "2026-11-27"\n',
    "README.md": "pip install dnk_tool-0.1.0-py3-none-any.whl -r dnk-tool-0.1.0-constraints.txt\n",
    "README.de.md": "pip install dnk_tool-0.1.0-py3-none-any.whl\n",
    "docs/operations.md": "Here for version 0.1.0: tar xf dnk_tool-0.1.0.tar.gz; Debian 13.0.1\n",
    "SECURITY.md": "| 0.1.x | yes |\n| an older 0.x | critical |\n\nA repair is the next 0.1.x.\n",
    ".github/ISSUE_TEMPLATE/fault.yml": "placeholder: dnk-tool 0.1.0, SQLite, Firefox 140\n",
    "CHANGELOG.md": "# Changes\n\n## Unreleased\n\n- New.\n\n## 0.1.0 - 2026-11-27\n\n- First.\n",
    "docs/upgrading.md": "# Notes\n\n## Unreleased\n\n- Do this.\n\n## 0.1.0\n\nSchema 0016.\n\n- Nothing.\n",
    "dnk_tool/store/migrations/versions/0016_first.py": "",
    "dnk_tool/store/migrations/versions/0017_second.py": "",
    "tests/data/released/2026-11/recorded.json": json.dumps({"program": "0.1.0", "schema": "0016"}, indent=1),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small repository between two releases."""
    root = tmp_path / "repository"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit_all(root)
    return root


@pytest.fixture
def ready(repository: Path) -> Path:
    """The same, with 0.2.0 to be released."""
    version.write_version(repository, "0.2.0", DAY)
    commit_all(repository)
    return repository


def edit(root: Path, name: str, before: str, after: str) -> None:
    path = root / name
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    commit_all(root)


def test_make_version_writes_all_that_a_release_asks_for(repository: Path) -> None:
    with pytest.raises(Refused, match=r"0\.2\.0\.dev0 is in work\. `make version VERSION=0\.2\.0`"):
        check_sources(repository, "v0.2.0")
    changed = version.write_version(repository, "0.2.0", DAY)
    commit_all(repository)
    assert check_sources(repository, "v0.2.0") == "0.2.0"
    unchanged = {name for name in FILES if name.startswith(("tests/", sources.MIGRATIONS))}
    assert set(changed) == FILES.keys() - unchanged
    assert (repository / "CHANGELOG.md").read_text() == FILES["CHANGELOG.md"].replace(
        "Unreleased", "0.2.0 - 2026-12-01"
    )
    assert (repository / "docs/upgrading.md").read_text() == FILES["docs/upgrading.md"].replace(
        "Unreleased", "0.2.0\n\nSchema 0017."
    )
    assert (repository / "SECURITY.md").read_text() == FILES["SECURITY.md"].replace("0.1.x", "0.2.x")
    for name in ("CITATION.cff", "publiccode.yml", "README.md", "README.de.md", "docs/operations.md"):
        said = FILES[name].replace("0.1.0", "0.2.0").replace("2026-11-27", "2026-12-01")
        assert (repository / name).read_text() == said


def test_make_version_dates_a_release_anew_and_goes_on_after_it(ready: Path) -> None:
    version.write_version(ready, "0.2.0", date(2026, 12, 5))
    commit_all(ready)
    assert "## 0.2.0 - 2026-12-05\n\n- New." in (ready / "CHANGELOG.md").read_text()
    assert (ready / "docs/upgrading.md").read_text().count("Schema 0017.") == 1
    assert check_sources(ready, "v0.2.0")
    git(ready, "tag", "v0.2.0")
    assert version.write_version(ready, "0.3.0.dev0", DAY) == ["pyproject.toml", "dnk_tool/__init__.py"]
    with pytest.raises(Refused, match="has nothing under 'Unreleased'"):
        version.write_version(ready, "0.3.0", DAY)


def test_make_version_finds_all_places_of_these_sources(tmp_path: Path) -> None:
    names = FILES.keys() - {name for name in FILES if name.startswith(("tests/", sources.MIGRATIONS))}
    migrations = {str(file.relative_to(ROOT)) for file in (ROOT / sources.MIGRATIONS).glob("*.py")}
    for name in names | migrations:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    begin_notes(tmp_path)
    commit_all(tmp_path)
    version.write_version(tmp_path, VERSION, DAY)
    commit_all(tmp_path)
    assert check_sources(tmp_path, f"v{VERSION}") == VERSION
    assert sources.schemas(tmp_path)[VERSION] == sources.newest_schema(ROOT)


@pytest.mark.parametrize("number", ["0.1.0", "0.1.0.dev0", "0.0.9", "0.2", "v0.2.0", "next", "0.2.0rc1"])
def test_make_version_refuses_what_is_not_higher_or_no_version(repository: Path, number: str) -> None:
    with pytest.raises(Refused, match=r"has to be higher|is no version such as"):
        version.write_version(repository, number, DAY)
    git(repository, "diff", "--exit-code")


def test_text_under_unreleased_is_refused(ready: Path) -> None:
    edit(ready, "CHANGELOG.md", "## 0.2.0", "## Unreleased\n\n- Late.\n- Later.\n\n## 0.2.0")
    with pytest.raises(Refused, match=r"CHANGELOG\.md has 2 lines under 'Unreleased'.*move them"):
        check_sources(ready, "v0.2.0")
    with pytest.raises(Refused, match=r"CHANGELOG\.md has both '0\.2\.0' and 'Unreleased'"):
        version.write_version(ready, "0.2.0", DAY)
    edit(ready, "CHANGELOG.md", "- Late.\n- Later.\n\n", "")
    assert check_sources(ready, "v0.2.0"), "an empty heading hides nothing"
    edit(ready, "docs/upgrading.md", "## 0.2.0", "## Unreleased\n\n- Late.\n\n## 0.2.0")
    with pytest.raises(Refused, match=r"docs/upgrading\.md has 1 lines under 'Unreleased'"):
        check_sources(ready, "v0.2.0")


def test_an_unchanged_version_is_refused(ready: Path) -> None:
    git(ready, "tag", "v0.2.0")
    assert check_sources(ready, "v0.2.0"), "made once more from the same commit"
    edit(ready, "CHANGELOG.md", "- New.", "- New, and more.")
    with pytest.raises(Refused, match=r"The tag v0\.2\.0 names another commit\. Raise the version"):
        check_sources(ready, "v0.2.0")
    git(ready, "tag", "--delete", "v0.2.0")
    edit(ready, "tests/data/released/2026-11/recorded.json", "0.1.0", "0.2.0")
    with pytest.raises(Refused, match=r"0\.2\.0 was released: see .*2026-11\. Raise the version"):
        check_sources(ready, "v0.2.0")


def test_an_older_version_than_what_it_grew_out_of_is_refused(ready: Path) -> None:
    git(ready, "tag", "v0.10.0")
    with pytest.raises(Refused, match=r"0\.2\.0 is older than what was released: 0\.10\.0\. Raise"):
        check_sources(ready, "v0.2.0")
    git(ready, "tag", "--delete", "v0.10.0")
    git(ready, "switch", "--quiet", "--orphan", "newer")
    git(ready, "commit", "--quiet", "--allow-empty", "--message", "Newer")
    for tag in ("v0.3.0", "vendored"):
        git(ready, "tag", tag)
    git(ready, "switch", "--quiet", "main")
    assert check_sources(ready, "v0.2.0"), "a repair of an older series, beside the newer one"
    git(ready, "tag", "v0.2.1", "newer")
    with pytest.raises(Refused, match=r"older than what was released: 0\.2\.1\."):
        check_sources(ready, "v0.2.0")


def test_a_schema_that_the_version_does_not_say_is_refused(ready: Path) -> None:
    edit(ready, "docs/upgrading.md", "Schema 0017.\n\n", "")
    with pytest.raises(
        Refused, match=r"does not say which schema 0\.2\.0 has: begin it with 'Schema 0017\.'"
    ):
        check_sources(ready, "v0.2.0")
    edit(ready, "docs/upgrading.md", "## 0.2.0\n", "## 0.2.0\n\nSchema 0017.\n")
    (ready / sources.MIGRATIONS / "0018_third.py").write_text("")
    commit_all(ready)
    with pytest.raises(Refused, match=r"says that 0\.2\.0 has schema 0017, but the newest migration is 0018"):
        check_sources(ready, "v0.2.0")
    edit(ready, "docs/upgrading.md", "Schema 0016", "Schema 0019")
    edit(ready, "docs/upgrading.md", "Schema 0017", "Schema 0018")
    with pytest.raises(
        Refused, match=r"0\.1\.0 had schema 0019, but the newest migration is 0018: one is missing"
    ):
        check_sources(ready, "v0.2.0")


def test_a_repair_with_another_schema_is_refused(repository: Path) -> None:
    version.write_version(repository, "0.1.1", DAY)
    commit_all(repository)
    with pytest.raises(
        Refused, match=r"from 0016 to 0017.*no repair of 0\.1\.x: `make version VERSION=0\.2\.0`"
    ):
        check_sources(repository, "v0.1.1")
    (repository / sources.MIGRATIONS / "0017_second.py").unlink()
    edit(repository, "docs/upgrading.md", "Schema 0017", "Schema 0016")
    assert check_sources(repository, "v0.1.1") == "0.1.1"


def test_sources_that_say_different_things_are_refused(ready: Path) -> None:
    with pytest.raises(Refused, match=r"the tag to come is v0\.2\.0, not 'v0\.3\.0'"):
        check_sources(ready, "v0.3.0")
    (ready / "stray.txt").write_text("")
    with pytest.raises(Refused, match=r"not committed(.|\n)*stray\.txt"):
        check_sources(ready, "v0.2.0")
    (ready / "stray.txt").unlink()
    for name in ("dnk_tool/__init__.py", "CITATION.cff", "README.de.md", ".github/ISSUE_TEMPLATE/fault.yml"):
        edit(ready, name, "0.2.0", "0.1.0")
        with pytest.raises(Refused, match=rf"{name} says 0\.1\.0, not 0\.2\.0\. `make version"):
            check_sources(ready, "v0.2.0")
        edit(ready, name, "0.1.0", "0.2.0")
    edit(ready, "publiccode.yml", "2026-12-01", "2026-12-02")
    with pytest.raises(Refused, match=r"publiccode\.yml says 2026-12-02, not 2026-12-01"):
        check_sources(ready, "v0.2.0")
    edit(ready, "publiccode.yml", "2026-12-02", "2026-12-01")
    edit(ready, "docs/upgrading.md", "## 0.2.0", "## 0.2")
    with pytest.raises(Refused, match=r"docs/upgrading\.md has no heading '## 0\.2\.0'"):
        check_sources(ready, "v0.2.0")
    edit(ready, "CHANGELOG.md", "0.2.0 - 2026-12-01", "0.2.0 – soon")
    with pytest.raises(Refused, match=r"no heading '## 0\.2\.0 - YYYY-MM-DD'"):
        check_sources(ready, "v0.2.0")


def test_what_no_green_night_has_seen_is_refused(repository: Path) -> None:
    night = sources.commit_id(repository, "HEAD")
    check_night(repository, night)
    version.write_version(repository, "0.2.0", DAY)
    for name in ("docs/example/page-1.png", "docs/screens/cockpit.png"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_bytes(b"made anew")
    commit_all(repository)
    check_night(repository, night)
    with pytest.raises(Refused, match="No green night is noted"):
        check_night(repository, "")
    with pytest.raises(Refused, match="git diff"):
        check_night(repository, "0" * 40)
    (repository / "dnk_tool/new.py").write_text("")
    commit_all(repository)
    with pytest.raises(Refused, match=r"there changed: dnk_tool/new\.py\."):
        check_night(repository, night)
