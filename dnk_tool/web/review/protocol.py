"""The protocol of a review as PDF, the same for reviewers and for the company."""

from datetime import UTC, datetime

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.report.files.review_protocol import protocol_html
from dnk_tool.report.formats import PDF
from dnk_tool.report.renderer import render_page
from dnk_tool.services.review.protocol import protocol_of
from dnk_tool.web.exports.responses import file_name, rendered_file_response
from dnk_tool.web.http.access import current_declaration, permit
from dnk_tool.web.http.transactions import db
from dnk_tool.web.review.current_round import blueprint


@blueprint.get("/<int:declaration_id>/protokoll.pdf")
@permit(Permission.REVIEW)
def protocol_pdf(cluster_id: int, declaration_id: int) -> ResponseReturnValue:
    return protocol_response(url_for("review.show", cluster_id=cluster_id, declaration_id=declaration_id))


def protocol_response(back: str) -> ResponseReturnValue:
    """The protocol of the present declaration's review; 404 while no round has ended. `back`: see there."""
    made = protocol_of(db(), current_declaration(), now=datetime.now(UTC)) or abort(404)
    return rendered_file_response(
        lambda: render_page(protocol_html(made), issued_on=made.made_on),
        file_name(made.company, made.year, "Pruefprotokoll.pdf"),
        back=back,
        media_type=PDF.media_type,
    )
