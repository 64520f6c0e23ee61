"""The page with the questionnaire as a file, its download, and its upload with a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.answers.answer import Figure
from dnk_tool.domain.answers.encoding import answer_to_json, figure_to_json
from dnk_tool.domain.declarations.questionnaire.comparison import (
    EntryStatus,
    QuestionnairePreview,
    ReturnedEntry,
)
from dnk_tool.domain.evidence import FileRejected, FileRejectionReason
from dnk_tool.domain.permissions import Permission
from dnk_tool.language import is_language, known_language, local_day
from dnk_tool.report.formats import FORMATS
from dnk_tool.services.declarations.questionnaire.contents import code_of, editable_sections
from dnk_tool.services.declarations.questionnaire.export import (
    QuestionnaireFormat,
    QuestionnaireSpec,
    export_questionnaire,
)
from dnk_tool.services.declarations.questionnaire.preview import (
    compare_entries,
    preview_questionnaire,
    returned_entries,
)
from dnk_tool.services.declarations.questionnaire.take import (
    ChosenEntry,
    QuestionnaireConflict,
    take_questionnaire,
)
from dnk_tool.services.uploads.questionnaires.client import (
    MAX_FILE_BYTES,
    NoQuestionnaire,
    read_questionnaire_file,
)
from dnk_tool.services.work import Work
from dnk_tool.store.accounts import queries as accounts
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.declarations.questionnaire.rejected import file_text, no_questionnaire_text, rejected_text
from dnk_tool.web.declarations.questionnaire.rows import ComparedEntry, compared_entry
from dnk_tool.web.declarations.visible_sections import visible_sections
from dnk_tool.web.exports.responses import attachment
from dnk_tool.web.http import signed_payload
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.request_limits import accepts_large_form, accepts_upload
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.options import numbered_title, section_options
from dnk_tool.web.uploads import record_refused_file, uploaded_bytes

blueprint = Blueprint("offline", __name__, url_prefix="/erklaerungen/<int:declaration_id>/fragebogen")

PAYLOAD_KIND = "questionnaire"
MAX_REQUEST_BYTES = MAX_FILE_BYTES + 100_000  # the file and the form's overhead
MAX_UNFOLDED_ROWS = 5  # longer lists are folded
TAKE, KEEP = "datei", "hier"  # what somebody chooses where both changed
EMPTY, FILLED = "leer", "ausgefuellt"


@dataclass(frozen=True)
class CarriedPreview:
    """What the form of a preview carries: entries with their versions there, and what is told beside them."""

    entries: Sequence[tuple[str, int, int, dict[str, Any]]]
    same: int
    left_out: Sequence[tuple[str, str]]


@blueprint.get("/offline")
@permit(Permission.DECLARATION_ENTER)
def show(declaration_id: int) -> ResponseReturnValue:
    return _files_page()


@blueprint.get("/datei")
@permit(Permission.DECLARATION_ENTER)
def download(declaration_id: int) -> ResponseReturnValue:
    """The questionnaire as a file: of all visible sections or one, empty or filled, German or English."""
    declaration, asked = current_declaration(), request.args
    file_format, section = asked.get("format", ""), asked.get("teil", "")
    language = asked.get("sprache", declaration.language)
    sections = {section.ref: section for section in visible_sections(declarations.selection_of(declaration))}
    if (
        file_format not in set(QuestionnaireFormat)
        or (section and section not in sections)
        or not is_language(language)
    ):
        abort(404)
    content = export_questionnaire(
        db(),
        declaration,
        QuestionnaireSpec(
            QuestionnaireFormat(file_format), known_language(language), section, asked.get("inhalt") == EMPTY
        ),
        actor=current_actor(),
        today=local_day(datetime.now(UTC)),
    )
    part = numbered_title(sections[section]) if section else ""
    words = (_("Fragebogen"), str(declaration.reporting_year), declaration.organisation.name, part)
    name = "-".join(
        "".join(c if c.isalnum() else "-" for c in word)[:60].strip("-") for word in words if word
    )
    return attachment(content, FORMATS[file_format].media_type, f"{name}.{file_format}")


@blueprint.post("/offline")
@permit(Permission.DECLARATION_ENTER)
@accepts_upload(MAX_REQUEST_BYTES)
def check(declaration_id: int) -> ResponseReturnValue:
    """Preview the file. Stores nothing yet."""
    declaration, content = current_declaration(), uploaded_bytes()
    if not editable_sections(declaration, current_actor()):
        abort(403)
    code = code_of(declaration)
    end_transaction()  # releases the lock while the file is read
    try:
        returned = read_questionnaire_file(content, code)
    except FileRejected as rejected:
        record_refused_file(rejected.why)
        return _files_page(file_text(rejected.why)), 503 if rejected.why is FileRejectionReason.BUSY else 422
    except NoQuestionnaire as none:
        return _files_page(no_questionnaire_text(none)), 422
    preview = preview_questionnaire(current_work(), declaration, returned)
    return _preview_page(preview, [rejected_text(one) for one in preview.rejected])


@blueprint.post("/offline/uebernehmen")
@permit(Permission.DECLARATION_ENTER)
@accepts_large_form
def take(declaration_id: int) -> ResponseReturnValue:
    """Save what was chosen of the preview, or nothing."""
    declaration, actor, now = current_declaration(), current_actor(), datetime.now(UTC)
    carried = signed_payload.unsign_payload(PAYLOAD_KIND, declaration.id, request.form.get("rows", ""))
    if not carried or not editable_sections(declaration, actor):
        text = _("Diese Vorschau gilt nicht mehr. Laden Sie die Datei bitte noch einmal hoch.")
        return _files_page(text), 422
    shown = CarriedPreview(*carried)
    versions = {ref: version for ref, _made_at, version, _content in shown.entries}
    said = [(ref, made_at, content) for ref, made_at, _version, content in shown.entries]
    returned = returned_entries(declaration, said, actor=actor)
    choices = {one.entry.ref: request.form.get(f"wahl-{one.entry.ref}") for one in returned}
    conflicts = set(request.form.getlist("offen"))
    undecided = [ref for ref in choices if ref in conflicts and choices[ref] not in (TAKE, KEEP)]
    if undecided:
        errors = [{"text": _("Wählen Sie, was gelten soll."), "href": f"#wahl-{ref}"} for ref in undecided]
        return _preview_again(returned, shown, errors=errors), 422
    chosen = [
        ChosenEntry(one, versions[one.entry.ref], choices[one.entry.ref] == TAKE)
        for one in returned
        if choices[one.entry.ref] == TAKE or one.entry.ref in conflicts
    ]
    try:
        count = take_questionnaire(Work(db(), actor, now), declaration, chosen)
    except QuestionnaireConflict:
        db().rollback()
        return _preview_again(returned, shown, is_late=True), 409
    flash(ngettext("%(num)d Angabe ist übernommen.", "%(num)d Angaben sind übernommen.", count), "success")
    return redirect(url_for("overview.show", declaration_id=declaration_id), 303)


def _files_page(error: str = "") -> str:
    declaration = current_declaration()
    sections = visible_sections(declarations.selection_of(declaration))
    return render_template(
        "declarations/questionnaire/files.html",
        declaration=declaration,
        sections=section_options(sections),
        chosen=request.args.get("teil", ""),
        may_upload=bool(editable_sections(declaration, current_actor())),
        largest=MAX_FILE_BYTES // 1_000_000,
        errors=[{"text": error, "href": "#file"}] if error else [],
    )


def _preview_again(
    returned: Sequence[ReturnedEntry],
    shown: CarriedPreview,
    *,
    errors: Sequence[dict[str, str]] = (),
    is_late: bool = False,
) -> str:
    """The preview of the same file beside what is stored now."""
    preview = compare_entries(db(), current_declaration(), returned, now=datetime.now(UTC))
    left_out = [*shown.left_out, *(rejected_text(one) for one in preview.rejected)]
    return _preview_page(
        QuestionnairePreview(preview.changes, preview.same + shown.same),
        left_out,
        errors=errors,
        is_late=is_late,
        choices=request.form,
    )


def _preview_page(
    preview: QuestionnairePreview,
    left_out: Sequence[tuple[str, str]],
    *,
    errors: Sequence[dict[str, str]] = (),
    is_late: bool = False,
    choices: Any = None,
) -> str:
    declaration = current_declaration()
    names = accounts.names_of(db(), {change.by for change in preview.changes if change.by is not None})
    rows = [compared_entry(change, names) for change in preview.changes]
    entries = [
        (
            change.returned.entry.ref,
            change.returned.made_at,
            change.version,
            figure_to_json(content)
            if isinstance(content := change.returned.content, Figure)
            else answer_to_json(content),
        )
        for change in preview.changes
    ]
    end_transaction()
    return render_template(
        "declarations/questionnaire/preview.html",
        declaration=declaration,
        groups=_groups(rows),
        count=len(rows),
        same=preview.same,
        left_out=left_out,
        errors=errors,
        messages={error["href"]: error["text"] for error in errors},
        is_late=is_late,
        choices=choices,
        short=MAX_UNFOLDED_ROWS,
        packed=signed_payload.sign_payload(PAYLOAD_KIND, declaration.id, [entries, preview.same, left_out]),
    )


def _groups(rows: Sequence[ComparedEntry]) -> list[tuple[str, list[ComparedEntry]]]:
    """The rows under their headings; what needs a decision comes first."""
    headings = (
        (EntryStatus.CHANGED_HERE, _("Inzwischen auch hier geändert: Bitte wählen Sie")),
        (EntryStatus.CHANGED, _("Geändert")),
        (EntryStatus.NEW, _("Neu")),
    )
    groups = [(heading, [row for row in rows if row.status is status]) for status, heading in headings]
    return [(heading, own) for heading, own in groups if own]
