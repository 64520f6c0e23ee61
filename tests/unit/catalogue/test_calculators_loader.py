"""Every fault of calculators.yaml is named with the place where it stands."""

import shutil
from pathlib import Path

import pytest

from dnk_tool.catalogue.calculators.loader import build_calculators, load_calculators
from dnk_tool.catalogue.calculators.model import QuantityMethod
from dnk_tool.catalogue.check import check_shared_data
from dnk_tool.paths import criteria_folder
from tests.unit.catalogue.conftest import Copy

FILE = "calculators.yaml"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that calculators are made of."""
    folder = tmp_path_factory.mktemp("shared") / "criteria"
    folder.mkdir()
    for name in ("units.yaml", "datapoints.yaml", "constants.yaml"):
        shutil.copy(criteria_folder() / name, folder)
    return folder


SMALL = """
fields:
- {name: amount, key: quantity, label: {de: Menge, en: Amount}, hint: {de: Rechnung, en: Bill},
   families: [mass], default_unit: kg, units: [kg, t], required: true}
- {name: share, key: share, label: {de: Anteil, en: Share}, hint: {de: Rechnung, en: Bill},
   families: [percent], default_unit: percent}
slots:
- {name: total, key: total, label: {de: Abfall, en: Waste}, datapoint: waste.total, share_field: share}
calculators:
- key: waste
  topic: waste
  label: {de: Abfall, en: Waste}
  explains: {de: Summe, en: Sum}
  where: {de: [Rechnung], en: [Bill]}
  derives: [waste.recycled-share]
  activities:
  - {key: rest, label: {de: Rest, en: Rest}, hint: {de: Rechnung, en: Bill}, fields: [amount, share],
     slots: [{like: total}]}
"""


def _problems(folder: Path, *changes: tuple[str, str]) -> list[str]:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / FILE).write_text(text, encoding="utf-8")
    return [str(problem).partition(f"{FILE}: ")[2] for problem in build_calculators(folder)[1]]


def test_a_small_file_is_read(copied: Path) -> None:
    assert _problems(copied) == []
    (calculator,) = build_calculators(copied)[0].values()
    (activity,) = calculator.activities
    assert calculator.results == ("waste.recycled-share", "waste.total")
    assert [field.key for field in activity.fields] == ["quantity", "share"]
    assert list(activity.fields[0].units) == ["kg", "t"]
    assert activity.measure is QuantityMethod.AS_ENTERED
    assert activity.datapoints == ("waste.total",)
    assert activity.slot("total") is activity.slots[0]
    assert calculator.activity("unknown") is activity.field("unknown") is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("families: [mass]", "families: [weight]"),
            "fields[0].families: names the unknown unit family 'weight'",
        ),
        (("units: [kg, t]", "units: [kg, kWh]"), "fields[0].units: 'kWh' is no unit of these families"),
        (("default_unit: kg", "default_unit: g"), "fields[0].default_unit: 'g' is not among the units"),
        (("name: share", "name: amount"), "fields: 'amount' stands twice"),
        (
            ("datapoint: waste.total", "datapoint: waste.all"),
            "slots[0].datapoint: names the unknown datapoint 'waste.all'",
        ),
        (
            ("datapoint: waste.total", "datapoint: ghg.total"),
            "slots[0].datapoint: 'ghg.total' follows from other figures",
        ),
        (
            ("share_field: share", "category: '3.2'"),
            "slots[0].category: '3.2' is no category of Scope 3 that calculators know",
        ),
        (
            ("fields: [amount, share]", "fields: [amount]"),
            "calculators[0].activities[0].slots: 'total' needs the field 'share'",
        ),
        (
            ("fields: [amount, share]", "fields: [amount, part]"),
            "calculators[0].activities[0].fields: names the unknown field 'part'",
        ),
        (
            ("{like: total}", "{like: sum}"),
            "calculators[0].activities[0].slots[0].like: names the unknown slot 'sum'",
        ),
        (
            ("derives: [waste.recycled-share]", "derives: [waste.none]"),
            "calculators[0].derives: names the unknown datapoint 'waste.none'",
        ),
        (("slots: [{like: total}]", "single: true"), "slots: 'total' is used by no activity"),
        (
            ("slots: [{like: total}]", "measure: guess, slots: [{like: total}]"),
            "calculators[0].activities[0].measure: is 'guess'; allowed: "
            "as-entered, gas-volume, stock-balance, commute, haulage",
        ),
        (
            ("slots: [{like: total}]", "measure: haulage, slots: [{like: total}]"),
            "calculators[0].activities[0].measured: must name a unit family",
        ),
        (
            ("default_unit: percent}", "default_unit: percent, part_of: all}"),
            "calculators[0].activities[0].fields: 'share' is a part of 'all', which is missing",
        ),
        (("en: [Bill]", "en: []"), "calculators[0].where: has 1 German and 0 English entries"),
    ],
)
def test_a_fault_is_named(copied: Path, change: tuple[str, str], problem: str) -> None:
    assert problem in _problems(copied, change)


def test_a_broken_file_is_one_fault_more(copied: Path) -> None:
    (copied / FILE).write_text("fields: [", encoding="utf-8")
    calculators, problems = build_calculators(copied)
    assert calculators == {}
    assert any("cannot be read" in problem.message for problem in problems)


def test_a_slot_that_names_an_unknown_factor_is_found(copy: Copy) -> None:
    copy.keep_only()
    copy.plant(FILE, "[diesel.litre]", "[diesel.barrel]")
    assert [str(problem) for problem in check_shared_data(copy.folder) if FILE in problem.file] == [
        "criteria/calculators.yaml: energy.diesel.scope1: names the unknown factor 'diesel.barrel'"
    ]


def test_the_calculators_are_loaded_once() -> None:
    assert load_calculators() is load_calculators()
