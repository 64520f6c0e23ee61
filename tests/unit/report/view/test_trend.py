"""Figures of several years side by side: each as its own year says it, in one unit, never more than said."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.report.text.plain import plain
from dnk_tool.report.view.charts.trend import TrendRow, trend

CRAFT = Path(__file__).parents[3] / "data/craft.json"
WASTE = "waste.total"


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
