"""The waste codes hold between two days; in the year of their change both lists are right."""

from datetime import date
from typing import Any

import pytest

from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.values import Verification
from dnk_tool.catalogue.waste_codes import WasteCode, build_waste_codes, load_waste_codes

CHANGE = date(2026, 12, 9)


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
