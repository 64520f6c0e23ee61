"""Faults in the plausibility rules are named with their key, all at once."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from dnk_tool.catalogue.check import check_shared_data
from dnk_tool.catalogue.plausibility.loader import build_plausibility, load_plausibility
from dnk_tool.catalogue.plausibility.model import LineRule, RuleKind
from dnk_tool.paths import criteria_folder

WORDS = (
    "profile.employees",
    "profile.turnover",
    "company.fte",
    "company.staff",
    "company.sites",
)
HEAD = """
slip:
  unit: {de: '{meant} statt {entered}?', en: '{meant} instead of {entered}?'}
  comma: {de: Punkt?, en: Point?}
  number: {de: Komma?, en: Comma?}
  rare: [J]
words:
""" + "".join(f"- key: {key}\n  label: {{de: A, en: A}}\n" for key in WORDS)
RULE = """rules:
- key: energy-per-head
  kind: range
  of: {figures: [energy.total], unit: MWh}
  per: {figures: [company.staff], unit: fte}
  limits: [{sectors: [C], low: '0.2', high: '500'}]
  odd: {de: '{value} MWh', en: '{value} MWh'}
  check: {de: Prüfen., en: Check.}
  own: true
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything but the rules."""
    made = tmp_path_factory.mktemp("criteria")
    for name in ("units", "datapoints", "sectors", "sector-classification", "calculators"):
        shutil.copy(criteria_folder() / f"{name}.yaml", made)
    return made


def problems_of_rules(folder: Path, text: str) -> list[str]:
    (folder / "plausibility.yaml").write_text(HEAD + text, "utf-8")
    return [f"{problem.key}: {problem.message}" for problem in build_plausibility(folder)[1]]


def test_the_rules_that_are_shipped_have_every_kind() -> None:
    assert {rule.kind for rule in load_plausibility().rules} == set(RuleKind)


def test_a_sound_rule_has_no_problem_and_a_section_stands_for_its_divisions(folder: Path) -> None:
    assert problems_of_rules(folder, RULE) == []
    rules, _ = build_plausibility(folder)
    (limits,) = rules.rules[0].limits  # type: ignore[attr-defined]
    assert {"10", "25", "33"} <= limits.divisions
    assert "41" not in limits.divisions


def test_a_line_rule_holds_for_all_of_a_calculator_without_exceptions_and_beside_the_people(
    folder: Path,
) -> None:
    text = """rules:
- key: working-days
  kind: line
  activities: [commuting/*]
  except: [commuting/home-office]
  field: days
  units: [days]
  per: company.employees
  per_units: [persons]
  high: '250'
  figure: ghg.scope3.commuting
  odd: {de: '{value}', en: '{value}'}
  check: {de: Prüfen., en: Check.}
  own: true
"""
    assert problems_of_rules(folder, text) == []
    (rule,) = build_plausibility(folder)[0].rules
    assert isinstance(rule, LineRule)
    assert "commuting/bus" in rule.activities
    assert "commuting/home-office" not in rule.activities
    (problem,) = problems_of_rules(folder, text.replace("  except: [commuting/home-office]\n", ""))
    assert problem.endswith("'commuting/home-office' has no field 'days'")


FAULTS = (
    ("energy.total", "energy.totel", "rules[{}].of.figures: names the unknown figure 'energy.totel'"),
    ("unit: MWh", "unit: MWx", "rules[{}].of.unit: names the unknown unit 'MWx'"),
    ("unit: MWh", "unit: t", "rules[{}].of.figures: adds or measures what is not alike: energy, mass"),
    ("sectors: [C]", "sectors: [X]", "rules[{}].limits[0].sectors: names the unknown sector 'X'"),
    ("sectors: [C]", "sectors: ['96.7']", "rules[{}].limits[0].sectors: names the unknown sector '96.7'"),
    (
        "per: {figures: [company.staff], unit: fte}",
        "per: {figures: [company.staff], unit: fte, less: [energy.totel]}",
        "rules[{}].per.less: names the unknown figure 'energy.totel'",
    ),
    ("low: '0.2'", "low: '900'", "rules[{}].limits[0]: the low limit is above the high one"),
    ("low: '0.2', high: '500'", "", "rules[{}].limits[0]: has neither a low nor a high limit"),
    ("low: '0.2'", "low: 0.2", "rules[{}].limits[0].low: is not an exact number in quotes"),
    ("de: '{value} MWh'", "de: '{wert} MWh'", "rules[{}].odd: mentions the unknown '{wert}'"),
    ("de: '{value} MWh'", "de: '{value MWh'", "rules[{}].odd: has a brace that belongs to no placeholder"),
    ("de: Prüfen.", "de: '{value}.'", "rules[{}].check: mentions the unknown '{value}'"),
    ("  own: true\n", "", "rules[{}].source: needs either a source or `own: true`"),
    ("en: Check.", "en: ''", "rules[{}].check.en: translation is missing"),
)


@pytest.fixture(scope="module")
def faulty(folder: Path) -> list[str]:
    """The problems of a file with one rule for each fault: all are named at once."""
    rules = [
        RULE.removeprefix("rules:\n").replace("energy-per-head", f"rule-{index}").replace(old, new)
        for index, (old, new, _message) in enumerate(FAULTS)
    ]
    return problems_of_rules(folder, "rules:\n" + "".join(rules))


@pytest.mark.parametrize("index", range(len(FAULTS)))
def test_a_fault_is_named(faulty: list[str], index: int) -> None:
    assert FAULTS[index][2].replace("{}", str(index)) in faulty


def test_a_line_rule_names_fields_that_its_activity_has(folder: Path) -> None:
    line = """rules:
- key: price
  kind: line
  activities: [energy/electricity, energy/nonsense]
  field: cost
  units: [EUR]
  per: amount
  per_units: [kWh]
  high: '1'
  figure: energy.total
  odd: {de: '{line}', en: '{line}'}
  check: {de: Prüfen., en: Check.}
  own: true
"""
    assert problems_of_rules(folder, line) == [
        "rules[0].activities: 'energy/electricity' has no field 'amount'",
        "rules[0].activities: 'energy/nonsense' has no field 'amount, cost'",
    ]


def test_a_key_stands_once_and_what_is_compared_has_a_name(folder: Path) -> None:
    twice = RULE + RULE.removeprefix("rules:\n")
    assert "rules: 'energy-per-head' stands twice" in problems_of_rules(folder, twice)
    (folder / "plausibility.yaml").write_text(HEAD.replace("company.fte", "company.x") + RULE, "utf-8")
    assert "'company.fte' has no name" in [problem.message for problem in build_plausibility(folder)[1]]


def test_what_no_edition_asks_is_named(copy: Any) -> None:
    copy.plant("plausibility", "choice: 'yes'", "choice: 'perhaps'")
    copy.plant("plausibility", "key: GRI-SRS-306-3.a-waste/amount", "key: GRI-SRS-306-3.a-waste/mass")
    found = {(one.key, one.message) for one in check_shared_data(copy.folder)}
    assert ("GRI-SRS-419-1.b/perhaps", "no edition has this choice") in found
    assert ("GRI-SRS-306-3.a-waste/mass", "no edition asks for this column of a table") in found
