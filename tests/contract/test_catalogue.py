"""Promises about the data of every edition: shape, both languages, typography, help on every aspect."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from ruamel.yaml import YAML

from dnk_tool.catalogue import Aspect, Catalogue, Indicator, editions, load_catalogue
from dnk_tool.catalogue.check import check_edition, check_shared_data
from dnk_tool.catalogue.presentation import ChartKind, load_presentation
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.catalogue.values import Verification
from dnk_tool.catalogue.yaml_reader import PARSED_FILE
from dnk_tool.paths import criteria_folder
from dnk_tool.report.view.charts.by_indicator import CHART_FUNCTIONS
from tests.banned_phrases import BANNED, STRAIGHT_APOSTROPHE, banned_phrases

FOLDER = criteria_folder()
FILES = sorted(FOLDER.rglob("*.yaml"))
SCHEMAS = sorted((FOLDER / "schema").glob("*.schema.json"))
HEADER = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
HINT_LENGTH = 200
MOST_EQUAL_HINTS = 5
# Where files hold the titles of a classification; their other texts are ours.
OFFICIAL_TITLES = {
    "sectors.yaml": re.compile(r".*\.label"),
    "sector-classification.yaml": re.compile(r"\.(sections|divisions|classes)\[\d+\]\.label"),
}
# Straight quotes and abbreviations that the style of the texts rules out.
FAULTY_GERMAN = re.compile(r'"|\bz\. ?B\.|\bd\. ?h\.|\bu\. ?a\.|\betc\.|\w[*:]innen\b')


def _name_in_folder(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def _schema_of(file: Path) -> Path:
    """The schema that the first line of the file names for editors."""
    header = HEADER.match(file.read_text(encoding="utf-8"))
    assert header, "the first line must name the schema"
    return (file.parent / header[1]).resolve()


@cache
def _content(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


@cache
def _schemas() -> Registry[Any]:
    contents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS}
    return Registry().with_resources(
        (name, Resource.from_contents(content)) for name, content in contents.items()
    )


def _translated(value: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every mapping that has a German or an English entry: where it stands and both entries."""
    if isinstance(value, dict):
        if "de" in value or "en" in value:
            yield path, value.get("de"), value.get("en")
        for key, part in value.items():
            yield from _translated(part, f"{path}.{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _translated(part, f"{path}[{index}]")


def _lines(text: Any) -> list[str]:
    return text if isinstance(text, list) else [text]


@pytest.fixture(params=editions())
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    return load_catalogue(request.param)


@pytest.mark.parametrize("file", FILES, ids=_name_in_folder)
def test_what_the_build_has_read_is_what_the_file_says(file: Path) -> None:
    parsed = json.loads(PARSED_FILE.read_bytes()).get(sha256(file.read_bytes()).hexdigest())
    assert parsed, "run: python -m dnk_tool.build_hook"
    assert json.loads(parsed) == _content(file)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_valid_and_described(schema: Path) -> None:
    content = json.loads(schema.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    assert content["title"]
    assert content["additionalProperties"] is False
    for name, property_schema in content["properties"].items():
        assert property_schema.get("description") or "$ref" in property_schema, f"{name} is not described"


@pytest.mark.parametrize("file", FILES, ids=_name_in_folder)
def test_a_file_fits_its_schema(file: Path) -> None:
    schema = _schema_of(file)
    assert schema in SCHEMAS
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")), registry=_schemas())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(_content(file))] == []


@pytest.mark.parametrize("file", FILES, ids=_name_in_folder)
def test_every_text_has_both_languages(file: Path) -> None:
    for path, german, english in _translated(_content(file)):
        assert len(_lines(german)) == len(_lines(english)), path
        for line in (*_lines(german), *_lines(english)):
            assert isinstance(line, str), path
            assert line, path
            assert line == line.strip(), path


@pytest.mark.parametrize("file", FILES, ids=_name_in_folder)
def test_texts_keep_to_the_typography(file: Path) -> None:
    for path, german, english in _translated(_content(file)):
        for line in _lines(german):
            assert not FAULTY_GERMAN.search(line), f"{path}: {line}"
            assert line.count("„") == line.count("“"), f"{path}: {line}"
        for line in _lines(english):
            assert '"' not in line, f"{path}: {line}"
            assert not STRAIGHT_APOSTROPHE.search(line), f"{path}: {line}"
            assert "‘" not in line, f"{path}: {line}"
            assert line.count("“") == line.count("”"), f"{path}: {line}"


@pytest.mark.parametrize("file", FILES, ids=_name_in_folder)
@pytest.mark.parametrize("language", BANNED)
def test_c3_no_text_uses_a_banned_phrase(file: Path, language: str) -> None:
    """Official titles of others, such as those of sectors, keep their words."""
    titles = OFFICIAL_TITLES.get(file.name)
    for path, german, english in _translated(_content(file)):
        if titles and titles.fullmatch(path):
            continue
        for line in _lines(german if language == "de" else english):
            assert banned_phrases(line, language) == [], f"{path}: {line}"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "We have not recorded the risks in an orderly way."),
        ("en", "Ask the person of trust."),
        ("en", "A training plan is intended for the coming year."),
        ("en", "Greenhouse gas balance, if there is one"),
        ("de", "Zum Belang „Umweltbelange“ haben wir kein Konzept."),
        ("de", "Die Risiken haben wir noch nicht geordnet erfasst."),
        ("de", "Todesfälle anderer, deren Arbeit Sie anleiten nach einem Unfall."),
        ("de", "Standorte mit Wasserknappheit. Keiner davon: 0 eintragen."),
        ("de", "Einer der beiden Sätze von Indikatoren des DNK"),
    ],
)
def test_c3_a_banned_phrase_is_found(language: str, line: str) -> None:
    assert banned_phrases(line, language)


def test_c3_what_all_lines_of_a_group_share_is_said_once() -> None:
    """A hint that stands at every line of a long list is that of the group."""
    for calculator in _content(FOLDER / "calculators.yaml")["calculators"]:
        own = Counter(one["hint"]["de"] for one in calculator["activities"] if "hint" in one)
        shared = {group["hint"]["de"] for group in calculator.get("groups", ()) if "hint" in group}
        assert not shared & set(own), calculator["key"]
        if "groups" in calculator:
            assert max(own.values()) <= MOST_EQUAL_HINTS, own.most_common(1)


def test_c3_reasons_stand_in_one_order(catalogue: Catalogue) -> None:
    order = [reason.key for reason in catalogue.reasons]
    assert order == ["not-collected", "planned", "not-material", "not-applicable", "confidential"]
    for requirement in catalogue.requirements.values():
        keys = [reason.key for reason in requirement.reasons]
        assert keys == sorted(keys, key=order.index), requirement.ref


@pytest.mark.parametrize(
    "ref",
    [
        "GRI-G4-FS11",
        "GRI-SRS-205-3",
        "GRI-SRS-403-9",
        "GRI-SRS-412-3",
        "GRI-SRS-415-1",
        "GRI-SRS-419-1",
        "EFFAS-G01-01",
        "TAX.1",
        "TAX.2",
    ],
)
def test_c2_8_a_full_report_of_zero_is_not_offered_as_an_explanation(ref: str) -> None:
    requirement = load_catalogue("dnk-2017").requirements[ref]
    assert requirement.zeros
    assert all(zero.label.de.endswith(": 0") and zero.label.en.endswith(": 0") for zero in requirement.zeros)
    says_zero = re.compile(
        r"grundsätzlich nicht|keine? (?:meldepflichtigen|bekannt)|null Prozent|leisten keine"
    )
    assert not [reason.text.de for reason in requirement.reasons if says_zero.search(reason.text.de)]
    assert "not-applicable" not in {reason.key for reason in requirement.reasons}


@pytest.mark.parametrize("edition", editions())
def test_an_edition_has_no_problem(edition: str) -> None:
    assert [str(problem) for problem in check_edition(FOLDER, edition).problems] == []


def test_what_editions_share_has_no_problem() -> None:
    assert [str(problem) for problem in check_shared_data(FOLDER)] == []


def test_the_dnk_has_20_criteria_in_4_areas() -> None:
    catalogue = load_catalogue("dnk-2017")
    assert [criterion.number for criterion in catalogue.criteria] == list(range(1, 21))
    assert [area.title.de for area in catalogue.areas] == [
        "Strategie",
        "Prozessmanagement",
        "Umwelt",
        "Gesellschaft",
    ]


def test_the_criteria_of_the_dnk_have_their_established_titles() -> None:
    assert [
        (criterion.title.de, criterion.title.en) for criterion in load_catalogue("dnk-2017").criteria
    ] == TITLES


def test_every_criterion_has_aspects_and_an_area(catalogue: Catalogue) -> None:
    for criterion in catalogue.criteria:
        assert criterion.aspects, criterion.ref
        assert criterion.number in catalogue.area_of(criterion).criteria


def test_every_aspect_helps_the_writer(catalogue: Catalogue) -> None:
    for aspect in _aspects(catalogue):
        assert len(aspect.hint.de) <= HINT_LENGTH, aspect.ref
        assert len(aspect.hint.en) <= HINT_LENGTH, aspect.ref
        assert len(aspect.belongs) >= 3, aspect.ref
        assert len(aspect.where) >= 2, aspect.ref
        assert len(aspect.reasons) >= 2, aspect.ref
        assert aspect.example.de, aspect.ref


def test_an_example_stays_within_the_guide_length(catalogue: Catalogue) -> None:
    """An example that alone filled the whole criterion would teach the wrong length."""
    for aspect in _aspects(catalogue):
        assert len(aspect.example.de) < catalogue.guide_length[1] / 3, aspect.ref


def test_the_same_explanation_is_not_offered_twice(catalogue: Catalogue) -> None:
    for requirement in catalogue.requirements.values():
        texts = [reason.text.de for reason in requirement.reasons]
        assert len(texts) == len(set(texts)), requirement.ref


def test_every_indicator_asks_for_something_and_can_be_explained(catalogue: Catalogue) -> None:
    for indicator in _indicators(catalogue):
        assert any(item.required for item in indicator.items), indicator.ref
        assert indicator.reasons or indicator.zeros, indicator.ref
        assert indicator.code, indicator.ref


def test_every_indicator_belongs_to_a_set_of_the_edition(catalogue: Catalogue) -> None:
    used = {indicator.indicator_set for indicator in _indicators(catalogue)}
    assert used == {indicator_set.key for indicator_set in catalogue.indicator_sets}


def test_every_reason_is_used(catalogue: Catalogue) -> None:
    used = {reason.key for requirement in catalogue.requirements.values() for reason in requirement.reasons}
    assert used == {reason.key for reason in catalogue.reasons}


def test_a_quantity_has_a_datapoint_and_a_usable_unit(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        assert (item.kind is ItemKind.QUANTITY) == (item.datapoint is not None), item.ref
        if item.datapoint:
            assert item.datapoint.default_unit in item.datapoint.family.units, item.ref


def test_refs_tell_everything_apart(catalogue: Catalogue) -> None:
    requirements = [requirement for section in catalogue.sections for requirement in section.all_requirements]
    assert len(catalogue.requirements) == len(requirements)
    assert len(catalogue.items) == sum(len(requirement.items) for requirement in requirements)


def test_what_is_uncertain_is_marked_so(catalogue: Catalogue) -> None:
    """Whoever relies on an item must be able to tell a confirmed one from a guess."""
    for aspect in _aspects(catalogue):
        if aspect.basis == "unconfirmed":
            assert aspect.verified is not Verification.CONFIRMED, aspect.ref


def test_every_chart_kind_is_drawn_described_and_used() -> None:
    schema = json.loads((FOLDER / "schema/indicators.schema.json").read_text(encoding="utf-8"))
    described = schema["$defs"]["chart"]["properties"]["kind"]["enum"]
    presentations = [load_presentation(edition) for edition in editions()]
    used = {
        chart.kind
        for presentation in presentations
        for charts in presentation.charts.values()
        for chart in charts
    }
    assert set(ChartKind) == set(CHART_FUNCTIONS) == set(described) == used


def test_a_chart_stands_with_an_indicator_that_asks_for_its_figures(catalogue: Catalogue) -> None:
    for ref, charts in load_presentation(catalogue.edition).charts.items():
        asked = {item.datapoint.key for item in catalogue.requirements[ref].items if item.datapoint}
        for chart in charts:
            shown = {chart.datapoint, *(part.datapoint for part in chart.parts)} - {""}
            assert not shown or shown & asked, ref


def test_every_set_has_key_figures_and_explains_its_name(catalogue: Catalogue) -> None:
    presentation = load_presentation(catalogue.edition)
    names = " ".join(term.name.de for term in presentation.glossary)
    for indicator_set in catalogue.indicator_sets:
        assert presentation.key_figures[indicator_set.key].core, indicator_set.key
        assert indicator_set.abbreviation in names, indicator_set.key


def _aspects(catalogue: Catalogue) -> list[Aspect]:
    return [requirement for requirement in catalogue.requirements.values() if isinstance(requirement, Aspect)]


def _indicators(catalogue: Catalogue) -> list[Indicator]:
    return [
        requirement for requirement in catalogue.requirements.values() if isinstance(requirement, Indicator)
    ]


TITLES = [
    ("Strategische Analyse und Maßnahmen", "Strategic Analysis and Action"),
    ("Wesentlichkeit", "Materiality"),
    ("Ziele", "Objectives"),
    ("Tiefe der Wertschöpfungskette", "Depth of the Value Chain"),
    ("Verantwortung", "Responsibility"),
    ("Regeln und Prozesse", "Rules and Processes"),
    ("Kontrolle", "Control"),
    ("Anreizsysteme", "Incentive Systems"),
    ("Beteiligung von Anspruchsgruppen", "Stakeholder Engagement"),
    ("Innovations- und Produktmanagement", "Innovation and Product Management"),
    ("Inanspruchnahme von natürlichen Ressourcen", "Usage of Natural Resources"),
    ("Ressourcenmanagement", "Resource Management"),
    ("Klimarelevante Emissionen", "Climate-relevant Emissions"),
    ("Arbeitnehmerrechte", "Employment Rights"),
    ("Chancengerechtigkeit", "Equal Opportunities"),
    ("Qualifizierung", "Qualifications"),
    ("Menschenrechte", "Human Rights"),
    ("Gemeinwesen", "Corporate Citizenship"),
    ("Politische Einflussnahme", "Political Influence"),
    ("Gesetzes- und richtlinienkonformes Verhalten", "Conduct that Complies with the Law and Policy"),
]
