"""The sectors are the WZ 2008 with all its sections and divisions; legal forms go with them."""

from typing import Any

import pytest

from dnk_tool.catalogue import CatalogueError, load_sectors, sectors
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.sectors import build_sectors
from dnk_tool.catalogue.values import Text

# WZ 2008 leaves out 04, 34, 40, 44, 48, 54, 57, 67, 76, 83 and 89.
UNUSED = {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}


def test_all_sections_and_divisions_of_the_classification_are_there() -> None:
    sectors = load_sectors()
    assert [section.key for section in sectors.sections] == list("ABCDEFGHIJKLMNOPQRSTU")
    assert list(sectors.divisions) == [f"{number:02d}" for number in range(1, 100) if number not in UNUSED]
    assert len(sectors.divisions) == 88


def test_divisions_follow_their_sections() -> None:
    sectors = load_sectors()
    assert [division for section in sectors.sections for division in section.divisions] == list(
        sectors.divisions.values()
    )


@pytest.mark.parametrize(
    ("key", "section", "german"),
    [
        ("01", "A", "Landwirtschaft, Jagd und damit verbundene Tätigkeiten"),
        ("25", "C", "Herstellung von Metallerzeugnissen"),
        ("43", "F", "Vorbereitende Baustellenarbeiten, Bauinstallation und sonstiges Ausbaugewerbe"),
        ("62", "J", "Erbringung von Dienstleistungen der Informationstechnologie"),
        ("99", "U", "Exterritoriale Organisationen und Körperschaften"),
    ],
)
def test_a_division_has_its_established_title(key: str, section: str, german: str) -> None:
    division = load_sectors().divisions[key]
    assert (division.section, division.label.de) == (section, german)


def test_legal_forms_of_small_companies_are_there() -> None:
    forms = load_sectors().legal_forms
    assert {"sole-proprietor", "gbr", "gmbh", "gmbh-co-kg", "ug", "eg", "ev", "other"} <= set(forms)
    assert forms["foundation"].label == Text("Stiftung", "Foundation")


def test_they_are_loaded_once_and_name_their_source() -> None:
    assert load_sectors() is load_sectors()
    assert "WZ 2008" in load_sectors().source


def test_faults_are_reported_with_file_and_key(copy: Any) -> None:
    copy.plant("sectors", "- key: '02'", "- key: '01'")
    copy.plant("sectors", "- key: '05'\n  section: 'B'", "- key: '05'\n  section: 'X'")
    copy.plant("sectors", "    en: Foundation\n", "")
    _, problems = build_sectors(copy.folder)
    assert problems == [
        Problem("criteria/sectors.yaml", "divisions", "'01' stands twice"),
        Problem("criteria/sectors.yaml", "divisions[3].section", "names the unknown section 'X'"),
        Problem("criteria/sectors.yaml", "legal_forms[11].label.en", "translation is missing"),
    ]


def test_a_missing_file_is_an_error_that_names_it(copy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.file("sectors").unlink()
    monkeypatch.setattr(sectors, "criteria_folder", lambda: copy.folder)
    with pytest.raises(CatalogueError, match=r"criteria/sectors\.yaml: \(file\): cannot be read"):
        load_sectors.__wrapped__()
