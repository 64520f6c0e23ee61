"""What a person says about a list of measures: its columns, corrections, and what is left out."""

from dataclasses import replace

from flask import current_app, request
from flask_babel import gettext as _

from dnk_tool.domain.measures.measure_list.columns import MeasureColumn
from dnk_tool.domain.uploads import single_line
from dnk_tool.services.measures import measure_list
from dnk_tool.services.measures.measure_list import LONGEST_CELL, MeasureList
from dnk_tool.web.http.access import current_actor, current_organisation
from dnk_tool.web.http.input.numbers import whole_number


def carry_list(it: MeasureList) -> str:
    """The list for a field of its form. Raises UnreadableTable if it is too large."""
    return measure_list.carry(_key(), it, _place())


def carried_list() -> MeasureList | None:
    """The list that the form carries; None for that of another person or company, and the next day."""
    return measure_list.carried(_key(), request.form.get("rows", ""), _place())


def posted_list(it: MeasureList) -> MeasureList:
    """The list with what the request says of its columns and rows."""
    edits, left_out = {number: dict(texts) for number, texts in it.edits.items()}, set(it.left_out)
    for row in it.table.rows:
        posted = {
            column: single_line(text)[:LONGEST_CELL]
            for column in MeasureColumn
            if (text := request.form.get(f"{column.value}-{row.number}")) is not None
        }
        if posted:
            edits[row.number] = edits.get(row.number, {}) | posted
            left_out.discard(row.number)
            if request.form.get(f"decision-{row.number}"):
                left_out.add(row.number)
    return replace(
        it, columns=_posted_columns(it), edits=edits, left_out=frozenset(left_out), is_confirmed=True
    )


def column_errors(it: MeasureList) -> dict[str, str]:
    """Messages about the columns by the id of their field."""
    places = list(it.columns.values())
    errors = {
        f"column-{column.value}": _("Diese Spalte ist zweimal gewählt. Wählen Sie eine andere.")
        for column, place in it.columns.items()
        if places.count(place) > 1
    }
    if MeasureColumn.TEXT not in it.columns:
        errors[f"column-{MeasureColumn.TEXT.value}"] = _("Sagen Sie, in welcher Spalte die Maßnahme steht.")
    return errors


def _posted_columns(it: MeasureList) -> dict[MeasureColumn, int]:
    columns = {}
    for column in MeasureColumn:
        said = request.form.get(f"column-{column.value}")
        place = it.columns.get(column) if said is None else whole_number(said, digits=3)
        if place is not None and place < len(it.table.heads):
            columns[column] = place
    return columns


def _place() -> measure_list.Place:
    return current_organisation().id, current_actor().user_id


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
