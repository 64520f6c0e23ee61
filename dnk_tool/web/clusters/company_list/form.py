"""What a person says about a list of companies: its sheet, its columns, corrections and decisions."""

from dataclasses import replace

from flask import current_app, request
from flask_babel import gettext as _

from dnk_tool.domain.clusters.company_list.columns import CompanyColumn
from dnk_tool.domain.clusters.company_list.rows import LONGEST_WRITTEN, RowDecision, WrittenRow
from dnk_tool.domain.uploads import single_line
from dnk_tool.language import Language
from dnk_tool.services.clusters import company_list
from dnk_tool.services.clusters.company_list import CompanyList
from dnk_tool.web.http.access import current_actor, current_cluster
from dnk_tool.web.http.input.numbers import whole_number

ALL_IN: dict[str, Language] = {"all-de": "de", "all-en": "en"}
ALL_IN_COHORT = "all-"
EDITED = (
    CompanyColumn.COMPANY,
    CompanyColumn.EMAIL,
    CompanyColumn.NAME,
    CompanyColumn.LANGUAGE,
    CompanyColumn.COHORT,
)
_DECISIONS = {decision.value: decision for decision in RowDecision}


def carry_list(it: CompanyList) -> str:
    """The list for a field of its form. Raises UnreadableTable if it is too large."""
    return company_list.carry(_key(), it, _place())


def carried_list() -> CompanyList | None:
    """The list that the form carries; None for that of another person or cluster, and the next day."""
    return company_list.carried(_key(), request.form.get("rows", ""), _place())


def posted_list(it: CompanyList) -> CompanyList:
    """The list with what the request says of it. Another sheet begins anew."""
    sheet = _number(request.form.get("sheet", ""), len(it.sheets))
    if sheet is not None and sheet != it.sheet:
        return it.with_sheet(sheet)
    edits = {number: dict(texts) for number, texts in it.edits.items()}
    decisions = dict(it.decisions)
    for row in it.written:
        if f"email-{row.number}" in request.form:
            if changed := _changed_texts(row):
                edits[row.number] = edits.get(row.number, {}) | changed
            _decide(row.number, decisions)
    said = request.form.get("column-language", "")
    return replace(
        it,
        columns=_posted_columns(it),
        language=ALL_IN.get(said, it.language),
        edits=edits,
        decisions=decisions,
        is_confirmed=True,
        cohort_id=_posted_cohort(it),
    )


def column_errors(it: CompanyList) -> dict[str, str]:
    """Messages about the columns by the id of their field."""
    places = list(it.columns.values())
    errors = {
        f"column-{column.value}": _("Diese Spalte ist zweimal gewählt. Wählen Sie eine andere.")
        for column, place in it.columns.items()
        if places.count(place) > 1
    }
    missing = {
        CompanyColumn.COMPANY: _("Sagen Sie, in welcher Spalte das Unternehmen steht."),
        CompanyColumn.EMAIL: _("Sagen Sie, in welcher Spalte die E-Mail-Adresse steht."),
    }
    return errors | {
        f"column-{column.value}": text for column, text in missing.items() if column not in it.columns
    }


def written_text(row: WrittenRow, column: CompanyColumn) -> str:
    """What is written in the row."""
    return str(getattr(row, column.value))


def _changed_texts(row: WrittenRow) -> dict[CompanyColumn, str]:
    posted = {
        column: single_line(request.form[f"{column.value}-{row.number}"])[:LONGEST_WRITTEN]
        for column in EDITED
        if f"{column.value}-{row.number}" in request.form
    }
    return {column: text for column, text in posted.items() if text != written_text(row, column)}


def _decide(number: int, decisions: dict[int, RowDecision]) -> None:
    chosen = _DECISIONS.get(request.form.get(f"decision-{number}", ""))
    if chosen:
        decisions[number] = chosen
    else:
        decisions.pop(number, None)


def _posted_columns(it: CompanyList) -> dict[CompanyColumn, int]:
    columns = {}
    for column in CompanyColumn:
        said = request.form.get(f"column-{column.value}")
        place = it.columns.get(column) if said is None else _number(said, len(it.table.heads))
        if place is not None:
            columns[column] = place
    return columns


def _posted_cohort(it: CompanyList) -> int | None:
    """The cohort of rows that name none; choosing a column leaves it as it is."""
    said = request.form.get("column-cohort")
    if said is None or said.isdigit():
        return it.cohort_id
    return whole_number(said.removeprefix(ALL_IN_COHORT))


def _number(text: str, end: int) -> int | None:
    """The number in a field's value below `end`; None for anything else."""
    number = whole_number(text, digits=3)
    return number if number is not None and number < end else None


def _place() -> company_list.Place:
    return current_cluster().id, current_actor().user_id


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
