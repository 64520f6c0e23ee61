"""Figures as a file: exported, uploaded, previewed row by row, and only then stored.

Messages about rows of an uploaded file of figures, and its labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue.standard.item_model import Datapoint
from dnk_tool.domain import numbers
from dnk_tool.domain.answers.answer import Figure, Origin
from dnk_tool.domain.figures.file_changes import FigureChange, FigureFilePreview
from dnk_tool.domain.figures.file_columns import COLUMN_HEADINGS, FigureColumn, MissingColumns
from dnk_tool.domain.figures.file_rows import (
    MAX_LABEL_LENGTH,
    FigureHintKind,
    FigureRowFault,
    FigureRowHint,
    FigureUpdate,
    RejectedFigureRow,
)
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import Language, format_number
from dnk_tool.report.files.workbook_labels import fill_in_labels
from dnk_tool.report.formats import FORMATS
from dnk_tool.services.figures import files as figure_files
from dnk_tool.services.figures.files import FigureFileFormat, FigureFileSpec, FigureImportConflict
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.amounts import figure_value_text
from dnk_tool.web.text.labels import label_of
from dnk_tool.web.uploads import record_refused_file, table_fault_text, uploaded_bytes

blueprint = Blueprint("figure_files", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kennzahlen")

PAYLOAD_KIND = "figures"
MAX_UNFOLDED_ROWS = 50  # longer lists are folded


def rejected_row_text(row: RejectedFigureRow, language: Language) -> str:
    """Why the row is rejected and how to correct it."""
    detail = row.detail
    words: dict[FigureRowFault, str] = {
        FigureRowFault.NO_FIGURE: _("Es fehlt, welche Kennzahl gemeint ist. Die Vorlage nennt alle."),
        FigureRowFault.UNKNOWN_FIGURE: _(
            "Nach „%(text)s“ fragt diese Erklärung nicht. Die Vorlage nennt alle Kennzahlen.", text=detail
        ),
        FigureRowFault.NOT_A_YEAR: _("„%(text)s“ ist kein Jahr mit vier Ziffern.", text=detail),
        FigureRowFault.LATER_YEAR: _(
            "%(year)s ist später als das Berichtsjahr. Laden Sie die Zeile in der Erklärung für jenes Jahr "
            "hoch.",
            year=detail,
        ),
        FigureRowFault.NOT_A_NUMBER: _(
            "„%(text)s“ ist keine Zahl. Fehlt der Wert, lassen Sie die Zelle leer und wählen die Qualität "
            "„liegt nicht vor“.",
            text=detail,
        ),
        FigureRowFault.IS_A_DAY: _(
            "Das Programm hat aus der Zahl ein Datum gemacht (%(text)s). Stellen Sie die Zelle auf „Zahl“, "
            "und tragen Sie den Wert noch einmal ein.",
            text=detail,
        ),
        FigureRowFault.LONG_NUMBER: _("Die Zahl „%(text)s“ hat zu viele Stellen.", text=detail),
        FigureRowFault.NO_UNIT: _("Zum Wert fehlt die Einheit. Mögliche stehen in der Vorlage."),
        FigureRowFault.UNKNOWN_UNIT: _(
            "Die Einheit „%(text)s“ passt hier nicht. Mögliche stehen in der Vorlage.", text=detail
        ),
        FigureRowFault.UNIT_ALONE: _(
            "Die Einheit ist geändert, aber der Wert fehlt. Tragen Sie auch den Wert in dieser Einheit ein."
        ),
        FigureRowFault.UNKNOWN_QUALITY: _(
            "Die Qualität „%(text)s“ gibt es nicht. Möglich sind: gemessen, berechnet, geschätzt, liegt "
            "nicht vor.",
            text=detail,
        ),
        FigureRowFault.VALUE_NOT_AVAILABLE: _(
            "Ein Wert und „liegt nicht vor“ schließen sich aus. Ändern Sie die Qualität, oder leeren Sie "
            "den Wert mit einem Strich (-)."
        ),
        FigureRowFault.LONG_WORDS: _(
            "Ein Text ist länger als %(most)s Zeichen.", most=_count(detail, language)
        ),
        FigureRowFault.TWICE: _(
            "Diese Kennzahl steht für dasselbe Jahr schon in Zeile %(number)s.", number=detail
        ),
        FigureRowFault.LOCKED: _(
            "Die Angaben für %(year)s sind gesperrt. Öffnen Sie die Erklärung für dieses Jahr, wenn sich "
            "etwas ändern muss.",
            year=detail,
        ),
    }
    return words[row.fault]


def row_hint_text(
    hint: FigureRowHint, read: Figure, point: Datapoint, sifted: FigureFilePreview, *, language: Language
) -> str:
    """What may be a mistake in the row; `read` is the figure as understood."""
    if hint.kind is FigureHintKind.TWO_WAYS:
        other = numbers.ambiguity(hint.detail, sifted.language)
        value, unmeant = (
            format_number(number or Decimal(0), language, grouping=False) for number in (read.value, other)
        )
        text = _("„%(text)s“ wurde als %(value)s gelesen und nicht als %(other)s.")
        return str(text % {"text": hint.detail, "value": value, "other": unmeant})
    if hint.kind is FigureHintKind.SHARE:
        return str(
            _(
                "Gelesen als %(value)s. Meinten Sie %(other)s %%? Zellen im Format „Prozent“ haben innen "
                "den hundertsten Teil.",
                value=figure_value_text(read, point, language),
                other=format_number(Decimal(hint.detail), language),
            )
        )
    if hint.detail == Origin.SITES.value:
        return str(_("Der Wert ist bisher die Summe der Standorte. Künftig gilt der aus der Datei."))
    return str(_("Der Wert kommt bisher aus den Rechnern. Künftig gilt der aus der Datei."))


def changed_details(before: Figure, after: Figure, language: Language) -> list[tuple[str, str, str]]:
    """What changes besides value and unit: column heading, before, after."""
    qualities = [label_of(figure.quality) if figure.quality else "" for figure in (before, after)]
    pairs: list[tuple[FigureColumn, str, str]] = [
        (FigureColumn.QUALITY, qualities[0], qualities[1]),
        (FigureColumn.NOTE, before.note, after.note),
        (FigureColumn.SOURCE, before.source, after.source),
        (FigureColumn.RESPONSIBLE, before.responsible, after.responsible),
    ]
    return [
        (COLUMN_HEADINGS[column].to(language), _short(old), _short(new))
        for column, old, new in pairs
        if old != new
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LABEL_LENGTH else f"{line[:MAX_LABEL_LENGTH].rstrip()} …"


def _count(detail: str, language: Language) -> str:
    return format_number(Decimal(detail), language) if detail.isdigit() else detail


@dataclass(frozen=True)
class ChangeRow:
    """One changed figure in the preview."""

    number: int
    label: str
    year: int
    before: str
    after: str
    details: Sequence[tuple[str, str, str]]
    hints: Sequence[str]


@blueprint.get("/export.<file_format>")
@permit(Permission.DECLARATION_VIEW)
def export(declaration_id: int, file_format: str) -> ResponseReturnValue:
    if file_format not in list(FigureFileFormat):
        abort(404)
    return _file(FigureFileFormat(file_format), is_template=False)


@blueprint.get("/vorlage.xlsx")
@permit(Permission.DECLARATION_VIEW)
def template(declaration_id: int) -> ResponseReturnValue:
    return _file(FigureFileFormat.XLSX, is_template=True)


@blueprint.get("/import")
@permit(Permission.DECLARATION_EDIT)
def upload(declaration_id: int) -> ResponseReturnValue:
    return _upload_page()


@blueprint.post("/import")
@permit(Permission.DECLARATION_EDIT)
def check(declaration_id: int) -> ResponseReturnValue:
    """Preview the file's changes. Stores nothing yet."""
    declaration, content = current_declaration(), uploaded_bytes()
    if not content:
        return _upload_page(_("Wählen Sie eine Datei aus, in der etwas steht.")), 422
    end_transaction()  # releases the lock while the file is read
    try:
        parsed_figure_file = figure_files.read_figure_file(content, declaration, language=current_language())
    except UnreadableTable as unreadable:
        record_refused_file(unreadable.fault)
        columns = _("Jahr, Kennzahl, Wert, Einheit, Qualität und Anmerkung")
        return _upload_page(table_fault_text(unreadable, columns)), 422
    except MissingColumns:
        text = _("In dieser Datei fehlen die Überschriften „Kennzahl“ und „Wert“. Nehmen Sie die Vorlage.")
        return _upload_page(text), 422
    return _preview(
        figure_files.preview_figure_import(db(), declaration, parsed_figure_file, actor=current_actor())
    )


@blueprint.post("/import/uebernehmen")
@permit(Permission.DECLARATION_EDIT)
def confirm(declaration_id: int) -> ResponseReturnValue:
    """Store exactly what was previewed, or nothing."""
    declaration = current_declaration()
    carried = signed_payload.unsign_payload(PAYLOAD_KIND, declaration.id, request.form.get("rows", ""))
    if not carried:
        text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Datei bitte noch einmal hoch.")
        return _upload_page(text), 422
    language, rows = carried
    try:
        done = figure_files.import_figures(
            current_work(),
            declaration,
            [(_figure_update(carried_update), version) for *carried_update, version in rows],
            language=language,
        )
    except FigureImportConflict as changed:
        db().rollback()
        return _preview(changed.sifted, changed=changed), 409
    text = ngettext("%(num)d Kennzahl ist übernommen.", "%(num)d Kennzahlen sind übernommen.", done.figures)
    flash(text, "success")
    return redirect(url_for("figures.index", declaration_id=declaration_id), 303)


def _file(file_format: FigureFileFormat, *, is_template: bool) -> ResponseReturnValue:
    declaration = current_declaration()
    year = declaration.reporting_year
    content = figure_files.export_figures(
        db(),
        declaration,
        FigureFileSpec(file_format, fill_in_labels(current_language(), year), is_template),
        actor=current_actor(),
    )
    company = "".join(c if c.isalnum() else "-" for c in declaration.organisation.name)[:60].strip("-")
    name = _("Kennzahlen-Vorlage") if is_template else _("Kennzahlen")
    media_type = FORMATS[file_format].media_type
    return attachment(content, media_type, f"{name}-{year}-{company}.{file_format.value}")


def _upload_page(error: str = "") -> str:
    declaration = current_declaration()
    return render_template(
        "figures/file_upload.html",
        declaration=declaration,
        explanation=fill_in_labels(current_language(), declaration.reporting_year).explanation_lines,
        errors=[{"text": error, "href": "#file"}] if error else [],
    )


def _preview(sifted: FigureFilePreview, *, changed: FigureImportConflict | None = None) -> str:
    declaration, language = current_declaration(), current_language()
    points = declarations.selection_of(declaration).catalogue.datapoints
    rows = [_row(change, points[change.update.datapoint], sifted, language) for change in sifted.changes]
    end_transaction()
    return render_template(
        "figures/file_preview.html",
        declaration=declaration,
        sifted=sifted,
        fresh=[row for row, change in zip(rows, sifted.changes, strict=True) if change.is_new],
        altered=[row for row, change in zip(rows, sifted.changes, strict=True) if not change.is_new],
        doubtful=[row for row in rows if row.hints],
        bad=[
            {"number": row.number, "shown": row.shown, "text": rejected_row_text(row, language)}
            for row in sifted.bad
        ],
        overtaken={change.update.number for change in changed.changed} if changed else set(),
        is_late=changed is not None,
        short=MAX_UNFOLDED_ROWS,
        packed=signed_payload.sign_payload(PAYLOAD_KIND, declaration.id, _payload_rows(sifted)),
    )


def _row(change: FigureChange, point: Datapoint, sifted: FigureFilePreview, language: Language) -> ChangeRow:
    hints = (hint for hint in sifted.hints if hint.number == change.update.number)
    return ChangeRow(
        change.update.number,
        point.label.to(language),
        change.update.year,
        figure_value_text(change.before, point, language),
        figure_value_text(change.after, point, language),
        changed_details(change.before, change.after, language),
        [row_hint_text(hint, change.after, point, sifted, language=language) for hint in hints],
    )


def _payload_rows(sifted: FigureFilePreview) -> list[Any]:
    """The changes for the signed form: the rows' edits, and the versions that the preview showed."""
    rows = [
        [
            change.update.number,
            change.update.year,
            change.update.datapoint,
            {**change.update.edits},
            change.seen,
        ]
        for change in sifted.changes
    ]
    return [sifted.language, rows]


def _figure_update(carried: Sequence[Any]) -> FigureUpdate:
    number, year, datapoint, edits = carried
    return FigureUpdate(number, year, datapoint, {FigureColumn(name): text for name, text in edits.items()})
