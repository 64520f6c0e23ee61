"""The loader reads an edition into frozen values and names every fault with its file and key."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from typing import Any

import pytest

from dnk_tool.catalogue import CatalogueError, editions, load_catalogue
from dnk_tool.catalogue.problems import Problem
from dnk_tool.catalogue.standard import loader
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.standard.loader import build_catalogue
from dnk_tool.catalogue.values import Text, Verification

EDITION = "dnk-2017"

# Where the fault is planted, what is replaced, where it must be reported and how.
FAULTS = [
    ("dnk-2017/01", "\n  en: Strategic Analysis and Action", "", "title.en", "translation is missing"),
    (
        "dnk-2017/02",
        "key: not-collected",
        "key: no-time",
        "aspects[0].reasons[0].key",
        "unknown reason 'no-time'",
    ),
    (
        "dnk-2017/03",
        "verified: true",
        "verified: maybe",
        "verified",
        "is 'maybe'; allowed: true, partial, false",
    ),
    (
        "dnk-2017/04",
        "    - What happens to it at the end\n",
        "",
        "aspects[0].belongs",
        "4 German and 3 English",
    ),
    ("dnk-2017/05", "number: 5", "number: five", "number", "is not a whole number"),
    ("dnk-2017/06", "asks:\n", "asked:\n", "asks", "is missing or is not a mapping"),
    ("dnk-2017/12", "table: goals", "table: goalz", "aspects[0].table", "unknown table 'goalz'"),
    (
        "dnk-2017/indicators/gri",
        "datapoint: ghg.scope1.gross",
        "datapoint: ghg.scope9",
        "indicators[10].fields[0].datapoint",
        "unknown datapoint 'ghg.scope9'",
    ),
    (
        "dnk-2017/indicators/gri",
        "choices: greenhouse-gases",
        "choices: smells",
        "indicators[10].fields[1].choices",
        "unknown list 'smells'",
    ),
    (
        "dnk-2017/indicators/gri",
        "kind: year",
        "kind: yaer",
        "indicators[10].fields[3].kind",
        "is 'yaer'; allowed: text, quantity",
    ),
    (
        "dnk-2017/indicators/effas",
        "required: true",
        "required: 1",
        "indicators[0].fields[0].required",
        "neither true nor false",
    ),
    (
        "dnk-2017/indicators/gri",
        "block: L5-7",
        "block: L5-9",
        "indicators[0].block",
        "unknown indicator block 'L5-9'",
    ),
    (
        "dnk-2017/indicators/effas",
        "key: effas",
        "key: efas",
        "key",
        "does not fit the name of the file, effas.yaml",
    ),
    (
        "dnk-2017/indicators/gri",
        "position: 1",
        "position: 2",
        "position",
        "2 is the position of another set already",
    ),
    (
        "dnk-2017/catalogue",
        "ref: L8, criteria: [8]",
        "ref: L8, criteria: [7, 8]",
        "indicator_blocks",
        "'L8': criterion 7 has another block already",
    ),
    (
        "dnk-2017/catalogue",
        "ref: L9, criteria: [9]",
        "ref: L9, criteria: [29]",
        "indicator_blocks",
        "'L9' names the unknown criterion 29",
    ),
    (
        "dnk-2017/catalogue",
        "ref: L18, criteria: [18]",
        "ref: L18, criteria: []",
        "indicator_blocks",
        "'L18' names no criterion",
    ),
    (
        "dnk-2017/catalogue",
        "- {ref: L20,",
        "- {ref: L21, criteria: [1]}\n- {ref: L20,",
        "indicator_blocks[10].ref",
        "no set has an indicator for 'L21'",
    ),
    ("dnk-2017/catalogue", "key: nf3,", "key: sf6,", "choice_lists.greenhouse-gases", "'sf6' stands twice"),
    ("dnk-2017/catalogue", "families: [ratio]", "families: [luck]", "", "unknown unit family 'luck'"),
    ("dnk-2017/catalogue", "default_unit: EUR", "default_unit: DM", "", "unknown unit of its families 'DM'"),
    (
        "dnk-2017/options",
        "criteria: [12, 14, 17, 18, 20]",
        "criteria: [12, 99]",
        "options[0].criteria",
        "criterion 99",
    ),
    (
        "datapoints",
        "default_unit: kWh",
        "default_unit: PS",
        "datapoints[0].default_unit",
        "family 'energy' 'PS'",
    ),
    ("datapoints", "    - economy.revenue", "    - economy.luck", "", "unknown datapoint 'economy.luck'"),
    (
        "datapoints",
        "aggregate: sum",
        "aggregate: guess",
        "datapoints[0].aggregate",
        "is 'guess'; allowed: sum",
    ),
    ("datapoints", "  additive: true\n", "", "datapoints[0].additive", "is missing"),
    (
        "datapoints",
        "  aggregate: pooled\n  pooled: {numerator: [waste.recycled.mass]",
        "  aggregate: pooled\n  pooled: {numerator: [waste.burnt]",
        "",
        "unknown datapoint 'waste.burnt'",
    ),
    (
        "datapoints",
        "denominator: [premises.area]",
        "denominator: [ghg.reduction]",
        "",
        "'ghg.reduction' must not be added over members",
    ),
    ("datapoints", "  pooled: {numerator: [waste.recovered.mass]", "  # {", "", "goes with the aggregate"),
    (
        "datapoints",
        "  aggregate: none\n  computed:\n    sum:\n    - ghg",
        "  aggregate: sum\n  computed:\n    sum:\n    - ghg",
        "",
        "because 'ghg.scope3.gross' is not",
    ),
    (
        "dnk-2017/options",
        "    as_of: '2026-11-27'\n",
        "",
        "options[0].standing.as_of",
        "is missing or is not a day",
    ),
    (
        "dnk-2017/options",
        "    as_of: '2026-11-27'",
        "    as_of: '2026-13-01'",
        "options[1].standing.as_of",
        "not a day",
    ),
    (
        "dnk-2017/indicators/gri",
        "    edition: '2021'\n",
        "",
        "indicators[0].succeeded_by.edition",
        "must name the edition",
    ),
    ("constants", "value: '1500'", "value: 1500", "constants[0].value", "exact number in quotes"),
    ("units", "factor: '3600'", "factor: 3600", "families[0].units[1].factor", "exact number in quotes"),
    ("units", "factor: '3600000'", "factor: '-1'", "families[0].units[2].factor", "must be above zero"),
    ("units", "base: kg\n", "base: g\n", "families[1].base", "'g' is not among the units with factor 1"),
]


@pytest.fixture(scope="module")
def reported(make_copy: Callable[[], Any]) -> list[Problem]:
    """All faults are planted in one copy, for each must be found whatever else is wrong."""
    copy = make_copy()
    for name, old, new, _, _ in FAULTS:
        copy.plant(name, old, new)
    return build_catalogue(copy.folder, EDITION)[1]


@pytest.mark.parametrize(("name", "old", "new", "key", "message"), FAULTS)
def test_a_fault_is_reported_with_file_and_key(
    reported: list[Problem], name: str, old: str, new: str, key: str, message: str
) -> None:
    file = name if "/" in name else f"criteria/{name}"
    problems = [
        problem for problem in reported if problem.file.startswith(file) and message in problem.message
    ]
    assert problems, (
        f"not reported; there is: {[str(problem) for problem in reported if problem.file.startswith(file)]}"
    )
    assert key in {problem.key for problem in problems} or (
        not key and all(problem.key for problem in problems)
    )


def test_one_missing_mapping_is_one_problem(reported: list[Problem]) -> None:
    assert len([problem for problem in reported if problem.file.startswith("dnk-2017/06")]) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"number: 1\n  key: [", "cannot be read"),
        (b"number: 1\nnumber: 2\n", "cannot be read"),
        (b"title: \xff\xfe\n", "cannot be read"),
        (b"- a\n- list\n", "is not a mapping"),
        (b"", "is not a mapping"),
    ],
    ids=["syntax", "double key", "encoding", "list", "empty"],
)
def test_an_unreadable_file_is_a_problem_and_no_crash(copy: Any, content: bytes, message: str) -> None:
    copy.keep_only(1)
    file = copy.file("dnk-2017/01")
    file.write_bytes(content)
    _, problems = build_catalogue(copy.folder, EDITION)
    assert [
        problem
        for problem in problems
        if problem.file == f"{EDITION}/{file.name}" and message in problem.message
    ]


def test_a_missing_file_is_a_problem(copy: Any) -> None:
    copy.keep_only(1)
    copy.file("datapoints").unlink()
    _, problems = build_catalogue(copy.folder, EDITION)
    assert Problem("criteria/datapoints.yaml", "datapoints", "is missing or is not a list") in problems


def test_a_number_that_does_not_fit_the_file_name_is_a_problem(copy: Any) -> None:
    copy.keep_only(1)
    copy.file("dnk-2017/01").rename(copy.folder / EDITION / "02-strategische-analyse.yaml")
    _, problems = build_catalogue(copy.folder, EDITION)
    assert [
        str(problem) for problem in problems if problem.file.endswith("/02-strategische-analyse.yaml")
    ] == [
        "dnk-2017/02-strategische-analyse.yaml: number: does not fit the name of the file,"
        " 02-strategische-analyse.yaml"
    ]


def test_loading_a_faulty_edition_raises_every_problem(copy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.keep_only(1)
    copy.plant("dnk-2017/01", "number: 1", "number: one")
    monkeypatch.setattr(loader, "criteria_folder", lambda: copy.folder)
    with pytest.raises(CatalogueError) as error:
        load_catalogue.__wrapped__(EDITION)
    assert len(error.value.problems) > 1
    assert "dnk-2017/01-strategische-analyse.yaml: number: is missing" in str(error.value)


def test_an_unknown_edition_cannot_be_loaded() -> None:
    with pytest.raises(CatalogueError, match="no such edition"):
        load_catalogue("../dnk-2017")


def test_an_edition_is_loaded_once() -> None:
    assert EDITION in editions()
    assert load_catalogue(EDITION) is load_catalogue(EDITION)


def test_values_are_frozen_and_bilingual() -> None:
    criterion = load_catalogue(EDITION).criteria[0]
    assert criterion.title == Text("Strategische Analyse und Maßnahmen", "Strategic Analysis and Action")
    assert criterion.title.to("en") == "Strategic Analysis and Action"
    with pytest.raises(FrozenInstanceError):
        criterion.number = 2  # type: ignore[misc]


def test_units_convert_exactly() -> None:
    energy = load_catalogue(EDITION).families["energy"]
    assert energy.units["kWh"].factor * 1000 == energy.units["MWh"].factor == Decimal("3600000000")


def test_an_aspect_with_a_table_may_leave_its_text_empty() -> None:
    text, table = load_catalogue(EDITION).requirements["13.2"].items
    assert (text.ref, text.kind, text.required) == ("13.2", ItemKind.TEXT, False)
    assert (table.ref, table.kind, table.required) == ("13.2.goals", ItemKind.TABLE, False)


def test_an_indicator_knows_its_fields_and_figures() -> None:
    indicator = load_catalogue(EDITION).requirements["GRI-SRS-305-1"]
    gross = indicator.items[0]
    assert gross.ref == "GRI-SRS-305-1.a"
    assert gross.datapoint is load_catalogue(EDITION).datapoints["ghg.scope1.gross"]
    assert indicator.verified is Verification.CONFIRMED


def test_options_add_their_aspects_with_the_matter_of_the_criterion() -> None:
    criterion = load_catalogue(EDITION).criteria[16]
    added = load_catalogue(EDITION).requirements["17.C1"]
    assert added in criterion.aspects
    assert "Ihr Konzept zur Achtung der Menschenrechte mit Zielen" in added.hint.de
    assert "a policy on respect for human rights yet" in added.reasons[0].text.en
    risks = load_catalogue(EDITION).requirements["17.C4"]
    assert f"mit Blick auf {criterion.csr_rug_matter.de}" in risks.hint.de
    assert f"with regard to {criterion.csr_rug_matter.en}" in risks.hint.en


def test_what_is_known_already_is_not_asked() -> None:
    catalogue = load_catalogue(EDITION)
    asked = {detail.ref for detail in catalogue.general.details}
    assert "general.business-model" in asked
    assert not {source for source, _ in catalogue.derived} & asked
    assert not catalogue.general.details[0].is_explainable
