"""The view says exactly what the document says, in printed order and in the words of the language."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dnk_tool.domain.answers import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.document import Document
from dnk_tool.domain.values import Rows
from dnk_tool.report.compose import compose
from dnk_tool.report.pieces import Answered
from dnk_tool.report.view import DeclarationView, Issue
from tests.builders import YEAR, empty_document, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)


def answers(view: DeclarationView) -> dict[str, Answered]:
    return {one.number: one for part in view.parts for chapter in part.chapters for one in chapter.parts}


def with_figures(*figures: tuple[int, str, Figure]) -> Document:
    return empty_document(figures={(year, key): figure for year, key, figure in figures})


def test_chapters_stand_in_the_order_of_publication() -> None:
    chapters = [c for part in compose(full_document(), FINAL).parts for c in part.chapters]
    printed = [f"K{c.number}" if c.kind == "criterion" else c.anchor.split("-", 1)[1] for c in chapters]
    order = full_document().selection.catalogue.publication_order
    assert [one.removeprefix("K") for one in printed[:-1]] == [
        key.removeprefix("K") for key in order if key not in ("general", "indicator-index")
    ]
    assert printed[-1] == "taxonomy"


def test_a_full_declaration_has_no_gap_and_says_what_is_explained() -> None:
    view = compose(full_document(), FINAL)
    assert view.counts[-1].open == "0"
    assert {one.status for one in answers(view).values()} == {"reported", "explained"}
    explained = [one for one in answers(view).values() if one.status == "explained"]
    assert all(one.prose and one.reason and not one.fields for one in explained)


def test_an_empty_draft_names_every_gap() -> None:
    view = compose(empty_document(), DRAFT)
    assert {one.open_label for one in answers(view).values()} == {"Noch nicht beantwortet"}
    assert view.counts[-1].reported == "0"
    assert {row.status_label for row in view.index} == {"offen"}
    assert view.draft_mark == "Entwurf – nicht freigegeben"
    assert view.edition == "Entwurf vom 2. März 2026"


def test_an_explanation_hides_what_was_reported_before() -> None:
    said = Answer(
        Disclosure.EXPLAIN, text="alter Text", explanation="Noch keine Daten.", reason="not-collected"
    )
    one = answers(compose(empty_document(answers={"1.1": said}), DRAFT))["1.1"]
    assert one.status == "explained"
    assert one.prose[0].lines == ("Noch keine Daten.",)


def test_figures_stand_beside_earlier_years_with_unit_quality_and_change() -> None:
    view = compose(
        with_figures(
            (
                YEAR,
                "ghg.scope1.gross",
                Figure(Decimal("118.4"), "t-co2e", Quality.ESTIMATED, "Heizung geschätzt"),
            ),
            (YEAR - 1, "ghg.scope1.gross", Figure(Decimal(148000), "kg-co2e", Quality.MEASURED)),
        ),
        DRAFT,
    )
    (table,) = answers(view)["GRI SRS-305-1"].fields
    row = table.rows[0]
    assert table.years == (str(YEAR), str(YEAR - 1))
    assert table.change == f"gegen {YEAR - 1}"
    assert [one.value for one in row.figures] == ["118,4", "148.000"]
    assert [one.unit for one in row.figures] == ["", "kg CO₂e"]
    assert [one.quality for one in row.figures] == ["geschätzt", "gemessen"]
    assert row.unit == "t CO₂e"
    assert row.change == ("−20,0\u00a0%",)
    assert row.notes == (f"{YEAR}: Heizung geschätzt",)
    assert any(other.is_open for other in table.rows)


def test_no_value_is_not_zero() -> None:
    none = Figure(None, "", Quality.NOT_AVAILABLE)
    view = compose(with_figures((YEAR, "ghg.scope1.gross", none)), DRAFT)
    cell = answers(view)["GRI SRS-305-1"].fields[0].rows[0].figures[0]
    assert (cell.value, cell.quality) == ("–", "nicht verfügbar")


def test_a_change_from_zero_is_not_shown() -> None:
    view = compose(
        with_figures(
            (YEAR, "ghg.scope1.gross", Figure(Decimal(5), "t-co2e")),
            (YEAR - 1, "ghg.scope1.gross", Figure(Decimal(0), "t-co2e")),
        ),
        DRAFT,
    )
    assert answers(view)["GRI SRS-305-1"].fields[0].rows[0].change == ("–",)


def test_computed_figures_are_marked() -> None:
    document = full_document()
    point = next(one for one in document.selection.items.values() if one.datapoint and one.datapoint.computed)
    rows = [
        row
        for one in answers(compose(document, FINAL)).values()
        for table in one.fields
        for row in table.rows
    ]
    row = next(row for row in rows if row.label == point.label.de and row.figures[0].quality == "rechnerisch")
    assert row.figures[0].value != "–"


def test_tables_keep_values_as_entered() -> None:
    document = full_document()
    ref, answer = next((ref, one) for ref, one in document.answers.items() if ref.endswith(".goals"))
    assert isinstance(answer.value, Rows)
    view = answers(compose(document, FINAL))[ref.removesuffix(".goals")]
    assert len(view.tables[0].rows) == len(answer.value.rows)
    assert 98 <= sum(view.tables[0].widths) <= 102


def test_english_chrome_around_german_words() -> None:
    view = compose(full_document(), FINAL, "en")
    assert (view.language, view.content_language) == ("en-GB", "de-DE")
    assert view.cover.title.startswith("Declaration")


def test_earlier_years_are_two_at_most() -> None:
    figures = [(YEAR - back, "ghg.scope1.gross", Figure(Decimal(100 + back), "t-co2e")) for back in range(5)]
    table = answers(compose(with_figures(*figures), DRAFT))["GRI SRS-305-1"].fields[0]
    assert table.years == (str(YEAR), str(YEAR - 1), str(YEAR - 2))


def test_the_imprint_tells_the_copy_and_promises_no_check() -> None:
    view = compose(full_document(), FINAL)
    said = " ".join(view.statements)
    assert "ohne Prüfung durch Dritte" in said
    assert "kein Signet" in said
    assert any("ab12cd34 ab12cd34" in entry.prose[0].lines[0] for entry in view.imprint)


def test_characters_that_cannot_be_printed_are_told_once() -> None:
    profile = replace(full_document().organisation, name="Müller 😀 GmbH")
    view = compose(full_document(profile=profile), FINAL)
    assert view.cover.company == "Müller � GmbH"
    assert view.statements[-1].startswith("Zeichen, die nicht gedruckt werden konnten: 1.")


@pytest.mark.parametrize("indicator_set", ["gri", "effas"])
def test_the_index_lists_every_indicator_of_the_set(indicator_set: str) -> None:
    document = full_document(indicator_set=indicator_set)
    view = compose(document, FINAL)
    asked = [i for c in document.selection.criteria if c.block for i in c.block.indicators]
    assert [row.code for row in view.index] == [one.code for one in asked]
    assert {row.anchor for row in view.index} <= {one.anchor for one in answers(view).values()}


def test_the_self_assessment_is_printed_only_if_published() -> None:
    assert compose(full_document(with_assessments=False), FINAL).ratings == ()
    groups = compose(full_document(), FINAL).ratings
    assert sum(len(group.rows) for group in groups) == 20
