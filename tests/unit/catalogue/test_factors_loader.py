"""Editions of factors are read whole, with every fault by file and place, and the right value is proposed."""

from decimal import Decimal
from pathlib import Path

import pytest

from dnk_tool.catalogue import CatalogueError
from dnk_tool.catalogue.factors.loader import edition_files, load_factors, read_editions
from dnk_tool.catalogue.factors.model import Boundary, FactorUse
from dnk_tool.paths import criteria_folder

HEAD = """\
key: {key}
publisher: Amt
title: Blatt
edition: '1'
published: '{published}'
address: https://example.org/blatt
licence: {{de: frei, en: free}}
factors:
"""
ROW = """\
- key: {key}
  topic: fuels
  label: {{de: Gas, en: Gas}}
  value: '{value}'
  unit: {unit}
  result_unit: {result_unit}
  gases: {gases}
  boundary: {boundary}
  scope: '{scope}'
  region: DE
  status: final
  use: {use}
  verified: true
"""
GAS = {
    "key": "peat.hi",
    "value": "0.2",
    "unit": "kWh-hi",
    "result_unit": "kg-co2e",
    "gases": "CO2",
    "boundary": "direct",
    "scope": "1",
    "use": "default",
}


class Own:
    """A folder of an operator's own editions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self, *rows: dict[str, str], key: str = "own-1", published: str = "2026", more: str = ""
    ) -> Path:
        """An edition with these rows, each as a valid one but for what it says."""
        text = HEAD.format(key=key, published=published) + "".join(ROW.format(**(GAS | row)) for row in rows)
        path = self.folder / f"{key}.yaml"
        path.write_text(text + more, encoding="utf-8")
        return path

    def problems(self, beside: str = "ebev-2030") -> list[str]:
        """What is wrong with the editions in the folder, in words, beside one that ships."""
        shipped = criteria_folder() / "factors" / f"{beside}.yaml"
        _, problems = read_editions(criteria_folder(), [shipped], edition_files(self.folder))
        return [str(problem) for problem in problems]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path)


def test_a_valid_edition_of_ones_own_joins_the_shipped_ones(own: Own) -> None:
    own.write({})
    factors = load_factors(own.folder)
    factor = factors.newest("peat.hi", 2026)
    assert factor is not None
    assert (factor.value, factor.edition.is_own) == (Decimal("0.2"), True)
    assert not factors.editions["ebev-2030"].is_own


def test_without_editions_of_ones_own_the_shipped_ones_are_loaded_once(tmp_path: Path) -> None:
    assert load_factors(tmp_path / "no-such-folder") is load_factors()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"unit": "kWh-xx"}, "unit: names the unknown unit 'kWh-xx'"),
        ({"result_unit": "km"}, "result_unit: is neither a unit of emissions nor one of energy"),
        ({"value": "0"}, "value: must be above zero"),
        ({"value": "-1"}, "value: must be above zero"),
        ({"value": "1e5"}, "value: is not a plain number such as '0.353', with at most 20 decimals"),
        ({"value": "0,2"}, "value: is not an exact number in quotes"),
        (
            {"boundary": "somewhere"},
            "boundary: is 'somewhere'; allowed: direct, upstream, direct-and-upstream",
        ),
        ({"scope": "3.16"}, "scope: names the unknown scope '3.16'"),
        ({"gases": "air"}, "gases: is 'air'; allowed: "),
        ({"gases": "''"}, "gases: must say what is counted"),
        ({"result_unit": "MJ"}, "gases: an energy content counts no gases"),
        ({"key": "Peat"}, "key: 'Peat' is not a key of small letters, digits, dots and hyphens"),
        ({"use": "ja"}, "use: is 'ja'; allowed: default, optional, cross-check"),
    ],
)
def test_a_fault_of_a_row_is_named(own: Own, row: dict[str, str], problem: str) -> None:
    path = own.write({}, row | {"key": row.get("key", "peat.kg")})
    assert any(
        message.startswith(f"{path.parent.name}/own-1.yaml: factors[1].{problem}")
        for message in own.problems()
    )


def test_only_a_contract_may_make_electricity_count_as_zero(own: Own) -> None:
    own.write({"value": "0", "scope": "2-market"})
    assert own.problems() == []


def test_missing_provenance_is_named(own: Own) -> None:
    path = own.write({})
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("publisher", "address", "licence", "published"))
    ]
    path.write_text("\n".join(kept), encoding="utf-8")
    assert [message.partition(": ")[2] for message in own.problems()] == [
        "address: is missing or is not a text",
        "licence: is missing or is not a mapping",
        "published: is missing or is not a text",
        "publisher: is missing or is not a text",
    ]


@pytest.mark.parametrize("published", ["26", "2026-13", "2026-02-32", "heute"])
def test_a_day_of_publication_must_be_one(own: Own, published: str) -> None:
    own.write({}, published=published)
    assert any("published: " in message for message in own.problems())


def test_a_factor_stands_once_in_an_edition(own: Own) -> None:
    own.write({}, {})
    assert any("factors[1].key: 'peat.hi' stands twice" in message for message in own.problems())


def test_years_tell_values_of_one_key_apart(own: Own) -> None:
    text = ROW.format(**GAS)
    own.write(more=f"{text}  data_year: 2024\n{text}  data_year: 2025\n")
    assert own.problems() == []


def test_a_misspelt_key_is_named(own: Own) -> None:
    own.write({}, more="  data_jear: 2024\n")
    assert any("factors[0].data_jear: is no key of this file" in message for message in own.problems())


def test_an_edition_has_the_name_of_its_file_and_stands_once(own: Own) -> None:
    own.write({}).rename(own.folder / "other.yaml")
    own.write({}, key="ebev-2030")
    problems = "\n".join(own.problems())
    assert "'own-1' does not fit the name of the file, other.yaml" in problems
    assert "there is an edition 'ebev-2030' already" in problems


def test_a_key_keeps_unit_and_boundary_over_editions(own: Own) -> None:
    own.write(
        {"key": "natural-gas.hs", "unit": "kWh-hs", "boundary": "direct-and-upstream"},
        {"key": "natural-gas.hi", "unit": "kg"},
        {"key": "petrol.energy.litre", "unit": "l", "result_unit": "kWh", "gases": "''"},
        {"key": "diesel.litre", "unit": "m3"},
    )
    assert [message.partition(": factors")[2] for message in own.problems()] == [
        "[0].boundary: is 'direct-and-upstream', but 'direct' in 'ebev-2030'",
        "[1].unit: is 'kg', but 'kWh-hi' in 'ebev-2030'",
    ]


def test_a_value_needs_a_year_where_the_others_of_its_key_have_one(own: Own) -> None:
    own.write({"key": "electricity.de.direct", "unit": "kWh", "scope": "2-location"})
    (problem,) = own.problems("uba-electricity-16-2026")
    assert "data_year: is missing, but the values of 'electricity.de.direct'" in problem


@pytest.mark.parametrize("content", ["- 1\n", "key: [", "\x00", ""])
def test_a_file_that_is_no_edition_is_a_problem_and_no_crash(own: Own, content: str) -> None:
    (own.folder / "own-1.yaml").write_text(content, encoding="utf-8")
    assert own.problems()


def test_faulty_editions_are_not_loaded(own: Own) -> None:
    own.write({"value": "0"}, {"unit": "kWh-xx", "key": "peat.kg"})
    with pytest.raises(CatalogueError) as error:
        load_factors(own.folder)
    assert len(error.value.problems) == 2


# ---- Which value is proposed


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2017, "0.473"), (2018, "0.473"), (2024, "0.353"), (2025, "0.344"), (2030, "0.344")],
)
def test_electricity_is_proposed_by_reporting_year(year: int, expected: str) -> None:
    factor = load_factors().newest("electricity.de.direct", year)
    assert factor is not None
    assert factor.value == Decimal(expected)


def test_refrigerants_are_proposed_after_ar5_and_can_be_had_after_ar4_and_ar6() -> None:
    factors = load_factors()
    proposed = factors.newest("refrigerant.r410a", 2025)
    assert proposed is not None
    assert (proposed.value, proposed.edition.key) == (Decimal("1923.5"), "ipcc-ar5")
    for edition, expected in (("ipcc-ar4", "2087.5"), ("ipcc-ar6", "2255.5")):
        factor = factors.exact("refrigerant.r410a", edition)
        assert factor is not None
        assert (factor.value, factor.use) == (Decimal(expected), FactorUse.OPTIONAL)


def test_what_is_there_to_compare_with_is_never_proposed() -> None:
    factors = load_factors()
    gas = factors.newest("natural-gas.hs", 2025)
    assert gas is not None
    assert gas.edition.key == "ebev-2030"
    assert factors.newest("natural-gas.m3", 2025) is None
    assert factors.newest("no.such.key", 2025) is None


def test_what_is_optional_is_proposed_only_where_nothing_else_is(own: Own) -> None:
    upstream = load_factors().newest("natural-gas.upstream.hs", 2025)
    assert upstream is not None
    assert upstream.boundary is Boundary.UPSTREAM
    own.write({"use": "optional", "value": "0.1"}, key="own-1", published="2026")
    own.write({"value": "0.3"}, key="own-0", published="2020")
    factor = load_factors(own.folder).newest("peat.hi", 2026)
    assert factor is not None
    assert factor.edition.key == "own-0"


def test_of_two_editions_the_later_one_is_proposed(own: Own) -> None:
    own.write({"value": "0.1"}, key="own-1", published="2026-03")
    own.write({"value": "0.3"}, key="own-2", published="2026-02-28")
    factor = load_factors(own.folder).newest("peat.hi", 2026)
    assert factor is not None
    assert factor.edition.key == "own-1"
