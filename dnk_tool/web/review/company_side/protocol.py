"""The protocol of a review, for the company that was reviewed."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from dnk_tool.domain.permissions import Permission
from dnk_tool.web.http.access import permit
from dnk_tool.web.review.protocol import protocol_response

blueprint = Blueprint("review_protocol", __name__)


@blueprint.get("/erklaerungen/<int:declaration_id>/pruefprotokoll.pdf")
@permit(Permission.DECLARATION_VIEW)
def pdf(declaration_id: int) -> ResponseReturnValue:
    return protocol_response(url_for("overview.show", declaration_id=declaration_id))
