"""A section as the report prints it, in the frame of its pages."""

from datetime import UTC, datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions, Variant
from dnk_tool.services.declarations.documents import document_with
from dnk_tool.services.exports.issues import issue_of
from dnk_tool.store.declarations import queries as declarations
from dnk_tool.web.answers.criterion.pages import blueprint, section_or_404
from dnk_tool.web.answers.part_links import part_links
from dnk_tool.web.declarations.criteria_map import criteria_map
from dnk_tool.web.declarations.visible_sections import visible_sections
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.company_side.review_state import company_review_state


@blueprint.get("/<section_ref>/vorschau")
@permit(Permission.SECTION_VIEW)
def preview(declaration_id: int, section_ref: str) -> ResponseReturnValue:
    """Show the section in the words of the report. Open to those who may read only this section."""
    declaration = current_declaration()
    section = section_or_404(declaration, section_ref)
    content = declarations.read_content(db(), declaration)
    document, sheet = document_with(db(), declaration, content), content.sheet
    issue = issue_of(document, now=datetime.now(UTC), is_draft=True)
    refs = [one.ref for one in visible_sections(sheet.selection)]
    situation = company_review_state(declaration, sections=refs)
    return render_template(
        "answers/preview.html",
        declaration=declaration,
        section=section,
        view=compose(document, issue, ExportOptions(Variant.SECTION, section.ref), on_paper=False),
        links=part_links(declaration, section, sheet, None),
        map=criteria_map(situation, sheet, current=section),
    )
