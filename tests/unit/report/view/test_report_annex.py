"""The annex prints how each figure came about and leaves out whatever says nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from dnk_tool.domain.answers.answer import Figure, Origin, Quality
from dnk_tool.domain.declarations.annex import (
    Annex,
    AnnexLine,
    AnnexStep,
    CoveredSites,
    EnteredValue,
    FigureExplanation,
    FurtherFigure,
    ListedEvidence,
    ReviewedGoal,
    UsedFactor,
)
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.files.html import render_html
from dnk_tool.report.text.plain import plain
from dnk_tool.report.view.annex import AnnexView
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue

CRAFT = Path(__file__).parents[3] / "data" / "craft.json"
ISSUE = Issue(version=1, issued_on=date(2026, 3, 1), is_draft=False, fingerprint="0" * 64)
GRID = UsedFactor(
    "Strommix",
    Decimal("0.344"),
    "kWh",
    "kg-co2e",
    gases="CO2",
    boundary="direct",
    source="UBA",
    edition="uba-2026",
    data_year=2025,
)
OWN = UsedFactor("Spedition", Decimal("0.09"), "kg", "kg-co2e", reason="Angabe unseres Spediteurs")


def bill(title: str, step: AnnexStep) -> AnnexLine:
    return AnnexLine("energy", "electricity", title, "Rechnung 7", steps=(step,))


def step(datapoint: str, quantity: str, result: str, factor: UsedFactor | None) -> AnnexStep:
    return AnnexStep(
        datapoint, Quantity(Decimal(quantity), "kWh"), Quantity(Decimal(result), "kg-co2e"), factor
    )


@pytest.fixture
def document() -> Document:
    return read_document(CRAFT.read_bytes())


def annex(document: Document, annex: Annex) -> AnnexView:
    return compose(replace(document, annex=annex), ISSUE).annex


def test_a_line_is_printed_as_quantity_times_factor_with_its_source(document: Document) -> None:
    view = annex(document, Annex((bill("Netzstrom", step("ghg.scope2.location", "4518", "1554.192", GRID)),)))
    (calculation,) = view.calculations
    texts = [cell.text.replace("\u00a0", " ") for cell in calculation.table.rows[0]]
    assert texts == [
        "Netzstrom: Rechnung 7",
        "4.518 kWh",
        "0,344 kg CO₂/kWh",
        "1.554 kg CO₂e",
        "[1]",
    ]
    assert [source.replace("\u00a0", " ") for source in view.sources] == [
        "Strommix, UBA, Datenjahr 2025, CO₂, ohne Vorkette"
    ]


def test_a_source_is_numbered_once_and_an_own_factor_gives_its_reason(document: Document) -> None:
    lines = (
        bill("A", step("ghg.scope2.location", "1", "0.344", GRID)),
        bill("B", step("ghg.scope2.location", "2", "0.688", GRID)),
        bill("C", step("ghg.scope3.gross", "2", "0.18", OWN)),
    )
    view = annex(document, Annex(lines))
    numbers = [row[-1].text for calculation in view.calculations for row in calculation.table.rows]
    assert numbers == ["[1]", "[1]", "[2]"]
    assert len(view.sources) == 2
    assert "Angabe unseres Spediteurs" in view.sources[1].replace("\u00a0", " ")


def test_amounts_without_a_factor_stand_in_one_table(document: Document) -> None:
    year = document.reporting_year
    figure = Figure(Decimal("1.5"), "t", Quality.CALCULATED, origin=Origin.LINES)
    document = replace(document, figures={**document.figures, (year, "waste.total"): figure})
    wood, rest = (
        AnnexStep("waste.total", Quantity(Decimal(amount), "kg"), Quantity(Decimal(amount), "kg"))
        for amount in ("1000", "500")
    )
    cases = Quantity(Decimal(2), "1")
    injuries = AnnexStep("safety.employees.recordable-injuries", cases, cases)
    lines = (bill("Holz", wood), bill("Rest", rest), bill("Unfälle", injuries))
    said = (FigureExplanation("waste.total", "?", "Wir haben das Lager geräumt."),)
    view = annex(document, Annex(lines, explanations=said))
    assert view.calculations == ()
    assert [explanation.prose[0].lines[0] for explanation in view.explanations] == [
        "Wir haben das Lager geräumt."
    ]
    (table,) = view.sums
    assert [[cell.text.replace("\u00a0", " ") for cell in row] for row in table.rows] == [
        ["Abfall gesamt", "Holz: Rechnung 7", "1.000 kg", ""],
        ["Abfall gesamt", "Rest: Rechnung 7", "500 kg", "1,50 t"],
        ["Beschäftigte: dokumentierbare Verletzungen", "Unfälle: Rechnung 7", "2", ""],
    ]


def test_further_figures_are_rounded_whatever_they_come_from(document: Document) -> None:
    amount = Quantity(Decimal("15396.909919"), "kWh")
    for quality, text in (("estimated", "15.397 kWh"), ("measured", "15.397 kWh")):
        (table,) = annex(
            document, Annex(figures=(FurtherFigure("energy.renewable", amount, quality),))
        ).further
        assert table.rows[0][1].text.replace("\u00a0", " ") == text


def test_the_sum_stands_below_only_where_the_lines_gave_the_figure(document: Document) -> None:
    lines = (bill("A", step("ghg.scope2.location", "1000", "344", GRID)),)
    year = document.reporting_year
    for origin, total in ((Origin.LINES, "0,34 t CO₂e"), (Origin.ENTERED, "")):
        figure = Figure(Decimal("0.344"), "t-co2e", Quality.CALCULATED, origin=origin)
        figures = {**document.figures, (year, "ghg.scope2.location"): figure}
        view = annex(replace(document, figures=figures), Annex(lines))
        assert view.calculations[0].total.replace("\u00a0", " ") == total


def test_everything_else_is_printed_too_and_only_listed_evidence(document: Document) -> None:
    given = Annex(
        figures=(FurtherFigure("waste.total", Quantity(Decimal("1.2"), "t"), "calculated"),),
        evidence=(
            ListedEvidence("Jahresabrechnung", "a.pdf", "0" * 64, ("ghg.scope1.gross",), is_listed=True),
            ListedEvidence("Lohnliste", "b.pdf", "1" * 64, ("GRI-SRS-405-1",)),
        ),
        explanations=(FigureExplanation("energy.total", "?", "Eine Maschine stand still."),),
        goals=(ReviewedGoal("13.1", 2024, "Minus 10 Prozent", "partly", "Späte Lieferung"),),
        scope=CoveredSites(("Werkstatt",), ("Halle",), note="Das Lager kam dazu."),
    )
    html = plain(render_html(compose(replace(document, annex=given), ISSUE)))
    for text in (
        "Jahresabrechnung",
        "Eine Maschine stand still.",
        "teilweise erreicht",
        "Das Lager kam dazu.",
        "Halle",
    ):
        assert text in html
    assert "Lohnliste" not in html
    assert html.count('id="anhang"') == 1


def test_a_sentence_stands_below_the_calculation_of_its_figure_else_by_itself(document: Document) -> None:
    given = Annex(
        (bill("A", step("ghg.scope2.location", "1000", "344", GRID)),),
        explanations=(
            FigureExplanation("ghg.scope2.location", "?", "Der Strom kam aus zwei Netzen."),
            FigureExplanation("energy.total", "?", "Eine Maschine stand still."),
        ),
    )
    view = annex(document, given)
    (calculation,) = view.calculations
    assert [prose[0].lines[0] for prose in calculation.explanations] == ["Der Strom kam aus zwei Netzen."]
    assert [explanation.prose[0].lines[0] for explanation in view.explanations] == [
        "Eine Maschine stand still."
    ]
    html = plain(render_html(compose(replace(document, annex=given), ISSUE)))
    assert html.count("Der Strom kam aus zwei Netzen.") == 1


def test_a_line_that_only_enters_a_formula_is_printed_as_it_was_entered(document: Document) -> None:
    entered = (EnteredValue("Männer", Quantity(Decimal(20), "EUR")),)
    view = annex(document, Annex((AnnexLine("pay-gap", "pay-gap", "Entgeltlücke", entered=entered),)))
    (table,) = view.entries
    assert [cell.text.replace("\u00a0", " ") for cell in table.rows[0]] == ["Entgeltlücke", "Männer: 20 EUR"]


def test_without_anything_to_say_there_is_no_annex(document: Document) -> None:
    assert 'id="anhang"' not in render_html(compose(document, ISSUE))


def test_many_lines_with_one_factor_stand_in_one_row_and_in_one_list(document: Document) -> None:
    """A list that two figures rest on is printed once, and nothing of a line is lost."""
    market = replace(GRID, value=Decimal("0.05"), name="Vertrag")
    steps = (
        step("ghg.scope2.location", "100", "34.4", GRID),
        step("ghg.scope2.market", "100", "5", market),
    )
    many = tuple(
        AnnexLine("energy", "electricity", "Netzstrom", f"Rechnung {number}", steps=steps)
        for number in range(10)
    )
    view = annex(document, Annex(many))
    rows = [
        [cell.text.replace("\u00a0", " ") for cell in row]
        for calculation in view.calculations
        for row in calculation.table.rows
    ]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("Netzstrom: 10 Zeilen (Liste 1)", "1.000 kWh", "344 kg CO₂e"),
        ("Netzstrom: 10 Zeilen (Liste 1)", "1.000 kWh", "50 kg CO₂e"),
    ]
    (listed,) = view.lists
    said = [cell.text for row in listed.rows for cell in row if cell.text.startswith("Rechnung")]
    assert said == [f"Rechnung {number}" for number in range(10)]
    assert len(listed.rows) == 4, "three lines side by side"
    few = annex(document, Annex(many[:8]))
    assert (len(few.calculations[0].table.rows), few.lists) == (8, ())


def test_b11_the_set_of_potentials_has_a_line_of_its_own(document: Document) -> None:
    """In the view, and so in every file; a typed potential names its report in the source."""
    gas = replace(GRID, name="R410A", gases="CO2e", source="IPCC", edition="ipcc-ar6", data_year=None)
    typed = replace(OWN, name="Treibhauspotenzial nach AR4", source="IPCC AR4")
    lines = (bill("R410A", step("ghg.scope1.gross", "1", "2255", gas)),)
    view = annex(document, Annex(lines))
    said = "Treibhauspotenziale (GWP) über 100 Jahre: IPCC, Sechster Sachstandsbericht (AR6, 2021)."
    assert view.potentials == said
    mixed = annex(document, Annex((*lines, bill("Anderes", step("ghg.scope1.gross", "1", "631", typed)))))
    assert "Vierter Sachstandsbericht (AR4, 2007); Sechster" in mixed.potentials
    assert annex(document, Annex((bill("A", step("ghg.scope2.location", "1", "1", GRID)),))).potentials == ""
    assert said in render_html(compose(replace(document, annex=Annex(lines)), ISSUE))
