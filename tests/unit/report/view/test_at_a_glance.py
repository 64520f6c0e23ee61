"""The first look says what there is, names what is missing, and invents nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.annex import Annex, AnnexLine, AnnexStep, FurtherFigure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.files.html import render_html
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import ChartView
from tests.support.documents import empty_document, full_document, plain_spaces, stored_document
from tests.support.plausibility_cases import make_figure

ISSUE = Issue(version=1, issued_on=date(2026, 3, 1), is_draft=False, fingerprint="0" * 64)


def view(document: Document) -> DeclarationView:
    return compose(document, ISSUE)


def charts(document: Document) -> dict[str, ChartView]:
    """The charts before the indicators, by the beginning of their titles."""
    parts = view(document).parts
    return {chart.title: chart for part in parts for chapter in part.chapters for chart in chapter.charts}


def test_key_figures_stand_with_the_year_before_and_the_change() -> None:
    glance = view(stored_document("craft")).glance
    (scope,) = [key_figure for key_figure in glance.figures if "Scope 1" in plain_spaces(key_figure.label)]
    assert (scope.value, plain_spaces(scope.unit)) == ("3,58", "t CO₂e")
    assert plain_spaces(scope.before) == "2024: 3,71 t CO₂e (−3,6 %)"


def test_what_is_explained_is_named_and_its_old_value_is_not_shown() -> None:
    document = stored_document("craft")
    year, key = document.reporting_year, "ghg.scope3.gross"
    hidden = replace(document, figures={**document.figures, (year, key): make_figure("777123 t-co2e")})
    shown = view(hidden)
    assert "777.123" not in render_html(shown)
    (line,) = [line for line in shown.glance.missing_figures if line.startswith("Begründet statt berichtet")]
    assert "Scope\u00a03" in line


def test_what_is_not_available_is_no_zero() -> None:
    document = stored_document("craft")
    missing = Figure(None, "", Quality.NOT_AVAILABLE)
    figures = {**document.figures, (document.reporting_year, "waste.total"): missing}
    glance = view(replace(document, figures=figures)).glance
    assert "Abfall gesamt" not in [key_figure.label for key_figure in glance.figures]
    assert "Liegt nicht vor: Abfall gesamt" in glance.missing_figures


def test_goals_come_once_and_at_most_six_with_their_year_and_state() -> None:
    goals = view(stored_document("craft")).glance.goals
    assert len(goals) == 6
    assert len({goal.goal for goal in goals}) == 6
    assert goals[0].criterion == "3"
    assert (goals[0].due, goals[0].status) == ("2025", "erreicht")
    assert plain_spaces(view(stored_document("craft")).glance.goals_note) != ""


def test_a_goal_of_any_length_is_cut() -> None:
    rows = Rows(({"goal": "Ziel " * 2000, "status": "x" * 5000},))
    document = empty_document(answers={"3.1.goals": Answer(value=rows)})
    (goal,) = view(document).glance.goals
    assert len(goal.goal) <= 160
    assert len(goal.status.replace("\u200b", "")) <= 90


def test_an_empty_declaration_says_that_it_is_open() -> None:
    glance = view(empty_document()).glance
    assert glance.figures == ()
    assert glance.goals == ()
    assert [line.split(":")[0] for line in glance.missing_figures] == ["Noch offen"]
    assert glance.goals_note == "Zu Zielen steht hier noch nichts."
    assert "offen" in glance.coverage.svg
    assert charts(empty_document()) == {}


def test_explained_goals_are_called_so() -> None:
    refs = ("3.1", "12.1", "13.2", "14.1", "15.1", "16.1", "17.1")
    why = Answer(Disclosure.EXPLAIN, explanation="Noch nicht beschlossen.", reason="planned")
    document = empty_document(answers=dict.fromkeys(refs, why))
    assert "Begründung" in view(document).glance.goals_note


def test_a_further_figure_of_the_annex_stands_below_the_one_it_belongs_to() -> None:
    further = FurtherFigure("energy.renewable-share", Quantity(Decimal("15.9"), "percent"), "calculated")
    document = replace(stored_document("craft"), annex=Annex(figures=(further,)))
    (energy,) = [
        key_figure
        for key_figure in view(document).glance.figures
        if key_figure.label == "Energieverbrauch gesamt"
    ]
    assert plain_spaces(energy.detail) == "Anteil erneuerbarer Energie: 15,9 %"


def test_energy_is_drawn_by_carrier_and_says_what_is_renewable() -> None:
    (title,) = [title for title in charts(stored_document("craft")) if title.startswith("Energieverbrauch")]
    svg = plain_spaces(charts(stored_document("craft"))[title].svg)
    assert "Diesel: 13.446 Kilowattstunden" in svg
    assert "Brennholz (erneuerbar): 3.400 Kilowattstunden" in svg
    assert "Kühlenergie" not in svg, "a true zero needs no bar"


def test_carriers_that_are_not_all_of_the_figure_give_way_to_it() -> None:
    document = stored_document("craft")
    figures = {
        **document.figures,
        (document.reporting_year, "energy.fuels.non-renewable"): make_figure("99999 kWh"),
    }
    svg = plain_spaces(next(iter(charts(replace(document, figures=figures)).values())).svg)
    assert "Diesel" not in svg
    assert "99.999 kWh" in svg


def test_carriers_come_from_the_lines_of_a_calculator_where_no_table_names_them() -> None:
    def line(title: str, energy: str) -> AnnexLine:
        amount = Quantity(Decimal(energy), "kWh")
        step = AnnexStep("energy.fuels.non-renewable", amount, amount)
        return AnnexLine("energy", "fuel", title, steps=(step,))

    document = stored_document("craft")
    answers = {ref: answer for ref, answer in document.answers.items() if "carriers" not in ref}
    annex = Annex((line("Erdgas", "10000"), line("Diesel", "2000"), line("Diesel", "1446")))
    svg = plain_spaces(next(iter(charts(replace(document, answers=answers, annex=annex)).values())).svg)
    assert "Erdgas: 10.000 Kilowattstunden" in svg
    assert "Diesel: 3.446 Kilowattstunden" in svg


def test_scopes_name_what_has_no_value() -> None:
    (chart,) = [
        chart
        for title, chart in charts(stored_document("craft")).items()
        if title.startswith("Treibhausgase")
    ]
    assert "Scope\u00a03: begründet statt berichtet" in chart.notes
    (scope2,) = [note for note in chart.notes if note.startswith("Scope 2")]
    assert "2024" in scope2
    assert "keine Angabe" in scope2


@pytest.mark.parametrize("name", ["craft", "producer", "draft", "effas", "sole"])
def test_no_chart_has_fewer_than_two_values(name: str) -> None:
    for title, chart in charts(stored_document(name)).items():
        assert chart.svg.count("<rect") >= 2, title


def test_everything_has_a_chart_where_everything_is_said() -> None:
    document = full_document(language="en", indicator_set="effas", options=frozenset())
    titles = " ".join(charts(document))
    for words in ("Greenhouse gases", "Age groups", "Share of women"):
        assert words in titles


def test_only_terms_that_occur_are_explained_in_order() -> None:
    names = [term.label for term in view(stored_document("craft")).glossary]
    assert names == sorted(names, key=str.casefold)
    assert {"DNK", "CO₂e", "Scope 1"} <= set(names)
    assert "EFFAS" not in names
    assert "SA8000" not in names
    english = compose(stored_document("craft"), ISSUE, ExportOptions(language="en")).glossary
    assert "Base year" in [term.label for term in english] or len(english) > 5
    assert all(term.prose for term in english)


def test_the_page_on_a_screen_has_no_style_in_its_drawings() -> None:
    screen = compose(stored_document("craft"), ISSUE, on_paper=False)
    assert "style=" not in screen.glance.coverage.svg
    assert "Segoe UI" in screen.glance.coverage.svg
