"""What a frozen version shows of itself: warnings in the company's words, and why a part is read first."""

from dataclasses import replace
from decimal import Decimal

from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.declarations.annex import FigureExplanation
from dnk_tool.domain.declarations.document import Document, canonical_json, fingerprint
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.review import Noteworthy
from dnk_tool.services.review.noteworthy import (
    PROFILE,
    noteworthy_sections,
    sections_by_note,
    warnings_by_place,
)
from dnk_tool.services.review.round import ReviewRound
from dnk_tool.store.tables.declarations import Snapshot
from tests.support.review_scenario import CRAFT

CRAFTED = read_document(CRAFT.read_bytes())
YEAR = CRAFTED.reporting_year
SCOPE1 = "ghg.scope1.gross"


def round_of(document: Document) -> ReviewRound:
    content = canonical_json(document)
    snapshot = Snapshot(version=1, content=content, sha256=fingerprint(content))
    return ReviewRound({1: snapshot}, snapshot, document, {}, {}, frozenset(), {})


def jumped(*explanations: FigureExplanation) -> Document:
    """Scope 1 rose to the tenfold of the year before."""
    figures = {(YEAR - 1, SCOPE1): Figure(Decimal(3), "t-co2e", Quality.MEASURED)}
    figures |= {(YEAR, SCOPE1): Figure(Decimal(30), "t-co2e", Quality.MEASURED)}
    return replace(
        CRAFTED,
        figures=CRAFTED.figures | figures,
        annex=replace(CRAFTED.annex, explanations=explanations),
    )


def place_of(document: Document, key: str) -> str:
    return document.selection.asked_by[key][0].ref


def test_a_warning_stands_at_what_asks_for_the_figure_with_the_sentence_about_it() -> None:
    place = place_of(CRAFTED, SCOPE1)
    silent = [warning for warning in warnings_by_place(round_of(jumped()))[place] if "+900" in warning.odd]
    assert [(warning.datapoint, warning.sentence) for warning in silent] == [(SCOPE1, "")]
    said = FigureExplanation(SCOPE1, silent[0].odd, "Wir haben gebaut.")
    other = FigureExplanation(SCOPE1, "Was die Regeln von damals fragten.", "Das war der Winter.")
    sentences = {w.odd: w.sentence for w in warnings_by_place(round_of(jumped(said, other)))[place]}
    assert sentences[silent[0].odd] == "Wir haben gebaut."
    assert sentences[other.question] == "Das war der Winter."


def test_warnings_of_the_profile_stand_there_and_the_order_is_of_reasons() -> None:
    turnover = Quantity(Decimal(9_000_000_000), "EUR")
    document = replace(jumped(), organisation=replace(CRAFTED.organisation, turnover=turnover, employees=1))
    review_round = round_of(document)
    assert warnings_by_place(review_round)[PROFILE]
    noted = noteworthy_sections(review_round, None)
    assert noted["general"][0] is noted["13"][0] is Noteworthy.WARNING
    order = [section.ref for section in sections_by_note(review_round, noted)]
    assert order[:2] == ["general", "13"]
    assert sorted(order) == sorted(section.ref for section in review_round.sections)
    ranks = [list(Noteworthy).index(noted[ref][0]) if ref in noted else 9 for ref in order]
    assert ranks == sorted(ranks)
    assert {reason for reasons in noted.values() for reason in reasons} >= {Noteworthy.EXPLAINED}
