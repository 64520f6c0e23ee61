"""Imports a declaration of an earlier year from its PDF or JSON: previewed, then stored."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.declarations.annex import NO_ANNEX
from dnk_tool.domain.declarations.document import Document, canonical_json
from dnk_tool.domain.declarations.document_parser import MAX_BYTES, DocumentProblem
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.declarations import declaration_import
from dnk_tool.services.declarations.declaration_import import DeclarationImportPreview
from dnk_tool.services.declarations.start import YearAhead, YearTaken
from dnk_tool.services.uploads.declarations import (
    MAX_FILE_BYTES,
    DeclarationFileFault,
    UnreadableDeclaration,
    read_declaration_file,
)
from dnk_tool.services.work import Work
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_organisation, current_work, permit
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.request_limits import accepts_large_form, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.amounts import figure_value_text
from dnk_tool.web.uploads import record_refused_file, scan_fault_text, uploaded_bytes

blueprint = Blueprint("from_file", __name__, url_prefix="/unternehmen/<int:organisation_id>/erklaerungen")

PAYLOAD_KIND = "declaration"
MAX_REQUEST_BYTES = MAX_FILE_BYTES + 100_000  # the file and the form's overhead
MAX_PROBLEMS = 5  # so many problems are shown


@blueprint.get("/aus-datei")
@permit(Permission.ORGANISATION_EDIT)
def upload(organisation_id: int) -> ResponseReturnValue:
    return _upload_page()


@blueprint.post("/aus-datei")
@permit(Permission.ORGANISATION_EDIT)
@accepts_upload(MAX_REQUEST_BYTES)
def check(organisation_id: int) -> ResponseReturnValue:
    """Preview the file. Stores nothing yet."""
    content = uploaded_bytes()
    end_transaction()  # releases the lock while the file is read
    try:
        document = read_declaration_file(content)
    except UnreadableDeclaration as unreadable:
        record_refused_file(unreadable.fault)
        status = 503 if unreadable.fault is DeclarationFileFault.BUSY else 422
        return _upload_page(fault_text(unreadable.fault), unreadable.problems), status
    return _preview(document)


@blueprint.post("/aus-datei/uebernehmen")
@permit(Permission.ORGANISATION_EDIT)
@creates
@accepts_large_form
def take(organisation_id: int) -> ResponseReturnValue:
    """Store exactly what was previewed, or nothing."""
    organisation = current_organisation()
    carried = signed_payload.unsign_payload(
        PAYLOAD_KIND, organisation.id, request.form.get("declaration", "")
    )
    if not carried:
        text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Datei bitte noch einmal hoch.")
        return _upload_page(text), 422
    document = read_document(carried.encode())
    try:
        taken = declaration_import.import_earlier_declaration(current_work(), organisation, document)
    except (YearTaken, YearAhead):
        db().rollback()
        return _preview(document), 422
    flash(_("Die Erklärung für %(year)s ist übernommen.", year=taken.reporting_year), "success")
    return redirect(url_for("next_year.show", declaration_id=taken.id), 303)


def fault_text(fault: DeclarationFileFault) -> str:
    """Why the file cannot be imported, and what helps."""
    words: dict[DeclarationFileFault, str] = {
        DeclarationFileFault.EMPTY: _("Wählen Sie eine Datei aus, in der etwas steht."),
        DeclarationFileFault.TOO_LARGE: _(
            "Diese Datei ist zu groß. Möglich sind %(size)s MB, für die Daten darin %(data)s MB.",
            size=MAX_FILE_BYTES // 1_000_000,
            data=MAX_BYTES // 1_000_000,
        ),
        DeclarationFileFault.OTHER_KIND: _(
            "Das ist weder ein PDF noch eine Datei mit den Daten einer Erklärung (.json). Wählen Sie das "
            "PDF, das Sie hier oder in einer anderen Installation heruntergeladen haben."
        ),
        DeclarationFileFault.LOCKED: _(
            "Dieses PDF ist mit einem Passwort geschützt. Speichern Sie es ohne Passwort, und laden Sie es "
            "dann hoch."
        ),
        DeclarationFileFault.NO_ATTACHMENT: _(
            "In diesem PDF stecken keine Daten. Vielleicht ist es nur ein Auszug, es wurde gescannt, neu "
            "gedruckt oder verkleinert, oder es kommt aus einem anderen Programm. Nehmen Sie das PDF der "
            "ganzen Erklärung so, wie es heruntergeladen wurde."
        ),
        DeclarationFileFault.NOT_OURS: _(
            "In diesem PDF stecken andere Dateien, aber keine Erklärung. Nehmen Sie das PDF der Erklärung "
            "selbst."
        ),
        DeclarationFileFault.DAMAGED: _(
            "Diese Datei ist beschädigt oder unvollständig. Laden Sie sie dort, wo sie herkommt, noch "
            "einmal herunter."
        ),
        DeclarationFileFault.NEWER: _(
            "Diese Datei kommt aus einer neueren Version des Programms. Wer diese Installation betreibt, "
            "muss sie zuerst aktualisieren."
        ),
        DeclarationFileFault.INVALID: _(
            "Die Daten in dieser Datei passen nicht zu einer Erklärung. Jemand hat sie wohl von Hand "
            "geändert; nehmen Sie das Original."
        ),
        DeclarationFileFault.BUSY: _(
            "Gerade werden andere Dateien gelesen. Versuchen Sie es in einer halben Minute noch einmal."
        ),
    }
    return words.get(fault) or scan_fault_text(fault)


def _upload_page(error: str = "", problems: Sequence[DocumentProblem] = ()) -> str:
    return render_template(
        "declarations/import_file.html",
        organisation=current_organisation(),
        errors=[{"text": error, "href": "#file"}] if error else [],
        wrong=[problem.path for problem in problems if problem.path][:MAX_PROBLEMS],
        largest=MAX_FILE_BYTES // 1_000_000,
    )


def _preview(document: Document) -> str:
    organisation, now = current_organisation(), datetime.now(UTC)
    looked = declaration_import.preview_declaration_import(
        Work(db(), current_actor(), now), organisation, document
    )
    catalogue = document.selection.catalogue
    return render_template(
        "declarations/import_preview.html",
        organisation=organisation,
        looked=looked,
        document=document,
        is_other_company=_normalised_name(document.organisation.name) != _normalised_name(organisation.name),
        indicator_set=catalogue.indicator_set(document.indicator_set),
        options=[option for option in catalogue.options if option.key in document.options],
        years=sorted({year for year, _key in document.figures}, reverse=True),
        differing=_differing_figures(looked),
        packed=_signed_document(document) if looked.is_possible else "",
    )


def _differing_figures(looked: DeclarationImportPreview) -> list[dict[str, str]]:
    """Figures that differ between company and file, with both values."""
    points, language = looked.document.selection.catalogue.datapoints, current_language()

    def text(key: str, figure: Figure) -> str:
        return figure_value_text(figure, points[key], language) or "–"

    return [
        {
            "label": f"{points[key].label.to(language)}, {year}",
            "own": text(key, known),
            "said": text(key, looked.document.figures[year, key]),
        }
        for (year, key), known in looked.differing.items()
    ]


def _signed_document(document: Document) -> str:
    """Sign the document for its form, without the annex, which is not imported."""
    data = canonical_json(replace(document, annex=NO_ANNEX))
    return signed_payload.sign_payload(PAYLOAD_KIND, current_organisation().id, data.decode())


def _normalised_name(name: str) -> str:
    return " ".join(name.split()).casefold()
