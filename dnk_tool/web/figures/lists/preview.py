"""The preview of a list: its columns, what they come to, what that changes, and what was not understood."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from dnk_tool.catalogue.calculators.loader import load_calculators
from dnk_tool.catalogue.factors.loader import load_factors
from dnk_tool.domain.figures.calculators import CalculatorLine, line_to_json, with_proposed_factors
from dnk_tool.domain.figures.lists.columns import column_marks
from dnk_tool.domain.figures.lists.model import COLUMNS, ListColumn, ListKind, ListRowFault, ListSums
from dnk_tool.domain.figures.lists.sums import missing_columns, sum_list
from dnk_tool.domain.uploads import ListTable, RejectedRow
from dnk_tool.services.figures import lists
from dnk_tool.services.figures.calculator_lines import StoredLine, is_calculator_open, lines_of
from dnk_tool.services.figures.lists import ListLine
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.figures.calculators.gwp_choice import inventory_gwp_set
from dnk_tool.web.figures.calculators.page import quantities_text
from dnk_tool.web.figures.lists.form import ListForm
from dnk_tool.web.figures.lists.labels import (
    column_texts,
    count_texts,
    fate_texts,
    line_title,
    list_words,
    note_text,
    row_fault_text,
)
from dnk_tool.web.http.access import current_declaration
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.amounts import figure_value_text
from dnk_tool.web.text.form_errors import FieldError
from dnk_tool.web.text.quantities import QuantityFormatter
from dnk_tool.web.uploads import column_name

MOST_SHOWN_ROWS = 20


@dataclass(frozen=True)
class ListPreview:
    """A list with its columns and sums, beside the lines of the year.

    `frozen`: the calculators whose lines cannot be changed now.
    """

    kind: ListKind
    table: ListTable
    form: ListForm
    sums: ListSums
    lines: tuple[ListLine, ...]
    stored: tuple[StoredLine, ...]
    frozen: frozenset[str] = frozenset()

    def can_take(self, one: ListLine) -> bool:
        """Whether the line differs from that of the year and can be written now."""
        return not one.is_same and one.line.calculator not in self.frozen

    @property
    def fingerprint(self) -> str:
        """What the preview shows, so that nothing else is taken over."""
        columns = sorted((place, column.value) for place, column in self.form.columns.items())
        shown = [
            (one.key, line_to_json(one.line), [(known.line.id, known.version) for known in one.known])
            for one in self.lines
        ]
        return hashlib.sha256(
            json.dumps([columns, shown, sorted(self.frozen)], sort_keys=True).encode()
        ).hexdigest()

    @property
    def marks(self) -> dict[str, ListColumn]:
        """The columns by marks that tell nothing of their headings."""
        marks = column_marks(self.table.heads)
        return {marks[place]: column for place, column in self.form.columns.items()}


@dataclass(frozen=True)
class ColumnRow:
    """One column of the list in the form. `origin`: guessed, remembered or ""."""

    name: str
    id: str
    value: str
    origin: str
    is_used: bool


@dataclass(frozen=True)
class SumRow:
    """One line that the list gives, in words, beside what the year has."""

    key: str
    label: str
    after: str
    before: str
    beside: str
    is_same: bool
    is_new: bool
    can_be_taken: bool


def list_preview(kind: ListKind, table: ListTable, form: ListForm) -> ListPreview:
    """What the list comes to with these columns; nothing as long as the form has errors."""
    sums = ListSums() if form.errors else sum_list(kind, table, form.columns, form.settings)
    stored = lines_of(db(), current_declaration())
    lines = lists.list_lines(_with_factors(sums.lines), stored)
    return ListPreview(kind, table, form, sums, lines, stored, _frozen_calculators(lines))


def _frozen_calculators(lines: Sequence[ListLine]) -> frozenset[str]:
    declaration, calculators = current_declaration(), load_calculators()
    return frozenset(
        key
        for key in {one.line.calculator for one in lines}
        if not is_calculator_open(db(), declaration, calculators[key])
    )


def _with_factors(lines: Sequence[CalculatorLine]) -> Iterator[CalculatorLine]:
    declaration, factors, gwp_sets = current_declaration(), load_factors(), dict[str, str]()
    for line in lines:
        calculator = load_calculators()[line.calculator]
        activity = calculator.activity(line.activity)
        if activity is None or not any(slot.factors for slot in activity.slots):
            yield line
            continue
        if calculator.key not in gwp_sets:
            gwp_sets[calculator.key] = inventory_gwp_set(declaration, calculator, factors)
        gwp_set, year = gwp_sets[calculator.key], declaration.reporting_year
        yield with_proposed_factors(line, activity, factors, year, gwp_set)


def preview_page(
    shown: ListPreview,
    carried: str,
    *,
    notice: str = "",
    chosen: Sequence[str] | None = None,
    error: str = "",
) -> str:
    """Render the preview. `carried`: the encrypted list; `chosen`: the ticked lines, else the new ones."""
    declaration, language = current_declaration(), current_language()
    content = declarations.read_content(db(), declaration)
    catalogue = content.sheet.selection.catalogue
    figures = content.of_year(declaration.reporting_year)
    formatter = QuantityFormatter(catalogue, language)
    texts = column_texts(shown.kind)
    columns = _column_rows(shown)
    errors = _errors(shown, texts, columns[0].id if columns else "")
    open_lines = [one for one in shown.lines if shown.can_take(one)]
    beside = lists.figures_beside_list(declaration, open_lines, shown.stored, figures)
    rows = [_sum_row(one, formatter, can_be_taken=shown.can_take(one)) for one in shown.lines]
    first_take = next((f"take-{place}" for place, row in enumerate(rows) if row.can_be_taken), "take-0")
    if error:
        errors.append(FieldError(first_take, error))
    return render_template(
        "figures/lists/preview.html",
        declaration=declaration,
        words=list_words(shown.kind),
        kind=shown.kind.value,
        form=shown.form,
        carried=carried,
        fingerprint=shown.fingerprint,
        notice=notice,
        errors=errors,
        columns=columns,
        options=[{"value": "", "label": _("nichts davon")}]
        + [{"value": column.value, "label": texts[column]} for column in COLUMNS[shown.kind]],
        fates=[{"value": "", "label": _("nicht zählen")}]
        + [{"value": fate.value, "label": text} for fate, text in fate_texts().items()],
        counts=count_texts(shown.kind, shown.sums, declaration.reporting_year),
        notes=[note_text(note) for note in shown.sums.notes],
        rows=rows,
        first_take=first_take,
        ticked=[row.key for row in rows if row.is_new] if chosen is None else chosen,
        figures=[
            (
                catalogue.datapoints[one.datapoint].label.to(language),
                formatter.figure(one.before)
                or figure_value_text(one.before, catalogue.datapoints[one.datapoint], language),
                formatter.figure(one.after),
                one.stays,
            )
            for one in beside
            if one.datapoint in catalogue.datapoints
        ],
        rejected=list(_rejected(shown.sums.rejected, texts)),
        left_out=len(shown.sums.rejected),
    )


def _errors(shown: ListPreview, texts: Mapping[ListColumn, str], first_id: str) -> list[FieldError]:
    errors = [FieldError(id_, text) for id_, text in shown.form.errors.items()]
    missing = missing_columns(shown.kind, shown.form.columns)
    if missing or not shown.form.columns:
        names = ", ".join(texts[column] for column in COLUMNS[shown.kind] if column in missing)
        text = _("Sagen Sie, in welcher Spalte das steht: %(columns)s", columns=names)
        any_column = _("Sagen Sie bei mindestens einer Spalte, was darin steht.")
        errors.append(FieldError(first_id, text if missing else any_column))
    return errors


def _column_rows(shown: ListPreview) -> list[ColumnRow]:
    """The columns in the order of the list, without those that are empty."""
    form, table = shown.form, shown.table
    rows = []
    for place, head in enumerate(table.heads):
        is_filled = any(place < len(row.cells) and row.cells[place].strip() for row in table.rows)
        if not (head or is_filled):
            continue
        column = form.columns.get(place)
        origin = "guessed" if place in form.guessed else "remembered" if place in form.remembered else ""
        value = column.value if column else ""
        rows.append(ColumnRow(column_name(head, place), f"column-{place}", value, origin, bool(column)))
    return rows


def _sum_row(one: ListLine, formatter: QuantityFormatter, *, can_be_taken: bool) -> SumRow:
    activity = load_calculators()[one.line.calculator].activity(one.line.activity)
    if activity is None:
        raise LookupError(one.line.activity)
    return SumRow(
        one.key,
        line_title(one.line, activity, formatter.language),
        quantities_text(one.line, activity, formatter),
        quantities_text(one.stored.line, activity, formatter) if one.stored else "",
        "; ".join(_beside_text(other.line, formatter) for other in one.beside),
        one.is_same,
        one.is_new,
        can_be_taken,
    )


def _beside_text(line: CalculatorLine, formatter: QuantityFormatter) -> str:
    activity = load_calculators()[line.calculator].activity(line.activity)
    name = line.label or (activity.label.to(formatter.language) if activity else "")
    return f"{name} {quantities_text(line, activity, formatter)}" if activity else name


def _rejected(
    rows: Sequence[RejectedRow[ListRowFault]], texts: Mapping[ListColumn, str]
) -> Iterator[tuple[str, int, str, str]]:
    """Yield for each reason the numbers of its first rows, how many more there are, its column and words."""
    by_reason: dict[tuple[str, ListRowFault], list[int]] = {}
    for row in rows:
        by_reason.setdefault((row.detail, row.fault), []).append(row.number)
    for (column, fault), numbers in by_reason.items():
        named, more = numbers[:MOST_SHOWN_ROWS], max(0, len(numbers) - MOST_SHOWN_ROWS)
        yield ", ".join(map(str, named)), more, texts[ListColumn(column)], row_fault_text(fault)
