"""Downloads of evidence by people of the company."""

from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.evidence.routes import blueprint, file_or_404
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.stored_files import evidence_attachment


@blueprint.get("/<int:file_id>/datei")
@permit(Permission.DECLARATION_ENTER)
def open_file(declaration_id: int, file_id: int) -> ResponseReturnValue:
    return evidence_attachment(file_or_404(file_id), current_declaration().organisation_id)
