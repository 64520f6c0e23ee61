"""Goals in numbers are printed with how far they are; goals in words are printed as before."""

from decimal import Decimal

import pytest

from dnk_tool.domain.answers.answer import Answer
from dnk_tool.domain.answers.values import Row, Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.language import Language
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.report.view.parts import PrintedTable
from tests.support.documents import empty_document, plain_spaces
from tests.unit.report.view.test_at_a_glance import ISSUE

WORDS: Row = {"goal": "Halb so viel CO2e, von 120 auf 60", "due": 2030, "status": "90 Tonnen"}
VALUES = {"start": "120", "today": "82.2", "target": "60"}


def in_numbers(**values: str) -> Row:
    return {**WORDS, **{key: Quantity(Decimal(value), "t-co2e") for key, value in values.items()}}


def goal_tables(*rows: Row, ref: str = "13.2") -> list[PrintedTable]:
    document = empty_document(answers={f"{ref}.goals": Answer(value=Rows(rows))})
    parts = (
        part for each in compose(document, ISSUE).parts for chapter in each.chapters for part in chapter.parts
    )
    return [table for part in parts if part.number == ref for table in part.tables]


def test_a_goal_in_numbers_is_printed_with_its_progress() -> None:
    (table,) = goal_tables(in_numbers(**VALUES), WORDS)
    assert [head.text for head in table.heads] == ["Ziel", "bis", "Stand", "In Zahlen"]
    assert [plain_spaces(row[-1].text) for row in table.rows] == [
        "Startwert 120 t CO₂e, heute 82,2 t CO₂e, Zielwert 60 t CO₂e; 63 % des Wegs geschafft",
        "–",
    ]


def test_without_a_number_nothing_is_said_of_progress() -> None:
    (table,) = goal_tables(in_numbers(start="120", target="60"))
    assert plain_spaces(table.rows[0][-1].text) == "Startwert 120 t CO₂e, Zielwert 60 t CO₂e"
    (words,) = goal_tables(WORDS)
    assert [head.text for head in words.heads] == ["Ziel", "bis", "Stand"]


@pytest.mark.parametrize(
    ("language", "variant", "said"),
    [
        ("de", Variant.FULL, "90 Tonnen; 63 % des Wegs geschafft"),
        ("en", Variant.FULL, "90 Tonnen; 63% of the way"),
    ],
)
def test_the_first_look_says_how_far_a_goal_is(language: Language, variant: Variant, said: str) -> None:
    document = empty_document(answers={"13.2.goals": Answer(value=Rows((in_numbers(**VALUES),)))})
    view = compose(document, ISSUE, edition=ExportOptions(variant, language=language))
    assert view.glance
    assert plain_spaces(view.glance.goals[0].status) == said


def test_the_short_version_says_it_once_for_all_criteria() -> None:
    rows = Answer(value=Rows((in_numbers(**VALUES),)))
    document = empty_document(answers={"3.1.goals": rows, "13.2.goals": rows})
    view = compose(document, ISSUE, edition=ExportOptions(Variant.SHORT))
    (text,) = (
        plain_spaces(row[3].text)
        for section in view.digests
        for group in section.groups
        for table in group.tables
        if table.heads[0].text == "Ziel"
        for row in table.rows
    )
    assert text.endswith("Zielwert 60 t CO₂e; 63 % des Wegs geschafft")
