"""The page of one file: its details, its targets, and its removal."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from dnk_tool.domain.editing import ConflictError
from dnk_tool.domain.evidence import Evidence, EvidenceTarget
from dnk_tool.domain.permissions import NotPermitted, Permission
from dnk_tool.services.editing.locks import Locked
from dnk_tool.services.evidence import files as evidence_files
from dnk_tool.services.evidence.access import require_evidence_removable
from dnk_tool.services.evidence.listing import latest_version_listing
from dnk_tool.web.evidence import rows, targets
from dnk_tool.web.evidence.form import EvidenceForm
from dnk_tool.web.evidence.routes import blueprint, delete_unused_contents, file_or_404
from dnk_tool.web.http.access import current_actor, current_declaration, current_work, permit
from dnk_tool.web.http.input.numbers import whole_number
from dnk_tool.web.http.transactions import db
from dnk_tool.web.text.form_errors import form_errors


@blueprint.get("/<int:file_id>")
@permit(Permission.DECLARATION_ENTER)
def edit(declaration_id: int, file_id: int) -> ResponseReturnValue:
    evidence = file_or_404(file_id)
    data = {name: getattr(evidence, name) for name in ("title", "valid_until", "is_listed", "is_for_review")}
    return _page(evidence, EvidenceForm(formdata=None, data=data))


@blueprint.post("/<int:file_id>")
@permit(Permission.DECLARATION_ENTER)
def save(declaration_id: int, file_id: int) -> ResponseReturnValue:
    file, form = file_or_404(file_id), EvidenceForm()
    if not form.validate():
        return _page(file, form), 422
    try:
        evidence_files.change_evidence(
            current_work(),
            current_declaration(),
            file_id,
            form.evidence_details(),
            seen=whole_number(request.form.get("version")) or 0,
        )
    except ConflictError:
        db().rollback()
        return _page(file_or_404(file_id), form, is_late=True), 409
    except LookupError:
        abort(404)
    flash(_("Gespeichert."), "success")
    return redirect(f"{_index_url()}#evidence-{file_id}", 303)


@blueprint.get("/<int:file_id>/entfernen")
@permit(Permission.DECLARATION_ENTER)
def ask_to_remove(declaration_id: int, file_id: int) -> ResponseReturnValue:
    file, only = file_or_404(file_id), targets.target_from_query()
    if only is not None and only not in file.targets:
        abort(404)
    names = targets.target_names(file.targets)
    return render_template(
        "evidence/remove.html",
        declaration=current_declaration(),
        row=rows.evidence_list_rows([file], names)[0],
        only=names.title(only) if only and len(file.targets) > 1 else "",
        version=latest_version_listing(db(), current_declaration(), file.sha256),
        back=rows.evidence_url("evidence.edit", file),
        errors=[],
    )


@blueprint.post("/<int:file_id>/entfernen")
@permit(Permission.DECLARATION_ENTER)
def remove(declaration_id: int, file_id: int) -> ResponseReturnValue:
    """Delete the row, then the content after the commit: an interruption leaves only an unused content."""
    file, only = file_or_404(file_id), targets.target_from_query()
    try:
        unused = evidence_files.remove_evidence(current_work(), current_declaration(), file_id, only=only)
    except LookupError:
        abort(404)
    db().commit()
    delete_unused_contents(current_declaration().organisation_id, unused)
    if only and len(file.targets) > 1:
        flash(_("Der Beleg gehört nicht mehr dazu. Die Datei selbst bleibt."), "success")
    else:
        flash(_("Der Beleg „%(name)s“ ist entfernt.", name=file.label), "success")
    return redirect(_index_url(), 303)


def _page(evidence: Evidence, form: EvidenceForm, *, is_late: bool = False) -> str:
    names = targets.target_names(evidence.targets)
    open_ones = [target for target in evidence.targets if _can_remove(target)]
    belongs = [
        {
            "title": names.title(target),
            "href": names.href(target),
            "detach": rows.evidence_url("evidence.ask_to_remove", evidence, **targets.target_query(target))
            if target in open_ones and not target.is_whole and len(evidence.targets) > 1
            else "",
        }
        for target in rows.visible_targets(evidence)
    ]
    return render_template(
        "evidence/edit.html",
        declaration=current_declaration(),
        row=rows.evidence_list_rows([evidence], names)[0],
        belongs=belongs,
        form=form,
        is_editable=len(open_ones) == len(evidence.targets),
        is_late=is_late,
        errors=form_errors(form),
    )


def _can_remove(target: EvidenceTarget) -> bool:
    try:
        require_evidence_removable(db(), current_declaration(), target, current_actor())
    except (NotPermitted, Locked):
        return False
    return True


def _index_url() -> str:
    return url_for("evidence.index", declaration_id=current_declaration().id)
