"""`dnk catalogue check` names faults with file and key and says how much is unconfirmed."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dnk_tool.catalogue import editions
from dnk_tool.catalogue.check import check_edition
from dnk_tool.cli.catalogue import catalogue
from dnk_tool.paths import criteria_folder

EDITION = "dnk-2017"


def _check_catalogue(*arguments: str) -> Result:
    return CliRunner().invoke(catalogue, ["check", *arguments])


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A copy with one fault in the edition and one in what editions share."""
    folder = tmp_path / "criteria"
    shutil.copytree(criteria_folder(), folder)
    (file,) = (folder / EDITION).glob("13-*.yaml")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("table: goals", "table: gaols", 1), encoding="utf-8")
    sectors = folder / "sectors.yaml"
    sectors.write_text(
        sectors.read_text(encoding="utf-8").replace("    en: Foundation\n", ""), encoding="utf-8"
    )
    return folder


def test_the_installed_editions_are_clean() -> None:
    result = _check_catalogue()
    assert result.exit_code == 0, result.output
    for edition in editions():
        assert f"{edition}: no problems" in result.output


def test_the_number_of_uncertain_marks_is_printed() -> None:
    counted = Counter(
        (mark.kind, mark.verified.name.lower())
        for mark in check_edition(criteria_folder(), EDITION).unverified
    )
    result = _check_catalogue(EDITION)
    for (kind, level), count in counted.items():
        (line,) = [line for line in result.output.splitlines() if line.startswith(f"  {kind}: ")]
        assert f"{count} {level}" in line


def test_each_mark_is_listed_on_demand() -> None:
    assert "unconfirmed  aspect  13.1" not in _check_catalogue(EDITION).output
    assert "unconfirmed  aspect  13.1" in _check_catalogue(EDITION, "--marks").output


def test_a_fault_is_printed_with_file_and_key(faulty: Path) -> None:
    result = _check_catalogue("--folder", str(faulty))
    assert result.exit_code == 1
    assert "dnk-2017/13-klima.yaml: aspects[1].table: names the unknown table 'gaols'" in result.output
    assert "criteria/sectors.yaml: legal_forms[11].label.en: translation is missing" in result.output
    assert "dnk-2017: 1 problem\n" in result.output


def test_one_edition_is_checked_alone(faulty: Path) -> None:
    result = _check_catalogue(EDITION, "--folder", str(faulty))
    assert result.exit_code == 1
    assert "13-klima.yaml" in result.output
    assert "sectors.yaml" not in result.output


def test_json_holds_problems_and_marks(faulty: Path) -> None:
    result = _check_catalogue(EDITION, "--json", "--marks", "--folder", str(faulty))
    data = json.loads(result.output)
    assert result.exit_code == 1
    assert data["problems"] == [
        {
            "file": "dnk-2017/13-klima.yaml",
            "key": "aspects[1].table",
            "message": "names the unknown table 'gaols'",
        }
    ]
    (edition,) = data["editions"]
    assert edition["edition"] == EDITION
    assert sum(edition["uncertain"]["aspect"].values()) == len(
        [mark for mark in edition["marks"] if mark["kind"] == "aspect"]
    )


def test_json_without_marks_is_short() -> None:
    data = json.loads(_check_catalogue("--json").output)
    assert data["problems"] == []
    assert all("marks" not in edition for edition in data["editions"])


def test_an_unknown_edition_is_refused() -> None:
    result = _check_catalogue("dnk-1900")
    assert result.exit_code == 2
    assert "'dnk-1900' is not among: " in result.output


def test_a_folder_without_editions_is_refused(tmp_path: Path) -> None:
    assert _check_catalogue("--folder", str(tmp_path)).exit_code == 2
