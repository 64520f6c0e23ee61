"""Each rule of a number over several companies, with the companies that just pass and just fail."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dnk_tool.catalogue.aggregation_rules import (
    MIDDLE_UNITS,
    RULE_KEYS,
    build_aggregation_rules,
    load_aggregation_rules,
)
from dnk_tool.domain.aggregates.model import PerUnit, Rule
from dnk_tool.domain.aggregates.rules import (
    CompanyValue,
    check_middle,
    check_sum,
    check_sum_for_readers,
    middle_value,
    quarter_of,
    rounded_to_digits,
    widest,
)
from dnk_tool.paths import criteria_folder

RULES = load_aggregation_rules()


def decimals(values: Sequence[object]) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ([1, 1, 1, 1], Rule.TOO_FEW),
        ([1, 1, 1, 1, 1], Rule.PASSED),
        ([100, 40, 30, 20, 10], Rule.PASSED),  # half of the sum
        ([100.1, 40, 30, 20, 10], Rule.LARGEST),
        ([100, 100, 10, 0, 0], Rule.PASSED),  # a tenth of the largest besides the two
        ([100, 100, 9.9, 0, 0], Rule.SECOND_LARGEST),
        ([0, 0, 0, 0, 0], Rule.ZERO),
        ([10, 10, 10, 0, 0], Rule.PASSED),  # a zero is a value
        ([10, 10, 10, 10, 10, -1], Rule.NEGATIVE),
    ],
)
def test_a_sum_just_passes_or_just_fails(values: Sequence[object], rule: Rule) -> None:
    assert check_sum(decimals(values), RULES) is rule


def confirmed_value(company: int, value: int, **known: bool) -> CompanyValue:
    return CompanyValue(company, Decimal(value), **{"is_confirmed": True, **known})


def contributions(count: int, value: int = 10, **readable: bool) -> list[CompanyValue]:
    return [confirmed_value(at, value + at, **readable) for at in range(count)]


def with_others(count: int, **readable: bool) -> list[CompanyValue]:
    """Six that are read by the manager, and so many others."""
    others = [confirmed_value(100 + at, 10, **readable) for at in range(count)]
    return [*contributions(6, is_submitted=True), *others]


def test_those_whom_the_manager_cannot_read_are_none_or_pass_by_themselves() -> None:
    assert check_sum_for_readers(with_others(0), RULES) is Rule.PASSED
    assert check_sum_for_readers(with_others(4), RULES) is Rule.READABLE
    assert check_sum_for_readers(with_others(5), RULES) is Rule.PASSED


def test_those_whom_the_public_cannot_read_are_none_or_pass_by_themselves() -> None:
    published = [confirmed_value(50 + at, 10, is_published=True, is_submitted=True) for at in range(6)]
    assert check_sum_for_readers(published, RULES) is Rule.PASSED
    assert check_sum_for_readers([*published, *contributions(4, is_submitted=True)], RULES) is Rule.READABLE
    assert check_sum_for_readers([*published, *contributions(5, is_submitted=True)], RULES) is Rule.PASSED


def test_those_of_whom_a_reader_knows_another_version_hide_nobody() -> None:
    for known in ({"was_submitted": True}, {"was_published": True}):
        alone = [confirmed_value(200, 10), *with_others(4, **known)]
        assert check_sum_for_readers(alone, RULES) is Rule.READABLE, "the four hide the fifth from nobody"
        hidden = [*with_others(5), *(replace(each, company=each.company + 300) for each in alone[7:])]
        assert check_sum_for_readers(hidden, RULES) is Rule.PASSED
    changed = with_others(1, was_submitted=True)
    assert check_sum_for_readers(changed, RULES) is Rule.READABLE, "the version may say something else"


def test_a_few_who_forbid_a_number_are_left_out_of_it() -> None:
    given = with_others(4)
    chosen, rule = widest(given, lambda part: check_sum_for_readers(part, RULES))
    assert (len(chosen), rule) == (6, Rule.PASSED)
    few = given[:4]
    assert widest(few, lambda part: check_sum_for_readers(part, RULES)) == (few, Rule.TOO_FEW)


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        ([1, 2, 3, 4, 5, 6], None),
        ([1, 2, 3, 4, 6, 60, 700], "4.333333"),  # 3, 4 and 6
        ([1, 2, 3, 4, 5, 8, 70, 800], "5"),  # 3, 4, 5 and 8
    ],
)
def test_a_middle_value_is_the_mean_of_three_or_four(values: Sequence[object], middle: str | None) -> None:
    found = middle_value(decimals(values), RULES)
    assert (found is None) is (middle is None)
    if found is not None and middle is not None:
        assert abs(found - Decimal(middle)) < Decimal("0.000001")


def test_a_middle_value_hides_those_whom_a_reader_does_not_know() -> None:
    assert check_middle(contributions(6), RULES) is Rule.TOO_FEW
    assert check_middle(contributions(7), RULES) is Rule.PASSED
    assert check_middle([*contributions(7, is_published=True), *contributions(6)], RULES) is Rule.READABLE
    zeros = [confirmed_value(at, 0) for at in range(7)]
    assert check_middle(zeros, RULES) is Rule.ZERO
    assert check_middle([*contributions(7), confirmed_value(9, -1)], RULES) is Rule.NEGATIVE


def test_companies_that_nobody_confirmed_hide_nobody() -> None:
    """Whoever reads the number may have founded them; one may be a real firm, and is hidden, too."""
    founded = contributions(4, is_confirmed=False)
    five = [replace(each, company=each.company + 10) for each in contributions(5)]
    assert check_sum_for_readers([*five[:4], *founded], RULES) is Rule.READABLE
    assert check_sum_for_readers([*five, *founded], RULES) is Rule.PASSED
    giants = [confirmed_value(20 + at, 200, is_confirmed=False) for at in range(2)]
    assert check_sum([each.value for each in (*five, *giants)], RULES) is Rule.PASSED
    assert check_sum_for_readers([*five, *giants], RULES) is Rule.READABLE, "one giant may know the other"
    read = contributions(4, is_confirmed=False, is_submitted=True)
    assert check_sum_for_readers([*five, *read], RULES) is Rule.PASSED
    assert check_sum_for_readers(founded, RULES) is Rule.TOO_FEW


def test_beside_unread_companies_a_middle_value_is_of_confirmed_ones() -> None:
    """With eight values of its own at the ends a reader would learn all the others' quarters."""
    seven = contributions(7)
    founded = [
        replace(each, company=each.company + 10)
        for each in contributions(8, is_confirmed=False, is_submitted=True)
    ]
    assert check_middle([*seven, *founded], RULES) is Rule.READABLE
    assert widest([*seven, *founded], lambda part: check_middle(part, RULES)) == (founded, Rule.PASSED)
    assert widest([*seven, *founded[:6]], lambda part: check_middle(part, RULES)) == (seven, Rule.PASSED)
    assert check_middle(founded, RULES) is Rule.PASSED, "the manager reads them all anyway"


def test_a_quarter_needs_twelve() -> None:
    twelve = decimals(range(1, 13))
    assert quarter_of(twelve[0], twelve[:11], RULES) is None
    assert [quarter_of(value, twelve, RULES) for value in twelve] == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3
    assert quarter_of(Decimal(5), [Decimal(5)] * 12, RULES) == 2


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("1234", "1200"), ("995", "1000"), ("0.01251", "0.013"), ("7", "7"), ("0", "0"), ("1E+6", "1000000")],
)
def test_numbers_have_two_digits(value: str, rounded: str) -> None:
    assert str(rounded_to_digits(Decimal(value), RULES.digits)) == rounded


def test_the_rules_explain_each_rule_with_its_numbers() -> None:
    assert set(RULE_KEYS) == set(Rule) == set(RULES.explanations)
    assert set(MIDDLE_UNITS) == set(PerUnit)
    for rule in RULES.explanations.values():
        for text in (rule.text.de, rule.text.en):
            assert "{" not in text
    assert str(RULES.middle_companies) in RULES.explanations[Rule.TOO_FEW].text.de


def test_the_rules_of_the_criteria_have_no_fault() -> None:
    assert build_aggregation_rules(criteria_folder())[1] == []


def test_faults_of_the_rules_are_named(tmp_path: object) -> None:
    folder = criteria_folder()
    text = (folder / "aggregation-rules.yaml").read_text(encoding="utf-8")
    broken = text.replace("{digits}", "{digit}").replace("middle: [company, employee]", "middle: [head]")
    broken = broken.replace("part_of: waste.total", "part_of: waste.sum")
    (tmp_path / "aggregation-rules.yaml").write_text(broken, encoding="utf-8")  # type: ignore[operator]
    messages = [problem.message for problem in build_aggregation_rules(tmp_path)[1]]  # type: ignore[arg-type]
    assert len([message for message in messages if "a number that does not stand" in message]) == 1
    assert len([message for message in messages if "'head' is none of" in message]) == 2
    assert len([message for message in messages if "no sum before it" in message]) == 1


def test_the_documentation_names_every_rule_with_its_numbers() -> None:
    text = (Path(__file__).parents[3] / "docs/aggregates.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| [\w ]+ \| `([\w-]+)` \| (.+) \|$", text, re.MULTILINE))
    assert set(rows) == set(RULE_KEYS) - {Rule.PASSED}
    for number in (RULES.sum_companies, RULES.middle_companies, RULES.quarter_companies):
        assert re.search(rf"\b{number}\b", rows[Rule.TOO_FEW])
    assert f"{RULES.rest_percent} %" in rows[Rule.SECOND_LARGEST]
