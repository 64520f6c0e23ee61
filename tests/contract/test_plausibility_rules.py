"""Promises about every plausibility rule: it warns about the odd company, not the fine one, and says why."""

import pytest

from dnk_tool.catalogue.plausibility.loader import load_plausibility
from dnk_tool.catalogue.plausibility.model import RuleKind
from dnk_tool.domain.figures.plausibility import PlausibilityFacts, plausibility_warnings, warning_text
from dnk_tool.language import LANGUAGES
from tests.plausibility_table import FILE, rules_table, split_document
from tests.support.plausibility_cases import YEAR, load_cases, make_facts

RULES = load_plausibility()
KEYS = [rule.key for rule in RULES.rules]


def test_every_rule_has_its_two_companies_and_no_company_is_left_over() -> None:
    assert sorted(load_cases()) == sorted(KEYS)
    assert all(companies.keys() == {"odd", "fine"} for companies in load_cases().values())


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
