"""The sectors are WZ 2025 and, for what was stored before, WZ 2008; waste codes are those of their year."""

from datetime import date
from typing import Any

import pytest

from dnk_tool.catalogue import CatalogueError, load_sectors, sectors
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.sectors import SectorClassification, build_sectors
from dnk_tool.catalogue.values import Text, Verification
from dnk_tool.catalogue.waste_codes import WasteCode, build_waste_codes, load_waste_codes

# WZ 2008 leaves out 04, 34, 40, 44, 48, 54, 57, 67, 76, 83 and 89, WZ 2025 also 45.
UNUSED = {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}
CHANGE = date(2026, 12, 9)


def test_13_all_parts_of_both_classifications_are_there() -> None:
    current, former = load_sectors().current, load_sectors().former
    assert [section.key for section in former.sections] == list("ABCDEFGHIJKLMNOPQRSTU")
    assert [section.key for section in current.sections] == list("ABCDEFGHIJKLMNOPQRSTUV")
    assert list(former.divisions) == [f"{number:02d}" for number in range(1, 100) if number not in UNUSED]
    assert set(current.divisions) == set(former.divisions) - {"45"}
    assert (len(current.divisions), len(current.classes)) == (87, 651)


@pytest.mark.parametrize("name", ["current", "former"])
def test_divisions_follow_their_sections(name: str) -> None:
    known: SectorClassification = getattr(load_sectors(), name)
    assert [division for section in known.sections for division in section.divisions] == list(
        known.divisions.values()
    )


@pytest.mark.parametrize(
    ("stored", "section", "german"),
    [
        ("01", "A", "Landwirtschaft, Jagd und damit verbundene Tätigkeiten"),
        ("25", "C", "Herstellung von Metallerzeugnissen"),
        ("43", "F", "Vorbereitende Baustellenarbeiten, Bauinstallation und sonstiges Ausbaugewerbe"),
        ("62", "J", "Erbringung von Dienstleistungen der Informationstechnologie"),
        ("99", "U", "Exterritoriale Organisationen und Körperschaften"),
    ],
)
def test_a_division_of_the_former_one_has_its_established_title(
    stored: str, section: str, german: str
) -> None:
    assert load_sectors().former.divisions[stored].section == section
    sector = load_sectors().sector(stored)
    assert sector is not None
    assert (sector.classification, sector.code, sector.label.de) == ("WZ 2008", stored, german)


@pytest.mark.parametrize(
    ("code", "section", "english"),
    [("68", "M", "Real estate activities"), ("43.21", "F", "Electrical installation"), ("62", "K", "")],
)
def test_13_sections_have_other_letters_from_j_on(code: str, section: str, english: str) -> None:
    known = load_sectors()
    sector = known.sector(f"WZ 2025: {code}")
    assert sector is not None
    assert (sector.stored, known.current.divisions[code[:2]].section) == (f"WZ 2025: {code}", section)
    assert sector.label.en.startswith(english)


@pytest.mark.parametrize("words", ["", "Drechslerei", "25.11", "WZ 2025: 45", "WZ 2025: 99.99", "2025: 43"])
def test_13_other_words_are_no_sector(words: str) -> None:
    known = load_sectors()
    assert (known.sector(words), known.proposals(words)) == (None, ())
    assert known.compared_divisions(words) == frozenset()


@pytest.mark.parametrize(
    ("stored", "proposed"),
    [
        ("62", ["62"]),
        ("31", ["31"]),
        ("41", ["41", "43", "68", "91"]),
        ("45", ["46", "47", "95"]),
        ("88", ["88", "85"]),
        ("WZ 2025: 62", []),
    ],
)
def test_13_a_former_code_is_proposed_whole_or_asked_for(stored: str, proposed: list[str]) -> None:
    assert [sector.code for sector in load_sectors().proposals(stored)] == proposed


def test_13_most_divisions_went_over_whole() -> None:
    successors = load_sectors().successors
    assert successors.keys() == load_sectors().former.divisions.keys()
    assert sum(len(codes) == 1 for codes in successors.values()) == 55


@pytest.mark.parametrize(
    ("stored", "divisions"),
    [("WZ 2025: 43.21", {"43"}), ("43", {"43"}), ("41", {"41"}), ("45", {"46", "47", "95"})],
)
def test_13_all_are_compared_in_one_classification(stored: str, divisions: set[str]) -> None:
    assert load_sectors().compared_divisions(stored) == divisions


def test_13_a_section_holds_stored_codes_of_both() -> None:
    computing, trade = load_sectors().stored_in("K"), load_sectors().stored_in("G")
    assert {"WZ 2025: 62", "WZ 2025: 62.10", "62"} <= set(computing)
    assert not {"58", "64", "WZ 2025: 64"} & set(computing)
    assert "45" in trade


def test_legal_forms_of_small_companies_are_there() -> None:
    forms = load_sectors().legal_forms
    assert {"sole-proprietor", "gbr", "gmbh", "gmbh-co-kg", "ug", "eg", "ev", "other"} <= set(forms)
    assert forms["foundation"].label == Text("Stiftung", "Foundation")


def test_they_are_loaded_once_and_name_their_source() -> None:
    assert load_sectors() is load_sectors()
    assert "WZ 2008" in load_sectors().former.source
    assert "WZ 2025" in load_sectors().current.source


def test_faults_are_reported_with_file_and_key(copy: Any) -> None:
    copy.plant("sectors", "- key: '02'", "- key: '01'")
    copy.plant("sectors", "- key: '05'\n  section: 'B'", "- key: '05'\n  section: 'X'")
    copy.plant("sectors", "    en: Foundation\n", "")
    copy.plant("sector-classification", "{key: '05', divisions: ['05']}", "{key: '05', divisions: ['45']}")
    _, problems = build_sectors(copy.folder)
    assert problems == [
        Problem("criteria/sector-classification.yaml", "successors", "'02' is no division of WZ 2008"),
        Problem("criteria/sector-classification.yaml", "successors", "'05' names the unknown division '45'"),
        Problem("criteria/sectors.yaml", "divisions", "'01' stands twice"),
        Problem("criteria/sectors.yaml", "divisions[3].section", "names the unknown section 'X'"),
        Problem("criteria/sectors.yaml", "legal_forms[11].label.en", "translation is missing"),
    ]


@pytest.mark.parametrize("name", ["sectors", "sector-classification"])
def test_a_missing_file_is_an_error_that_names_it(
    name: str, copy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.file(f"{name}.yaml").unlink()
    monkeypatch.setattr(sectors, "criteria_folder", lambda: copy.folder)
    with pytest.raises(CatalogueError, match=rf"criteria/{name}\.yaml: \(file\): cannot be read"):
        load_sectors.__wrapped__()


def on(day: date) -> list[WasteCode]:
    codes = [code for versions in load_waste_codes().by_key.values() for code in versions]
    return [code for code in codes if (code.valid_from or date.min) <= day <= (code.valid_until or date.max)]


@pytest.mark.parametrize(("day", "codes"), [(date(2026, 12, 8), 842), (CHANGE, 880)])
def test_13_the_list_is_complete_before_and_after_its_change(day: date, codes: int) -> None:
    listed = on(day)
    assert len(listed) == len({code.key for code in listed}) == codes


def test_13_435_codes_are_hazardous_after_the_change() -> None:
    assert sum(code.is_hazardous for code in on(CHANGE)) == 435


def test_13_a_year_of_change_has_both_lists() -> None:
    marks = {
        year: [code.is_hazardous for code in load_waste_codes().of_year("16 06 04", year)]
        for year in (2025, 2026, 2027)
    }
    assert marks == {2025: [False], 2026: [False, True], 2027: [True]}
    assert load_waste_codes().of_year("16 06 05", 2027) == ()
    assert load_waste_codes().of_year("16 06 07", 2025) == ()


def test_13_what_stands_in_one_source_says_so() -> None:
    new = [code for code in on(CHANGE) if code.valid_from == CHANGE]
    assert {code.verified for code in new} == {Verification.PARTIAL}
    (lead,) = load_waste_codes().of_year("16 06 01", 2025)
    assert (lead.marked_key, lead.verified) == ("16 06 01*", Verification.CONFIRMED)


def test_faults_of_the_list_are_named(copy: Any) -> None:
    copy.plant("waste-codes", "valid_until: '2026-12-08'", "valid_until: '2026-12-32'")
    copy.plant("waste-codes", "successors: ['20 01 44']", "successors: ['20 01 77']")
    messages = {(problem.file, problem.message) for problem in build_waste_codes(copy.folder)[1]}
    name = "criteria/waste-codes.yaml"
    assert {(name, "is no day"), (name, "'20 01 34' names the unknown code '20 01 77'")} <= messages
    assert all(isinstance(problem, Problem) for problem in build_waste_codes(copy.folder)[1])
