"""The page of all files of the declaration's year, with a form to add more.

Downloads of evidence by people of the company.
The page that adds files to an answer, a figure, a line, or the whole declaration.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.domain.declarations.states import EDITABLE_STATES
from dnk_tool.domain.evidence import WHOLE_DECLARATION, EvidenceTarget
from dnk_tool.domain.permissions import Permission
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.access import require_evidence_editable
from dnk_tool.web.evidence import rows, targets
from dnk_tool.web.evidence.form import EvidenceForm
from dnk_tool.web.evidence.labels import ACCEPT, added_text, kinds_hint
from dnk_tool.web.evidence.routes import (
    blueprint,
    file_or_404,
    largest_file,
    largest_request,
    largest_upload,
    too_large_text,
)
from dnk_tool.web.evidence.rows import can_add
from dnk_tool.web.evidence.targets import WHOLE_KEY, target_names, target_options
from dnk_tool.web.evidence.uploads import STORAGE_ERRORS, inspect_uploads, storage_error_text, store_files
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.input.save_ids import creates
from dnk_tool.web.http.request_limits import accepts_upload
from dnk_tool.web.http.stored_files import evidence_attachment
from dnk_tool.web.http.transactions import db, end_transaction
from dnk_tool.web.text.form_errors import form_errors

FILES_FIELD = "files"  # name and id of the field


@blueprint.get("/neu")
@permit(Permission.DECLARATION_ENTER)
def add(declaration_id: int) -> ResponseReturnValue:
    return _page(targets.target_from_query(), EvidenceForm(formdata=None))


@blueprint.post("/neu")
@permit(Permission.DECLARATION_ENTER)
@creates
@accepts_upload(largest_request, too_large=too_large_text)
def upload(declaration_id: int) -> ResponseReturnValue:
    """Store all files or none; typed text stays on the page."""
    asked, form = targets.target_from_query(), EvidenceForm()
    target = asked or targets.target_from_field()
    is_readable = form.validate()
    if target is None:
        text = _("Wählen Sie, wozu die Dateien gehören.")
        return _page(None, form, target_error=text), 422
    require_evidence_editable(db(), current_declaration(), target, current_actor())
    end_transaction()  # releases the lock while files are inspected
    sent = inspect_uploads([upload for upload in request.files.getlist(FILES_FIELD) if upload.filename])
    if sent.errors or not is_readable:
        return _page(asked, form, sent.errors), 422
    try:
        added = store_files(target, sent.files, form.evidence_details())
    except STORAGE_ERRORS as error:
        text, status = storage_error_text(error)
        return _page(asked, form, [text]), status
    flash(added_text(added), "success")
    return redirect(_next_url(asked), 303)


@blueprint.post("/zuordnen")
@permit(Permission.DECLARATION_ENTER)
@creates
def use_again(declaration_id: int) -> ResponseReturnValue:
    """Assign files that are stored already to one more target."""
    target = targets.target_from_query() or WHOLE_DECLARATION
    asked = map(whole_number, request.form.getlist("file"))
    chosen = [file_id for file_id in asked if file_id is not None]
    try:
        number = evidence_files.attach_existing(current_work(), current_declaration(), target, chosen)
    except LookupError:
        number = 0
    if number:
        flash(ngettext("%(num)d Beleg ist zugeordnet.", "%(num)d Belege sind zugeordnet.", number), "success")
    else:
        flash(_("Wählen Sie mindestens einen Beleg aus."), "warning")
    return redirect(rows.add_evidence_url(target), 303)


def can_add_anywhere() -> bool:
    """Whether the person may add files to any target while the declaration can be edited."""
    names = targets.target_names(())
    return current_declaration().state in EDITABLE_STATES and any(
        True for _group in targets.target_options(names)
    )


def _page(
    target: EvidenceTarget | None,
    form: EvidenceForm,
    file_errors: list[str] | None = None,
    *,
    target_error: str = "",
) -> str:
    """Render the page for one target, or with all targets to choose from."""
    files = rows.visible_files()
    names = targets.target_names(
        [*(t for file in files for t in file.targets), *([target] if target else [])]
    )
    about = targets.related_targets(target) if target else frozenset()
    here = [file for file in files if about & {*file.targets}]
    others = [file for file in files if target and target not in file.targets]
    is_open = can_add(target) if target else can_add_anywhere()
    errors = [{"text": text, "href": f"#{FILES_FIELD}"} for text in file_errors or ()]
    errors += [{"text": target_error, "href": "#target"}] if target_error else []
    values: dict[str, Any] = {
        "target": target,
        "title": names.title(target) if target else "",
        "back": names.href(target)
        if target
        else url_for("evidence.index", declaration_id=names.declaration.id),
        "action": rows.add_evidence_url(target) if target else "",
        "query": targets.target_query(target) if target else {},
        "groups": [] if target else list(targets.target_options(names)),
        "chosen": request.form.get("target", targets.WHOLE_KEY),
    }
    return render_template(
        "evidence/add.html",
        declaration=current_declaration(),
        rows=rows.evidence_list_rows(here, names),
        with_belongs=len(about) > 1,
        others=rows.evidence_list_rows(others, names) if is_open else [],
        room=rows.storage_usage(),
        may_add=is_open,
        form=form,
        file_errors=file_errors or [],
        target_error=target_error,
        accept=ACCEPT,
        kinds_hint=kinds_hint(),
        limits={"file": largest_file(), "all": largest_upload()},
        errors=[*errors, *form_errors(form)],
        **values,
    )


def _next_url(asked: EvidenceTarget | None) -> str:
    """Where a saved file leads: to the files beside it."""
    if asked is not None:
        return rows.add_evidence_url(asked)
    return url_for("evidence.index", declaration_id=current_declaration().id)


@blueprint.get("/")
@permit(Permission.DECLARATION_ENTER)
def index(declaration_id: int) -> ResponseReturnValue:
    files = rows.visible_files()
    names = target_names(target for file in files for target in file.targets)
    may_add = can_add_anywhere()
    return render_template(
        "evidence/index.html",
        declaration=current_declaration(),
        rows=rows.evidence_list_rows(files, names),
        room=rows.storage_usage(),
        may_add=may_add,
        form=EvidenceForm(formdata=None),
        groups=list(target_options(names)) if may_add else [],
        chosen=WHOLE_KEY,
        target=None,
        file_errors=[],
        accept=ACCEPT,
        kinds_hint=kinds_hint(),
        limits={"file": largest_file(), "all": largest_upload()},
        errors=[],
    )


@blueprint.get("/<int:file_id>/datei")
@permit(Permission.DECLARATION_ENTER)
def open_file(declaration_id: int, file_id: int) -> ResponseReturnValue:
    return evidence_attachment(file_or_404(file_id), current_declaration().organisation_id)
