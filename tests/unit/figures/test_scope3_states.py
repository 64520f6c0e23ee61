"""The 15 categories of Scope 3: proposed by lines and figures, completed for print, never overruled."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from dnk_tool.catalogue import load_catalogue
from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.annex import Annex, AnnexLine, AnnexStep, FurtherFigure
from dnk_tool.domain.declarations.document import Document
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.declarations.scope3_parts import reckoned_categories
from dnk_tool.domain.figures.scope3 import CATEGORIES, CategoryState, completed_rows, proposed_states
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.model import Issue
from dnk_tool.report.view.parts import PrintedTable

PRODUCER = Path(__file__).parents[2] / "data/producer.json"
REF = "GRI-SRS-305-3"
NOT_RELEVANT = {"category": "3-14", "state": "not-relevant", "reason": "Wir haben kein Franchise."}


def test_scope3_states_follow_lines_and_figures() -> None:
    figures = {
        "ghg.scope3.waste": Figure(Decimal(2), "t-co2e", Quality.ESTIMATED),
        "ghg.scope3.purchased-goods": Figure(Decimal(9), "t-co2e", Quality.CALCULATED),
        "ghg.scope3.commuting": Figure(None, "", Quality.NOT_AVAILABLE),
    }
    states = proposed_states([("3.4", False), ("3.6", False), ("3.6", True), ("", False)], figures)
    assert list(states) == list(CATEGORIES)
    stated = {category: state for category, state in states.items() if state is not CategoryState.MISSING}
    assert stated == {
        "3-1": CategoryState.CALCULATED,
        "3-4": CategoryState.CALCULATED,
        "3-5": CategoryState.ESTIMATED,
        "3-6": CategoryState.ESTIMATED,
    }


def test_scope3_rows_of_the_company_stay_and_the_rest_is_added_in_order() -> None:
    rows = completed_rows(Rows((NOT_RELEVANT,)), proposed_states([("3.3", False)], {}))
    assert [row["category"] for row in rows.rows] == list(CATEGORIES)
    assert rows.rows[13] == NOT_RELEVANT
    assert rows.rows[2] == {"category": "3-3", "state": "calculated"}


def test_scope3_the_catalogue_has_words_for_all_categories_and_states() -> None:
    (item,) = (one for key, one in load_catalogue("dnk-2017").items.items() if key == f"{REF}.categories")
    assert item.table is not None
    category, state, _reason = item.table.columns
    assert [choice.key for choice in category.choices] == list(CATEGORIES)
    assert [choice.key for choice in state.choices] == [state.value for state in CategoryState]


def test_scope3_table_is_printed_whole_once_the_company_says_something() -> None:
    document = read_document(PRODUCER.read_bytes())
    answers = {**document.answers, REF: Answer(Disclosure.COMPLY)}
    step = AnnexStep(
        "ghg.scope3.gross", Quantity(Decimal(10), "tkm"), Quantity(Decimal(1), "t-co2e"), category="3.4"
    )
    annex = Annex((AnnexLine("freight", "lorry", "Lkw", steps=(step,)),))
    silent = replace(document, answers=answers, annex=annex)
    assert not [table for table in tables_of_scope3(silent) if "Kategorien" in table]
    answers[f"{REF}.categories"] = Answer(value=Rows((NOT_RELEVANT,)))
    (table,) = (
        table for table in tables_of_scope3(replace(silent, answers=answers)) if "Kategorien" in table
    )
    assert table.count("fehlt") == 13
    assert "3.4 Transport und Lagerung, vorgelagert | berechnet" in table
    assert "3.14 Franchise | nicht relevant | Wir haben kein Franchise." in table


def tables_of_scope3(document: Document) -> list[str]:
    """The tables of 305-3 as text."""
    view = compose(document, Issue(None, date(2026, 3, 2), is_draft=True, fingerprint="0" * 64))
    return [
        f"{table.caption}\n{rows_text(table)}".replace("\u00a0", " ")
        for part in view.parts
        for chapter in part.chapters
        for indicator in chapter.parts
        if indicator.number == "GRI SRS-305-3"
        for table in indicator.tables
    ]


def rows_text(table: PrintedTable) -> str:
    return "\n".join(" | ".join(cell.text for cell in row) for row in table.rows)


def test_scope3_a_total_names_the_categories_that_are_in_it() -> None:
    document = read_document(PRODUCER.read_bytes())
    travel = AnnexStep(
        "ghg.scope3.gross", Quantity(Decimal(10), "pkm"), Quantity(Decimal(1), "t-co2e"), category="3.6"
    )
    commuting = FurtherFigure("ghg.scope3.commuting", Quantity(Decimal(4), "t-co2e"), "calculated")
    intensity = FurtherFigure(
        "ghg.total-intensity.fte", Quantity(Decimal("2.71828"), "t-co2e-per-fte"), "calculated"
    )
    lines = (AnnexLine("travel", "rail", "Bahn", steps=(travel,)),)
    silent = replace(document, annex=Annex(figures=(intensity,)))
    annex = Annex(lines, figures=(intensity, commuting))
    said = {
        **document.answers,
        f"{REF}.categories": Answer(value=Rows(({"category": "3-2", "state": "estimated"}, NOT_RELEVANT))),
    }
    told = replace(document, annex=annex, answers=said)
    names = "3.2 Kapitalgüter; 3.6 Geschäftsreisen; 3.7 Arbeitswege der Beschäftigten"
    assert "; ".join(name.de for name in reckoned_categories(told)) == names
    assert reckoned_categories(replace(document, annex=Annex())) == ()
    assert further_rows(silent) == [
        "2,72 t CO₂e/VZÄ | Welche Teile von Scope 3 darin sind, ist nicht angegeben."
    ]
    assert further_rows(told) == [f"2,72 t CO₂e/VZÄ | Aus Scope 3 sind darin: {names}.", "4,0 t CO₂e | "]


def further_rows(document: Document) -> list[str]:
    """Value and remark of each further figure in the annex."""
    view = compose(document, Issue(None, date(2026, 3, 2), is_draft=True, fingerprint="0" * 64))
    (table,) = view.annex.further
    return [f"{row[1].text} | {row[3].text}".replace("\u00a0", " ") for row in table.rows]
