"""Figures as a file: handed out, uploaded again, looked at row by row, and only then stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Datapoint
from dnk_tool.domain.figures.file_changes import Change, Sifted
from dnk_tool.domain.figures.file_columns import Column, NoColumns
from dnk_tool.domain.figures.file_rows import Wish
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import Language
from dnk_tool.services.figures import files as figure_files
from dnk_tool.services.figures.files import FigureFile, FiguresChanged, FileKind
from dnk_tool.services.uploads.csv_tables import UnreadableTable
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.figures.file_labels import EXPLANATION, differences, file_words, of_bad, of_hint
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_declaration, permit
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db, let_go
from dnk_tool.web.text.amounts import of_figure
from dnk_tool.web.uploads import of_table, uploaded

blueprint = Blueprint("figure_files", __name__, url_prefix="/erklaerungen/<int:declaration_id>/kennzahlen")

CARRIED = "figures"
SHORT = 50  # so many rows are shown without unfolding them
TYPES = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ChangeRow:
    """One figure that changes, as the preview shows it."""

    number: int
    label: str
    year: int
    before: str
    after: str
    details: Sequence[tuple[str, str, str]]
    hints: Sequence[str]


@blueprint.get("/export.<ending>")
@permit(Permission.DECLARATION_VIEW)
def export(declaration_id: int, ending: str) -> ResponseReturnValue:
    if ending not in list(FileKind):
        abort(404)
    return _file(FileKind(ending), is_template=False)


@blueprint.get("/vorlage.xlsx")
@permit(Permission.DECLARATION_VIEW)
def template(declaration_id: int) -> ResponseReturnValue:
    return _file(FileKind.XLSX, is_template=True)


@blueprint.get("/import")
@permit(Permission.DECLARATION_EDIT)
def upload(declaration_id: int) -> ResponseReturnValue:
    return _upload_page()


@blueprint.post("/import")
@permit(Permission.DECLARATION_EDIT)
def check(declaration_id: int) -> ResponseReturnValue:
    """What the file would change. Nothing is kept yet."""
    declaration, content = current_declaration(), uploaded()
    if not content:
        return _upload_page(_("Wählen Sie eine Datei aus, in der etwas steht.")), 422
    let_go()  # nobody waits while the file is read
    try:
        found = figure_files.read(content, declaration, language=current_language())
    except UnreadableTable as unreadable:
        columns = _("Jahr, Kennzahl, Wert, Einheit, Qualität und Anmerkung")
        return _upload_page(of_table(unreadable, columns)), 422
    except NoColumns:
        text = _("In dieser Datei fehlen die Überschriften „Kennzahl“ und „Wert“. Nehmen Sie die Vorlage.")
        return _upload_page(text), 422
    return _preview(figure_files.preview(db(), declaration, found, actor=current_actor()))


@blueprint.post("/import/uebernehmen")
@permit(Permission.DECLARATION_EDIT)
def confirm(declaration_id: int) -> ResponseReturnValue:
    """Store exactly what was looked at, or nothing."""
    declaration = current_declaration()
    carried = signed_payload.unpacked(CARRIED, declaration.id, request.form.get("rows", ""))
    if not carried:
        text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Datei bitte noch einmal hoch.")
        return _upload_page(text), 422
    language, rows = carried
    try:
        done = figure_files.import_figures(
            db(),
            declaration,
            [(_wish(one), version) for *one, version in rows],
            language=language,
            actor=current_actor(),
            now=datetime.now(UTC),
        )
    except FiguresChanged as changed:
        db().rollback()
        return _preview(changed.sifted, changed=changed), 409
    text = ngettext("%(num)d Kennzahl ist übernommen.", "%(num)d Kennzahlen sind übernommen.", done.figures)
    flash(text, "success")
    return redirect(url_for("figures.index", declaration_id=declaration_id), 303)


def _file(kind: FileKind, *, is_template: bool) -> ResponseReturnValue:
    declaration = current_declaration()
    year = declaration.reporting_year
    content = figure_files.export(
        db(),
        declaration,
        FigureFile(kind, file_words(current_language(), year), is_template),
        actor=current_actor(),
    )
    company = "".join(c if c.isalnum() else "-" for c in declaration.organisation.name)[:60].strip("-")
    name = _("Kennzahlen-Vorlage") if is_template else _("Kennzahlen")
    return attachment(content, TYPES[kind], f"{name}-{year}-{company}.{kind.value}")


def _upload_page(error: str = "") -> str:
    return render_template(
        "figure_files/upload.html",
        declaration=current_declaration(),
        explanation=EXPLANATION,
        errors=[{"text": error, "href": "#file"}] if error else [],
    )


def _preview(sifted: Sifted, *, changed: FiguresChanged | None = None) -> str:
    declaration, language = current_declaration(), current_language()
    points = declarations.selection_of(declaration).catalogue.datapoints
    rows = [_row(one, points[one.wish.datapoint], sifted, language) for one in sifted.changes]
    let_go()
    return render_template(
        "figure_files/preview.html",
        declaration=declaration,
        sifted=sifted,
        fresh=[row for row, one in zip(rows, sifted.changes, strict=True) if one.is_new],
        altered=[row for row, one in zip(rows, sifted.changes, strict=True) if not one.is_new],
        doubtful=[row for row in rows if row.hints],
        bad=[{"number": one.number, "shown": one.shown, "text": of_bad(one, language)} for one in sifted.bad],
        overtaken={one.wish.number for one in changed.changed} if changed else set(),
        is_late=changed is not None,
        short=SHORT,
        packed=signed_payload.packed(CARRIED, declaration.id, _carried(sifted)),
    )


def _row(change: Change, point: Datapoint, sifted: Sifted, language: Language) -> ChangeRow:
    hints = (one for one in sifted.hints if one.number == change.wish.number)
    return ChangeRow(
        change.wish.number,
        point.label.to(language),
        change.wish.year,
        of_figure(change.before, point, language),
        of_figure(change.after, point, language),
        differences(change.before, change.after, language),
        [of_hint(one, change.after, point, sifted, language=language) for one in hints],
    )


def _carried(sifted: Sifted) -> list[Any]:
    """The changes as they travel through the form: what the rows said, and which versions were shown."""
    rows = [
        [one.wish.number, one.wish.year, one.wish.datapoint, {**one.wish.edits}, one.seen]
        for one in sifted.changes
    ]
    return [sifted.language, rows]


def _wish(carried: Sequence[Any]) -> Wish:
    number, year, datapoint, edits = carried
    return Wish(number, year, datapoint, {Column(name): text for name, text in edits.items()})
