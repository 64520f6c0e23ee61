"""All quantities of a kind stand in one unit, in a document and over several years, with their digits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Origin, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.annex import FurtherFigure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.numbers import short
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.plain import plain
from dnk_tool.report.text.plain import plain as plain_text
from dnk_tool.report.view.charts.trend import TrendRow, trend
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.context import RenderContext
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import PrintedTable
from dnk_tool.report.view.units import document_units, sheet_in_units
from tests.support.documents import YEAR, empty_document
from tests.unit.figures.test_one_unit import figure_of_origin

DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
SCOPE_1, SCOPE_3 = "ghg.scope1.gross", "ghg.scope3.gross"
PARTS = (SCOPE_1, "ghg.scope2.location", SCOPE_3)
REVENUE = "economy.revenue"
FUEL, HEAT = "energy.fuels.non-renewable", "energy.heating.consumption"
CRAFT = Path(__file__).parents[3] / "data/craft.json"
WASTE = "waste.total"


def document_of_year(*figures: tuple[int, str, Figure], answers: dict[str, Answer] | None = None) -> Document:
    entered = {(year, key): figure for year, key, figure in figures}
    return empty_document(figures=entered, answers=answers or {})


def units(*figures: tuple[str, str, str]) -> dict[str, str]:
    entered = [(YEAR, key, figure_of_origin(value, unit)) for key, value, unit in figures]
    return document_units([document_of_year(*entered).sheet()], ())


@pytest.mark.parametrize(
    ("figures", "family", "unit"),
    [
        ([(SCOPE_1, "8.35", "t-co2e"), (SCOPE_3, "12680", "kg-co2e")], "co2e", "t-co2e"),
        ([(SCOPE_1, "3578", "kg-co2e")], "co2e", "t-co2e"),
        ([(SCOPE_1, "578", "kg-co2e")], "co2e", "kg-co2e"),
        ([(FUEL, "500", "kWh"), (HEAT, "2", "MWh")], "energy", "kWh"),
        ([(FUEL, "500", "kWh"), (HEAT, "2000", "MWh")], "energy", "MWh"),
        ([(FUEL, "12", "GJ"), (HEAT, "3", "GJ")], "energy", "GJ"),
        ([("waste.total", "42300", "kg"), ("materials.renewable.mass", "71", "t")], "mass", "t"),
        ([("waste.total", "300", "kg"), ("materials.renewable.mass", "0.2", "t")], "mass", "kg"),
        ([("water.withdrawal.total", "2.38", "ML"), ("water.withdrawal.other", "9", "m3")], "volume", "m3"),
        (
            [(REVENUE, "4.2", "Mio-EUR"), ("governance.compliance.fines", "7", "EUR")],
            "money",
            "EUR",
        ),
        ([(REVENUE, "4.2", "Mio-EUR")], "money", "Mio-EUR"),
    ],
)
def test_the_unit_follows_from_all_values_of_a_kind(
    figures: list[tuple[str, str, str]], family: str, unit: str
) -> None:
    assert units(*figures)[family] == unit


def test_what_is_zero_and_what_has_no_common_unit_decides_nothing() -> None:
    assert units((FUEL, "0", "GJ"), (HEAT, "3", "kWh"), ("waste.recycled-share", "3", "percent")) == {
        "energy": "kWh"
    }


def test_the_reporting_year_decides_and_earlier_years_where_it_says_nothing() -> None:
    now = (YEAR, HEAT, figure_of_origin("3", "GJ")), (YEAR, FUEL, figure_of_origin("12", "GJ"))
    before = (
        (YEAR - 1, HEAT, figure_of_origin("900", "kWh")),
        (YEAR - 1, "waste.total", figure_of_origin("900", "kg")),
    )
    given_document = document_of_year(*now, *before)
    sheets = [given_document.sheet(year) for year in (YEAR, YEAR - 1)]
    assert document_units(sheets, ()) == {"energy": "GJ", "mass": "kg"}


def test_what_is_explained_or_bought_as_fuel_decides_nothing_and_further_figures_do() -> None:
    explained = document_of_year(
        (YEAR, "waste.total", figure_of_origin("42300", "kg")),
        (YEAR, "materials.renewable.mass", figure_of_origin("71", "t")),
        answers={"GRI-SRS-306-3": Answer(Disclosure.EXPLAIN, explanation="Wird nicht gewogen.")},
    )
    assert document_units([explained.sheet()], ()) == {"mass": "t"}
    fuels = Rows(({"energy": Quantity(Decimal(9), "MWh"), "purchased": Quantity(Decimal(900), "l")},))
    bought = document_of_year(
        (YEAR, "water.withdrawal.total", figure_of_origin("2", "m3")),
        answers={"GRI-SRS-302-1.a-carriers": Answer(value=fuels)},
    )
    assert document_units([bought.sheet()], ()) == {"volume": "m3", "energy": "MWh"}
    shown = sheet_in_units(bought.sheet(), {"volume": "m3", "energy": "kWh"})
    (row,) = shown.answer("GRI-SRS-302-1.a-carriers").value.rows  # type: ignore[union-attr]
    assert row == {"energy": Quantity(Decimal(9000), "kWh"), "purchased": Quantity(Decimal(900), "l")}
    further = FurtherFigure("energy.savings", Quantity(Decimal(500), "kWh"), Quality.CALCULATED, "")
    assert document_units([bought.sheet()], (further,))["energy"] == "kWh"


AMOUNTS = st.tuples(
    st.decimals("0.1", 10**6, places=1),
    st.sampled_from(["kg-co2e", "t-co2e"]),
    st.sampled_from([Origin.ENTERED, Origin.LINES]),
)


@given(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS))
def test_a_sum_is_that_of_the_values_beside_it(amounts: Sequence[tuple[Decimal, str, Origin]]) -> None:
    given_document = document_of_year(
        *(
            (YEAR, key, Figure(value, unit, Quality.MEASURED, origin=origin))
            for key, (value, unit, origin) in zip(PARTS, amounts, strict=True)
        )
    )
    source = RenderContext(given_document, TextFormatter("de"))
    parts = [source.sheet.figures[key].readable for key in PARTS]
    total = source.sheet.figure(given_document.selection.catalogue.datapoints["ghg.total"]).readable
    assert total
    assert {part.unit for part in parts if part} == {total.unit}
    assert total.value == short(sum((part.value for part in parts if part), Decimal(0)))


def view_with() -> DeclarationView:
    waste = Rows(
        (
            {"waste": "Späne", "amount": Quantity(Decimal(71), "t"), "route": "recycling"},
            {"waste": "Restmüll", "amount": Quantity(Decimal(42300), "kg"), "route": "landfill"},
        )
    )
    given_document = document_of_year(
        (YEAR, SCOPE_1, figure_of_origin("8.35", "t-co2e")),
        (YEAR - 1, SCOPE_1, figure_of_origin("9100", "kg-co2e")),
        (YEAR, SCOPE_3, figure_of_origin("12680", "kg-co2e")),
        (YEAR, "waste.total", figure_of_origin("113.3", "t")),
        answers={"GRI-SRS-306-3.a-waste": Answer(value=waste)},
    )
    return compose(given_document, DRAFT)


def shown_texts(view: DeclarationView) -> Iterator[str]:
    for tile in view.glance.figures:
        yield f"{tile.value} {tile.unit} {tile.before}"
    for requirement in (r for part in view.parts for chapter in part.chapters for r in chapter.parts):
        yield from (f"{row.unit}" for table in requirement.fields for row in table.rows)
        yield from (cell.text for table in requirement.tables for row in table.rows for cell in row)
    for chart in (c for p in view.parts for chapter in p.chapters for c in chapter.charts):
        yield f"{chart.title} {chart.svg}"


def test_tiles_tables_and_charts_say_the_same_unit() -> None:
    said = [plain_text(text) for text in shown_texts(view_with())]
    assert [text for text in said if re.search(r"\d kg|^kg|kg CO", text)] == []
    assert any("12,68 t CO₂e" in text for text in said)
    assert any("9,10 t CO₂e" in text for text in said)


def test_the_rows_of_a_list_have_one_unit_and_as_many_decimals() -> None:
    tables: list[PrintedTable] = [
        table
        for part in view_with().parts
        for chapter in part.chapters
        for requirement in chapter.parts
        for table in requirement.tables
    ]
    listed = [plain_text(cell.text) for table in tables for row in table.rows for cell in row]
    assert [text for text in listed if text.endswith(" t")] == ["71,0 t", "42,3 t"]


def test_a_note_says_what_is_another_number_in_the_unit_of_the_document() -> None:
    joules = YEAR - 1, FUEL, figure_of_origin("126.4", "GJ")
    noted = compose(document_of_year((YEAR, FUEL, figure_of_origin("31.4", "MWh")), joules), DRAFT)
    kilograms = YEAR - 1, "waste.total", figure_of_origin("650", "kg")
    unnoted = compose(document_of_year((YEAR, "waste.total", figure_of_origin("0.6", "t")), kilograms), DRAFT)
    said = [
        plain_text(text)
        for one in (noted, unnoted)
        for part in one.parts
        for chapter in part.chapters
        for requirement in chapter.parts
        for table in requirement.fields
        for row in table.rows
        for text in row.conversions
    ]
    assert said == [f"{YEAR - 1} angegeben: 126,4 GJ"]


def test_data_keep_what_was_entered() -> None:
    given_document = document_of_year((YEAR, SCOPE_3, figure_of_origin("12680", "kg-co2e")))
    compose(replace(given_document), DRAFT)
    assert given_document.figures[YEAR, SCOPE_3].unit == "kg-co2e"


def of_year(year: int, **figures: Figure) -> Document:
    """The same company in another year, with these figures besides; `waste` is the total of waste."""
    document = read_document(CRAFT.read_bytes())
    moved = {
        (year - (document.reporting_year - of), key): figure for (of, key), figure in document.figures.items()
    }
    if waste := figures.get("waste"):
        moved[year, WASTE] = waste
    return replace(document, reporting_year=year, figures=moved)


def waste_of(*documents: Document) -> TrendRow | None:
    trend_view = trend(documents, "de")
    labels = {row.label: row for row in trend_view.rows} if trend_view else {}
    point = documents[0].selection.catalogue.datapoints[WASTE]
    return labels.get(point.label.to("de"))


def test_one_year_has_no_trend() -> None:
    assert trend([of_year(2024)], "de") is None
    assert trend([], "de") is None


def test_years_go_from_the_earliest_to_the_latest_whatever_the_order() -> None:
    documents = [of_year(2025), of_year(2023), of_year(2024)]
    trend_view = trend(documents, "de")
    assert trend_view
    assert trend_view.years == ("2023", "2024", "2025")
    assert all(len(row.values) == len(trend_view.years) for row in trend_view.rows)
    assert trend_view == trend(documents[::-1], "de")


def test_all_values_stand_in_the_unit_of_the_latest_year() -> None:
    row = waste_of(
        of_year(2024, waste=Figure(Decimal(2500), "kg")), of_year(2025, waste=Figure(Decimal(5), "t"))
    )
    assert row
    assert (row.values, row.unit, row.change) == (("2,5", "5,0"), "t", "+100,0\N{NO-BREAK SPACE}%")
    assert row.entered == (), "kilograms are the same number in tonnes, with its point elsewhere"


def test_a_year_that_says_nothing_has_a_dash() -> None:
    documents = [of_year(year, waste=Figure(Decimal(year), "t")) for year in (2023, 2025)]
    between = of_year(2024)
    between = replace(between, figures={k: v for k, v in between.figures.items() if k[1] != WASTE})
    row = waste_of(*documents, between)
    assert row
    assert row.values == ("2.023", "–", "2.025")


def test_what_a_year_explains_instead_of_reporting_is_left_out() -> None:
    documents = [of_year(year, waste=Figure(Decimal(year), "t")) for year in (2023, 2024, 2025)]
    asking = documents[1].selection.asked_by[WASTE]
    explained = {
        requirement.ref: Answer(Disclosure.EXPLAIN, explanation="Zu klein.") for requirement in asking
    }
    documents[1] = replace(documents[1], answers={**documents[1].answers, **explained})
    row = waste_of(*documents)
    assert row
    assert row.values == ("2.023", "–", "2.025")


def test_emissions_stand_in_one_unit_and_one_chart_whatever_was_typed() -> None:
    trend_view = trend([of_year(2024), of_year(2025)], "de")
    assert trend_view
    assert {row.unit for row in trend_view.rows if row.key.startswith("ghg.")} == {"t\N{NO-BREAK SPACE}CO₂e"}
    charts = [chart for chart in trend_view.charts if "CO₂e" in chart.title]
    assert len(charts) == 1
    drawn = plain(charts[0].svg).replace("\N{NO-BREAK SPACE}", " ")
    assert all(name in drawn for name in ("Scope 1", "Scope 2"))


def test_a_unit_that_the_catalogue_lost_breaks_nothing() -> None:
    lost = of_year(2024, waste=Figure(Decimal(1), "Eimer"))
    assert waste_of(lost, of_year(2025, waste=Figure(Decimal(1), "t"))) is None


def test_in_english() -> None:
    trend_view = trend([of_year(2024), of_year(2025)], "en")
    assert trend_view
    assert trend_view.change.replace("\N{NO-BREAK SPACE}", " ") in ("", "Change since 2024")
    point = of_year(2025).selection.catalogue.datapoints["energy.total"]
    assert trend_view.rows[0].label == point.label.to("en")
