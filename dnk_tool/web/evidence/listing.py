"""The page of all files of the declaration's year, with a form to add more."""

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.evidence import rows
from dnk_tool.web.evidence.add import can_add_anywhere
from dnk_tool.web.evidence.form import EvidenceForm
from dnk_tool.web.evidence.labels import ACCEPT, kinds_hint
from dnk_tool.web.evidence.routes import blueprint, largest_file, largest_upload
from dnk_tool.web.evidence.targets import WHOLE_KEY, target_names, target_options
from dnk_tool.web.http.access import current_declaration, permit


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
