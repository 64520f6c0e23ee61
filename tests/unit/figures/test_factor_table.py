"""A table of factors is understood with the columns of an edition's file and with those of others."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.catalogue.factors.loader import load_factors, load_unit_families
from dnk_tool.services.factors.table import FactorTable, NotAFactorTable, read_table
from dnk_tool.services.factors.table_cells import number_text, scopes
from tests.support.tables import numbered_rows

HEADS = (
    "key",
    "name_de",
    "unit",
    "kgCO2e_per_unit",
    "gas_coverage",
    "scope",
    "year_edition",
    "verified",
    "ship",
)


def factor_table(*rows: Sequence[str], heads: Sequence[str] = HEADS, only_source: str = "") -> FactorTable:
    lines = numbered_rows([heads, *rows])
    known = {
        alias: factor
        for factors in load_factors().by_key.values()
        for factor in factors
        for alias in factor.aliases
    }
    return read_table(lines, load_unit_families(), known, only_source=only_source)


def _parsed_row(**cells: str) -> dict[str, Any]:
    given_cells = {"key": "x.kwh", "value": "1", "unit": "kWh"} | cells
    table = factor_table(tuple(given_cells.values()), heads=tuple(given_cells))
    return table.rows[2]


def test_a_row_of_another_collection_becomes_a_row_of_an_edition() -> None:
    table = factor_table((
        "erdgas_kwh_hs", "Erdgas", "kWh (Hs)", "0,181395", "CO2", "Scope 1", "EBeV 2030", "ja: Text", "ja",
    ))  # fmt: skip
    assert table.rows[2] == {
        "key": "natural-gas.hs",
        "topic": "fuels",
        "label": {"de": "Erdgas", "en": "Natural gas per kWh gross calorific value (Hs)"},
        "value": "0.181395",
        "unit": "kWh-hs",
        "result_unit": "kg-co2e",
        "gases": "CO2",
        "boundary": "direct",
        "scope": "1",
        "region": "DE",
        "status": "final",
        "use": "default",
        "verified": "true",
        "reference": "",
    }


@pytest.mark.parametrize(
    ("text", "gases", "boundary"),
    [
        ("CO2", "CO2", "direct"),
        ("CO2 fossil", "CO2", "direct"),
        ("CO2, CH4, N2O direkt", "CO2, CH4, N2O", "direct"),
        ("CO2, CH4, N2O inkl. Energievorkette (Well-to-Wheel)", "CO2, CH4, N2O", "direct-and-upstream"),
        ("CO2e nur Vorkette (WTT)", "CO2e", "upstream"),
        ("CO₂e ohne Vorkette", "CO2e", "direct"),
        ("CO2, CH4, N2O direkt + RF", "CO2, CH4, N2O, non-CO2", "direct"),
        ("R410A", "CO2e", "direct"),
        ("HFO-1234yf", "CO2e", "direct"),
        ("wie oben", "wie oben", "direct"),
    ],
)
def test_gases_and_boundary_are_read_from_words(text: str, gases: str, boundary: str) -> None:
    row = _parsed_row(gas_coverage=text)
    assert (row["gases"], row["boundary"]) == (gases, boundary)


def test_a_column_for_the_boundary_goes_before_words() -> None:
    assert _parsed_row(gas_coverage="CO2e inkl. Vorkette", boundary="upstream")["boundary"] == "upstream"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("2-location, 3.3", "2-location, 3.3"),
        ("Scope 2 standortbasiert", "2-location"),
        ("Scope 2 marktbasiert", "2-market"),
        ("Scope 3.4 / 3.9", "3.4, 3.9"),
        ("Scope 1 (Flotte ohne Literdaten) / 3.6", "1, 3.6"),
        ("Scope 2 + Scope 3.3 (nicht allein als Scope 2 ausweisen)", "2-location, 3.3"),
        ("irgendwo", "irgendwo"),
        ("", ""),
    ],
)
def test_scopes_are_read_from_words(text: str, expected: str) -> None:
    assert scopes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,353", "0.353"),
        ("0.353", "0.353"),
        ("1 300", "1300"),
        ("2E-5", "0.00002"),
        ("1.234,5", "1.234,5"),
        ("", ""),
        ("NaN", "NaN"),
        ("viel", "viel"),
    ],
)
def test_a_number_is_read_with_comma_or_dot_and_never_guessed(text: str, expected: str) -> None:
    assert number_text(text) == expected


@given(st.text(max_size=40))
def test_no_cell_breaks_the_reading(text: str) -> None:
    row = _parsed_row(
        name_de=text, gas_coverage=text, scope=text, verified=text, ship=f"x{text}", year_edition=text
    )
    assert row["verified"] in ("true", "partial", "false")
    assert isinstance(number_text(text), str)


@pytest.mark.parametrize(
    ("ship", "use"),
    [
        ("ja", "default"),
        ("ja (nur Rückfall)", "default"),
        ("optional (Typenschild)", "optional"),
        ("nach Pruefung Standard", "optional"),
        ("Gegenprobe", "cross-check"),
        ("", "optional"),
    ],
)
def test_nothing_is_proposed_that_does_not_ask_for_it(ship: str, use: str) -> None:
    assert _parsed_row(ship=ship)["use"] == use


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", "true"),
        ("ja: Text", "true"),
        ("abgeleitet", "partial"),
        ("NEIN: v1", "false"),
        ("1 Projekt", "false"),
    ],
)
def test_what_is_not_said_to_be_verified_is_not(text: str, expected: str) -> None:
    assert _parsed_row(verified=text)["verified"] == expected


def test_what_the_table_does_not_want_is_left_out_and_named() -> None:
    table = factor_table(
        ("a.kwh", "A", "kWh", "1", "CO2", "Scope 1", "", "", "nein"),
        ("b.kwh", "B", "kWh", "1", "CO2", "Scope 1", "", "", "ja"),
    )
    assert (table.left_out, [*table.rows]) == (("a.kwh",), [3])


@pytest.mark.parametrize(
    ("cells", "year"),
    [
        ({"data_year": "2025"}, 2025),
        ({"year_edition": "Datenjahr 2024; Ausgabe 16/2026"}, 2024),
        ({"year_edition": "2025 v1"}, 2025),
        ({"year_edition": "EBeV 2030, gilt 2023-2030"}, None),
        ({"data_year": "bald"}, "bald"),
    ],
)
def test_the_year_is_read_from_its_column_or_from_the_edition(cells: dict[str, str], year: object) -> None:
    assert _parsed_row(**cells).get("data_year") == year


def test_a_table_without_its_heads_is_refused_with_what_is_missing() -> None:
    with pytest.raises(NotAFactorTable) as error:
        factor_table(heads=("Schlüssel", "unit"))
    assert error.value.missing == ("key", "value")


def test_one_source_of_several_can_be_chosen() -> None:
    heads = ("key", "unit", "value", "source_title", "source_address")
    rows = (
        ("a.kwh", "kWh", "1", "UBA 16/2026", "https://example.org/a ; https://example.org/b"),
        ("b.kwh", "kWh", "1", "DESNZ [ID 1_2]", ""),
    )
    table = factor_table(*rows, heads=heads, only_source="uba")
    assert [*table.rows] == [2]
    assert table.sources[2]["address"] == "https://example.org/a"
    assert factor_table(*rows, heads=heads).rows[3]["reference"] == "ID 1_2"
