"""What a finished declaration gives to a release, and why some of its figures are not compared."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dnk_tool.domain.aggregates.comparability import company_figures, differences, section_of
from dnk_tool.domain.aggregates.entering_versions import EnteringVersion
from dnk_tool.domain.aggregates.model import Difference
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.declarations.annex import CoveredSites, FurtherFigure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.quantities import Quantity

FILE = Path(__file__).parents[2] / "data/producer.json"
DOCUMENT = read_document(FILE.read_bytes())
VERSION = EnteringVersion(7, 30, 4, 2, is_published=False, is_submitted=True, shows_profile=True)
SCOPE_1, BOUNDARY, GASES = "ghg.scope1.gross", "GRI-SRS-305-1.f", "GRI-SRS-305-1.b"


def with_answer(ref: str, answer: Answer) -> Document:
    return replace(DOCUMENT, answers={**DOCUMENT.answers, ref: answer})


def with_figure(key: str, figure: Figure) -> Document:
    return replace(DOCUMENT, figures={**DOCUMENT.figures, (DOCUMENT.reporting_year, key): figure})


def test_a_company_gives_the_figures_of_its_reporting_year() -> None:
    given = company_figures(DOCUMENT, VERSION)
    assert (given.company, given.version, given.section, given.size) == (7, 30, "C", CompanySize.MEDIUM)
    assert given.figures["energy.total"] == DOCUMENT.figures[DOCUMENT.reporting_year, "energy.total"]
    assert (given.employees, given.is_published, given.is_submitted) == (186, False, True)


def test_section_and_size_stay_with_a_company_that_does_not_show_its_profile() -> None:
    given = company_figures(DOCUMENT, replace(VERSION, shows_profile=False))
    assert (given.section, given.size, given.employees) == ("", None, 186)


def test_the_profile_tells_employees_and_turnover_where_no_figure_does() -> None:
    given = company_figures(DOCUMENT, VERSION)
    assert given.figures["workforce.headcount"].quantity == Quantity(Decimal(186), "persons")
    assert given.figures["economy.turnover"].quantity == DOCUMENT.organisation.turnover
    counted = company_figures(with_figure("workforce.headcount", Figure(Decimal(190), "persons")), VERSION)
    assert counted.figures["workforce.headcount"].value == 190


def test_an_explained_figure_is_no_value() -> None:
    explained = with_answer(
        "GRI-SRS-305-1", Answer(Disclosure.EXPLAIN, explanation="Wir erheben sie noch nicht.")
    )
    given = company_figures(explained, VERSION)
    assert SCOPE_1 in given.explained
    assert SCOPE_1 not in given.figures
    missing = Figure(None, "", Quality.NOT_AVAILABLE, note="Der Zähler fehlt.")
    given = company_figures(with_figure("waste.total", missing), VERSION)
    assert "waste.total" in given.explained


def test_a_figure_beyond_the_standard_is_given_too() -> None:
    figures = {key: figure for key, figure in DOCUMENT.figures.items() if key[1] != "economy.turnover"}
    further = FurtherFigure("economy.turnover", Quantity(Decimal(5), "Mio-EUR"))
    annex = replace(DOCUMENT.annex, figures=(further,))
    given = company_figures(replace(DOCUMENT, figures=figures, annex=annex), VERSION)
    assert given.figures["economy.turnover"].quantity == further.quantity


@pytest.mark.parametrize(
    ("ref", "value", "reason"),
    [
        (BOUNDARY, "operational-control", None),
        (BOUNDARY, "equity-share", Difference.BOUNDARY),
        (GASES, ("co2", "ch4", "n2o"), None),
        (GASES, ("all",), None),
        (GASES, ("co2",), Difference.GASES),
    ],
)
def test_another_boundary_and_other_gases_are_not_compared(
    ref: str, value: str | tuple[str, ...], reason: Difference | None
) -> None:
    found = differences(with_answer(ref, Answer(value=value)))
    assert (reason in found.get(SCOPE_1, frozenset())) is (reason is not None)
    assert reason not in found.get("energy.total", frozenset())


def test_estimated_figures_and_left_out_sites_are_not_compared() -> None:
    estimated = with_figure("energy.total", Figure(Decimal(1), "MWh", Quality.ESTIMATED))
    assert differences(estimated)["energy.total"] == {Difference.ESTIMATED}
    annex = replace(DOCUMENT.annex, scope=CoveredSites(sites=("Werk",), left_out=("Lager",)))
    assert Difference.BOUNDARY in differences(replace(DOCUMENT, annex=annex))["energy.total"]


@pytest.mark.parametrize(
    ("sector", "section"), [("25", "C"), ("WZ 2025: 43.21", "F"), ("Wir backen", ""), ("", "")]
)
def test_the_section_of_a_sector(sector: str, section: str) -> None:
    assert section_of(sector) == section
