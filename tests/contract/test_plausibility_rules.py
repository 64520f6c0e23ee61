"""Promises about every plausibility rule: it warns about the odd company, not the fine one, and says why."""

from fractions import Fraction

import pytest

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import RuleKind
from dnk_tool.domain.figures.plausibility import PlausibilityFacts, plausibility_warnings, warning_text
from dnk_tool.language import LANGUAGES
from tests.plausibility_table import FILE, RUNS_BEGIN, RUNS_END, last_run, rules_table, split_document
from tests.support.plausibility_cases import YEAR, load_cases, make_facts, mended_inputs, typed_inputs

RULES = load_plausibility()
KEYS = [rule.key for rule in RULES.rules]
# What compares two years needs them.
OF_TWO_YEARS = (RuleKind.SLIP, RuleKind.JUMP)
LEAST_RIGHT = Fraction(95, 100)


def test_every_rule_has_its_two_companies_and_no_company_is_left_over() -> None:
    assert sorted(load_cases()) == sorted(KEYS)
    assert all(companies.keys() == {"odd", "fine"} for companies in load_cases().values())


@pytest.mark.parametrize("key", [key for key in KEYS if RULES.by_key[key].kind not in OF_TWO_YEARS])
def test_a_rule_asks_in_the_first_year(key: str) -> None:
    """Its two companies say nothing about an earlier year, so that neither result rests on one."""
    assert not any("before" in company for company in load_cases()[key].values())


@pytest.mark.parametrize("key", KEYS)
def test_a_rule_warns_about_the_odd_company_and_not_about_the_fine_one(key: str) -> None:
    odd, fine = (
        {warning.rule for warning in plausibility_warnings(RULES, make_facts(load_cases()[key][which]))}
        for which in ("odd", "fine")
    )
    assert key in odd
    assert key not in fine


@pytest.mark.parametrize("key", KEYS)
def test_a_warning_says_what_why_and_by_which_source(key: str) -> None:
    warnings = [
        warning
        for warning in plausibility_warnings(RULES, make_facts(load_cases()[key]["odd"]))
        if warning.rule == key
    ]
    for warning in warnings:
        for language in LANGUAGES:
            words = warning_text(RULES, warning, language)
            assert words.odd
            assert "{" not in words.odd + words.slip
            assert words.check
            assert words.source.is_own or words.source.title.to(language)
        assert warning.compared
        if RULES.by_key[key].kind in (RuleKind.RANGE, RuleKind.LINE) and not RULES.by_key[key].is_arithmetic:
            names_limit = any(f"{{{name}}}" in RULES.by_key[key].odd.de for name in ("low", "high"))
            assert names_limit or warning_text(RULES, warning, "de").reference, "which value is usual?"
        assert len(warning.fingerprint) == 64


@pytest.mark.parametrize("key", KEYS)
def test_a_rule_is_silent_about_a_company_that_says_nothing(key: str) -> None:
    assert key not in {warning.rule for warning in plausibility_warnings(RULES, PlausibilityFacts(YEAR))}


@pytest.mark.parametrize("key", KEYS)
def test_a_rule_names_where_its_source_is_found_and_has_a_short_key(key: str) -> None:
    source = RULES.by_key[key].source
    assert source.is_own or source.address
    assert len(key) <= 60  # the width of its column


def test_the_documentation_shows_the_rules_as_they_are() -> None:
    _before, inside, _after = split_document(FILE.read_text("utf-8"))
    assert inside == rules_table(), "python -m tests.plausibility_table writes it anew"


def test_the_documentation_shows_how_the_rules_do_on_inputs_as_people_type_them() -> None:
    _before, inside, _after = split_document(FILE.read_text("utf-8"), RUNS_BEGIN, RUNS_END)
    assert inside == last_run(), "python -m tests.plausibility_table writes it anew"


@pytest.mark.parametrize("is_odd", [True, False])
def test_nearly_all_inputs_are_right(is_odd: bool) -> None:
    """Of at least sixty of each kind, nineteen in twenty; the others stand in the documentation."""
    chosen = [one for one in typed_inputs() if one.is_odd is is_odd]
    assert len(chosen) >= 60
    assert sum(one.is_right for one in chosen) >= LEAST_RIGHT * len(chosen)


def test_a_mended_slip_raises_no_other_question() -> None:
    mended = {key: [warning.rule for warning in warnings] for key, warnings in mended_inputs()}
    assert len(mended) == 30
    assert {key: rules for key, rules in mended.items() if rules} == {}
