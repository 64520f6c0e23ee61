"""Columns are as wide as their words and figures need; what does not fit is set smaller, not broken."""

from decimal import Decimal

import pytest

from dnk_tool.catalogue import Indicator, Requirement
from dnk_tool.catalogue.standard.item_model import Item, Table
from dnk_tool.domain.answers.values import Rows
from dnk_tool.domain.quantities import Quantity
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.table_settings import LOOSE, TABLE_ROOM, TEXT_ROOM
from dnk_tool.report.text.text_width import (
    MILLIMETRE,
    ColumnNeed,
    distribute_width,
    text_width,
    widest_word,
)
from dnk_tool.report.view.figures.company_tables import answer_table
from dnk_tool.report.view.figures.field_tables import field_layout, is_small
from dnk_tool.report.view.parts import FieldRow, FigureCell, PrintedTable
from tests.support.documents import empty_document

GOAL = {
    "goal": "Verbrauch an Strom und Gas je Tonne Stahl um ein Zehntel senken",
    "due": "2030",
    "base-year": "2022",
    "base-value": "30,0 t CO₂e",
    "status": "18,2 t CO₂e, minus 39 Prozent",
}


def test_text_is_measured_as_the_font_has_it() -> None:
    assert text_width("0", 10) == pytest.approx(6.0)
    assert text_width("kWh", 8.5, is_bold=True) > text_width("kWh", 8.5)
    assert widest_word("Heizung der Werkstatt", 10) == text_width("Werkstatt", 10)
    assert widest_word("130.200\u00a0kWh", 10) == text_width("130.200\u00a0kWh", 10)
    assert widest_word("", 10) == 0


def test_columns_share_the_room_by_their_needs() -> None:
    needs = [ColumnNeed(50, 200, True), ColumnNeed(40, 40, False), ColumnNeed(30, 60, True)]
    points = distribute_width(needs, 200)
    assert points is not None
    assert sum(points) == pytest.approx(200)
    assert all(got >= need.minimum for got, need in zip(points, needs, strict=True))
    assert distribute_width(needs, 100) is None
    ample = distribute_width(needs, 600)
    assert ample is not None
    assert (sum(ample), ample[1]) == (pytest.approx(600), 40)


def asked_tables() -> list[tuple[Requirement, Item, Table]]:
    asked = empty_document().selection.requirements.values()
    return [
        (requirement, item, item.table) for requirement in asked for item in requirement.items if item.table
    ]


def points_of(view: PrintedTable, room: float) -> list[float]:
    return [room * view.width / 100 * width / 100 for width in view.widths]


def test_no_head_of_any_table_is_divided_where_there_is_room() -> None:
    for around, item, table in asked_tables():
        row = {c.key: GOAL.get(c.key, "Text") for c in table.columns if not c.units}
        row |= {c.key: Quantity(Decimal(130200), next(iter(c.units))) for c in table.columns if c.units}
        view = answer_table(item, table, Rows((row,)), TextFormatter("de"), around)
        room = TABLE_ROOM if isinstance(around, Indicator) else TEXT_ROOM
        if view.fit == "":
            for head, points in zip(view.heads, points_of(view, room), strict=True):
                assert widest_word(head.text, 7.5, is_bold=True) <= points, (item.ref, head.text)


def test_figures_in_a_table_have_the_room_they_need() -> None:
    around, item, table = next(
        entry for entry in asked_tables() if sum(bool(c.units) for c in entry[2].columns) > 1
    )
    row = {c.key: Quantity(Decimal(130200), next(iter(c.units))) for c in table.columns if c.units}
    row |= {
        c.key: "Eigene Holzreste, unbehandelt und ohne Schutzmittel" for c in table.columns if not c.units
    }
    view = answer_table(item, table, Rows((row,)), TextFormatter("de"), around)
    for cell, points in zip(view.rows[0], points_of(view, TABLE_ROOM), strict=True):
        assert not cell.is_number or text_width(cell.text, 8.5) <= points
    assert view.is_small
    assert not answer_table(item, table, Rows((row,) * 9), TextFormatter("de"), around).is_small


def figures(*values: str) -> FieldRow:
    cells = tuple(FigureCell(value, "", "gemessen") for value in values)
    return FieldRow("a", "Energie", "kWh", cells, ("+2,1\u00a0%",) if len(values) > 1 else (), (), (), False)


@pytest.mark.parametrize(
    ("value", "fit"),
    [("130.200", ""), ("12.345.678.901,5", "dense"), ("12.345.678.901.234.567.890,55", LOOSE)],
)
def test_the_type_becomes_smaller_before_a_figure_is_divided(value: str, fit: str) -> None:
    years = ("2025", "2024", "2023")
    layout = field_layout((figures(value, value, value),), years, "Veränderung gegenüber\u00a02024")
    assert layout.fit == fit
    assert sum(layout.widths) == pytest.approx(100, abs=0.1)
    size = {"": 8.5, "dense": 7.5}.get(fit)
    if size:
        assert text_width(value, size, is_bold=True) <= TABLE_ROOM * layout.widths[2] / 100


def test_years_stand_below_each_other_however_many_a_table_has_and_with_or_without_changes() -> None:
    years, change = ("2025", "2024", "2023"), "Veränderung gegenüber\u00a02024"
    whole = field_layout((figures("1", "2", "3"),), years, change)
    assert [TABLE_ROOM * width / 100 / MILLIMETRE for width in whole.widths] == [
        pytest.approx(width, abs=0.1) for width in (62, 30, 18, 18, 18, 24)
    ]
    for count, said, free in ((3, "", 24), (2, change, 0), (2, "", 42), (1, "", 60)):
        layout = field_layout((figures(*"123"[:count]),), years[:count], said)
        assert layout.free == free
        assert layout.widths[: 1 + count] == whole.widths[: 1 + count]
        assert sum(layout.widths) == pytest.approx(100, abs=0.1)


def test_only_short_tables_stay_in_one_piece() -> None:
    assert is_small((figures("1", "2"),) * 4)
    assert not is_small((figures("1", "2"),) * 10)
