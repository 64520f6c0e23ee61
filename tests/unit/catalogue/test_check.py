"""The check finds what is wrong in an edition as a whole and counts what no source confirms."""

from collections.abc import Callable
from typing import Any

import pytest

from dnk_tool.catalogue import Indicator, load_catalogue
from dnk_tool.catalogue.check import CatalogueCheck, UnverifiedPart, check_edition, check_shared_data
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.values import Verification
from dnk_tool.paths import criteria_folder

EDITION = "dnk-2017"

# Where the fault is planted, what is replaced, where it must be reported and how.
FAULTS = [
    ("dnk-2017/02", "ref: '2.2'", "ref: '2.9'", "2.9", "stands where 2.2 is expected"),
    ("dnk-2017/11", "area: environment", "area: society", "area", "'society' does not list criterion 11"),
    (
        "dnk-2017/indicators/gri",
        "- ref: GRI-SRS-305-2\n",
        "- ref: GRI-SRS-305-1\n",
        "GRI-SRS-305-1",
        "stands twice",
    ),
    (
        "dnk-2017/indicators/gri",
        "de: Biogene CO₂-Emissionen",
        "de: Einbezogene Gase",
        "GRI-SRS-305-1",
        "has two fields with the label 'Einbezogene Gase'",
    ),
    (
        "dnk-2017/03",
        "key: planned",
        "key: not-collected",
        "",
        "two explanations for the reason 'not-collected'",
    ),
    (
        "dnk-2017/05",
        "key: not-applicable",
        "key: not-collected",
        "5.1",
        "another order than explanation_reasons",
    ),
    (
        "dnk-2017/indicators/gri",
        "fields: [a-number, a-share, b]",
        "fields: [a-number, a-share, c]",
        "GRI-SRS-412-3",
        "the zero 'none' cannot answer 'GRI-SRS-412-3.c'",
    ),
    ("dnk-2017/18", "when: csr-rug", "when: csr-rag", "18.2", "unknown option 'csr-rag'"),
    ("dnk-2017/catalogue", "edition: dnk-2017", "edition: dnk-2018", "edition", "'dnk-2018' is not the name"),
    (
        "dnk-2017/catalogue",
        "criteria: [1, 2, 3, 4]",
        "criteria: [1, 2, 3, 4, 11]",
        "areas",
        "'strategy' lists 11",
    ),
    ("dnk-2017/catalogue", "- K3\n", "- K4\n", "publication_order", "'K3' is missing"),
    ("dnk-2017/options", "criteria: [17]", "criteria: []", "nap", "adds nothing"),
    (
        "dnk-2017/indicators/gri",
        "figure: energy.total",
        "figure: energy.all",
        "key_figures.core[0].first_of[0].figure",
        "unknown datapoint 'energy.all'",
    ),
    (
        "dnk-2017/indicators/gri",
        "kind: age-groups",
        "kind: ages",
        "indicators[18].charts[0].kind",
        "is 'ages'; allowed: parts, shares",
    ),
    (
        "dnk-2017/indicators/gri",
        "datapoint: energy.steam.consumption}",
        "datapoint: ghg.scope3.gross}",
        "indicators[6].charts[0].parts[5].datapoint",
        "is not of the unit family 'energy'",
    ),
    (
        "dnk-2017/indicators/gri",
        "table: GRI-SRS-302-1.a-carriers",
        "table: GRI-SRS-302-1.a-total",
        "indicators[6].charts[0].parts[0].table",
        "unknown item with a table 'GRI-SRS-302-1.a-total'",
    ),
    (
        "dnk-2017/indicators/gri",
        "table: GRI-SRS-302-1.b-carriers",
        "table: GRI-SRS-303-3.a-sources",
        "indicators[6].charts[0].parts[1].table",
        "without a text or without a quantity",
    ),
    (
        "dnk-2017/indicators/gri",
        "    table: GRI-SRS-306-3.a-waste",
        "    table: GRI-SRS-301-1.a-i",
        "indicators[9].charts[0].table",
        "without the choice 'route'",
    ),
    (
        "dnk-2017/indicators/effas",
        "en: '{name} (renewable)'",
        "en: 'renewable'",
        "",
        "has no {name}",
    ),
    (
        "dnk-2017/indicators/effas",
        "de: EFFAS\n    en: EFFAS\n",
        "de: DNK\n    en: EFFAS\n",
        "glossary",
        "another file explains 'DNK' already",
    ),
    (
        "dnk-2017/catalogue",
        "    print:\n      de: Börsennotierung\n      en: Stock exchange listing\n",
        "",
        "general.listed",
        "prints 'Börsennotiert?', with '?'",
    ),
    (
        "dnk-2017/catalogue",
        "print: {de: Operative Kontrolle,",
        "print: {de: Alles in Ihrer Hand,",
        "GRI-SRS-305-1.f: operational-control",
        "prints 'Alles in Ihrer Hand', with 'Ihrer'",
    ),
    (
        "dnk-2017/catalogue",
        ", print: {de: Brennstoff, en: Fuel}",
        "",
        "tables.energy-carriers.carrier",
        "prints 'Brennstoff, zum Beispiel Erdgas oder Diesel', with 'zum Beispiel'",
    ),
    (
        "dnk-2017/indicators/gri",
        "en: Basis of comparison",
        "en: What you compare with, e.g. last year",
        "GRI-SRS-302-4.c",
        "prints 'What you compare with, e.g. last year', with 'you'",
    ),
    (
        "dnk-2017/options",
        "en: Risks from own",
        "en: Risks from our own",
        "12.C4",
        "prints 'Risks from our own",
    ),
    ("glossary", "pattern: '[Bb]iogen(", "pattern: '[Bb]iogen((", "terms", "is no regular expression"),
]


# A misspelt key or name that would be ignored or printed: where it is planted, and what the report names.
MISSPELT = [
    ("dnk-2017/catalogue", "retired: true", "retird: true", "retird"),
    ("dnk-2017/catalogue", "since: 2,", "sinc: 2,", "sinc"),
    ("dnk-2017/catalogue", "\nstanding:", "\nstanding_today:", "standing_today"),
    ("dnk-2017/13", "picture: scopes", "picture: scopez", "'scopez'"),
    ("dnk-2017/13", "  explains:\n  - term", "  explain:\n  - term", "explain"),
    ("dnk-2017/options", "{on_matter}", "{onmatter}", "{onmatter}"),
    ("dnk-2017/indicators/gri", "  succeeded_by:", "  succeded_by:", "succeded_by"),
    ("dnk-2017/indicators/gri", "  zeros:", "  zeroes:", "zeroes"),
    ("dnk-2017/indicators/gri", "{hours-per-fte}", "{hours-per-ftee}", "{hours-per-ftee}"),
    ("datapoints", "numerator: [waste.recycled.mass]", "numerator: []", "numerator"),
    ("waste-codes", "hazardous: true", "hazardus: true", "hazardus"),
    ("sector-classification", "words:", "wrds:", "wrds"),
    ("calculators", "deducts: true", "deduct: true", "deduct"),
    (
        "datapoints",
        "de: 'Scope 3.13: Strom und Wärme der Mieter'",
        "de: Strom z. B. der Mieter",
        "with 'z. B.'",
    ),
    (
        "calculators",
        "en: Grid electricity passed on\n    hint",
        "en: Electricity we sell\n    hint",
        "with 'we'",
    ),
    ("calculators", "period: true", "perid: true", "perid"),
    ("law", "lines/purchases/wood", "lines/purchases/wod", "unknown place 'lines/purchases/wod'"),
    ("law", "points/17.2", "points/17.9", "unknown place 'points/17.9'"),
    ("glossary", "{supply-chain-act.since}", "{supply-chain-act.day}", "unknown law"),
    ("plausibility", "lowest: minimum-wage", "lowest: least-wage", "unknown law 'least-wage'"),
    (
        "aggregation-rules",
        "{key: ghg.scope1.gross,",
        "{key: ghg.scope1.grosz,",
        "unknown datapoint 'ghg.scope1.grosz'",
    ),
    (
        "aggregation-rules",
        "{key: economy.turnover,",
        "{key: energy.intensity.fte,",
        "is not what its datapoint says",
    ),
    (
        "aggregation-rules",
        "{key: ghg.scope2.market, sum",
        "{key: safety.employees.severe-injury-rate, rate",
        "more than one rate",
    ),
    (
        "aggregation-rules",
        "{key: workforce.headcount, sum",
        "{key: materials.recycled-share, rate",
        "is a rate of several figures",
    ),
    (
        "aggregation-rules",
        "{key: materials.bio-based-share, rate",
        "{key: waste.recovered-share, rate",
        "shares of one whole",
    ),
    ("calculators", "{hours-per-fte}", "{hours-per-ftee}", "{hours-per-ftee}"),
]


@pytest.fixture(scope="module")
def finding(make_copy: Callable[[], Any]) -> CatalogueCheck:
    """All faults are planted in one copy, for each must be found whatever else is wrong."""
    copy = make_copy()
    for name, old, new, _, _ in FAULTS:
        copy.plant(name, old, new)
    file = copy.file("dnk-2017/indicators/effas")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("required: true", "required: false"), encoding="utf-8")
    matter = load_catalogue(EDITION).criteria[13].csr_rug_matter
    copy.plant("dnk-2017/14", f"csr_rug_matter:\n  de: {matter.de}\n  en: {matter.en}\n", "")
    return check_edition(copy.folder, EDITION)


@pytest.mark.parametrize(("name", "old", "new", "key", "message"), FAULTS)
def test_a_fault_is_reported_with_file_and_key(
    finding: CatalogueCheck, name: str, old: str, new: str, key: str, message: str
) -> None:
    file = name if "/" in name else f"criteria/{name}"
    problems = [
        problem
        for problem in finding.problems
        if problem.file.startswith(file) and message in problem.message
    ]
    assert problems, f"not reported; there is: {[str(problem) for problem in finding.problems]}"
    assert key in {problem.key for problem in problems} or (
        not key and all(problem.key for problem in problems)
    )


@pytest.fixture(scope="module")
def misspelt(make_copy: Callable[[], Any]) -> list[str]:
    copy = make_copy()
    for name, old, new, _ in MISSPELT:
        copy.plant(name, old, new)
    problems = (*check_edition(copy.folder, EDITION).problems, *check_shared_data(copy.folder))
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(("name", "old", "new", "told"), MISSPELT)
def test_a_misspelt_key_or_name_is_a_fault(
    misspelt: list[str], name: str, old: str, new: str, told: str
) -> None:
    file = name if "/" in name else f"criteria/{name}"
    assert any(line.startswith(file) and told in line for line in misspelt)


def test_an_indicator_without_a_required_field_is_a_problem(finding: CatalogueCheck) -> None:
    indicators = [
        requirement
        for requirement in load_catalogue(EDITION).requirements.values()
        if isinstance(requirement, Indicator)
    ]
    refs = {problem.key for problem in finding.problems if problem.message == "has no required field"}
    assert refs == {indicator.ref for indicator in indicators if indicator.indicator_set == "effas"}


def test_an_added_text_without_its_matter_is_a_problem_of_the_options(finding: CatalogueCheck) -> None:
    message = "{matter} has no csr_rug_matter in its criterion"
    assert Problem("dnk-2017/options.yaml", "14.C2", message) in finding.problems


def test_a_gap_between_the_criteria_is_a_problem(copy: Any) -> None:
    copy.keep_only(1, 3)
    messages = [str(problem) for problem in check_edition(copy.folder, EDITION).problems]
    assert "dnk-2017/catalogue.yaml: criteria: are not numbered without gaps: [1, 3]" in messages


def test_faults_of_the_files_are_part_of_the_finding(copy: Any) -> None:
    copy.keep_only(1)
    copy.file("dnk-2017/01").write_text("number: [", encoding="utf-8")
    assert any(
        "cannot be read" in problem.message for problem in check_edition(copy.folder, EDITION).problems
    )


def test_a_datapoint_that_no_edition_asks_for_is_a_problem(copy: Any) -> None:
    copy.plant("dnk-2017/indicators/gri", "datapoint: ghg.reduction", "datapoint: ghg.total")
    problems = check_shared_data(copy.folder)
    assert problems == (
        Problem("criteria/datapoints.yaml", "ghg.reduction", "no edition or calculator knows this datapoint"),
    )


def test_the_clean_edition_has_no_problem() -> None:
    assert check_edition(criteria_folder(), EDITION).problems == ()
    assert check_shared_data(criteria_folder()) == ()


def test_marks_are_what_no_source_confirms() -> None:
    marks = check_edition(criteria_folder(), EDITION).unverified
    assert UnverifiedPart("aspect", "13.1", Verification.UNCONFIRMED) in marks
    assert not [mark for mark in marks if mark.verified is Verification.CONFIRMED]


def test_an_indicator_is_as_uncertain_as_its_fields() -> None:
    """GRI SRS-305-5 is confirmed itself, its fields are not."""
    marks = check_edition(criteria_folder(), EDITION).unverified
    assert load_catalogue(EDITION).requirements["GRI-SRS-305-5"].verified is Verification.CONFIRMED
    assert UnverifiedPart("indicator", "GRI-SRS-305-5", Verification.UNCONFIRMED) in marks
