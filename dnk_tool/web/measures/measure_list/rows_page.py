"""The page with the rows of a list of measures: its columns, faults to correct, and what is taken over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from dnk_tool.domain.measures.measure_list.columns import MeasureColumn
from dnk_tool.domain.measures.measure_list.rows import CheckedMeasure
from dnk_tool.services.measures.measure_list import MeasureList
from dnk_tool.web.http.access import current_organisation
from dnk_tool.web.measures.measure_list.form import carry_list, column_errors
from dnk_tool.web.measures.measure_list.labels import column_texts, fault_text, words_of
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.options import Option
from dnk_tool.web.uploads import column_name

MOST_FAULTY_SHOWN, SAMPLES = 20, 3


@dataclass(frozen=True)
class MeasureColumnChoice:
    """One meaning with the columns that it may have, and what stands in the chosen one."""

    id: str
    label: str
    value: str
    options: list[Option]
    samples: list[str]
    is_guessed: bool


@dataclass(frozen=True)
class FaultyMeasure:
    """A row to be corrected: its measure and the faulty cell, as (key, label, text, options) each."""

    number: int
    note: str
    noted: str
    fields: Sequence[tuple[str, str, str, list[Option]]]
    is_left_out: bool


def rows_page(it: MeasureList, rows: Sequence[CheckedMeasure], *, notice: str = "") -> str:
    """Render the rows; with errors in the columns only these."""
    errors, texts = column_errors(it), column_texts()
    needed = [row for row in rows if row.fault and not row.fault.needs_nothing]
    good = [row for row in rows if row.read and row.number not in it.left_out]
    used = [column for column in MeasureColumn if column in it.columns]
    return render_template(
        "measures/list/rows.html",
        organisation=current_organisation(),
        carried=carry_list(it),
        notice=notice,
        errors=[FieldError(id_, text) for id_, text in errors.items()],
        columns=list(_column_choices(it)),
        is_open=bool(errors) or not it.is_confirmed,
        faulty=[_faulty(row, it) for row in needed[:MOST_FAULTY_SHOWN]],
        more_faulty=max(0, len(needed) - MOST_FAULTY_SHOWN),
        heads=[texts[column] for column in used],
        good=[[row.texts.get(column, "") or "–" for column in used] for row in good],
        known=[
            (row.number, row.texts.get(MeasureColumn.TEXT, ""), fault_text(row))
            for row in rows
            if row.fault and row.fault.needs_nothing
        ],
    )


def _column_choices(it: MeasureList) -> Iterator[MeasureColumnChoice]:
    table = it.table
    options: list[Option] = [
        {"value": str(place), "label": column_name(head, place)} for place, head in enumerate(table.heads)
    ]
    for column, label in column_texts().items():
        place = it.columns.get(column)
        cells = (
            [row.cells[place] for row in table.rows[:SAMPLES] if place < len(row.cells)]
            if place is not None
            else []
        )
        yield MeasureColumnChoice(
            f"column-{column.value}",
            str(label),
            "" if place is None else str(place),
            [{"value": "", "label": _("keine Spalte")}, *options],
            [cell or "–" for cell in cells],
            place is not None and not it.is_confirmed,
        )


def _faulty(row: CheckedMeasure, it: MeasureList) -> FaultyMeasure:
    texts = column_texts()
    columns = dict.fromkeys((MeasureColumn.TEXT, row.column))
    fields = [
        (column.value, str(texts[column]), typed := row.texts.get(column, ""), _options(column, typed))
        for column in columns
    ]
    return FaultyMeasure(row.number, fault_text(row), row.column.value, fields, row.number in it.left_out)


def _options(column: MeasureColumn, typed: str) -> list[Option]:
    """The words to choose from, where the cell of a column is not free; what is typed stays until then."""
    words = words_of(column)
    if not words:
        return []
    nothing: list[Option] = [{"value": "", "label": _("nichts davon")}] if typed else []
    return [
        {"value": typed, "label": typed or _("bitte wählen")},
        *nothing,
        *({"value": word, "label": word} for word in words),
    ]
