"""The view says exactly what the document says, in printed order and in the words of the language."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from dnk_tool.domain.answers.answer import Answer, Disclosure, Figure, Quality
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.declarations.document import Document
from dnk_tool.report.view.branding import Branding
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import DeclarationView, Issue
from dnk_tool.report.view.parts import FieldTable, RequirementView
from tests.support.documents import YEAR, empty_document, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)


def answers_by_number(view: DeclarationView) -> dict[str, RequirementView]:
    return {
        requirement.number: requirement
        for part in view.parts
        for chapter in part.chapters
        for requirement in chapter.parts
    }


def with_figures(*figures: tuple[int, str, Figure]) -> Document:
    return empty_document(figures={(year, key): figure for year, key, figure in figures})


def keys(family: str) -> list[str]:
    """The datapoints of a family that the default set asks for, in printed order."""
    items = empty_document().selection.items.values()
    points = [item.datapoint for item in items if item.datapoint and not item.datapoint.computed]
    return [point.key for point in points if point.family.key == family]


def test_chapters_stand_in_the_order_of_publication() -> None:
    chapters = [c for part in compose(full_document(), FINAL).parts for c in part.chapters]
    printed = [f"K{c.number}" if c.kind == "criterion" else c.anchor.split("-", 1)[1] for c in chapters]
    order = full_document().selection.catalogue.publication_order
    assert [chapter.removeprefix("K") for chapter in printed[:-1]] == [
        key.removeprefix("K") for key in order if key not in ("general", "indicator-index")
    ]
    assert printed[-1] == "taxonomy"


def test_a_full_declaration_has_no_gap_and_says_what_is_explained() -> None:
    view = compose(full_document(), FINAL)
    assert view.counts[-1].open == "0"
    assert {requirement.status for requirement in answers_by_number(view).values()} == {
        "reported",
        "explained",
    }
    explained = [
        requirement for requirement in answers_by_number(view).values() if requirement.status == "explained"
    ]
    assert all(
        requirement.prose and requirement.reason and not requirement.fields for requirement in explained
    )


def test_an_empty_draft_names_every_gap() -> None:
    view = compose(empty_document(), DRAFT)
    assert {requirement.open_label for requirement in answers_by_number(view).values()} == {
        "Noch nicht beantwortet"
    }
    assert view.counts[-1].reported == "0"
    assert {row.status_label for row in view.index} == {"offen"}
    assert view.draft_mark == "Entwurf – nicht freigegeben"
    assert view.edition == "Entwurf vom 2. März 2026"


def test_an_explanation_hides_what_was_reported_before() -> None:
    said = Answer(
        Disclosure.EXPLAIN, text="alter Text", explanation="Noch keine Daten.", reason="not-collected"
    )
    requirement = answers_by_number(compose(empty_document(answers={"1.1": said}), DRAFT))["1.1"]
    assert requirement.status == "explained"
    assert requirement.prose[0].lines == ("Noch keine Daten.",)


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
    (table,) = answers_by_number(view)["GRI SRS-305-1"].fields
    row = table.rows[0]
    assert table.years == (str(YEAR), str(YEAR - 1))
    assert table.change == f"Veränderung gegenüber\u00a0{YEAR - 1}"
    assert [cell.value for cell in row.figures] == ["118,4", "148,0"]
    assert [cell.unit for cell in row.figures] == ["", ""]
    assert row.conversions == ()
    assert [cell.quality for cell in row.figures] == ["geschätzt", "gemessen"]
    assert row.unit == "t\u00a0CO₂e"
    assert row.change == ("−20,0\u00a0%",)
    assert row.notes == (f"{YEAR}: Heizung geschätzt",)
    assert any(other.is_open for other in table.rows)


def test_no_value_is_not_zero() -> None:
    none = Figure(None, "", Quality.NOT_AVAILABLE)
    view = compose(with_figures((YEAR, "ghg.scope1.gross", none)), DRAFT)
    row = answers_by_number(view)["GRI SRS-305-1"].fields[0].rows[0]
    assert (row.figures[0].value, row.quality) == ("–", "liegt nicht vor")


def changes(key: str, unit: str, now: str, before: str) -> tuple[FieldTable, tuple[str, ...]]:
    """The table in which the figure of both years stands, and its change."""
    both = {(YEAR, key): Figure(Decimal(now), unit), (YEAR - 1, key): Figure(Decimal(before), unit)}
    view = compose(empty_document(figures=both), DRAFT)
    tables = [table for requirement in answers_by_number(view).values() for table in requirement.fields]
    table, row = next((t, row) for t in tables for row in t.rows if any(f.value != "–" for f in row.figures))
    return table, row.change


def test_a_change_from_zero_is_not_shown() -> None:
    table, change = changes("ghg.scope1.gross", "t-co2e", "5", "0")
    assert (table.change, change) == ("", ())
    assert table.years == (str(YEAR), str(YEAR - 1))


@pytest.mark.parametrize(
    ("now", "before", "printed"), [("80", "50", "+30,0"), ("45.75", "47.8", "−2,0"), ("50", "50", "0,0")]
)
def test_percentages_change_by_percentage_points(now: str, before: str, printed: str) -> None:
    table, change = changes(keys("percent")[0], "percent", now, before)
    assert change == (f"{printed}\u00a0PP",)
    assert table.legend == "PP = Prozentpunkte"


def test_accident_rates_change_in_per_cent_of_the_same_unit() -> None:
    table, change = changes(keys("accident-rate")[0], "per-1m-hours", "55.8", "85.8")
    assert change == ("−35,0\u00a0%",)
    assert table.legend == ""


def test_a_ratio_has_no_change_and_reads_as_one() -> None:
    table, change = changes(keys("ratio")[0], "x-to-1", "4.2", "4.0")
    assert (table.change, change) == ("", ())
    assert table.rows[0].unit == ":\u00a01"


def test_a_count_is_a_number_alone() -> None:
    table, _ = changes(keys("count")[0], "1", "3", "2")
    assert [(cell.value, cell.unit) for cell in table.rows[0].figures] == [("3", ""), ("2", "")]


def test_computed_figures_are_marked() -> None:
    document = full_document()
    point = next(
        item for item in document.selection.items.values() if item.datapoint and item.datapoint.computed
    )
    rows = [
        row
        for requirement in answers_by_number(compose(document, FINAL)).values()
        for table in requirement.fields
        for row in table.rows
    ]
    row = next(row for row in rows if row.label == point.label.de and row.quality == "rechnerisch")
    assert row.figures[0].value != "–"


def test_tables_keep_values_as_entered() -> None:
    document = full_document()
    ref, answer = next((ref, answer) for ref, answer in document.answers.items() if ref.endswith(".goals"))
    assert isinstance(answer.value, Rows)
    view = answers_by_number(compose(document, FINAL))[ref.removesuffix(".goals")]
    assert len(view.tables[0].rows) == len(answer.value.rows)
    assert 98 <= sum(view.tables[0].widths) <= 102


def test_english_chrome_around_german_words() -> None:
    view = compose(full_document(), FINAL, ExportOptions(language="en"))
    assert (view.language, view.content_language) == ("en-GB", "de-DE")
    assert view.cover.title.startswith("Declaration")


def test_earlier_years_are_two_at_most() -> None:
    figures = [(YEAR - back, "ghg.scope1.gross", Figure(Decimal(100 + back), "t-co2e")) for back in range(5)]
    table = answers_by_number(compose(with_figures(*figures), DRAFT))["GRI SRS-305-1"].fields[0]
    assert table.years == (str(YEAR), str(YEAR - 1), str(YEAR - 2))


def test_the_imprint_tells_the_copy_and_promises_no_check() -> None:
    view = compose(full_document(), FINAL)
    said = " ".join(view.statements)
    assert "ohne Prüfung durch Dritte" in said
    assert "kein Signet" in said
    assert "wird berichtet oder begründet" in said
    assert any(entry.prose[0].lines[0] == "ab12cd34 ab12cd34 … ab12cd34" for entry in view.imprint)


def test_the_imprint_of_an_unfinished_declaration_says_so() -> None:
    said = " ".join(compose(empty_document(), DRAFT).statements)
    assert "noch nicht vollständig" in said
    assert "wird berichtet oder begründet" not in said


def test_a_copy_without_a_version_is_known_by_its_day() -> None:
    view = compose(full_document(), replace(FINAL, version=None))
    assert view.edition == "Stand vom 2. März 2026"
    assert "None" not in " ".join(entry.prose[0].lines[0] for entry in view.imprint)


def test_characters_that_cannot_be_printed_are_told_once() -> None:
    profile = replace(full_document().organisation, name="Müller 한 GmbH")
    view = compose(full_document(profile=profile), FINAL)
    assert view.cover.company == "Müller [koreanische Schrift] GmbH"
    assert view.statements[-1].startswith("Zeichen, die nicht gedruckt werden konnten: 1.")


@pytest.mark.parametrize("indicator_set", ["gri", "effas"])
def test_the_index_lists_every_indicator_of_the_set(indicator_set: str) -> None:
    document = full_document(indicator_set=indicator_set)
    view = compose(document, FINAL)
    asked = [i for c in document.selection.criteria if c.block for i in c.block.indicators]
    assert [row.code for row in view.index] == [indicator.code for indicator in asked]
    assert {row.anchor for row in view.index} <= {
        requirement.anchor for requirement in answers_by_number(view).values()
    }


def test_c2_3_the_index_says_what_stands_in_place_of_an_indicator() -> None:
    view = compose(full_document(indicator_set="gri"), FINAL)
    today = {row.code.split("-", 1)[1]: row.today for row in view.index}
    assert today["102-16"] == "GRI 2-23 (2021)"
    assert today["301-1"] == "GRI 301-1 (2016)"
    assert today["305-1"] == "ab 2027: GRI 102-5 (2025)*"
    assert today["412-1"] == "zurückgezogen; siehe GRI 2-23, 2-24, 3-3 (2021)"
    assert today["FS11"] == "zurückgezogen*"
    assert "Stand: 27. November 2026" in view.index_note
    assert "ein Stern heißt, dass wir dafür nur eine Quelle haben" in view.index_note
    other = compose(full_document(indicator_set="effas"), FINAL)
    assert (other.has_today, other.index_note) == (False, "")


def test_c2_1_a_chosen_option_says_what_holds_and_since_when() -> None:
    said = " ".join(compose(full_document(), FINAL).statements)
    for words in ("CSR-RUG", "10 Prozent", "Stand: 27. November 2026", "Richtlinie (EU) 2026/470"):
        assert words in said
    assert "2026/470" not in " ".join(compose(empty_document(), FINAL).statements)


@pytest.mark.parametrize(("kind", "is_derived"), [("public", True), ("small", False)])
def test_c2_9_the_size_follows_from_the_employees(kind: str, is_derived: bool) -> None:
    document = empty_document(answers={"general.company-type": Answer(value=kind)})
    document = replace(document, organisation=replace(document.organisation, employees=30))
    entries = {
        entry.label: entry.prose[0].lines[0]
        for entry in compose(document, FINAL).general.entries
        if entry.prose
    }
    assert ("Größe" in entries) is is_derived
    assert "Kleines Unternehmen (10 bis 49 Beschäftigte)" in entries.values()


def test_the_self_assessment_is_printed_only_if_published() -> None:
    assert compose(full_document(with_assessments=False), FINAL).ratings == ()
    groups = compose(full_document(), FINAL).ratings
    assert sum(len(group.rows) for group in groups) == 20


@pytest.mark.parametrize(
    ("issue", "look", "are_printed"),
    [
        (DRAFT, Branding(), True),
        (replace(FINAL, is_pending=True), Branding(), True),
        (FINAL, Branding(), False),
        (FINAL, Branding(has_questions=True), True),
    ],
    ids=["draft", "under review", "final", "chosen"],
)
def test_14_a_final_version_prints_the_questions_only_if_chosen(
    issue: Issue, look: Branding, are_printed: bool
) -> None:
    view = compose(empty_document(), issue, look=look)
    leads = [bool(chapter.lead) for part in view.parts for chapter in part.chapters if chapter.number]
    assert leads == [are_printed] * 20
